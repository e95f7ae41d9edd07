from __future__ import annotations

import random
from itertools import combinations

import pytest

from chalicelib.voice.code import numbers, size


def shared(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    return sum(x == y for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("p", [5, 7])
def test_two_words_share_at_most_two_numbers(p: int) -> None:
    words = [numbers(index, p) for index in range(size(p))]
    assert max(shared(a, b) for a, b in combinations(words, 2)) == 2


@pytest.mark.parametrize("p", [5, 7, 11, 13, 23])
def test_no_three_numbers_stand_together_in_two_words(p: int) -> None:
    """The same for every pair of words of the code, without comparing pairs: each three parts tell all words apart."""
    words = [numbers(index, p) for index in range(size(p))]
    for parts in combinations(range(5), 3):
        assert len({tuple(word[part] for part in parts) for word in words}) == size(p)


@pytest.mark.parametrize("p", [29, 101])
def test_two_words_of_a_larger_code_share_at_most_two_numbers(p: int) -> None:
    pick = random.Random(p)
    for _ in range(10_000):
        a, b = pick.sample(range(size(p)), 2)
        assert shared(numbers(a, p), numbers(b, p)) <= 2


@pytest.mark.parametrize("p", [5, 7, 11])
def test_words_with_equal_u2_share_at_most_one_number(p: int) -> None:
    for u2 in range(0, p, 3):
        words = [numbers(u2 * p * p + low, p) for low in range(p * p)]
        assert max(shared(a, b) for a, b in combinations(words, 2)) == 1


@pytest.mark.parametrize("p", [5, 7, 11, 23])
def test_words_with_equal_u1_and_u2_share_nothing(p: int) -> None:
    for start in range(0, size(p), p):
        words = [numbers(start + u0, p) for u0 in range(p)]
        assert all(len(set(column)) == p for column in zip(*words, strict=True))


def test_every_number_is_used_equally_often() -> None:
    for place in range(5):
        column = [numbers(index, 7)[place] for index in range(343)]
        assert {column.count(number) for number in range(7)} == {49}


@pytest.mark.parametrize("p", [-7, 0, 1, 2, 3, 4, 6, 9, 25, 49])
def test_a_code_needs_a_prime_of_at_least_five(p: int) -> None:
    with pytest.raises(ValueError, match="not a prime"):
        size(p)


@pytest.mark.parametrize("index", [-1, 343])
def test_an_index_outside_the_code_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match="outside a code of 343"):
        numbers(index, 7)


def test_the_numbers_are_those_of_the_design() -> None:
    assert numbers(3 + 7 * 2 + 49 * 1, 7) == (3, 6, 4, 4, 6)
