"""Card numbers are masked however they are written, and numbers that are none are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cards import mask_cards

VISA = "4111111111111111"
CARDS = {
    13: "4222222222222", 14: "30569309025904", 15: "378282246310005", 16: VISA, 17: "41111111111111113", 18: "411111111111111111",
    19: "6304000000000000000",
}  # fmt: skip


def luhn(digits: str) -> bool:
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def completed(digits: str) -> str:
    return next(digits + last for last in "0123456789" if luhn(digits + last))


@pytest.mark.parametrize("length", range(13, 20))
def test_every_length_of_a_card_number_is_masked(length: int) -> None:
    number = completed(CARDS[length][:-1])
    assert mask_cards(f"my card {number}!") == f"my card [card ****{number[-4:]}]!"


@pytest.mark.parametrize(
    "written",
    [
        "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111 - 1111 - 1111 - 1111",
        "4111\n1111\n1111\n1111",
        "4111\u00a01111\u20111111\u20031111", "4111\u200b1111\u200d1111\u20601111", "41111111\u00ad11111111",
        "４１１１１１１１１１１１１１１１", "٤١١١ ١١١١ ١١١١ ١١١١", "⁴111111111111111", "4111😀1111😀1111😀1111",
        "4111👨‍👩‍👧1111 1111 1111", "4\ufe0f\u20e3111 1111 1111 1111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "4111_1111_1111_1111",
        "4111/1111/1111/1111", "4111\u202e1111\u202c11111111",
    ],
)  # fmt: skip
def test_however_it_is_written_it_is_masked(written: str) -> None:
    masked = mask_cards(f"card {written} stolen")
    assert masked.startswith("card [card ****")
    assert masked.endswith("] stolen")
    assert sum(character.isdigit() for character in masked) == 4


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("order 12 4111 1111 1111 1111", "order 12 [card ****1111]"),
        ("4111 1111 1111 1111 12/27", "[card ****1111] 12/27"),
        ("4111 1111 1111 1111 123", "[card ****1111] ***"),
        ("4111111111111111 cvv 123, exp 12/27", "[card ****1111] cvv ***, exp 12/27"),
        ("4111111111111111 security code: 1234", "[card ****1111] security code: ***"),
        ("4111111111111111 5555555555554444", "[card ****1111] [card ****4444]"),
        ("x4111111111111111y", "x[card ****1111]y"),
    ],
)
def test_numbers_beside_a_card_do_not_hide_it(text: str, masked: str) -> None:
    assert mask_cards(text) == masked


@pytest.mark.parametrize(
    "text",
    ["1Z 9999 9999 9999 9999", "tracking 4111111111111112", "order 2026-11-21 14:32:05", "call +44 20 7946 0958", "411111111111",
     "41111111111111111111", "cvv 123", "JD0146 0000 0123 4567 89", "£1,000,000.00", "ﬁne ①", ""],
)  # fmt: skip
def test_numbers_that_are_no_cards_stay_as_they_were_written(text: str) -> None:
    assert mask_cards(text) == text


@given(st.text(alphabet="0123456789 -x😀٤", max_size=60))
def test_masking_is_done_after_once(text: str) -> None:
    assert mask_cards(mask_cards(text)) == mask_cards(text)


@given(st.text(max_size=20), st.integers(0, 10**14 - 1), st.text(alphabet=" -.\u200b", max_size=3), st.text(max_size=20))
def test_a_card_number_never_survives_in_any_surroundings(before: str, number: int, between: str, after: str) -> None:
    card = completed(f"4{number:014}")
    written = between.join(card[place : place + 4] for place in range(0, 16, 4))
    assert written not in mask_cards(f"{before} x{written}x {after}")


def test_hostile_lengths_take_no_time() -> None:
    started = time.perf_counter()
    for text in ("1 " * 5_000, "1" * 10_000, "4111 " * 2_000, " " * 10_000, "1" + " " * 9 + "1"):
        mask_cards(text)
    assert time.perf_counter() - started < 5
