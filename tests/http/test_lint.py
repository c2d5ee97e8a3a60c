"""[HTTP-2] Redocly and Spectral find nothing in the OpenAPI document of any profile: no error, no warning, no hint.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY, CLINIC_NPM_PROGRAMS.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from npm_program import npm_program  # noqa: E402
from server import CLI, place  # noqa: E402

RULES = pathlib.Path(__file__).resolve().parent / "npm"
# Redocly asks nobody for its newest version, and tells nobody of us.
QUIET = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
LINTERS = {
    "redocly": ("lint", "--config", str(RULES / "redocly.yaml"), "--max-problems=20", "--format=checkstyle"),
    "spectral": ("lint", "--ruleset", str(RULES / "spectral.yaml"), "--fail-severity=hint", "--format=text"),
}


def document_of(profile):
    with place(profile=profile, policy={"portal_address": "https://portal.example"}) as here, here.serve() as server:
        return server.described().document


class Lint(unittest.TestCase):
    def begin(self, linter, documents):
        """Begins to look at the documents, by their names."""
        folder, files = tempfile.TemporaryDirectory(), []
        self.addCleanup(folder.cleanup)
        for name, document in documents.items():
            files.append(os.path.join(folder.name, name + ".json"))
            pathlib.Path(files[-1]).write_text(json.dumps(document, indent=1), encoding="utf-8")
        return subprocess.Popen([npm_program(linter), *LINTERS[linter], *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=QUIET, text=True)

    def test_each_profile(self):
        """[HTTP-2]"""
        listed = subprocess.run([CLI, "profile", "list", "--json"], capture_output=True, check=True).stdout
        documents = {each["profile"]: document_of(each["profile"]) for each in json.loads(listed)["profiles"]}
        self.assertIn("standard", documents)
        # both at once
        for linter, running in [(linter, self.begin(linter, documents)) for linter in LINTERS]:
            with self.subTest(linter=linter):
                found, said = running.communicate(timeout=240)
                self.assertEqual(running.returncode, 0, found + said)

    def test_a_defect_is_found(self):
        """[HTTP-2] An operation without its id: each linter sees it, so that its silence says something."""
        document = document_of("standard")
        document["paths"] = {"/version": document["paths"]["/version"]}
        del document["paths"]["/version"]["get"]["operationId"]
        for linter in LINTERS:
            with self.subTest(linter=linter):
                running = self.begin(linter, {"defect": document})
                found, said = running.communicate(timeout=120)
                self.assertEqual(running.returncode, 1, found + said)
                self.assertIn("operation-operationId", found)


if __name__ == "__main__":
    reported.main("http_lint")
