"""A PostgreSQL server."""

import glob
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from . import templates
from .ports import free_port
from .supervised import unprivileged
from .waiting import until

ACCOUNT = "clinic"

_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 300,
    "shared_buffers": "128MB",
    # so that nothing is left in /dev/shm when it is killed
    "dynamic_shared_memory_type": "mmap",
    "log_line_prefix": "%m [%p] %d ",
    # races make errors by the thousand
    "log_min_error_statement": "panic",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": 0}
_DURABLE = {"max_wal_size": "2GB"}


def program(name):
    """Debian keeps the server's programs off PATH, in a folder a version: the newest one's."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    found = shutil.which(name, path=folders[-1]) if folders else shutil.which(name)
    if not found:
        raise RuntimeError(f"PostgreSQL's {name} is not installed (Debian: package postgresql; ./dev setup test)")
    return found


class PostgreSQL:
    """A running server, started from a copy of a template. `settings` are those of postgresql.conf."""

    #: settings with which it keeps what it has answered when it is killed, though not when the machine loses power
    killable = {"synchronous_commit": "on", "full_page_writes": "on"}

    def __init__(self, supervisor, name="postgresql", durable=False, settings=None):
        self._prepare(supervisor, name, {**_ALWAYS, **(_DURABLE if durable else _THROW_AWAY), **(settings or {})})
        version = re.search(r"\d+\.\d+", supervisor.run([program("postgres"), "--version"]))[0]
        self.password = templates.copied(supervisor, f"postgresql-{version}", self._initialise, self.data, self._user)
        self.start()

    def _prepare(self, supervisor, name, settings):
        self._supervisor = supervisor
        self.settings = settings
        self._user = unprivileged("postgres")
        self.name = name
        self.folder = supervisor.make_folder(name, self._user)
        self.data = self.folder / "data"
        self.port = free_port()
        self.process = None

    def _initialise(self, data, password):
        file = data.with_name("password")
        file.write_text(password, encoding="utf-8")
        if self._user:
            shutil.chown(file, self._user)
        self._supervisor.run(
            [program("initdb"), "--pgdata", data, "--username", ACCOUNT, "--pwfile", file, "--auth=scram-sha-256"]
            + ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            self._user,
        )

    def start(self, wait=True):
        settings = [part for key, value in self.settings.items() for part in ("-c", f"{key}={value}")]
        # SIGQUIT ends it and its processes at once, and gives its shared memory back
        self.process = self._supervisor.start(
            self.name,
            [program("postgres"), "-D", self.data, "-p", self.port, *settings],
            self._user,
            signal.SIGQUIT,
        )
        if wait:
            self.wait_until_it_answers()

    def wait_until_it_answers(self, seconds=60):
        until(lambda: self.process.must_run() and self.answers(), f"{self.name} to answer", seconds)

    def answers(self):
        return self.process.status() is None and self._psql("SELECT 1", "postgres").returncode == 0

    def restart(self):
        """As an administrator does who does not wait: sessions are cut, then it comes back on the same port."""
        self.stop()
        self.start()

    def stop(self):
        self.process.send(signal.SIGINT)
        self.process.wait()

    def kill(self):
        """As kill -9 of the whole server, or its machine's end, looks from outside."""
        segment = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[6].split()[1]
        self.process.kill()
        # 56 bytes of shared memory, which it cannot give back itself
        subprocess.run(["ipcrm", "--shmem-id", segment], stderr=subprocess.DEVNULL, check=False)

    def url(self, database="postgres", port=None):
        """port: another one than the server's own, such as a proxy's."""
        return f"postgresql://{ACCOUNT}:{quote(self.password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    def _psql(self, sql, database):
        return subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t", "--set=ON_ERROR_STOP=1"]
            + ["--dbname", f"{self.url(database)}?connect_timeout=5"],
            input=sql,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def rows(self, sql, database):
        """The rows of a query, lists of texts; NULL is an empty text."""
        done = self._psql(sql, database)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def make_database(self, name):
        self.rows(f'CREATE DATABASE "{name}"', "postgres")
        return self.url(name)
