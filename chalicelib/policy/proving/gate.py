"""The mutation gate: drop each rule, alternative, check, phrase and choice, loosen each threshold; each time a test must fail.

Exact, not sampled, and quick by two facts: a phrase that stands in the text of no test cannot matter to one, so every mutant
is compiled without all such phrases; and a phrase mutant can only fail a test in whose text the phrase stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.files.loader import BASELINE, Pack
from chalicelib.policy.files.tests_file import Case
from chalicelib.policy.phrases.choices import choices_of
from chalicelib.policy.phrases.index import scan
from chalicelib.policy.proving import mutants
from chalicelib.policy.proving.list_tests import Proved
from chalicelib.policy.proving.mutants import Mutant
from chalicelib.policy.proving.testing import rehearse_pack, run
from chalicelib.policy.rules.node import Place
from chalicelib.policy.text.reading import read

Phrase = tuple[str, str]
"""(source, phrase as written)."""

Spoken = tuple[Case, tuple[Phrase, ...]]
"""A case, and the phrases that stand in its text."""

_ONE_BY_ONE = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant: ``kind`` (rule, phrase, ...), where the original stands, and whether a test failed.

    ``source``: the list of a phrase, empty for a rule.
    """

    kind: str
    place: Place
    says: str
    killed: bool
    source: str = ""


class Gate:
    """The mutants of one pack against its tests, all of which are met; ``only`` those of these folders.

    ``size`` is how many verdicts there will be.
    """

    def __init__(self, pack: Pack, cases: Sequence[Case], proved: Proved, only: Collection[str] = ()) -> None:
        self._pack, self._proved = pack, proved
        self._read_in_names = _read_in_names(pack)
        self._spoken = _spoken(pack, cases)
        self._mutants = tuple(one for one in mutants.of_pack(pack) if not only or one.owner in only)
        self._lists = {source: phrases for source, phrases in sorted(pack.lists.items()) if not only or folder_of(source) in only}
        phrases = [phrase for written in self._lists.values() for phrase in written]
        self.size = len(self._mutants) + len(phrases) + sum(len(choices_of(phrase)) for phrase in phrases)

    def verdicts(self) -> Iterator[Verdict]:
        """Every mutant's end: rules first, then each phrase and its choices."""
        everything = self._only({phrase for _, phrases in self._spoken for phrase in phrases}, names=True)
        for mutant in self._mutants:
            stands = self._pack.places[mutant.owner, mutant.name]
            yield Verdict(mutant.kind, stands, f'rule "{mutant.name}" {mutant.says}', self._rule_fails(mutant, everything))
        said_in = defaultdict[Phrase, list[Spoken]](list)
        for spoken in self._spoken:
            for phrase in spoken[1]:
                said_in[phrase].append(spoken)
        for source, phrases in self._lists.items():
            for written in phrases:
                yield from self._phrase((source, written), said_in[source, written])

    def _phrase(self, phrase: Phrase, said: Sequence[Spoken]) -> Iterator[Verdict]:
        """The phrase and each of its choices; those of a list without any sentence are counted, not tried."""
        source, written = phrase
        place, tried = self._pack.places[phrase], said if source in self._proved.sources else ()
        killed = phrase in self._proved.needed or any(self._fails_alone(one, without=phrase) for one in tried)
        yield Verdict("phrase", place, f'list "{source}" without “{written}”', killed, source)
        for choice in choices_of(written):
            instead = (source, choice.rest)
            killed = (*phrase, choice.rest) in self._proved.choices
            killed = killed or any(self._fails_alone(one, without=phrase, instead=instead) for one in tried)
            yield Verdict("choice", place, f'list "{source}" without “{choice.written}” of “{written}”', killed, source)

    def _rule_fails(self, mutant: Mutant, everything: Pack) -> bool:
        """The cases that name the rule one by one, then all that it has a say in at once."""
        concerned = [one for one in self._spoken if mutant.owner in (BASELINE, one[0].brand)]
        named = [one for one in concerned if mutant.name in (*one[0].because, *one[0].also_matched, *one[0].not_matched)]
        if any(self._fails_alone(one, mutant) for one in named[:_ONE_BY_ONE]):
            return True
        return _fails(mutant.applied(everything), [case for case, _ in concerned])

    def _fails_alone(
        self, spoken: Spoken, mutant: Mutant | None = None, without: Phrase | None = None, instead: Phrase | None = None
    ) -> bool:
        """One case against no more of the pack than can matter to it, without one phrase or with another in its place."""
        case, phrases = spoken
        small = self._only(set(phrases) - {without}, names=not {"handle", "name"}.isdisjoint(case.given))
        if instead is not None:
            small = replace(small, lists={**small.lists, instead[0]: (*small.lists[instead[0]], instead[1])})
        changed = mutant.applied(small) if mutant else small
        rules = {owner: rules if owner in (BASELINE, case.brand) else () for owner, rules in changed.rules.items()}
        return _fails(replace(changed, rules=rules), [case])

    def _only(self, phrases: set[Phrase], names: bool) -> Pack:
        """The pack with these phrases alone, and with those that are looked for in names where ``names`` is set."""
        kept = self._read_in_names if names else frozenset()
        lists = {
            source: tuple(one for one in written if (source, one) in phrases or source in kept)
            for source, written in self._pack.lists.items()
        }
        return replace(self._pack, lists=lists)


def _fails(pack: Pack, cases: Sequence[Case]) -> bool:
    bundle = rehearse_pack(pack)
    return not isinstance(bundle, Bundle) or any(run(case, bundle) for case in cases)


def folder_of(source: str) -> str:
    """The folder of a list; topics are the baseline's."""
    folder = source.split("/", 1)[0]
    return BASELINE if folder == "topics" else folder


def _read_in_names(pack: Pack) -> frozenset[str]:
    checks = (check for rules in pack.rules.values() for rule in rules for checks in rule.alternatives for check in checks)
    named = {str(name) for check in checks if check.name == "handle_has" for name in _names(check.argument)}
    return frozenset(source for source in pack.lists if source.split("/", 1)[1] in named)


def _names(argument: object) -> list[object]:
    return argument if isinstance(argument, list) else []


def _spoken(pack: Pack, cases: Sequence[Case]) -> tuple[Spoken, ...]:
    """Each case with the phrases that stand in its text."""
    bundle = rehearse_pack(pack)
    assert isinstance(bundle, Bundle)
    said = (scan(bundle.index, read(str(case.given.get("text", case.say)))) for case in cases)
    return tuple((case, tuple({(hit.source, hit.phrase): None for hit in hits})) for case, hits in zip(cases, said, strict=True))
