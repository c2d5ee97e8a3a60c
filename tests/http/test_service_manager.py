"""The server under a service manager such as systemd: a socket that is open already, and what the manager is told. Environment: CLINIC_CLI,
CLINIC_TEST_PLUGIN_DIRECTORY."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from server import CLI, place  # noqa: E402

# What systemd does between fork and exec: the socket is descriptor 3, and the variables say for whom.
BEGIN = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = sys.argv[2] or str(os.getpid())
os.execv(sys.argv[3], sys.argv[3:])
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def get(connection, path, **headers):
    """The status and the text of an answer."""
    with contextlib.closing(connection):
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read().decode()


class ServiceManager(unittest.TestCase):
    def setUp(self):
        self.opened = contextlib.ExitStack()
        self.addCleanup(self.opened.close)
        self.folder = self.opened.enter_context(tempfile.TemporaryDirectory())

    def place(self, **settings):
        return self.opened.enter_context(place(**settings))

    def listener(self, family=socket.AF_INET, kind=socket.SOCK_STREAM, name=("127.0.0.1", 0), listens=True):
        made = self.opened.enter_context(socket.socket(family, kind))
        made.bind(name)
        if listens:
            made.listen()
        return made

    def begin(self, here, descriptor, count="1", pid="", flags=(), **variables):
        environment = {**here.environment, "LISTEN_FDS": count, **variables}
        process = subprocess.Popen([sys.executable, "-c", BEGIN, str(descriptor), pid, CLI, "--config", here.configuration, "serve", *flags],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, pass_fds=[descriptor])
        self.opened.callback(lambda: (process.kill(), process.communicate()))
        return process

    def listening(self, process):
        return json.loads(process.stdout.readline())["listening"]

    def end(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=60), 0)

    def test_a_socket_that_listens_already(self):
        """[HTTP-4] Connections from before the start are answered; the socket outlives the server, and the next one takes it."""
        here, socket_of_manager = self.place(http={"port": 1}), self.listener()
        port = socket_of_manager.getsockname()[1]
        early = self.opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
        early.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        for _ in range(2):
            process = self.begin(here, socket_of_manager.fileno())
            self.assertEqual(self.listening(process), f"http://127.0.0.1:{port}")
            self.assertEqual(get(http.client.HTTPConnection("127.0.0.1", port, timeout=30), "/health")[0], 200)
            self.end(process)
            if early:
                self.assertIn(b"200 OK", early.recv(65536))
            early = None
        socket.create_connection(("127.0.0.1", port), timeout=30).close()

    def test_a_unix_socket(self):
        """[HTTP-4] What comes by it comes from 127.0.0.1: a proxy of this machine, which says who calls."""
        path = os.path.join(self.folder, "clinic.sock")
        here = self.place(policy={"rate_limits": [{"operation": "system.version", "calls": 1, "seconds": 3600}]}, http={"trusted_proxies": ["127.0.0.1"]})
        process = self.begin(here, self.listener(socket.AF_UNIX, name=path).fileno())
        self.assertEqual(self.listening(process), "unix:" + path)
        version = "/api/v1/version"
        for client, status in (("192.0.2.1", 200), ("192.0.2.2", 200), ("192.0.2.1", 429)):
            self.assertEqual(get(UnixConnection(path), version, X_Forwarded_For=client)[0], status)
        self.assertEqual([get(UnixConnection(path), version)[0] for _ in range(2)], [200, 429])
        self.assertEqual(get(UnixConnection(path), "/metrics")[0], 200)
        self.end(process)
        abstract = "\0clinic-test-" + str(os.getpid())
        process = self.begin(here, self.listener(socket.AF_UNIX, name=abstract).fileno())
        self.assertEqual(self.listening(process), "unix:@" + abstract[1:])
        self.assertEqual(get(UnixConnection(abstract), "/health")[0], 200)
        self.end(process)

    def test_a_socket_for_somebody_else(self):
        """[HTTP-4] The variables of another process mean nothing."""
        here, socket_of_manager = self.place(), self.listener()
        for count, pid in (("1", "1"), ("1", "nobody"), ("0", "")):
            process = self.begin(here, socket_of_manager.fileno(), count, pid)
            self.assertNotEqual(self.listening(process), "http://127.0.0.1:" + str(socket_of_manager.getsockname()[1]))
            self.end(process)

    def test_sockets_that_cannot_be_used(self):
        """[HTTP-4][CONF-1] Each is refused with what is wrong with it."""
        here = self.place()
        good, file = self.listener(), self.opened.enter_context(open(os.path.join(self.folder, "file"), "w", encoding="ascii"))
        for descriptor, count, path, words in ((good.fileno(), "2", "LISTEN_FDS", "opened 2 sockets"),
                                               (good.fileno(), "many", "LISTEN_FDS", "opened many sockets"),
                                               (file.fileno(), "1", "socket", "is no socket"),
                                               (self.listener(kind=socket.SOCK_DGRAM, listens=False).fileno(), "1", "socket", "is no stream socket"),
                                               (self.listener(listens=False).fileno(), "1", "socket", "does not listen")):
            process = self.begin(here, descriptor, count)
            _, errors = process.communicate(timeout=60)
            error = json.loads(errors)
            self.assertEqual((process.returncode, error["fields"][0]["path"]), (3, path))
            self.assertIn(words, error["fields"][0]["message"])

    def test_a_socket_and_an_address(self):
        """[HTTP-4] One of them would be ignored. What the configuration says is for a start without the manager."""
        here, good = self.place(http={"host": "127.0.0.1", "port": 1}), self.listener()
        for flags in (["--port", "8080"], ["--host", "127.0.0.1"]):
            process = self.begin(here, good.fileno(), flags=flags)
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 2, errors)
            self.assertIn(b"socket", errors)
        process = self.begin(here, good.fileno(), pid="1", flags=["--port", "0"])
        self.listening(process)
        self.end(process)

    def test_the_manager_is_told(self):
        """[HTTP-4] READY=1 when the server answers, STOPPING=1 when it no longer does, as Type=notify expects (sd_notify(3))."""
        here = self.place()
        for name in (os.path.join(self.folder, "notify"), "\0clinic-notify-" + str(os.getpid())):
            manager = self.listener(socket.AF_UNIX, socket.SOCK_DGRAM, name, listens=False)
            manager.settimeout(60)
            process = self.begin(here, self.listener().fileno(), NOTIFY_SOCKET=name.replace("\0", "@"))
            self.assertEqual(manager.recv(1000), b"READY=1")
            address = self.listening(process).removeprefix("http://")
            self.assertEqual(get(http.client.HTTPConnection(address, timeout=30), "/ready")[0], 200)
            self.end(process)
            self.assertEqual(manager.recv(1000), b"STOPPING=1")
        process = self.begin(here, self.listener().fileno(), NOTIFY_SOCKET=os.path.join(self.folder, "nobody"))
        self.listening(process)
        self.end(process)
        self.assertIn(b"could not be told READY=1", process.stderr.read())

    def test_the_units(self):
        """[HTTP-4] systemd finds nothing wrong with our units, and their service little exposed."""
        units = pathlib.Path(__file__).resolve().parents[2] / "samples" / "deployment"
        written = []
        for unit in sorted(units.glob("clinic.s*")):
            text = unit.read_text(encoding="utf-8").replace("/usr/bin/clinic", CLI)
            written.append(os.path.join(self.folder, unit.name))
            pathlib.Path(written[-1]).write_text(text, encoding="utf-8")
        self.assertEqual(len(written), 2)
        verified = subprocess.run(["systemd-analyze", "verify", *written], capture_output=True, text=True, check=False)
        self.assertEqual((verified.returncode, verified.stdout + verified.stderr), (0, ""))
        judged = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", written[0]], capture_output=True,
                                text=True, check=False)  # tenths
        self.assertEqual(judged.returncode, 0, judged.stdout)


if __name__ == "__main__":
    reported.main("http_service_manager")
