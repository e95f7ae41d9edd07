"""What a write means for a row: its conditions, and what comes after. Pure, with DynamoDB's semantics."""

from __future__ import annotations

from chalicelib.ports import Absent, AbsentOrBefore, Below, Condition, Equals, Put, Row, Update
from chalicelib.rows import Document, checked_document


def holds(condition: Condition, row: Row | None) -> bool:
    """Whether the condition is true of the row (None: not there). A value of another type never equals and is never below."""
    if isinstance(condition, Absent):
        return row is None
    if isinstance(condition, AbsentOrBefore):
        if row is None:
            return True
        at = row.get(condition.field)
        return isinstance(at, str) and at < condition.at
    if isinstance(condition, Below):
        if row is None or condition.field not in row:
            return True
        number = row[condition.field]
        return type(number) is int and number < condition.limit
    assert isinstance(condition, Equals)
    return row is not None and type(row.get(condition.field)) is type(condition.value) and row[condition.field] == condition.value


def after(write: Put | Update, before: Row | None) -> Document:
    """The row that the write leaves, given that its conditions hold; raises ValueError where it would not be storable."""
    return checked_document(dict(write.row) if isinstance(write, Put) else _updated(write, before), write.key)


def _updated(update: Update, before: Row | None) -> Document:
    document = dict(before or {})
    for name, value in update.set.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = value
    for name, number in update.add.items():
        current = document.get(name, 0)
        if type(current) is not int or type(number) is not int:
            raise ValueError(f"{update.key}: only a number can be added to {name}")
        document[name] = current + number
    return document
