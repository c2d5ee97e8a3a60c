"""The notifier's promises, as clinic-plugin-check has them. Environment: CLINIC_PLUGIN_CHECK, CLINIC_SMS_PLUGIN."""

import json
import os
import subprocess
import unittest

import reported
from gateway_server import GatewayServer, answer


class Promises(unittest.TestCase):
    def test_all(self):
        """[NOTE-3][PLUG-1][PLUG-3]"""
        with GatewayServer(lambda handler, _: answer(handler, 201, {"sid": "SM1"})) as server:
            url = f"sms:twilio?account=AC1&token=canary&from=%2B1555&url={server.address}/"
            done = subprocess.run(
                [os.environ["CLINIC_PLUGIN_CHECK"], "--json", os.environ["CLINIC_SMS_PLUGIN"], url],
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
        (plugin,) = json.loads(done.stdout)
        self.assertEqual({check["check"]: check for check in plugin["checks"] if check["result"] != "ok"}, {}, done.stderr)
        self.assertGreater(len(plugin["checks"]), 10)


if __name__ == "__main__":
    reported.main("sms_plugin_check")
