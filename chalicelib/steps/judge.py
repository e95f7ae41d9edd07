"""Judge a mention: decide, then find the words. Pure, and the only way to an outcome: production, replay and tests share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.account import Brand
from chalicelib.domain.decision import Certainty, Decision, Evidence, Match, Outcome
from chalicelib.domain.fact import Known, value_of
from chalicelib.domain.facts import Control, Facts, Person, Thread
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.text.language import detect
from chalicelib.policy.text.reading import read
from chalicelib.steps.bundles import Loaded
from chalicelib.voice.compose import Composed, Exhausted, Request, compose
from chalicelib.voice.expectation import Expectation, expectation
from chalicelib.voice.voice import Voice

X_LENGTH = 280
"""The shortest limit of any platform: a reply that fits there fits everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision and, only for an acknowledgement, its words with what they promise."""

    decision: Decision
    voice: Voice | None = None
    composed: Composed | None = None
    due: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Premise:
    """What a step knows for certain before any rule is asked."""

    outcome: Outcome
    why: str
    priority: int


PREMISES = {
    "mention-gone": Premise(Outcome.IGNORE, "The post was deleted before anybody answered it.", 4),
    "misread": Premise(Outcome.HUMAN, "A signed webhook could not be read; a person has to look at it.", 2),
    "rescued": Premise(Outcome.HUMAN, "Deciding failed again and again; a person has to look at it.", 1),
}


def judge(
    facts: Facts,
    loaded: Loaded,
    limits: Limits,
    taken: frozenset[str] = frozenset(),
    left: frozenset[str] = frozenset(),
) -> Judgement:
    """The outcome of ``facts`` and the words, if it is an acknowledgement.

    ``taken`` are word locks that are held or left to others; ``left`` are the latter, where the next search starts.
    """
    if facts.premise is not None:
        return Judgement(decision=_premised(facts.premise))
    decision = decide(facts, loaded.bundle, limits)
    if decision.outcome is not Outcome.ACKNOWLEDGE:
        return Judgement(decision=decision)
    brand = loaded.brand_of(facts.mention.platform, facts.mention.account)
    language = _language(facts, brand) if brand else None
    if brand is not None and language is None:
        return Judgement(
            decision=_silenced(decision, "language-not-spoken", "The brand does not speak the language of the post.")
        )
    voice = loaded.voices.get(f"{brand.voice}.{language}") if brand else None
    if brand is None or language is None or voice is None:
        return Judgement(decision=_silenced(decision, "no-voice", "The brand has no readable voice."))
    due = expectation(brand, facts.posting_at, facts.rota, facts.wait)
    if due is None:
        return Judgement(decision=_silenced(decision, "nobody-can-promise", "Nobody is there to keep the promise."))
    composed = compose(voice, _request(facts, decision, brand, language, due, taken, left))
    if isinstance(composed, Exhausted):
        return Judgement(decision=_silenced(decision, composed.reason, "No wording is left that would not repeat another."))
    return Judgement(decision=decision, voice=voice, composed=composed, due=due)


def _language(facts: Facts, brand: Brand) -> str | None:
    """In which language to answer: the brand's one, or that of the post where the brand speaks several; None for none of them."""
    if len(brand.languages) == 1:
        return brand.languages[0]
    text = facts.mention.text
    detected = detect(read(text.value))[0] if isinstance(text, Known) else None
    return detected if detected in brand.languages else None


def _request(
    facts: Facts,
    decision: Decision,
    brand: Brand,
    language: str,
    due: Expectation,
    taken: frozenset[str],
    left: frozenset[str],
) -> Request:
    assert isinstance(facts.budget, Known)
    person = value_of(facts.person, Person())
    thread = value_of(facts.thread, Thread())
    control = value_of(facts.control, Control(version=0, mode="halted"))
    told = tuple(spoken.text for spoken in value_of(facts.mention.history, ()))
    return Request(
        language=language,
        topic=decision.topic or "",
        team=brand.teams.get(decision.department, brand.teams.get("default", "team")),
        expectation=due,
        cursor=facts.budget.value.cursor,
        withdrawn=frozenset(control.withdrawn),
        openings_had=frozenset(had.opening for had in person.acknowledged),
        thread_posts=tuple(post.text for post in thread.posts) + told,
        taken=taken,
        left=left,
        length_limit=X_LENGTH,
    )


def _silenced(decision: Decision, rule: str, why: str) -> Decision:
    """An earned acknowledgement that cannot be worded: a person instead. Silence is better than a repeat."""
    match = Match(
        rule=rule,
        outcome=Outcome.HUMAN,
        by="law",
        certainty=Certainty.TRUE,
        why=why,
        evidence=(Evidence(check=rule, fact="voice"),),
        department=decision.department,
        priority=decision.priority,
    )
    return replace(
        decision,
        outcome=Outcome.HUMAN,
        rule=rule,
        because=(rule,),
        matched=(match, *decision.matched),
        why=why,
        without=Outcome.ACKNOWLEDGE,
        without_rule=decision.rule,
    )


def _premised(name: str) -> Decision:
    premise = PREMISES[name]
    return Decision(
        outcome=premise.outcome,
        rule=name,
        because=(name,),
        matched=(),
        why=premise.why,
        topic=None,
        department="social-care",
        priority=premise.priority,
        limit=None,
        without=premise.outcome,
        without_rule=name,
    )


def word_expiry(limits: Limits) -> timedelta:
    """How long after its deadline a word stays locked: lease + clock skew + window (DESIGN §6)."""
    return limits.lease + limits.clock_skew + limits.window
