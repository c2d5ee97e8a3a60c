"""Several processes that register people at once while a test breaks things."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from servers.waiting import until

_PROGRAM = Path(__file__).with_name("registering.py")


class Registrars:
    """A process for each storage URL. A context manager: they begin inside it, and are gone behind it."""

    def __init__(self, storages, threads=4):
        self.answers = []
        self.errors = []
        self._processes = []
        self._listeners = []
        for number, storage in enumerate(storages):
            plan = {"storage": storage, "name": f"p{number}", "threads": threads}
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, str(_PROGRAM), json.dumps(plan)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    preexec_fn=_die_with_parent,
                )
            )

    def __enter__(self):
        for process in self._processes:
            if process.stdout.readline() != "ready\n":
                raise RuntimeError("a process did not get ready")
        for process in self._processes:
            process.stdin.write("go\n")
            process.stdin.flush()
            listener = threading.Thread(target=self._listen, args=(process.stdout,), daemon=True)
            listener.start()
            self._listeners.append(listener)
        return self

    def __exit__(self, *exception):
        for process in self._processes:
            process.kill()
            process.wait()
            process.stdin.close()

    def _listen(self, output):
        for line in output:
            told = json.loads(line)
            (self.errors if "error" in told else self.answers).append(told)

    def stop(self, seconds=150):
        """Nobody new is registered; returns when all who were begun have their answer."""
        for process in self._processes:
            process.stdin.close()
        for process in self._processes:
            code = process.wait(timeout=seconds)
            if code:
                raise RuntimeError(f"a process ended with {code}")
        for listener in self._listeners:
            listener.join()

    def wait_for(self, more, seconds=60):
        """Waits for so many more answers."""
        wanted = len(self.answers) + more
        until(lambda: len(self.answers) >= wanted, f"{more} more registrations", seconds)

    def unanswered(self):
        """Who was given up."""
        return {error["email"] for error in self.errors} - {answer["email"] for answer in self.answers}

    def codes(self):
        codes = {}
        for error in self.errors:
            codes[error["error"]] = codes.get(error["error"], 0) + 1
        return codes

    def longest_call(self):
        return max((error["took"] for error in self.errors), default=0)

    def pause_after(self, moment):
        """How long nobody was answered, at the most, since that moment of time.monotonic()."""
        times = sorted([moment] + [answer["at"] for answer in self.answers if answer["at"] > moment])
        return max((later - earlier for earlier, later in zip(times, times[1:])), default=time.monotonic() - moment)


def _die_with_parent():
    import ctypes
    import signal

    if os.name == "posix":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
