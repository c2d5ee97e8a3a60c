"""A gateway on the loopback: an HTTP server that answers, or misbehaves, as a test tells it."""

import http.server
import json
import socket
import ssl
import subprocess
import threading
import urllib.parse


class Seen:
    """A request as it came."""

    def __init__(self, handler, body):
        self.method = handler.command
        self.target = handler.path
        self.headers = dict(handler.headers.items())
        self.body = body
        self.connection = handler.client_address

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.target).query, keep_blank_values=True, strict_parsing=True))

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self):
        return json.loads(self.body)


class GatewayServer:
    """`behave` is called with the handler and the request that was seen, in the connection's thread."""

    def __init__(self, behave, certificate=None):
        self.seen = []
        self.behave = behave
        self.released = threading.Event()  # what hangs goes on
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self, body)
                outer.seen.append(seen)
                outer.behave(self, seen)

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def answer(handler, status, body=b"", headers=()):
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def drop(handler):
    """Ends the connection with a reset, without an answer."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def certificate(folder, name, subject_alternative, authority=None, days=1):
    """A certificate and its key in PEM; signed by an authority of before, or by itself. Answers the names of the files."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days)]
    command += ["-subj", f"/CN={name}", "-keyout", key, "-out", file]
    if subject_alternative:
        command += ["-addext", f"subjectAltName={subject_alternative}"]
    if authority:
        command += ["-CA", authority[0], "-CAkey", authority[1], "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)
    return file, key
