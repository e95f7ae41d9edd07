"""What a row and a transaction may be, on every backend: DynamoDB's limits, and a ledger that only grows. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chalicelib.ports import Absent, Check, Key, Put, Update, Write

TABLES = frozenset({"state", "ledger", "private", "control", "tree"})
INDEXED = "state"
"""The table whose rows may fall due."""

MOST = 100
"""Keys of a batch read and writes of a transaction (DynamoDB, BatchGetItem and TransactWriteItems)."""

_PARTITION_BYTES = 2_048
_SORT_BYTES = 1_024
_ROW_BYTES = 400 * 1024
_TRANSACTION_BYTES = 4 * 1024 * 1024
_NUMBER_LIMIT = 10**38

Document = dict[str, Any]


def checked_key(key: Key) -> Key:
    """``key``, if DynamoDB would take it; raises ValueError that names it otherwise."""
    if key.table not in TABLES:
        raise ValueError(f"{key}: no table {key.table!r}; there are {', '.join(sorted(TABLES))}")
    for part, limit in ((key.partition, _PARTITION_BYTES), (key.sort, _SORT_BYTES)):
        if not 1 <= len(part.encode()) <= limit:
            raise ValueError(f"{key}: a key part has 1 to {limit} bytes of UTF-8")
    return key


def checked_writes(writes: Sequence[Write]) -> None:
    """Raise ValueError where DynamoDB would refuse the transaction before looking at any row, or where the ledger is not safe."""
    if not 1 <= len(writes) <= MOST:
        raise ValueError(f"a transaction has 1 to {MOST} writes, not {len(writes)}")
    seen: set[Key] = set()
    for write in writes:
        if checked_key(write.key) in seen:
            raise ValueError(f"{write.key}: twice in one transaction")
        seen.add(write.key)
        _check_write(write)


def _check_write(write: Write) -> None:
    if isinstance(write, Check):
        if not write.when:
            raise ValueError(f"{write.key}: a check needs a condition")
        return
    if write.key.table == "ledger" and not (isinstance(write, Put) and Absent() in write.when):
        raise ValueError(f"{write.key}: the ledger is insert-only, so a Put with Absent() and nothing else")
    if isinstance(write, Update):
        if not write.set and not write.add:
            raise ValueError(f"{write.key}: an update that changes nothing; hold conditions with Check")
        if both := write.set.keys() & write.add.keys():
            raise ValueError(f"{write.key}: set and add on the same field: {', '.join(sorted(both))}")


def checked_document(document: Document, key: Key) -> Document:
    """``document``, if it is JSON without floats and the due-time index could take it; raises ValueError otherwise."""
    _check_value(document, key)
    if key.table != INDEXED and not document.keys().isdisjoint(("due_shard", "due_at")):
        raise ValueError(f"{key}: only the table {INDEXED!r} has a due-time index")
    if "due_shard" in document and type(document["due_shard"]) is not int:
        raise ValueError(f"{key}: due_shard is indexed, so it is a whole number or not there")
    if "due_at" in document and not (isinstance(document["due_at"], str) and document["due_at"]):
        raise ValueError(f"{key}: due_at is indexed, so it is an ISO time or not there")
    return document


def _check_value(value: Any, key: Key) -> None:
    if value is None or isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if abs(value) >= _NUMBER_LIMIT:
            raise ValueError(f"{key}: a number has at most 38 digits")
    elif isinstance(value, dict):
        for name, part in value.items():
            if not isinstance(name, str) or not name:
                raise ValueError(f"{key}: field names are text that is not empty")
            _check_value(part, key)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_value(part, key)
    else:
        raise ValueError(f"{key}: {type(value).__name__} cannot be stored; rows are JSON without floats")


def written(documents: Sequence[tuple[Key, Document]]) -> list[str]:
    """The documents as JSON text; raises ValueError where one is over 400 KB, or all are over 4 MB, as DynamoDB counts about."""
    texts = []
    total = 0
    for key, document in documents:
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        size = len(text.encode())
        if size > _ROW_BYTES:
            raise ValueError(f"{key}: a row has at most {_ROW_BYTES} bytes, this one {size}")
        total += size
        texts.append(text)
    if total > _TRANSACTION_BYTES:
        raise ValueError(f"a transaction writes at most {_TRANSACTION_BYTES} bytes, not {total}")
    return texts
