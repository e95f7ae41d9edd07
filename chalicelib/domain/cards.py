"""Mask card numbers before anything is stored (PCI DSS 3.4.1: at most the first six and last four may show)."""

from __future__ import annotations

import re
import unicodedata

_BETWEEN = r"[\s\-.\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff]{0,3}"
_DIGITS = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{12,18}}(?!\d)")


def mask_cards(text: str) -> str:
    """``text`` with every card number replaced by ``[card ****1234]``.

    Digits are read after NFKC, so full-width ones count; text without a card number comes back unchanged.
    """
    folded = unicodedata.normalize("NFKC", text)
    masked = _DIGITS.sub(_mask, folded)
    return text if masked == folded else masked


def _mask(found: re.Match[str]) -> str:
    digits = "".join(character for character in found.group() if character.isdigit())
    return f"[card ****{digits[-4:]}]" if _luhn(digits) else found.group()


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
