"""Mask card numbers before anything is stored (PCI DSS 3.4.1: at most the first six and last four may show)."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"\d(?:[\W_]{0,8}\d)*")
_GROUP = re.compile(r"\d+")
_SECURITY_CODE = re.compile(r"\b((?:cvv|cvc|cvn|cid)2?|security code|prüfnummer)(\W{0,3})\d{3,4}\b", re.IGNORECASE)
_LENGTHS = range(13, 20)


def mask_cards(text: str) -> str:
    """``text`` with every card number replaced by ``[card ****1234]``; text without one comes back unchanged.

    Digits are read after NFKC, so full-width ones count, and through anything that is not a letter (spaces, dashes,
    zero-width marks, emoji; up to eight characters between two digits). A card number is 13 to 19 digits that pass Luhn,
    beginning and ending where a group of digits does, so a number of an order beside it does not hide it. A security code
    that stands beside a card number is masked with it (PCI DSS 3.3.1: never stored).
    """
    folded = unicodedata.normalize("NFKC", text)
    masked = _RUN.sub(lambda run: _mask_run(run.group()), folded)
    return text if masked == folded else _SECURITY_CODE.sub(r"\1\2***", masked)


def _mask_run(run: str) -> str:
    groups = [(found.start(), found.end()) for found in _GROUP.finditer(run)]
    whole = range(len(groups))
    parts, written, first = [], 0, 0
    while first in whole:
        last = _card(run, groups, first)
        if last is None:
            first += 1
            continue
        start, end = groups[first][0], groups[last][1]
        parts.append(f"{run[written:start]}[card ****{_digits(run[start:end])[-4:]}]")
        written, first = end, last + 1
        if first in whole and groups[first][1] - groups[first][0] == 3:
            parts.append(run[end : groups[first][0]] + "***")
            written, first = groups[first][1], first + 1
    return "".join(parts) + run[written:]


def _card(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The last group of the longest card number that begins with group ``first``.

    A part of a longer run must also begin as bank cards do (ISO/IEC 7812: 2 to 6), else every list of numbers holds one.
    """
    found, digits = None, ""
    for last in range(first, len(groups)):
        digits += run[slice(*groups[last])]
        if len(digits) > _LENGTHS[-1]:
            break
        whole = first == 0 and last == len(groups) - 1
        if len(digits) in _LENGTHS and (whole or int(digits[0]) in range(2, 7)) and _luhn(digits):
            found = last
    return found


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
