"""A notifier plugin without a clinic around it: its C functions, called through ctypes. Threads: any number at once."""

import contextlib
import ctypes
import enum
import types

_text = ctypes.c_char_p
_handle = ctypes.c_void_p


class Code(enum.IntEnum):
    OK = 0
    CONFLICT = 4
    BUSY = 5
    UNAVAILABLE = 6
    OUTCOME_UNKNOWN = 7
    REFUSED = 9
    INTERNAL = 11


class _Error(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("code", ctypes.c_int32),
        ("native_code", ctypes.c_int32),
        ("constraint", ctypes.c_char * 96),
        ("message", ctypes.c_char * 512),
    ]


_LOG = ctypes.CFUNCTYPE(None, _handle, ctypes.c_int32, ctypes.c_void_p, ctypes.c_size_t)


class _Host(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("context", _handle), ("log_level", ctypes.c_int32), ("log", _LOG)]


class _Message(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("id", _text),
        ("channel", _text),
        ("recipient", _text),
        ("locale", _text),
        ("subject", _text),
        ("text", _text),
        ("html", _text),
        ("recipient_name", _text),
        ("message_template", _text),
        ("data", _text),
        ("created_at", ctypes.c_int64),
        ("sms_encoding", ctypes.c_uint32),
        ("sms_parts", ctypes.c_uint32),
    ]


class _Submission(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("retry_after", ctypes.c_uint32), ("gateway_id", ctypes.c_char * 192)]


class _Request(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("method", _text),
        ("url", _text),
        ("headers", ctypes.POINTER(_text)),
        ("header_count", ctypes.c_size_t),
        ("body", _text),
        ("body_size", ctypes.c_size_t),
    ]


class _Receipt(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("message_id", _text),
        ("gateway_id", _text),
        ("reason", _text),
        ("delivery", ctypes.c_int32),
        ("one_part", ctypes.c_int32),
    ]


_error = ctypes.POINTER(_Error)
_FOUND = ctypes.CFUNCTYPE(None, _handle, ctypes.POINTER(_Receipt))


class _Table(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("open", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Host), _text, ctypes.POINTER(_handle), _error)),
        ("close", ctypes.CFUNCTYPE(None, _handle)),
        ("send", ctypes.CFUNCTYPE(ctypes.c_int, _handle, ctypes.POINTER(_Message), _error)),
        ("health", ctypes.CFUNCTYPE(ctypes.c_int, _handle, _error)),
        ("submit", ctypes.CFUNCTYPE(ctypes.c_int, _handle, ctypes.POINTER(_Message), ctypes.POINTER(_Submission), _error)),
        ("read_receipts", ctypes.CFUNCTYPE(ctypes.c_int, _handle, ctypes.POINTER(_Request), _handle, _FOUND, _error)),
    ]


class _Manifest(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("abi_major", ctypes.c_uint32),
        ("abi_minor", ctypes.c_uint32),
        ("kind", _text),
        ("name", _text),
        ("version", _text),
        ("licence", _text),
        ("table", ctypes.POINTER(_Table)),
    ]


class Refused(Exception):
    """The plugin did not open: its code and words."""


def _new(structure):
    made = structure()
    made.struct_size = ctypes.sizeof(structure)
    return made


class Plugin:
    def __init__(self, file):
        library = ctypes.CDLL(str(file))
        library.clinic_plugin.restype = ctypes.POINTER(_Manifest)
        self.table = library.clinic_plugin().contents.table.contents

    @contextlib.contextmanager
    def opened(self, url):
        notifier = Notifier(self.table, url)
        try:
            yield notifier
        finally:
            notifier.close()


class Notifier:
    def __init__(self, table, url):
        self._table = table
        self.log = []
        self._log = _LOG(lambda _, level, text, size: self.log.append(ctypes.string_at(text, size).decode()))
        self._host = _new(_Host)
        self._host.log = self._log
        self._handle = _handle()
        error = _new(_Error)
        code = table.open(ctypes.byref(self._host), url.encode(), ctypes.byref(self._handle), ctypes.byref(error))
        if code != Code.OK:
            raise Refused(Code(code), error.message.decode())

    def close(self):
        self._table.close(self._handle)

    def submit(self, **values):
        """What it answered: code, native_code, words, gateway_id, retry_after."""
        message = _new(_Message)
        values = {
            "id": "0190a7c0-0000-7000-8000-000000000001",
            "channel": "email",
            "recipient": "jane@example.com",
            "locale": "en",
            "subject": "Your appointment",
            "text": "See you tomorrow.",
            "created_at": 1764374400000,
        } | values
        for name, value in values.items():
            setattr(message, name, value.encode() if isinstance(value, str) else value)
        submission, error = _new(_Submission), _new(_Error)
        code = self._table.submit(self._handle, ctypes.byref(message), ctypes.byref(submission), ctypes.byref(error))
        return types.SimpleNamespace(
            code=Code(code),
            native_code=error.native_code,
            words=error.message.decode(),
            gateway_id=submission.gateway_id.decode(),
            retry_after=submission.retry_after,
        )

    def send_as_before_1_2(self, **values):
        """As a host of ABI 1.0 sends, whose messages are shorter."""
        message = _new(_Message)
        message.struct_size = _Message.recipient_name.offset
        for name, value in values.items():
            setattr(message, name, value.encode())
        message.sms_encoding = 77  # what lies behind it
        error = _new(_Error)
        code = self._table.send(self._handle, ctypes.byref(message), ctypes.byref(error))
        return types.SimpleNamespace(code=Code(code), native_code=error.native_code, words=error.message.decode())

    def read_receipts(self, method, url, headers=(), body=b""):
        """The code, and the receipts as tuples: message_id, gateway_id, delivery, reason, one_part."""
        flat = [text.encode() if isinstance(text, str) else text for pair in headers for text in pair]
        request = _new(_Request)
        request.method, request.url, request.body, request.body_size = method.encode(), url.encode(), body, len(body)
        request.headers, request.header_count = (_text * max(len(flat), 1))(*flat), len(flat) // 2
        found = []

        def one(_, receipt):
            r = receipt.contents
            texts = [t.decode() if t is not None else None for t in (r.message_id, r.gateway_id, r.reason)]
            found.append((texts[0], texts[1], r.delivery, texts[2], r.one_part))

        error = _new(_Error)
        code = self._table.read_receipts(self._handle, ctypes.byref(request), None, _FOUND(one), ctypes.byref(error))
        return Code(code), found

    def health(self):
        error = _new(_Error)
        code = self._table.health(self._handle, ctypes.byref(error))
        return types.SimpleNamespace(code=Code(code), native_code=error.native_code, words=error.message.decode())
