"""A real Kannel: its bearerbox and smsbox as Debian has them, and a message centre that writes down what it gets."""

import os
import shutil
import socket
import threading
import urllib.parse
import urllib.request

from servers.ports import free_port
from servers.waiting import until

_SETTINGS = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {password}
smsbox-port = {box}
smsbox-interface = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake
port = {centre}
our-host = 127.0.0.1
connect-allow-ip = 127.0.0.1

group = smsbox
smsbox-id = box
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = clinic
password = {password}
concatenation = true
max-messages = 10

group = sms-service
keyword = default
max-messages = 0
text = none
"""


def _program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        raise RuntimeError(f"{name} is not installed (Debian: package kannel; ./dev setup test)")
    return found


class Part:
    """One part of a message, as the centre gets it. data: Kannel's UTF-8 of the default alphabet, or UTF-16."""

    def __init__(self, line):
        self.sender, self.recipient, kind, data = line.split(b" ", 3)
        self.header = b""
        if kind == b"udh":
            header, _, data = data.split(b" ", 2)
            self.header = urllib.parse.unquote_to_bytes(header.replace(b"+", b" "))
        # Kannel writes a text as it is, and all else with escapes.
        self.data = data if kind == b"text" else urllib.parse.unquote_to_bytes(data.replace(b"+", b" "))


class Kannel:
    """Running, with a centre connected. Stopped by the supervisor."""

    def __init__(self, supervisor):
        self.password = "canary-password"
        ports = {name: free_port() for name in ("admin", "box", "centre", "sendsms")}
        settings = supervisor.make_folder("kannel") / "kannel.conf"
        settings.write_text(_SETTINGS.format(password=self.password, **ports), encoding="utf-8")
        self.url = f"http://127.0.0.1:{ports['sendsms']}/cgi-bin/sendsms"
        self._status = f"http://127.0.0.1:{ports['admin']}/status.txt?password={self.password}"
        self.bearerbox = supervisor.start("bearerbox", [_program("bearerbox"), "-v", "1", settings])
        self._wait(lambda: "fake" in self.status(), self.bearerbox, "the bearerbox")
        self.smsbox = supervisor.start("smsbox", [_program("smsbox"), "-v", "1", settings])
        self._wait(lambda: "smsbox:box" in self.status(), self.smsbox, "the smsbox")
        self.parts = []
        self._centre = socket.create_connection(("127.0.0.1", ports["centre"]))
        threading.Thread(target=self._read, daemon=True).start()
        self._wait(lambda: "(online" in self.status().split("SMSC connections")[1], self.bearerbox, "the centre's connection")

    def _wait(self, condition, process, what):
        until(lambda: process.must_run() and condition(), what, 30)

    def status(self):
        try:
            with urllib.request.urlopen(self._status, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    def _read(self):
        with self._centre.makefile("rb") as lines:
            for line in lines:
                self.parts.append(Part(line[:-1]))

    def take_parts(self, count):
        """So many parts, as soon as they have come; the text of a part must have no line feed, which ends it here."""
        until(lambda: len(self.parts) >= count, f"{count} parts at the centre, not {len(self.parts)}", 20)
        taken, self.parts = self.parts, []
        return taken

    def close(self):
        self._centre.close()
