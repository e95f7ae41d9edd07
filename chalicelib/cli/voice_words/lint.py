"""``ackguard voice lint``: everything a copywriter wants to know before a voice is published."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.voice_folder import Written, add_asked, written

if TYPE_CHECKING:
    from chalicelib.voice.closest import Pair
    from chalicelib.voice.reach import Reach
    from chalicelib.voice.voice import Voice

DESCRIPTION = """\
Checks every voice (or VOICE): the tone guide of its language, spelling, how replies are set, how long and how hard to read the
worst of them is, whether it fits the brands that use it. Then says how far it reaches: how many words can be said, what part
of them one window of 72 hours takes, which part is worth one more wording, and the closest two replies that it can ever produce
(every pair is compared: about 15 seconds for 12,167 words; --quick leaves it out).

examples:
  ackguard voice lint
  ackguard voice lint plain.en --per-day 1000
  ackguard voice lint plain.en --against ../released/policies     what an edition does not allow to change

Exit code 0, or 1 where something must be put right (with --strict: where there is anything to say).
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "lint", help="check wordings and say how far they reach", description=DESCRIPTION, formatter_class=tree.RAW
    )
    add_asked(parser)
    parser.add_argument(
        "--per-day", type=_volume, metavar="N", help="acknowledgements a day (default: what the brands' rules allow)"
    )
    parser.add_argument("--against", type=Path, metavar="DIR", help="the policy folder in force: what may not have changed since")
    parser.add_argument("--quick", action="store_true", help="do not search for the closest pair")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.add_argument("--json", action="store_true", help="JSON for machines")


def run(arguments: argparse.Namespace) -> int:
    """Check, then count; 0 where nothing has to be put right."""
    from chalicelib.cli.voice_checks import changed, fit, spelling  # noqa: PLC0415 - dictionaries wait until they are asked for

    found = written(arguments.policies, arguments.voice)
    problems = [*found.problems, *spelling(found), *fit(found)]
    if arguments.against is not None:
        problems += changed(written(arguments.against), found)
    told = {name: _told(name, voice, found, arguments) for name, voice in found.voices.items()}
    if arguments.json:
        print(
            json.dumps({"problems": json.loads(tree.problems_json(problems)), "voices": {n: t.json() for n, t in told.items()}})
        )
    else:
        tree.show_problems(problems)
        for one in told.values():
            one.show()
    bad = any(arguments.strict or not problem.severity for problem in problems)
    return screen.Exit.BAD if bad else screen.Exit.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is said of one voice. ``volumes`` maps who speaks with it to acknowledgements an hour."""

    name: str
    voice: Voice
    reach: Reach
    longest: int
    lix: float
    closest: Pair | None
    volumes: Mapping[str, float]

    def json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "edition": self.voice.edition,
            "p": self.voice.p,
            "words": self.reach.size,
            "live": self.reach.live,
            "gains": self.reach.gains,
            "longest": self.longest,
            "lix": round(self.lix, 1),
            "closest": None if self.closest is None else [round(self.closest.similarity, 3), self.closest.a, self.closest.b],
            "brands": {
                who: {
                    "per_hour": volume,
                    "lasts_h": round(self.reach.lasts_h(volume), 1),
                    "fill": round(self.reach.fill(volume), 3),
                }
                for who, volume in self.volumes.items()
            },
        }

    def show(self) -> None:
        """For people."""
        out, voice = screen.console(), self.voice
        out.print(f"\n{self.name}", style="bold", end="")
        out.print(
            f" · edition {voice.edition}, approved by {screen.safe(voice.approved.by)} on {voice.approved.on} · p = {voice.p}"
        )
        out.print(f"  words to say     {self.reach.live:,} of {self.reach.size:,}")
        out.print(f"  one more wording {_worth(self.reach)}")
        out.print(f"  longest reply    {self.longest} characters as X weighs them")
        out.print(f"  hardest reply    LIX {self.lix:.0f}")
        if self.closest is not None:
            out.print(f"  closest pair     {self.closest.similarity:.2f}, with the same topic, team and time:")
            for index in (self.closest.a, self.closest.b):
                out.print(f"    {index:>6}  {self._text(index)}", soft_wrap=True)
        for who, volume in self.volumes.items():
            fill = self.reach.fill(volume)
            style = "yellow" if fill > _usable() else ""
            says = (
                f"{who}: at {volume:.0f} an hour its words last {self.reach.lasts_h(volume):.0f} hours; a window takes {fill:.0%}"
            )
            out.print(f"  {says}", style=style, soft_wrap=True)

    def _text(self, index: int) -> str:
        from chalicelib.voice.compose import render  # noqa: PLC0415

        word = self.voice.word(index)
        assert word is not None
        return render(word, _values(self.voice), self.voice)


def _told(name: str, voice: Voice, found: Written, arguments: argparse.Namespace) -> _Told:
    from chalicelib.voice.closest import closest  # noqa: PLC0415
    from chalicelib.voice.lint import hardest, longest  # noqa: PLC0415
    from chalicelib.voice.reach import reach  # noqa: PLC0415

    pair, far = None, reach(voice)
    if not arguments.quick:
        with screen.progress(f"comparing the words of {name}", far.live, beside_output=arguments.json) as steps:
            pair = closest(voice, _values(voice), steps.advance)
    return _Told(
        name=name,
        voice=voice,
        reach=far,
        longest=longest(voice)[0],
        lix=hardest(voice)[0],
        closest=pair,
        volumes={"asked for": arguments.per_day / 24} if arguments.per_day else _volumes(voice, found),
    )


def _volumes(voice: Voice, found: Written) -> Mapping[str, float]:
    """Brand → the most acknowledgements an hour that its rules allow, for the brands that speak with this voice."""
    if found.pack is None:
        return {}
    brands = [one for one in found.pack.brands.values() if one.voice == voice.id and voice.language in one.languages]
    return {one.id: float(sum(rule.per_hour or 0 for rule in found.pack.rules[one.id])) for one in brands}


def _values(voice: Voice) -> Any:
    """The same topic, team and time in every reply: long ones, because what is filled in never differs."""
    from chalicelib.voice.lint import read_values  # noqa: PLC0415

    return read_values(voice)


def _worth(reach: Reach) -> str:
    if reach.best_part is not None:
        return f"in “{reach.best_part}” brings {reach.gains[reach.best_part]:,} words, more than anywhere else"
    return "has no number left that brings a word: raise the edition and take a larger p"


def _usable() -> float:
    from chalicelib.voice.reach import USABLE  # noqa: PLC0415

    return USABLE


def _volume(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1_000_000:
        raise argparse.ArgumentTypeError("a whole number of acknowledgements a day, for example 1000")
    return int(text)


COMMAND = Command(add, run)
