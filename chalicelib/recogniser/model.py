"""The whole model: from a text to a score and a tone, with the words that told it."""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.facts import Recognised, Telling, Tone
from chalicelib.policy.text.language_words import ENGLISH
from chalicelib.recogniser import learnt
from chalicelib.recogniser.encoder import Encoder
from chalicelib.recogniser.pieces import Piece, pieces_of
from chalicelib.recogniser.weights import FILE, MODEL, load

_TELLING = 3
"""Words that the evidence names."""

_CALM_UNDER, _UPSET_OVER = 50_000, 500_000
"""Chance of anger or mockery, in millionths: under the first the tone is calm, over the second it is not; between, unknown."""


class Model:
    """Reads its weights when it is made; raises ``weights.OtherWeights``."""

    def __init__(self, file: Path = FILE, expected: str = MODEL) -> None:
        self._arrays, self.about = load(file, expected)
        self._name = expected
        self._vocabulary = {word: number for number, word in enumerate(self.about["vocabulary"])}
        self._encoder = Encoder(self._arrays, self.about["layers"])

    def recognised(self, text: str) -> Recognised:
        """What ``text`` is worth; raises ``pieces.TooLong``."""
        pieces = pieces_of(text, self._vocabulary)
        leaning = learnt.leanings(self._encoder.state([piece.number for piece in pieces]), self._arrays)
        score, *upset = learnt.chances(leaning, self._arrays)
        told_by = _told_by(text, pieces, [int(lean) for lean in leaning[:, 0]])
        return Recognised(score=score, model=self._name, told_by=told_by, tone=_tone(max(upset)))


def _tone(upset: int) -> Tone:
    if upset < _CALM_UNDER:
        return Tone.CALM
    return Tone.UPSET if upset > _UPSET_OVER else Tone.UNKNOWN


def _told_by(text: str, pieces: list[Piece], leanings: list[int]) -> tuple[Telling, ...]:
    """The words that lean most towards what is ordinary, strongest first; everyday words would say nothing to a reader."""
    by_word: dict[tuple[int, int], int] = {}
    for piece, leaning in zip(pieces, leanings, strict=True):
        place = (piece.start, piece.end)
        if piece.start < piece.end and text[piece.start : piece.end].casefold() not in ENGLISH:
            by_word[place] = max(leaning, by_word.get(place, leaning))
    best = sorted(by_word, key=lambda place: (-by_word[place], place))[:_TELLING]
    return tuple(Telling(start=start, end=end) for start, end in best)
