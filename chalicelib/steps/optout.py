"""Silence that lasts, written by the transaction that decides: towards a person for ever, in a thread until people end it."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.decision import Decision
from chalicelib.domain.fact import Fact, Known
from chalicelib.domain.facts import Person, Thread
from chalicelib.domain.keys import Key
from chalicelib.ports import Put, Write
from chalicelib.steps.rows import to_row, unchanged


def silencing(decision: Decision, person: tuple[Key, Fact[Person]], thread: tuple[Key, Fact[Thread]]) -> list[Write]:
    """What the rules that were seen to hold write down for good, each only once.

    The row of a person is shared by all accounts of the deployment on their platform, so one refusal binds every brand.
    A row that cannot be read is left alone: it is unknown, and that goes to a person by itself.
    """
    silences = {match.silence for match in decision.matched}
    writes: list[Write] = []
    place, who = person
    if "person" in silences and isinstance(who, Known) and not who.value.opted_out:
        refused = replace(who.value, version=who.value.version + 1, opted_out=True)
        writes.append(Put(place, to_row(refused, key=place), when=unchanged(who.value.version)))
    place, said = thread
    if "thread" in silences and isinstance(said, Known) and not said.value.silent:
        quiet = replace(said.value, version=said.value.version + 1, silent=True)
        writes.append(Put(place, to_row(quiet, key=place), when=unchanged(said.value.version)))
    return writes
