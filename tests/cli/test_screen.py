"""The screen never lets foreign text steer the terminal, and never colours a pipe."""

from __future__ import annotations

import io
import unicodedata
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cli import screen


@given(st.text(max_size=60))
def test_safe_text_holds_no_character_that_steers_a_terminal(text: str) -> None:
    shown = screen.safe(text)
    odd = [
        c
        for c in shown
        if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in "\u202a\u202b\u202d\u202e\u2066\u200b\u061c"
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u200bb", "a<U+200B>b"),
        ("c1 \x9b2J", "c1 <U+009B>2J"),
        ("two\nlines\ttab", "two lines tab"),
        ("\u200dx", "<U+200D>x"),
        ("family 👨‍👩‍👧 ok", "family 👨‍👩‍👧 ok"),
        ("naïve ß 日本", "naïve ß 日本"),
        ("\ud800", "<U+D800>"),
    ],
)
def test_safe_text_makes_the_hidden_visible_and_keeps_the_ordinary(text: str, shown: str) -> None:
    assert screen.safe(text) == shown


def test_a_pipe_gets_no_colour_codes() -> None:
    out = io.StringIO()
    console = screen.console(out)
    made = screen.table("outcome")
    made.add_row(screen.outcome_text("acknowledge"))
    console.print(made)
    assert "\x1b" not in out.getvalue()
    assert "acknowledge" in out.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    bright, plain = Terminal(), Terminal()
    screen.console(bright).print(screen.outcome_text("human"))
    monkeypatch.setenv("NO_COLOR", "1")
    screen.console(plain).print(screen.outcome_text("human"))
    assert "\x1b[33m" in bright.getvalue()
    assert "\x1b[33m" not in plain.getvalue()


def test_markup_in_foreign_text_stays_text() -> None:
    out = io.StringIO()
    made = screen.table("text")
    made.add_row(screen.Text("[red]not markup[/red]"))
    screen.console(out).print(made)
    assert "[red]not markup[/red]" in out.getvalue()


def test_times_carry_their_zone() -> None:
    at = datetime(2026, 11, 21, 23, 40, tzinfo=timezone.utc)
    assert screen.zoned(at) == "Sat 21 Nov 23:40 UTC"
    assert screen.zoned(at, "America/New_York") == "Sat 21 Nov 18:40 EST"


def test_progress_without_a_terminal_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress("deciding", 3) as steps:
        steps.advance(2)
        steps.say("still")
        steps.advance()
    assert capsys.readouterr().err == "deciding: 3 of 3 done\n"


def test_shortened_text_keeps_its_width() -> None:
    assert screen.shortened("one   two\nthree", 20) == "one two three"
    assert screen.shortened("abcdefghij", 5) == "abcd…"
