"""A MariaDB server, which stands for MySQL."""

import re
import shutil
import signal
import subprocess
from urllib.parse import quote

from . import templates
from .ports import free_port
from .supervised import unprivileged
from .waiting import until

ACCOUNT = "clinic"

_ALWAYS = {
    "bind-address": "127.0.0.1",
    "skip-name-resolve": "ON",
    "max-connections": 300,
    "innodb-buffer-pool-size": "128M",
    "performance-schema": "OFF",
}
# debug-no-sync: no fsync for table definitions either, which make up most of CREATE DATABASE and of a schema
_THROW_AWAY = {"innodb-flush-log-at-trx-commit": 0, "innodb-doublewrite": "OFF", "sync-binlog": 0, "debug-no-sync": "ON"}
_THROW_AWAY["innodb-flush-method"] = "nosync"
_DURABLE = {"innodb-flush-log-at-trx-commit": 1, "innodb-log-file-size": "256M"}


def program(*names):
    """The first of these programs that is there; Debian keeps the server off a user's PATH."""
    for name in names:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/libexec")
        if found:
            return found
    raise RuntimeError(f"MariaDB's {names[0]} is not installed (Debian: package mariadb-server; ./dev setup test)")


class MariaDB:
    """A running server, started from a copy of a template. `settings` are those of the command line."""

    #: settings with which it keeps what it has answered when it is killed, though not when the machine loses power
    killable = {"innodb-flush-log-at-trx-commit": 1, "innodb-doublewrite": "ON"}
    _template = "mariadb"

    def __init__(self, supervisor, name="mariadb", durable=False, settings=None, start=True):
        self._supervisor = supervisor
        self._settings = {**_ALWAYS, **(_DURABLE if durable else _THROW_AWAY), **(settings or {})}
        self._user = unprivileged("mysql")
        self.name = name
        self.folder = supervisor.make_folder(name, self._user)
        self.data = self.folder / "data"
        self.port = free_port()
        self.process = None
        version = re.search(r"\d+\.\d+\.\d+", supervisor.run([program("mariadbd"), "--version"]))[0]
        self.password = templates.copied(supervisor, f"{self._template}-{version}", self._initialise, self.data, self._user)
        if start:
            self.start()

    def _initialise(self, data, password):
        own = ["--no-defaults", f"--datadir={data}", "--innodb-log-file-size=32M", "--debug-no-sync"]
        self._supervisor.run(
            [program("mariadb-install-db"), *own, "--auth-root-authentication-method=normal", "--skip-test-db"], self._user
        )
        accounts = (
            "FLUSH PRIVILEGES;\n"
            f"GRANT ALL ON *.* TO '{ACCOUNT}'@'127.0.0.1' IDENTIFIED BY '{password}' WITH GRANT OPTION;\n"
            # root has no password, and everybody on this machine can reach the port
            "DELETE FROM mysql.global_priv WHERE user IN ('root', '');\n"
        )
        self._supervisor.run([program("mariadbd"), *own, "--bootstrap"], self._user, accounts.encode())

    def _command(self, data=None):
        settings = [f"--{key}={value}" for key, value in self._settings.items()]
        settings += [f"--datadir={data or self.data}", f"--socket={self.folder / 'socket'}", f"--pid-file={self.folder / 'pid'}"]
        return [program("mariadbd"), "--no-defaults", f"--port={self.port}", *settings]

    def start(self, *more, data=None):
        """more: options for this start alone."""
        self.process = self._supervisor.start(self.name, [*self._command(data), *more], self._user)
        self.wait_until_it_answers()

    def wait_until_it_answers(self, seconds=60):
        until(lambda: self.process.must_run() and self.answers(), f"{self.name} to answer", seconds)

    def answers(self):
        return self.process.status() is None and self._client("SELECT 1", "mysql").returncode == 0

    def restart(self):
        self.stop()
        self.start()

    def stop(self):
        self.process.send(signal.SIGTERM)
        self.process.wait()

    def kill(self):
        """As kill -9, or its machine's end, looks from outside."""
        self.process.kill()

    def url(self, database="mysql", port=None):
        """port: another one than the server's own, such as a proxy's."""
        return f"mysql://{ACCOUNT}:{quote(self.password, safe='')}@127.0.0.1:{port or self.port}/{database}"

    def _client(self, sql, database):
        # by a file, as everybody sees a command line
        options = self._supervisor.folder / f"{self.name}.cnf"
        if not options.exists():
            options.touch(0o600)
            options.write_text(f'[client]\nuser={ACCOUNT}\npassword="{self.password}"\n', encoding="utf-8")
        return subprocess.run(
            [program("mariadb", "mysql"), f"--defaults-file={options}", "--host=127.0.0.1", f"--port={self.port}"]
            + ["--connect-timeout=5", "--default-character-set=utf8mb4", "--batch", "--skip-column-names", database],
            input=sql,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def rows(self, sql, database):
        """The rows of a query, lists of texts; NULL is an empty text."""
        done = self._client(sql, database)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr}")
        return [["" if text == "NULL" else text for text in line.split("\t")] for line in done.stdout.splitlines()]

    def make_database(self, name):
        self.rows(f"CREATE DATABASE `{name}`", "mysql")
        return self.url(name)
