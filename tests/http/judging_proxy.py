"""Stands between a server and a client that is no test itself (curl, a sample): hands on, and judges each answer by the OpenAPI document."""

import contextlib
import http.client
import http.server
import json
import threading
import urllib.request

from described import Described


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with contextlib.closing(http.client.HTTPConnection(self.server.upstream, timeout=30)) as connection:
            connection.request(self.command, self.path, body or None, dict(self.headers))
            response = connection.getresponse()
            text = response.read()
        # First: the client may be the last one, and end with this answer.
        try:
            self.server.described.judge(self.command, self.path, response.status, dict(response.getheaders()),
                                        json.loads(text) if text and response.getheader("Content-Type") == "application/json" else None)
        except AssertionError as wrong:
            self.server.wrong.append(str(wrong))
        self.server.answered = True
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


@contextlib.contextmanager
def judging_proxy(address):
    """The proxy's address. At the end, what was wrong is raised, and also if nobody has called."""
    with urllib.request.urlopen(address + "/openapi.json", timeout=30) as response:
        described = Described(json.load(response))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as proxy:
        proxy.upstream, proxy.described, proxy.wrong, proxy.answered = address.split("//")[1], described, [], False
        serving = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_port}"
        finally:
            proxy.shutdown()
            serving.join()
    assert not proxy.wrong, proxy.wrong
    assert proxy.answered, "nobody has called"
