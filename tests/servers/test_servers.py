"""Servers go with whoever started them, whatever becomes of him. Environment: PYTHONPATH names tests and tests/support."""

import os
import re
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import reported
from servers import MariaDB, PostgreSQL, Supervisor
from servers.waiting import until


def _running(folder):
    """The processes whose command line names the folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # gone meanwhile
            if str(folder).encode() in words:
                found.add(int(entry.name))
    return found


class Ends(unittest.TestCase):
    def setUp(self):
        """A run of one server, whose command has said where it is."""
        where = 'tr "\\0" "\\n" </proc/$PPID/task/$PPID/children; echo; exec sleep 600'
        self.run_ = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), "run", "--only", "postgresql", "--", "sh", "-c", f"echo $$; {where}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.run_.stdout.close)
        self.addCleanup(self.run_.wait)
        self.command = int(self.run_.stdout.readline())
        children = map(int, self.run_.stdout.readline().split())
        (self.supervisor,) = (child for child in children if child != self.command)
        command_line = Path(f"/proc/{self.supervisor}/cmdline").read_bytes().decode().split("\0")
        self.folder = Path(next(word for word in command_line if re.search(r"clinic-servers-\w+$", word)))
        self.assertGreater(len(_running(self.folder)), 1)

    def check(self, folder_goes=True):
        until(lambda: not _running(self.folder), "the servers' end", 20)
        if folder_goes:
            until(lambda: not self.folder.exists(), "the folder's end", 20)

    def test_with_the_command(self):
        os.kill(self.command, signal.SIGKILL)
        self.check()

    def test_with_the_run_that_is_killed(self):
        self.run_.kill()
        self.check()

    def test_with_the_run_that_is_asked_to_end(self):
        self.run_.terminate()
        self.check()
        self.assertEqual(self.run_.wait(), 130)

    def test_what_nobody_could_remove_the_next_one_does(self):
        os.kill(self.run_.pid, signal.SIGSTOP)  # so that neither sees the other's end
        os.kill(self.supervisor, signal.SIGKILL)
        self.run_.kill()
        self.check(folder_goes=False)
        self.assertTrue(self.folder.exists())
        Supervisor().close()
        self.assertFalse(self.folder.exists())

    def test_with_the_supervisor(self):
        os.kill(self.supervisor, signal.SIGKILL)
        self.check(folder_goes=False)
        self.run_.terminate()
        self.check()


class Servers(unittest.TestCase):
    def test_they_answer_and_come_back(self):
        for server_class in (PostgreSQL, MariaDB):
            with self.subTest(server_class.__name__), Supervisor() as supervisor:
                server = server_class(supervisor, settings=server_class.killable)
                server.make_database("x")
                server.rows("CREATE TABLE t (i INTEGER, s VARCHAR(10))", "x")
                server.rows("INSERT INTO t VALUES (1, 'one'), (2, NULL)", "x")
                server.restart()
                server.kill()
                self.assertFalse(server.answers())
                server.start()
                self.assertEqual(server.rows("SELECT i, s FROM t ORDER BY i", "x"), [["1", "one"], ["2", ""]])


if __name__ == "__main__":
    reported.main("servers")
