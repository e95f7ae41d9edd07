"""The words of one language that fill slots: topics, times, and what stands in where there is no value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How a language says a time.

    ``{n}`` is a number of minutes or hours, ``{clock}`` an hour such as ``08:00``, ``{zone}`` the brand's name of its zone,
    ``{weekday}`` one of ``weekdays``, Monday first.
    """

    minutes: str
    hours: str
    today: str
    tomorrow: str
    later: str
    weekdays: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Topic id → the phrase that reads after "about"; the neutral words of slots without a value; the times.

    ``nouns``: topic id → its form before another noun ("card" in "card query"). ``teams`` and ``zones``: what brands call
    them → what this language does; a zone that is not there keeps its name, a team then has none, because teams are named
    in one language only (``own_teams`` says that it is this one).
    """

    topics: Mapping[str, str]
    nouns: Mapping[str, str]
    no_topic: str
    no_team: str
    times: Times
    teams: Mapping[str, str]
    zones: Mapping[str, str]
    own_teams: bool
