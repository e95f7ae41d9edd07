"""The ledger of a stage, read as a whole: for a person at a terminal, never for a Lambda, because DynamoDB has to scan for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.aws.attributes import key_of, row_of
from chalicelib.aws.calls import Calls, Pace
from chalicelib.domain.codec import iso
from chalicelib.ports import Key, Row

_AT_ONCE = 200
"""Rows that one call looks at: decisions are some kilobytes each, and a terminal wants to see that it goes on."""


class DynamoLedger:
    """The rows of the table ``table``, in no order."""

    def __init__(self, client: Any, table: str, pace: Pace | None = None) -> None:
        self._calls = Calls(client, pace or Pace())
        self._table = table

    def records(self, kind: str, since: datetime) -> Iterator[Sequence[tuple[Key, Row]]]:
        """Records of one kind written at or after ``since``, page by page; a page may be empty."""
        start: dict[str, Any] = {}
        while True:
            answer = self._calls("scan", TableName=self._table, Limit=_AT_ONCE, **start)
            # picked here and not by a filter of the call, which costs the same and cannot see into a packed row
            page = [(key_of("ledger", attributes), row_of(attributes)) for attributes in answer["Items"]]
            yield [(key, row) for key, row in page if row["kind"] == kind and str(row["at"]) >= iso(since)]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
