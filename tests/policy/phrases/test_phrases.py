from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy.phrases.detectors import NAMES, SAMPLES
from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.phrases.phrase import PhraseError, expand
from chalicelib.policy.text.reading import read


def found(phrase: str, text: str) -> list[str]:
    index = Index.load(json.loads(json.dumps(compile_index({"list": [phrase]}))))
    return [text[hit.start : hit.end] for hit in scan(index, read(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "quoted"),
    [
        ("my lawyer", "I'll call My LAWYER now", ["My LAWYER"]),
        ("my lawyer", "my own lawyer", []),
        ("lawyer", "lawyers", []),
        ("lawyer*", "lawyers", ["lawyers"]),
        ("my (lawyer|legal team)", "ask my legal team", ["my legal team"]),
        ("sue ... you", "sue all of you", ["sue all of you"]),
        ("sue ... you", "sue you", ["sue you"]),
        ("sue ... you", "sue one two three four five you", ["sue one two three four five you"]),
        ("sue ... you", "sue one two three four five six you", []),
        ("my lawyer", "my @TelLine 😀 http://x.example lawyer", ["my @TelLine 😀 http://x.example lawyer"]),
        ("don't call", "DON’T call me", ["DON’T call"]),
        ("#boycottacme", "please #BoycottAcme now", ["#BoycottAcme"]),
        ("boycott", "please #BoycottAcme now", ["#BoycottAcme"]),
        ("@telline", "hi @TelLine", ["@TelLine"]),
        ("#@telline", "hi #@TelLine", ["@TelLine"]),
        ("🙄", "right 🙄", ["🙄"]),
        ("[email]", "write to pat@example.com now", ["pat@example.com"]),
        ("order [order-number] late", "order AB123456 late", ["order AB123456 late"]),
        ("[money] gone", "£1,200.50 gone", ["1,200.50 gone"]),
        ("[email]", "see @help@brand.example", []),
        ("[email]", "me@x.example,you@x.example", ["me@x.example"]),
        ("[booking-code]", "conf #F8NEQM please", ["#F8NEQM"]),
        ("[booking-code]", "record locator KARAAX", ["KARAAX"]),
        ("[booking-code]", "my booking please help", []),
        ("[booking-code]", "flight BA1234 is late", []),
        ("[booking-code]", "please mend res# K7XQ2A today", ["K7XQ2A"]),
        ("[booking-code]", "res #: K7XQ2A", ["K7XQ2A"]),
        ("[booking-code]", "res no. K7XQ2A", ["K7XQ2A"]),
        ("[booking-code]", "reservation # is K7XQ2A", ["K7XQ2A"]),
        ("[booking-code]", "conf # K7XQ2A", ["K7XQ2A"]),
        ("[booking-code]", "pnr:K7XQ2A", ["K7XQ2A"]),
        ("[booking-code]", "booking number is FD-658", []),
        ("[booking-code]", "my booking number is 4411", ["4411"]),
        ("[booking-code]", "two bookings, booking 4411", []),
        ("[booking-code]", "change my trip HQRTZA please", ["HQRTZA"]),
        ("[booking-code]", "our reservation is JBNAMO", ["JBNAMO"]),
        ("[booking-code]", "Confirm # UTXRAN is wrong", ["UTXRAN"]),
        ("[booking-code]", "record l#HAAMET for two", ["#HAAMET"]),
        ("[booking-code]", "record l: HAMOTE for two", ["HAMOTE"]),
        ("[booking-code]", "the record locator box", []),
        ("[booking-code]", "our reservation is online", []),
        ("[booking-code]", "it is cancelled. VXQEI6", ["VXQEI6"]),
        ("[booking-code]", "it is cancelled. R4TYU8", ["R4TYU8"]),
        ("[booking-code]", "is FIFA18 or NOTE10 better, on UA1523", []),
        ("[booking-code]", "see /x/R4TYU8 and @R4TYU8", []),
        ("[booking-code]", "can i get help? 8HH4P2", ["8HH4P2"]),
        ("[booking-code]", "booking ref: ABCDEF", ["ABCDEF"]),
        ("[booking-code]", "from 12h30m, 7nov17, 2for10, 4x64GB, gtx970, mid90s, S04E12", []),
        ("[booking-code]", "N366SW, E1572P, SM920F, LMY47V, ABC123, AB1234, the f38ish", []),
        ("[booking-code]", "see /x/8HH4P2, @8HH4P2 and x-8HH4P2", []),
        ("[booking-code]", "code=8HH4P2", ["8HH4P2"]),
        ("[booking-code]", "code=R4TYU8", ["R4TYU8"]),
        ("[postcode]", "no signal in BS1 4SU", ["BS1 4SU"]),
        ("[postcode]", "at D02 AF30", ["D02 AF30"]),
        ("[postcode]", "at K1A 0B1", ["K1A 0B1"]),
        ("[postcode]", "Gary, IN 46402", ["46402"]),
        ("[postcode]", "in 46402 shops, at A1 2nd or B12 5GB", []),
        ("[id-number]", "my Visa card xx-4432", ["xx-4432"]),
        ("[id-number]", "refund xxxx4432", ["xxxx4432"]),
        ("[id-number]", "IBAN NL91ABNA0417164300", ["NL91ABNA0417164300"]),
        ("[id-number]", "username is jodun88", ["jodun88"]),
        ("[id-number]", "ticket 1252695368481 of 12/05/2026 in XC60, in24hrs", []),
        ("[email]", "write to jo (at) mail.example", ["jo (at) mail.example"]),
        ("[email]", "meet at the shop at noon", []),
        ("[phone]", "ring 020 7946 0958", ["020 7946 0958"]),
        ("[phone]", "ring (02) 5550 1234", ["02) 5550 1234"]),
        ("[phone]", "on 01-02-2026 at 10.30", []),
        ("[masked-data]", "my __credit_card__ and __email__", ["credit_card__", "email__"]),
        ("[masked-data]", "order 4__credit_card__ is late", ["4__credit_card__"]),
        ("[masked-data]", "why was [card] refused", ["card"]),
        ("[masked-data]", "the card, the __new__ one", []),
        ("[phone]", "call +44 7700 900123 please", ["44 7700 900123"]),
        ("[masked-word]", "what the f**k is this", ["f**k"]),
        ("[url]", "see https://evil.example/x", ["https://evil.example/x"]),
        ("wi-fi", "the Wi-Fi is down", ["Wi-Fi"]),
    ],
)
def test_a_phrase_is_found_where_it_stands(phrase: str, text: str, quoted: list[str]) -> None:
    assert found(phrase, text)[:1] == quoted[:1], found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("", "an empty phrase"),
        ("... you", '"..." at the edge of a phrase'),
        ("sue ...", '"..." at the edge of a phrase'),
        ("a ... ... b", '"..." twice in a row'),
        ("(a|b", "a bracket that is never closed"),
        ("a)", '")" without an opening bracket'),
        ("(a|)", "an empty choice"),
        ("(a (b))", "a bracket inside a bracket"),
        ("(a|b ... c)", '"..." inside a bracket'),
        ("[e-mail]", "no detector [e-mail]"),
        ("la*er", '"*" in the middle of a word'),
        ("a*", '"a*" is almost every word'),
        ("!!!", '"!!!" has nothing to find'),
        ("(a|b) (a|b) (a|b) (a|b) (a|b) (a|b) (a|b)", "128 ways to read it, at most 64"),
    ],
)
def test_a_phrase_that_cannot_work_is_refused_with_its_reason(phrase: str, says: str) -> None:
    with pytest.raises(PhraseError) as caught:
        expand(phrase)
    assert caught.value.says == says
    assert caught.value.remedy


WORDS = st.lists(st.sampled_from(["parcel", "late", "my", "lawyer", "child", "hurt"]), min_size=1, max_size=3).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=6), st.text(alphabet="abc parcel late hurt", max_size=40))
def test_what_was_found_stays_found_when_text_is_added(phrases: list[str], more: str) -> None:
    index = Index.load(compile_index({"list": phrases}))
    text = "my child is hurt and the parcel is late"
    before = set(scan(index, read(text)))
    assert before <= set(scan(index, read(f"{text} {more}")))


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_every_plain_phrase_finds_itself(phrases: list[str]) -> None:
    index = Index.load(compile_index({"list": phrases}))
    for phrase in phrases:
        assert any(hit.phrase == phrase for hit in scan(index, read(phrase)))


def test_one_pass_finds_every_phrase_of_every_list() -> None:
    index = Index.load(compile_index({"a": ["late parcel", "parcel"], "b": ["parcel", "late ... today"]}))
    hits = scan(index, read("late parcel today"))
    assert sorted((hit.source, hit.phrase) for hit in hits) == [
        ("a", "late parcel"),
        ("a", "parcel"),
        ("b", "late ... today"),
        ("b", "parcel"),
    ]


def test_every_detector_sees_its_sample() -> None:
    assert set(SAMPLES) == {f"[{name}]" for name in NAMES}
    assert [symbol for symbol, sample in SAMPLES.items() if not found(symbol, f"so it is {sample} then")] == []
