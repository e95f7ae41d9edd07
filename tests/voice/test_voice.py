from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice.document import VoiceError
from chalicelib.voice.voice import Voice, load

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("p", "8", "p"),
        ("p", 7, "p"),
        ("edition", "01", "edition"),
        ("voice", "Plain Voice", "voice"),
        ("surprise", "x", "surprise"),
        ("parts.sean", {}, "parts.sean"),
        ("parts.seen.7", "one on {topic}", "parts.seen.7"),
        ("parts.seen.x", "one on {topic}", "parts.seen.x"),
        ("parts.seen.1", "it names no topic", "parts.seen.1"),
        ("parts.seen.1", "{topic} and {topic}", "parts.seen.1"),
        ("parts.seen.1", "one on {author}", "parts.seen.1"),
        ("parts.seen.1", "one on {topic", "parts.seen.1"),
        ("parts.seen.1", "one on {topic}.", "parts.seen.1"),
        ("parts.seen.1", "One on {topic}", "parts.seen.1"),
        ("parts.seen.1", "one  on {topic}", "parts.seen.1"),
        ("parts.seen.1", "a line\nmore {topic}", "parts.seen.1"),
        ("parts.seen.1", {"text": "one on {topic}", "topics": {"moon": "the {topic}"}}, "parts.seen.1.topics.moon"),
        ("parts.seen.1", {"text": "one on {topic}", "retired": "no"}, "parts.seen.1.retired"),
        ("parts.seen.1", {"text": "one on {topic}", "without": "one"}, "parts.seen.1"),
        ("parts.seen.1", {}, "parts.seen.1"),
        ("parts.seen.1", None, "parts.seen.1"),
        ("parts.where.1", "in the queue of the {team}", "parts.where.1"),
        ("parts.when.1", "expect it {when}", "parts.when.1"),
        ("parts.when.1", {"text": "expect it {when}", "without": "expect it {when}"}, "parts.when.1.without"),
        ("parts.where.1", "find the answer in this thread", "parts.where.1"),
        ("frames", [], "frames"),
        ("frames", ["seen. owner. happens. where."], "frames.0"),
        ("frames", ["seen. owner. happens. where. seen."], "frames.0"),
        ("frames", ["seen. owner. happens. where. when"], "frames.0"),
        ("frames", ["seen - owner. happens. where. when."], "frames.0"),
        ("disclosures", [], "disclosures"),
        ("disclosures", ["(a)", "(a)"], "disclosures"),
        ("disclosures", ["(a)", "(b)", "(c)", "(d)"], "disclosures"),
        ("topics.card", "the {team}", "topics.card"),
        ("times.minutes", "in a while", "times.minutes"),
        ("times.weekdays", ["Monday"], "times.weekdays"),
        ("fallbacks.topic", "", "fallbacks.topic"),
    ],
)
def test_a_document_that_is_no_voice_is_refused_by_its_place(
    document: dict[str, Any], path: str, value: object, place: str
) -> None:
    *above, last = path.split(".")
    inside = document
    for key in above:
        inside = inside[key]
    inside[last] = value
    with pytest.raises(VoiceError) as refused:
        load(document)
    assert refused.value.place == place
    assert str(refused.value).startswith(f"{place}: ")


@given(json)
def test_any_document_is_a_voice_or_refused(document: Any) -> None:
    with pytest.raises(VoiceError):
        load(document)


@given(at=st.sampled_from(["voice", "p", "parts", "frames", "topics", "times", "disclosures", "fallbacks"]), value=json)
def test_any_part_of_a_document_is_read_or_refused(plain_document: dict[str, Any], at: str, value: Any) -> None:
    with suppress(VoiceError):
        load({**plain_document, at: value})


def test_a_topic_may_have_its_own_form_under_the_same_number(document: dict[str, Any], plain: Voice) -> None:
    document["parts"]["seen"]["0"] = {"text": document["parts"]["seen"]["0"], "topics": {"card": "{topic} it is, then"}}
    own, before = load(document).word(0), plain.word(0)
    assert own is not None
    assert before is not None
    assert (own.lock, own.wordings) == (before.lock, before.wordings)
