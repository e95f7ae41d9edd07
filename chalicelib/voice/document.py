"""Reads the document of a voice; whatever is wrong is refused with its place and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from chalicelib.voice.phrases import Phrases, Times
from chalicelib.voice.word import PARTS, PLACEHOLDER, SLOTS, Approval, Frame, Wording

NAMES = {"seen": frozenset({"topic", "topic_noun"}), "owner": frozenset({"team"}), "when": frozenset({"when"})}
"""Part → the slots of which each of its wordings has one: a reply names the topic, the team and the time once each."""

_FRAME = re.compile(r"(\w+)(\. |; |, and |\.$)")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_TIME_SLOTS = {"minutes": "n", "hours": "n", "today": "clock zone", "tomorrow": "clock zone", "later": "clock zone weekday"}


class VoiceError(ValueError):
    """A document that is no voice. ``place`` is the path to what is wrong (``parts.seen.3``), ``remedy`` what to do."""

    def __init__(self, place: str, says: str, remedy: str) -> None:
        super().__init__(f"{place or 'the document'}: {says}; {remedy}")
        self.place, self.says, self.remedy = place, says, remedy


def mapping(source: object, place: str, needed: frozenset[str], allowed: frozenset[str] = frozenset()) -> Mapping[str, object]:
    """A mapping with every key of ``needed`` and none but those and ``allowed``; raises VoiceError."""
    found = _mapping(source, place)
    for key in sorted(needed - found.keys()):
        raise VoiceError(place, f"“{key}” is not there", "write it")
    for key in sorted(found.keys() - needed - allowed):
        raise VoiceError(_under(place, key), "this key is not known here", f"use one of: {', '.join(sorted(needed | allowed))}")
    return found


def number(source: object, place: str) -> int:
    """A whole number of at most four digits, written as text; raises VoiceError."""
    if not isinstance(source, str) or not re.fullmatch(r"(?:0|[1-9][0-9]{0,3})", source):
        raise VoiceError(place, "a whole number was expected", "write digits only")
    return int(source)


def name(source: object, place: str) -> str:
    """An id in small letters, digits and hyphens; raises VoiceError."""
    if not isinstance(source, str) or not _NAME.fullmatch(source):
        raise VoiceError(place, "an id was expected", "write small letters, digits and hyphens")
    return source


def text(source: object, place: str) -> str:
    """One line without spaces around it or doubled; raises VoiceError."""
    if not isinstance(source, str) or not source or source != " ".join(source.split()):
        raise VoiceError(place, "one line of text was expected", "write one line, single spaces, none at the ends")
    return source


def lines(source: object, place: str) -> tuple[str, ...]:
    """A list of texts of one line each; raises VoiceError."""
    return tuple(text(line, f"{place}.{at}") for at, line in enumerate(_list(source, place)))


def phrases(root: Mapping[str, object]) -> Phrases:
    """The topics, fallbacks and times of the document; raises VoiceError."""
    fallbacks = mapping(root["fallbacks"], "fallbacks", frozenset({"topic", "team"}))
    topics = {name(topic, f"topics.{topic}"): forms for topic, forms in _mapping(root["topics"], "topics").items()}
    nouned = {topic: forms for topic, forms in topics.items() if isinstance(forms, dict)}
    for topic, forms in nouned.items():
        mapping(forms, f"topics.{topic}", frozenset({"text", "noun"}))
    return Phrases(
        topics={topic: _plain(nouned.get(topic, {"text": forms})["text"], f"topics.{topic}") for topic, forms in topics.items()},
        nouns={topic: _plain(forms["noun"], f"topics.{topic}.noun") for topic, forms in nouned.items()},
        no_topic=_plain(fallbacks["topic"], "fallbacks.topic"),
        no_team=_plain(fallbacks["team"], "fallbacks.team"),
        times=_times(root["times"]),
        teams=_names(root, "teams"),
        zones=_names(root, "zones"),
        own_teams="teams" not in root,
    )


def approval(source: object, place: str) -> Approval:
    """Who approved, and on which day (ISO 8601); raises VoiceError."""
    keys = mapping(source, place, frozenset({"by", "on"}))
    day = text(keys["on"], f"{place}.on")
    try:
        return Approval(_plain(keys["by"], f"{place}.by"), date.fromisoformat(day))
    except ValueError as error:
        if isinstance(error, VoiceError):
            raise
        raise VoiceError(f"{place}.on", "a date was expected", "write for example 2026-11-22") from None


def disclosures(source: object) -> tuple[str, ...]:
    """One to three approved ways to say that a reply is automatic; raises VoiceError."""
    forms = tuple(_plain(form, f"disclosures.{place}") for place, form in enumerate(_list(source, "disclosures")))
    if not 1 <= len(set(forms)) == len(forms) <= 3:
        raise VoiceError("disclosures", "one to three different forms were expected", "keep the approved ones")
    return forms


def frames(source: object) -> tuple[Frame, ...]:
    """At least one order of the parts, such as ``seen. owner; happens. where. when.``; raises VoiceError."""
    found = tuple(_frame(text(line, f"frames.{place}"), f"frames.{place}") for place, line in enumerate(_list(source, "frames")))
    if not found:
        raise VoiceError("frames", "there is none", "write one, such as: seen. owner. happens. where. when.")
    return found


def parts(source: object, p: int, topics: frozenset[str]) -> Mapping[str, Mapping[int, Wording]]:
    """Part → number → wording, no text twice in a voice; raises VoiceError."""
    found = {
        part: {
            _within(key, p, f"parts.{part}.{key}"): _wording(wording, part, f"parts.{part}.{key}", topics)
            for key, wording in _mapping(wordings, f"parts.{part}").items()
        }
        for part, wordings in mapping(source, "parts", frozenset(PARTS)).items()
    }
    said: dict[str, str] = {}
    for part, wordings in found.items():
        for place, wording in wordings.items():
            first = said.setdefault(wording.base.casefold(), f"{part}:{place}")
            if first != f"{part}:{place}":
                raise VoiceError(f"parts.{part}.{place}", f"{first} says the same", "write it differently, or leave it out")
    return found


def _wording(source: object, part: str, place: str, topics: frozenset[str]) -> Wording:
    if isinstance(source, str):
        return _checked(Wording(text=text(source, place)), part, place)
    keys = mapping(source, place, frozenset({"text"}), frozenset({"without", "topics", "retired", "approved"}))
    own = _mapping(keys.get("topics", {}), f"{place}.topics")
    for topic in sorted(own.keys() - topics):
        raise VoiceError(f"{place}.topics.{topic}", "this voice has no such topic", "add it to topics first")
    if keys.get("retired", "yes") != "yes":
        raise VoiceError(f"{place}.retired", "only “yes” was expected", "leave the key out to keep the wording")
    wording = Wording(
        text=text(keys["text"], f"{place}.text"),
        without=text(keys["without"], f"{place}.without") if "without" in keys else None,
        topics={topic: text(form, f"{place}.topics.{topic}") for topic, form in own.items()},
        retired="retired" in keys,
        approved=approval(keys["approved"], f"{place}.approved") if "approved" in keys else None,
    )
    return _checked(wording, part, place)


def _checked(wording: Wording, part: str, place: str) -> Wording:
    """The wording, if its forms have the slots of their part and read as clauses; raises VoiceError."""
    may = NAMES.get(part, frozenset())
    slots = [_clause(form, may, place) for form in (wording.text, *wording.topics.values())]
    optional = any(SLOTS[slot].optional for slot in slots if slot)
    if optional != (wording.without is not None):
        says = "has no form without its slot" if optional else "has a form “without” that nothing can call for"
        raise VoiceError(place, f"the wording {says}", "add it under “without”" if optional else "leave “without” out")
    if wording.without is not None:
        _clause(wording.without, frozenset(), f"{place}.without")
    return wording


def _clause(form: str, may: frozenset[str], place: str) -> str | None:
    """The one slot of the clause, which is one of ``may``; none where there may be none."""
    found = PLACEHOLDER.findall(form)
    if len(found) != min(1, len(may)) or not may.issuperset(found) or re.search(r"[{}]", PLACEHOLDER.sub("", form)):
        wanted = "exactly one slot: " + " or ".join(f"{{{slot}}}" for slot in sorted(may)) if may else "no slot"
        raise VoiceError(place, f"this clause has {wanted}", "each slot stands in the one part that is for it")
    if form[0].isupper() or form[-1] in ".;,:":
        raise VoiceError(place, "a clause has no capital and no stop of its own", "start it small and end it on a word")
    return found[0] if found else None


def _frame(line: str, place: str) -> Frame:
    found = _FRAME.findall(line)
    order, joins = tuple(part for part, _ in found), tuple(join for _, join in found)
    if "".join(part + join for part, join in found) != line or sorted(order) != sorted(PARTS) or joins[-1] != ".":
        raise VoiceError(place, "a frame names all five parts once", "join them with “. ” “; ” or “, and ”, and end on “.”")
    return Frame(order, joins)


def _times(source: object) -> Times:
    keys = mapping(source, "times", frozenset(field.name for field in fields(Times)))
    for form, slots in _TIME_SLOTS.items():
        found = PLACEHOLDER.findall(text(keys[form], f"times.{form}"))
        if sorted(found) != sorted(slots.split()):
            raise VoiceError(f"times.{form}", f"its slots are {slots}", "write each of them once, in braces")
    weekdays = tuple(_plain(day, f"times.weekdays.{at}") for at, day in enumerate(_list(keys["weekdays"], "times.weekdays")))
    if len(weekdays) != 7:
        raise VoiceError("times.weekdays", "seven days were expected", "start with Monday")
    return Times(weekdays=weekdays, **{form: text(keys[form], f"times.{form}") for form in _TIME_SLOTS})


def _names(root: Mapping[str, object], key: str) -> Mapping[str, str]:
    """What brands call something → what this language does; empty where the document says nothing of it."""
    return {known: _plain(said, f"{key}.{known}") for known, said in _mapping(root.get(key, {}), key).items()}


def _plain(source: object, place: str) -> str:
    line = text(source, place)
    if "{" in line or "}" in line:
        raise VoiceError(place, "no slot may stand here", "leave the braces out")
    return line


def _within(key: str, p: int, place: str) -> int:
    at = number(key, place)
    if at >= p:
        raise VoiceError(
            place, f"the numbers of this edition are 0 to {p - 1}", "take a free one, or a new edition with a larger p"
        )
    return at


def _mapping(source: object, place: str) -> Mapping[str, object]:
    if not isinstance(source, dict):
        raise VoiceError(place, "a mapping was expected", "write “key: value” lines")
    return source


def _list(source: object, place: str) -> list[object]:
    if not isinstance(source, list):
        raise VoiceError(place, "a list was expected", "write “- value” lines")
    return source


def _under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
