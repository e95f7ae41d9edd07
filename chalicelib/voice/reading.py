"""How hard a text is to read, in any language that writes words between spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG = 6
"""A word of more letters than this is a long one."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.:!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Counts:
    """Words, long words and sentences of a text."""

    words: int
    long: int
    sentences: int

    @property
    def lix(self) -> float:
        """LIX (C. H. Björnsson, 1968): words a sentence and long words in a hundred, added. Under 40 is easy, over 50 hard.

        It needs no syllables and so no dictionary, and means the same in every language (docs/decisions has what we weighed).
        """
        return self.words / max(1, self.sentences) + 100 * self.long / max(1, self.words)


def counts(text: str) -> Counts:
    """What LIX counts in ``text``; the end of the text ends a sentence."""
    words = _WORD.findall(text)
    ends = len(_SENTENCE_END.findall(text.rstrip()))
    open_end = not text.rstrip().endswith((".", ":", "!", "?"))
    return Counts(len(words), sum(len(re.sub(r"\W", "", word)) > LONG for word in words), ends + open_end)
