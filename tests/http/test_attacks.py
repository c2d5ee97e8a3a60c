"""[HTTP-4] The server under attack, over raw sockets.

Environment: CLINIC_CLI, CLINIC_TEST_PLUGIN_DIRECTORY.
"""

import os
import resource
import socket
import statistics
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import reported  # noqa: E402
from server import place, read_all, status_of, statuses_of  # noqa: E402

HOST = b"Host: clinic.example\r\n"
VERSION = b"GET /api/v1/version HTTP/1.1\r\n" + HOST + b"\r\n"


class Attacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = cls.enterClassContext(place()) if hasattr(cls, "enterClassContext") else cls._enter(place())
        cls.server = cls._enter(cls.place.serve(header_seconds="2", body_seconds="2", idle_seconds="60"))
        cls.token = cls.server.log_in()

    @classmethod
    def _enter(cls, context):
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    def tearDown(self):
        self.assertTrue(self.server.alive())

    def refused(self, data, *statuses):
        """One answer with one of the statuses, and the connection ends: nothing behind is taken for a request."""
        answers = self.server.answer(data + VERSION)
        self.assertEqual(len(statuses_of(answers)), 1, answers)
        self.assertIn(statuses_of(answers)[0], statuses, answers)
        self.assertIn(b"Connection: close", answers)

    def test_requests_that_could_hide_another_one(self):
        """[HTTP-4] The forms of the published lists: each is refused, and ends the connection."""
        post = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        chunks = b"2\r\n{}\r\n0\r\n\r\n"
        both = (b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n")
        for headers in both:
            self.refused(post + headers + b"\r\n" + chunks, 400)
        for lengths in (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"Content-Length: 2\r\nContent-Length: 2\r\n",
                        b"Content-Length: 2, 3\r\n", b"Content-Length: +2\r\n", b"Content-Length: 0x2\r\n", b"Content-Length: -1\r\n",
                        b"Content-Length: 2 2\r\n", b"Content-Length : 2\r\n", b"Content-Length\t: 2\r\n", b" Content-Length: 2\r\n",
                        b"X: y\r\n Content-Length: 2\r\n", b"Content-Length:\x0b2\r\n", b"Content-Length: 2\r\n\x00: a\r\n"):
            self.refused(post + lengths + b"\r\n{}", 400)
        for encodings in (b"Transfer-Encoding: xchunked\r\n", b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding: chunked, identity\r\n",
                          b"Transfer-Encoding: identity\r\n", b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding:\x0bchunked\r\n",
                          b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"Transfer-Encoding: \"chunked\"\r\n",
                          b"Transfer-Encoding:\r\n chunked\r\n", b"X: y\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\n"):
            self.refused(post + encodings + b"\r\n" + chunks, 400, 501)
        for line in (b"GET /api/v1/version HTTP/1.1\n" + HOST, b"GET /api/v1/version\r\n", b"GET /api/v1/version HTTP/1.1\r" + HOST,
                     b"GET /a b HTTP/1.1\r\n" + HOST, b"GET /\x00 HTTP/1.1\r\n" + HOST, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n"):
            self.refused(line + b"\r\n", 400)

    def test_chunks(self):
        """[HTTP-4] Chunks arrive as one body; what is no chunk ends the connection."""
        head = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        whole = self.server.answer(head + b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n" + VERSION)
        self.assertEqual(statuses_of(whole), [400, 200])  # the fields are missing
        for body in (b"x\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"0x2\r\n{}\r\n0\r\n\r\n", b"2\n{}\n0\n\n", b"2\r\n{}0\r\n\r\n",
                     b"ffffffffffffffff\r\n{}", b"fffffffffffffffff\r\n{}", b"7fffffff\r\n{}", b"2;" + b"a" * 200000 + b"\r\n{}\r\n0\r\n\r\n"):
            self.refused(head + body, 400, 413)

    def test_fields_behind_a_chunked_body_are_no_headers(self):
        """[HTTP-4] (RFC 9110, 6.5.1)"""
        head = b"POST /api/v1/patients HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        trailer = b"2\r\n{}\r\n0\r\nAuthorization: Bearer " + self.token.encode() + b"\r\n\r\n"
        self.assertEqual(status_of(self.server.answer(head + trailer)), 401)

    def test_sizes(self):
        """[HTTP-4] What is too large is refused with its own status, before it is read whole."""
        self.refused(b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431)
        self.refused(b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: " + b"a" * 20000 + b"\r\n\r\n", 431)
        self.refused(b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n", 431)
        json = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        self.refused(json + b"Content-Length: 99999999999\r\n\r\n", 413)
        self.refused(json + b"Content-Length: 2000000\r\n\r\n" + b" " * 2000000, 413)
        self.refused(json + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b" " * 65536 + b"\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20, 413)

    def test_hosts(self):
        """[HTTP-4] A request is for one host."""
        self.refused(b"GET / HTTP/1.1\r\n\r\n", 400)
        self.refused(b"GET / HTTP/1.1\r\n" + HOST + b"Host: other.example\r\n\r\n", 400)
        self.refused(b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400)
        self.assertEqual(status_of(self.server.answer(b"GET /api/v1/version HTTP/1.0\r\n\r\n")), 200)

    def test_addresses(self):
        """[HTTP-4] No form of an address reaches what it does not name."""
        for target, status in (("/api/v1/../api/v1/version", 404), ("/api/v1/%2e%2e/version", 404), ("/api/v1//version", 404),
                               ("//api/v1/version", 404), ("/api/v1/version/..", 404), ("/api/v1/version%00", 404), ("/api/v1/patients/%00", 400),
                               ("/api/v1/patients/%", 400), ("/api/v1/patients/%zz", 400), ("/api/v1/patients/..%2fsearch", 400),
                               ("/api/v1/patients/%c0%af", 400), ("/api/v1/%76ersion", 404), ("/API/v1/version", 404), ("/api/v1/version;x", 404),
                               ("http://clinic.example/api/v1/version", 200), ("/api/v1/version/", 200), ("*", 400), ("clinic.example:80", 400),
                               ("/api/v1/version#x", 400), ("/api/v1/version?%", 400), ("/api/v1/version?a=%00", 400)):
            line = b"GET " + target.encode() + b" HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + self.token.encode() + b"\r\n\r\n"
            self.assertEqual(status_of(self.server.answer(line)), status, target)

    def test_bodies(self):
        """[HTTP-3] What a body may be, and what becomes of everything else."""
        def status(body, content_type="application/json", method="POST", path="/api/v1/patients"):
            return self.server.call(method, path, body, self.token, Content_Type=content_type)[0]

        good = '{"first_name":"Jane","last_name":"Smith"}'
        self.assertEqual(status(good), 201)
        self.assertEqual(status(good, "application/json; charset=UTF-8"), 201)
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                             "application/json; charset=iso-8859-1", "text/json", ""):
            self.assertEqual(status(good, content_type), 415, content_type)
        for body in ("", "[]", "null", "{", good + good, good[:-1] + ',"first_name":"Again"}', '{"first_name":{"a":1},"last_name":1}',
                     '{"a":' * 100 + "1" + "}" * 100, "[" * 100000, '{"first_name":"\\ud800","last_name":"x"}', b"\xff\xfe{}", "{}\x00"):
            self.assertEqual(status(body), 400, body[:50])
        self.assertEqual(status("{}", method="GET"), 400)
        self.assertEqual(status(None, method="PUT"), 405)
        for method in ("TRACE", "CONNECT", "PROPFIND", "get"):
            self.assertIn(status(None, method=method), (400, 405), method)

    def test_headers_that_would_inject_others(self):
        """[HTTP-4] What a client sends never makes a line of an answer."""
        for headers in ({"X_Request_Id": "a\tb"}, {"X_Request_Id": "é"}, {"X_Request_Id": "a" * 101}, {"X_Request_Id": "<script>"}):
            _, answered, _ = self.server.call("GET", "/api/v1/version", **headers)
            self.assertRegex(answered["X-Request-Id"], "^[0-9a-f]{32}$")
        _, answered, _ = self.server.call("GET", "/api/v1/version", X_Request_Id="trace-1")
        self.assertEqual(answered["X-Request-Id"], "trace-1")
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        _, answered, _ = self.server.call("GET", "/api/v1/version", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
        self.assertEqual(answered["X-Request-Id"], trace)
        for wrong in (f"ff-{trace}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{trace.upper()}-00f067aa0ba902b7-01", trace):
            _, answered, _ = self.server.call("GET", "/api/v1/version", traceparent=wrong)
            self.assertNotEqual(answered["X-Request-Id"].lower(), trace)

    def test_pipelined_requests_are_answered_in_order(self):
        answers = self.server.answer(VERSION * 5 + b"GET /x HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n" + VERSION)
        self.assertEqual(statuses_of(answers), [200] * 5 + [404])

    def test_a_body_that_waits_for_leave(self):
        """[HTTP-4] Expect: 100-continue (RFC 9110, 10.1.1): leave is given before the body, or the refusal."""
        head = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
        with self.server.raw(head + b"Content-Length: 2\r\nConnection: close\r\n\r\n") as connection:
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b"{}")
            self.assertEqual(status_of(read_all(connection)), 400)
        self.refused(head + b"Content-Length: 99999999\r\n\r\n", 413)
        self.refused(head.replace(b"100-continue", b"miracles") + b"Content-Length: 2\r\n\r\n{}", 417)

    def test_slow_clients_do_not_slow_others(self):
        """[HTTP-4] 500 connections whose headers or bodies never come: good clients are answered at once, and the slow ones told."""
        head = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        slow = [self.server.raw(head if number % 2 else VERSION[:20]) for number in range(500)]
        try:
            times = []
            with self.server.raw() as connection:
                for _ in range(100):
                    begin = time.perf_counter()
                    connection.sendall(VERSION)
                    connection.recv(65536)
                    times.append(time.perf_counter() - begin)
            self.assertLess(statistics.median(times), 0.05)  # under 5 ms alone; other tests run beside this one
            for connection in slow:
                self.assertEqual(status_of(read_all(connection)), 408)
        finally:
            for connection in slow:
                connection.close()

    def test_idle_connections_cost_little(self):
        """[HTTP-4] 2,000 connections that wait: a few kilobytes each, and they still work."""
        before = self.server.memory()
        idle = [self.server.raw() for _ in range(2000)]
        try:
            for connection in idle:
                connection.sendall(VERSION)
            for connection in idle:
                self.assertEqual(status_of(connection.recv(65536)), 200)
            self.assertLess(self.server.memory() - before, 40 * 1024 * 1024)
            self.assertTrue(self.server.alive())
            idle[-1].sendall(VERSION)
            self.assertEqual(status_of(idle[-1].recv(65536)), 200)
        finally:
            for connection in idle:
                connection.close()

    def test_clients_that_go_away(self):
        """[HTTP-4] A client that does not wait for its answer, or ends in the middle, leaves nothing behind."""
        login = b'{"login":"admin@clinic.example","password":"wrong one"}'
        head = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(login)
        for cut in (10, len(head) - 1, len(head), len(head) + 5, len(head) + len(login)):
            for _ in range(20):
                connection = self.server.raw((head + login)[:cut])
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # a reset
                connection.close()

    def test_memory_stays(self):
        """[HTTP-4] A thousand refused requests leave no more memory than a hundred."""
        def attack(times):
            for _ in range(times):
                self.server.answer(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
                self.server.answer(b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HOST + b"\r\n")

        attack(100)
        before = self.server.memory()
        attack(500)
        self.assertLess(self.server.memory() - before, 8 * 1024 * 1024)


if __name__ == "__main__":
    # Thousands of connections, here and in the server, which inherits it.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    reported.main("http_attacks")
