"""``ackguard parse``: prints what a webhook body says, as the receiver would read it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from chalicelib.cli.screen import complain, console, safe, table
from chalicelib.domain.codec import encode, iso
from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Notice
from chalicelib.domain.webhook import RawWebhook, Unreadable, Verified
from chalicelib.platforms.contract import Platform
from chalicelib.registry import members

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

LARGEST = 1_000_000
"""Bytes of a body at most, as the receiver takes them."""

_SAYS = {"Mention": "mention", "Deletion": "deletion", "OwnPost": "own post", "Misread": "not understood"}


def add(subparsers: Subparsers) -> None:
    """Describe the words of the command."""
    parser = subparsers.add_parser(
        "parse",
        help="print what a webhook body says",
        description="Print what a webhook body says, as the receiver would read it. The signature is not checked.",
        epilog="exit codes: 0 read, 1 not readable (the reason is on standard error)",
    )
    parser.add_argument("--platform", required=True, choices=sorted(_platforms()), help="whose body it is")
    parser.add_argument("--json", action="store_true", help="one JSON object per line instead of a table")
    parser.add_argument("file", metavar="FILE", help="a file with the raw body, or - for standard input")


def run(arguments: argparse.Namespace) -> int:
    """Print every notice; 0 where the whole body was read, 1 where it, or a part of it, was not."""
    try:
        body = _body(arguments.file)
    except OSError as error:
        complain(f"cannot read {arguments.file}: {error.strerror}")
        return 1
    if len(body) > LARGEST:
        complain(f"{arguments.file} is longer than {LARGEST:,} bytes; the receiver would refuse it with 413")
        return 1
    now = datetime.now(timezone.utc)
    webhook = RawWebhook(platform=arguments.platform, method="POST", headers={}, query={}, body=body, received_at=now)
    found = _platforms()[arguments.platform].notices(Verified(webhook, secret="current"))
    if isinstance(found, Unreadable):
        complain(f"not readable as {arguments.platform}: {found.reason}; the receiver would open a case for a person")
        return 1
    (_print_lines if arguments.json else _print_tables)(found)
    return 0 if all(_kind(notice) != "Misread" for notice in found) else 1


def _platforms() -> dict[str, Platform]:
    return dict(members("chalicelib.platforms", "PLATFORM"))


def _body(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(file).open("rb") as stream:
        return stream.read(LARGEST + 1)


def _kind(notice: Notice) -> str:
    return type(notice).__name__


def _print_lines(notices: tuple[Notice, ...]) -> None:
    for notice in notices:
        print(json.dumps(encode(notice)))


def _print_tables(notices: tuple[Notice, ...]) -> None:
    screen = console()
    for number, notice in enumerate(notices, 1):
        shown = table("field", "value", title=f"{number} of {len(notices)}: {_SAYS[_kind(notice)]}")
        for name, value in _fields(notice):
            shown.add_row(name, Text(_said(value)))
        screen.print(shown)
    count = len(notices)
    screen.print(f"{count} notice{'' if count == 1 else 's'}; the signature was not checked")


def _fields(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        found = getattr(value, field.name)
        if dataclasses.is_dataclass(found) and not isinstance(found, (Known, Unknown, NotOffered)):
            yield from _fields(found, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, found


def _said(value: Any) -> str:
    match value:
        case Known():
            return _said(value.value)
        case Unknown():
            return f"unknown ({value.why})"
        case NotOffered():
            return "not offered"
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return iso(value)
        case Enum():
            return str(value.value)
        case tuple():
            return ", ".join(_said(one) for one in value) or "none"
        case str() | int():
            return safe(str(value))
    return "; ".join(f"{name} {_said(found)}" for name, found in _fields(value))
