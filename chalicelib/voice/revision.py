"""What may change between two versions of a voice file without breaking what was promised about its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.voice.lint import Flaw
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import Wording


def broken(before: Voice, after: Voice) -> tuple[Flaw, ...]:
    """Every change that an edition does not allow; empty where ``after`` may be published over ``before``.

    A number belongs to its text for a whole edition: the code keeps numbers apart, and the lock keeps five texts apart, so a text
    that moves or changes under its number could be said again beside what it was said with. Withdrawing, adding under a free
    number and topics' own forms are free. A later edition may change everything; ``new_edition`` says what that costs.
    """
    if after.edition > before.edition:
        return ()
    if after.edition < before.edition:
        return (
            Flaw("edition", f"edition {before.edition} was in force before", "an edition never goes back; roll the policy back"),
        )
    if after.p != before.p:
        return (Flaw("p", f"edition {before.edition} has p: {before.p}", "raise edition with another prime"),)
    return tuple(flaw for part in before.parts for flaw in _of_part(part, before.parts[part], after.parts[part]))


def new_edition(before: Voice, after: Voice) -> bool:
    """Whether ``after`` begins an edition: for one window only "never the same five wordings" holds between the two."""
    return after.edition > before.edition


def _of_part(part: str, before: Mapping[int, Wording], after: Mapping[int, Wording]) -> Iterator[Flaw]:
    said = {wording.base: at for at, wording in before.items()}
    for at, wording in sorted(before.items()):
        place = f"parts.{part}.{at}"
        if at not in after:
            yield Flaw(f"parts.{part}", f"number {at} is gone", f"keep “{wording.text}” there with retired: yes")
        elif after[at].base != wording.base:
            remedy = f"restore “{wording.text}” with retired: yes, and add the new text under a free number"
            yield Flaw(place, "its text is another one now", remedy)
    for at, wording in sorted(after.items()):
        place = f"parts.{part}.{at}"
        if said.get(wording.base, at) != at:
            yield Flaw(place, f"this text is number {said[wording.base]}", "leave it there")
        elif at not in before and wording.approved is None:
            yield Flaw(
                place, "it came after the edition was approved", 'say who approved it: approved: {by: "...", on: 2026-11-22}'
            )
