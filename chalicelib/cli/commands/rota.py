"""``ackguard rota``: say who is on shift, or show it."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.place import add_place, reached
from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.facts import Rota
from chalicelib.local.actor import actor
from chalicelib.ports import Store
from chalicelib.steps.rows import from_row
from chalicelib.steps.staffing import StaffPorts, WrongRota, staff

DESCRIPTION = """\
Says how many people of a brand are on shift, until when, and when the next shift begins. What an acknowledgement promises
rests on it: without a rota nothing is acknowledged. It ends by itself, so say it again at each change of shift. Without a
brand it shows all.

Times are a clock time in the brand's zone (18:00: the next one that comes) or a whole time with its zone
(2026-11-23T08:00+00:00).

examples:
  ackguard rota northwind-bank --on-shift 4 --until 18:00 --next 08:00
  ackguard rota northwind-bank --on-shift 0 --until 08:00 --stage ackguard-live
  ackguard rota
"""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "rota", help="say who is on shift", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("brand", nargs="?", metavar="BRAND", help="the brand; without it every rota is shown")
    parser.add_argument("--on-shift", type=int, metavar="N", help="how many people answer now")
    parser.add_argument("--until", metavar="TIME", help="when the last of them goes")
    parser.add_argument("--next", metavar="TIME", help="when the next shift begins after that, if it is known")
    add_place(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write or show; raises Complaint for a brand or time that is not understood."""
    from chalicelib import wiring  # noqa: PLC0415 - after ``reached`` has said where

    with reached(arguments) as place:
        brands = wiring.brands()
        now = wiring.now()
        if arguments.brand is None:
            _show(brands, place.backend.store, now)
            return screen.Exit.OK
        if arguments.brand not in brands:
            raise screen.Complaint(f"no brand {arguments.brand} is in force; there are: {', '.join(brands) or 'none'}")
        rota = _asked(arguments, brands[arguments.brand], now)
        try:
            id = staff(arguments.brand, rota, actor(), StaffPorts(store=place.backend.store, entropy=os.urandom), now)
        except WrongRota as error:
            raise screen.Complaint(f"{error}", screen.Exit.USAGE) from None
    print(f"{arguments.brand}: {_said(rota, brands[arguments.brand], now)}; on the record: ackguard ledger show {id}")
    return screen.Exit.OK


def _asked(arguments: argparse.Namespace, brand: Brand, now: datetime) -> Rota:
    if arguments.on_shift is None or arguments.until is None:
        raise screen.Complaint("say how many and until when: --on-shift 4 --until 18:00", screen.Exit.USAGE)
    if not 0 <= arguments.on_shift <= 10_000:
        raise screen.Complaint("--on-shift: a whole number from 0", screen.Exit.USAGE)
    until = when(arguments.until, brand.zone, now)
    following = when(arguments.next, brand.zone, until) if arguments.next is not None else None
    return Rota(on_shift=arguments.on_shift, until=until, next_shift=following)


def when(text: str, zone: str, after: datetime) -> datetime:
    """The time (UTC) that ``text`` means: a clock time is the first one after ``after``; raises Complaint for anything else.

    On the night when clocks go back a time that comes twice is the first of both; one that never comes, because they go
    forward, is as long after midnight as it says.
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        try:
            whole = datetime.fromisoformat(text)
        except ValueError:
            whole = None
        if whole is None or whole.tzinfo is None:
            raise screen.Complaint(
                f"{text} is no time: give 18:00 (in {zone}) or 2026-11-23T18:00+00:00, with its zone", screen.Exit.USAGE
            )
        return whole.astimezone(timezone.utc)
    local = after.astimezone(ZoneInfo(zone))
    clock = time(int(found[1]), int(found[2]))
    days = (datetime.combine(local.date() + timedelta(days=ahead), clock, ZoneInfo(zone)) for ahead in range(3))
    return next(at for day in days if (at := day.astimezone(timezone.utc)) > after)


def _show(brands: Mapping[str, Brand], store: Store, now: datetime) -> None:
    rows = store.read([keys.rota(name) for name in brands]) if brands else {}
    shown = screen.table("brand", "who answers")
    for name, brand in brands.items():
        row = rows.get(keys.rota(name))
        shown.add_row(
            name, _said(from_row(Rota, row), brand, now) if row else "nobody is known to be there: nothing is acknowledged"
        )
    screen.console().print(shown)


def _said(rota: Rota, brand: Brand, now: datetime) -> str:
    if rota.until <= now:
        return f"the last shift that is known ended {screen.zoned(rota.until, brand.zone)}: nothing is acknowledged"
    following = f", the next shift begins {screen.zoned(rota.next_shift, brand.zone)}" if rota.next_shift else ""
    return f"{rota.on_shift} on shift until {screen.zoned(rota.until, brand.zone)}{following}"


COMMAND = Command(add, run)
