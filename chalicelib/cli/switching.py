"""What ``pause`` and ``resume`` share: the words of a scope, the accounts it covers, and what is shown of it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.folder import LocalTimes, opened
from chalicelib.cli.place import add_place, reached
from chalicelib.cli.story import Finder, Lookup
from chalicelib.domain import keys
from chalicelib.domain.codec import instant
from chalicelib.domain.facts import Control
from chalicelib.domain.scope import KINDS, Scope
from chalicelib.local.actor import actor
from chalicelib.ports import Store, Unavailable
from chalicelib.steps.pause import PausePorts, Switched, Target, Word, targets_of
from chalicelib.steps.rows import from_row

if TYPE_CHECKING:
    from chalicelib.policy.rules.rule import BrandPolicy

Act = Callable[..., Switched]

MEANINGS = {
    "no-control-record": "it has no control record, so nothing is acknowledged there until it gets one",
    "unreadable": "its control record cannot be read, so nothing is acknowledged there until it can",
    "unavailable": "its control record could not be written",
    "contended": "others kept changing its control record",
}
SEARCHED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """What a switch needs of a service. ``lookup`` also knows who paused what, which a stage is not searched for."""

    store: Store
    finder: Finder
    lookup: Lookup | None
    policies: Mapping[str, BrandPolicy]
    now: Callable[[], datetime]


@contextmanager
def _service(arguments: argparse.Namespace) -> Iterator[_Service]:
    """The service of ``--stage`` or ``--data``; raises Complaint where it cannot be reached."""
    if not arguments.stage:
        with opened(arguments.data) as folder:
            yield _Service(
                store=folder.store, finder=folder.lookup, lookup=folder.lookup, policies=folder.policies(), now=folder.now
            )
        return
    # wiring and what it needs of AWS: a pause of this machine does not wait for them
    from chalicelib import wiring  # noqa: PLC0415
    from chalicelib.local.search import ScanningLookup, tables_of  # noqa: PLC0415

    with reached(arguments) as place:
        store = place.backend.store
        finder = ScanningLookup(store, tables_of(wiring.settings()))
        yield _Service(store=store, finder=finder, lookup=None, policies=wiring.policies(), now=wiring.now)


def add_scope(parser: argparse.ArgumentParser) -> None:
    """The words of a scope, and who asks why."""
    parser.add_argument("kind", nargs="?", choices=KINDS, help="how much: everything, one brand, one account or one topic")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the brand, PLATFORM/ID or PLATFORM/HANDLE, or the topic")
    parser.add_argument("--brand", help="with a topic: only in this brand")
    parser.add_argument("--why", help="one sentence for those who read the record; who says it is recorded as well")
    add_place(parser)


def scope_of(arguments: argparse.Namespace) -> Scope:
    """The scope that was asked for; raises Complaint where words are missing or too many."""
    kind, name = arguments.kind, arguments.name
    if (name is None) != (kind == "all"):
        raise screen.Complaint("say: all, brand BRAND, account PLATFORM/ID, or topic TOPIC [--brand BRAND]", screen.Exit.USAGE)
    if arguments.brand is not None and kind != "topic":
        raise screen.Complaint("--brand goes with a topic; for a whole brand say: brand BRAND", screen.Exit.USAGE)
    if not (arguments.why or "").strip():
        raise screen.Complaint('say why, for the record: --why "..."', screen.Exit.USAGE)
    return Scope(
        kind=kind,
        brand=name if kind == "brand" else arguments.brand,
        account=name if kind == "account" else None,
        topic=name if kind == "topic" else None,
    )


def switched(arguments: argparse.Namespace, act: Act, done: str) -> int:
    """Do it, say what became of every account that was not reached, and when it began to hold."""
    scope = scope_of(arguments)
    with _service(arguments) as service:
        targets = _targets(scope, service)
        ports = PausePorts(store=service.store, entropy=os.urandom)
        word = Word(actor=actor(), why=screen.safe(arguments.why).strip())
        result = act(scope, targets, word, ports, service.now())
        at = service.now()
    for one in result.accounts:
        if not one.holds:
            screen.complain(f"{one.target.platform}/{one.target.account}: {MEANINGS[one.did]}")
    reached = sum(one.holds for one in result.accounts)
    changed = sum(one.did == "changed" for one in result.accounts)
    where = " ".join(part for part in (arguments.kind, arguments.name, arguments.brand and f"in {arguments.brand}") if part)
    unit = "account" if len(result.accounts) == 1 else "accounts"
    print(
        f"{done} {screen.safe(where)}: {reached} of {len(result.accounts)} {unit} ({changed} changed), since {screen.zoned(at)}"
    )
    if changed:
        print(f"on the record: ackguard ledger show {result.id}")
    if not result.complete:
        screen.complain("not every account was reached; run the same command again")
        return screen.Exit.BAD
    return screen.Exit.OK


def _targets(scope: Scope, service: _Service) -> tuple[Target, ...]:
    """The accounts of the scope, also those with a control record that no policy in force names; raises Complaint for none."""
    policies = service.policies
    brands = {name: policy.brand for name, policy in policies.items()}
    if scope.brand is not None and scope.brand not in brands:
        known = ", ".join(brands) or "none that can be read; ackguard pause all still works"
        raise screen.Complaint(f"no brand {scope.brand} is in force; there are: {known}")
    if scope.kind == "topic":
        topics = {topic for name, policy in policies.items() if scope.brand in (None, name) for topic in policy.topics}
        if scope.topic not in topics:
            raise screen.Complaint(f"no topic {scope.topic} is approved; there are: {', '.join(sorted(topics)) or 'none'}")
    found = targets_of(scope, brands)
    named = {(one.platform, one.account) for one in targets_of(Scope(kind="all"), brands)}
    others = [Target(brand=None, platform=platform, account=account) for platform, account in _unnamed(service)]
    found += tuple(
        one
        for one in others
        if (one.platform, one.account) not in named and (scope.kind == "all" or scope.account == f"{one.platform}/{one.account}")
    )
    if not found:
        known = ", ".join(f"{account.platform}/{account.handle}" for brand in brands.values() for account in brand.accounts)
        raise screen.Complaint(f"no account of that name; there are: {known or 'none'}")
    return found


def _unnamed(service: _Service) -> Sequence[tuple[str, str]]:
    """(platform, account) of every control record. Whoever may not search for them still stops what the policy names."""
    try:
        return list(_controls(service.finder))
    except Unavailable as error:
        screen.complain(f"accounts that no policy names were not looked for ({error}); the others are switched")
        return []


def _controls(finder: Finder) -> Mapping[tuple[str, str], Control | None]:
    """(platform, account) → its control record, None where it cannot be read."""
    found: dict[tuple[str, str], Control | None] = {}
    for key, row in finder.find("control", keys.control("", "").partition.split("#")[0] + "#", SEARCHED):
        _, platform, account = key.partition.split("#", 2)
        try:
            found[platform, account] = from_row(Control, row)
        except ValueError:
            found[platform, account] = None
    return found


def show(arguments: argparse.Namespace) -> int:
    """What is paused now, since when, by whom and why."""
    with _service(arguments) as service:
        brands = [policy.brand for policy in service.policies.values()]
        controls, words = _controls(service.finder), _words(service.lookup, service.store) if service.lookup else {}
    clock = LocalTimes({brand.id: brand.zone for brand in brands})
    accounts = {(one.platform, one.id): (brand, one) for brand in brands for one in brand.accounts}
    rows = []
    for place, control in sorted(controls.items()):
        brand, account = accounts.get(place, (None, None))
        name = f"{place[0]}/{account.handle if account else place[1]}"
        marks: Sequence[str] = control.paused if control else ("(unreadable)",)
        rows += [[name, brand.id if brand else "unknown", mark, *_said(words.get((*place, mark)), clock)] for mark in marks]
    out = screen.console()
    if rows:
        made = screen.table("account", "brand", "paused", "since", "by", "why")
        for cells in rows:
            made.add_row(*(Text(screen.safe(cell)) for cell in cells))
        out.print(made)
        out.print('Lift one: ackguard resume (all | brand B | account P/ID | topic T) --why "..."', style="dim")
    else:
        out.print(f"Nothing is paused on {len(controls)} accounts.")
    return screen.Exit.OK


Said = tuple[str, str, str, str]
"""When (ISO), brand, by whom, why."""


def _words(lookup: Lookup, store: Store) -> Mapping[tuple[str, str, str], Said]:
    """(platform, account, mark) → the latest pause of it."""
    found: dict[tuple[str, str, str], Said] = {}
    for key, row in lookup.recent("ledger", SEARCHED):
        if row["kind"] != "paused":
            continue
        public = json.loads(row["leaf"])
        half = store.read([keys.Key("private", key.partition, key.sort)])
        private = next(iter(half.values()), {}).get("half")
        if private is not None and public["body"]["paused"]:
            place = (private["platform"], private["account"], public["body"]["scope"])
            found.setdefault(place, (public["at"], public["brand"] or "unknown", public["actor"]["id"], private["why"]))
    return found


def _said(said: Said | None, clock: LocalTimes) -> tuple[str, str, str]:
    if said is None:
        return "unknown", "unknown", ""
    at, brand, who, why = said
    return clock.at(instant(at), brand), who, why
