"""Score by group: the share of other people's texts that would be acknowledged, on lines that nothing learnt from.

``python benchmarks/judgement/groups.py`` needs ``../shared``. Hate, sarcasm and small talk should give nought; questions to
a bank or a shop are fine, and those about money in danger are not. The recogniser's own share stands beside the pipeline's.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.judgement.sources import REASONS, SHARED, Lesson, left_over, open_lines
from chalicelib import wiring
from chalicelib.cli import screen
from chalicelib.cli.judging import Judge
from chalicelib.cli.pack import POLICIES, pack_of
from chalicelib.cli.plain import Plain
from chalicelib.domain.fact import Known

BRANDS = {"banking77": "northwind-bank"}
"""Whose mentions a set could be; the brand of the demonstration where nothing stands here."""

OVER = 700_000
"""What the recogniser alone is counted from, in millionths."""


def named(name: str, lesson: Lesson) -> str:
    """The group of a line."""
    if name == "hatecheck":
        return "HateCheck, hateful" if "threat_hate" in lesson.reasons else "HateCheck, not hateful"
    if name == "isarcasmeval_en":
        return "iSarcasmEval, sarcastic" if "sarcasm" in lesson.reasons else "iSarcasmEval, sincere, to nobody"
    whose = "Banking77" if name == "banking77" else "CLINC150"
    return f"{whose}, {'money in danger or small talk' if lesson.reasons else 'ordinary questions'}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=400, help="lines of each set (default: 400)")
    parser.add_argument("--texts", action="store_true", help="also print what was acknowledged though it should not be")
    arguments = parser.parse_args()
    if not SHARED.exists():
        print("needs ../shared", file=sys.stderr)
        return 1
    bundle, loaded = pack_of(POLICIES)
    recogniser = wiring.recogniser()
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    lines = [
        (named(name, one), BRANDS.get(name, "demo"), one) for name, left in left_over().items() for one in left[: arguments.most]
    ]
    for reason in REASONS:
        lines += [(f"open labelled lines, {reason}", "demo", one) for one in open_lines() if reason in one.reasons]
    judges = {brand: Judge(bundle, loaded, brand, datetime.now(timezone.utc), recogniser) for brand in ("demo", "northwind-bank")}
    with screen.progress("judging", len(lines), beside_output=True) as steps:
        for group, brand, lesson in lines:
            answer = judges[brand].decide(Plain(id="1", text=lesson.text))
            told = recogniser.recognise(lesson.text)
            row = rows[group]
            row[0] += 1
            row[1] += answer["outcome"] == "acknowledge"
            row[2] += isinstance(told, Known) and told.value.score > OVER
            if arguments.texts and lesson.reasons and answer["outcome"] == "acknowledge":
                print(f"{group}: {screen.safe(lesson.text)}", file=sys.stderr)
            steps.advance()
    print(f"{'group':44} {'lines':>6} {'acknowledged':>13} {'recogniser alone over ' + str(OVER // 10_000) + ' %':>28}")
    for group, (count, spoken, sure) in rows.items():
        print(f"{group:44} {count:6} {spoken:6} {spoken / count:6.1%} {sure:20} {sure / count:6.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
