"""Every requirement of docs/requirements.md with the tests that passed for it in the last run of ./dev test.

What passed is read from the reports of that run: ctest's (build/PRESET/report/ctest.xml), and the *.json lines beside it that Python
tests write (tests/support/reported.py). Which requirements a test covers is read from
- the tags of Catch2 test cases, as the built executables list them: [SYNC-3];
- the labels of other tests of ctest: SYNC-3;
- the docstrings of Python tests, in their reports: [SYNC-3].
"""

import argparse
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_ID = re.compile(r"[A-Z]+-\d+")
_ROW = re.compile(r"\|\s*([A-Z]+-\d+)\s*\|\s*(.*?)\s*\|[^|]*\|\s*$")
_LOOKS_LIKE_ID = re.compile(r"([A-Za-z]+)[-_ .]?(\d+)")


@dataclass
class Test:
    name: str
    ids: list  # as they were written
    status: str  # passed, failed, skipped, or missing: not in the report


def read_requirements(text):
    """{ID: text} in the order of the file."""
    rows = {}
    for line in text.splitlines():
        if row := _ROW.match(line):
            if row[1] in rows:
                raise SystemExit(f"requirements: {row[1]} is there twice")
            rows[row[1]] = row[2]
    return rows


def squeezed(name):
    """Catch2 breaks long names into lines at blanks and at marks alike: names are compared without white space."""
    return re.sub(r"\s+", "", name)


def read_catch_list(text):
    """{squeezed name: [tags]} from `--list-tests` of Catch2 2.13 or 3: names are indented by two (and go on at four), tags by six."""
    tests, name, tags = {}, "", ""

    def keep():
        if name:
            tests[squeezed(name)] = re.findall(r"\[([^\[\]]*)\]", tags)

    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if indent == 2 and line.strip():
            keep()
            name, tags = line, ""
        elif indent == 4:
            name += line
        elif indent >= 6:
            tags += squeezed(line)
    keep()
    return tests


def read_junit(text):
    """{name: status} from ctest's report."""
    statuses = {}
    for case in ElementTree.fromstring(text).iter("testcase"):
        if case.find("failure") is not None or case.get("status") == "fail":
            status = "failed"
        elif case.find("skipped") is not None or case.get("status") != "run":
            status = "skipped"
        else:
            status = "passed"
        statuses[case.get("name")] = status
    return statuses


def read_report_lines(text):
    """The tests of one Python report."""
    for line in text.splitlines():
        if line.strip():
            entry = json.loads(line)
            yield Test(entry["name"], entry["requirements"], "passed" if entry["passed"] else "failed")


_BACKEND = re.compile(r" \[(postgresql|mysql)\]$")  # what the names of a test case's copies for a server end in


def unescaped(argument):
    """A test's name as CMake hands it to Catch2, which takes commas and brackets for a filter's."""
    return re.sub(r"\\(.)", r"\1", argument)


def read_ctest_list(text, list_tests):
    """[(name, ids)] from ctest's list of tests. `list_tests(executable)` answers what a Catch2 executable lists."""
    listed, tests = {}, []
    for entry in json.loads(text)["tests"]:
        name, command = entry["name"], entry.get("command", [])
        labels = next((p["value"] for p in entry.get("properties", []) if p["name"] == "LABELS"), [])
        ids = [label for label in labels if _ID.fullmatch(label)]
        case = _BACKEND.sub("", name)
        if len(command) == 2 and unescaped(command[1]) == case:
            if command[0] not in listed:
                listed[command[0]] = read_catch_list(list_tests(command[0]))
            ids += listed[command[0]].get(squeezed(case), [])
        tests.append((name, ids))
    return tests


def mistakes(tests, requirements):
    """Lines about tags that are no requirement's ID and look as though they were to be one."""
    families = {known.split("-")[0] for known in requirements}
    for test in tests:
        for tag in test.ids:
            looks = _LOOKS_LIKE_ID.fullmatch(tag)
            if tag in requirements or not looks:
                continue
            right = f"{looks[1].upper()}-{looks[2]}"
            if right in requirements:
                yield f"[{tag}] of “{test.name}” is mistyped: [{right}]"
            elif _ID.fullmatch(tag) or looks[1].upper() in families:
                yield f"[{tag}] of “{test.name}” is no requirement"


def lines_of_rows(requirements, tests, only_missing=False):
    """What is printed, but for the summary."""
    family = ""
    for requirement, text in requirements.items():
        covering = [test for test in tests if requirement in test.ids]
        passed = [test for test in covering if test.status == "passed"]
        if only_missing and passed:
            continue
        if requirement.split("-")[0] != family:
            family = requirement.split("-")[0]
            yield ""
        yield f"{requirement:<11}{text if len(text) <= 108 else text[:107] + '…'}"
        for test in sorted(covering, key=lambda test: (test.status != "passed", test.name)):
            mark = {"passed": "✓", "failed": "✗ FAILED:"}.get(test.status, f"· {test.status}:")
            yield f"           {mark} {test.name}"
        if not covering:
            yield "           – no test"


def summary(requirements, tests):
    proven = sum(any(t.status == "passed" and row in t.ids for t in tests) for row in requirements)
    counts = {status: sum(t.status == status for t in tests) for status in ("passed", "failed", "skipped", "missing")}
    return (
        f"{len(requirements)} requirements: {proven} with a passed test, {len(requirements) - proven} without.  "
        f"{len(tests)} tests: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped, "
        f"{counts['missing']} not in the last run."
    )


def output_of(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    return done.stdout


def collect(build):
    """All tests of a build folder with what the last run says of them."""
    listing = output_of("ctest", "--show-only=json-v1", cwd=build)
    if not listing:
        raise SystemExit(f"requirements: {build} lists no tests; build it with ./dev test")
    report = build / "report"
    statuses = read_junit((report / "ctest.xml").read_text(encoding="utf-8")) if (report / "ctest.xml").exists() else {}
    tests = [
        Test(name, ids, statuses.get(name, "missing"))
        for name, ids in read_ctest_list(listing, lambda executable: output_of(executable, "--list-tests"))
    ]
    for file in sorted(report.glob("*.json")):
        tests += read_report_lines(file.read_text(encoding="utf-8"))
    return tests


def main():
    parser = argparse.ArgumentParser(prog="./dev requirements", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only look for tags that are no requirement; fails where there are any")
    parser.add_argument("--missing", action="store_true", help="only the rows without a passed test")
    parser.add_argument("--preset", default="dev", help="whose build and last run (dev)")
    parser.add_argument("--build", type=Path, help="the same as a folder")
    options = parser.parse_args()
    build = options.build or ROOT / "build" / options.preset
    if not (build / "CTestTestfile.cmake").exists():
        raise SystemExit(f"requirements: nothing is built in {build}; ./dev test does it")

    requirements = read_requirements((ROOT / "docs/requirements.md").read_text(encoding="utf-8"))
    tests = collect(build)
    wrong = sorted(set(mistakes(tests, requirements)))
    if not options.check:
        print("\n".join(lines_of_rows(requirements, tests, options.missing)))
        failed = sorted(test.name for test in tests if test.status == "failed")
        if failed:
            print("\nFailed in the last run:", *failed, sep="\n  ✗ ")
        print()
    for line in wrong:
        print("requirements: " + line, file=sys.stderr)
    print(summary(requirements, tests))
    return 1 if options.check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
