"""Whatever stands in a policy file, it is told with file, line and caret; nothing grows, hangs or escapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.cli.main import main
from chalicelib.policy.files.layout import laid_out
from chalicelib.policy.files.loader import load_pack
from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.files.yaml_nodes import read_yaml
from chalicelib.policy.proving.list_tests import read_sentences
from tests.policy.small import FILES, POLICY

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
HOSTILE = {
    "billion laughs": LAUGHS,
    "object": "a: !!python/object/apply:os.system [id]\n",
    "unknown tag": "a: !include /etc/passwd\n",
    "merge": "<<: {a: b}\n",
    "a key twice": "policy: a\npolicy: b\n",
    "nesting": "a: " + "[" * 10_000 + "\n",
    "maps": "".join(" " * depth + "a:\n" for depth in range(3_000)),
    "directive": "%YAML 9.9\n---\na: b\n",
    "documents": "a: b\n---\nc: d\n",
    "half a file": "a: {b: [c, d\n",
    "nul": "a: b\x00c\n",
    "turned": "why: \u202eharmless\n",
    "surrogate": "a: \ud800\n",
    "next line": "a: b\u0085c: d\n",
    "complex key": "? [a, b]\n: c\n",
    "colons": ": : :\n",
    "quotes": 'a: "\\x"\n',
    "anchors only": "&a &b c\n",
    "long key": "a" * 5_000 + ": b\n",
    "large": "# " + "x" * 300_000 + "\n",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.parametrize("path", ["telline/policy.yaml", "telline/brand.yaml", "baseline/topics/telecom.yaml"])
def test_a_hostile_file_is_refused_with_its_place(path: str, name: str) -> None:
    found = load_pack({**FILES, path: HOSTILE[name]})
    assert isinstance(found, tuple)
    for problem in found:
        assert problem.path in {*FILES, path}
        assert problem.line >= 1
        assert problem.column >= 1
        assert max(map(len, str(problem).split("\n"))) <= 500
        assert problem.remedy
        assert problem.id.startswith("GP")


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_tests_and_fmt_refuse_or_survive_it_too(name: str) -> None:
    _, problems = read_cases({"telline/tests.yaml": HOSTILE[name]})
    assert problems
    made = laid_out("telline/policy.yaml", HOSTILE[name])
    assert not isinstance(made, str) or read_yaml("telline/policy.yaml", made)[1] == ()


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_is_read_as_sentences_or_told(text: str) -> None:
    sentences, problems = read_sentences({"baseline/tests/legal.txt": text}, ["baseline/legal"])
    for sentence in sentences:
        assert all(0 <= start <= end <= len(sentence.text) for start, end in sentence.spans)
    assert all(problem.line >= 1 for problem in problems)


@pytest.mark.parametrize("word", ["check", "lint", "fmt", "test"])
def test_bytes_that_are_no_text_end_with_one_sentence(word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "baseline").mkdir()
    (tmp_path / "baseline/policy.yaml").write_bytes(b"\xff\xfe\x00a")
    assert main(["policy", word, str(tmp_path)]) == 1
    assert "baseline/policy.yaml:1: not UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("telline/policy.yaml", "    why:", "      why:", "does not begin below the ones that it belongs to"),
        ("telline/policy.yaml", "ordinary:\n", "ordinary\n", "the line before may lack its own colon"),
        ("telline/policy.yaml", "%", "", "a share was expected"),
        ("telline/policy.yaml", "topic: any", "topic: [sgnal]", 'did you mean "signal"'),
        ("baseline/lists/slurs.txt", "\n", "\n(one|two\n", "a bracket that is never closed"),
        ("baseline/lists/slurs.txt", "\n", "\n" + "word other\n" * 500_000, "the list is over 256 KB"),
    ],
)
def test_what_goes_wrong_at_two_in_the_morning_is_said_plainly_and_at_its_place(path: str, old: str, new: str, says: str) -> None:
    files = {**FILES, "baseline/lists/slurs.txt": "zorgle*\n"}
    assert old in files[path]
    problems = load_pack(files | {path: files[path].replace(old, new, 1)})
    assert isinstance(problems, tuple)
    assert [one for one in problems if one.path == path and says in f"{one.says}; {one.remedy}"]


def test_what_a_file_holds_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, text in {**FILES, "telline/policy.yaml": POLICY + 'human:\n  "\\e[31mred\\u202e": x\n'}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert main(["policy", "lint", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
