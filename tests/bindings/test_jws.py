"""Access tokens beside another implementation of JWS: PyJWT, with `cryptography` for the keys (RFC 7515, 7519, 7520, 8725).

Environment: CLINIC_LIBRARY; PYTHONPATH names bindings/python.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import tempfile
import time
import unittest

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402

import clinic  # noqa: E402

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "jws")
PASSWORD = "a long enough passphrase"


def vector(name):
    with open(os.path.join(VECTORS, name), encoding="utf-8") as file:
        return json.load(file)


RS256_VECTOR = vector("4_1.rsa_v15_signature.json")
HS256_VECTOR = vector("4_4.hmac-sha2_integrity_protection.json")


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class Key:
    """A key as clinic takes it, and as the referee signs and verifies with it."""

    def __init__(self, kid, algorithm, private):
        self.kid, self.algorithm, self.private = kid, algorithm, private
        self.public = private if algorithm == "HS256" else private.public_key()

    def for_clinic(self, folder):
        row = {"kid": self.kid, "algorithm": self.algorithm}
        if self.algorithm != "HS256":
            return {**row, "key": pem(self.private)}
        # The vector's secret is bytes, and no text.
        file = os.path.join(folder, "secret")
        with open(file, "wb") as out:
            out.write(self.private)
        return {**row, "key_file": file}

    def sign(self, claims, **headers):
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.kid, "typ": "at+jwt", **headers})

    def claims_of(self, token):
        """Verified by the referee, times too."""
        return jwt.decode(token, self.public, [self.algorithm])


HS256 = Key(HS256_VECTOR["input"]["key"]["kid"], "HS256", decoded(HS256_VECTOR["input"]["key"]["k"]))
RS256 = Key("bilbo", "RS256", jwt.algorithms.RSAAlgorithm.from_jwk(json.dumps(RS256_VECTOR["input"]["key"])))
ES256 = Key("es", "ES256", ec.generate_private_key(ec.SECP256R1()))
KEYS = (HS256, RS256, ES256)


class Referee(unittest.TestCase):
    def test_the_vectors_that_apply_verify(self):
        """[AUTH-2]"""
        for given, key in ((RS256_VECTOR, RS256), (HS256_VECTOR, HS256)):
            with self.subTest(given["title"]):
                token = given["output"]["compact"]
                payload = jwt.PyJWS().decode(token, key.public, [given["input"]["alg"]])
                self.assertEqual(payload.decode(), given["input"]["payload"])
                # Both are deterministic: signed again, the text is the same.
                head, body, signature = token.split(".")
                signed = jwt.algorithms.get_default_algorithms()[key.algorithm].sign(
                    (head + "." + body).encode(), key.private
                )
                self.assertEqual(encoded(signed), signature)


class Case(unittest.TestCase):
    """A clinic with a nurse, who logs in; signed with `key`, verified with all of them."""

    def opened(self, key):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        opened = clinic.open(
            "sqlite:" + os.path.join(folder.name, "clinic.db"),
            policy={"password_hash_cost": 4, "audit_seal_seconds": 0, "rate_limits": []},
            log_level="error",
            token_keys=[each.for_clinic(folder.name) for each in sorted(KEYS, key=lambda each: each is not key)],
        )
        self.addCleanup(opened.close)
        opened.system("desk").users.create(username="nina", password=PASSWORD, role="nurse")
        return opened

    @staticmethod
    def log_in(opened):
        return opened.anonymous().auth.login(login="nina", password=PASSWORD)

    def who(self, opened, token):
        with opened.token(token) as session:
            return session.auth.me().user.username

    def refused(self, opened, token, error=clinic.TokenInvalid):
        with self.assertRaises(error, msg=token):
            self.who(opened, token)


class Interoperability(Case):
    def test_what_clinic_signs_verifies_with_the_referee(self):
        """[AUTH-2]"""
        for key in KEYS:
            with self.subTest(key.algorithm):
                opened = self.opened(key)
                tokens = self.log_in(opened)
                claims = key.claims_of(tokens.access_token)
                self.assertEqual(claims["role"], "nurse")
                self.assertEqual(claims["sub"], tokens.user.id)
                self.assertAlmostEqual(claims["exp"] - claims["nbf"], 15 * 60, delta=0.001)
                head = jwt.get_unverified_header(tokens.access_token)
                self.assertEqual(head, {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt"})

    def test_what_the_referee_signs_is_accepted(self):
        """[AUTH-2]"""
        for signing in KEYS:
            opened = self.opened(signing)
            claims = signing.claims_of(self.log_in(opened).access_token)
            for key in KEYS:  # clinic verifies with all of its keys
                with self.subTest(signing=signing.algorithm, key=key.algorithm):
                    self.assertEqual(self.who(opened, key.sign(claims)), "nina")

    def test_every_es256_signature_has_its_full_length(self):
        """One in 128 has a part that begins with a zero, which must not be left out (RFC 7518, 3.4). [AUTH-2]"""
        opened = self.opened(ES256)
        tokens = self.log_in(opened)
        claims = ES256.claims_of(tokens.access_token)
        for _ in range(1000):
            tokens = opened.anonymous().auth.refresh(refresh_token=tokens.refresh_token)
            self.assertEqual(len(decoded(tokens.access_token.rsplit(".", 1)[1])), 64)
            self.assertEqual(ES256.claims_of(tokens.access_token)["sid"], claims["sid"])
            self.assertEqual(self.who(opened, tokens.access_token), "nina")
            self.assertEqual(self.who(opened, ES256.sign(claims)), "nina")


class Attacks(Case):
    def setUp(self):
        self.key = {"test_hs256": HS256, "test_es256": ES256}.get(self._testMethodName, RS256)
        self.clinic = self.opened(self.key)
        self.token = self.log_in(self.clinic).access_token
        self.claims = self.key.claims_of(self.token)
        self.head, self.body, self.signature = self.token.split(".")
        self.assertEqual(self.who(self.clinic, self.token), "nina")

    def test_no_signature(self):
        """[AUTH-2]"""
        for alg in ("none", "None", "NONE", "nOnE", ""):
            head = encoded(json.dumps({"alg": alg, "kid": self.key.kid, "typ": "at+jwt"}).encode())
            for signature in ("", ".", self.signature):
                self.refused(self.clinic, f"{head}.{self.body}.{signature}")
        self.refused(self.clinic, f"{self.head}.{self.body}.")
        self.refused(self.clinic, f"{self.head}.{self.body}")

    def test_a_public_key_is_no_secret(self):
        """[AUTH-2]"""
        for key in (RS256, ES256):
            for secret in (public_pem(key.private), public_pem(key.private).strip()):
                for kid in (key.kid, HS256.kid):
                    head = encoded(json.dumps({"alg": "HS256", "kid": kid, "typ": "at+jwt"}).encode())
                    mac = hmac.new(secret.encode(), f"{head}.{self.body}".encode(), hashlib.sha256).digest()
                    self.refused(self.clinic, f"{head}.{self.body}.{encoded(mac)}")

    def test_the_key_and_not_the_token_chooses_the_algorithm(self):
        """[AUTH-2]"""
        for algorithm in ("RS384", "RS512", "PS256"):
            header = {"kid": RS256.kid, "typ": "at+jwt"}
            self.refused(self.clinic, jwt.encode(self.claims, RS256.private, algorithm, header))
        for key in KEYS:
            for other in KEYS:
                if other is not key:
                    self.refused(self.clinic, key.sign(self.claims, kid=other.kid))

    def test_the_name_of_the_key(self):
        """[AUTH-2]"""
        self.refused(self.clinic, self.key.sign(self.claims, kid="nobody"))
        self.refused(self.clinic, self.key.sign(self.claims, kid=""))
        without = jwt.encode(self.claims, self.key.private, self.key.algorithm, {"typ": "at+jwt"})
        self.refused(self.clinic, without)
        for kid in (None, 1, ["bilbo"], {"kid": "bilbo"}):
            head = encoded(json.dumps({"alg": "RS256", "kid": kid}).encode())
            signed = jwt.algorithms.get_default_algorithms()["RS256"].sign(
                f"{head}.{self.body}".encode(), RS256.private
            )
            self.refused(self.clinic, f"{head}.{self.body}.{encoded(signed)}")

    def test_another_key_of_that_name(self):
        """[AUTH-2]"""
        others = {
            "HS256": b"another secret of 32 bytes or so!",
            "RS256": rsa.generate_private_key(65537, 2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
        }
        for key in KEYS:
            self.refused(self.clinic, Key(key.kid, key.algorithm, others[key.algorithm]).sign(self.claims))

    def test_times(self):
        """[AUTH-2]"""
        now = time.time()
        self.refused(self.clinic, self.key.sign({**self.claims, "exp": now - 60}), clinic.TokenExpired)
        self.refused(self.clinic, self.key.sign({**self.claims, "nbf": now + 60}))
        self.refused(self.clinic, self.key.sign({**self.claims, "exp": 0}), clinic.TokenExpired)
        for name in ("exp", "sub", "sid", "role"):
            self.refused(self.clinic, self.key.sign({key: value for key, value in self.claims.items() if key != name}))
        for times in ({"exp": "tomorrow"}, {"exp": None}, {"exp": True}, {"exp": -1}, {"exp": 1e300}, {"nbf": 1e300},
                      {"nbf": "now"}, {"exp": str(int(now + 60))}):
            # PyJWT would refuse to sign some of these.
            signed = jwt.PyJWS().encode(
                json.dumps({**self.claims, **times}).encode(), self.key.private, self.key.algorithm, {"kid": "bilbo"}
            )
            with self.assertRaises((clinic.TokenInvalid, clinic.TokenExpired), msg=times):
                self.who(self.clinic, signed)

    def test_what_is_signed_is_what_counts(self):
        """[AUTH-2]"""
        changed = encoded(json.dumps({**self.claims, "role": "superadmin"}).encode())
        self.refused(self.clinic, f"{self.head}.{changed}.{self.signature}")
        self.refused(self.clinic, self.key.sign({**self.claims, "role": "superadmin"}))  # the login says otherwise
        self.refused(self.clinic, self.key.sign({**self.claims, "sub": "somebody-else"}))
        head = encoded(json.dumps({"alg": "RS256", "kid": "bilbo", "typ": "at+jwt", "x": 1}).encode())
        self.refused(self.clinic, f"{head}.{self.body}.{self.signature}")
        for at in range(0, len(self.token), 7):
            if self.token[at] != ".":
                other = "A" if self.token[at] != "A" else "B"
                self.refused(self.clinic, self.token[:at] + other + self.token[at + 1 :])

    def test_the_form(self):
        """[AUTH-2]"""
        for token in (
            self.token + ".",
            "." + self.token,
            self.token + ".x",
            self.token.replace(".", "..", 1),
            self.token.replace(".", "", 1),
            f"{self.head}.{self.body}.{self.signature}.{self.signature}",
            f"{self.head}.{self.body}.{self.body}.{self.signature}",
            "Bearer " + self.token,
            json.dumps({"protected": self.head, "payload": self.body, "signature": self.signature}),
        ):
            self.refused(self.clinic, token)

    def test_hs256(self):
        """[AUTH-2]"""
        mac = decoded(self.signature)
        for signature in (mac[:-1], mac + b"\0", mac[:16], bytes(32), bytes(64)):
            self.refused(self.clinic, f"{self.head}.{self.body}.{encoded(signature)}")

    def test_es256(self):
        """[AUTH-2]"""
        raw = decoded(self.signature)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        for signature in (
            utils.encode_dss_signature(r, s),  # DER, as X.509 has it
            raw[32:] + raw[:32],
            raw[:-1],
            raw + b"\0",
            b"\0" + raw,
            bytes(64),
            bytes(31) + b"\1" + bytes(31) + b"\1",
            order.to_bytes(32, "big") * 2,
            raw[:32],
            b"",
        ):
            self.refused(self.clinic, f"{self.head}.{self.body}.{encoded(signature)}")


if __name__ == "__main__":
    reported.main("jws")
