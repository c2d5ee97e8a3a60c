"""The sample webhooks.py against a receiver that is away at first, and checks the signature as the specification says."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "samples" / "webhooks"), str(ROOT / "tests" / "support")]
import reported  # noqa: E402

import clinic  # noqa: E402
import webhooks  # noqa: E402

SECRET = base64.b64encode(b"a secret of the receiver's").decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        calls = self.server.calls
        calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(500 if len(calls) == 1 else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Webhooks(unittest.TestCase):
    def test_each_event_arrives_signed_and_the_position_is_kept(self):
        """[BIND-3]"""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        server.calls = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}/hook"
        os.environ["WEBHOOK_SECRET"] = "whsec_" + SECRET
        webhooks.FIRST_WAIT = 0.01
        with tempfile.TemporaryDirectory() as folder:
            storage, file = f"sqlite:{folder}/clinic.db", f"{folder}/position.txt"
            with clinic.open(storage) as opened, opened.system("desk") as desk:
                desk.patients.register(first_name="Jane", last_name="Smith")
                webhooks.main(storage, url, file, idle=0)
                self.assertEqual(webhooks.kept(file), 1)
                desk.patients.register(first_name="Sam", last_name="Ess")
                webhooks.main(storage, url, file, idle=0)
                self.assertEqual(webhooks.kept(file), 2)
        first, again, second = server.calls
        self.assertEqual(first[0]["webhook-id"], again[0]["webhook-id"])
        for headers, body in server.calls:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            expected = base64.b64encode(hmac.new(base64.b64decode(SECRET), signed, hashlib.sha256).digest()).decode()
            self.assertEqual(headers["webhook-signature"], "v1," + expected)
            self.assertEqual(json.loads(body)["type"], "patient.registered")
        self.assertEqual(json.loads(second[1])["data"]["position"], 2)

    def test_a_mistake_is_told_in_a_sentence(self):
        """[BIND-3]"""
        with tempfile.TemporaryDirectory() as folder:
            storage, file = f"sqlite:{folder}/clinic.db", f"{folder}/position.txt"
            for wrong in ("", "whsec_", "whsec_a"):
                os.environ["WEBHOOK_SECRET"] = wrong
                with self.assertRaisesRegex(SystemExit, "WEBHOOK_SECRET is to be"):
                    webhooks.main(storage, "http://127.0.0.1:1/", file)
            os.environ["WEBHOOK_SECRET"] = "whsec_" + SECRET
            with self.assertRaisesRegex(SystemExit, "holds no clinic"):
                webhooks.main(storage, "http://127.0.0.1:1/", file)
            clinic.open(storage).close()
            webhooks.keep(file, 17)
            with self.assertRaisesRegex(SystemExit, "Events behind position 17 are gone"):
                webhooks.main(storage, "http://127.0.0.1:1/", file, idle=0)


if __name__ == "__main__":
    reported.main("sample_webhooks")
