from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.text.reading import LONGEST_TEXT, Kind, read

SCAM = Index.load(compile_index({"anger": ["scam*"]}))


@pytest.mark.parametrize(
    "written",
    [
        "scam",
        "SCAM",
        "ＳＣＡＭ",
        "𝐬𝐜𝐚𝐦",
        "sc\u200bam",
        "s\u00adcam",
        "scám",
        "ѕсаm",  # three Cyrillic letters
        "ѕсаm".replace("m", "м"),  # all of them
        "sc4m",
        "5cam",
        "$cam",
        "sc@m",
        "s.c.a.m",
        "s-c-a-m",
        "s c a m",
        "s_c_a_m",
        "sc*am",
        "scaaaaam",
        "#scam",
        "#TotalScam",
        "🅢🅒🅐🅜",
        "ꜱᴄᴀᴍ",
        "ⓢⓒⓐⓜ",
        "s̶c̶a̶m̶",
    ],
)
def test_a_word_is_read_however_it_is_disguised(written: str) -> None:
    assert scan(SCAM, read(f"what a {written} this is")), written


@pytest.mark.parametrize("written", ["5g", "O2", "4th of May", "café", "Zürich", "e-mail me", "24x7", "2:30pm"])
def test_ordinary_spelling_keeps_its_plain_reading(written: str) -> None:
    plain = [token.forms[0] for token in read(written).tokens]
    assert "".join(plain) == written.lower().replace(" ", "").replace("é", "e").replace("ü", "u").replace("-", "").replace(
        ":", ""
    )


def test_a_word_of_mixed_alphabets_is_read_as_latin_alone() -> None:
    assert read("p\N{CYRILLIC SMALL LETTER A}rcel").tokens[0].forms == ("parcel",)
    assert read("где").tokens[0].forms[0] == "где"


@given(st.text(max_size=300))
def test_every_span_lies_in_the_original_and_in_order(text: str) -> None:
    reading = read(text)
    for token in reading.tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.forms
        assert all(token.forms)
    assert [token.start for token in reading.tokens] == sorted(token.start for token in reading.tokens)


def test_spans_point_into_the_text_as_received() -> None:
    text = "ｏｈ\u200b no — sc\u200bam 😀 @TelLine"
    quoted = {token.kind: text[token.start : token.end] for token in read(text).tokens}
    assert quoted[Kind.WORD] == "sc\u200bam"
    assert quoted[Kind.HANDLE] == "@TelLine"
    assert quoted[Kind.PICTURE] == "😀"


def test_text_behind_the_limit_is_known_not_to_have_been_read() -> None:
    assert read("a" * LONGEST_TEXT).complete
    assert not read("a" * (LONGEST_TEXT + 1)).complete


@pytest.mark.parametrize(
    "unit", ["😀", "a", "a.a", "child ", "@a", "-a", "a@", "#Aa", "s c ", "áé", "((", "a'", "http://", "?!", "1,"]
)
def test_reading_and_scanning_take_linear_time(unit: str) -> None:
    index = Index.load(compile_index({"one": ["child ... hurt", "[email]", "[order-number]", "[masked-word]", "ab* c", "[url]"]}))

    def cost(length: int) -> float:
        text = (unit * length)[:length]
        runs = []
        for _ in range(5):
            begun = time.process_time()
            scan(index, read(text))
            runs.append(time.process_time() - begun)
        return min(runs)

    # Eight times the text: about eight times the work where it is linear, sixty-four times where it is quadratic.
    assert cost(4_000) < 24 * max(cost(500), 0.0002)


@pytest.mark.parametrize("text", ["#_", "#__ help", "help #_", "#_#_", "'", "#_a"])
def test_no_token_has_an_empty_form(text: str) -> None:
    assert all(all(token.forms) for token in read(text).tokens)
