"""The scenarios through the command line tool, a process for each call.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY.
"""

import contextlib
import json
import os
import subprocess

import scenario


class _Face:
    def __init__(self, configuration):
        self.command = [
            os.environ["CLINIC_CLI"],
            "--storage", configuration["storage"],
            "--profile", configuration["profile"],
            "--policy", json.dumps(configuration["policy"]),
        ]
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CLINIC_")}
        self.environment["CLINIC_PLUGIN_DIRECTORIES"] = os.environ["CLINIC_TEST_PLUGIN_DIRECTORY"]
        self.environment["CLINIC_LOG_LEVEL"] = "off"
        if "notifiers" in configuration:
            self.environment["CLINIC_NOTIFIERS"] = json.dumps(configuration["notifiers"])
        if "master_key" in configuration:
            self.environment["CLINIC_MASTER_KEY"] = configuration["master_key"]

    def call(self, operation, request, actor, role, key, origin, token):
        options = [] if token else ["--as", actor]
        environment = {**self.environment, **({"CLINIC_TOKEN": token} if token else {})}
        for flag, value in (("--as-role", role), ("--idempotency-key", key), ("--origin", origin)):
            if value is not None:
                options += [flag, value]
        # On standard input, so that any text goes through.
        run = subprocess.run(
            self.command + options + ["call", operation, "-"],
            input=json.dumps(request).encode(), capture_output=True, env=environment, timeout=60,
        )
        done = not run.stderr
        said = json.loads(run.stdout if done else run.stderr)
        # An answer that tells of a fault ends with 1, too: the operation's row names the field that does.
        told = said.get(self.fault_fields.get(operation))
        faulty = told is False or (told is not True and bool(told))
        expected = (int(faulty),) if done else (1, 75)
        if run.returncode not in expected:
            raise AssertionError(f"exit code {run.returncode}: {run.stderr.decode()}")
        return done, said


@contextlib.contextmanager
def open_clinic(configuration):
    face = _Face(configuration)
    subprocess.run([*face.command, "init"], check=True, capture_output=True, env=face.environment, timeout=60)
    table = subprocess.run(
        [*face.command, "call", "system.operations"], check=True, capture_output=True, env=face.environment, timeout=60,
    )
    face.fault_fields = {row["name"]: row["fault_field"] for row in json.loads(table.stdout)["operations"] if row.get("fault_field")}
    yield face


if __name__ == "__main__":
    scenario.main("cli", open_clinic)
