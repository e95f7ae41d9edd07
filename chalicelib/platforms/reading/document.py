"""Bytes to JSON values, or the reason why not."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from chalicelib.domain.webhook import Unreadable

MAX_DEPTH = 64
"""Deepest nesting that is parsed. The parser recurses; real payloads of X stay under 12."""

_STRUCTURE = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)


class _Refused(ValueError):
    """A document that is JSON and still has no single meaning."""


def parse(body: bytes) -> Any | Unreadable:
    """The JSON value of ``body``.

    Refused: text that is not UTF-8, nesting beyond ``MAX_DEPTH``, a key given twice (two readers could read two values),
    NaN and infinities, numbers that overflow.
    """
    if _too_deep(body):
        return Unreadable("too-deep")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable("not-utf8")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite)
    except _Refused as refused:
        return Unreadable(str(refused))
    except (ValueError, RecursionError):
        return Unreadable("not-json")


def _too_deep(body: bytes) -> bool:
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    depth, quoted = 0, False
    for found in _STRUCTURE.finditer(body):
        mark = found.group()
        if mark == b'"':
            quoted = not quoted
        elif not quoted and mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif not quoted and mark in b"]}":
            depth -= 1
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("duplicate-key")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise _Refused("not-a-number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("not-a-number")
    return number
