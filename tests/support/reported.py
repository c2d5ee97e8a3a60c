"""Runs the unittest tests of a module and writes one JSON line a test, for ./dev requirements.

The line: {"name": …, "requirements": ["PLUG-1"], "passed": true}; the IDs are those in brackets in the test's docstring. It goes to
$CLINIC_REPORT_DIR/<name>.json; without that variable nothing is written.
"""

import json
import os
import re
import sys
import unittest

_ID = re.compile(r"\[([A-Z]+-\d+)\]")


class _ReportingResult(unittest.TextTestResult):
    lines = []

    def stopTest(self, test):
        failed = [t for t, _ in self.failures + self.errors]
        # A failed subTest is another object that names the test it belongs to.
        passed = not any(t is test or getattr(t, "test_case", None) is test for t in failed)
        skipped = any(t is test for t, _ in self.skipped)
        ids = _ID.findall(getattr(test, "_testMethodDoc", None) or "")
        self.lines.append({"name": test.id(), "requirements": ids, "passed": passed and not skipped})
        super().stopTest(test)


def main(report_name):
    program = unittest.main(
        module="__main__",
        testRunner=unittest.TextTestRunner(resultclass=_ReportingResult, verbosity=2),
        exit=False,
    )
    folder = os.environ.get("CLINIC_REPORT_DIR")
    if folder:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, report_name + ".json"), "w", encoding="utf-8") as file:
            for line in _ReportingResult.lines:
                file.write(json.dumps(line) + "\n")
    sys.exit(0 if program.result.wasSuccessful() else 1)
