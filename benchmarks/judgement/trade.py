"""What every phrase and rule for people costs and gains: ``.venv/bin/python benchmarks/judgement/trade.py [FILE.jsonl ...]``.

An acknowledgement needs the rules and the recogniser both, so a phrase earns its place only by what it stops alone: by a mention
for a person that nothing else refuses. What it costs are fine ones that nothing else refuses. Closed lines are never read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.judgement.sources import OWN, ROOT, SHARED
from chalicelib import wiring
from chalicelib.cli import labelled, screen
from chalicelib.cli.judging import Judge
from chalicelib.cli.pack import POLICIES, pack_of
from chalicelib.domain.decision import Decision, Match, Outcome
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Recognised
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.decide import decide
from chalicelib.recogniser.weights import MODEL

OPEN = tuple(SHARED / "labelled" / f"{name}.jsonl" for name in ("dev", "extra", "more"))
CACHE = ROOT / "build" / "trade-scores.json"
SPANS = frozenset({"text_has", "text_nearly_has", "handle_has"})

Refuser = tuple[str, str]
"""What refuses: a list (or a rule) and the phrase (or nothing)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A labelled mention, what the rules and the recogniser say about it, and everything that refuses it."""

    labelled: labelled.Labelled
    earned: bool
    refusers: frozenset[Refuser]

    @property
    def kind(self) -> str:
        """``fine`` or the severity of the reasons for a person."""
        return self.labelled.severity or "fine"


def refusers_of(match: Match, by: str) -> Iterator[Refuser]:
    """What made one rule fire, each enough by itself: ``by`` phrase, list or rule."""
    spans = [one for one in match.evidence if one.check in SPANS and by != "rule"]
    if not spans:
        yield (match.rule, "")
    for one in spans:
        name = f"{one.source}~" if one.check == "text_nearly_has" else str(one.source)
        yield (name, one.says if by == "phrase" else "")


def weighed(lines: list[labelled.Labelled], by: str, hoped: bool) -> Iterator[Weighed]:
    """Every line as the shipped demo brand decides it; ``hoped``: as if the recogniser always gave its best score."""
    bundle, loaded = pack_of(POLICIES)
    recogniser = wiring.recogniser()
    judge = Judge(bundle, loaded, "demo", datetime.now(timezone.utc), recogniser)
    known: dict[str, int | None] = json.loads(CACHE.read_text()).get(MODEL, {}) if CACHE.exists() else {}
    with screen.progress("weighing", len(lines), beside_output=True) as steps:
        for line in lines:
            text = line.mention.text
            if not hoped and text not in known:
                fact = recogniser.recognise(text)
                known[text] = fact.value.score if isinstance(fact, Known) else None
            score = 1_000_000 if hoped else known[text]
            facts = replace(judge.facts(line.mention), ordinary=Known(Recognised(score=score or 0, model=MODEL)))
            decision = decide(facts, judge.bundle_for(line.mention), Limits())
            yield Weighed(line, _earned(decision), frozenset(_refusers(decision, by)))
            steps.advance()
    CACHE.parent.mkdir(exist_ok=True)
    CACHE.write_text(json.dumps({MODEL: known}))


def _earned(decision: Decision) -> bool:
    """Whether an acknowledgement rule fired: topic, request and recogniser all say yes."""
    return any(match.outcome is Outcome.ACKNOWLEDGE for match in decision.matched)


def _refusers(decision: Decision, by: str) -> Iterator[Refuser]:
    for match in decision.matched:
        if match.outcome is Outcome.HUMAN:
            yield from refusers_of(match, by)


def open_lines(files: list[Path]) -> list[labelled.Labelled]:
    """Every line that may be looked at; raises OSError and BadLine."""
    found = []
    for file in files:
        written = [line for line in file.read_bytes().split(b"\n") if line.strip()]
        lines = [labelled.read(line, number) for number, line in enumerate(written, start=1)]
        kept = labelled.closed_of(file.name, [one.stratum for one in lines])
        found += [one for place, one in enumerate(lines) if place not in kept]
    return found


def main() -> int:
    """Print the trade; exit 2 where there is nothing to read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE.jsonl", help="labelled lines (default: ../shared, open ones)"
    )
    parser.add_argument("--own", action="store_true", help="our own corpus, which the recogniser has learnt: with --hoped")
    parser.add_argument("--hoped", action="store_true", help="as if the recogniser gave its best score to everything")
    parser.add_argument("--by", choices=("phrase", "list", "rule"), default="phrase", help="what is weighed (default: phrase)")
    parser.add_argument("--texts", action="store_true", help="the fine ones refused and what refuses them, one a line")
    parser.add_argument("--caught", metavar="LIST", help="the ones for people that only this list or rule catches, one a line")
    arguments = parser.parse_args()
    files = arguments.files or (sorted(OWN.glob("*.jsonl")) if arguments.own else [file for file in OPEN if file.exists()])
    if not files:
        print("nothing to weigh: give files, or put ../shared beside the project", file=sys.stderr)
        return 2
    everything = list(weighed(open_lines(files), arguments.by, hoped=arguments.hoped or arguments.own))
    if arguments.caught:
        _caught(everything, arguments.caught)
    elif arguments.texts:
        _texts(everything)
    else:
        _table(everything)
    return 0


def _table(everything: list[Weighed]) -> None:
    """Fine ones refused by it alone against others caught by it alone, the worst trade first."""
    trade: dict[Refuser, Counter[str]] = defaultdict(Counter)
    for one in everything:
        if one.earned and len(one.refusers) == 1:
            trade[next(iter(one.refusers))][one.kind] += 1
    shown = screen.table("where", "phrase", "fine refused", "critical", "serious", "soft", title="Refused by this alone")
    for (where, phrase), count in sorted(trade.items(), key=lambda pair: (-_worth(pair[1]), pair[0])):
        shown.add_row(where, phrase, *(str(count[kind]) for kind in ("fine", "critical", "serious", "soft")))
    console = screen.console()
    console.print(shown)
    earned = [one for one in everything if one.earned]
    for kind in ("fine", "critical", "serious", "soft"):
        mine = [one for one in everything if one.kind == kind]
        spoken = sum(one.earned and not one.refusers for one in mine)
        would = sum(one.earned for one in mine)
        console.print(f"{kind}: {spoken} of {len(mine)} acknowledged, {would} if nothing refused")
    console.print(f"{sum(bool(one.refusers) for one in earned)} earned and refused")


def _worth(count: Counter[str]) -> int:
    return count["fine"] - count.total() + count["fine"]


def _texts(everything: list[Weighed]) -> None:
    for one in everything:
        if one.kind == "fine" and one.earned and one.refusers:
            told = " | ".join(f"{where}: {phrase}" for where, phrase in sorted(one.refusers))
            print(f"{one.labelled.mention.id}\t{told}\t{one.labelled.mention.text!r}")


def _caught(everything: list[Weighed], name: str) -> None:
    for one in everything:
        if one.kind != "fine" and one.earned and {where.rstrip("~") for where, _ in one.refusers} == {name}:
            phrases = " | ".join(sorted(phrase for _, phrase in one.refusers))
            print(f"{one.kind}\t{','.join(one.labelled.reasons)}\t{phrases}\t{one.labelled.mention.text!r}")


if __name__ == "__main__":
    sys.exit(main())
