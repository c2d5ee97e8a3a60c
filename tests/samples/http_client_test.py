"""The sample client, against `clinic serve --demo`. Environment: CLINIC_CLI, CLINIC_PLUGIN_PATH."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "http")]
import reported  # noqa: E402
from judging_proxy import judging_proxy  # noqa: E402


class HttpClient(unittest.TestCase):
    def setUp(self):
        self.server = subprocess.Popen([os.environ["CLINIC_CLI"], "serve", "--demo", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.address = json.loads(self.server.stdout.readline())["listening"]

    def tearDown(self):
        with self.server:
            self.server.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.returncode, 0)

    def test_a_patient_registers_and_reads_the_own_record(self):
        """[HTTP-1][PAT-3]"""
        with judging_proxy(self.address) as address:
            done = subprocess.run([sys.executable, str(ROOT / "samples/http_client/client.py"), address], capture_output=True, text=True, timeout=60)
        self.assertRegex(done.stdout, r"^Amina Yusuf is patient P\d{7}\n$", done.stderr)

    def test_the_page_has_lines_to_copy(self):
        """[HTTP-2] The first lines of /docs, copied as they stand there, log in and answer."""
        with urllib.request.urlopen(self.address + "/docs", timeout=30) as response:
            page = response.read().decode()
        blocks = [block.split("</code>")[0] for block in page.split("<pre tabindex=\"0\"><code>")[1:3]]
        script = "\n".join(blocks).replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        script = script.replace("LOGIN", "jane.smith@demo.example").replace("PASSWORD", "try the demo clinic")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60)
        self.assertEqual(json.loads(done.stdout)["patient"]["first_name"], "Jane", done.stderr)


if __name__ == "__main__":
    reported.main("sample_http_client")
