"""[HTTP-2] The contract test with another judge: Prism stands between client and server and holds both against the OpenAPI document.

Prism and the server must agree about each request, and Prism must find nothing in any answer.
Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY, CLINIC_TEST_DATABASE, CLINIC_TEST_BACKEND, CLINIC_NPM_PROGRAMS.
"""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "support")]
import reported  # noqa: E402
from database import Database  # noqa: E402
from generated import requests_of  # noqa: E402
from npm_program import npm_program  # noqa: E402
from server import Place  # noqa: E402
from servers.ports import free_port  # noqa: E402

BACKEND = os.environ.get("CLINIC_TEST_BACKEND", "sqlite")


@contextlib.contextmanager
def prism(document, server, folder):
    """The port of a proxy that says in a header what it has found."""
    file = pathlib.Path(folder, "openapi.json")
    file.write_text(json.dumps(document), encoding="utf-8")
    port = free_port()
    upstream = f"http://127.0.0.1:{server.port}/api/v1"
    with open(os.path.join(folder, "prism.log"), "w+b") as log, subprocess.Popen(
            [npm_program("prism"), "proxy", file, upstream, "--port", str(port), "--verboseLevel", "error"], stdout=log, stderr=log) as process:
        try:
            end = time.monotonic() + 60
            while True:
                with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=10):
                    break
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise AssertionError(f"Prism did not begin: {log.read()}")
                time.sleep(0.05)
            yield port
        finally:
            process.kill()


class Prism(unittest.TestCase):
    def setUp(self):
        opened = contextlib.ExitStack()
        self.addCleanup(opened.close)
        database = opened.enter_context(Database())
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        here = Place(folder, storage=database.url, master_key=database.master_key, policy={"portal_address": "https://portal.example"})
        server = opened.enter_context(here.serve())
        self.document, self.token = server.described().document, server.log_in()
        port = opened.enter_context(prism(self.document, server, folder))
        self.connection = opened.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)))

    def found(self, request, path, body, token):
        """The status, whether Prism finds something in the request, and the answer, in which it finds nothing."""
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(request.method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        found = json.loads(response.getheader("sl-violations", "[]"))
        about_answer = [each for each in found if each["location"][0] != "request"]
        self.assertEqual(about_answer, [], text)
        self.assertIn(b"{", text[:1])
        return response.status, bool(found), text

    def test_examples(self):
        """[HTTP-2] Each operation with its examples, and as nobody."""
        called = 0
        for request in requests_of(self.document):
            with self.subTest(request=f"{request.method} {request.template}"):
                status, wrong, text = self.found(request, request.full_path, request.body, self.token)
                self.assertFalse(wrong)
                self.assertNotIn(status, (400, 500), text)
                status, wrong, text = self.found(request, request.path, request.body, None)
                self.assertEqual(wrong, not request.for_anyone)
                if not request.for_anyone:
                    self.assertEqual(status, 401, text)
                called += 2
        self.assertGreater(called, 140)

    def test_mistakes(self):
        """[HTTP-2][HTTP-3] What the server refuses, Prism refuses by the document, and the other way round."""
        refused = 0
        for request in requests_of(self.document):
            with self.subTest(request=f"{request.method} {request.template}"):
                for what, body in request.wrong_bodies():
                    self.assertEqual(self.found(request, request.path, body, self.token)[:2], (400, True), what)
                    refused += 1
        self.assertGreater(refused, 200)


if BACKEND != "sqlite":
    del Prism.test_mistakes  # no database has a part in it

if __name__ == "__main__":
    reported.main("http_prism_" + BACKEND)
