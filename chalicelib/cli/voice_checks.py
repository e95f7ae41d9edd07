"""What only the command line checks of voices: spelling, whether they fit their brands, and what an edition lets change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simplemma import is_known

from chalicelib.cli.voice_folder import Written
from chalicelib.domain.problem import Problem, Severity
from chalicelib.local.policies import VOICES
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.revision import broken, new_edition
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PLACEHOLDER, SLOTS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def spelling(found: Written) -> Iterator[Problem]:
    """Words that neither the dictionary of the language nor its tone guide has."""
    for name, voice in found.voices.items():
        known = found.guides[voice.language].known_words
        for place, form in _forms(voice):
            words = {word.casefold() for word in _WORD.findall(PLACEHOLDER.sub(" ", form))}
            for word in sorted(words - known):
                right = _spelled_right(word, voice.language)
                if right is None:
                    yield _warning(name, f"there is no dictionary for “{voice.language}”", "have somebody else read it")
                    return
                if not right:
                    says = f"{place}: “{word}” in “{form}” is in no dictionary"
                    yield _warning(name, says, f"correct it, or add it to known_words in tone.{voice.language}.yaml")


def _spelled_right(word: str, language: str) -> bool | None:
    """Whether the dictionary has the word in any of its forms; None where there is no dictionary of that language."""
    try:
        return is_known(word, lang=language)
    except ValueError:
        return None


def fit(found: Written) -> Iterator[Problem]:
    """What a brand needs and its voice has not: a language, a topic, a team name that can be said."""
    pack = found.pack
    if pack is None:
        yield Problem(
            VOICES, 1, 1, "the policies beside the voices cannot be read", "run: ackguard policy check", severity=Severity.WARNING
        )
        return
    spoken = {voice.id for voice in found.voices.values()}
    for brand in pack.brands.values():
        topics = {topic for industry in brand.industries for topic in pack.topics[industry]}
        for language in brand.languages if brand.voice in spoken else ():
            voice, path = found.voices.get(f"{brand.voice}.{language}"), f"{brand.id}/brand.yaml"
            if voice is None:
                says = f"the brand speaks “{language}”, and there is no voice {brand.voice}.{language}"
                yield Problem(path, 1, 1, says, "write it, or every such mention goes to a person", severity=Severity.WARNING)
                continue
            for topic in sorted(topics - voice.phrases.topics.keys()):
                says = f"the voice {brand.voice}.{language} has no words for the topic “{topic}”"
                yield Problem(path, 1, 1, says, "add it to topics of the voice", severity=Severity.WARNING)
            for team in sorted(set(brand.teams.values())):
                values = Values(topic="", team=team, expectation=Expectation())
                if SLOTS["team"].fill(values, voice.phrases) == voice.phrases.no_team:
                    says = f"the voice {brand.voice}.{language} cannot say the team “{team}”: it says “{voice.phrases.no_team}”"
                    yield Problem(
                        path, 1, 1, says, "shorten the name, or add it to teams of the voice", severity=Severity.WARNING
                    )


def changed(before: Written, after: Written) -> Iterator[Problem]:
    """What an edition does not allow to change, and a warning where a new edition begins."""
    for name, voice in after.voices.items():
        if name in before.voices:
            for flaw in broken(before.voices[name], voice):
                yield Problem(_path(name), 1, 1, f"{flaw.place}: {flaw.says}", flaw.remedy)
            if new_edition(before.voices[name], voice):
                says = f"edition {voice.edition} begins: for one window only “never the same five wordings” holds"
                yield _warning(name, says, "publish it at a quiet hour")


def _forms(voice: Voice) -> Iterator[tuple[str, str]]:
    for part, wordings in voice.parts.items():
        for at, wording in wordings.items():
            yield from ((f"parts.{part}.{at}", form) for form in wording.forms() if not wording.retired)
    for kind, names in (("topics", voice.phrases.topics), ("topics", voice.phrases.nouns), ("teams", voice.phrases.teams)):
        yield from ((f"{kind}.{name}", phrase) for name, phrase in names.items())


def _warning(voice: str, says: str, remedy: str) -> Problem:
    return Problem(_path(voice), 1, 1, says, remedy, severity=Severity.WARNING)


def _path(voice: str) -> str:
    return f"{VOICES}/{voice}.yaml"
