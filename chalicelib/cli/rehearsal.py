"""One simulation from beginning to end: play everything, keep the flips on disk, tell coverage first."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from rich.text import Text

from chalicelib import wiring
from chalicelib.cli import screen
from chalicelib.domain.fact import value_of
from chalicelib.domain.limits import Limits
from chalicelib.steps.approve import Replay
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.simulate import Flip, Played, Simulation, outcome_of

SAMPLED = 20
"""How many of the mentions that would go to a person are listed; those that would be acknowledged are listed all."""


@dataclass(slots=True)
class Rehearsal:
    """The counts, and the flips that a person should read: every one from a person to an acknowledgement, some of the others."""

    simulation: Simulation
    kept: IO[str]

    def flips(self) -> Iterator[dict[str, Any]]:
        """The flips that were kept, those to acknowledgements first."""
        for wanted in (True, False):
            self.kept.seek(0)
            for line in self.kept:
                flip = json.loads(line)
                if (flip["after"] == "acknowledge") is wanted:
                    yield flip

    @property
    def replay(self) -> Replay:
        """What stands on record of it."""
        return Replay(of=self.simulation.total, replayed=self.simulation.replayed, flips=self.simulation.flips)


@contextmanager
def rehearsal(after: Loaded, before: Loaded | None, source: Iterable[Played | str], total: int | None) -> Iterator[Rehearsal]:
    """Play ``source`` through both policies behind a progress bar. A flip takes room on disk only, so 100,000 are no burden."""
    simulation = Simulation(after, before, Limits(), wiring.recogniser())
    others = Counter[str]()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        with screen.progress("replaying", total) as steps:
            for played in source:
                steps.advance()
                if isinstance(played, str):
                    simulation.leave_out(played)
                elif (flip := simulation.play(played)) is not None:
                    line = shown(flip)
                    others[line["after"]] += 1
                    if line["after"] == "acknowledge" or others[line["after"]] <= SAMPLED:
                        kept.write(json.dumps(line) + "\n")
        yield Rehearsal(simulation, kept)


def shown(flip: Flip) -> dict[str, Any]:
    """What a person reads of a flip: the text, both decisions, and the words or facts behind them."""
    mention = flip.facts.mention
    text = value_of(mention.text, "(no text)")
    return {
        "id": flip.id,
        "platform": mention.platform,
        "text": text,
        "before": outcome_of(flip.before),
        "after": outcome_of(flip.after),
        "rule_before": flip.before.rule,
        "rule_after": flip.after.rule,
        "evidence": [
            {
                "rule": rule,
                "check": piece.check,
                "source": piece.source,
                "quote": None if piece.start is None else text[piece.start : piece.end],
                "span": None if piece.start is None else [piece.start, piece.end],
                "says": piece.says,
            }
            for rule, piece in flip.evidence
        ],
    }


def summary(made: Rehearsal) -> dict[str, Any]:
    """Everything but the flips, for machines."""
    found = made.simulation
    return {
        "mentions": found.total,
        "replayed": found.replayed,
        "left_out": dict(found.left_out),
        "moves": [{"before": old, "after": new, "count": count} for (old, new), count in sorted(found.moves.items())],
        "flips": found.flips,
        "unknown": found.unknown["after"],
        "rules": [{"rule": rule, "before": old, "after": new} for rule, old, new in found.changed_rules()],
        "never": found.silent(),
    }


def tell(made: Rehearsal) -> None:
    """Coverage first, then every mention that turns to an acknowledgement, then counts."""
    out, found = screen.console(), made.simulation
    out.print(Text(coverage(made), style="bold"))
    for why, count in found.left_out.most_common():
        out.print(Text(f"  {count:,} left out: {why}"))
    out.print(Text(f"{found.flips:,} went to a person and would be acknowledged", style="bold red" if found.flips else "green"))
    for flip in made.flips():
        _tell_flip(out, flip)
    ends = screen.table("before", "after", "mentions")
    for (old, new), count in sorted(found.moves.items()):
        ends.add_row(screen.outcome_text(old), screen.outcome_text(new), Text(f"{count:,}"))
    out.print(ends)
    rules = screen.table("rule", "hits before", "hits after")
    for rule, was, now in found.changed_rules():
        rules.add_row(Text(screen.safe(rule)), Text(f"{was:,}"), Text(f"{now:,}", style="bold" if was != now else ""))
    out.print(rules)
    if silent := found.silent():
        out.print(Text(f"never hit: {screen.safe(', '.join(silent))}", style="dim"))


def coverage(made: Rehearsal) -> str:
    """How much of what there was could be replayed."""
    found = made.simulation
    share = 100 * found.replayed / found.total if found.total else 0
    return f"{found.replayed:,} of {found.total:,} mentions replayed ({share:.1f} %)"


def _tell_flip(out: Any, flip: dict[str, Any]) -> None:
    out.print(Text(f"{screen.safe(flip['id'])[:16]}  {flip['before']} → {flip['after']}  “{screen.safe(flip['text'])}”"))
    was, now = (screen.safe(flip[name]) for name in ("rule_before", "rule_after"))
    out.print(Text(f"    before {was}, after {now}", style="dim"))
    for piece in flip["evidence"]:
        words = f"“{piece['quote']}”" if piece["quote"] is not None else piece["says"]
        source = f" of {piece['source']}" if piece["source"] else ""
        out.print(
            Text(f"    {screen.safe(piece['rule'])}: {screen.safe(piece['check'])}{screen.safe(source)}: {screen.safe(words)}")
        )
