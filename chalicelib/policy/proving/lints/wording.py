"""GP4xx: phrases that find too much, too little or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Severity
from chalicelib.policy.phrases.detectors import SAMPLES
from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.phrases.phrase import GAP, expand
from chalicelib.policy.proving.cover import covered
from chalicelib.policy.proving.lints.contract import Fixed, Found, Lint, Subject
from chalicelib.policy.text.reading import read

_FEWEST_LETTERS = 4
_STOP_WORDS = "a an and are as at be but by do for have i if in is it me my no not of on or so that the this to was we you"
_STOP = frozenset(_STOP_WORDS.split())
_ANYTHING = {GAP: "", **SAMPLES}


def _earning(subject: Subject) -> frozenset[str]:
    """Sources that can earn an acknowledgement: every topic, and every list that an acknowledge rule looks for."""
    names = {
        (owner, str(name))
        for owner, rule in subject.rules()
        if rule.outcome is Outcome.ACKNOWLEDGE
        for checks in rule.alternatives
        for check in checks
        if check.name in ("text_has", "asks") and isinstance(check.argument, list)
        for name in check.argument
    }
    lists = {f"{folder}/{name}" for owner, name in names for folder in ("baseline", owner)}
    return frozenset(source for source in subject.pack.lists if source.startswith("topics/") or source in lists)


def _everyday_word(subject: Subject) -> Iterator[Found]:
    for source, phrases in sorted(subject.pack.lists.items()):
        for phrase in phrases:
            if any(len(way) == 1 and way[0] in _STOP for way in expand(phrase)):
                remedy = "add the words that make it unusual"
                yield subject.pack.places[source, phrase], f"“{phrase}” can be read as one everyday word", remedy


def _covered(subject: Subject) -> Iterator[Fixed]:
    for source, phrases in sorted(subject.pack.lists.items()):
        # The topic that stands for a mention is the one with the longest span: there a longer phrase says more.
        for phrase, by in covered(phrases) if not source.startswith("topics/") else ():
            yield subject.pack.places[source, phrase], f"“{by}” finds all that this line finds", "remove the line", ""


def _both_sides(subject: Subject) -> Iterator[Found]:
    earning = _earning(subject)
    human = {phrase: source for source, phrases in subject.pack.lists.items() if source not in earning for phrase in phrases}
    for source in sorted(earning):
        for phrase in subject.pack.lists[source]:
            if phrase in human:
                says = f"“{phrase}” also stands in {human[phrase]}, which goes to a person"
                yield subject.pack.places[source, phrase], says, "remove it here: it can never earn anything"


def _short_beginning(subject: Subject) -> Iterator[Found]:
    for source in sorted(_earning(subject)):
        for phrase in subject.pack.lists[source]:
            alone = [way[0] for way in expand(phrase) if len(way) == 1]
            if found := next((word for word in alone if word.endswith("*") and len(word) <= _FEWEST_LETTERS), None):
                remedy = "write the words out, or at least four letters before *"
                yield subject.pack.places[source, phrase], f"“{found}” begins very many words, and here it earns", remedy


def _not_found(subject: Subject) -> Iterator[Found]:
    index = Index.load(compile_index(subject.pack.lists))
    for source, phrases in sorted(subject.pack.lists.items()):
        for phrase in phrases:
            said = " ".join(_ANYTHING.get(symbol, symbol.removesuffix("*")) for symbol in expand(phrase)[0])
            if (source, phrase) not in {(hit.source, hit.phrase) for hit in scan(index, read(said))}:
                yield subject.pack.places[source, phrase], f"“{phrase}” does not find “{said}”", "write it as people write it"


LINTS = (
    Lint(
        id="GP401",
        title="A phrase that says nothing",
        avoid="(it|parcel)",
        prefer="three words that only an unusual text has",
        why="It finds nothing, or it finds every text.",
        check=_everyday_word,
    ),
    Lint(
        id="GP402",
        title="... at the edge of a phrase",
        avoid="sue ...",
        prefer="sue ... you",
        why="Up to five words of anything before or after a phrase change nothing; who wrote it meant something else.",
    ),
    Lint(
        id="GP403",
        title="More than 64 ways to read one phrase",
        avoid="(a|b|c|d) (e|f|g|h) (i|j|k|l|m)",
        prefer="two lines",
        why="Nobody can say what it finds, and every way costs memory in every Lambda.",
    ),
    Lint(
        id="GP404",
        title="A phrase that another one makes superfluous",
        avoid="my lawyer, in a list that has lawyer*",
        prefer="lawyer*",
        why="It looks as if it guarded something; who narrows the shorter one later relies on it.",
        severity=Severity.ADVICE,
        fixes=True,
        check=_covered,
    ),
    Lint(
        id="GP405",
        title="A phrase that earns and sends to a person",
        avoid="refund in the topic refund and in the list accusation",
        prefer="it stands on one side",
        why="The person wins, so the phrase can earn nothing; the topic is dead for whoever words it so.",
        severity=Severity.WARNING,
        check=_both_sides,
    ),
    Lint(
        id="GP406",
        title="A beginning of fewer than four letters that earns",
        avoid="ins*",
        prefer="(insta|instagram)",
        why="On Reddit a rule for insta removed whatever was sent instantly. Here it would speak.",
        check=_short_beginning,
    ),
    Lint(
        id="GP409",
        title="A phrase that does not find itself",
        avoid="what folding turns into something else",
        prefer="the phrase as people write it",
        why="It guards nothing.",
        check=_not_found,
    ),
    Lint(
        id="GP410",
        title="The bundle is too large",
        avoid="over 20,000 phrases, or 2 MB",
        prefer="word* and (a|b)",
        why="Every cold start of every Lambda reads it, and somebody waits.",
    ),
)
