from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chalicelib.domain.problem import Problem
from chalicelib.voice.guide import REQUIRED, Guide
from chalicelib.voice.loader import LONGEST_FILE, read, read_all, read_guide

VOICES = Path(__file__).resolve().parents[2] / "policies" / "voices"


def troubles(text: str, guide: Guide) -> tuple[Problem, ...]:
    found = read("v.yaml", text, guide)
    assert isinstance(found, tuple)
    assert found
    return found


def changed(source: str, old: str, new: str) -> str:
    assert source.count(old) == 1
    return source.replace(old, new)


def test_a_problem_names_file_line_and_column_and_shows_the_line_with_a_caret(source: str, guide: Guide) -> None:
    (found,) = troubles(changed(source, "    1: a case on {topic} is now open", "    1: sorry about {topic}"), guide)
    line = source.splitlines().index("    1: a case on {topic} is now open") + 1
    first, shown, caret, remedy = str(found).splitlines()
    assert first.startswith(f"v.yaml:{line}:5: parts.seen.1: ")
    assert "“sorry”" in first
    assert shown == "        1: sorry about {topic}"
    assert caret.index("^") == shown.index("1")
    assert remedy == "    an apology is a person's to make"


def test_a_folder_of_voices_is_read_each_under_the_guide_of_its_language(source: str) -> None:
    tone = (VOICES / "tone.en.yaml").read_text()
    voices, problems = read_all({"voices/plain.en.yaml": source, "voices/tone.en.yaml": tone})
    assert (list(voices), problems) == (["plain.en"], ())
    assert "no tone guide for “en”" in str(read_all({"voices/plain.en.yaml": source})[1][0])
    assert "give both the same name" in str(read_all({"voices/other.en.yaml": source, "voices/tone.en.yaml": tone})[1][0])
    weak = tone.replace("  thanks:\n    words: [thank*, thx, cheers, grateful, appreciat*]", "  thanks:\n    words: []")
    assert weak != tone
    assert "never.thanks.words" in str(read_all({"voices/tone.en.yaml": weak})[1][0])


@pytest.mark.parametrize("rule", sorted(REQUIRED))
def test_a_guide_that_leaves_a_rule_out_is_refused(rule: str) -> None:
    tone = yaml.safe_load((VOICES / "tone.en.yaml").read_text())
    del tone["never"][rule]
    found = read_guide("tone.en.yaml", yaml.safe_dump(tone))
    assert isinstance(found, tuple)
    assert f"“{rule}” is not there" in str(found[0])


@pytest.mark.parametrize("phrase", ["a(b", "a||b", "*", "(a)", "a  b", "a.*", "(a|b"])
def test_a_phrase_of_a_guide_is_words_and_no_pattern(phrase: str) -> None:
    tone = yaml.safe_load((VOICES / "tone.en.yaml").read_text())
    tone["never"]["thanks"]["words"] = [phrase]
    found = read_guide("tone.en.yaml", yaml.safe_dump(tone))
    if phrase == "a.*":
        assert isinstance(found, Guide)
        assert not found.never[0].pattern.search("anything")
    else:
        assert isinstance(found, tuple)


def test_every_tone_problem_is_told_at_once(source: str, guide: Guide) -> None:
    text = changed(source, "a case on {topic} is now open", "thanks for {topic}")
    found = troubles(changed(text, "  card: the card", "  card: the card!"), guide)
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
def test_cleverness_is_refused(source: str, old: str, new: str, says: str, guide: Guide) -> None:
    (found,) = troubles(source.replace(old, new, 1), guide)
    assert says in str(found)


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing", "[]", "x", "a: *b", "{", "- [", "\ufeff", "x" * (LONGEST_FILE + 1), "[" * 5000]
)
def test_no_text_breaks_the_loader(text: str, guide: Guide) -> None:
    assert all(trouble.line >= 1 and trouble.column >= 1 for trouble in troubles(text, guide))


def test_a_reply_that_can_be_too_long_is_told(source: str, guide: Guide) -> None:
    long = "a case on {topic} is now open " + "and open " * 12 + "to all"
    (found, *_) = troubles(changed(source, "a case on {topic} is now open", long), guide)
    assert "characters long" in found.says
