"""Starts servers and ends them, whatever happens. Run by supervised.py: python3 supervisor.py FOLDER

Takes commands from standard input, a line of JSON each, and answers each with one. At the end of its input, which comes
when its parent ends in whichever way, it ends all servers with all their descendants and removes the folder. Should it be
killed itself, the kernel kills its servers.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)

_ended = {}  # process id: exit code, or minus the signal
_end_signals = {}  # process id: how it wants to be ended


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _reap():
    """Takes note of who ended: servers, and orphans that came to us."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            return
        _ended[process] = os.waitstatus_to_exitcode(status)


def start(name, argv, user=None, end_signal=signal.SIGKILL):
    options = {"user": user, "group": user, "extra_groups": []} if user else {}
    with open(f"{name}.log", "ab") as log:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=_die_with_parent, **options
        )
    process.returncode = 0  # _reap() waits for it, Popen must not
    _end_signals[process.pid] = end_signal
    return process.pid


def status(process):
    """None while it runs."""
    _reap()
    return _ended.get(process)


def send(process, number):
    if status(process) is None:
        os.kill(process, number)


def _descendants():
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    parents[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass  # gone meanwhile
    found, grown = {os.getpid()}, True
    while grown:
        more = {process for process, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {os.getpid()}


def end_all():
    running = [process for process in _end_signals if status(process) is None]
    for process in running:
        os.kill(process, _end_signals[process])
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(status(process) is None for process in running):
        time.sleep(0.01)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (left := _descendants()):
        for process in left:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)
        _reap()


_COMMANDS = {"start": start, "status": status, "send": send}


def main(folder):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    os.chdir(folder)
    try:
        for line in sys.stdin:
            name, arguments = json.loads(line)
            try:
                answer = {"answer": _COMMANDS[name](**arguments)}
            except (OSError, subprocess.SubprocessError) as problem:
                answer = {"problem": str(problem)}
            print(json.dumps(answer), flush=True)
    finally:
        end_all()
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
