"""The sample server with a login of the host's own. Argument: the program. Environment: CLINIC_PLUGIN_PATH."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "http")]
import reported  # noqa: E402
from judging_proxy import judging_proxy  # noqa: E402

PROGRAM = sys.argv.pop()


class HttpServer(unittest.TestCase):
    def test_the_host_says_who_calls(self):
        """[HTTP-4][BIND-5]"""
        with tempfile.TemporaryDirectory() as folder:
            storage = "sqlite:" + os.path.join(folder, "clinic.db")
            with subprocess.Popen([PROGRAM, storage], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
                address = server.stdout.readline().strip()

                def register(authorization):
                    request = urllib.request.Request(address + "/api/v1/patients", b'{"first_name":"Jane","last_name":"Smith"}',
                                                     {"Content-Type": "application/json", "Authorization": authorization})
                    with urllib.request.urlopen(request, timeout=30) as response:
                        return json.load(response)

                with judging_proxy(address) as address:
                    self.assertEqual(register("Desk front")["patient"]["created_by"], "front-desk")
                    with self.assertRaises(urllib.error.HTTPError) as refused:
                        register("Desk back")
                self.assertEqual(refused.exception.code, 401)
                server.stdin.close()
                self.assertEqual(server.wait(timeout=30), 0)


if __name__ == "__main__":
    reported.main("sample_http_server")
