"""Runs the files of tests/data/scenarios through a face of the SDK; tests/data/scenarios/README.md tells what they mean.

A face is a function open_clinic(configuration) that answers a context manager with
call(operation, request, actor, role, key, origin, token), which answers (done, answer or error).

Environment: CLINIC_TEST_DATABASE, the program that makes a database on the backend that CLINIC_TEST_BACKEND names; with
CLINIC_TEST_VARIANTS=first only the first variant of each scenario runs; CLINIC_TEST_HALF, 0 or 1, is every second scenario.
"""

import glob
import json
import os
import re
import sys
import tempfile
import unittest

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(_HERE, "..", "support"))
import reported  # noqa: E402
from database import Database  # noqa: E402

_FILES = os.path.join(_HERE, "..", "data", "scenarios", "*.json")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_MISSING = object()


def _at(value, path):
    for name in filter(None, path.split(".")):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def _substituted(value, variables):
    if isinstance(value, str):
        whole = _VARIABLE.fullmatch(value)
        if whole:
            return _at(variables, whole.group(1))

        def text(match):
            found = _at(variables, match.group(1))
            return found if isinstance(found, str) else json.dumps(found)

        return _VARIABLE.sub(text, value)
    if isinstance(value, list):
        return [_substituted(element, variables) for element in value]
    if isinstance(value, dict):
        return {key: _substituted(member, variables) for key, member in value.items()}
    return value


def _matcher(name, argument, actual, path):
    if name == "$absent":
        return [] if actual is _MISSING else [f"{path} is there: {actual!r}"]
    if actual is _MISSING:
        return [f"{path} is missing"]
    if name == "$any":
        held = actual is not None
    elif name == "$not":
        held = bool(differences(argument, actual, path))
    elif name == "$contains":
        lacking = [e for e in argument if not any(not differences(e, element, path) for element in actual)]
        return [f"{path} holds no {e}: {actual}" for e in lacking]
    elif name == "$length":
        held = len(actual) == argument
    elif name == "$matches":
        held = isinstance(actual, str) and re.search(argument, actual) is not None
    else:
        raise ValueError(f"there is no matcher {name}")
    return [] if held else [f"{path}: not {name} {argument!r}: {actual!r}"]


def differences(expected, actual, path=""):
    """Where the actual value does not have what the expected one asks for."""
    if isinstance(expected, dict):
        if len(expected) == 1 and next(iter(expected)).startswith("$"):
            (name, argument), = expected.items()
            return _matcher(name, argument, actual, path)
        if not isinstance(actual, dict):
            return [f"{path} is no object: {actual!r}"]
        pairs = ((member, actual.get(key, _MISSING), f"{path}.{key}") for key, member in expected.items())
        return [line for pair in pairs for line in differences(*pair)]
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{path} is no list of {len(expected)}: {actual!r}"]
        return [line for i, (e, a) in enumerate(zip(expected, actual)) for line in differences(e, a, f"{path}.{i}")]
    # In Python, True == 1.
    same = type(expected) is type(actual) and expected == actual
    return [] if same else [f"{path} is {actual!r}, not {expected!r}"]


class _Run:
    """One run of a scenario: under one policy, on one database."""

    def __init__(self, test, variant, open_clinic, database, folder):
        self.sent_file = os.path.join(folder, "sent")
        self.test = test
        self.database = database
        self.variables = {"backend": database.backend, **variant.get("variables", {})}
        self.open_clinic = open_clinic
        self.configuration = {
            "storage": database.url,
            "profile": variant.get("profile", "standard"),
            "policy": {"password_hash_cost": 4, **variant.get("policy", {})},
        }
        # Served by the notifier of tests/plugins, when the scenario says so.
        if "notifiers" in variant:
            self.configuration["notifiers"] = [{"channel": channel, "url": "notifier:" + self.sent_file} for channel in variant["notifiers"]]
            self.configuration["dispatch_messages"] = False
        if database.master_key:
            self.configuration["master_key"] = database.master_key

    def steps(self, steps):
        number = 0
        while number < len(steps):
            with self.open_clinic(self.configuration) as clinic:
                while True:
                    with self.test.subTest(step=number + 1, title=steps[number].get("title")):
                        self.step(clinic, steps[number])
                    number += 1
                    if number == len(steps) or "reopen" in steps[number]:
                        break

    def step(self, clinic, step):
        if "sql" in step:
            sql = step["sql"][self.database.backend] if isinstance(step["sql"], dict) else step["sql"]
            rows = self.database.rows(_substituted(sql, self.variables))
            if "rows" in step:
                self.compare(step["rows"], rows)
            if "call" not in step and "sent" not in step:
                self.save(step, rows)
        if "sent" in step:
            messages = self.sent(clinic)
            self.compare(step["sent"], messages)
            if "call" not in step:
                self.save(step, messages)
        if "call" not in step:
            return
        for request in step.get("requests") or [step.get("request", {})]:
            self.call(clinic, step, _substituted(request, self.variables))

    def sent(self, clinic):
        """What the notifier has sent since the last look."""
        done, answer = clinic.call("notifications.dispatch", {}, "scenario", None, None, None, None)
        self.test.assertTrue(done, answer)
        if not os.path.exists(self.sent_file):
            return []
        with open(self.sent_file, encoding="utf-8") as lines:
            messages = [json.loads(line) for line in lines]
        os.remove(self.sent_file)
        return messages

    def call(self, clinic, step, request):
        done, answer = clinic.call(
            step["call"], request, step.get("actor", "scenario"), step.get("as"), step.get("key"), step.get("origin"),
            _substituted(step.get("token"), self.variables),
        )
        self.test.assertEqual(done, "error" not in step, answer)
        expected = step.get("error", step.get("expect"))
        if expected is not None:
            self.compare(expected, answer)
        self.save(step, answer)

    def compare(self, expected, actual):
        lines = differences(_substituted(expected, self.variables), actual)
        self.test.assertFalse(lines, "\n".join(lines))

    def save(self, step, answer):
        for name, path in step.get("save", {}).items():
            self.variables[name] = _at(answer, path)


def _test_of(scenario, open_clinic):
    def test(self):
        for variant in scenario["variants"][: 1 if os.environ.get("CLINIC_TEST_VARIANTS") == "first" else None]:
            with self.subTest(**{"profile": variant.get("profile"), "policy": variant.get("policy")}):
                with Database() as database, tempfile.TemporaryDirectory() as folder:
                    _Run(self, variant, open_clinic, database, folder).steps(scenario["steps"])

    test.__doc__ = scenario["about"] + " " + "".join(f"[{id}]" for id in scenario["requirements"])
    return test


def main(face, open_clinic):
    tests = {}
    half = os.environ.get("CLINIC_TEST_HALF")
    for file in sorted(glob.glob(_FILES))[int(half)::2] if half else sorted(glob.glob(_FILES)):
        with open(file, encoding="utf-8") as text:
            scenario = json.load(text)
        tests["test_" + os.path.splitext(os.path.basename(file))[0]] = _test_of(scenario, open_clinic)
    sys.modules["__main__"].Scenarios = type("Scenarios", (unittest.TestCase,), tests)
    # A report for each backend: what one run says must not replace what another said.
    reported.main("_".join(["scenarios", face, os.environ.get("CLINIC_TEST_BACKEND", "sqlite")]))
