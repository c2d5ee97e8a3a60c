"""libclinic_c through ctypes. ctypes releases the GIL during each call."""

import ctypes
import glob
import os
import sys
import threading
from ctypes import POINTER, byref, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t, c_ubyte, c_uint32, c_void_p
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Type

from . import _errors
from ._error import Error, FieldError
from ._values import from_json

_ABI = (0, 1)  # CLINIC_ABI_MAJOR, CLINIC_ABI_MINOR of the clinic.h that is spoken here


class LibraryNotFound(ImportError):
    """libclinic_c could not be loaded; the message says what was tried."""


LibraryNotFound.__module__ = "clinic"


class Buffer(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class ErrorStruct(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("http_status", c_int32),
        ("retryable", c_int32),
        ("code", c_char * 52),
        ("message", c_char * 256),
        ("detail", c_char * 512),
        ("json", POINTER(Buffer)),
    ]


LOG_FUNCTION = ctypes.CFUNCTYPE(None, c_void_p, c_int32, POINTER(c_char), c_size_t)
NOW_FUNCTION = ctypes.CFUNCTYPE(c_int64, c_void_p)
RANDOM_FUNCTION = ctypes.CFUNCTYPE(None, c_void_p, POINTER(c_ubyte), c_size_t)
CHALLENGE_FUNCTION = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_char_p, c_char_p)


class OutgoingMessage(ctypes.Structure):  # clinic/plugin/notifier.h
    _fields_ = [
        ("struct_size", c_uint32),
        ("id", c_char_p),
        ("channel", c_char_p),
        ("recipient", c_char_p),
        ("locale", c_char_p),
        ("subject", c_char_p),
        ("text", c_char_p),
        ("html", c_char_p),
        ("recipient_name", c_char_p),
        ("message_template", c_char_p),
        ("data", c_char_p),
        ("created_at", c_int64),
        ("sms_encoding", c_uint32),
        ("sms_parts", c_uint32),
    ]


class Submission(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("retry_after", c_uint32), ("gateway_id", c_char * 192)]


class PluginError(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("native_code", c_int32),
        ("constraint", c_char * 96),
        ("message", c_char * 512),
    ]


SEND_FUNCTION = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(OutgoingMessage), POINTER(PluginError))
SUBMIT_FUNCTION = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(OutgoingMessage), POINTER(Submission), POINTER(PluginError))
OPEN_FUNCTION = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p, POINTER(PluginError))
CLOSE_FUNCTION = ctypes.CFUNCTYPE(None, c_void_p)


class NotifierTable(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("open", OPEN_FUNCTION),
        ("close", CLOSE_FUNCTION),
        ("send", SEND_FUNCTION),
        ("health", c_void_p),
        ("submit", SUBMIT_FUNCTION),
        ("read_receipts", c_void_p),
    ]


class HostNotifier(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("channel", c_char_p),
        ("table", POINTER(NotifierTable)),
        ("notifier", c_void_p),
        ("connections", c_int32),
    ]


class Host(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("context", c_void_p),
        ("log", LOG_FUNCTION),
        ("now", NOW_FUNCTION),
        ("random", RANDOM_FUNCTION),
        ("challenge", CHALLENGE_FUNCTION),
        ("notifiers", POINTER(POINTER(HostNotifier))),
        ("notifier_count", c_size_t),
    ]


class CallOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("idempotency_key", c_char_p),
        ("origin", c_char_p),
        ("challenge", c_char_p),
        ("language", c_char_p),
    ]


# Those that answer CLINIC_OK or not; their last arguments, out parameter and error, are added below.
_FUNCTIONS: Dict[str, List[Any]] = {
    "clinic_errors": [],
    "clinic_operations": [],
    "clinic_plugins": [c_char_p],
    "clinic_open": [c_char_p, POINTER(Host)],
    "clinic_open_file": [c_char_p, POINTER(Host)],
    "clinic_session_system": [c_void_p, c_char_p, c_char_p],
    "clinic_session_user": [c_void_p, c_char_p, c_char_p],
    "clinic_session_anonymous": [c_void_p],
    "clinic_session_token": [c_void_p, c_char_p],
    "clinic_events": [c_void_p, c_int64, c_int64, c_uint32],
    "clinic_call": [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(CallOptions)],
}
_HANDLES = (
    "clinic_open",
    "clinic_open_file",
    "clinic_session_system",
    "clinic_session_user",
    "clinic_session_anonymous",
    "clinic_session_token",
)


_inside = threading.local()  # .depth: how many lent functions this thread is in
_lent_for_good: List[Any] = []


def lent(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is lent to the library: a handle knows when it is closed within one."""

    def call(*arguments: Any) -> Any:
        _inside.depth = getattr(_inside, "depth", 0) + 1
        try:
            return function(*arguments)
        finally:
            _inside.depth -= 1

    return call


class Handle:
    """A pointer that is closed when the last one who uses it lets go of it.

    So nothing is closed under a call that another thread has under way, but for the end of the process, and there is no
    lock that a fork could leave locked.
    """

    __slots__ = ("pointer", "lent", "_close", "__weakref__")

    def __init__(self, pointer: int, close: Callable[[int], None]) -> None:
        self.pointer = pointer
        self.lent: Any = None  # the functions that a clinic may call until it is closed
        self._close = close

    def close(self) -> None:
        pointer, self.pointer = self.pointer, 0
        if self.lent is not None and getattr(_inside, "depth", 0):
            # The garbage collector may run in a thread of the clinic itself, which then closes it later, in another one.
            _lent_for_good.append(self.lent)
        if pointer:
            self._close(pointer)

    __del__ = close


class Library:
    """One loaded libclinic_c."""

    def __init__(self, path: str, functions: ctypes.CDLL) -> None:
        self.path = path
        self._functions = functions
        functions.clinic_version.restype = c_char_p
        functions.clinic_live_objects.restype = c_size_t
        functions.clinic_buffer_free.argtypes = [POINTER(Buffer)]
        functions.clinic_error_clear.argtypes = [POINTER(ErrorStruct)]
        for name in ("clinic_buffer_free", "clinic_error_clear", "clinic_close", "clinic_session_close"):
            getattr(functions, name).restype = None
        functions.clinic_close.argtypes = functions.clinic_session_close.argtypes = [c_void_p]
        for name, arguments in _FUNCTIONS.items():
            out = POINTER(c_void_p) if name in _HANDLES else POINTER(POINTER(Buffer))
            function = getattr(functions, name)
            function.restype = c_int
            function.argtypes = [*arguments, out, POINTER(ErrorStruct)]
        self.cache: Dict[str, Any] = {}  # what is the same for all clinics of this library

    def version(self) -> str:
        return self._functions.clinic_version().decode()

    def live_objects(self) -> int:
        return self._functions.clinic_live_objects()

    def text(self, name: str, *arguments: Any) -> bytes:
        """Calls a function that answers with a buffer."""
        buffer = POINTER(Buffer)()
        self._checked(name, *arguments, byref(buffer))
        try:
            return ctypes.string_at(buffer.contents.data, buffer.contents.size)
        finally:
            self._functions.clinic_buffer_free(buffer)

    def handle(self, name: str, close: str, *arguments: Any) -> Handle:
        """Calls a function that answers with a handle."""
        pointer = c_void_p()
        self._checked(name, *arguments, byref(pointer))
        assert pointer.value is not None
        return Handle(pointer.value, getattr(self._functions, close))

    def _checked(self, name: str, *arguments: Any) -> None:
        error = ErrorStruct(struct_size=ctypes.sizeof(ErrorStruct))
        if getattr(self._functions, name)(*arguments, byref(error)) != 0:
            try:
                raise _exception(error)  # not by a variable: frame and exception in a circle would keep handles open
            finally:
                self._functions.clinic_error_clear(byref(error))


def _exception(error: ErrorStruct) -> Error:
    code = error.code.decode()
    error_class: Type[Error] = _errors.BY_CODE.get(code) or _newer_error(code)
    told = {}
    if error.json:
        told = from_json(ctypes.string_at(error.json.contents.data, error.json.contents.size))
    return error_class(
        told.get("error") or error.message.decode(),
        told.get("detail") or error.detail.decode(),
        [FieldError(f.get("path", ""), f.get("code", ""), f.get("message", "")) for f in told.get("fields") or ()],
        bool(error.retryable),
        error.http_status,
        told.get("retry_after_seconds", 0),
    )


def _newer_error(code: str) -> Type[Error]:
    """A code that this package does not know yet: the library is newer."""
    name = "".join(part.capitalize() for part in code.split("_"))
    _errors.BY_CODE[code] = made = type(name, (Error,), {"code": code, "__module__": "clinic"})
    return made


class _Candidate(NamedTuple):
    path: str
    why: str


def _candidates(explicit: Optional[str]) -> List[_Candidate]:
    """Who names a library means that one: then there is no further search."""
    if explicit:
        return [_Candidate(os.fspath(explicit), "library=")]
    named = os.environ.get("CLINIC_LIBRARY")
    if named:
        return [_Candidate(named, "CLINIC_LIBRARY")]
    folder = os.path.dirname(os.path.abspath(__file__))
    suffix = "dylib" if sys.platform == "darwin" else "so"
    beside = sorted(glob.glob(os.path.join(folder, f"libclinic_c*.{suffix}*")))
    beside = beside or [os.path.join(folder, f"libclinic_c.{suffix}")]
    names = ["libclinic_c.0.dylib" if suffix == "dylib" else "libclinic_c.so.0", f"libclinic_c.{suffix}"]
    # What `cmake --install` makes: lib/libclinic_c.so.0 and lib/python3/dist-packages/clinic.
    installed = os.path.normpath(os.path.join(folder, "..", "..", "..", names[0]))
    return [
        *(_Candidate(path, "beside the package") for path in beside),
        _Candidate(installed, "the installed clinic"),
        *(_Candidate(name, "system loader") for name in names),
    ]


_loaded: Dict[str, Library] = {}


def load(explicit: Optional[str] = None) -> Library:
    """The library; loaded at the first use, then the same one."""
    tried = []
    for candidate in _candidates(explicit):
        if candidate.path in _loaded:
            return _loaded[candidate.path]
        try:
            functions = ctypes.CDLL(candidate.path)
            abi = int(functions.clinic_abi_version())
            library = Library(candidate.path, functions)
        except (OSError, AttributeError) as reason:
            tried.append(f"{candidate.path} ({candidate.why}): {reason}")
            continue
        if (abi >> 16, abi & 0xFFFF) != _ABI:
            found = f"its ABI is {abi >> 16}.{abi & 0xFFFF}, this package needs {_ABI[0]}.{_ABI[1]}"
            tried.append(f"{candidate.path} ({candidate.why}): {found}")
            continue
        return _loaded.setdefault(candidate.path, library)
    raise LibraryNotFound(
        "libclinic_c was not found. Name it with library= or the environment variable CLINIC_LIBRARY. Tried:\n  "
        + "\n  ".join(tried)
    )
