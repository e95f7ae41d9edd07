"""The corpus in our own words: well formed, without repeats, and nobody else's text."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "benchmarks/judgement/corpus"
REASONS = {
    "self_harm", "threat_hate", "safety", "vulnerable", "fraud_security", "pii", "legal_regulatory", "discrimination",
    "accusation", "protest_activism", "press_influencer", "crisis_incident", "anger", "sarcasm", "repeat_contact",
    "no_ack_needed", "unclear",
}  # fmt: skip
NEAR = 0.8
Shingles = frozenset[tuple[str, ...]]


def lines() -> Iterator[tuple[str, dict[str, object]]]:
    for path in sorted(CORPUS.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", json.loads(line)


def shingles(text: str) -> Shingles:
    """Word 3-shingles of a text, handles and links masked; a shorter text is one shingle."""
    words = re.findall(r"[^\W_]+", re.sub(r"@\w+|https?://\S+", " ", text.lower()))
    return frozenset(tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2)))


@cache
def ours() -> dict[str, Shingles]:
    return {place: shingles(str(line["text"])) for place, line in lines()}


def near_copies(texts: Iterable[tuple[str, Shingles]], known: dict[str, Shingles]) -> Iterator[tuple[str, str]]:
    """Pairs (place of the text, place of the known line) whose shingles overlap by NEAR or more.

    Such a pair shares at least NEAR of the shingles of either. So when more than the rest of a text's shingles have been looked
    up, the rarest first, one of the pair's was among them.
    """
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place, own in known.items():
        for shingle in own:
            holders[shingle].append(place)
    for place, theirs in texts:
        rarest = sorted(theirs, key=lambda shingle: len(holders.get(shingle, ())))
        looked_up = rarest[: len(theirs) - math.ceil(NEAR * len(theirs)) + 1]
        for other in {other for shingle in looked_up for other in holders.get(shingle, ())} - {place}:
            if len(theirs & known[other]) >= NEAR * len(theirs | known[other]):
                yield place, other


def test_every_line_says_text_ok_and_why() -> None:
    for place, line in lines():
        assert set(line) == {"text", "ok", "reasons"}, place
        assert 0 < len(str(line["text"]).strip()) <= 280, place
        assert isinstance(line["reasons"], list), place
        assert set(line["reasons"]) <= REASONS, place
        assert line["ok"] is (not line["reasons"]), place


def test_no_two_lines_are_near_copies() -> None:
    assert sorted(near_copies(ours().items(), ours())) == []


def test_a_line_with_a_word_more_at_either_end_is_found() -> None:
    for place, line in islice(lines(), 200):
        text, own = str(line["text"]), ours()[place]
        more = shingles(f"quokka {text} quokka")
        copied = len(own & more) >= NEAR * len(own | more)
        assert list(near_copies([("theirs", more)], {place: own})) == ([("theirs", place)] if copied else [])


def test_no_line_is_a_near_copy_of_a_real_mention(shared_data: Path) -> None:
    longer = {place: own for place, own in ours().items() if len(own) > 3}  # five words or fewer are anybody's words
    files = [
        *sorted((shared_data / "mentions").glob("*.jsonl")),
        shared_data / "labelled/dev.jsonl",
        shared_data / "labelled/extra.jsonl",
    ]
    theirs = ((path.name, shingles(str(json.loads(line)["text"]))) for path in files for line in path.open(encoding="utf-8"))
    assert sorted(near_copies(theirs, longer)) == []
