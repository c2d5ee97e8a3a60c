"""The SMS notifier as its tests call it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import notifier_plugin  # noqa: E402
from notifier_plugin import Code  # noqa: E402

OK, BUSY, UNAVAILABLE, OUTCOME_UNKNOWN, REFUSED = Code.OK, Code.BUSY, Code.UNAVAILABLE, Code.OUTCOME_UNKNOWN, Code.REFUSED
ON_ITS_WAY, DELIVERED, FAILED = 1, 2, 3
GSM7, UCS2 = 1, 2
NUMBER, ID = "+4915112345678", "0190a7c0-0000-7000-8000-000000000001"


class Refused(Exception):
    """The notifier does not open; the text says why."""


class Notifier(notifier_plugin.Notifier):
    """Any number of threads may call it."""

    def __init__(self, library, url):
        try:
            super().__init__(notifier_plugin.Plugin(library).table, url)
        except notifier_plugin.Refused as refusal:
            raise Refused(refusal.args[1]) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def submit(self, text, to=NUMBER, id=ID, encoding=GSM7, channel="sms"):
        answer = super().submit(
            id=id, channel=channel, recipient=to, subject=None, text=text, sms_encoding=encoding, sms_parts=1
        )
        answer.status = answer.native_code
        return answer

    def send_as_before_1_2(self, text):
        answer = super().send_as_before_1_2(id="id-1", channel="sms", recipient=NUMBER, locale="en", text=text)
        answer.status = answer.native_code
        return answer

    def health(self):
        answer = super().health()
        answer.status = answer.native_code
        return answer
