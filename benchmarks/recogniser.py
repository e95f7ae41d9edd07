"""What the recogniser costs a decision and a cold start: CPU time of one core, by the length of the text.

The decider wakes its recogniser when the first mention could earn an acknowledgement; a mention that a rule sends to a person
never pays. Exit code 1 where a limit is passed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chalicelib.recogniser.model import Model
from chalicelib.recogniser.pieces import MOST_PIECES, TooLong, pieces_of

ROOT = Path(__file__).resolve().parents[1]
DECISION_MS, COLD_MS = 20, 900
TEXT = "@BrandDemo hi, my parcel has not arrived yet, could you have a look please? It was ordered for my brother and "
PIECES = (15, 25, 40, MOST_PIECES)
"""Pieces of the shortest tenth, the middle, the longest tenth of real mentions, and the most that are looked at."""

COLD = "import app, chalicelib.steps.intake, chalicelib.steps.bundles; from chalicelib.aws.backend import AwsBackend"
WAKE = f"{COLD}; from chalicelib import wiring; wiring.recogniser().recognise('@BrandDemo where is my order?')"


def main() -> int:
    """Print both tables."""
    model = Model()
    vocabulary = {word: number for number, word in enumerate(model.about["vocabulary"])}
    print(f"{'pieces':>6}  {'ms of CPU':>9}   limit {DECISION_MS} at the middle length")
    middle = 0.0
    for wanted in PIECES:
        text = " ".join((TEXT * 8).split()[:wanted])
        while not _fits(text, vocabulary, wanted):
            text = text.rsplit(" ", 1)[0]
        spent = min(_spent(model, text) for _ in range(30))
        middle = spent if wanted == PIECES[1] else middle
        print(f"{len(pieces_of(text, vocabulary)):6}  {spent:9.1f}")
    without, with_it = (statistics.median(_fresh(code) for _ in range(7)) for code in (COLD, WAKE))
    print(f"the decider wakes in {without:.0f} ms of CPU, with the recogniser's first answer in {with_it:.0f}   limit {COLD_MS}")
    return int(middle > DECISION_MS or with_it > COLD_MS)


def _fits(text: str, vocabulary: dict[str, int], most: int) -> bool:
    try:
        return len(pieces_of(text, vocabulary)) <= most
    except TooLong:
        return False


def _spent(model: Model, text: str) -> float:
    begun = time.process_time()
    model.recognised(text)
    return (time.process_time() - begun) * 1000


def _fresh(code: str) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
    after = getrusage(RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


if __name__ == "__main__":
    sys.exit(main())
