"""The two records of a person come to name each other in few places of the sources. [SYNC-9]"""

import re
import unittest
from pathlib import Path

DOMAINS = Path(__file__).resolve().parents[2] / "sdk/src/domains"
NAMED = re.compile(r"\w(?:\.|->)account_id\s*=[^=]|\b(?:user|account)(?:\.|->)patient_id\s*=[^=]")

# Each with why it may.
PLACES = {
    "people/accounts.cpp": "makes a new account of a patient",
    "people/linking.cpp": "links records that are there, by a LinkAuthority",
    "people/registration.cpp": "stores a new patient with its new account",
    "phone_line/booking.cpp": "stores a new patient with its new account, or on the account that calls",
}


class Links(unittest.TestCase):
    def test_no_other_place_makes_links(self) -> None:
        found = {str(file.relative_to(DOMAINS)) for file in DOMAINS.rglob("*.cpp") if NAMED.search(file.read_text(encoding="utf-8"))}
        self.assertEqual(set(PLACES), found)


if __name__ == "__main__":
    unittest.main()
