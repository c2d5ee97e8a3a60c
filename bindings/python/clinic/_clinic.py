"""Opening a clinic, and acting in it."""

import atexit
import ctypes
import datetime
import logging
import os
import time
import weakref
from typing import Any, Callable, Dict, Iterator, List, Optional, Union

from . import _channels, _library
from ._errors import Closed
from ._library import Handle, Library
from ._values import Record, from_json, to_json
from .operations import Services, operation_index

_LOGGING_LEVELS = (5, logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

Log = Union[logging.Logger, Callable[[int, str], None]]
Challenge = Callable[[str, str, str], bool]


class _Process:
    """Which process this is: another object in each child of fork."""


_process = _Process()


_with_lent_functions: "weakref.WeakSet[Handle]" = weakref.WeakSet()


def _after_fork() -> None:
    global _process
    _process = _Process()
    _with_lent_functions.clear()
    _channels.in_use.clear()


@atexit.register
def _close_those_with_lent_functions() -> None:
    # Threads of the library that come to call Python once the interpreter has ended would end the process with an error.
    for handle in list(_with_lent_functions):
        handle.close()
    for in_use in list(_channels.in_use):
        in_use.wait(60)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Owner:
    """Holds a handle until it is closed. `Clinic`, or `Session` and its services, share one."""

    def __init__(self, library: Library, handle: Handle, what: str, keep: Any = None) -> None:
        self.library = library
        self._handle: Optional[Handle] = handle
        self._what = what
        self._keep = keep  # a session keeps its clinic's
        self._process = _process

    def borrow(self) -> Handle:
        """The handle, which stays open at least as long as the answer is held."""
        if self._process is not _process:
            raise Closed(
                f"The {self._what} was opened in another process",
                "After fork, open the clinic again in the child.",
                status=503,
            )
        handle = self._handle
        if handle is None or not handle.pointer:
            raise Closed(f"The {self._what} was closed", status=503)
        return handle

    def close(self) -> None:
        # In a child of fork the library forgets the handle without touching the parent's database.
        self._handle = None


def _bytes(text: Optional[str], what: str) -> Optional[bytes]:
    """For C, where a text ends at its NUL."""
    if text is None:
        return None
    encoded = text.encode("utf-8", "surrogatepass")
    if b"\0" in encoded:
        raise ValueError(f"{what} holds a NUL")
    return encoded


def _named(text: str, what: str) -> bytes:
    encoded = _bytes(text, what)
    if encoded is None:
        raise TypeError(f"{what} is None")
    return encoded


class Session(Services):
    """A clinic in the hands of one actor. Its services, such as ``session.patients``, come from the operation table.

    Thread-safe. Keeps its clinic open. A context manager; without one it is closed when it is no longer used.
    """

    def __init__(self, owner: _Owner) -> None:
        super().__init__(self._call_operation_of(owner), owner.library)
        self._owner = owner

    @staticmethod
    def _call_operation_of(owner: _Owner) -> Callable[..., Any]:
        # Over the owner, not the session: services do not hold the session, which is so closed at once when let go.
        def call(
            operation: str,
            request: Any,
            idempotency_key: Optional[str] = None,
            origin: Optional[str] = None,
            challenge: Optional[str] = None,
            language: Optional[str] = None,
        ) -> bytes:
            options = None
            if any(option is not None for option in (idempotency_key, origin, challenge, language)):
                options = _library.CallOptions(
                    ctypes.sizeof(_library.CallOptions),
                    _bytes(idempotency_key, "idempotency_key"),
                    _bytes(origin, "origin"),
                    _bytes(challenge, "challenge"),
                    _bytes(language, "language"),
                )
            text = to_json(request)
            handle = owner.borrow()
            name = _named(operation, "operation")
            given = options and ctypes.byref(options)
            return owner.library.text("clinic_call", handle.pointer, name, text, len(text), given)

        return call

    def call(
        self,
        operation: str,
        request: Optional[Dict[str, Any]] = None,
        *,
        idempotency_key: Optional[str] = None,
        origin: Optional[str] = None,
        challenge: Optional[str] = None,
        language: Optional[str] = None,
    ) -> Any:
        """Any operation by its name, ``session.call("patients.get", {"patient": "P2026001"})``."""
        answer = from_json(self._call(operation, request or {}, idempotency_key, origin, challenge, language))
        row = operation_index(self._library).get(operation)
        return row.convert(answer) if row and row.convert else answer

    def follow_events(self, after: int = 0, *, idle: Optional[float] = None) -> Iterator[Any]:
        """Committed changes behind a position, one after another, and waits for more.

        Each comes at least once. Keep the ``position`` of the last one that you have handled, and begin behind it next
        time. idle: ends when nothing has happened for that many seconds; None: never ends. Raises
        `clinic.PositionUnknown` where events behind the position are no longer kept.
        """
        quiet_since = time.monotonic()
        while True:
            left = 0.5 if idle is None else min(0.5, idle - (time.monotonic() - quiet_since))
            handle = self._owner.borrow()
            wait = max(0, int(left * 1000))
            page = from_json(self._owner.library.text("clinic_events", handle.pointer, after, 100, wait))
            for item in page["items"]:
                yield Record(item)
                after = item["position"]
            if page["items"]:
                quiet_since = time.monotonic()
            elif idle is not None and time.monotonic() - quiet_since >= idle:
                return

    def close(self) -> None:
        """Ends the session; calls that are under way in other threads finish first."""
        self._owner.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


class Clinic:
    """An opened clinic: a database, a policy, the operations. Thread-safe. A context manager.

    Made by `clinic.open`. After a fork the child opens its own; using the parent's raises `clinic.Closed`.
    """

    def __init__(self, owner: _Owner) -> None:
        self._owner = owner

    def system(self, name: str, role: Optional[str] = None) -> Session:
        """Acts as a trusted part of the host program, such as ``"front-desk"``: may do all, or what the role may."""
        return self._session("clinic_session_system", _named(name, "name"), _bytes(role, "role"))

    def user(self, id: str, role: str) -> Session:
        """Acts as a user whom the host has authenticated itself."""
        return self._session("clinic_session_user", _named(id, "id"), _named(role, "role"))

    def anonymous(self) -> Session:
        """Acts as nobody in particular: may do what needs no role."""
        return self._session("clinic_session_anonymous")

    def token(self, access_token: str) -> Session:
        """Acts as the user to whom ``auth.login`` gave this access token; every call looks whether the login holds."""
        return self._session("clinic_session_token", _named(access_token, "access_token"))

    def log_in(self, login: str, password: str, origin: Optional[str] = None) -> Session:
        """Logs in by email, phone, username or patient number, and acts as that user."""
        with self.anonymous() as session:
            request = {"login": login, "password": password}
            return self.token(session.call("auth.login", request, origin=origin).access_token)

    def _session(self, function: str, *arguments: Any) -> Session:
        owner = self._owner
        handle = owner.library.handle(function, "clinic_session_close", owner.borrow().pointer, *arguments)
        return Session(_Owner(owner.library, handle, "session", keep=owner))

    def close(self) -> None:
        """Closes the clinic once calls under way have ended; later calls of its sessions raise `clinic.Closed`."""
        self._owner.close()

    def __enter__(self) -> "Clinic":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


def _judge(challenge: Challenge) -> Any:
    """The host's function for C: True alone passes, so that a coroutine, or any other object, does not."""
    if not callable(challenge):
        raise TypeError("challenge= is a function of the operation, the origin and the answer")

    def judge(_context: Any, operation: bytes, origin: bytes, answer: bytes) -> int:
        try:
            return int(challenge(operation.decode(), origin.decode(), answer.decode()) is True)
        except Exception as error:  # its text could hold the answer; ctypes would print it
            logging.getLogger("clinic").error("challenge= raised %s", type(error).__name__)
            return 0

    return _library.CHALLENGE_FUNCTION(judge)


def _host(
    log: Optional[Log],
    now: Optional[Callable[[], datetime.datetime]],
    random: Optional[Callable[[int], bytes]],
    challenge: Optional[Challenge],
    channels: Optional[Dict[str, _channels.Channel]],
) -> Any:
    host = _library.Host(struct_size=ctypes.sizeof(_library.Host))
    if log is not None:
        if isinstance(log, logging.Logger):
            logger = log
            write: Callable[[int, str], None] = lambda level, line: logger.log(level, "%s", line)
        else:
            write = log

        def log_line(_context: Any, level: int, line: Any, size: int) -> None:
            write(_LOGGING_LEVELS[level], ctypes.string_at(line, size).decode("utf-8", "replace"))

        host.log = _library.LOG_FUNCTION(_library.lent(log_line))
    if now is not None:
        clock = now
        host.now = _library.NOW_FUNCTION(
            _library.lent(lambda _context: (clock() - _EPOCH) // datetime.timedelta(milliseconds=1))
        )
    if random is not None:
        source = random

        def fill(_context: Any, out: Any, size: int) -> None:
            ctypes.memmove(out, source(size)[:size].ljust(size, b"\0"), size)

        host.random = _library.RANDOM_FUNCTION(_library.lent(fill))
    if challenge is not None:
        host.challenge = _judge(challenge)
    if channels:
        host.kept = _channels.lend(host, channels)
    return host


def _open(function: str, argument: Optional[bytes], library: Optional[str], host: Any) -> Clinic:
    loaded = _library.load(library)
    handle = loaded.handle(function, "clinic_close", argument, ctypes.byref(host))
    handle.lent = host
    if any(getattr(host, name) for name, *_ in host._fields_ if name != "struct_size"):
        _with_lent_functions.add(handle)
        _channels.in_use.update(getattr(host, "in_use", ()))
    return Clinic(_Owner(loaded, handle, "clinic"))


def open(
    storage: str,
    *,
    library: Optional[str] = None,
    log: Optional[Log] = None,
    now: Optional[Callable[[], datetime.datetime]] = None,
    random: Optional[Callable[[int], bytes]] = None,
    challenge: Optional[Challenge] = None,
    channels: Optional[Dict[str, _channels.Channel]] = None,
    **configuration: Any,
) -> Clinic:
    """Opens a clinic; by default creates its database or brings it forward.

    storage: where the data is, ``"sqlite:clinic.db"``
    library: path of libclinic_c; else the environment variable CLINIC_LIBRARY, the one beside this package, the
        one installed with it, the system's
    log: a `logging.Logger`, or a function of a level of `logging` and a line, which must not call the clinic; else lines go
        to standard error
    now, random: for tests: the time as an aware datetime; that many random bytes, of which passwords and keys are made
    challenge: judges the answer to your own challenge (a CAPTCHA or the like) before an anonymous caller registers or asks
        for a link: a function of the operation's name, the call's ``origin`` and its ``challenge`` (``""`` where there is
        none). True passes; anything else, an exception too, refuses with `clinic.ChallengeFailed`
    channels: channels of messages that the host serves itself, ``{"sms": send}``: functions of a `clinic.Message`, called from
        any thread, which return the gateway's id of the message or None, and raise `clinic.NotSent`
    configuration: ``profile="portal"``, ``policy={…}``, ``plugin_directories=[…]``, …, see docs/configuration.md; the whole configuration:
        environment variables are not looked at, `open_file` does
    """
    return _open("clinic_open", to_json({"storage": storage, **configuration}), library, _host(log, now, random, challenge, channels))


def open_file(
    file: Optional[Union[str, "os.PathLike[str]"]] = None,
    *,
    library: Optional[str] = None,
    log: Optional[Log] = None,
    now: Optional[Callable[[], datetime.datetime]] = None,
    random: Optional[Callable[[int], bytes]] = None,
    challenge: Optional[Challenge] = None,
    channels: Optional[Dict[str, _channels.Channel]] = None,
) -> Clinic:
    """Opens a clinic as a file says, and on top of it the environment (``CLINIC_…``); without a file, that alone."""
    path = _bytes(None if file is None else os.fspath(file), "file")
    return _open("clinic_open_file", path, library, _host(log, now, random, challenge, channels))


def version(library: Optional[str] = None) -> str:
    """The version of the library, ``"0.1.0"``."""
    return _library.load(library).version()


def operations(library: Optional[str] = None) -> List[Dict[str, Any]]:
    """The operation table: names, help, roles, errors, JSON Schemas."""
    return from_json(_library.load(library).text("clinic_operations"))["operations"]


def errors(library: Optional[str] = None) -> List[Dict[str, Any]]:
    """Every error code with its HTTP status, default message and remedy."""
    return from_json(_library.load(library).text("clinic_errors"))


def plugins(library: Optional[str] = None, **configuration: Any) -> List[Record]:
    """The plugin files that opening would find, in that order; ``refusal`` says why one would not be used."""
    text = to_json(configuration) if configuration else None
    return [Record(row) for row in from_json(_library.load(library).text("clinic_plugins", text))["plugins"]]


def live_objects(library: Optional[str] = None) -> int:
    """How many clinics, sessions and buffers of the library are open; for tests that look for leaks."""
    return _library.load(library).live_objects()


for _public in (Clinic, Session, open, open_file, version, operations, errors, plugins, live_objects):
    _public.__module__ = "clinic"
