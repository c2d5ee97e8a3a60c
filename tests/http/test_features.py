"""What the server offers beside operations. Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY."""

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import re
import shlex
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "support")]
import reported  # noqa: E402
from server import PASSWORD, place  # noqa: E402
from servers.waiting import until  # noqa: E402

LOGIN = {"login": "admin@clinic.example", "password": PASSWORD}


class Features(unittest.TestCase):
    def serve(self, *arguments, policy=None, log=None, **http_settings):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        self.place = opened.enter_context(place(policy=policy, http=http_settings))
        return opened.enter_context(self.place.serve(*arguments, log=log))

    def cookies(self, headers):
        return dict(re.match(r"([^=]+)=([^;]*)", line).groups() for line in headers)

    def request(self, server, method, path, headers, body=None):
        """Status, all headers as pairs, and the JSON."""
        return server.request(method, path, headers, body)

    def test_cookies(self):
        """[HTTP-4] A browser's login in cookies that scripts cannot read, which no other website can use."""
        server = self.serve(cookies=True, allowed_origins=["https://portal.example"])
        session = {"Clinic-Session": "cookie"}
        status, headers, answer = self.request(server, "POST", "/api/v1/auth/login", session, LOGIN)
        self.assertEqual(status, 200)
        self.assertEqual((answer["access_token"], answer["refresh_token"]), ("", ""))
        lines = [value for name, value in headers if name == "Set-Cookie"]
        for line in lines:
            for attribute in ("; Secure", "; HttpOnly", "; SameSite=Strict"):
                self.assertIn(attribute, line)
        cookies = self.cookies(lines)
        self.assertEqual(set(cookies), {"__Host-clinic_access", "__Secure-clinic_refresh"})
        cookie = {"Cookie": "theme=dark; " + "; ".join(f"{name}={value}" for name, value in cookies.items())}
        status, _, me = self.request(server, "GET", "/api/v1/auth/me", {**session, **cookie})
        self.assertEqual((status, me["user"]["email"]), (200, LOGIN["login"]))
        # A form or an image of another website sends the cookie and cannot send the header.
        for headers in (cookie, {**cookie, "Origin": "https://evil.example"}):
            self.assertEqual(self.request(server, "GET", "/api/v1/auth/me", headers)[0], 401)
            self.assertEqual(self.request(server, "POST", "/api/v1/patients", headers, {"first_name": "A", "last_name": "B"})[0], 401)
        # Nor is the header enough for one.
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
            self.assertEqual(self.request(server, "GET", "/api/v1/auth/me", {**session, **cookie, **headers})[0], 403, headers)
        for headers in ({"Origin": "https://portal.example", "Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin"},
                        {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}):
            self.assertEqual(self.request(server, "GET", "/api/v1/auth/me", {**session, **cookie, **headers})[0], 200, headers)
        status, headers, _ = self.request(server, "POST", "/api/v1/auth/refresh-token", {**session, **cookie})
        self.assertEqual(status, 200)
        fresh = self.cookies([value for name, value in headers if name == "Set-Cookie"])
        self.assertNotEqual(fresh["__Secure-clinic_refresh"], cookies["__Secure-clinic_refresh"])
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in fresh.items())}
        status, headers, _ = self.request(server, "POST", "/api/v1/auth/logout", {**session, **cookie})
        self.assertEqual(status, 200)
        self.assertEqual(self.cookies([value for name, value in headers if name == "Set-Cookie"]),
                         {"__Host-clinic_access": "", "__Secure-clinic_refresh": ""})
        self.assertEqual(self.request(server, "GET", "/api/v1/auth/me", {**session, **cookie})[0], 401)

    def test_cookies_that_have_ended(self):
        """[HTTP-4] An access token that is none does not stand in the way of new ones; a logout removes the cookies in any case."""
        server = self.serve(cookies=True)
        session = {"Clinic-Session": "cookie"}
        _, headers, _ = self.request(server, "POST", "/api/v1/auth/login", session, LOGIN)
        refresh = self.cookies([value for name, value in headers if name == "Set-Cookie"])["__Secure-clinic_refresh"]
        stale = {"Cookie": "__Host-clinic_access=stale; __Secure-clinic_refresh=" + refresh}
        other = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        self.assertEqual(self.request(server, "POST", "/api/v1/auth/refresh-token", {**session, **stale, **other})[0], 403)
        self.assertEqual(self.request(server, "POST", "/api/v1/auth/refresh-token", {**session, **stale}, {})[0], 200)
        _, headers, _ = self.request(server, "POST", "/api/v1/auth/logout", {**session, "Cookie": "__Secure-clinic_refresh=none"})
        self.assertEqual(set(self.cookies([value for name, value in headers if name == "Set-Cookie"]).values()), {""})

    def test_cookies_are_off_unless_wanted(self):
        """[HTTP-4]"""
        server = self.serve()
        _, headers, answer = self.request(server, "POST", "/api/v1/auth/login", {"Clinic-Session": "cookie"}, LOGIN)
        self.assertNotIn("Set-Cookie", dict(headers))
        cookie = {"Cookie": "__Host-clinic_access=" + answer["access_token"], "Clinic-Session": "cookie"}
        self.assertEqual(self.request(server, "GET", "/api/v1/auth/me", cookie)[0], 401)

    def test_cors(self):
        """[HTTP-4] Only the listed websites' scripts may read answers."""
        server = self.serve(allowed_origins=["https://portal.example"])
        asks = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
        status, headers, _ = self.request(server, "OPTIONS", "/api/v1/patients/P1", {"Origin": "https://portal.example", **asks})
        headers = dict(headers)
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, "https://portal.example"))
        self.assertIn("PATCH", headers["Access-Control-Allow-Methods"])
        self.assertIn("Authorization", headers["Access-Control-Allow-Headers"])
        for origin in ("https://portal.example.evil.example", "http://portal.example", "null", "https://evil.example"):
            for method in ("OPTIONS", "GET"):
                _, headers, _ = self.request(server, method, "/api/v1/patients/P1", {"Origin": origin, **asks})
                self.assertNotIn("Access-Control-Allow-Origin", dict(headers), origin)
        _, headers, _ = self.request(server, "GET", "/api/v1/version", {"Origin": "https://portal.example"})
        self.assertEqual(dict(headers)["Access-Control-Allow-Origin"], "https://portal.example")

    def test_service_keys(self):
        """[HTTP-4][ACCESS-1] A program calls as a part of the clinic, with the role that its key has."""
        key = "k" * 32
        server = self.serve(service_keys=[{"name": "booking-site", "role": "receptionist", "sha256": hashlib.sha256(key.encode()).hexdigest()}])
        status, _, made = server.call("POST", "/api/v1/patients", {"first_name": "Jane", "last_name": "Smith"}, key)
        self.assertEqual((status, made["patient"]["created_by"]), (201, "booking-site"))
        self.assertEqual(server.call("GET", "/api/v1/audit", token=key)[0], 403)
        self.assertEqual(server.call("GET", "/api/v1/patients", token="K" * 32)[0], 401)

    def test_watching(self):
        """[OBS-3][HTTP-4] Health, readiness and figures, which a proxy does not hand on."""
        server = self.serve()
        self.assertEqual(server.call("GET", "/health")[::2], (200, {"status": "up"}))
        self.assertEqual(server.call("GET", "/ready")[::2], (200, {"status": "ready"}))
        server.call("GET", "/api/v1/patients/" + "x" * 30)
        for headers in ({"X_Forwarded_For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
            self.assertEqual(server.call("GET", "/metrics", **headers)[0], 403)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            response = connection.getresponse()
            self.assertEqual(response.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
            text = response.read().decode()
        self.assertIn('clinic_http_requests_total{operation="patients.get",code="not_authenticated"} 1\n', text)
        self.assertIn('clinic_http_request_seconds_bucket{operation="patients.get",le="+Inf"} 1\n', text)
        self.assertIn("\nclinic_database_up 1\n", text)
        self.assertIn("\nclinic_outbox_due 0\n", text)
        self.assertNotIn("x" * 30, text)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) clinic_\w+ .+|clinic_\w+(\{\w+="[\w.+]+"(,\w+="[\w.+]+")*\})? [0-9.e+-]+)$')

    def test_the_dashboard_shows_what_there_is(self):
        """[OBS-3] Each figure in docs/grafana.json is one of /metrics, and each of those is in it."""
        server = self.serve()
        server.call("GET", "/api/v1/version")
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            there = set(re.findall(r"(?m)^# TYPE (\w+)", connection.getresponse().read().decode()))
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "grafana.json"), encoding="utf-8") as file:
            shown = {re.sub("_bucket$", "", name) for name in re.findall(r"clinic_\w+", json.dumps(json.load(file)["panels"]))}
        self.assertEqual(shown, there)

    def test_pages(self):
        """[HTTP-2] Whole for each of many readers at once; the lines to copy call the server by the name by which it was asked."""
        server = self.serve()

        def page(path, **headers):
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
                connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
                response = connection.getresponse()
                return response.read(), response.getheader("Content-Type"), response.getheader("Content-Encoding")

        plain = page("/openapi.json")
        self.assertEqual(plain[1:], ("application/json", None))
        zipped = page("/openapi.json", Accept_Encoding="gzip")
        self.assertEqual((gzip.decompress(zipped[0]), zipped[2]), (plain[0], "gzip"))
        wrong = []

        def read(name):
            for _ in range(20):
                text, kind, _ = page("/docs", Host=name)
                others = set(re.findall(rb"http://(\w+\.example)", text)) - {name.encode()}
                if kind != "text/html; charset=utf-8" or not text.endswith(b"</html>\n") or others or b"{{server}}" in text:
                    wrong.append((name, kind, text[-20:], others))
                if page("/openapi.json") != plain:
                    wrong.append("openapi")

        readers = [threading.Thread(target=read, args=(name,)) for name in ("a.example", "b.example", "a.example")]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        self.assertEqual(wrong, [])
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            connection.request("HEAD", "/openapi.json")
            self.assertEqual(int(connection.getresponse().getheader("Content-Length")), len(plain[0]))

    def test_access_log(self):
        """[OBS-1] A line for each request, without personal data."""
        server = self.serve("--access-log")
        token = server.log_in()
        server.call("GET", "/api/v1/patients/P2026001?x=secret", token=token, X_Request_Id="r-7")
        _, *lines = [json.loads(server.process.stdout.readline()) for _ in range(3)]  # the first: the document
        self.assertEqual(lines[0]["operation"], "auth.login")
        self.assertEqual((lines[1]["request_id"], lines[1]["route"], lines[1]["status"]), ("r-7", "/patients/{patient}", 400))
        self.assertNotIn("P2026001", json.dumps(lines))
        self.assertNotIn("secret", json.dumps(lines))
        self.assertNotIn("127.0.0.1", json.dumps(lines))

    def test_a_server_that_can_send_nothing_says_so(self):
        """[NOTE-1][OBS-1] Codes and invitations would wait without a word."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            self.serve(log=log)
            log.seek(0)
            self.assertIn("no notifier is configured", log.read())

    def test_an_access_log_that_nobody_reads_stops_nobody(self):
        """[HTTP-4] Its lines are dropped where the pipe is full, and counted."""
        server = self.serve("--access-log")
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            for _ in range(1500):
                connection.request("GET", "/health")
                connection.getresponse().read()
            for _ in range(100):
                server.process.stdout.readline()
            connection.request("GET", "/health")
            connection.getresponse().read()
        self.assertEqual(server.stop(), 0)
        self.assertIn(b'"lines_dropped":', server.process.stdout.read())

    def test_compression(self):
        """[HTTP-4] Lists are compressed for who takes it; answers with secrets never are."""
        server = self.serve()
        token = server.log_in()
        for number in range(10):
            server.call("POST", "/api/v1/patients", {"first_name": "Jane", "last_name": f"Smith{number}"}, token)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
            for accepted, compressed in (("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)):
                connection.request("GET", "/api/v1/patients", headers={"Authorization": "Bearer " + token, "Accept-Encoding": accepted})
                response = connection.getresponse()
                body = response.read()
                self.assertEqual(response.getheader("Content-Encoding"), "gzip" if compressed else None, accepted)
                self.assertEqual(len(json.loads(gzip.decompress(body) if compressed else body)["items"]), 10)

    def test_a_storm_of_logins_does_not_slow_the_rest(self):
        """[HTTP-4][AUTH-3] Sixty logins at once, each hash a fifth of a second: who reads meanwhile waits for none of them."""
        server = self.serve(policy={"password_hash_cost": 11, "attempts_per_address": 10000, "hash_wait_seconds": 60}, calls_at_once=4)
        token = server.log_in()

        def log_in(number):
            with contextlib.suppress(OSError, http.client.HTTPException):  # the server ends before the storm does
                server.call("POST", "/api/v1/auth/login", {"login": f"nobody{number}", "password": PASSWORD})

        storm = [threading.Thread(target=log_in, args=(number,)) for number in range(60)]
        for login in storm:
            login.start()
        def hashing():
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
                connection.request("GET", "/metrics")
                return int(re.search(r"clinic_http_calls_hashing (\d+)", connection.getresponse().read().decode()).group(1))
        until(lambda: hashing() > 20, "logins that hash")
        for _ in range(20):
            self.assertEqual(server.call("GET", "/api/v1/patients", token=token)[0], 200)
        self.assertGreater(hashing(), 0)  # the storm was not over first
        server.process.kill()  # nobody needs the hashes that are left
        for login in storm:
            login.join()

    def test_what_overloads_is_refused_at_once(self):
        """[HTTP-4] More calls than may wait: 503 with Retry-After, and the others are answered."""
        server = self.serve(calls_at_once=1, calls_waiting=1)
        token, answers = server.log_in(), []
        def read():
            answers.append(server.call("GET", "/api/v1/admin/sync/check", token=token)[:2])
        for _ in range(20):
            readers = [threading.Thread(target=read) for _ in range(30)]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
            if any(status == 503 for status, _ in answers):
                break
        refused = [headers for status, headers in answers if status == 503]
        self.assertTrue(refused)
        self.assertTrue(all(headers["Retry-After"] == "1" for headers in refused))
        self.assertTrue(all(status in (200, 503) for status, _ in answers))
        self.assertEqual(server.call("GET", "/api/v1/patients", token=token)[0], 200)

    def test_rate_limits(self):
        """[ACCESS-4][HTTP-3] 429 says when to try again, in the header and in the body."""
        server = self.serve(policy={"rate_limits": [{"operation": "system.version", "calls": 2, "seconds": 60}]})
        answers = [server.call("GET", "/api/v1/version") for _ in range(3)]
        self.assertEqual([status for status, _, _ in answers], [200, 200, 429])
        self.assertEqual(int(answers[2][1]["Retry-After"]), answers[2][2]["retry_after_seconds"])

    def test_rate_limits_tell_what_is_left(self):
        """[ACCESS-4][HTTP-3][HTTP-5] Successes and errors have the limit, what remains and when it resets; what no limit counted has none."""
        limits = [{"operation": "patients.*", "calls": 3, "seconds": 60}, {"operation": "auth.*", "calls": 20, "seconds": 60}]
        server = self.serve(policy={"rate_limits": limits}, allowed_origins=["https://portal.example"])
        names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

        def told(headers):
            return tuple(int(headers[name]) if name in headers else None for name in names)

        token = server.log_in()
        at = "/api/v1/patients"
        status, headers, answer = server.call("GET", at, token=token, Origin="https://portal.example")
        self.assertEqual((status, told(headers)), (200, (3, 2, 20)))
        for name in names:
            self.assertIn(name, headers["Access-Control-Expose-Headers"])
        status, headers, _ = server.call("GET", at + "/00000000-0000-7000-8000-000000000000", token=token)
        self.assertEqual((status, told(headers)[:2]), (404, (3, 1)))
        server.call("GET", at, token=token)
        status, headers, answer = server.call("GET", at, token=token)
        self.assertEqual((status, told(headers)[:2]), (429, (3, 0)))
        self.assertEqual(headers["RateLimit-Reset"], headers["Retry-After"])
        for path in ("/api/v1/version", "/health", "/", "/api/v1/nothing"):
            self.assertEqual(told(server.call("GET", path)[1]), (None, None, None), path)
        # The attempts at an account are nobody's to know: known or not, the address's own limit is told, and nothing else.
        wrong = [server.call("POST", "/api/v1/auth/login", {"login": login, "password": "wrong"}) for login in (LOGIN["login"], "x@y.example")]
        self.assertEqual([status for status, _, _ in wrong], [401, 401])
        self.assertEqual([told(headers)[:2] for _, headers, _ in wrong], [(20, 18), (20, 17)])
        while status != 429 or answer["code"] != "too_many_attempts":
            status, headers, answer = server.call("POST", "/api/v1/auth/login", {**LOGIN, "password": "wrong"})
            self.assertIn(answer["code"], ("login_failed", "too_many_attempts"))
        self.assertEqual(told(headers), (None, None, None))  # its Retry-After is that of the attempts
        responses = server.call("GET", "/openapi.json")[2]["paths"]["/patients"]["get"]["responses"]
        declaring = {status for status, response in responses.items() if set(names) <= set(response.get("headers", {}))}
        self.assertEqual(declaring, {"200", "429"})

    def test_host_names(self):
        """[HTTP-4] Called by another name, as a website does that has bent its own (DNS rebinding), the server does not answer."""
        server = self.serve(host_names=["clinic.example"])
        self.assertEqual(server.call("GET", "/api/v1/version", Host="clinic.example:8080")[0], 200)
        self.assertEqual(server.call("GET", "/api/v1/version", Host="evil.example")[0], 421)

    def certificate(self, folder, name):
        """A certificate that signs itself."""
        files = [os.path.join(folder, "key.new"), os.path.join(folder, "certificate.new")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name,
                        "-addext", "subjectAltName=DNS:" + name, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
        for file in files:
            os.replace(file, file[: -len(".new")] + ".pem")

    def test_tls(self):
        """[HTTP-4] HTTPS, and another certificate without a restart."""
        with tempfile.TemporaryDirectory() as folder:
            self.certificate(folder, "first.example")
            server = self.serve(tls_certificate=os.path.join(folder, "certificate.pem"), tls_key=os.path.join(folder, "key.pem"))

            def name():
                trusting = ssl.create_default_context()
                trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
                with trusting.wrap_socket(server.raw()) as connection:
                    connection.sendall(b"GET /api/v1/version HTTP/1.1\r\nHost: a\r\n\r\n")
                    answer = connection.recv(65536)
                    self.assertIn(b"200 OK", answer)
                    self.assertIn(b"Strict-Transport-Security", answer)
                    self.assertIn(connection.version(), ("TLSv1.2", "TLSv1.3"))
                    return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True))

            first = name()
            self.certificate(folder, "second.example")
            until(lambda: name() != first, "another certificate")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises((ssl.SSLError, OSError)):
                old.wrap_socket(server.raw())
            with self.assertRaises((ssl.SSLError, OSError)), server.raw(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") as plain:
                if not plain.recv(1000):
                    raise OSError("closed")
            self.assertNotEqual(name(), first)

    def test_a_certificate_that_cannot_be_used_is_logged(self):
        """[HTTP-4][OBS-1] Once, with the reason; the server goes on with the old one, and takes the next that can be used."""
        with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w+", encoding="utf-8") as log:
            self.certificate(folder, "first.example")
            files = {"tls_" + name: os.path.join(folder, name + ".pem") for name in ("certificate", "key")}
            server = self.serve(log=log, **files)

            def served():
                return ssl.get_server_certificate(("127.0.0.1", server.port))

            def logged():
                with open(log.name, encoding="utf-8") as lines:
                    return [line for line in lines if "cannot be used" in line]

            first = served()
            with open(files["tls_certificate"], "w", encoding="ascii") as file:
                file.write("no certificate\n")
            until(logged, "a line in the log")
            self.assertIn(files["tls_certificate"] + " cannot be used", logged()[0])
            self.assertIn("error", logged()[0])
            self.assertEqual(served(), first)
            self.certificate(folder, "second.example")
            until(lambda: served() != first, "another certificate")
            self.assertEqual(len(logged()), 1)  # at each look until then
            other = os.path.join(folder, "other")
            os.mkdir(other)
            self.certificate(other, "third.example")
            os.replace(os.path.join(other, "key.pem"), files["tls_key"])  # of another certificate
            until(lambda: len(logged()) == 2, "a second line in the log")
            self.assertIn(files["tls_key"] + " cannot be used with the certificate", logged()[1])

    def test_silent_tls_clients_end(self):
        """[HTTP-4] A TLS connection that was idle too long ends, also where its client says nothing at all; and so does the server."""
        with tempfile.TemporaryDirectory() as folder:
            self.certificate(folder, "clinic.example")
            server = self.serve(tls_certificate=os.path.join(folder, "certificate.pem"), tls_key=os.path.join(folder, "key.pem"), idle_seconds=1,
                                header_seconds=1)
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            with trusting.wrap_socket(server.raw(timeout=20), suppress_ragged_eofs=True) as silent, server.raw(timeout=20) as half:
                half.sendall(b"\x16\x03\x01")  # a handshake that does not go on
                silent.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertIn(b"200 OK", silent.recv(65536))
                raw = socket.socket(fileno=os.dup(silent.fileno()))
                raw.settimeout(20)
                while raw.recv(65536):  # its own end is never said
                    pass
                raw.close()
                self.assertEqual(half.recv(65536), b"")
                begin = time.monotonic()
                self.assertEqual(server.stop(), 0)
                self.assertLess(time.monotonic() - begin, 10)

    def test_profiles_tell_no_token_of_a_cookie(self):
        """[HTTP-4] Neither under its own name nor under that of the document."""
        for profile, names in (("portal", ("access", "refresh")), ("phone-sync", ("token",))):
            opened = contextlib.ExitStack()
            self.addCleanup(opened.close)
            here = opened.enter_context(place(profile=profile, policy={"portal_address": "https://portal.example"}, http={"cookies": True}))
            server = opened.enter_context(here.serve())
            _, _, answer = self.request(server, "POST", "/api/v1/auth/login", {"Clinic-Session": "cookie"}, LOGIN)
            for name in (*names, "access_token", "refresh_token"):
                self.assertEqual(answer[name], "")

    def test_what_cannot_work_is_refused_at_the_start(self):
        """[CONF-1][HTTP-4] Each wrong setting by its path."""
        twice = json.dumps([{"name": name, "role": "nurse", "sha256": digest} for name, digest in (("a", "ab" * 32), ("b", "AB" * 32))])
        blank = json.dumps([{"name": " ", "role": "nurse", "sha256": "ab" * 32}])
        with place() as here:
            for key, value, path in (("allowed_origins", "*", "http.allowed_origins[0]"), ("trusted_proxies", "10.0.0.0/99", "http.trusted_proxies[0]"),
                                     ("prefixes", "api", "http.prefixes[0]"), ("port", "65536", "http.port"), ("port", "many", "http.port"),
                                     ("tls_key", "/nowhere/key.pem", "http.tls_certificate"), ("host", "no such host", "http.host"),
                                     ("prefixes", "/docs", "http.prefixes[0]"), ("host_names", "https://x.example", "http.host_names[0]"),
                                     ("prefix", "/api", "http.prefix"),
                                     ("service_keys", '[{"name":"a","sha256":"b"}]', "http.service_keys[0].sha256"),
                                     ("service_keys", '[{"name":"a","sha256":"' + "0" * 64 + '"}]', "http.service_keys[0].role"),
                                     ("service_keys", twice, "http.service_keys[1].sha256"), ("service_keys", blank, "http.service_keys[0].name"),
                                     # No browser writes them so, and no client could ask for them.
                                     ("allowed_origins", "https://a.example,https://B.example", "http.allowed_origins[1]"),
                                     ("allowed_origins", "https://a.example:443", "http.allowed_origins[0]"),
                                     ("prefixes", "/api v1", "http.prefixes[0]"), ("prefixes", "/api?v1", "http.prefixes[0]"),
                                     ("host_names", "*.example", "http.host_names[0]"), ("host_names", "kliník.example", "http.host_names[0]"),
                                     ("metrics_from", "everybody", "http.metrics_from[0]"), ("calls_at_once", "0", "http.calls_at_once")):
                environment = {**here.environment, "CLINIC_HTTP_" + key.upper(): value}
                done = subprocess.run([os.environ["CLINIC_CLI"], "--config", here.configuration, "serve"], capture_output=True, env=environment,
                                      timeout=60)
                self.assertEqual(done.returncode, 3, (key, done.stdout))
                self.assertEqual([field["path"] for field in json.loads(done.stderr)["fields"]], [path])
            with place(http={"prefixes": []}) as unreachable:
                done = subprocess.run([os.environ["CLINIC_CLI"], "--config", unreachable.configuration, "serve"], capture_output=True,
                                      env=unreachable.environment, timeout=60)
                self.assertEqual([field["path"] for field in json.loads(done.stderr)["fields"]], ["http.prefixes"])
            # Before anything is begun: the empty database stays empty.
            fresh = os.path.join(os.path.dirname(here.configuration), "fresh.db")
            with open(fresh, "wb"):
                pass
            environment = {**here.environment, "CLINIC_HTTP_HOST_NAMES": "*", "CLINIC_STORAGE": "sqlite:" + fresh}
            done = subprocess.run([os.environ["CLINIC_CLI"], "--config", here.configuration, "serve"], capture_output=True, env=environment, timeout=60)
            self.assertEqual((done.returncode, os.path.getsize(fresh), os.path.exists(fresh + ".key")), (3, 0, False))

    def test_no_passphrase_is_asked_for(self):
        """[HTTP-4] A key under a passphrase is refused, also where there is a terminal on which OpenSSL would ask for it."""
        with tempfile.TemporaryDirectory() as folder, place() as here:
            self.certificate(folder, "clinic.example")
            key, sealed = os.path.join(folder, "key.pem"), os.path.join(folder, "sealed.pem")
            subprocess.run(["openssl", "ec", "-aes256", "-passout", "pass:secret", "-in", key, "-out", sealed], check=True, capture_output=True)
            environment = {**here.environment, "CLINIC_HTTP_TLS_CERTIFICATE": os.path.join(folder, "certificate.pem"), "CLINIC_HTTP_TLS_KEY": sealed}
            command = shlex.join([os.environ["CLINIC_CLI"], "--config", here.configuration, "serve"])
            done = subprocess.run(["script", "--quiet", "--return", "--command", command, "/dev/null"], stdin=subprocess.DEVNULL,
                                  capture_output=True, env=environment, timeout=60)
            self.assertEqual(done.returncode, 3, done.stdout)
            self.assertIn(b"http.tls_key", done.stdout)
            self.assertNotIn(b"pass phrase", done.stdout)

    def test_a_header_that_is_given_twice(self):
        """[HTTP-4] Who reads the other one reads another request: it is refused. A list of ETags is no version to match."""
        server = self.serve()
        token = server.log_in()
        made = server.call("POST", "/api/v1/patients", {"first_name": "A", "last_name": "B"}, token)[2]["patient"]
        at = "/api/v1/patients/" + made["id"]
        for name in ("Authorization", "Clinic-Challenge", "Content-Type", "Idempotency-Key"):
            answer = server.answer(f"GET {at} HTTP/1.1\r\nHost: a\r\n{name}: a\r\n{name}: b\r\nConnection: close\r\n\r\n".encode())
            self.assertIn(b" 400 ", answer.split(b"\r\n")[0], name)
            self.assertIn(name.encode(), answer)
        tag = f'"{made["version"]}-ab"'
        for tags, status in ((tag, 200), (tag + ', "x"', 400), ('"x", ' + tag, 400)):
            self.assertEqual(server.call("PATCH", at, {"first_name": "A"}, token, **{"If-Match": tags})[0], status, tags)
        for name, value in (("Clinic-Challenge", "x" * 5000), ("If-Match", 'W/"-1-x"')):
            status, _, answer = server.call("PATCH", at, {"first_name": "A"}, token, **{name: value})
            self.assertEqual((status, [field["path"] for field in answer["fields"]]), (400, [name]))


if __name__ == "__main__":
    reported.main("http_features")
