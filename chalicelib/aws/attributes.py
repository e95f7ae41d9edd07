"""Rows as DynamoDB's attribute values, there and back. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib.aws import packing
from chalicelib.ports import Key, Row

Attributes = dict[str, dict[str, Any]]

_KEY_PARTS = ("partition", "sort")

PACKED = frozenset({"ledger", "private"})
"""Tables whose rows are written once and never changed: DynamoDB need not see into them, and a write is paid by the kilobyte."""

_STRETCHES = ("tree", "SEQ#")
"""So are the stretches of the tree. Its head is not: its version is a condition."""

_UNIT_BYTES = 1_000
"""A little under the kilobyte of a unit, for the key."""


def attribute_name(field: str) -> str:
    """Where a row's field lies. The key's own two names are taken, so a field called so gets a ``~`` in front."""
    return f"~{field}" if field.lstrip("~") in _KEY_PARTS else field


def key_attributes(key: Key) -> Attributes:
    """The primary key of a row."""
    return {"partition": {"S": key.partition}, "sort": {"S": key.sort}}


def to_attributes(key: Key, row: Row) -> Attributes:
    """The whole row with its key."""
    if key.table in PACKED or (key.table, key.partition[:4]) == _STRETCHES:
        text = packing.text_of(row)
        if len(text) > _UNIT_BYTES:
            return key_attributes(key) | {packing.FIELD: {"B": packing.packed(text)}}
    return key_attributes(key) | {attribute_name(field): to_attribute(value) for field, value in row.items()}


def to_attribute(value: Any) -> dict[str, Any]:
    """One JSON value without floats."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": {name: to_attribute(part) for name, part in value.items()}}
    return {"L": [to_attribute(part) for part in value]}


def key_of(table: str, attributes: Mapping[str, Any]) -> Key:
    """Whose row it is."""
    return Key(table, attributes["partition"]["S"], attributes["sort"]["S"])


def row_of(attributes: Mapping[str, Any]) -> Row:
    """The row without its key. A stream tells bytes as base64, where a client tells bytes."""
    if "B" in attributes.get(packing.FIELD, {}):
        content = attributes[packing.FIELD]["B"]
        return packing.unpacked(content if isinstance(content, bytes) else base64.b64decode(content))
    return {_field(name): _value(value) for name, value in attributes.items() if name not in _KEY_PARTS}


def _field(name: str) -> str:
    return name[1:] if name.startswith("~") and name.lstrip("~") in _KEY_PARTS else name


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return _whole(value)
    if kind == "M":
        return {name: _value(part) for name, part in value.items()}
    if kind == "L":
        return [_value(part) for part in value]
    if kind in ("S", "BOOL"):
        return value
    raise ValueError(f"an attribute of type {kind}: not written by us")


def _whole(text: str) -> int:
    """DynamoDB keeps the value of a number, not its spelling: ``1.0`` and ``1E+3`` are whole."""
    number = Decimal(text)
    if number != number.to_integral_value():
        raise ValueError("a number with a fraction: not written by us")
    return int(number)
