"""Databases for tests in Python, on the backend that CLINIC_TEST_BACKEND names."""

import json
import os
import subprocess


class Database:
    """A database of its own for a run, and SQL beside the SDK, through tests/support/database_tool.cpp."""

    def __init__(self):
        self._tool = subprocess.Popen([os.environ["CLINIC_TEST_DATABASE"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        about = self._line()
        self.backend, self.url, self.master_key = about["backend"], about["url"], about.get("master_key")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._tool:  # at the end of its input it goes
            self._tool.stdin.close()

    def _line(self):
        line = self._tool.stdout.readline()
        if not line:
            raise RuntimeError("there is no database")
        return json.loads(line)

    def rows(self, sql):
        self._tool.stdin.write(json.dumps(sql).encode() + b"\n")
        self._tool.stdin.flush()
        rows = self._line()
        if isinstance(rows, dict):
            raise RuntimeError(rows["error"])
        return rows
