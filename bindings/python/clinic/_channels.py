"""Channels of messages that a Python host serves itself."""

import ctypes
import datetime
import json
import logging
import threading
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from . import _library

_OK, _UNAVAILABLE, _OUTCOME_UNKNOWN, _REFUSED = 0, 6, 7, 9  # clinic_plugin_code


class Message(NamedTuple):
    """A message to be sent. `data` has the values that it was worded with, its secret among them."""

    id: str
    channel: str
    recipient: str
    locale: str
    subject: Optional[str]
    text: str
    html: Optional[str]
    template: str
    data: Dict[str, Any]
    created_at: datetime.datetime
    sms_parts: int


class NotSent(Exception):
    """Raised by a channel that could not send the message. It is tried again, after `retry_after` seconds at the least.

    reason: goes into the log, so it must hold no recipient, and nothing of the message
    refused: trying again is of no use. unknown: the message may have arrived.
    """

    def __init__(self, reason: str = "", *, refused: bool = False, unknown: bool = False, retry_after: int = 0) -> None:
        super().__init__(reason)
        self.refused = refused
        self.unknown = unknown
        self.retry_after = retry_after


for _public in (Message, NotSent):
    _public.__module__ = "clinic"

Channel = Callable[[Message], Optional[str]]


def _text(value: Optional[bytes]) -> Optional[str]:
    return None if value is None else value.decode()


def _message(out: Any) -> Message:
    return Message(
        id=out.id.decode(),
        channel=out.channel.decode(),
        recipient=out.recipient.decode(),
        locale=out.locale.decode(),
        subject=_text(out.subject),
        text=out.text.decode(),
        html=_text(out.html),
        template=out.message_template.decode(),
        data=json.loads(out.data),
        created_at=datetime.datetime.fromtimestamp(out.created_at / 1000, datetime.timezone.utc),
        sms_parts=out.sms_parts,
    )


def _submit(send: Channel) -> Any:
    def submit(_notifier: Any, message: Any, submission: Any, error: Any) -> int:
        try:
            return tell(message, submission, error)
        except BaseException:
            return _UNAVAILABLE

    def tell(message: Any, submission: Any, error: Any) -> int:
        try:
            gateway_id = send(_message(message.contents))
            if isinstance(gateway_id, str):
                submission.contents.gateway_id = gateway_id.encode("ascii", "replace")[:191]
            return _OK
        except NotSent as reason:
            code = _REFUSED if reason.refused else _OUTCOME_UNKNOWN if reason.unknown else _UNAVAILABLE
            submission.contents.retry_after = max(0, min(int(reason.retry_after), 86400))
            told = str(reason) or "the host's notifier could not send it"
        except BaseException as reason:  # its text could hold the message; what leaves a callback would count as sent
            code, told = _UNAVAILABLE, f"the host's notifier raised {type(reason).__name__}"
            logging.getLogger("clinic").error(told)
        error.contents.code = code
        error.contents.message = told.encode("ascii", "replace")[:500]
        return code

    return _library.SUBMIT_FUNCTION(_library.lent(submit))


in_use: Set[threading.Event] = set()  # one for each channel of an open clinic, which is set at its end


def _close_of(ended: threading.Event) -> Any:
    def close(_notifier: Any) -> None:
        ended.set()
        in_use.discard(ended)

    return _library.CLOSE_FUNCTION(close)


def lend(host: Any, channels: Dict[str, Channel]) -> List[Any]:
    """Puts the functions into the host's struct. The answer must live as long as the clinic."""
    kept: List[Any] = []
    host.in_use = [threading.Event() for _ in channels]
    pointers = (ctypes.POINTER(_library.HostNotifier) * len(channels))()
    for i, (channel, send) in enumerate(channels.items()):
        if not callable(send):
            raise TypeError(f"channels[{channel!r}] is a function of a clinic.Message")
        table = _library.NotifierTable(
            struct_size=ctypes.sizeof(_library.NotifierTable),
            open=_library.OPEN_FUNCTION(lambda *_: _REFUSED),
            close=_close_of(host.in_use[i]),
            send=_library.SEND_FUNCTION(lambda *_: _REFUSED),  # there is submit
            submit=_submit(send),
        )
        notifier = _library.HostNotifier(
            struct_size=ctypes.sizeof(_library.HostNotifier), channel=channel.encode(), table=ctypes.pointer(table)
        )
        pointers[i] = ctypes.pointer(notifier)
        kept += [table, notifier]
    host.notifiers = ctypes.cast(pointers, ctypes.POINTER(ctypes.POINTER(_library.HostNotifier)))
    host.notifier_count = len(channels)
    return [*kept, pointers]
