"""The corpus in our own words: well formed, without repeats, and nobody else's text."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "benchmarks/judgement/corpus"
REASONS = {
    "self_harm", "threat_hate", "safety", "vulnerable", "fraud_security", "pii", "legal_regulatory", "discrimination",
    "accusation", "protest_activism", "press_influencer", "crisis_incident", "anger", "sarcasm", "repeat_contact",
    "no_ack_needed", "unclear",
}  # fmt: skip
NEAR = 0.8


def lines() -> Iterator[tuple[str, dict[str, object]]]:
    for path in sorted(CORPUS.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", json.loads(line)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Word 3-shingles of a text, handles and links masked; a shorter text is one shingle."""
    words = re.findall(r"[^\W_]+", re.sub(r"@\w+|https?://\S+", " ", text.lower()))
    return frozenset(tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2)))


def near_copies(texts: Iterable[tuple[str, str]], known: dict[str, frozenset[tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """Pairs (place of the text, place of the known line) whose shingles overlap by NEAR or more."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place, own in known.items():
        for shingle in own:
            holders[shingle].append(place)
    for place, text in texts:
        theirs = shingles(text)
        shared = Counter(other for shingle in theirs for other in holders.get(shingle, ()) if other != place)
        for other, count in shared.items():
            if count >= NEAR * (len(theirs) + len(known[other]) - count):
                yield place, other


def test_every_line_says_text_ok_and_why() -> None:
    for place, line in lines():
        assert set(line) == {"text", "ok", "reasons"}, place
        assert 0 < len(str(line["text"]).strip()) <= 280, place
        assert isinstance(line["reasons"], list), place
        assert set(line["reasons"]) <= REASONS, place
        assert line["ok"] is (not line["reasons"]), place


def test_no_two_lines_are_near_copies() -> None:
    known = {place: shingles(str(line["text"])) for place, line in lines()}
    assert sorted(near_copies([(place, str(line["text"])) for place, line in lines()], known)) == []


def test_no_line_is_a_near_copy_of_a_real_mention(shared_data: Path) -> None:
    known = {place: shingles(str(line["text"])) for place, line in lines()}
    longer = {place: own for place, own in known.items() if len(own) > 3}  # five words or fewer are anybody's words
    files = [
        *sorted((shared_data / "mentions").glob("*.jsonl")),
        shared_data / "labelled/dev.jsonl",
        shared_data / "labelled/extra.jsonl",
    ]
    theirs = ((path.name, str(json.loads(line)["text"])) for path in files for line in path.open(encoding="utf-8"))
    assert sorted(near_copies(theirs, longer)) == []
