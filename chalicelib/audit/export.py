"""Records as text that leaves the deployment: lines of JSON, which are the record, and lines of CSV, which are a view of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.audit.canonical import canonical
from chalicelib.domain.codec import Json

LONGEST_CELL = 32_767
"""Characters of one cell in Excel and LibreOffice Calc. A longer one runs over into the next row, where it is parsed afresh."""

COLUMNS = (
    "at", "kind", "id", "number", "brand", "platform", "outcome", "rule", "reason", "state", "topic", "department", "priority",
    "actor", "body",
)  # fmt: skip
"""The header of the CSV of public halves; ``body`` is a follow-up record's body as JSON."""

PRIVATE_COLUMNS = ("at", "kind", "id", "number", "brand", "author", "name", "mention", "reply", "half")
"""The header of the CSV of private halves; ``half`` is that of a follow-up record as JSON, without its salt."""

_STARTS_FORMULA = re.compile("[-=+@\u2212]")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"}
_SPACE = " "


def record_line(leaf: str) -> str:
    """One line of the record: the exact bytes of the leaf and a newline, which no leaf holds (RFC 8785 §3.2.2.2 escapes it)."""
    return f"{leaf}\n"


def private_line(public: Mapping[str, Any], half: Mapping[str, Json]) -> str:
    """The private half of one record with what names the record.

    The digest of ``half`` in canonical form is the ``private.digest`` of that record.
    """
    named: dict[str, Json] = {"id": public["id"], "kind": public["kind"], "number": public.get("number", 0), "half": dict(half)}
    return canonical(named).decode() + "\n"


def csv_line(cells: Iterable[str]) -> str:
    """One row of CSV (RFC 4180), every cell quoted and none of them a formula for a spreadsheet."""
    return ",".join('"' + cell(text).replace('"', '""') + '"' for text in cells) + "\r\n"


def cell(text: str) -> str:
    """``text`` as a cell that every spreadsheet takes for text.

    A quote mark is set before it where its first visible character could start a formula (= + - @, also full-width, small or
    superscript ones, and the minus sign) or where it begins with something invisible. The same behind every semicolon, which
    separates cells wherever the comma is the decimal mark. Line breaks and controls become spaces: this is a view, on one line.
    Source: OWASP, "CSV Injection", and what LibreOffice does with ``tests/audit/test_export.py``.
    """
    shown = ";".join(_quoted(piece) for piece in text.split(";"))
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - 1] + "…"


def _quoted(piece: str) -> str:
    shown = piece if piece.isprintable() else "".join(map(_on_one_line, piece))
    # A quote mark too: where the file is split at another place it is the quoting of a cell, and no character of it.
    seen = next((one for one in piece if unicodedata.category(one) not in _UNSEEN and one != '"'), "")
    hidden = piece[:1] not in ("", _SPACE) and unicodedata.category(piece[0]) in _UNSEEN
    return f"'{shown}" if hidden or _STARTS_FORMULA.match(unicodedata.normalize("NFKC", seen)) else shown


def _on_one_line(character: str) -> str:
    return _SPACE if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} else character


def view_of(public: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of one public half, by ``COLUMNS``."""
    said: Mapping[str, Any] = public.get("decision") or public.get("body") or {}
    actor = public.get("actor") or {}
    body = canonical(public["body"]).decode() if public.get("body") else ""
    known = {**said, **public, "actor": ":".join(actor.values()), "body": body}
    return tuple(_text(known.get(name)) for name in COLUMNS)


def private_view_of(public: Mapping[str, Any], half: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of one private half, by ``PRIVATE_COLUMNS``."""
    mention = (half.get("facts") or {}).get("mention") or {}
    author = mention.get("author") or {}
    rest = "" if mention else canonical({name: part for name, part in half.items() if name != "salt"}).decode()
    known = {
        **public,
        "author": _known(author.get("handle")),
        "name": _known(author.get("name")),
        "mention": _known(mention.get("text")),
        "reply": (half.get("reply") or {}).get("text"),
        "half": rest,
    }
    return tuple(_text(known.get(name)) for name in PRIVATE_COLUMNS)


def _known(fact: Any) -> Any:
    return fact.get("value") if isinstance(fact, Mapping) else None


def _text(value: Any) -> str:
    return "" if value is None else str(value)
