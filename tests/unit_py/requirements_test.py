"""tests/requirements.py: how it reads lists and reports, and what it makes of them."""

import json
import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

import requirements  # noqa: E402
from requirements import Test  # noqa: E402

TABLE = """# Requirements

| ID | Requirement | From |
|---|---|---|
| SYNC-1 | A row | S D |
| SYNC-2 | Another | + |
| BIND-1 | C | card |
"""

CATCH_2 = """All available test cases:
  a short name
      [SYNC-1][core]
  a name that is so long that Catch2 has to break it, at a blank or behind a
    dash-like mark
      [core][SYNC-
      2]
  without tags
3 test cases

"""

CATCH_3 = """All available test cases:
  a short name
      [SYNC-1][core]
1 test case

"""

JUNIT = """<?xml version="1.0"?>
<testsuite name="x" tests="4">
  <testcase name="good" status="run"/>
  <testcase name="bad" status="fail"><failure message=""/></testcase>
  <testcase name="left out" status="notrun"><skipped message="SKIP_RETURN_CODE=4"/></testcase>
  <testcase name="off" status="disabled"/>
</testsuite>
"""


class Reading(unittest.TestCase):
    def test_rows_come_in_the_order_of_the_file(self):
        rows = requirements.read_requirements(TABLE)
        self.assertEqual(list(rows), ["SYNC-1", "SYNC-2", "BIND-1"])
        self.assertEqual(rows["SYNC-2"], "Another")

    def test_a_row_that_is_there_twice_is_refused(self):
        with self.assertRaises(SystemExit):
            requirements.read_requirements(TABLE + "| SYNC-1 | Again | S |\n")

    def test_the_projects_own_rows_are_all_read(self):
        text = (TESTS.parent / "docs/requirements.md").read_text(encoding="utf-8")
        rows = requirements.read_requirements(text)
        self.assertEqual(len(rows), sum(line.startswith("| ") and "-" in line.split("|")[1] for line in text.splitlines()))
        self.assertIn("MODEL-1", rows)
        self.assertIn("BIND-5", rows)

    def test_lists_of_both_catch_versions(self):
        listed = requirements.read_catch_list(CATCH_2)
        self.assertEqual(listed["ashortname"], ["SYNC-1", "core"])
        whole = "a name that is so long that Catch2 has to break it, at a blank or behind a dash-like mark"
        self.assertEqual(listed[requirements.squeezed(whole)], ["core", "SYNC-2"])
        self.assertEqual(listed["withouttags"], [])
        self.assertEqual(requirements.read_catch_list(CATCH_3), {"ashortname": ["SYNC-1", "core"]})

    def test_statuses_of_ctests_report(self):
        self.assertEqual(
            requirements.read_junit(JUNIT), {"good": "passed", "bad": "failed", "left out": "skipped", "off": "skipped"}
        )

    def test_tags_come_from_catch_executables_only_and_labels_from_all(self):
        catch = {"name": "a name, with marks", "command": ["/bin/catch", "a name\\, with marks"]}
        other = {
            "name": "canary",
            "command": ["/bin/canary", "--quick"],
            "properties": [{"name": "LABELS", "value": ["core", "BIND-1"]}],
        }
        asked = []

        def list_tests(executable):
            asked.append(executable)
            return "All available test cases:\n  a name, with marks\n      [SYNC-1]\n1 test case\n"

        copy = {**catch, "name": "a name, with marks [postgresql]"}
        tests = requirements.read_ctest_list(json.dumps({"tests": [catch, copy, other]}), list_tests)
        self.assertEqual(
            tests,
            [("a name, with marks", ["SYNC-1"]), ("a name, with marks [postgresql]", ["SYNC-1"]), ("canary", ["BIND-1"])],
        )
        self.assertEqual(asked, ["/bin/catch"])

    def test_python_reports(self):
        line = json.dumps({"name": "m.T.t", "requirements": ["SYNC-1"], "passed": False})
        self.assertEqual(list(requirements.read_report_lines(line + "\n\n")), [Test("m.T.t", ["SYNC-1"], "failed")])


class Judging(unittest.TestCase):
    def setUp(self):
        self.rows = requirements.read_requirements(TABLE)

    def test_only_what_passed_counts(self):
        tests = [
            Test("good", ["SYNC-1"], "passed"),
            Test("bad", ["SYNC-2"], "failed"),
            Test("not run", ["BIND-1"], "missing"),
        ]
        printed = "\n".join(requirements.lines_of_rows(self.rows, tests))
        self.assertIn("✓ good", printed)
        self.assertIn("✗ FAILED: bad", printed)
        self.assertIn("· missing: not run", printed)
        self.assertIn("3 requirements: 1 with a passed test, 2 without.", requirements.summary(self.rows, tests))
        missing = "\n".join(requirements.lines_of_rows(self.rows, tests, only_missing=True))
        self.assertNotIn("SYNC-1", missing)
        self.assertIn("SYNC-2", missing)

    def test_tags_that_are_no_requirement_are_found(self):
        def found(tag):
            return list(requirements.mistakes([Test("t", [tag], "passed")], self.rows))

        for right in ("SYNC-1", "core", "utf8", "!mayfail", ".", "abi-2"):
            self.assertEqual(found(right), [], right)
        self.assertIn("mistyped: [SYNC-1]", found("sync-1")[0])
        self.assertIn("mistyped: [SYNC-1]", found("SYNC1")[0])
        self.assertIn("is no requirement", found("SYNC-9")[0])
        self.assertIn("is no requirement", found("SINC-1")[0])


if __name__ == "__main__":
    unittest.main()
