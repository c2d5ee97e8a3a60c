"""A record that leaves something unsaid does not compile, and the compiler (CXX) says what is missing."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import reported

FOLDER = Path(__file__).parent / "records"
ROOT = FOLDER.parents[2]
INCLUDE_DIRS = [ROOT / "sdk/src", ROOT / "sdk/include"]


def compiled(code):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "case.cpp"
        source.write_text(f'{code}\n#include "note.hpp"\n')
        includes = [f"-I{include}" for include in [FOLDER, *INCLUDE_DIRS]]
        command = [os.environ.get("CXX", "c++"), "-std=c++20", "-fsyntax-only", *includes, str(source)]
        return subprocess.run(command, capture_output=True, text=True)


class Unsaid(unittest.TestCase):
    def test_what_is_unsaid_does_not_compile(self):
        """[ERASE-4] What becomes of a record, whose it is, and where medical fields are encrypted."""
        for case in json.loads((FOLDER / "unsaid.json").read_text()):
            with self.subTest(case["case"]):
                result = compiled(case["code"])
                if "says" in case:
                    self.assertIn(case["says"], result.stderr)
                else:
                    self.assertEqual(0, result.returncode, result.stderr)


if __name__ == "__main__":
    reported.main("structure_records")
