"""A TCP proxy between a client and a server, which does harm at a chosen message.

A message is what the client writes until it hears from the server again: database clients speak in turns.
"""

import enum
import itertools
import socket
import struct
import threading
import time


class Harm(enum.Enum):
    """What happens to a message, and to its connection."""

    CUT = "the connection breaks before it"
    CUT_HALF_WAY = "half of it arrives, then the connection breaks"
    CUT_ANSWER = "it arrives, then the connection breaks: its answer is lost"
    CUT_IN_ANSWER = "it arrives, and the connection breaks in the middle of its answer"
    HALF_CLOSE = "it arrives, and with it the end of what the client says; the answer comes back"
    DELAY = "it arrives late"
    BLACK_HOLE = "neither it nor anything after it arrives, and the connection stays open"


class Proxy:
    """Listens on `port`. A context manager."""

    delay = 0.2  #: seconds, of DELAY

    def __init__(self, *targets):
        """targets: the ports of servers, which take turns in getting the connections."""
        self._targets = itertools.cycle(targets)
        self._lock = threading.Lock()
        self._harm = None
        self._countdown = 0
        self._then_refuse = False
        self._refusing = False
        self._swallowing = False
        self._links = set()
        self.done = threading.Event()  #: the harm has been done
        self.harmed = b""  #: to this message, for who looks into a failure
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, harm, message, then_refuse=False):
        """Does it once, to the message of that number from now on, counted over all connections, beginning with 1.

        then_refuse: new connections are refused from that moment.
        """
        with self._lock:
            self.done.clear()
            self._harm, self._countdown, self._then_refuse = harm, message, then_refuse

    def disarm(self):
        """Whether the harm was done; if not, it will not be."""
        with self._lock:
            self._harm = None
            return self.done.is_set()

    def refuse(self, refusing=True):
        """Breaks all connections, and new ones at once; or no longer."""
        self._refusing = refusing
        if refusing:
            self.break_all()

    def swallow(self, swallowing=True):
        """A network that has gone: nothing passes in either direction, new connections are made and say nothing; or no longer:
        what was swallowed is lost, so the connections break."""
        self._swallowing = swallowing
        if not swallowing:
            self.break_all()

    def break_all(self):
        with self._lock:
            links = list(self._links)
        for link in links:
            link.reset()

    def close(self):
        """From here on nobody listens. May be called again."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), which close() alone would not
        except OSError:
            pass
        self._listener.close()
        self.break_all()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            link = _Link(self, client)
            if self._refusing:
                link.reset()
                continue
            try:
                link.connect(next(self._targets))
            except OSError:
                link.reset()
                continue
            with self._lock:  # whoever breaks all finds it with its threads, or not at all
                self._links.add(link)
                link.start()

    def _forget(self, link):
        with self._lock:
            self._links.discard(link)

    def _harm_to(self, new_message, data):
        """What to do to what the client has just written; new_message: it is not the same message's rest."""
        if not new_message:
            return None
        with self._lock:
            if self._harm is None:
                return None
            self._countdown -= 1
            if self._countdown:
                return None
            harm, self._harm = self._harm, None
            self._refusing = self._refusing or self._then_refuse
            self.harmed = data
            self.done.set()
            return harm


class _Link:
    """A client's connection and the server's, and a thread for each direction.

    The threads alone close the sockets, the last one both: closed under a thread, a socket's number could come back as that
    of a new connection, from which the thread would then read.
    """

    def __init__(self, proxy, client):
        self._proxy = proxy
        self._client = client
        self._server = None
        self._clients_turn = True
        self._loses_answer = 0.0  # this part of the next answer, then the connection
        self._lock = threading.Lock()  # held while something passes
        self._broken = False
        self._threads = []
        self._working = 0

    def connect(self, port):
        self._server = socket.create_connection(("127.0.0.1", port))
        for end in (self._client, self._server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self):
        works = (self._forward, self._backward)
        self._working = len(works)
        self._threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def reset(self):
        """Both ends get a reset, not a goodbye. Behind this nothing passes any more."""
        self._break()
        for thread in self._threads:
            thread.join()
        if not self._threads:
            self._close()

    def _break(self):
        with self._lock:  # of which _close() is kept out, too
            self._broken = True
            for end in (self._client, self._server):
                if end is None:
                    continue
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RD)  # wakes the thread that reads it
                except OSError:
                    pass  # the other side has ended it

    def _close(self):
        with self._lock:
            for end in (self._client, self._server):
                if end is not None:
                    end.close()
        self._proxy._forget(self)

    def _guarded(self, work):
        try:
            work()
        except OSError:
            self._break()
        with self._lock:
            self._working -= 1
            last = self._working == 0
        if last:
            self._close()

    def _send(self, to, data):
        with self._lock:
            if self._broken:
                raise ConnectionResetError
            to.sendall(data)

    def _forward(self):
        while data := self._client.recv(65536):
            new_message, self._clients_turn = self._clients_turn, False
            if not self._proxy._swallowing and not self._pass_on(data, self._proxy._harm_to(new_message, data)):
                return
        self._server.shutdown(socket.SHUT_WR)

    def _pass_on(self, data, harm):
        """Whether there is more to come."""
        if harm is Harm.CUT:
            raise ConnectionResetError
        if harm is Harm.CUT_HALF_WAY:
            self._loses_answer = 1  # to what it did not understand
            self._send(self._server, data[: len(data) // 2])
            self._server.shutdown(socket.SHUT_WR)  # not a reset, which would take away what was sent
            return False
        if harm is Harm.BLACK_HOLE:
            while self._client.recv(65536):
                pass
            raise ConnectionResetError
        if harm is Harm.DELAY:
            time.sleep(self._proxy.delay)
        self._loses_answer = {Harm.CUT_ANSWER: 1, Harm.CUT_IN_ANSWER: 0.5}.get(harm, 0)
        self._send(self._server, data)
        if harm is Harm.HALF_CLOSE:
            self._server.shutdown(socket.SHUT_WR)
            return False
        return True

    def _backward(self):
        while data := self._server.recv(65536):
            if self._loses_answer:
                kept = len(data) - int(len(data) * self._loses_answer)
                if not kept:
                    raise ConnectionResetError
                self._send(self._client, data[:kept])
                break  # and a goodbye, as a reset would take away what was sent
            if not self._proxy._swallowing:
                self._clients_turn = True
                self._send(self._client, data)
        if self._broken or self._loses_answer == 1:
            raise ConnectionResetError
        self._client.shutdown(socket.SHUT_WR)
