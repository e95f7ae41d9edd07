"""The report of a simulation in a real browser: it is drawn, and nothing that somebody wrote in a mention does anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest

from chalicelib.cli.rehearsal import rehearsal
from chalicelib.cli.simulated_page import write_page
from chalicelib.policy.files.ordinary import ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.steps.simulate import Played
from tests.browser.conftest import Browser
from tests.pack import files, loaded_from, small_pack

AT = datetime(2026, 11, 22, 3, 0, tzinfo=timezone.utc)
HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "</title></style></svg></blockquote><h1 id=owned>owned</h1>",
    "<svg onload=document.title='owned'>",
    "\u202edrawkcab \u200bhidden \x1b[31mred\x07",
    "&lt;b&gt; &#60;i&#62; \" ' ` = {{7*7}} ${7*7}",
    "<a href='javascript:alert(1)' style='position:fixed;inset:0'>x</a><iframe src='https://example.com'></iframe>",
]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    def played() -> Iterator[Played | str]:
        for number, text in enumerate([*HOSTILE, "It is late."] * 3):
            said = f"{text} my solicitor asks how do i use my card, please help"
            mention = ordinary_mention("1", said, account="1001")
            yield Played(id=f"m{number}", facts=ordinary_facts(mention, ORDINARY_NOW))
        for number in range(60):
            mention = ordinary_mention("1", "how do i activate my card, please help", account="1001")
            yield Played(id=f"n{number}", facts=ordinary_facts(mention, ORDINARY_NOW))
        yield "erased"

    looser = loaded_from(files() | {"baseline/lists/legal.txt": "(lawyer|sue)\n"})
    at = tmp_path / "report.html"
    with rehearsal(looser, small_pack(), played(), None) as made:
        assert made.simulation.flips >= 3
        write_page(at, made, "<script>policies</script>", AT)
    return at


class Tags(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_browser_draws_it_and_nothing_that_was_written_runs(browser: Browser, page: Path) -> None:
    shown = browser(page, "--dump-dom")
    tags = Tags(shown).seen
    assert "<title>Policy simulation</title>" in shown
    assert not {name for name, _ in tags} & {"script", "img", "iframe", "a", "object", "form", "link"}
    assert not [
        attribute for _, given in tags for attribute in given if attribute.startswith("on") or attribute in ("src", "href")
    ]
    assert not [given for _, given in tags if given.get("id") == "owned"]
    assert [name for name, _ in tags].count("h1") == 1
    assert [name for name, _ in tags].count("svg") == 2
    assert [name for name, _ in tags].count("mark") >= 3
    assert "&lt;U+202E&gt;" in shown
    assert "\x1b" not in shown


def test_the_pictures_are_drawn_to_scale(page: Path) -> None:
    drawn = page.read_text(encoding="utf-8").split("<svg")[1]
    for line in ("8", "60"):
        widths = [float(width) for width in re.findall(rf'y="{line}" width="([\d.]+)"', drawn)]
        assert sum(widths) == pytest.approx(790, abs=2)


def test_it_fills_a_screen_of_a_telephone_and_of_a_desk(browser: Browser, page: Path, tmp_path: Path) -> None:
    for size in ("390,800", "1200,1600"):
        picture = tmp_path / f"{size}.png"
        browser(page, f"--screenshot={picture}", f"--window-size={size}")
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size > 15_000
