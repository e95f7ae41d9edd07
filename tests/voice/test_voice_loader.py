from __future__ import annotations

import pytest

from chalicelib.voice.loader import LONGEST_FILE, Trouble, read


def troubles(text: str) -> tuple[Trouble, ...]:
    found = read("v.yaml", text)
    assert isinstance(found, tuple)
    assert found
    return found


def changed(source: str, old: str, new: str) -> str:
    assert source.count(old) == 1
    return source.replace(old, new)


def test_a_problem_names_file_line_and_column_and_shows_the_line_with_a_caret(source: str) -> None:
    (found,) = troubles(changed(source, "    1: a case on {topic} is now open", "    1: sorry about {topic}"))
    line = source.splitlines().index("    1: a case on {topic} is now open") + 1
    first, shown, caret = str(found).splitlines()
    assert first.startswith(f"v.yaml:{line}:5: parts.seen.1: ")
    assert "“sorry”" in first
    assert shown == "        1: sorry about {topic}"
    assert caret.index("^") == shown.index("1")


def test_every_tone_problem_is_told_at_once(source: str) -> None:
    text = changed(source, "a case on {topic} is now open", "thanks for {topic}")
    found = troubles(changed(text, "  card: the card", "  card: the card!"))
    assert [trouble.says.split(":")[0] for trouble in found][:2] == ["parts.seen.1", "topics.card"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("voice: plain", "voice: &a plain", "anchors"),
        ("voice: plain", "voice: !!str plain", "tags"),
        ("voice: plain", "voice: plain\nvoice: other", "twice"),
        ("voice: plain", "voice: [[[[[[[plain]]]]]]]", "nested"),
        ("voice: plain", "? [a]\n: b\nvoice: plain", "key"),
        ("voice: plain", "voice: plain\n--- \nx: y", "another document"),
        ("voice: plain", "voice: 'plain", "correct the YAML"),
        ("voice: plain", "voice: \x07", "correct the YAML"),
        ("voice: plain", "voice:", "an id was expected"),
        ("p: 7 ", "p: 0x7 ", "whole number"),
    ],
)
def test_cleverness_is_refused(source: str, old: str, new: str, says: str) -> None:
    (found,) = troubles(source.replace(old, new, 1))
    assert says in str(found)


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing", "[]", "x", "a: *b", "{", "- [", "\ufeff", "x" * (LONGEST_FILE + 1), "[" * 5000]
)
def test_no_text_breaks_the_loader(text: str) -> None:
    assert all(trouble.line >= 1 and trouble.column >= 1 for trouble in troubles(text))


def test_a_reply_that_can_be_too_long_is_told(source: str) -> None:
    long = "a case on {topic} is now open " + "and open " * 12 + "to all"
    (found, *_) = troubles(changed(source, "a case on {topic} is now open", long))
    assert "characters long" in found.says
