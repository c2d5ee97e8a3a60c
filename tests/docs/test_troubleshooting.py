"""Each entry of docs/troubleshooting.md, run on a database that has its symptom.

An entry is a heading of the third level with two blocks: the command that shows the symptom, and the cure. Here stands for each heading
how its database is broken, and what the command answers before and after the cure. Entries without a line here fail, and so do lines
without an entry.
"""

import base64
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import pathlib
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import reported  # noqa: E402

_ENTRY = re.compile(r"^### (?P<title>.*?)\n(?P<text>.*?)(?=^##|\Z)", re.M | re.S)
_BLOCK = re.compile(r"^<!-- run by: tests/docs -->\n```sh\n(.*?)^```$", re.M | re.S)
_FAULTS = re.compile(r"\{SyncFault::(\w+), \"")

# The sqlite3 of the documents' commands, by Python's own.
_PRELUDE = """
sqlite3() { /usr/bin/python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])' "$@"; }
"""


def entries():
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    return {entry["title"].replace("`", ""): _BLOCK.findall(entry["text"]) for entry in _ENTRY.finditer(text)}


class Place:
    """A folder with a database of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        ours = ("CLINIC_", "JWT_", "PYTHONPATH", "DATABASE_URI")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment["CLINIC_POLICY"] = '{"password_hash_cost": 4}'
        self.clinic("init")

    def shell(self, script):
        script = script.replace("./dev clinic", shlex.quote(os.environ["CLINIC_CLI"]))
        script = script.replace("$PWD/bindings/python", str(ROOT / "bindings" / "python"))
        script = script.replace("$PWD/build/release/lib/libclinic_c.so", os.environ["CLINIC_LIBRARY"])
        return subprocess.run(
            ["bash", "-c", _PRELUDE + script], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def clinic(self, *words, stdin=None):
        command = [os.environ["CLINIC_CLI"], "--storage", "sqlite:clinic.db", *words]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, input=stdin, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def sql(self, *statements):
        with contextlib.closing(sqlite3.connect(self.folder / "clinic.db")) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")


def jane(place):
    """Patient P2026001 with an account."""
    jane_without_account(place, "--create-portal-account")


def jane_without_account(place, *options):
    jane = ["--first-name=Jane", "--last-name=Smith", "--email=jane@example.com", "--number=P2026001"]
    place.clinic("patients", "register", *jane, *options)


SARA = "id=u-17,email=sara@example.com,first_name=Sara,last_name=Ali"


def sara(place):
    """User and patient u-17."""
    place.clinic("users", "import", "--users", SARA)
    place.sql("UPDATE patients SET number = 'P2026001'")


def broken(*statements, by=jane):
    def prepare(place):
        by(place)
        place.sql(*statements)

    return prepare


def merged(place):
    jane(place)
    place.clinic("patients", "register", "--first-name=Jane", "--last-name=Smyth", "--number=P2026002")
    place.sql(
        "UPDATE patients SET status = 'merged', email = NULL, email_key = NULL, "
        "merged_into = (SELECT id FROM patients WHERE number = 'P2026002') WHERE number = 'P2026001'"
    )


def contradicting(place):
    jane(place)
    place.clinic("users", "import", "--users", SARA)
    place.sql("UPDATE patients SET account_id = 'u-17' WHERE number = 'P2026001'")


def owned_email(place):
    jane(place)
    place.sql("UPDATE users SET claimed_at = 1, email_verified_at = 1")


def call_by_phone(place):
    place.clinic("--profile=phone-sync", "ivr", "book", "--phone=+919999999999", "--starts-at=2999-01-05T09:00:00Z", "--doctor=Dr. Rao")


def claimed_phone(place):
    call_by_phone(place)
    place.sql("UPDATE users SET claimed_at = 1, phone_verified_at = 1")


def portal_patient(place):
    place.clinic("--profile=portal", "patients", "register", "--first-name=Jane", "--last-name=Smith", "--email=jane@example.com")


def with_national_id(place):
    place.clinic("--profile=portal", "patients", "register", "--first-name=Jane", "--last-name=Smith", "--national-id=12 345 678")


def backed_up(place):
    jane(place)
    place.clinic("backup", "clinic.backup")
    place.sql("DROP TABLE events")


SECRET = "0123456789abcdef0123456789abcdef"


def login(place):
    passphrase = "a passphrase of mine"
    desk = ["--role=receptionist", "--email=desk@example.com", "--first-name=Dina", "--last-name=Desk"]
    place.clinic("users", "create", *desk, "--password=-", stdin=passphrase)
    place.environment["JWT_SECRET_KEY"] = SECRET
    return place.clinic("auth", "login", "--login=desk@example.com", "--password=-", stdin=passphrase)


def login_of_another_secret(place):
    place.write("token", login(place)["access_token"])
    place.environment["JWT_SECRET_KEY"] = SECRET[::-1]


def login_that_ended(place):
    """The token of a day ago, signed as the SDK does."""
    answer = login(place)
    header, claims, _ = answer["access_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for claim in ("iat", "nbf", "exp"):
        claims[claim] -= 86400
    encoded = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    signed = f"{header}.{encoded}"
    mac = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256)).rstrip(b"=").decode()
    place.write("token", f"{signed}.{mac}")
    place.write("refresh_token", answer["refresh_token"])


def without_python_package(place):
    place.environment["CLINIC_LIBRARY"] = "/nonexistent/libclinic_c.so"


@dataclasses.dataclass
class Entry:
    """What the entry's first block answers: its exit code and a piece of its output, before and after the cure."""

    prepare: object
    code: int
    shows: str
    code_after: int = 0
    shows_after: str = ""  # none: no more of what was shown before
    cure_shows: str = ""


def fault(word, *statements, by=jane, **other):
    return Entry(broken(*statements, by=by), 1, f'"{word}"', **other)


NO_LINK = ("UPDATE users SET patient_id = NULL", "UPDATE patients SET account_id = NULL")
ENTRIES = {
    "user_without_patient": fault("user_without_patient", *NO_LINK),
    "patient_missing": fault("patient_missing", "DELETE FROM patients"),
    "account_missing": fault("account_missing", "DELETE FROM users"),
    "link_one_sided": fault("link_one_sided", "UPDATE patients SET account_id = NULL"),
    "link_contradicts": Entry(contradicting, 1, '"state":"left"'),
    "id_mismatch": fault("id_mismatch", "UPDATE users SET id = 'another'", "UPDATE patients SET account_id = 'another'"),
    "merged_on_account": Entry(merged, 1, '"merged_on_account"'),
    "contact_differs": Entry(
        broken("UPDATE patients SET email = 'j@example.com', email_key = 'j@example.com'"), 0, '"contact_differs"'
    ),
    "contact_of_another": Entry(
        broken(
            "UPDATE users SET patient_id = NULL, active = 0",
            "UPDATE patients SET account_id = NULL, id = 'p-1'",
            by=sara,
        ),
        0,
        '"contact_of_another"',
    ),
    "Patient role user without patient record": fault(
        "user_without_patient",
        "DELETE FROM patients",
        "UPDATE users SET patient_id = NULL",
        cure_shows='"patients_created":1',
    ),
    "Patient without user account cannot log in": Entry(
        jane_without_account, 0, '"found":false', shows_after='"found":true', cure_shows='"temporary_password":"'
    ),
    "Duplicate emails between User and Patient": Entry(
        jane_without_account, 1, '"match_found"', 1, '"match_found"', cure_shows='"P2026001"'
    ),
    "User.patientId is null but patient exists": fault("link_one_sided", "UPDATE users SET patient_id = NULL"),
    "Orphaned records": fault("patient_missing", "DELETE FROM patients"),
    'Registration fails with "Email sudah terdaftar"': Entry(
        owned_email, 1, '"error":"Email sudah terdaftar"', 1, '"duplicate_email"', cure_shows='"success":true'
    ),
    "Login works but no medical records": Entry(
        broken("DELETE FROM patients", by=sara), 0, '"found":false', shows_after='"found":true'
    ),
    '"success": false in the answer': Entry(
        lambda place: None, 1, '"path":"birth_date"', 1, '"path":"birth_date"', cure_shows='"success":true'
    ),
    "Portal not created but no error": Entry(
        portal_patient, 0, '"portal_enabled":false', shows_after='"portal_enabled":true', cure_shows='"portal_created":true'
    ),
    "Temporary password not in the answer": Entry(
        jane_without_account, 0, '"temporary_password":null', 1, '"already_linked"', cure_shows='"channel":"email"'
    ),
    "Transaction not rolling back": Entry(jane, 1, '"not_found"', 1, '"not_found"', cure_shows='"valid":true'),
    '"Email is required when creating a patient portal account."': Entry(
        lambda place: None, 1, '"detail":"Email is required when creating a patient portal account."', 1, '"required"'
    ),
    '"Invalid email format for patient portal account."': Entry(
        lambda place: None, 1, '"detail":"Invalid email format for patient portal account."', 1, '"invalid_format"'
    ),
    '"A portal account with this email already exists."': Entry(
        jane, 1, '"error":"A portal account with this email already exists."', 1, '"status":400', cure_shows='"P2026001"'
    ),
    '"A patient with this national ID already exists."': Entry(
        with_national_id, 1, '"error":"A patient with this national ID already exists."', 1, '"status":400', cure_shows='"LMC000001"'
    ),
    '"Database constraint violation."': Entry(
        broken(
            "CREATE TRIGGER no_new_patients BEFORE INSERT ON patients BEGIN SELECT RAISE(ABORT, 'no'); END",
            by=lambda place: None,
        ),
        1,
        '"error":"Database constraint violation."',
    ),
    '"Failed to create patient"': Entry(backed_up, 1, '"error":"Failed to create patient"', cure_shows='"schema_version"'),
    "403: You are not allowed to do this": Entry(
        lambda place: None, 1, '"error":"You are not allowed to do this."', 1, '"status":403', cure_shows='"success":true'
    ),
    "phone_already_registered": Entry(
        claimed_phone, 1, '"phone_already_registered"', 1, '"phone_already_registered"', cure_shows='"success":true'
    ),
    "ivr_account_exists": Entry(
        call_by_phone, 1, '"ivr_account_exists"', 1, '"ivr_account_exists"', cure_shows='"verification_token"'
    ),
    "Database connection errors": Entry(
        lambda place: None, 75, '"unavailable"', 75, '"unavailable"', cure_shows='"healthy":true'
    ),
    "The database file does not exist": Entry(lambda place: None, 3, '"configuration_invalid"'),
    "JWT: the secret is refused": Entry(
        lambda place: None, 3, '"token_secret"', 3, "at least 32 bytes", cure_shows='"healthy":true'
    ),
    "JWT: the token is not valid": Entry(login_of_another_secret, 1, '"token_invalid"'),
    "JWT: the token has ended": Entry(login_that_ended, 1, '"token_expired"'),
    "CORS errors": Entry(
        lambda place: None, 0, '"healthy":true', shows_after='"healthy":true', cure_shows='"http_path":"/patients"'
    ),
    "Import errors: a plugin": Entry(
        lambda place: None, 3, "did you mean sqlite?", 3, '"plugin_not_found"', cure_shows='"usable":true'
    ),
    "Import errors: Python": Entry(without_python_package, 1, "No module named 'clinic'", 1, "No module named"),
    "Debug mode": Entry(jane, 0, '"items":[', shows_after='"items":[', cure_shows="clinic trace: SELECT"),
}


class Troubleshooting(unittest.TestCase):
    maxDiff = None

    def test_every_entry_has_its_test(self):
        """[OBS-2]"""
        self.assertEqual(sorted(entries()), sorted(ENTRIES))

    def test_every_entry_has_a_command_and_a_cure(self):
        for title, blocks in entries().items():
            with self.subTest(entry=title):
                self.assertEqual(len(blocks), 2)

    def test_every_fault_of_the_check_has_an_entry(self):
        """[SYNC-10] [OBS-2]"""
        faults = _FAULTS.findall((ROOT / "sdk/src/domains/sync/faults.cpp").read_text(encoding="utf-8"))
        self.assertGreater(len(faults), 5)
        self.assertEqual([fault for fault in faults if fault not in entries()], [])

    def test_entries(self):
        """[OBS-2]"""
        for title, blocks in entries().items():
            if title in ENTRIES and len(blocks) == 2:
                with self.subTest(entry=title), tempfile.TemporaryDirectory() as folder:
                    self.run_entry(ENTRIES[title], Place(folder), *blocks)

    def run_entry(self, entry, place, command, cure):
        entry.prepare(place)
        before = place.shell(command)
        self.assertIn(entry.shows, before.stdout + before.stderr)
        self.assertEqual(before.returncode, entry.code, before.stdout + before.stderr)

        cured = place.shell("set -e -o pipefail\n" + cure)
        self.assertEqual(cured.returncode, 0, cured.stdout + cured.stderr)
        self.assertIn(entry.cure_shows, cured.stdout + cured.stderr)

        after = place.shell(command)
        self.assertEqual(after.returncode, entry.code_after, after.stdout + after.stderr)
        if entry.shows_after:
            self.assertIn(entry.shows_after, after.stdout + after.stderr)
        else:
            self.assertNotIn(entry.shows, after.stdout + after.stderr)
        examined = place.clinic("doctor")
        self.assertEqual((examined["problems"], examined["differences"]), ([], []))


if __name__ == "__main__":
    reported.main("docs_troubleshooting")
