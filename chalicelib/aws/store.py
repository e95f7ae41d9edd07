"""The store on DynamoDB: one table for each ``Key.table``, and an index over what falls due."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.aws.attributes import key_attributes, key_of, row_of
from chalicelib.aws.calls import CANCELLED, Calls, Pace, Refusal
from chalicelib.aws.expressions import action
from chalicelib.domain.codec import iso
from chalicelib.ports import Cancelled, Check, Committed, Key, Put, Row, Store, Update, Write
from chalicelib.rows import INDEXED, MOST, checked_document, checked_key, checked_writes, written

DUE_INDEX = "due"
"""The index of the table ``state``: partition ``due_shard`` (a number), sort ``due_at`` (text), keys only."""

_INVALID, _FAILED = "ValidationException", "ConditionalCheckFailedException"
_ROW_REFUSED = "only to a number can be added, and a row has at most 400 KB"
_ALONE = {"Put": "put_item", "Update": "update_item"}


class DynamoStore(Store):
    """Rows in DynamoDB; ``tables`` gives the deployed name of each table that this Lambda may touch.

    Conflicts with other writers and throttling are waited out until the deadline of ``pace``, then Unavailable is raised. Calls
    that DynamoDB refuses raise ValueError and write nothing.
    """

    def __init__(self, client: Any, tables: Mapping[str, str], pace: Pace | None = None) -> None:
        self._calls = Calls(client, pace or Pace())
        self._tables = dict(tables)

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """See ``Store``. Each row is as of its own moment: DynamoDB has no snapshot of a batch."""
        wanted = dict.fromkeys(checked_key(key) for key in keys)
        if len(wanted) > MOST:
            raise ValueError(f"a batch read has at most {MOST} keys, not {len(wanted)}")
        names = {self._name(key): key.table for key in wanted}
        ahead: dict[str, Any] = {name: {"ConsistentRead": True, "Keys": []} for name in names}
        for key in wanted:
            ahead[self._name(key)]["Keys"].append(key_attributes(key))
        rows: dict[Key, Row] = {}
        patience = self._calls.patience()
        while ahead:
            answer = self._calls("batch_get_item", patience, RequestItems=ahead)
            for name, found in answer["Responses"].items():
                rows |= {key_of(names[name], attributes): row_of(attributes) for attributes in found}
            if ahead := answer.get("UnprocessedKeys", {}):
                patience.wait("batch_get_item: unprocessed keys")
        return {key: rows[key] for key in wanted if key in rows}

    def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
        """See ``Store``. A write alone is a conditional write, at half the price; several are a transaction.

        All attempts of a transaction have one token, so one whose answer was lost is not applied twice. A write alone has none,
        so it is not attempted again then: Unavailable, and nobody knows.
        """
        checked_writes(writes)
        _checked_documents(writes)
        for write in writes:
            self._name(write.key)
        actions = [action(write, self._tables) for write in writes]
        try:
            if len(writes) == 1 and not isinstance(writes[0], Check):
                ((kind, parameters),) = actions[0].items()
                self._calls.once(_ALONE[kind], **parameters)
            else:
                self._calls("transact_write_items", TransactItems=actions, ClientRequestToken=str(uuid.uuid4()))
        except Refusal as refusal:
            return _outcome(refusal, writes)
        return Committed()

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        """See ``Store``. The index follows the rows within moments; whoever acts on a key reads the row again."""
        found = self._query(
            INDEXED,
            limit,
            IndexName=DUE_INDEX,
            KeyConditionExpression="due_shard = :shard AND due_at <= :until",
            ExpressionAttributeValues={":shard": {"N": str(shard)}, ":until": {"S": iso(until)}},
        )
        return [key_of(INDEXED, attributes) for attributes in found]

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        """See ``Store``. DynamoDB gives at most 1 MB at once, so this is one call for each."""
        checked_key(Key(table, partition))
        found = self._query(
            table,
            None,
            ConsistentRead=True,
            KeyConditionExpression="#p = :p",
            ExpressionAttributeNames={"#p": "partition"},
            ExpressionAttributeValues={":p": {"S": partition}},
        )
        return [(key_of(table, attributes), row_of(attributes)) for attributes in found]

    def _query(self, table: str, limit: int | None, **parameters: Any) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        parameters["TableName"] = self._name(Key(table, "-"))
        patience = self._calls.patience()
        while limit is None or len(found) < limit:
            if limit is not None:
                parameters["Limit"] = limit - len(found)
            answer = self._calls("query", patience, **parameters)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            parameters["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        return found

    def _name(self, key: Key) -> str:
        if key.table not in self._tables:
            raise ValueError(
                f"{key}: this Lambda has no table {key.table!r}; its settings name {', '.join(sorted(self._tables))}"
            )
        return self._tables[key.table]


def _checked_documents(writes: Sequence[Write]) -> None:
    """What can be known of the rows before the call; of an updated row, DynamoDB alone knows the whole."""
    puts = [(write.key, checked_document(dict(write.row), write.key)) for write in writes if isinstance(write, Put)]
    for write in writes:
        if isinstance(write, Update):
            given = {name: value for name, value in write.set.items() if value is not None} | dict(write.add)
            puts.append((write.key, checked_document(given, write.key)))
    written(puts)


def _outcome(refusal: Refusal, writes: Sequence[Write]) -> Cancelled:
    if refusal.code == _FAILED:
        return Cancelled(frozenset({0}))
    if refusal.code == _INVALID and len(writes) == 1:
        raise ValueError(f"{writes[0].key}: {_ROW_REFUSED}") from None
    if refusal.code == _INVALID:
        raise ValueError(f"{', '.join(str(write.key) for write in writes[:3])} ...: DynamoDB takes no such transaction") from None
    if refusal.code != CANCELLED or len(refusal.reasons) != len(writes):
        raise refusal
    for write, reason in zip(writes, refusal.reasons, strict=True):
        if reason == "ValidationError":
            raise ValueError(f"{write.key}: {_ROW_REFUSED}") from None
    failed = frozenset(place for place, reason in enumerate(refusal.reasons) if reason == "ConditionalCheckFailed")
    if not failed:
        raise refusal
    return Cancelled(failed)
