"""A `clinic serve` for tests: on a database of its own, on a free port, ended with the test.

Every answer that is asked for here is judged by the server's own OpenAPI document.
"""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading

from described import Described

CLI = os.environ["CLINIC_CLI"]
PASSWORD = "correct horse battery"
POLICY = {"password_hash_cost": 4, "rate_limits": []}


class Server:
    """The process, and ways to talk to it."""

    def __init__(self, process, port, environment):
        self.process, self.port, self.environment = process, port, environment
        self._described, self._loading = None, threading.Lock()

    def described(self, host=None):
        """The document, read once. The host is the name under which the server answers, where it has one."""
        with self._loading:
            if not self._described:
                status, _, text = self._exchange("GET", "/openapi.json", {"Host": host} if host else {})
                assert status == 200, text
                self._described = Described(json.loads(text))
        return self._described

    def raw(self, data=b"", timeout=10):
        """A connection on which the data has been sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        if data:
            connection.sendall(data)
        return connection

    def answer(self, data, timeout=10):
        """Everything that the server says to the data, until it closes the connection or says nothing more."""
        with self.raw(data, timeout) as connection:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def _exchange(self, method, path, headers, body=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()

    def request(self, method, path, headers, body=None):
        """The status, all headers as pairs, and the JSON of an answer, which is as described."""
        if body is not None:
            headers = {"Content-Type": "application/json", **headers}
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        described = self.described(headers.get("Host"))
        status, said, text = self._exchange(method, path, headers, body)
        answer = json.loads(text) if text else None
        described.judge(method, path, status, dict(said), answer)
        return status, said, answer

    def call(self, method, path, body=None, token=None, **headers):
        """The status, the headers and the JSON of an answer."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = "Bearer " + token
        status, said, answer = self.request(method, path, given, body)
        return status, dict(said), answer

    def log_in(self, login="admin@clinic.example", password=PASSWORD):
        status, _, answer = self.call("POST", "/api/v1/auth/login", {"login": login, "password": password})
        assert status == 200, answer
        return answer["access_token"]

    def memory(self):
        """Resident bytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("the server has no memory")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def alive(self):
        status, _, _ = self.call("GET", "/api/v1/version")
        return status == 200 and self.process.poll() is None


def read_all(connection):
    said = b""
    with contextlib.suppress(OSError):
        while True:
            some = connection.recv(65536)
            if not some:
                break
            said += some
    return said


def status_of(answer):
    """Of the first answer; 0 where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def statuses_of(answers):
    """Of all answers on a connection."""
    return [int(part.split(b" ", 1)[0]) for part in answers.split(b"HTTP/1.1 ")[1:]]


class Place:
    """A folder with a database and an administrator, on which servers run."""

    def __init__(self, folder, storage=None, master_key=None, profile="standard", policy=None, http=None):
        self.configuration = os.path.join(folder, "clinic.json")
        settings = {
            "storage": storage or "sqlite:" + os.path.join(folder, "clinic.db"),
            "profile": profile,
            "policy": {**POLICY, **(policy or {})},
            "plugin_directories": os.environ["CLINIC_TEST_PLUGIN_DIRECTORY"].split(":"),
            "http": {"port": 0, **(http or {})},
        }
        if master_key:
            settings["master_key"] = master_key
        with open(self.configuration, "w", encoding="utf-8") as file:
            json.dump(settings, file)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CLINIC_")}
        self.run("init")
        self.run("admin", "create", "--email", "admin@clinic.example", "--password-stdin", text=PASSWORD)

    def run(self, *arguments, text=""):
        done = subprocess.run([CLI, "--config", self.configuration, *arguments], input=text.encode(), capture_output=True,
                              env=self.environment, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def serve(self, *arguments, log=None, **variables):
        """`log` is a file for what it writes to standard error."""
        environment = {**self.environment, **{"CLINIC_HTTP_" + key.upper(): value for key, value in variables.items()}}
        with subprocess.Popen([CLI, "--config", self.configuration, "serve", *arguments], stdout=subprocess.PIPE,
                              stderr=log, env=environment) as process:
            try:
                line = process.stdout.readline()
                assert line, "the server did not begin"
                yield Server(process, int(json.loads(line)["listening"].rsplit(":", 1)[1]), environment)
            finally:
                if process.poll() is None:
                    process.kill()


@contextlib.contextmanager
def place(**settings):
    with tempfile.TemporaryDirectory() as folder:
        yield Place(folder, **settings)
