"""The plugin `sms` against HTTP servers that are shaped like the gateways, and misbehave. CLINIC_SMS_PLUGIN is the library."""

import base64
import json
import os
import pathlib
import socket
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "support"))
import reported  # noqa: E402
from gateway_server import GatewayServer, answer, certificate, drop  # noqa: E402
from notifier import BUSY, OK, OUTCOME_UNKNOWN, REFUSED, UCS2, UNAVAILABLE, Notifier, Refused  # noqa: E402

LIBRARY = os.environ["CLINIC_SMS_PLUGIN"]
NAUGHTY = 'He said "{to} & {text}" = 100%\nمرحبا \U0001f469\u200d⚕️ \\ +'
NUMBER = "+4915112345678"


def opened(url):
    return Notifier(LIBRARY, url)


def twilio(server, **options):
    given = {"account": "AC1", "token": "canary-token", "from": "+15550001111", "url": server.address + "/Messages.json", **options}
    return opened("sms:twilio?" + urllib.parse.urlencode(given, quote_via=urllib.parse.quote))


def accepted(handler, _):
    answer(handler, 201, {"sid": "SM0123456789abcdef", "status": "queued", "to": NUMBER})


class Case(unittest.TestCase):
    def check(self, got, code, **more):
        """No answer tells the number, the text or a secret."""
        self.assertEqual(got.code, code, got)
        for secret in ("4915112345678", "He said", "canary", "15550001111"):
            self.assertNotIn(secret, got.words)
        for name, value in more.items():
            self.assertEqual(getattr(got, name), value, got)


class Requests(Case):
    """What the gateways are sent, and how their answers are understood."""

    def test_twilio(self):
        """[NOTE-3][NOTE-8]"""
        with GatewayServer(accepted) as server, twilio(server, receipts="https://clinic.example/sms?a=1") as notifier:
            self.check(notifier.submit(NAUGHTY, id="id-1"), OK, gateway_id="SM0123456789abcdef")
            seen = server.seen[0]
            self.assertEqual((seen.method, seen.target), ("POST", "/Messages.json"))
            self.assertEqual(
                seen.form,
                {"To": NUMBER, "From": "+15550001111", "Body": NAUGHTY, "StatusCallback": "https://clinic.example/sms?a=1&message=id-1"},
            )
            self.assertEqual(seen.headers["Authorization"], "Basic " + base64.b64encode(b"AC1:canary-token").decode())

    def test_vonage(self):
        """[NOTE-3]"""
        answers = iter(
            [
                {"message-count": "1", "messages": [{"to": "49", "message-id": "0C01", "status": "0"}]},
                {"message-count": "1", "messages": [{"status": "1", "error-text": "Throughput Rate Exceeded"}]},
                {"message-count": "1", "messages": [{"status": "4", "error-text": "Bad Credentials"}]},
                {"message-count": "1", "messages": [{"status": "7", "error-text": "barred " + NUMBER}]},
                {"message-count": "1", "messages": [{"status": "99", "error-text": "new"}]},
            ]
        )
        with GatewayServer(lambda handler, _: answer(handler, 200, next(answers))) as server:
            with opened(f"sms:vonage?key=k&secret=canary&from=Clinic&url={server.address}/sms/json") as notifier:
                self.check(notifier.submit(NAUGHTY, id="id-1", encoding=UCS2), OK, gateway_id="0C01")
                self.check(notifier.submit("a"), UNAVAILABLE)
                wrong = notifier.submit("a")
                self.check(wrong, UNAVAILABLE, status=200)
                self.assertRegex(wrong.words, "code 4.*from, key, secret")
                self.check(notifier.submit("a"), REFUSED)
                self.check(notifier.submit("a"), REFUSED)
        first, second = server.seen[0].form, server.seen[1].form
        self.assertEqual(
            first,
            {
                "api_key": "k",
                "api_secret": "canary",
                "from": "Clinic",
                "to": NUMBER[1:],
                "text": NAUGHTY,
                "client-ref": "id-1",
                "type": "unicode",
            },
        )
        self.assertEqual(second["type"], "text")
        self.assertEqual(len({seen.connection for seen in server.seen}), 1, "the connection is used again")

    def test_africastalking(self):
        """[NOTE-3]"""
        sent = {"statusCode": 101, "number": NUMBER, "status": "Success", "cost": "KES 0.8", "messageId": "ATXid_1"}
        answers = iter(
            [
                (201, {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [sent]}}),
                (201, {"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{**sent, "statusCode": 403}]}}),
                (201, {"SMSMessageData": {"Message": "Sent to 0/1", "Recipients": [{**sent, "statusCode": 501}]}}),
                (201, {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}),
                (401, b"The supplied authentication is invalid"),
            ]
        )
        with GatewayServer(lambda handler, _: answer(handler, *next(answers))) as server:
            with opened(f"sms:africastalking?username=clinic&api_key=canary&url={server.address}/version1/messaging") as notifier:
                self.check(notifier.submit(NAUGHTY), OK, gateway_id="ATXid_1")
                self.check(notifier.submit("a"), REFUSED)
                self.check(notifier.submit("a"), UNAVAILABLE)
                self.check(notifier.submit("a"), UNAVAILABLE)
                self.check(notifier.submit("a"), UNAVAILABLE, status=401)
        self.assertEqual(server.seen[0].form, {"username": "clinic", "to": NUMBER, "message": NAUGHTY})
        self.assertEqual(server.seen[0].headers["apiKey"], "canary")

    def test_a_gateway_of_the_clinic(self):
        """[NOTE-3] JSON, an array, a bearer, a header with our id, and the gateway's id in a header."""
        file = {
            "name": "Ours",
            "options": {"key": {"required": True, "secret": True}, "from": {}},
            "request": {
                "url": "https://ours.example/send",
                "bearer": "{key}",
                "headers": {"Idempotency-Key": "{id}"},
                "json": {"messages": [{"to": ["{to}"], "text": "{{{text}", "from": "{from}"}], "class": 1},
                "ucs2": {"json": {"unicode": True}},
            },
            "answer": {"accepted": {"status": ["2xx"]}, "id": {"header": "X-Id"}},
        }
        with tempfile.NamedTemporaryFile("w", suffix=".json") as written:
            json.dump(file, written)
            written.flush()
            with GatewayServer(lambda handler, _: answer(handler, 204, b"", [("x-id", "7")])) as server:
                with opened(f"sms:{written.name}?key=canary&url={server.address}/v1") as notifier:
                    self.check(notifier.submit(NAUGHTY, id="id-1", encoding=UCS2), OK, gateway_id="7")
        seen = server.seen[0]
        self.assertEqual(seen.json, {"messages": [{"to": [NUMBER], "text": "{" + NAUGHTY}], "class": 1, "unicode": True})
        self.assertEqual((seen.headers["Authorization"], seen.headers["Idempotency-Key"]), ("Bearer canary", "id-1"))

    def test_messages_that_no_gateway_takes(self):
        """[NOTE-3]"""
        with GatewayServer(accepted) as server, twilio(server) as notifier:
            self.check(notifier.submit("a", channel="email"), REFUSED)
            self.check(notifier.submit("", to=NUMBER), REFUSED)
            for number in ("", "4915112345678", "+49 151 123", "+0491511234567", "+49151123456789012", "+4915112345678&x=1", NUMBER + "\n"):
                self.check(notifier.submit("a", to=number), REFUSED)
            self.assertEqual(server.seen, [])

    def test_a_host_of_before(self):
        """[NOTE-3][PLUG-1] It does not say how a text is encoded."""
        with GatewayServer(lambda handler, _: answer(handler, 200, {"messages": [{"message-id": "0C01", "status": "0"}]})) as server:
            with opened(f"sms:vonage?key=k&secret=canary&from=f&url={server.address}/") as notifier:
                self.check(notifier.send_as_before_1_2("plain"), OK)
                self.check(notifier.send_as_before_1_2("مرحبا"), OK)
        self.assertEqual([seen.form["type"] for seen in server.seen], ["text", "unicode"])

    def test_health(self):
        """[NOTE-3]"""
        status = [200]
        with GatewayServer(lambda handler, _: answer(handler, status[0], {})) as server, twilio(server) as notifier:
            self.check(notifier.health(), OK)
            self.assertEqual((server.seen[0].method, server.seen[0].target), ("GET", "/2010-04-01/Accounts/AC1.json"))
            status[0] = 401
            self.check(notifier.health(), UNAVAILABLE, status=401)
            with opened(f"sms:vonage?key=k&secret=s&from=f&url={server.address}/") as by_connection:
                self.check(by_connection.health(), OK)
        with opened(f"sms:vonage?key=k&secret=s&from=f&url={server.address}/") as by_connection:
            self.check(by_connection.health(), UNAVAILABLE)


class Trouble(Case):
    """What becomes of a message when the gateway, or the way to it, is not well."""

    def outcome(self, behave, code, text="He said", **options):
        with GatewayServer(behave) as server, twilio(server, **options) as notifier:
            got = notifier.submit(text)
            self.check(got, code)
            return got

    def test_statuses(self):
        """[NOTE-3]"""
        for status, code in ((400, REFUSED), (404, REFUSED), (401, UNAVAILABLE), (403, UNAVAILABLE), (429, UNAVAILABLE),
                             (500, UNAVAILABLE), (503, UNAVAILABLE), (504, OUTCOME_UNKNOWN), (302, UNAVAILABLE),
                             (200, OUTCOME_UNKNOWN), (204, OUTCOME_UNKNOWN)):  # fmt: skip
            with self.subTest(status):
                body = b"" if status == 204 else {"code": 12345, "message": f"He said {NUMBER}"}
                got = self.outcome(lambda handler, _: answer(handler, status, body, [("Location", "/other")]), code)
                self.assertEqual(got.status, status)
                if body:
                    self.assertIn("code 12345", got.words)

    def test_a_code_that_holds_the_number(self):
        """[NOTE-3]"""
        for told in ("4915112345678", f"He said {NUMBER}", {"a": 1}, None):
            self.outcome(lambda handler, _: answer(handler, 400, {"code": told}), REFUSED)

    def test_retry_after(self):
        """[NOTE-3]"""
        later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
        for value, low, high in (("17", 17, 17), (later, 60, 100), ("soon", 0, 0), ("-1", 0, 0), ("99999999", 86400, 86400)):
            got = self.outcome(lambda handler, _: answer(handler, 429, {}, [("Retry-After", value)]), UNAVAILABLE)
            self.assertTrue(low <= got.retry_after <= high, (value, got.retry_after))

    def test_accepted_without_an_id(self):
        """[NOTE-3][NOTE-8] A page of some proxy is no acceptance."""
        self.outcome(lambda handler, _: answer(handler, 201, b"<html>Log in to the network</html>"), OUTCOME_UNKNOWN)
        self.outcome(lambda handler, _: answer(handler, 201, {"sid": ""}), OUTCOME_UNKNOWN)

    def test_hangs_after_reading(self):
        """[NOTE-3][NOTE-8]"""
        begun = time.monotonic()
        self.outcome(lambda handler, _: time.sleep(15), OUTCOME_UNKNOWN, timeout=1)
        self.assertLess(time.monotonic() - begun, 10)

    def test_slow_but_in_time(self):
        """[NOTE-3]"""

        def slowly(handler, seen):
            time.sleep(0.7)
            accepted(handler, seen)

        self.outcome(slowly, OK, timeout=5)

    def test_one_byte_at_a_time(self):
        """[NOTE-3] The time is of the whole call, not of each read."""

        def drip(handler, _):
            for byte in b"HTTP/1.1 201 Created\r\n" + b"X-A: b\r\n" * 100:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.05)

        begun = time.monotonic()
        self.outcome(drip, OUTCOME_UNKNOWN, timeout=1)
        self.assertLess(time.monotonic() - begun, 10)

    def test_dropped_after_reading(self):
        """[NOTE-3][NOTE-8]"""
        self.outcome(lambda handler, _: drop(handler), OUTCOME_UNKNOWN)

    def test_not_reached(self):
        """[NOTE-3] Nothing was handed over: it may be sent again without a doubt."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            port = listening.getsockname()[1]
        with opened(f"sms:vonage?key=k&secret=canary&from=f&url=http://127.0.0.1:{port}/") as notifier:
            self.check(notifier.submit("He said"), UNAVAILABLE)
        with opened("sms:vonage?key=k&secret=canary&from=f&url=https://no-such-host.invalid/") as notifier:
            got = notifier.submit("He said")
            self.check(got, UNAVAILABLE)
            self.assertIn("no-such-host.invalid", got.words)

    def test_dropped_before_it_was_read(self):
        """[NOTE-3][NOTE-8] A request that did not go out wholly cannot have been acted on."""
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            listening.bind(("127.0.0.1", 0))
            listening.listen(8)

            def reset():
                connection, _ = listening.accept()
                connection.recv(1000)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.close()

            thread = threading.Thread(target=reset)
            thread.start()
            url = f"sms:vonage?key=k&secret=canary&from=f&timeout=10&url=http://127.0.0.1:{listening.getsockname()[1]}/"
            with opened(url) as notifier:
                self.check(notifier.submit("x" * 30_000_000), UNAVAILABLE)
            thread.join()

    def test_closed_between_two_messages(self):
        """[NOTE-3][NOTE-8] A kept connection that the server has closed is not written to."""

        def once(handler, seen):
            accepted(handler, seen)
            handler.close_connection = True  # without a word about it

        with GatewayServer(once) as server, twilio(server) as notifier:
            for _ in range(5):
                self.check(notifier.submit("a"), OK)
                closed = server.seen[-1].connection
                self.assertTrue(_until(lambda: not _has_connection(server.port, closed[1])))
        self.assertEqual(len({seen.connection for seen in server.seen}), 5)

    def test_kept_connection_dropped_with_the_request(self):
        """[NOTE-3][NOTE-8] The request may have been read: it is not sent again by itself."""
        answers = iter([accepted, lambda handler, _: drop(handler), accepted])
        with GatewayServer(lambda handler, seen: next(answers)(handler, seen)) as server, twilio(server) as notifier:
            self.check(notifier.submit("a"), OK)
            self.check(notifier.submit("a"), OUTCOME_UNKNOWN)
            self.check(notifier.submit("a"), OK)
        self.assertEqual(len(server.seen), 3)

    def test_garbage(self):
        """[NOTE-3]"""
        for garbage in (b"\0\1\2\3" * 100, b"220 smtp.example ESMTP\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b""):
            with self.subTest(garbage[:10]):

                def behave(handler, _, garbage=garbage):
                    handler.wfile.write(garbage)
                    handler.close_connection = True

                self.outcome(behave, OUTCOME_UNKNOWN)

    def test_huge_answers(self):
        """[NOTE-3] What cannot be read to its end still has a status."""
        for status, code in ((201, OUTCOME_UNKNOWN), (400, REFUSED), (503, UNAVAILABLE)):
            self.outcome(lambda handler, _: answer(handler, status, b'{"sid": "' + b"x" * 70_000 + b'"}'), code)

        def endless(handler, _):
            handler.wfile.write(b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while True:
                    handler.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            except OSError:
                handler.close_connection = True

        self.outcome(endless, UNAVAILABLE)

        def endless_header(handler, _):
            try:
                handler.wfile.write(b"HTTP/1.1 201 Created\r\n")
                while True:
                    handler.wfile.write(b"X-A: " + b"x" * 1000 + b"\r\n")
            except OSError:
                handler.close_connection = True

        self.outcome(endless_header, OUTCOME_UNKNOWN)

    def test_chunked_and_interim_answers(self):
        """[NOTE-3]"""

        def behave(handler, _):
            body = b'{"sid": "SM1"}'
            handler.wfile.write(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n")
            for byte in body:
                handler.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
            handler.wfile.write(b"0\r\n\r\n")

        self.assertEqual(self.outcome(behave, OK).gateway_id, "SM1")

    def test_many_threads_share_few_connections(self):
        """[NOTE-3]"""
        with GatewayServer(accepted) as server, twilio(server, connections=3) as notifier:
            codes = []
            threads = [threading.Thread(target=lambda: codes.extend(notifier.submit("a").code for _ in range(20))) for _ in range(10)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(codes, [OK] * 200)
        self.assertLessEqual(len({seen.connection for seen in server.seen}), 3)

    def test_all_connections_in_use(self):
        """[NOTE-3] The first has the connection and hangs; the second may get it in the end, and the third waits in vain."""
        codes = []
        with GatewayServer(lambda handler, _: server.released.wait(10)) as server, twilio(server, connections=1, timeout=1) as notifier:
            threads = [threading.Thread(target=lambda: codes.append(notifier.submit("a").code)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            server.released.set()
        self.assertEqual(set(codes), {BUSY, OUTCOME_UNKNOWN})


class Tls(Case):
    """Only a certificate of a known authority for this very host is enough."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        cls.authority = certificate(folder, "authority", None)
        cls.right = certificate(folder, "right", "IP:127.0.0.1,DNS:localhost", cls.authority)
        cls.another_host = certificate(folder, "another_host", "DNS:gateway.example,IP:127.0.0.2", cls.authority)
        cls.self_signed = certificate(folder, "self_signed", "IP:127.0.0.1,DNS:localhost")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_right(self):
        """[NOTE-3]"""
        with GatewayServer(accepted, self.right) as server:
            for host in ("127.0.0.1", "localhost"):
                with twilio(server, ca=self.authority[0], url=f"https://{host}:{server.port}/x") as notifier:
                    for _ in range(3):
                        self.check(notifier.submit("a"), OK)
            self.assertEqual(len({seen.connection for seen in server.seen}), 2)

    def test_not_trusted(self):
        """[NOTE-3]"""
        for name, own, known in (
            ("another host", self.another_host, self.authority),
            ("by itself", self.self_signed, self.authority),
            ("an authority that the system does not know", self.right, None),
        ):
            with self.subTest(name), GatewayServer(accepted, own) as server:
                options = {"ca": known[0]} if known else {}
                for host in ("127.0.0.1", "localhost"):
                    with twilio(server, url=f"https://{host}:{server.port}/x", **options) as notifier:
                        got = notifier.submit("a")
                        self.check(got, UNAVAILABLE)
                        self.assertIn("certificate", got.words)
                self.assertEqual(server.seen, [])

    def test_no_tls_there(self):
        """[NOTE-3]"""
        with GatewayServer(accepted) as server:
            with twilio(server, ca=self.authority[0], timeout=2, url=f"https://127.0.0.1:{server.port}/x") as notifier:
                self.check(notifier.submit("a"), UNAVAILABLE)
            self.assertEqual(server.seen, [])

    def test_closed_between_two_messages(self):
        """[NOTE-3][NOTE-8]"""

        def once(handler, seen):
            accepted(handler, seen)
            handler.close_connection = True

        with GatewayServer(once, self.right) as server, twilio(server, ca=self.authority[0]) as notifier:
            for _ in range(3):
                self.check(notifier.submit("a"), OK)
                self.assertTrue(_until(lambda: not _has_connection(server.port, server.seen[-1].connection[1])))


class Urls(Case):
    """What is wrong with a URL is told, and no secret is."""

    def refused(self, url, *words):
        with self.assertRaises(Refused) as refused:
            opened(url).close()
        for word in words:
            self.assertIn(word, str(refused.exception))
        self.assertNotIn("canary", str(refused.exception))

    def test_options(self):
        """[NOTE-3][PLUG-1]"""
        good = "sms:twilio?account=AC1&token=canary&from=%2B1555"
        opened(good).close()
        opened("sms:twilio?account=AC1&token=canary&from=+1555").close()
        self.refused("smtp:twilio", "sms:<gateway>")
        self.refused("sms:telegraph?token=canary", "africastalking, kannel, twilio, vonage")
        self.refused("sms:relative.json", "absolute path")
        self.refused("sms:/no/such/file.json", "/no/such/file.json")
        self.refused("sms:twilio?account=AC1&token=canary", "option from is missing")
        self.refused(good + "&token=canary2", "option token is given twice")
        self.refused(good + "&tokne=canary", "option tokne", "receipts, timeout")
        self.refused("sms:twilio?account=AC1&token=half&canary-half-2&from=x", "option (not shown)")
        self.refused(good + "&timeout=", "option timeout is empty")
        self.refused(good + "&timeout=26", "timeout")
        self.refused(good + "&connections=0", "connections")
        self.refused(good + "&token2=%zz", "percent")
        self.refused(good + "&url=http://gateway.example/", "https")
        self.refused(good + "&url=https://canary:canary@gateway.example/", "without a user")
        self.refused(good + "&tls=none", "tls")
        self.refused(good + "&ca=/no/such/file", "ca")
        self.refused(good + "&receipts=clinic", "receipts")

    def test_kannel_in_plain_words(self):
        """[NOTE-3][PLUG-1]"""
        good = "sms:kannel?username=u&password=canary"
        self.refused(good, "option url")
        self.refused(good + "&url=http://kannel.example/cgi-bin/sendsms", "https")
        opened(good + "&url=http://kannel.example/cgi-bin/sendsms&tls=none").close()
        opened(good + "&url=http://127.0.0.1:13013/cgi-bin/sendsms").close()

    def test_receipts_are_never_taken_from_anybody(self):
        """[NOTE-8][PLUG-1]"""
        kannel = "sms:kannel?username=u&password=canary&url=http://127.0.0.1/&receipts=https://clinic.example/sms"
        self.refused(kannel, "receipt_token")
        self.refused(kannel + "&receipt_token=canary", "16")
        self.refused(kannel + "&receipt_token=canary-canary-canary%25d", "16")
        opened(kannel + "&receipt_token=canary-canary-canary").close()
        self.refused(kannel.replace("https://clinic", "http://clinic") + "&receipt_token=canary-canary-canary", "receipts is not https")
        vonage = "sms:vonage?key=k&secret=canary&from=f&receipts=https://clinic.example/sms"
        self.refused(vonage, "signature_secret or receipt_token")
        opened(vonage + "&signature_secret=canary").close()
        self.refused("sms:africastalking?username=u&api_key=canary&receipt_token=canary-canary-canary&receipts=https://a.example/", "console")


def _until(holds, seconds=5):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return False


def _has_connection(port, client_port):
    """Whether the server's side of a connection is still open, as the kernel lists it."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, state = line.split()[1:4]
        if (int(local.split(":")[1], 16), int(remote.split(":")[1], 16)) == (port, client_port):
            return state == "01"  # ESTABLISHED
    return False


if __name__ == "__main__":
    reported.main("sms_gateways")
