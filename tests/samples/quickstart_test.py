"""The quickstart, against counts taken from its file on their own. Environment: CLINIC_QUICKSTART, the program; CLINIC_QUICKSTART_DATA."""

import csv
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import reported  # noqa: E402

PROGRAM = os.environ.get("CLINIC_QUICKSTART", "quickstart")
DATA = os.environ["CLINIC_QUICKSTART_DATA"]


def expected():
    """What the file itself says: who lacks a name, and who comes with the national ID of somebody registered before."""
    counts = {"rows": 0, "registered": 0, "without_name": 0, "repeated": 0}
    taken = set()
    with open(DATA, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            counts["rows"] += 1
            national_id = re.sub(r"[^0-9A-Za-z]", "", row["soc_sec_id"]).upper()
            if not row["given_name"].strip() or not row["surname"].strip():
                counts["without_name"] += 1
            elif national_id in taken:
                counts["repeated"] += 1
            else:
                taken.add(national_id)
                counts["registered"] += 1
    return counts


def run(*args, folder):
    database = os.path.join(folder, "demo", "clinic.db")
    return database, subprocess.run([PROGRAM, "--storage", "sqlite:" + database, *args], capture_output=True, text=True,
                                    timeout=250)


class Quickstart(unittest.TestCase):
    def test_refuses_what_must_be_refused(self):
        """[SYNC-1] [SYNC-2]"""
        with tempfile.TemporaryDirectory() as folder:
            database, done = run("--data", DATA, "--json", folder=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = json.loads(done.stdout)
            counted = expected()
            self.assertEqual(told["rows"], counted["rows"])
            self.assertEqual(told["registered"], counted["registered"])
            self.assertEqual(told["refused_without_name"], counted["without_name"])
            self.assertEqual(told["refused"], {"validation_failed": counted["without_name"],
                                               "duplicate_national_id": counted["repeated"]})
            self.assertEqual(told["sync"]["conflicts"], 0)
            self.assertGreater(told["sign_ups"]["linked"], 0)
            self.assertGreater(told["sign_ups"]["refused"], 0)
            self.check_database(database, told)

    def check_database(self, database, told):
        """The same from the other side, without the SDK: no half person, no user that nobody asked for."""
        connection = sqlite3.connect(database)
        self.addCleanup(connection.close)
        one = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731
        patients = told["registered"] + told["sign_ups"]["new_patients"]
        users = told["with_account"] + told["sign_ups"]["linked"] + told["sign_ups"]["new_patients"]
        self.assertEqual(one("SELECT count(*) FROM patients"), patients)
        self.assertEqual(one("SELECT count(*) FROM users"), users)
        self.assertEqual(one("SELECT count(*) FROM users u JOIN patients p ON p.id = u.id"
                             " AND u.patient_id = p.id AND p.account_id = u.id"), users)

    def test_tells_its_story_in_one_screen_and_again(self):
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):  # it removes what it made itself
                _, done = run("--data", DATA, folder=folder)
                self.assertEqual(done.returncode, 0, done.stderr)
            lines = done.stdout.splitlines()
            self.assertLessEqual(len(lines), 45)
            # But for the lines with paths, which are as long as the folders' names.
            told = [line for line in lines if folder not in line and os.path.basename(DATA) not in line]
            self.assertLessEqual(max(map(len, told)), 110)
            self.assertNotIn("\x1b", done.stdout)
            self.assertIn("⇔", done.stdout)

    def test_leaves_another_database_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "demo"))
            path = os.path.join(folder, "demo", "clinic.db")
            with open(path, "w", encoding="utf-8") as file:
                file.write("somebody's")
            _, done = run(folder=folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn("is not this demo's", done.stderr)
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "somebody's")


if __name__ == "__main__":
    reported.main("quickstart")
