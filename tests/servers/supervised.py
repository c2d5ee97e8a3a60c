"""The side of a test: a folder, a supervisor, and the servers that it runs."""

import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from .waiting import until


_PREFIX = "clinic-servers-"


def _new_folder(parent):
    """A temporary folder, and its lock: a file that is locked for as long as the folder is in use."""
    made = Path(tempfile.mkdtemp(prefix="new-" + _PREFIX, dir=parent))
    made.chmod(0o711)  # servers of other users have folders of their own in it
    lock = open(made / "lock", "w", encoding="utf-8")  # noqa: SIM115
    fcntl.flock(lock, fcntl.LOCK_EX)
    # under its name, where _remove_abandoned() sees it, only now
    return made.rename(made.with_name(made.name[len("new-") :])), lock


def _remove_abandoned(parent):
    """The folders of those whose supervisor was killed together with them."""
    for folder in parent.glob(_PREFIX + "*"):
        try:
            with open(folder / "lock", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # in use, somebody else's, or gone meanwhile


class Supervisor:
    """A temporary folder and the process that runs servers in it. A context manager.

    A child made by fork without exec would hold it alive: test processes are started by subprocess.
    """

    def __init__(self, folder=None):
        """folder: where the temporary folder is made, if not in the system's place."""
        parent = Path(folder or tempfile.gettempdir())
        _remove_abandoned(parent)
        self.folder, lock = _new_folder(parent)
        self._lock = threading.Lock()
        # In a session of its own: an interrupt on the terminal is for the tests, and their end ends it.
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("supervisor.py")), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[lock.fileno()],  # which it keeps open
        )
        lock.close()

    def _ask(self, command, **arguments):
        with self._lock:
            self._process.stdin.write(json.dumps([command, arguments]).encode() + b"\n")
            self._process.stdin.flush()
            told = json.loads(self._process.stdout.readline() or '{"problem": "the supervisor has ended"}')
        if "problem" in told:
            raise RuntimeError(f"{command}: {told['problem']}")
        return told["answer"]

    def start(self, name, argv, user=None, end_signal=signal.SIGKILL):
        """Starts a program in the background, its output appended to NAME.log. end_signal: how to end it in the end."""
        argv = [str(argument) for argument in argv]
        return Process(self, name, self._ask("start", name=name, argv=argv, user=user, end_signal=end_signal))

    def run(self, argv, user=None, said=b""):
        """Runs a program to its end and answers its output; an error tells it. For short ones: its parent is this process."""
        options = {"user": user, "group": user, "extra_groups": []} if user else {}
        done = subprocess.run(
            [str(argument) for argument in argv],
            cwd=self.folder,
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            **options,
        )
        if done.returncode:
            raise RuntimeError(f"{argv[0]} failed:\n{done.stdout.decode(errors='replace')}")
        return done.stdout.decode()

    def make_folder(self, name, user=None):
        made = self.folder / name
        made.mkdir(mode=0o700)
        if user:
            shutil.chown(made, user, user)
        return made

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)  # should the supervisor have been killed

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class Process:
    """A program that a supervisor has started."""

    def __init__(self, supervisor, name, id):
        self.id = id
        self.log = supervisor.folder / f"{name}.log"
        self._name = name
        self._supervisor = supervisor

    def status(self):
        """None while it runs, then its exit code or minus the signal."""
        return self._supervisor._ask("status", process=self.id)

    def send(self, number):
        self._supervisor._ask("send", process=self.id, number=number)

    def wait(self, seconds=60):
        until(lambda: self.status() is not None, f"the end of {self._name}", seconds)
        return self.status()

    def kill(self):
        """As kill -9 does; returns when it is gone."""
        self.send(signal.SIGKILL)
        self.wait()

    def must_run(self):
        """True; an error with the end of its log if it has ended."""
        if self.status() is None:
            return True
        end = "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])
        raise RuntimeError(f"{self._name} has ended with {self.status()}. The end of its log:\n{end}")


def unprivileged(name):
    """The user to run a server as: database servers refuse root. None: oneself."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(name)
    except KeyError:
        raise RuntimeError(f"there is no user {name} on this system to run a server as: install the server's package") from None
    return name
