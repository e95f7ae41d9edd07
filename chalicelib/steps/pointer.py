"""The pointer: which bundle is in force, signed, so that only a publisher moves it and nobody brings an old one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.canonical import canonical
from chalicelib.domain import keys
from chalicelib.policy.deciding.bundle import Broken, signed_by
from chalicelib.ports import Row, Signer
from chalicelib.steps.rows import from_row, to_row

PREFIX = b"ackguard-pointer/1\n"
"""What is signed begins so: the signature of a bundle or a challenger never makes a pointer."""

UNSIGNED = Broken("pointer-unsigned")
WENT_BACK = Broken("pointer-went-back")
"""Signed once, and older than one that this process has seen: somebody put it there again."""

_SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Which bundle is in force. ``version`` grows by one with every move, ``people`` stand for it, ``previous`` was before it.

    ``challenger`` is the bundle that runs beside. A hash that is not there is empty.
    """

    version: int
    sha256: str
    at: datetime
    people: tuple[str, ...]
    previous: str = ""
    challenger: str = ""


def signed_row(pointer: Pointer, signer: Signer) -> Row:
    """The row of the pointer, with the publisher's signature over all of it."""
    row = to_row(pointer, key=keys.pointer())
    return {**row, _SIGNATURE: signer.sign(_content(row)).hex()}


def read_pointer(row: Row, public_keys: Sequence[bytes]) -> Pointer | Broken:
    """What the row says, if one of the publishers' 32-byte keys signed it as it stands; never raises."""
    try:
        signature = bytes.fromhex(row[_SIGNATURE])
        content = _content({name: value for name, value in row.items() if name != _SIGNATURE})
        return from_row(Pointer, row) if signed_by(public_keys, signature, content) else UNSIGNED
    except (KeyError, TypeError, ValueError):
        return UNSIGNED


def _content(row: Row) -> bytes:
    return PREFIX + canonical(dict(row))
