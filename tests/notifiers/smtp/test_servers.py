"""The plugin smtp and mail servers: those that behave, and those that do not.

Environment: CLINIC_SMTP_PLUGIN, CLINIC_PLUGIN_CHECK; PYTHONPATH names tests, tests/notifiers and tests/support.
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

import reported
from certificates import Authority
from mail_server import DROP, DROP_AFTER_DATA, DROP_IN_DATA, HANG, MailServer
from notifier_plugin import Code, Plugin, Refused
from servers.waiting import until

USERS = {"clinic": "p:/@ä"}
LOGIN = "clinic:p%3A%2F%40%C3%A4"


# SIGPIPE as it is in most hosts, and a thread of before the plugin was loaded: in the one that loads it, Poco blocks the signal.
_WITHOUT_HANDLER = """
import signal, sys, threading
from notifier_plugin import Code, Plugin

def send():
    loaded.wait()
    with ready[0].opened(sys.argv[2]) as notifier:
        assert notifier.submit(text="a line\\n" * 3000000).code == Code.UNAVAILABLE

signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPIPE})
loaded, ready = threading.Event(), []
thread = threading.Thread(target=send)
thread.start()
ready.append(Plugin(sys.argv[1]))
loaded.set()
thread.join()
"""


class Servers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(pathlib.Path(folder.name))
        cls.good = cls.authority.context("127.0.0.1", "localhost")
        cls.plugin = Plugin(os.environ["CLINIC_SMTP_PLUGIN"])

    def server(self, tls="good", **options):
        server = MailServer(tls=self.good if tls == "good" else tls, **options)
        self.addCleanup(server.close)
        return server

    def url(self, port, login="", host="127.0.0.1", **options):
        options = {"from": "Clinic <noreply+x@clinic.example>", "ca": str(self.authority.file), "timeout": "5"} | options
        options = {name: value for name, value in options.items() if value is not None}
        return f"smtp://{login and login + '@'}{host}:{port}?" + urllib.parse.urlencode(options, quote_via=urllib.parse.quote)

    def notifier(self, server, login="", **options):
        return self.plugin.opened(self.url(getattr(server, "port", server), login, **options))

    def answer(self, server, login="", message=None, **options):
        """What the plugin makes of one message to that server."""
        with self.notifier(server, login, **options) as notifier:
            return notifier.submit(**message or {})

    # that behave

    def test_every_way_in(self):
        """[NOTE-2] STARTTLS, TLS from the start, none; each login; with pipelining or without."""
        for options in (
            {"auth": "auto"},
            {"auth": "plain"},
            {"auth": "login"},
            {"auth": "cram-md5"},
            {"tls": "implicit"},
            {"tls": "none"},
            {"tls": "none", "auth": "plain"},
        ):
            for pipelining in ((), ("PIPELINING",)):
                with self.subTest(**options, pipelining=pipelining):
                    implicit = options.get("tls") == "implicit"
                    server = self.server(users=USERS, implicit=implicit, offers=pipelining, auth_required=True)
                    answered = self.answer(server, LOGIN, **options)
                    self.assertEqual((answered.code, answered.gateway_id), (Code.OK, "4F12AB"), answered.words)
                    automatic = "CRAM-MD5" if options.get("tls") == "none" else "PLAIN"
                    wanted = options.get("auth", "auto").upper().replace("AUTO", automatic)
                    self.assertEqual(server.logins, [(wanted, "clinic")])
                    (mail,) = server.mails
                    self.assertEqual((mail.mail_from, mail.rcpt_tos), ("noreply+x@clinic.example", ["jane@example.com"]))
                    self.assertIn(b"\r\n\r\nSee you tomorrow.\r\n", mail.content)

    def test_login_is_what_the_server_offers(self):
        """[NOTE-2]"""
        server = self.server(users=USERS, without=("PLAIN",))
        self.assertEqual(self.answer(server, LOGIN).code, Code.OK)
        self.assertEqual(server.logins, [("LOGIN", "clinic")])

    def test_a_connection_is_used_again(self):
        """[NOTE-2] And ends with a QUIT."""
        server = self.server(offers=("PIPELINING",))
        with self.notifier(server) as notifier:
            for _ in range(5):
                self.assertEqual(notifier.submit().code, Code.OK)
            self.assertEqual(server.connections, 1)
        self.assertEqual((len(server.mails), server.commands[-1]), (5, "QUIT"))

    def test_after_a_hundred_mails_another_connection(self):
        """[NOTE-2]"""
        server = self.server()
        with self.notifier(server) as notifier:
            for _ in range(101):
                notifier.submit()
        self.assertEqual((server.connections, server.commands.count("QUIT"), len(server.mails)), (2, 2, 101))

    def test_many_threads(self):
        """[NOTE-2] As many connections as the URL lets it have, and no more; each mail arrives once, whole."""
        server = self.server(offers=("PIPELINING",))
        codes = []
        with self.notifier(server, connections="3") as notifier:

            def send(thread):
                for i in range(20):
                    codes.append(notifier.submit(id=f"{thread}-{i}", text=f"{thread}-{i} " + "x" * 50000).code)

            threads = [threading.Thread(target=send, args=(thread,)) for thread in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(codes, [Code.OK] * 160)
        self.assertLessEqual(server.connections, 3)
        found = {mail.content.split(b"Message-ID: <")[1].split(b"@")[0].decode(): mail.content for mail in server.mails}
        self.assertEqual(set(found), {f"{thread}-{i}" for thread in range(8) for i in range(20)})
        for id, content in found.items():
            self.assertIn(f"\r\n\r\n{id} xxx".encode(), content)

    def test_a_server_that_was_restarted(self):
        """[NOTE-2] Kept connections are dead; nobody notices."""
        for answers in ({"MAIL": [None, DROP]}, {"MAIL": [None, "421 4.4.2 idle too long"]}):
            for pipelining in ((), ("PIPELINING",)):
                with self.subTest(answers=str(answers), pipelining=pipelining):
                    server = self.server(answers={k: list(v) for k, v in answers.items()}, offers=pipelining)
                    with self.notifier(server) as notifier:
                        self.assertEqual([notifier.submit().code for _ in range(2)], [Code.OK] * 2)
                    self.assertEqual((server.connections, len(server.mails)), (2, 2))

    def test_dead_twice(self):
        """[NOTE-2] Once is silent, and no more."""
        server = self.server(answers={"MAIL": [None, DROP, DROP]})
        with self.notifier(server) as notifier:
            self.assertEqual([notifier.submit().code for _ in range(2)], [Code.OK, Code.UNAVAILABLE])
            self.assertEqual(notifier.submit().code, Code.OK)

    def test_addresses_outside_of_ascii(self):
        """[NOTE-2]"""
        message = {"recipient": "jürgen@müller.example"}
        server = self.server(enable_SMTPUTF8=True)
        self.assertEqual(self.answer(server, message=message).code, Code.OK)
        self.assertEqual((server.mails[0].rcpt_tos, server.mails[0].smtp_utf8), (["jürgen@müller.example"], True))
        server = self.server()
        answered = self.answer(server, message=message)
        self.assertEqual((answered.code, server.mails), (Code.REFUSED, []))
        self.assertIn("SMTPUTF8", answered.words)

    def test_health(self):
        """[NOTE-2]"""
        server = self.server(users=USERS)
        with self.notifier(server, LOGIN) as notifier:
            self.assertEqual(notifier.health().code, Code.OK)
        self.assertEqual(server.commands, ["EHLO", "STARTTLS", "EHLO", "AUTH", "NOOP", "QUIT"])
        with self.notifier(self.server(users=USERS), "clinic:wrong") as notifier:
            answered = notifier.health()
        self.assertEqual((answered.code, answered.native_code), (Code.UNAVAILABLE, 535))

    def test_every_promise_of_a_notifier(self):
        """[NOTE-2][PLUG-1] clinic-plugin-check."""
        server = self.server(users=USERS, offers=("PIPELINING",), enable_SMTPUTF8=True)
        command = [os.environ["CLINIC_PLUGIN_CHECK"], os.environ["CLINIC_SMTP_PLUGIN"], self.url(server.port, LOGIN)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(" 0 failed, 0 skipped", done.stdout)

    # that say no

    def test_answers_of_the_server(self):
        """[NOTE-2] Not now, or never; and which, with pipelining and without."""
        for command, answer, code in (
            ("MAIL", "421 4.7.0 canary@example.com", Code.UNAVAILABLE),
            ("MAIL", "451 4.3.0 canary@example.com", Code.UNAVAILABLE),
            ("MAIL", "530 5.7.0 canary@example.com", Code.UNAVAILABLE),
            ("MAIL", "550 5.7.1 canary@example.com", Code.REFUSED),
            ("RCPT", "421 4.7.0 canary@example.com", Code.UNAVAILABLE),
            ("RCPT", "450 4.2.1 canary@example.com", Code.UNAVAILABLE),
            ("RCPT", "550 5.1.1 canary@example.com", Code.REFUSED),
            ("DATA", "451 4.3.0 canary@example.com", Code.UNAVAILABLE),
            ("DATA", "554 5.7.1 canary@example.com", Code.REFUSED),
        ):
            for pipelining in ((), ("PIPELINING",)):
                with self.subTest(command=command, answer=answer, pipelining=pipelining):
                    server = self.server(answers={command: [answer]}, offers=pipelining)
                    with self.notifier(server) as notifier:
                        answered = notifier.submit()
                        self.assertEqual((answered.code, answered.native_code), (code, int(answer[:3])))
                        if answer[:3] != "421" or command != "MAIL":
                            self.assertIn(answer[:9], answered.words)
                        self.assertNotIn("canary", answered.words + str(notifier.log))
                        self.assertEqual(notifier.submit().code, Code.OK)  # the next mail is not held up by it
                    self.assertEqual(len(server.mails), 1)
                    self.assertEqual(server.connections, 2 if answer.startswith("421") else 1)

    def test_a_server_that_waits_for_the_mail_of_nobody(self):
        """[NOTE-2] With pipelining it was asked before it said no to the recipient: that connection is of no use any more."""
        server = self.server(answers={"RCPT": ["550 5.1.1 no"], "DATA": ["354 go on"]}, offers=("PIPELINING",))
        with self.notifier(server) as notifier:
            self.assertEqual([notifier.submit().code for _ in range(2)], [Code.REFUSED, Code.OK])
        self.assertEqual((server.connections, len(server.mails)), (2, 1))

    def test_answers_to_the_whole_mail(self):
        """[NOTE-2]"""
        for queue, code in (
            ("451 4.3.0 canary", Code.UNAVAILABLE),
            ("421 4.3.2 canary", Code.UNAVAILABLE),
            ("550 5.7.1 canary", Code.REFUSED),
            ("354 canary", Code.OUTCOME_UNKNOWN),
        ):
            with self.subTest(queue=queue):
                server = self.server()
                server.handle_DATA = _answering(queue)
                answered = self.answer(server)
                native = 0 if code == Code.OUTCOME_UNKNOWN else int(queue[:3])
                self.assertEqual((answered.code, answered.native_code, answered.gateway_id), (code, native, ""))
                self.assertNotIn("canary", answered.words)

    def test_a_mail_that_is_too_large(self):
        """[NOTE-2] It is not sent at all where the server says how large mails may be."""
        server = self.server(data_size_limit=5000)
        answered = self.answer(server, message={"text": "x" * 10000})
        self.assertEqual((answered.code, answered.native_code), (Code.REFUSED, 552))
        self.assertNotIn("DATA", server.commands)

    def test_logins_that_are_refused(self):
        """[NOTE-2] The URL can be mended; no message is lost until then."""
        for auth in ("plain", "login", "cram-md5"):
            with self.subTest(auth=auth):
                answered = self.answer(self.server(users=USERS), "clinic:canary", auth=auth)
                self.assertEqual((answered.code, answered.native_code), (Code.UNAVAILABLE, 535))
                self.assertIn("user or password", answered.words)
                self.assertNotIn("canary", answered.words)
        for without, words in ((("AUTH",), "offers no login"), (("PLAIN", "LOGIN"), "no way to log in")):
            with self.subTest(without=without):
                answered = self.answer(self.server(users=USERS, without=without), LOGIN)
                self.assertEqual(answered.code, Code.UNAVAILABLE)
                self.assertIn(words, answered.words)

    def test_a_challenge_that_is_none(self):
        """[NOTE-2]"""
        server = self.server(users=USERS, answers={"AUTH": "334 <canary>"})
        answered = self.answer(server, LOGIN, auth="cram-md5")
        self.assertEqual(answered.code, Code.UNAVAILABLE)
        self.assertIn("not base64", answered.words)

    # TLS

    def refused_by_tls(self, server, words, host="127.0.0.1", **options):
        with self.plugin.opened(self.url(server.port, LOGIN, host, **options)) as notifier:
            answered = notifier.submit()
        self.assertEqual(answered.code, Code.UNAVAILABLE, answered.words)
        self.assertIn(words, answered.words)
        # not a word of a mail or a password was said
        self.assertEqual((server.logins, server.mails), ([], []))
        self.assertNotIn("MAIL", server.commands)

    def test_certificates(self):
        """[NOTE-2] One of somebody else, of another host, of another time: nothing is sent."""
        stranger = Authority(self.authority.folder, "Stranger")
        for implicit in (False, True):
            tls = "implicit" if implicit else "starttls"
            for host, context, words in (
                ("127.0.0.1", stranger.context("127.0.0.1"), "nobody known has signed it"),
                ("127.0.0.1", self.authority.context("mail.example"), "another name"),
                ("127.0.0.1", self.authority.context("127.0.0.2"), "another name"),
                ("localhost", self.authority.context("mail.example", "127.0.0.1"), "another name"),
                ("127.0.0.1", self.authority.context("127.0.0.1", days=(-10, -1)), "out of date"),
            ):
                with self.subTest(tls=tls, host=host, words=words):
                    self.refused_by_tls(self.server(tls=context, implicit=implicit, users=USERS), words, host, tls=tls)

    def test_authorities(self):
        """[NOTE-2] The system's where the URL names none: they have not signed this one."""
        server = self.server(tls=self.authority.context("localhost"), users=USERS)
        with self.plugin.opened(self.url(server.port, LOGIN, host="localhost")) as notifier:
            self.assertEqual(notifier.submit().code, Code.OK)
        with self.plugin.opened(self.url(server.port, LOGIN, host="localhost", ca=None)) as notifier:
            self.assertIn("nobody known has signed it", notifier.submit().words)

    def test_no_starttls(self):
        """[NOTE-2] Neither a server that offers none nor one that says no to it gets a mail, or a password, in the open."""
        self.refused_by_tls(self.server(tls=None, users=USERS), "offers no STARTTLS")
        for answer in ("454 4.7.0 not now", "502 5.5.1 no", "250 ok"):
            with self.subTest(answer=answer):
                self.refused_by_tls(self.server(users=USERS, answers={"STARTTLS": answer}), answer[:3])
        self.refused_by_tls(self.server(users=USERS, answers={"STARTTLS": DROP}), "closes the connection")

    def test_what_was_said_before_tls_does_not_count(self):
        """[NOTE-2] Answers that somebody puts behind the one to STARTTLS, in the open."""
        self.refused_by_tls(
            self.server(users=USERS, answers={"STARTTLS": "220 go\r\n250-mail.example\r\n250 AUTH PLAIN"}), "more than was asked"
        )

    def test_the_wrong_kind_of_port(self):
        """[NOTE-2]"""
        self.refused_by_tls(self.server(users=USERS), "tls=implicit", tls="implicit")
        self.refused_by_tls(self.server(users=USERS, implicit=True), "tls=implicit", timeout="1")

    # that are away, hang, or end

    def test_nobody_there(self):
        """[NOTE-2]"""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            answered = self.answer(taken.getsockname()[1])
        self.assertEqual(answered.code, Code.UNAVAILABLE)
        self.assertIn("takes no connection", answered.words)
        with self.plugin.opened(self.url(25, host="mail.invalid")) as notifier:
            self.assertIn("no address is known", notifier.submit().words)

    def test_servers_that_end_the_connection(self):
        """[NOTE-2]"""
        for command in ("EHLO", "MAIL", "RCPT", "DATA"):
            for pipelining in ((), ("PIPELINING",)):
                with self.subTest(command=command, pipelining=pipelining):
                    answered = self.answer(self.server(answers={command: DROP}, offers=pipelining))
                    self.assertEqual(answered.code, Code.UNAVAILABLE)
                    self.assertIn("closes the connection", answered.words)

    def test_the_connection_ends_in_the_middle_of_the_mail(self):
        """[NOTE-2] Its end was not sent, so it was not taken."""
        answered = self.answer(self.server(answers={"DATA": DROP_IN_DATA}), message={"text": "a line\n" * 3000000})
        self.assertEqual(answered.code, Code.UNAVAILABLE, answered.words)

    def test_a_closed_connection_raises_no_signal(self):
        """[NOTE-2] SIGPIPE would end the host."""
        url = self.url(self.server(answers={"DATA": DROP_IN_DATA}).port)
        done = subprocess.run([sys.executable, "-c", _WITHOUT_HANDLER, os.environ["CLINIC_SMTP_PLUGIN"], url], timeout=60, check=False)
        self.assertEqual(done.returncode, 0)

    def test_the_connection_ends_after_the_mail(self):
        """[NOTE-2] Whether it was taken nobody knows, and the next one goes on."""
        for pipelining in ((), ("PIPELINING",)):
            server = self.server(answers={"DATA": [DROP_AFTER_DATA]}, offers=pipelining)
            with self.notifier(server) as notifier:
                self.assertEqual(notifier.submit().code, Code.OUTCOME_UNKNOWN)
                self.assertEqual(notifier.submit().code, Code.OK)

    def test_no_answer(self):
        """[NOTE-2] Each step has its time, and so has the whole."""
        for command in ("EHLO", "STARTTLS", "MAIL", "RCPT", "DATA"):
            with self.subTest(command=command):
                server = self.server(answers={command: HANG})
                begin = time.monotonic()
                answered = self.answer(server, timeout="1")
                self.assertEqual(answered.code, Code.UNAVAILABLE)
                self.assertIn("in time", answered.words)
                self.assertLess(time.monotonic() - begin, 2.5)

    def test_no_answer_to_the_whole_mail(self):
        """[NOTE-2] It is waited for as long as the whole may take."""
        server = self.server()
        never = threading.Event()
        server.handle_DATA = _waiting(never)
        begin = time.monotonic()
        answered = self.answer(server, timeout="1")
        never.set()
        self.assertEqual(answered.code, Code.OUTCOME_UNKNOWN)
        self.assertIn("in time", answered.words)
        self.assertGreater(time.monotonic() - begin, 3)
        self.assertLess(time.monotonic() - begin, 6)

    def test_all_connections_in_use(self):
        """[NOTE-2] One more waits for the time of a step."""
        server, answered, go_on = self.server(), [], threading.Event()
        server.handle_DATA = _waiting(go_on)
        with self.notifier(server, connections="1", timeout="1") as notifier:
            first = threading.Thread(target=lambda: answered.append(notifier.submit().code))
            first.start()
            until(lambda: "DATA" in server.commands, "the first mail")
            self.assertEqual(notifier.submit().code, Code.BUSY)
            go_on.set()
            first.join()
            self.assertEqual(answered, [Code.OK])
            self.assertEqual(notifier.submit().code, Code.OK)

    def test_drops_of_bytes_do_not_stretch_the_time(self):
        """[NOTE-2] A server that says one byte at a time, and endless lines, and what is not SMTP."""
        for said, words in ((b"220-x\r\n" * 200, "not SMTP"), (b"2" * 10000, "not SMTP"), (b"HTTP/1.1 400 Bad\r\n", "not SMTP"), (None, "in time")):
            with self.subTest(said=said and said[:10]), _saying(said) as port:
                begin = time.monotonic()
                answered = self.answer(port, tls="none", timeout="1")
                self.assertEqual(answered.code, Code.UNAVAILABLE)
                self.assertIn(words, answered.words)
                self.assertLess(time.monotonic() - begin, 3)

    # the host's side

    def test_other_channels(self):
        """[NOTE-2]"""
        server = self.server()
        for channel in ("sms", "pigeon", ""):
            self.assertEqual(self.answer(server, message={"channel": channel}).code, Code.REFUSED)
        self.assertEqual(server.connections, 0)

    def test_bad_recipients_cost_no_connection(self):
        """[NOTE-2]"""
        server = self.server()
        answered = self.answer(server, message={"recipient": "canary@example.com>\r\nRCPT TO:<two@example.com"})
        self.assertEqual((answered.code, server.connections), (Code.REFUSED, 0))
        self.assertNotIn("canary", answered.words)

    def test_a_url_that_is_wrong(self):
        """[NOTE-2][PLUG-1]"""
        with self.assertRaises(Refused) as refused, self.plugin.opened("smtp://u:canary@mail.example?from=a@b&verify=no"):
            pass
        self.assertEqual(refused.exception.args[0], Code.REFUSED)
        self.assertIn("option verify is none", refused.exception.args[1])


def _answering(reply):
    async def handle(server, session, envelope):
        return reply

    return handle


def _waiting(event):
    async def handle(server, session, envelope):
        await server.loop.run_in_executor(None, event.wait, 30)
        return "250 ok"

    return handle


@contextlib.contextmanager
def _saying(said):
    """A port where these bytes are said; None: one byte a tenth of a second."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run():
            with contextlib.suppress(OSError), listening.accept()[0] as connection:
                if said is not None:
                    connection.sendall(said)
                    connection.recv(1000)
                while said is None:
                    connection.sendall(b"2")
                    time.sleep(0.1)

        thread = threading.Thread(target=run)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


if __name__ == "__main__":
    reported.main("smtp_servers")
