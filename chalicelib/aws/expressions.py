"""A write of ours as one action of a DynamoDB transaction. Pure; every name and value is a placeholder, never text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.aws.attributes import attribute_name, key_attributes, to_attribute, to_attributes
from chalicelib.ports import Absent, AbsentOrBefore, Below, Check, Condition, Equals, Put, Update, Write


class _Placeholders:
    """The names and values of one action; a name or value that comes again keeps its place."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, dict[str, Any]] = {}

    def field(self, field: str) -> str:
        return self.attribute(attribute_name(field))

    def attribute(self, name: str) -> str:
        return self.names.setdefault(name, f"#{len(self.names)}")

    def value(self, value: Any) -> str:
        place = f":{len(self.values)}"
        self.values[place] = to_attribute(value)
        return place

    def parameters(self) -> dict[str, Any]:
        """What is not empty: DynamoDB refuses a map of placeholders without one."""
        names = {place: name for name, place in self.names.items()}
        return {
            name: given
            for name, given in (("ExpressionAttributeNames", names), ("ExpressionAttributeValues", self.values))
            if given
        }


def action(write: Write, tables: Mapping[str, str]) -> dict[str, Any]:
    """The entry of ``TransactItems``; ``tables`` gives the deployed name of each table."""
    used = _Placeholders()
    condition = " AND ".join(_condition(one, used) for one in write.when)
    parameters: dict[str, Any] = {"TableName": tables[write.key.table]}
    if condition:
        parameters["ConditionExpression"] = condition
    if isinstance(write, Put):
        return {"Put": parameters | {"Item": to_attributes(write.key, write.row)} | used.parameters()}
    parameters["Key"] = key_attributes(write.key)
    if isinstance(write, Check):
        return {"ConditionCheck": parameters | used.parameters()}
    parameters["UpdateExpression"] = _update(write, used)
    return {"Update": parameters | used.parameters()}


def _condition(condition: Condition, used: _Placeholders) -> str:
    """A comparison with a field that is not there, or of another type, is false: DynamoDB's rule and ours."""
    if isinstance(condition, Absent):
        return _absent(used)
    if isinstance(condition, Equals):
        return f"{used.field(condition.field)} = {used.value(condition.value)}"
    field = used.field(condition.field)
    if isinstance(condition, Below):
        return f"(attribute_not_exists({field}) OR {field} < {used.value(condition.limit)})"
    assert isinstance(condition, AbsentOrBefore)
    return f"({_absent(used)} OR {field} < {used.value(condition.at)})"


def _absent(used: _Placeholders) -> str:
    return f"attribute_not_exists({used.attribute('partition')})"


def _update(update: Update, used: _Placeholders) -> str:
    sets = [f"{used.field(name)} = {used.value(value)}" for name, value in update.set.items() if value is not None]
    removes = [used.field(name) for name, value in update.set.items() if value is None]
    adds = [f"{used.field(name)} {used.value(number)}" for name, number in update.add.items()]
    clauses = (("SET", sets), ("REMOVE", removes), ("ADD", adds))
    return " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses if parts)
