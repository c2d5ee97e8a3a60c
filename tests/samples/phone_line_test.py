"""The sample phone_line: calls as a caller makes them, key by key. [PHONE-1] [PHONE-2] [PHONE-7]"""

import datetime
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import reported  # noqa: E402

ZONE = "Asia/Kolkata"


class PhoneLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "clinic.db")

    def call(self, number, *keys, call_id=None):
        """What the caller hears; after the last key the caller hangs up."""
        command = [os.environ["CLINIC_PHONE_LINE"], "sqlite:" + self.file, number, *([call_id] if call_id else [])]
        typed = "".join(key + "\n" for key in keys)
        done = subprocess.run(command, input=typed, capture_output=True, text=True, check=False, env={**os.environ, "TZ": ZONE})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def rows(self, sql):
        with sqlite3.connect(self.file) as database:
            return database.execute(sql).fetchall()

    def test_a_first_call_makes_a_placeholder_and_an_account(self):
        heard = self.call("+919999999999", "1", "2", "3", "1", "1")
        message = "You get a message with which you can log in and see your bookings."
        self.assertEqual(heard[-3:], ["It is booked.", message, "Goodbye."])
        self.assertEqual(self.rows("SELECT first_name, last_name, placeholder FROM patients"), [("IVR", "Patient 9999", "phone_booking")])
        self.assertEqual(self.rows("SELECT doctor, source FROM appointments"), [("Dr. Rao", "ivr")])

    def test_the_time_is_that_of_the_clinics_clock(self):
        heard = self.call("+919999999999", "1", "2", "3", "1", "1")
        ((starts_at,),) = self.rows("SELECT starts_at FROM appointments")
        booked = datetime.datetime.fromtimestamp(starts_at / 1000, zoneinfo.ZoneInfo(ZONE))
        self.assertEqual(booked.hour, 14)
        self.assertIn(booked.strftime("Dr. Rao, %A, %d %B, %H:%M? 1: book it. 2: begin again."), heard)

    def test_a_second_call_finds_the_account(self):
        self.call("+919999999999", "1", "1", "1", "1", "1")
        heard = self.call("+919999999999", "2", "1", "1", "1", "1")
        self.assertEqual(heard[-2:], ["It is booked.", "Goodbye."])
        self.assertEqual(self.rows("SELECT count(*), count(DISTINCT patient_id) FROM appointments"), [(2, 1)])

    def test_a_call_that_is_repeated_books_once(self):
        for _ in range(2):
            self.call("+919999999999", "1", "1", "1", "1", "1", call_id="call-7")
        self.assertEqual(self.rows("SELECT count(*) FROM appointments"), [(1,)])

    def test_somebody_of_the_household(self):
        self.call("+919999999999", "1", "1", "1", "2", "Asha", "Rao", "1")
        booked_for = self.rows("SELECT p.first_name FROM appointments a JOIN patients p ON p.id = a.patient_id")
        self.assertEqual(booked_for, [("Asha",)])
        self.assertEqual(self.rows("SELECT count(*) FROM users"), [(1,)])

    def test_wrong_keys_and_second_thoughts(self):
        heard = self.call("+919999999999", "9", "x", "1", "1", "1", "1", "2", "2", "1", "1", "1", "1")
        self.assertEqual(heard.count("There is no such key."), 2)
        self.assertEqual(self.rows("SELECT doctor FROM appointments"), [("Dr. Wanjiru",)])

    def test_who_only_presses_wrong_keys_is_sent_away(self):
        self.assertEqual(self.call("+919999999999", "9", "9", "9")[-1], "Goodbye.")

    def test_who_hangs_up_has_booked_nothing(self):
        for keys in ([], ["1"], ["1", "1", "1"], ["1", "1", "1", "2", "Asha"], ["1", "1", "1", "1"]):
            self.call("+919999999999", *keys)
        self.assertEqual(self.rows("SELECT count(*) FROM patients"), [(0,)])

    def test_a_caller_without_a_number(self):
        heard = self.call("anonymous", "1", "1", "1", "1", "1")
        self.assertEqual(heard[-2:], ["We do not see your number. Please call again and show it.", "Goodbye."])

    def test_who_says_no_name_is_asked_again(self):
        heard = self.call("+919999999999", "1", "1", "1", "2", "", "Asha", "Rao", "1")
        self.assertEqual(heard.count("Say the first name."), 2)
        self.assertEqual(self.rows("SELECT p.first_name FROM appointments a JOIN patients p ON p.id = a.patient_id"), [("Asha",)])

    def test_a_name_that_is_none(self):
        heard = self.call("+919999999999", "1", "1", "1", "2", "\u200b", "Rao", "1")
        self.assertEqual(heard[-2:], ["We did not understand the name. Please call again.", "Goodbye."])


if __name__ == "__main__":
    reported.main("sample_phone_line")
