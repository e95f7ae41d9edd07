"""GP5xx: what an acknowledge rule must have, and what a human rule must not."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Severity
from chalicelib.policy.proving.lints.contract import Found, Lint, Subject

LONGEST_REVIEW = 180
"""Days. After half a year nobody remembers why a rule may speak."""

SURE_WITHOUT_WORDS = 90
"""Percent. Of what only sounded ordinary, over 65 %, more than one in four needed a person badly (docs/decisions/0027)."""

_WORDS = frozenset({"asks", "text_has"})


def _review(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        if rule.review_by is None:
            continue
        place, days = subject.pack.places[owner, rule.id], (rule.review_by - subject.today).days
        if days < 0:
            yield (
                place,
                f'"{rule.id}" has not acknowledged anything since {rule.review_by}',
                "look at it again, and set a new review_by",
            )
        elif days > LONGEST_REVIEW:
            yield place, f'"{rule.id}" is reviewed in {days} days only', f"set review_by at most {LONGEST_REVIEW} days ahead"


def _without_words(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        for checks in rule.alternatives if rule.outcome is Outcome.ACKNOWLEDGE else ():
            asked = {check.name: check.argument for check in checks}
            if not _WORDS & asked.keys() and int(str(asked["ordinary_over"])) < SURE_WITHOUT_WORDS:
                says = f'no word earns "{rule.id}", and the recogniser need not be surer than {asked["ordinary_over"]}%'
                yield subject.pack.places[owner, rule.id], says, f"add asks or text_has, or ordinary_over: {SURE_WITHOUT_WORDS}%"


LINTS = (
    Lint(
        id="GP502",
        title="An acknowledge rule that nothing earns",
        avoid="when: {words_over: 3}",
        prefer="when: {topic: any, asks: yes, language_is: [en], ordinary_over: 50%}",
        why="An acknowledgement is earned by an approved topic and by all of the text. Bad words that are missing are no guard.",
    ),
    Lint(
        id="GP503",
        title="An acknowledge rule without a limit",
        avoid="no limit",
        prefer="limit: {per_hour: 30}",
        why="A rule that goes wrong goes wrong a bounded number of times.",
    ),
    Lint(
        id="GP504",
        title="A review date that is missing, over, or too far away",
        avoid="review_by: 2031-01-01",
        prefer="review_by: within 180 days",
        why="What may speak is looked at again by somebody, at a known date. After it the rule is silent; nothing else changes.",
        check=_review,
    ),
    Lint(
        id="GP505",
        title="A key that has no meaning in this section",
        avoid="a human rule with review_by",
        prefer="a human rule without an end",
        why="Human rules never expire: the filter that somebody forgot keeps us silent, never speaking.",
    ),
    Lint(
        id="GP506",
        title="A file that every policy needs is missing",
        avoid="a folder without policy.yaml; no baseline/",
        prefer="the baseline as shipped, and beside it one folder a brand",
        why="Without the baseline nothing sends lawyers, children and injuries to people.",
    ),
    Lint(
        id="GP507",
        title="An acknowledge rule that rests on the recogniser alone, which need not be sure",
        avoid="when: {topic: any, language_is: [en], ordinary_over: 60%}",
        prefer="when: {topic: any, language_is: [en], ordinary_over: 90%}",
        why="The less is said, the surer the recogniser has to be: where nobody asks, it takes irony and goodbyes for reports.",
        severity=Severity.WARNING,
        check=_without_words,
    ),
)
