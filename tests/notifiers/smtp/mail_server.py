"""A mail server (aiosmtpd) that behaves, or misbehaves as it is told."""

import asyncio
import hmac
import logging
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # connections that end are what is tested
warnings.filterwarnings("ignore", module="aiosmtpd")

HANG = object()  # no answer, and the connection stays
DROP = object()  # no answer, and the connection ends
DROP_IN_DATA = object()  # of DATA: it lets the mail begin
DROP_AFTER_DATA = object()  # of DATA: it reads all of it


class _Dialogue(SMTP):
    def __init__(self, server, **options):
        super().__init__(server, **options)
        self.server = server
        for command, method in list(self._smtp_methods.items()):
            self._smtp_methods[command] = self._watched(command, method)

    def _watched(self, command, method):
        async def run(arg):
            self.server.commands.append(command)
            answer = self.server.answer_to(command)
            if answer is None:
                await method(arg)
            elif answer is HANG:
                await asyncio.Event().wait()
            elif answer is DROP:
                self.transport.abort()
            elif answer is DROP_IN_DATA:
                await self.push("354 go on")
                await self._reader.readuntil(b"\r\n")
                self.transport.abort()
            elif answer is DROP_AFTER_DATA:
                await self.push("354 go on")
                while await self._reader.readuntil(b"\r\n") != b".\r\n":
                    pass
                self.transport.abort()
            else:
                await self.push(answer)
                if answer.startswith("421"):
                    self.transport.close()

        return run

    def connection_made(self, transport):
        if self._tls_protocol is None or not self._tls_handshake_okay:
            self.server.connections += 1
        super().connection_made(transport)


class MailServer:
    """On a free port of this machine, until close().

    `answers`: what it says to a command instead of what it should, {"RCPT": "550 5.1.1 no such user"}; a list is used up, one each time.
    `offers`: what EHLO names besides; `without`: what it does not name, logins too. `queue`: what it calls mails that it takes.
    """

    def __init__(self, tls=None, implicit=False, users=None, answers=None, offers=(), without=(), queue="OK: queued as 4F12AB", **options):
        self.users = users or {}
        self.answers = answers or {}
        self.offers = offers
        self.without = without
        self.queue = queue
        self.mails = []  # aiosmtpd's envelopes
        self.logins = []
        self.commands = []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        options.setdefault("auth_require_tls", False)
        if not implicit:
            options["tls_context"] = tls
        options["auth_exclude_mechanism"] = [word for word in without if word in ("PLAIN", "LOGIN", "CRAM-MD5")]

        def dialogue():
            return _Dialogue(self, loop=self._loop, hostname="mail.example", authenticator=self._authenticate, **options)

        async def start():
            return await self._loop.create_server(dialogue, "127.0.0.1", 0, ssl=tls if implicit else None)

        self._loop.set_exception_handler(lambda *_: None)  # the same
        self._server = self._loop.run_until_complete(start())
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self):
        async def stop():
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def answer_to(self, command):
        answer = self.answers.get(command)
        if isinstance(answer, list):
            return answer.pop(0) if answer else None
        return answer

    def _authenticate(self, server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        self.logins.append((mechanism, login))
        return AuthResult(success=self.users.get(login) == password, handled=False)

    # what aiosmtpd calls

    async def auth_CRAM__MD5(self, server, args):
        challenge = b"<1896.697170952@mail.example>"
        login, _, digest = (await server.challenge_auth(challenge)).decode().partition(" ")
        password = self.users.get(login, "")
        self.logins.append(("CRAM-MD5", login))
        return AuthResult(
            success=hmac.compare_digest(digest, hmac.new(password.encode(), challenge, "md5").hexdigest()),
            handled=False,
            auth_data=LoginPassword(login.encode(), b""),
        )

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        responses = [r for r in responses if r[4:].split(" ")[0] not in self.without]
        responses[1:1] = [f"250-{offer}" for offer in self.offers]
        return responses

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope)
        return f"250 2.0.0 {self.queue}"
