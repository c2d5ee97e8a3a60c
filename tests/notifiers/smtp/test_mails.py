"""The mails of the plugin smtp as Python's email package reads them: nothing is injected, and everything reads back as it was.

Environment: CLINIC_SMTP_COMPOSER; PYTHONPATH names tests/notifiers and tests/support.
"""

import datetime
import email.header
import email.policy
import email.utils
import json
import os
import pathlib
import random
import re
import subprocess
import unittest

import reported

NAUGHTY = pathlib.Path(__file__).resolve().parents[2] / "data" / "naughty-strings.json"
FIELDS = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Language", "Content-Type"]
# what is made into a blank: control characters and Unicode's line ends
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PIECES = [
    *("\r", "\n", "\r\n", "\0", "\t", "\x0b", "\x0c", "\x1b", "\x7f", "\u0085", "\u2028", "\u2029", " ", "  ", "   "),
    *("\r\nBcc: evil@example.com", "\nTo: evil@example.com", "\r\n\r\n<p>", "\r\n.\r\nMAIL FROM:<x@y>", "\r\n ", "\n\t"),
    *("=?UTF-8?B?", "=?UTF-8?Q?=0ABcc:_x?=", "?=", "=?", "=", "_", "=0D=0A", "?", "%0d%0a", "&#10;"),
    *('"', "\\", '\\"', "<", ">", ",", ";", ":", "@", "(", ")", "[", "]", ".", "<evil@example.com>", "a@b,c@d", "(comment)"),
    *("Jane", "Doe", "a", "x" * 30, "y" * 90, "Zoë", "Größe", "محمد", "الطبيب", "\u202e", "\u200f", "山田太郎", "👩‍⚕️", "🇪🇬", "e\u0301", "ß"),
    *("\ufeff", "\ufffd", "\u00a0", "\u3000", "-", "--", "=_", "Dr.", "1", "#"),
]


def expected_line(text):
    return CONTROL.sub(" ", text)


def lines_of(text):
    """A text's lines: how they ended does not matter, nor whether the last one did."""
    return re.sub("\r\n|\r", "\n", text).removesuffix("\n")


class Composer:
    """Mails of values, in the order in which they were given."""

    def __init__(self):
        self.given = []

    def add(self, **values):
        defaults = {
            "from_name": "Clinic",
            "name": "Jane Doe",
            "address": "jane@example.com",
            "id": "0190a7c0-0000-7000-8000-000000000001",
            "locale": "en",
            "subject": "Your appointment",
            "text": "See you tomorrow.",
            "created_at": 1764374400123,
        }
        self.given.append(defaults | values)

    def composed(self):
        done = subprocess.run(
            [os.environ["CLINIC_SMTP_COMPOSER"]],
            input="".join(json.dumps(each) + "\n" for each in self.given),
            capture_output=True,
            text=True,
            check=True,
        )
        answers = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
        assert len(answers) == len(self.given)
        return zip(self.given, answers)


class Mails(unittest.TestCase):
    maxDiff = 500

    def parsed(self, answer):
        """The mail, once its bytes have been looked at."""
        self.assertNotIn("refused", answer)
        raw = answer["mail"].encode()
        self.assertNotRegex(raw.replace(b"\r\n", b""), rb"[\r\n\0]")
        self.assertTrue(raw.endswith(b"\r\n"))
        self.assertTrue(raw.isascii())
        for line in raw.split(b"\r\n"):
            self.assertLessEqual(len(line), 78)
        sent = answer["sent"].encode()
        self.assertEqual(sent.find(b"\r\n.\r\n"), len(sent) - 5)
        self.assertEqual(re.sub(rb"(?m)^\.", b"", sent.removesuffix(b".\r\n")), raw)
        return email.message_from_bytes(raw, policy=email.policy.default)

    def check_header(self, answer, given):
        mail = self.parsed(answer)
        older = email.message_from_string(answer["mail"])
        self.assertEqual([field for field in mail.keys() if field not in ("Content-Transfer-Encoding", "Reply-To")], FIELDS)
        self.assertEqual(mail["Subject"], expected_line(given["subject"]))
        for field, address, name in (
            ("From", "noreply@clinic.example", given["from_name"]),
            ("To", "jane@example.com", given["name"]),
            ("Reply-To", "desk@clinic.example", given.get("reply_name")),
        ):
            if name is None:
                self.assertNotIn(field, mail)
                continue
            (mailbox,) = mail[field].addresses
            self.assertEqual(mailbox.addr_spec, address)
            shown = expected_line(name)
            # this parser changes the blanks of a name (Python 3.11); the older one below reads them as they are meant
            self.assertEqual("".join(mailbox.display_name.split()), "".join(shown.split()))
            phrase, _ = email.utils.parseaddr(older[field])
            self.assertEqual(str(email.header.make_header(email.header.decode_header(phrase))), shown if shown.strip(" ") else "")
        return mail

    def body(self, mail, kind):
        return mail.get_body((kind,)).get_content()

    def test_random_headers_inject_nothing(self):
        """[NOTE-2] Ten thousand subjects and names, made of what upsets mail programs."""
        made = random.Random(1)
        composer = Composer()

        def value():
            return "".join(made.choice(PIECES) for _ in range(made.randint(1, 12)))

        for _ in range(10000):
            composer.add(subject=value(), name=value(), from_name=value(), reply_name=value())
        for given, answer in composer.composed():
            with self.subTest(given={k: given[k] for k in ("subject", "name", "from_name", "reply_name")}):
                mail = self.check_header(answer, given)
                self.assertEqual(mail.get_payload(), "See you tomorrow.\r\n")

    def test_naughty_strings(self):
        """[NOTE-2] As subject, name, text and HTML."""
        composer = Composer()
        for text in json.loads(NAUGHTY.read_text(encoding="utf-8")):
            composer.add(subject=text or "-", name=text, text=text, html=text or "-")
        for given, answer in composer.composed():
            with self.subTest(text=given["text"]):
                mail = self.check_header(answer, given)
                self.assertEqual(lines_of(self.body(mail, "plain")), lines_of(given["text"]))
                self.assertEqual(lines_of(self.body(mail, "html")), lines_of(given["html"]))

    def test_bodies(self):
        """[NOTE-2] Long lines, dots, blanks at the end, every kind of line end, controls, nothing at all."""
        made = random.Random(2)
        bodies = [
            *("", "\n", "\n\n\n", ".", ".\n.\n..\n.", "From here\nFrom there\n", "x" * 5000, "é" * 5000, "محمد " * 2000),
            *(" \n \t\n\t", "end blank ", "end tab\t", "=\n==\n=20", "--=_0190a7c0-0000-7000-8000-000000000001--\n", "a\rb\r\nc\n\rd"),
            *("".join(map(chr, range(1, 32))), "👩‍⚕️" * 300, "QUIT\r\nDATA\r\n.\r\n", ".\r\n" * 400, "\u2028a\u2029b\u0085c"),
            *("".join(made.choice([*PIECES, "\n.", ".", "=", " \n"]) for _ in range(200)) for _ in range(500)),
        ]
        composer = Composer()
        for text in bodies:
            composer.add(text=text.replace("\0", ""))
            composer.add(text=text.replace("\0", ""), html=text.replace("\0", "") or "<p>")
        for given, answer in composer.composed():
            with self.subTest(text=given["text"][:200], html="html" in given):
                mail = self.parsed(answer)
                self.assertEqual(lines_of(self.body(mail, "plain")), lines_of(given["text"]))
                if "html" in given:
                    self.assertEqual(mail.get_content_type(), "multipart/alternative")
                    self.assertEqual([part.get_content_type() for part in mail.iter_parts()], ["text/plain", "text/html"])
                    self.assertEqual(lines_of(self.body(mail, "html")), lines_of(given["html"]))
                self.assertEqual([part.defects for part in mail.walk()], [[] for _ in mail.walk()])

    def test_date_and_id(self):
        """[NOTE-2] They come from the message, so that every try is the same mail."""
        composer = Composer()
        composer.add()
        composer.add(id="one id", created_at=0)
        (_, first), (_, second) = composer.composed()
        mail = self.parsed(first)
        self.assertEqual(mail["Message-ID"], "<0190a7c0-0000-7000-8000-000000000001@clinic.example>")
        self.assertEqual(mail["Date"].datetime, datetime.datetime(2025, 11, 29, tzinfo=datetime.timezone.utc))
        mail = self.parsed(second)
        self.assertRegex(mail["Message-ID"], r"^<[0-9a-f]{40}@clinic\.example>$")
        self.assertEqual(mail["Date"].datetime.timestamp(), 0)


if __name__ == "__main__":
    reported.main("smtp_mails")
