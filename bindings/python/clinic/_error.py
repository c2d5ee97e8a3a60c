"""The base of all errors. The classes for the single codes, in `_errors`, are generated."""

from typing import NamedTuple, Sequence, Tuple


class FieldError(NamedTuple):
    """What is wrong with one field of a request or a configuration."""

    path: str  #: ``portal_email``, ``identifiers[2].system``
    code: str  #: ``required``, ``unknown_field``, ``wrong_type``, …
    message: str  #: a sentence for a person; never the value itself


class Error(Exception):
    """Everything that the SDK reports. Holds no secret and no value that a person typed."""

    code = "internal"  #: the word of the error, ``duplicate_email``

    def __init__(
        self,
        message: str = "",
        detail: str = "",
        fields: Sequence[FieldError] = (),
        retryable: bool = False,
        status: int = 500,
        retry_after_seconds: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message  #: one line for a person
        self.detail = detail  #: the field's message, or an incident id
        self.fields: Tuple[FieldError, ...] = tuple(fields)  #: what is wrong with which field
        self.retryable = retryable  #: whether the same call may succeed later, unchanged
        self.status = status  #: the HTTP status that fits
        self.retry_after_seconds = retry_after_seconds  #: after how long the call may succeed; 0: nobody knows

    def __str__(self) -> str:
        text = f"{self.message.rstrip('.')}: {self.detail}" if self.detail else self.message
        more = [f"{field.path}: {field.message}" for field in self.fields if field.message != self.detail]
        return f"{text} ({'; '.join(more)})" if more else text


Error.__module__ = FieldError.__module__ = "clinic"
