"""[MODEL-7][MODEL-11][HTTP-4] Every naughty string over HTTP, in the body, the path, the query and headers.

It comes back byte for byte, or is refused by its field's name. No answer is a 500 and no connection breaks.
Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY.
"""

import contextlib
import http.client
import json
import os
import pathlib
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import reported  # noqa: E402
from server import place  # noqa: E402

STRINGS = json.loads((HERE.parent / "data" / "naughty-strings.json").read_text(encoding="utf-8"))
# What no JSON text can be: a surrogate alone. Python sends it in an escape, as a careless program does.
STRINGS += ["\ud800", "a\udfffb", "\x00", "a\x00b"]
PATIENTS = "/api/v1/patients"


def encoded(text):
    return urllib.parse.quote(text, safe="", errors="surrogatepass")


class Naughty(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.opened = contextlib.ExitStack()
        cls.addClassCleanup(cls.opened.close)
        cls.server = cls.opened.enter_context(cls.opened.enter_context(place()).serve())
        cls.token = cls.server.log_in()
        cls.described = cls.server.described()

    def setUp(self):
        # one connection for all: where it breaks, the next request fails
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        self.addCleanup(self.connection.close)
        self.connection.connect()
        self.connection.auto_open = 0

    def call(self, method, path, body=None, **headers):
        given = {"Authorization": "Bearer " + self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body is not None:
            given["Content-Type"] = "application/json"
        self.connection.request(method, path, None if body is None else json.dumps(body), given)
        response = self.connection.getresponse()
        self.assertFalse(response.will_close, path)
        text = response.read()
        answer = json.loads(text.decode("utf-8", "strict"))
        self.described.judge(method, path, response.status, dict(response.getheaders()), answer)
        self.assertLess(response.status, 500, answer)
        return response, answer

    def refused_fields(self, response, answer):
        """The fields of a refusal: each is named."""
        self.assertIn(response.status, (400, 422), answer)
        self.assertTrue(answer["fields"], answer)
        return {field["path"] for field in answer["fields"]}

    def test_body(self):
        """[MODEL-7][MODEL-11] All texts of a patient at once; what is refused is left out, and the rest is tried again."""
        came_back = 0
        for text in STRINGS:
            with self.subTest(text=ascii(text)):
                left = {"last_name", "address", "allergies", "emergency_contact_name", "insurance_provider", "email"}
                while left:
                    response, answer = self.call("POST", PATIENTS, {"first_name": "A", "last_name": "B", **dict.fromkeys(left, text)})
                    if response.status != 201:
                        if answer["code"] == "malformed_json":
                            break  # half of a character
                        refused = self.refused_fields(response, answer)
                        self.assertTrue(refused <= left, answer)
                        left -= refused
                        continue
                    for field in left:
                        self.assertEqual(answer["patient"][field] or "", text)
                        came_back += 1
                    break
        self.assertGreater(came_back, 2000)

    def test_path(self):
        """[HTTP-4] A number that is a naughty string finds the patient who has it; no other string finds anybody."""
        numbers = set()
        for text in STRINGS:
            if text in ("", ".", ".."):
                continue  # they make another path
            with self.subTest(text=ascii(text)):
                if self.call("POST", PATIENTS, {"first_name": "A", "last_name": "B", "number": text})[0].status == 201:
                    numbers.add(text)
                response, answer = self.call("GET", PATIENTS + "/" + encoded(text))
                if response.status == 200:
                    self.assertEqual(answer["number"], text)
                    self.assertIn(text, numbers)
                else:
                    self.assertNotIn(text, numbers, answer)
                    self.assertIn(response.status, (400, 404), answer)
        self.assertGreater(len(numbers), 5)

    def test_query(self):
        """[HTTP-4] An identifier that is a naughty string is removed by it, and by no other one."""
        place_of = f"{PATIENTS}/{self.call('POST', PATIENTS, {'first_name': 'A', 'last_name': 'B'})[1]['patient']['number']}/identifiers"
        found = 0
        for text in STRINGS:
            with self.subTest(text=ascii(text)):
                added, answer = self.call("POST", place_of, {"system": "s", "value": text})
                removed, rest = self.call("DELETE", f"{place_of}?system=s&value={encoded(text)}")
                if added.status == 201:
                    self.assertEqual(answer["identifiers"][-1]["value"], text)
                    self.assertEqual((removed.status, rest["identifiers"]), (200, []))
                    found += 1
                else:
                    self.assertIn(added.status, (400, 422), answer)
                    self.assertIn(removed.status, (400, 404, 422), rest)
                searched, there = self.call("GET", f"{PATIENTS}/search?q={encoded(text)}&limit=1")
                if searched.status != 200:
                    self.assertIn(searched.status, (400, 422), there)
        self.assertGreater(found, 300)

    def test_headers(self):
        """[HTTP-4][HTTP-5] A key works or is refused by its name; the id of a request comes back, or another one does."""
        keys = ids = 0
        for text in STRINGS:
            value = text.encode("utf-8", "surrogatepass")
            if any(byte < 32 and byte != 9 or byte == 127 for byte in value):
                continue  # no header can have it (test_attacks.py)
            value = value.strip(b" \t")  # around a header's value they are none of it
            with self.subTest(text=ascii(text)):
                response, answer = self.call("POST", PATIENTS, {"first_name": "A", "last_name": "B"}, Idempotency_Key=value, X_Request_Id=value,
                                             Accept_Language=value, traceparent=value, If_None_Match=value)
                back = response.getheader("X-Request-Id").encode("latin-1")
                ids += back == value
                self.assertRegex(back, rb"^[!-~]+$")
                if response.status != 201:
                    self.assertEqual(self.refused_fields(response, answer), {"Idempotency-Key"})
                    continue
                again, same = self.call("POST", PATIENTS, {"first_name": "A", "last_name": "B"}, Idempotency_Key=value)
                self.assertEqual((again.status, same), (201, answer))
                keys += 1
        self.assertGreater(keys, 100)
        self.assertGreater(ids, 50)


if __name__ == "__main__":
    reported.main("http_naughty")
