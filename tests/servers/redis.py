"""A Redis server."""

import secrets
import signal
import socket
import shutil

from .ports import free_port
from .waiting import until


class Redis:
    """A running server that keeps nothing on the disk. Restarted, it has the same address and has forgotten everything."""

    def __init__(self, supervisor, name="redis", durable=False):
        """durable is as for the database servers, and without effect: what it holds is not to last."""
        if not shutil.which("redis-server"):
            raise RuntimeError("redis-server is not installed (Debian: package redis-server; ./dev setup test)")
        self._supervisor = supervisor
        self.name = name
        self.port = free_port()
        self.password = secrets.token_urlsafe(18)
        self.process = None
        self._settings = supervisor.make_folder(name) / "redis.conf"  # not on the command line, which everybody sees
        self._settings.touch(0o600)
        self._settings.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n', encoding="utf-8"
        )
        self.start()

    def start(self):
        self.process = self._supervisor.start(self.name, ["redis-server", self._settings])
        until(lambda: self.process.must_run() and self._answers(), f"{self.name} to answer", 30)

    def _answers(self):
        try:
            return self.command("PING") == b"+PONG"
        except OSError:
            return False

    def stop(self):
        self.process.send(signal.SIGTERM)
        self.process.wait()

    def kill(self):
        self.process.kill()

    def pause(self):
        """It stays connected and answers nothing, until resume."""
        self.process.send(signal.SIGSTOP)

    def resume(self):
        self.process.send(signal.SIGCONT)

    def url(self, database=0):
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def command(self, words, database=0):
        """The first line of the answer to an inline command; the last one, or none, where the server ends the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            file = connection.makefile("rwb")
            answer = b""
            try:
                for line in (f"AUTH {self.password}", f"SELECT {database}", words):
                    file.write(line.encode() + b"\r\n")
                    file.flush()
                    answer = file.readline().rstrip()
            except ConnectionError:  # it has no place for a client, and may have said so before the line was written
                pass
            return answer
