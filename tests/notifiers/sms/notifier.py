"""A notifier plugin, opened as the SDK opens it: by its table of C functions."""

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_void_p, sizeof

OK, BUSY, UNAVAILABLE, OUTCOME_UNKNOWN, REFUSED = 0, 5, 6, 7, 9
ON_ITS_WAY, DELIVERED, FAILED = 1, 2, 3
GSM7, UCS2 = 1, 2
LOG = CFUNCTYPE(None, c_void_p, c_int32, c_void_p, c_size_t)


class _Host(Structure):
    _fields_ = [("struct_size", c_uint32), ("context", c_void_p), ("log_level", c_int32), ("log", LOG)]


class _Error(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("code", c_int32),
        ("native_code", c_int32),
        ("constraint", c_char * 96),
        ("message", c_char * 512),
    ]


class _Message(Structure):
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


class _Submission(Structure):
    _fields_ = [("struct_size", c_uint32), ("retry_after", c_uint32), ("gateway_id", c_char * 192)]


class _Request(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("method", c_char_p),
        ("url", c_char_p),
        ("headers", POINTER(c_char_p)),
        ("header_count", c_size_t),
        ("body", c_char_p),
        ("body_size", c_size_t),
    ]


class _Receipt(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("message_id", c_char_p),
        ("gateway_id", c_char_p),
        ("reason", c_char_p),
        ("delivery", c_int32),
        ("one_part", c_int32),
    ]


_FOUND = CFUNCTYPE(None, c_void_p, POINTER(_Receipt))


class _Table(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("open", CFUNCTYPE(c_int, POINTER(_Host), c_char_p, POINTER(c_void_p), POINTER(_Error))),
        ("close", CFUNCTYPE(None, c_void_p)),
        ("send", CFUNCTYPE(c_int, c_void_p, POINTER(_Message), POINTER(_Error))),
        ("health", CFUNCTYPE(c_int, c_void_p, POINTER(_Error))),
        ("submit", CFUNCTYPE(c_int, c_void_p, POINTER(_Message), POINTER(_Submission), POINTER(_Error))),
        ("read_receipts", CFUNCTYPE(c_int, c_void_p, POINTER(_Request), c_void_p, _FOUND, POINTER(_Error))),
    ]


class _Manifest(Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("abi_major", c_uint32),
        ("abi_minor", c_uint32),
        ("kind", c_char_p),
        ("name", c_char_p),
        ("version", c_char_p),
        ("licence", c_char_p),
        ("table", POINTER(_Table)),
    ]


class Refused(Exception):
    """The notifier does not open; the text says why."""


class Answer:
    def __init__(self, code, error, submission):
        self.code = code
        self.words = error.message.decode()
        self.status = error.native_code
        self.gateway_id = submission.gateway_id.decode()
        self.retry_after = submission.retry_after

    def __repr__(self):
        return f"code {self.code}, HTTP {self.status}: {self.words}"


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


class Notifier:
    """Any number of threads may call it."""

    def __init__(self, library, url):
        manifest = ctypes.CDLL(library).clinic_plugin
        manifest.restype = POINTER(_Manifest)
        self._table = manifest().contents.table.contents
        self.log = []
        self._log = LOG(lambda _, __, text, size: self.log.append(ctypes.string_at(text, size).decode()))
        self._host = _Host(sizeof(_Host), None, 0, self._log)
        self._handle = c_void_p()
        error = _Error(sizeof(_Error))
        if self._table.open(byref(self._host), url.encode(), byref(self._handle), byref(error)) != OK:
            raise Refused(error.message.decode())

    def close(self):
        if self._handle:
            self._table.close(self._handle)
            self._handle = c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def submit(self, text, to="+4915112345678", id="0190a7c0-0000-7000-8000-000000000001", encoding=GSM7, channel="sms"):
        message = _Message(sizeof(_Message), _bytes(id), _bytes(channel), _bytes(to), b"en", None, _bytes(text))
        message.sms_encoding, message.sms_parts = encoding, 1
        submission, error = _Submission(sizeof(_Submission)), _Error(sizeof(_Error))
        return Answer(self._table.submit(self._handle, byref(message), byref(submission), byref(error)), error, submission)

    def send_as_before_1_2(self, text):
        """As a host of ABI 1.0 sends, whose messages are shorter."""
        message = _Message(_Message.recipient_name.offset, b"id-1", b"sms", b"+4915112345678", b"en", None, _bytes(text))
        message.sms_encoding = 77
        error = _Error(sizeof(_Error))
        return Answer(self._table.send(self._handle, byref(message), byref(error)), error, _Submission())

    def health(self):
        error = _Error(sizeof(_Error))
        return Answer(self._table.health(self._handle, byref(error)), error, _Submission())

    def read_receipts(self, method, url, headers=(), body=b""):
        """The code, and the receipts as tuples: message_id, gateway_id, delivery, reason, one_part."""
        flat = [_bytes(text) for pair in headers for text in pair]
        request = _Request(
            sizeof(_Request), method.encode(), url.encode(), (c_char_p * max(len(flat), 1))(*flat), len(flat) // 2, body, len(body)
        )
        found = []

        def one(_, receipt):
            r = receipt.contents
            texts = [t.decode() if t is not None else None for t in (r.message_id, r.gateway_id, r.reason)]
            found.append((texts[0], texts[1], r.delivery, texts[2], r.one_part))

        error = _Error(sizeof(_Error))
        code = self._table.read_receipts(self._handle, byref(request), None, _FOUND(one), byref(error))
        return code, found
