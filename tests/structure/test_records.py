"""[ERASE-4] A record that leaves something unsaid does not compile, and the compiler says what is missing.

test_records.py COMPILER INCLUDE_DIR…
"""

import json
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).parent / "records"


def compile_case(compiler, include_dirs, code):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "case.cpp"
        source.write_text(f'{code}\n#include "note.hpp"\n')
        includes = [f"-I{folder}" for folder in [FOLDER, *include_dirs]]
        command = [compiler, "-std=c++20", "-fsyntax-only", *includes, str(source)]
        return subprocess.run(command, capture_output=True, text=True)


def main():
    compiler, *include_dirs = sys.argv[1:]
    failures = 0
    for case in json.loads((FOLDER / "unsaid.json").read_text()):
        result = compile_case(compiler, include_dirs, case["code"])
        right = case["says"] in result.stderr if "says" in case else result.returncode == 0
        print("ok  " if right else "FAIL", case["case"])
        if not right:
            failures += 1
            print(result.stderr[:2000])
    sys.exit(1 if failures else 0)


main()
