"""The servers for a run of the tests, or for a developer's day.

python3 tests/servers run [--durable] [--folder DIR] [--only NAME] -- COMMAND…   starts them, runs the command, ends them
python3 tests/servers up [--durable]   keeps them running in the background (./dev servers up)
python3 tests/servers status           says whether they run, and their environment
python3 tests/servers env              prints their environment, nothing if they do not run; for ./dev
python3 tests/servers down             ends them

Tests find them by CLINIC_TEST_POSTGRESQL and CLINIC_TEST_MYSQL, URLs of an account that may make databases, and by CLINIC_TEST_REDIS.
"""

import argparse
import contextlib
import fcntl
import os
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from .mariadb import MariaDB
from .postgresql import PostgreSQL
from .redis import Redis
from .supervised import Supervisor
from .templates import CACHE
from .waiting import until

_SERVERS = {"postgresql": ("CLINIC_TEST_POSTGRESQL", PostgreSQL), "mysql": ("CLINIC_TEST_MYSQL", MariaDB), "redis": ("CLINIC_TEST_REDIS", Redis)}
_RUNNING, _ENVIRONMENT, _LOG = CACHE / "running", CACHE / "environment", CACHE / "log"


@contextlib.contextmanager
def started(durable=False, folder=None, only=None):
    """The environment of running servers."""
    with Supervisor(folder) as supervisor:
        with ThreadPoolExecutor() as pool:
            starts = {
                variable: pool.submit(server, supervisor, durable=durable)
                for name, (variable, server) in _SERVERS.items()
                if only in (None, name)
            }
        yield {variable: start.result().url() for variable, start in starts.items()}


def _interrupted(*_):
    raise KeyboardInterrupt


def _die_with_parent():
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def run(arguments):
    signal.signal(signal.SIGTERM, _interrupted)
    with started(arguments.durable, arguments.folder, arguments.only) as environment:
        command = subprocess.Popen(arguments.command, env={**os.environ, **environment}, preexec_fn=_die_with_parent)
        try:
            return command.wait()
        except KeyboardInterrupt:
            command.terminate()
            command.wait()
            return 130


@contextlib.contextmanager
def _state():
    """The file whose lock the process in the background holds, and whose text is that process's id."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(_RUNNING, "a+", encoding="utf-8") as file:
        file.seek(0)
        yield file


def _lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _running():
    """The id of the process in the background, or None."""
    with _state() as file:
        return None if _lock(file) else int(file.read() or 0)


def keep(arguments):
    """What `up` leaves in the background."""
    signal.signal(signal.SIGTERM, _interrupted)
    with _state() as file, contextlib.suppress(KeyboardInterrupt):
        if not _lock(file):
            return 1
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            with started(arguments.durable, arguments.folder, arguments.only) as environment:
                fresh = _ENVIRONMENT.with_suffix(".new")
                fresh.touch(0o600)
                fresh.write_text("".join(f"export {k}={shlex.quote(v)}\n" for k, v in environment.items()), encoding="utf-8")
                fresh.rename(_ENVIRONMENT)
                while True:
                    signal.pause()
        finally:
            _ENVIRONMENT.unlink(missing_ok=True)
    return 0


def up(arguments):
    if not _running():
        CACHE.mkdir(parents=True, exist_ok=True)
        _ENVIRONMENT.unlink(missing_ok=True)
        with open(_LOG, "wb") as log:
            keeper = subprocess.Popen(
                [sys.executable, os.path.dirname(__file__), "keep", *arguments.passed_on],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: _ENVIRONMENT.exists() or keeper.poll() is not None, "the servers to answer", 90)
        if not _ENVIRONMENT.exists():
            print(_LOG.read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
            return 1
    return status(arguments)


def env(_arguments):
    if _running() and _ENVIRONMENT.exists():
        print(_ENVIRONMENT.read_text(encoding="utf-8"), end="")
    return 0


def status(arguments):
    if not _running():
        print("the servers do not run")
        return 1
    return env(arguments)


def down(_arguments):
    process = _running()
    if process:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
        until(lambda: not _running(), "the end of the servers", 60)
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser(prog="servers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for command in (run, up, keep, status, env, down):
        added = commands.add_parser(command.__name__)
        added.set_defaults(command_function=command)
        if command in (run, up, keep):
            added.add_argument("--durable", action="store_true", help="with every commit on the disk, as benchmarks need it")
            added.add_argument("--folder", help="the disk to be on; else the system's temporary folder")
            added.add_argument("--only", choices=_SERVERS, help="that one alone")
        if command is run:
            added.add_argument("command", nargs=argparse.REMAINDER)
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser.parse_args(argv)
    arguments.passed_on = argv[1:]
    if arguments.command_function is run:
        arguments.command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
        if not arguments.command:
            parser.error("run: no command")
    try:
        return arguments.command_function(arguments)
    except KeyboardInterrupt:
        return 130
