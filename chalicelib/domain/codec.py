"""Frozen dataclasses and named tuples to JSON values and back, by type hints. Times are ISO 8601 in UTC: milliseconds and Z."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Hashable, Mapping
from datetime import datetime, timezone
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

D = TypeVar("D")
Json = Union[None, bool, int, str, list["Json"], dict[str, "Json"]]

TAG = "is"
"""The key that names a dataclass where a hint allows several."""


def iso(at: datetime) -> str:
    """``at`` in UTC, to the millisecond: ``2026-11-21T09:00:00.123Z``."""
    return at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The time that ``iso`` wrote, or any ISO 8601 time with a zone; raises ValueError for others."""
    at = datetime.fromisoformat(text.replace("Z", "+00:00") if text.endswith("Z") else text)
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    return at.astimezone(timezone.utc)


def encode(value: Any) -> Json:
    """``value`` as JSON. Floats are refused: they have no canonical form worth trusting."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Enum):
        return cast(Json, value.value)
    names = _names(value.__class__)
    if names is not None:
        return {TAG: type(value).__name__, **{name: encode(getattr(value, name)) for name in names}}
    if isinstance(value, Mapping):
        return {str(key): encode(part) for key, part in value.items()}
    if isinstance(value, (frozenset, set)):
        return [encode(part) for part in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [encode(part) for part in value]
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def decode(kind: type[D], document: Json) -> D:
    """The ``kind`` that ``document`` describes; raises ValueError where it describes none."""
    try:
        return cast(D, _decode(kind, document))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {type(error).__name__}") from None


@cache
def _names(kind: Hashable) -> tuple[str, ...] | None:
    """The fields of a dataclass or named tuple; None for any other type."""
    if dataclasses.is_dataclass(kind):
        return tuple([field.name for field in dataclasses.fields(kind)])
    return getattr(kind, "_fields", None) if isinstance(kind, type) and issubclass(kind, tuple) else None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(hint: Any, document: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _decode_union(arguments, document)
    if _names(origin or hint) is not None:
        return _decode_fields(origin or hint, arguments, document)
    if origin is tuple:
        return tuple(_decode(arguments[0], part) for part in _checked(list, document))
    if origin is frozenset:
        return frozenset(_decode(arguments[0], part) for part in _checked(list, document))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _decode(arguments[1], part) for key, part in _checked(dict, document).items()}
    if hint is datetime:
        return instant(_checked(str, document))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(document)
    if hint is Any or isinstance(hint, TypeVar):
        return document
    if hint is int and isinstance(document, bool):
        raise TypeError("a number was expected")
    return _checked(type(None) if hint is None else hint, document)


def _decode_union(arguments: tuple[Any, ...], document: Any) -> Any:
    if document is None and type(None) in arguments:
        return None
    if isinstance(document, dict) and TAG in document:
        for part in arguments:
            if getattr(get_origin(part) or part, "__name__", "") == document[TAG]:
                return _decode(part, document)
    for part in arguments:
        if part is not type(None) and _names(get_origin(part) or part) is None:
            return _decode(part, document)
    raise TypeError("none of the union fits")


def _decode_fields(kind: Any, arguments: tuple[Any, ...], document: Any) -> Any:
    parameters = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=False))
    values = {}
    for name in _names(kind) or ():
        hint = _hints(kind)[name]
        values[name] = _decode(parameters.get(hint, hint), document[name])
    return kind(**values)


def _checked(kind: type, document: Any) -> Any:
    if not isinstance(document, kind):
        raise TypeError(f"{kind.__name__} expected")
    return document
