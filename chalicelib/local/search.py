"""Searching rows of a stage for people at a terminal: it scans, which no Lambda may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.aws.attributes import key_of, row_of
from chalicelib.aws.calls import Calls, Pace
from chalicelib.aws.clients import client
from chalicelib.ports import Key, Row, Store
from chalicelib.settings import TABLE, Settings


def tables_of(settings: Settings) -> Mapping[str, str]:
    """The deployed names of the tables of a stage, by ours."""
    return {name.removeprefix(TABLE).lower(): at for name, at in settings.places.items() if name.startswith(TABLE)}


class ScanningLookup:
    """Looks through the tables of one small stage, or one small table; ``tables`` gives their deployed names."""

    def __init__(self, store: Store, tables: Mapping[str, str]) -> None:
        self._store, self._tables = store, tables

    def find(self, table: str, partition_prefix: str, limit: int = 100) -> Sequence[tuple[Key, Row]]:
        """Rows whose partition starts with the prefix, in the order of partition and sort; raises ``Unavailable``."""
        # a whole partition, which is nearly always what is meant, needs no scan
        if whole := self._store.partition(table, partition_prefix):
            return whole[:limit]
        found: list[tuple[Key, Row]] = []
        parameters: dict[str, Any] = {
            "TableName": self._tables[table],
            "ConsistentRead": True,
            "FilterExpression": "begins_with(#p, :p)",
            "ExpressionAttributeNames": {"#p": "partition"},
            "ExpressionAttributeValues": {":p": {"S": partition_prefix}},
        }
        calls = Calls(client("dynamodb"), Pace())
        while True:
            answer = calls("scan", **parameters)
            found += [(key_of(table, attributes), row_of(attributes)) for attributes in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return sorted(found, key=lambda pair: pair[0])[:limit]
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
