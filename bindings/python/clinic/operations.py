"""The services, made from the operation table when the first session is opened.

The stub beside this file is generated from the same table (``generate_stubs.py``); it names the services and the
records, for type checkers and editors: ``if TYPE_CHECKING: from clinic.operations import PatientView``.
"""

import datetime
import functools
import inspect
import textwrap
import typing
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ._library import Library
from ._values import Converter, converter, from_json, python_name, word_of

class _NotGiven:
    """In signatures: a field that is not sent. In an update that is not the same as None, which clears the field."""

    def __repr__(self) -> str:
        return "..."


_NOT_GIVEN = _NotGiven()
OPTIONS = ("idempotency_key", "origin", "challenge", "language")  # keywords of every method that are no fields of its request


class Operation(NamedTuple):
    name: str
    convert: Optional[Converter]
    row: Dict[str, Any]


class Service:
    """Operations that belong together."""

    def __init__(self, call: Callable[..., bytes]) -> None:
        self._call = call


class Services:
    """All services as attributes: the base of `clinic.Session`."""

    def __init__(self, call: Callable[..., bytes], library: Library) -> None:
        self._call = call
        self._library = library

    def __getattr__(self, name: str) -> Any:  # reached for what is not there yet
        classes = service_classes(self._library) if not name.startswith("_") else {}
        if name not in classes:
            raise AttributeError(f"{type(self).__name__} has no service {name!r}; there are {', '.join(classes)}")
        service = self.__dict__[name] = classes[name](self._call)
        return service

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *service_classes(self._library)]


def operation_index(library: Library) -> Dict[str, Operation]:
    if "operations" not in library.cache:
        rows = from_json(library.text("clinic_operations"))["operations"]
        library.cache["operations"] = {
            row["name"]: Operation(row["name"], converter(row["response_schema"]), row) for row in rows
        }
    return library.cache["operations"]


def service_classes(library: Library) -> Dict[str, type]:
    if "services" not in library.cache:
        tree = operation_tree(operation_index(library))
        library.cache["services"] = {python_name(name): _service_class([name], below) for name, below in tree.items()}
    return library.cache["services"]


def operation_tree(index: Dict[str, Any]) -> Dict[str, Any]:
    """By the parts of the names: {"patients": {"get": …, "medical_history": {"get": …}}}"""
    tree: Dict[str, Any] = {}
    for name, operation in index.items():
        *folders, last = name.split(".")
        branch = tree
        for folder in folders:
            branch = branch.setdefault(folder, {})
        branch[last] = operation
    return tree


def class_name(words: List[str]) -> str:
    """["patients", "medical_history"] → PatientsMedicalHistory"""
    return "".join(part.capitalize() for word in words for part in word.split("_"))


def _service_class(path: List[str], branch: Dict[str, Any]) -> type:
    name = class_name(path) + "Service"
    attributes: Dict[str, Any] = {"__doc__": f"The operations ``{'.'.join(path)}.…``", "__module__": __name__}
    for word, below in branch.items():
        if isinstance(below, dict):
            made: Any = functools.cached_property(functools.partial(_sub_service, _service_class([*path, word], below)))
            made.__set_name__(None, python_name(word))
        else:
            made = _method(below, name)
        attributes[python_name(word)] = made
    return type(name, (Service,), attributes)


def _sub_service(service_class: type, service: Service) -> Service:
    return service_class(service._call)


def _method(operation: Operation, owner: str) -> Callable[..., Any]:
    name, convert = operation.name, operation.convert

    def method(
        self: Service,
        *,
        idempotency_key: Optional[str] = None,
        origin: Optional[str] = None,
        challenge: Optional[str] = None,
        language: Optional[str] = None,
        **request: Any,
    ) -> Any:
        fields = {word_of(keyword): value for keyword, value in request.items()}
        answer = from_json(self._call(name, fields, idempotency_key, origin, challenge, language))
        return convert(answer) if convert else answer

    method.__name__ = python_name(name.rpartition(".")[2])
    method.__qualname__ = f"{owner}.{method.__name__}"
    method.__module__ = __name__
    method.__doc__ = documentation(operation.row)
    method.__signature__ = _signature(operation.row)  # type: ignore[attr-defined]
    return method


def documentation(row: Dict[str, Any]) -> str:
    """The operation in words, from its row."""
    lines = [row["help"], ""]
    for name, field in row["request_schema"]["properties"].items():
        lines.append(f"{python_name(name)}: {field.get('description', '')}")
    lines += [
        "idempotency_key: the same key with the same request answers the same, and does the thing once",
        "origin: from where the call came, for the audit",
        "challenge: the caller's answer to the challenge that `clinic.open` was given; kept nowhere",
        "language: the language of an error's words, `en`, `ar`, `id`",
        "",
    ]
    lines.append(f"Roles: {', '.join(row['roles'])}")
    if row["errors"]:
        lines.append(f"Errors: {', '.join('clinic.' + class_name([code]) for code in row['errors'])}")
    return "\n".join(textwrap.fill(line, 100, subsequent_indent="    ") for line in lines)


def is_nullable(schema: Dict[str, Any]) -> bool:
    return isinstance(schema.get("type"), list) and "null" in schema["type"]


def bare_type(schema: Dict[str, Any]) -> Optional[str]:
    kind = schema.get("type")
    return next(word for word in kind if word != "null") if isinstance(kind, list) else kind


def _annotation(schema: Dict[str, Any]) -> Any:
    kind = bare_type(schema)
    found: Any = Any
    if "enum" in schema:
        found = typing.Literal[tuple(word for word in schema["enum"] if word is not None)]  # type: ignore[misc]
    elif kind == "string":
        found = {"date-time": datetime.datetime, "date": datetime.date}.get(schema.get("format", ""), str)
    elif kind == "array":
        found = List[_annotation(schema["items"])]  # type: ignore[misc]
    elif kind == "object":
        found = Dict[str, Any]
    elif kind is not None:
        found = {"integer": int, "boolean": bool}[kind]
    return Optional[found] if is_nullable(schema) else found


def _signature(row: Dict[str, Any]) -> inspect.Signature:
    schema = row["request_schema"]
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    for name, field in schema["properties"].items():
        default = inspect.Parameter.empty if name in schema["required"] else field.get("default", _NOT_GIVEN)
        parameters.append(
            inspect.Parameter(
                python_name(name), inspect.Parameter.KEYWORD_ONLY, default=default, annotation=_annotation(field)
            )
        )
    for option in OPTIONS:
        parameters.append(
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Optional[str])
        )
    return inspect.Signature(parameters)
