"""Between Python values and the JSON of the operations: records, moments, days, words."""

import datetime
import decimal
import enum
import json
import keyword
import uuid
from collections.abc import Mapping
from typing import Any, Callable, Dict, FrozenSet, Iterator, Optional

from ._error import FieldError

__all__ = ["FieldError", "Record", "converter", "from_json", "python_name", "to_json", "word_of"]


class Record:
    """An answer: ``record.first_name`` or ``record["first_name"]``; a mapping too: ``dict(record)``, ``**record``.

    Where a field has the name of a mapping's method (``page.items``), the attribute is the field. A field that is a
    Python keyword has an underscore behind its name (``record.from_``). What is secret is not shown by ``repr``.
    """

    __slots__ = ("__dict__",)
    _secrets: FrozenSet[str] = frozenset()

    def __init__(self, fields: Dict[str, Any]) -> None:
        # The instance's own dictionary: attributes at full speed, and fields win over the methods below.
        self.__dict__ = fields

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def __contains__(self, name: object) -> bool:
        return name in self.__dict__

    def __getattr__(self, name: str) -> Any:  # reached for what is no field
        if name.endswith("_") and name[:-1] in self.__dict__:
            return self.__dict__[name[:-1]]
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record):
            return self.__dict__ == other.__dict__
        return self.__dict__ == other if isinstance(other, dict) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:  # the classes of single answers are made at run time
        return Record, (self.__dict__,)

    def __repr__(self) -> str:
        shown = (
            f"{name}=<hidden>" if name in self._secrets and value is not None else f"{name}={value!r}"
            for name, value in self.__dict__.items()
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    def keys(self) -> Any:
        return self.__dict__.keys()

    def values(self) -> Any:
        return self.__dict__.values()

    def items(self) -> Any:
        return self.__dict__.items()

    def get(self, name: str, default: Any = None) -> Any:
        return self.__dict__.get(name, default)


Mapping.register(Record)
Record.__module__ = "clinic"


def python_name(word: str) -> str:
    """The word as an identifier: ``from`` → ``from_``."""
    return word + "_" if keyword.iskeyword(word) else word


def word_of(name: str) -> str:
    """The other way: ``from_`` → ``from``."""
    return name[:-1] if name.endswith("_") and keyword.iskeyword(name[:-1]) else name


def _plain(value: Any) -> Any:
    """What json does not know by itself."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime needs a time zone: datetime.now(timezone.utc); .astimezone() for local time")
        text = value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Record):
        return value.__dict__
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a request")


def to_json(value: Any) -> bytes:
    return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":")).encode("ascii")


def from_json(text: bytes) -> Any:
    return json.loads(text, parse_float=decimal.Decimal)


def _timestamp(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


Converter = Callable[[Any], Any]


def converter(schema: Any) -> Optional[Converter]:
    """What turns a parsed answer of that JSON Schema into Python values; None where there is nothing to turn."""
    if not isinstance(schema, dict):
        return None
    if schema.get("format") == "date-time":
        return lambda text: None if text is None else _timestamp(text)
    if schema.get("format") == "date":
        return lambda text: None if text is None else datetime.date.fromisoformat(text)
    if "properties" in schema:
        return _record_converter(schema)
    if "items" in schema:
        convert_item = converter(schema["items"])
        if convert_item is not None:
            return lambda values: None if values is None else [convert_item(value) for value in values]
    return None


def _record_converter(schema: Dict[str, Any]) -> Converter:
    properties = schema["properties"]
    secrets = frozenset(name for name, field in properties.items() if field.get("format") == "password")
    attributes = {"__slots__": (), "_secrets": secrets, "__module__": "clinic"}
    record_class = type(schema.get("title", "Record"), (Record,), attributes)
    converters = [(name, convert) for name, convert in ((n, converter(s)) for n, s in properties.items()) if convert]

    def convert_record(fields: Any) -> Any:
        if fields is None:
            return None
        for name, convert in converters:
            if name in fields:
                fields[name] = convert(fields[name])
        return record_class(fields)

    return convert_record
