"""Long rows as few bytes: their JSON by zlib (RFC 1950), which knows beforehand how our records begin.

``dictionary_1.txt`` is a decision of an example brand without its values. Whoever reads a packed row needs it, so that file never
changes: a better one is ``dictionary_2.txt`` with a field ``zlib2``, and this one stays. What leaves the deployment (exports,
evidence packs, proofs) is never packed.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from pathlib import Path

from chalicelib.ports import Row

FIELD = "zlib1"
"""The one field of a packed row; its number is the dictionary's."""


@cache
def dictionary() -> bytes:
    """What every packed row is compressed against."""
    return Path(__file__).with_name("dictionary_1.txt").read_bytes()


def text_of(row: Row) -> bytes:
    """The row as compact JSON, as it is packed."""
    return json.dumps(dict(row), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def packed(text: bytes) -> bytes:
    """``text`` by zlib."""
    packing = zlib.compressobj(9, zdict=dictionary())
    return packing.compress(text) + packing.flush()


def unpacked(content: bytes) -> Row:
    """The row that was packed."""
    row: Row = json.loads(zlib.decompressobj(zdict=dictionary()).decompress(content))
    return row
