"""A voice: the wordings of its five parts, and the words that the code makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.codec import Json
from chalicelib.voice import code, document
from chalicelib.voice.phrases import Phrases
from chalicelib.voice.word import PARTS, Approval, Frame, Word, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One edition of a voice in one language. ``p`` is the prime of its code; ``parts`` maps part → number → wording.

    ``approved`` is who approved the wordings that name nobody of their own.
    """

    id: str
    language: str
    edition: int
    approved: Approval
    p: int
    parts: Mapping[str, Mapping[int, Wording]]
    disclosures: tuple[str, ...]
    frames: tuple[Frame, ...]
    phrases: Phrases

    @property
    def size(self) -> int:
        """How many words the code has; not all of them need be live."""
        return code.size(self.p)

    def word(self, index: int) -> Word | None:
        """Word ``index``, None where one of its numbers has no live wording; raises ValueError outside 0 … size-1."""
        numbers = code.numbers(index, self.p)
        found = tuple(self.parts[part].get(number) for part, number in zip(PARTS, numbers, strict=True))
        live = tuple(wording for wording in found if wording is not None and not wording.retired)
        if len(live) < len(PARTS):
            return None
        return Word(
            index=index,
            voice=f"{self.id}.{self.language}",
            numbers=numbers,
            parts=live,
            frame=self.frames[index % len(self.frames)],
            disclosure=self.disclosures[index // self.p % len(self.disclosures)],
        )


def load(source: Json) -> Voice:
    """The voice that a document describes; raises ``VoiceError`` (a ValueError with the place) where it describes none."""
    root = document.mapping(source, "", _NEEDED, _OPTIONAL)
    p = document.number(root["p"], "p")
    try:
        code.size(p)
    except ValueError as error:
        raise document.VoiceError("p", str(error), "take 5, 7, 11, 13, 17, 19 or 23") from None
    phrases = document.phrases(root)
    return Voice(
        id=document.name(root["voice"], "voice"),
        language=document.name(root["language"], "language"),
        edition=document.number(root["edition"], "edition"),
        approved=document.approval(root["approved"], "approved"),
        p=p,
        parts=document.parts(root["parts"], p, frozenset(phrases.topics)),
        disclosures=document.disclosures(root["disclosures"]),
        frames=document.frames(root["frames"]),
        phrases=phrases,
    )


_NEEDED = frozenset(
    {"voice", "language", "edition", "approved", "p", "disclosures", "frames", "fallbacks", "times", "topics", "parts"}
)
_OPTIONAL = frozenset({"teams", "zones"})
