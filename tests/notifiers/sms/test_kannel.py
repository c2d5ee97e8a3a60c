"""The plugin `sms` with a real Kannel. Environment: CLINIC_SMS_PLUGIN, the library; PYTHONPATH names tests and tests/support."""

import os
import unittest
import urllib.parse

import reported
import servers
from gateway_server import GatewayServer, answer
from kannel import Kannel
from notifier import DELIVERED, GSM7, OK, ON_ITS_WAY, REFUSED, UCS2, UNAVAILABLE, Notifier
from servers.waiting import until

TOKEN = "canary-receipt-token_1.~"


class RealKannel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        supervisor = servers.Supervisor()
        cls.addClassCleanup(supervisor.close)
        cls.kannel = Kannel(supervisor)
        cls.addClassCleanup(cls.kannel.close)
        cls.listener = GatewayServer(lambda handler, _: answer(handler, 200, b"taken"))
        cls.addClassCleanup(cls.listener.__exit__)

    def setUp(self):
        self.listener.seen.clear()

    def opened(self, **more):
        options = {"username": "clinic", "password": self.kannel.password, "from": "1234", "url": self.kannel.url, **more}
        notifier = Notifier(os.environ["CLINIC_SMS_PLUGIN"], "sms:kannel?" + urllib.parse.urlencode(options, quote_via=urllib.parse.quote))
        self.addCleanup(notifier.close)
        return notifier

    def sent(self, text, encoding, parts):
        """What the centre got."""
        got = self.opened().submit(text, encoding=encoding)
        self.assertEqual(got.code, OK, got)
        taken = self.kannel.take_parts(parts)
        self.assertEqual(len(taken), parts)
        for number, part in enumerate(taken, 1):
            self.assertEqual((part.sender, part.recipient), (b"1234", b"+4915112345678"))
            if parts > 1:  # of how many, which one
                self.assertEqual(part.header[-2:], bytes([parts, number]))
        return b"".join(part.data for part in taken)

    def test_default_alphabet(self):
        """[NOTE-3] One part, and three with characters of the extension table."""
        text = 'Hello {to} & "x" = 100% + \\ €[~] é ñ Ä Ω'
        self.assertEqual(self.sent(text, GSM7, 1).decode(), text)
        text = "".join(f"{i:03} €{{}} ;" for i in range(44))  # 12 septets each
        self.assertEqual(self.sent(text, GSM7, 4).decode(), text)

    def test_other_scripts(self):
        """[NOTE-3]"""
        text = "مرحبا، موعدك غداً 👩\u200d⚕️ " + "الساعة العاشرة "
        self.assertEqual(self.sent(text, UCS2, 1).decode("utf-16-be"), text)
        self.assertEqual(self.sent(text * 4, UCS2, 3).decode("utf-16-be"), text * 4)

    def test_receipts(self):
        """[NOTE-8] They come to the address that Kannel was told, and are read; those of others are not."""
        notifier = self.opened(receipts=self.listener.address + "/sms?clinic=1", receipt_token=TOKEN)
        self.assertEqual(notifier.submit("x" * 200, id="0190a7c0-0000-7000-8000-000000000009").code, OK)
        self.kannel.take_parts(2)
        until(lambda: len(self.listener.seen) >= 2, "two receipts", 20)
        read = []
        for seen in self.listener.seen:
            self.assertEqual(seen.query["clinic"], "1")
            code, found = notifier.read_receipts(seen.method, "https://clinic.example" + seen.target, seen.headers.items(), seen.body)
            self.assertEqual(code, OK)
            read += found
            forged = seen.target.replace(TOKEN, TOKEN[:-1] + "x")
            self.assertEqual(notifier.read_receipts(seen.method, "https://clinic.example" + forged), (REFUSED, []))
        self.assertCountEqual(
            read, [("0190a7c0-0000-7000-8000-000000000009", None, state, None, 0) for state in (ON_ITS_WAY, DELIVERED)]
        )

    def test_wrong_password(self):
        """[NOTE-3]"""
        got = self.opened(password="canary-wrong").submit("a")
        self.assertEqual((got.code, got.status), (UNAVAILABLE, 403), got)
        self.assertNotIn("canary", got.words)

    def test_health(self):
        """[NOTE-3]"""
        self.assertEqual(self.opened().health().code, OK)


if __name__ == "__main__":
    reported.main("sms_kannel")
