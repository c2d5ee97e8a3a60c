"""What the tests with faults share: databases, clinics, people, and what must hold whatever breaks."""

import collections
import hashlib
import os
import unittest

import clinic

#: What a call may end with when something breaks on the way; the same call, with its key, may then be repeated.
REPEATABLE = ("unavailable", "busy", "outcome_unknown")

MASTER_KEY = hashlib.sha256(b"a key for tests").hexdigest()

# Each finds offenders. SQL for both servers.
_RULES = {
    "an account whose patient is missing": "SELECT u.id FROM users u LEFT JOIN patients p ON p.id = u.patient_id "
    "WHERE u.role = 'patient' AND p.id IS NULL",
    "an account that its patient does not name": "SELECT u.id FROM users u JOIN patients p ON p.id = u.patient_id "
    "WHERE COALESCE(p.account_id, '') <> u.id",
    "a patient with half an account": "SELECT p.id FROM patients p LEFT JOIN users u ON u.id = p.account_id "
    "WHERE p.account_id IS NOT NULL AND COALESCE(u.patient_id, '') <> p.id",
    "one number twice": "SELECT number FROM patients GROUP BY number HAVING COUNT(*) > 1",
    "one email twice": "SELECT email_key FROM patients WHERE email_key IS NOT NULL GROUP BY email_key HAVING COUNT(*) > 1",
    "a patient without its one event": "SELECT p.id FROM patients p LEFT JOIN events e ON e.resource_id = p.id "
    "AND e.type = 'patient.registered' GROUP BY p.id HAVING COUNT(e.id) <> 1",
    "a patient without its one row of the audit": "SELECT p.id FROM patients p LEFT JOIN audit_entries a "
    "ON a.patient_id = p.id AND a.action = 'PATIENT_CREATED' AND a.outcome = 'done' GROUP BY p.id HAVING COUNT(a.id) <> 1",
    "an event of nobody": "SELECT e.id FROM events e LEFT JOIN patients p ON p.id = e.resource_id "
    "WHERE e.type = 'patient.registered' AND p.id IS NULL",
    "a deed on nobody": "SELECT a.id FROM audit_entries a LEFT JOIN patients p ON p.id = a.patient_id "
    "WHERE a.outcome = 'done' AND a.patient_id IS NOT NULL AND p.id IS NULL",
}


def soak(usual):
    """`usual` times CLINIC_SOAK, at least one."""
    return max(1, round(usual * float(os.environ.get("CLINIC_SOAK") or 1)))


def url_with(url, **options):
    return url + "?" + "&".join(f"{name}={value}" for name, value in options.items())


_log = collections.deque(maxlen=200)


def opened(url, policy=None, **more):
    return clinic.open(
        url,
        master_key=MASTER_KEY,
        policy={"password_hash_cost": 4, **(policy or {})},
        log_level="warning",
        log=lambda level, line: _log.append(line),
        **more,
    )


def why(error):
    """An error with what the log has to its incident."""
    return "\n".join([f"{error.code}: {error}", *(line for line in list(_log) if error.detail and error.detail in line)])


def register(desk, email, key=None, account=True, **more):
    return desk.patients.register(
        first_name="Amina", last_name="Odhiambo", email=email, create_portal_account=account, idempotency_key=key, **more
    )


class Database:
    """One on a server of ours, as it is seen without clinic."""

    def __init__(self, server, name):
        self.server = server
        self.name = name

    def rows(self, sql):
        return self.server.rows(sql, self.name)

    def registered(self, email):
        """How many patients have this email."""
        return int(self.rows(f"SELECT COUNT(*) FROM patients WHERE email = '{email}'")[0][0])

    def check(self, test):
        """Nothing is half, whatever happened."""
        for rule, offenders in _RULES.items():
            test.assertEqual(self.rows(offenders), [], rule)

    def check_answers(self, test, answers):
        """Everything that was answered is there as it was answered, once."""
        there = {row[0]: row[1:] for row in self.rows("SELECT email, number, id, account_id IS NOT NULL FROM patients")}
        for answer in answers:
            number, id, account = there.get(answer["email"], (None, None, None))
            test.assertEqual((number, id), (answer["number"], answer["id"]), f"{answer['email']} was answered and is lost")
            test.assertEqual(account in ("t", "1"), answer["account"], answer["email"])
        test.assertEqual(len({answer["number"] for answer in answers}), len(answers), "one number was given twice")
        self.check(test)


class Case(unittest.TestCase):
    """A test whose servers go with it."""

    def context(self, manager):
        """Enters it until the test is over. (enterContext is younger than Debian 12's Python.)"""
        entered = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return entered
