"""Fold a text so that what looks alike reads alike, and remember where every folded character came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_UNSEEN = frozenset("\u3164\u115f\u1160\uffa0\u2800\ufffc™®©")
_KINDS_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn"})
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_NOT_PLAIN = re.compile(r"[^ -~]+")

_WRITTEN_AS: dict[str, str] = {
    **dict.fromkeys("‘’ʼ´`＇ʹ′ʻ", "'"),
    **dict.fromkeys("–—‐‑‒―−", "-"),
    **dict.fromkeys("؟❓❔⁇", "?"),
    **dict.fromkeys("❗❕", "!"),
    **{"‽": "?", "⁉": "?", "…": "...", "\u2028": "\n", "\u2029": "\n", "\r": "\n", "\t": " "},
    **{"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ſ": "s"},
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **{chr(0x1F150 + place): chr(97 + place) for place in range(26)},
    **{chr(0x1F170 + place): chr(97 + place) for place in range(26)},
}

LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("аеорсхуіјѕԁһкмтвнгпӏԛԝьгё", "aeopcxyijsdhkmtbhrnlqwbre", strict=True)),
        **dict(zip("αβγεηικνορτυχωϲϳζ", "abyenikvoptuxwcjz", strict=True)),
        **dict(zip("ɑɡɩʀʋօսցհոքԼզ", "agirvoughnplq", strict=True)),
    }
)
"""Cyrillic, Greek, Armenian and phonetic letters that a reader takes for Latin ones, after folding (Unicode TR 39)."""


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` after folding; ``origin[i]`` is the place in the original of folded character i, with one place past the end."""

    text: str
    origin: Sequence[int]


def fold(text: str) -> Folded:
    """``text`` in compatibility form and lower case, without accents, marks and invisible characters. Linear time."""
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), range(len(text) + 1))
    pieces: list[str] = []
    origin: list[int] = []
    after = 0
    for odd in _NOT_PLAIN.finditer(text):
        start = odd.start()
        pieces.append(text[after:start].lower())
        origin.extend(range(after, start))
        for after, character in enumerate(odd.group(), start + 1):
            folded = _fold_character(character)
            pieces.append(folded)
            origin.extend([after - 1] * len(folded))
    pieces.append(text[after:].lower())
    origin.extend(range(after, len(text) + 1))
    return Folded("".join(pieces), tuple(origin))


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in _WRITTEN_AS:
        return _WRITTEN_AS[character]
    if character == "\n":
        return character
    if character in _UNSEEN or ord(character) in _SKIN_TONES:
        return ""
    if character.isspace():
        return " "
    spread = unicodedata.normalize("NFKD", character.casefold())
    kept = "".join(_WRITTEN_AS.get(part, part) for part in spread if unicodedata.category(part) not in _KINDS_DROPPED)
    return kept.casefold()
