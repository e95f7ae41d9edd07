"""Decide mentions in plain form one after another, each as if it arrived alone at a staffed brand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from chalicelib.cli.plain import Plain
from chalicelib.domain.account import Account, Brand
from chalicelib.domain.decision import Decision, Evidence, Match
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import NOT_ASKED, Budget, Facts
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Form, Mention, Spoken
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.policy.text.reading import Kind, read
from chalicelib.ports import Recogniser
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.judge import Judgement, judge
from chalicelib.steps.recognise import recognised

READING = timedelta(seconds=5)
"""How long before its decision a mention was received."""


class Judge:
    """Decides with one pack; the words of each acknowledgement start where the one before ended."""

    def __init__(self, bundle: Bundle, loaded: Loaded, brand: str, now: datetime, recogniser: Recogniser) -> None:
        self._bundle, self._loaded, self._brand, self._now, self._recogniser = bundle, loaded, brand, now, recogniser
        self._cursors: dict[str, int] = {}
        self._limits = Limits()
        self.strange_brands = 0

    def decide(self, plain: Plain) -> dict[str, Any]:
        """The answer line of one mention."""
        brand = self._brand_of(plain)
        bundle = self.bundle_for(plain)
        facts = recognised(self._facts(plain, brand), bundle, self._limits, self._recogniser)
        judgement = judge(facts, replace(self._loaded, bundle=bundle), self._limits)
        if judgement.composed is not None:
            self._cursors[brand.voice] = judgement.composed.next_cursor
        return _line(plain, judgement)

    def facts(self, plain: Plain) -> Facts:
        """What a decision about the mention would see."""
        return self._facts(plain, self._brand_of(plain))

    def bundle_for(self, plain: Plain) -> Bundle:
        """The pack as the brand spoken to would have it: of a brand that is not in ``policies/`` the first handle is its own."""
        if not self._is_strange(plain):
            return self._bundle
        account = _account(plain, self._bundle.brands[self._brand])
        handles = (token.forms[0] for token in read(plain.text).tokens if token.kind is Kind.HANDLE)
        own = {replace(account, handle=handle) for handle in islice(handles, 1)}
        return replace(self._bundle, own=self._bundle.own | own)

    def _is_strange(self, plain: Plain) -> bool:
        return plain.brand is not None and plain.brand not in self._bundle.brands

    def _brand_of(self, plain: Plain) -> Brand:
        if self._is_strange(plain):
            self.strange_brands += 1
        return self._bundle.brands.get(plain.brand or "") or self._bundle.brands[self._brand]

    def _facts(self, plain: Plain, brand: Brand) -> Facts:
        now = plain.created_at + READING if plain.created_at else self._now
        facts = ordinary_facts(_mention(plain, _account(plain, brand), now), now)
        return replace(facts, ordinary=NOT_ASKED, budget=Known(Budget(used={}, cursor=self._cursors.get(brand.voice, 0))))


def _account(plain: Plain, brand: Brand) -> Account:
    wanted = (plain.platform or "x").lower()
    fitting = (one for one in brand.accounts if wanted in (one.platform, one.platform.split(":")[-1], one.platform.split(":")[0]))
    return next(fitting, brand.accounts[0])


def _mention(plain: Plain, account: Account, now: datetime) -> Mention:
    ordinary = ordinary_mention("-", "-", now=now, platform=account.platform, account=account.id)
    mention = replace(
        ordinary,
        post_id=plain.id,
        root_id=plain.id,
        thread_id=Known(plain.id),
        text=Known(plain.text),
        created_at=Known(plain.created_at or now),
        author=replace(
            ordinary.author,
            id=Known(plain.author or f"author-of-{plain.id}"),
            handle=Known(plain.author) if plain.author else ordinary.author.handle,
            followers=ordinary.author.followers if plain.followers is None else Known(plain.followers),
        ),
        language=ordinary.language if plain.lang is None else Known(plain.lang),
        media=ordinary.media if plain.media is None else Known(plain.media),
    )
    return _replying(mention, plain, account) if plain.is_reply else mention


def _replying(mention: Mention, plain: Plain, account: Account) -> Mention:
    """A reply; one that does not say to whom counts as a reply to us, which is for a person."""
    above = plain.reply_to or "brand"
    said_by = "brand_human" if above == "brand" else "other"
    told = (Spoken(at=None, by=said_by, text=plain.reply_to_text),) if plain.reply_to_text else None
    return replace(
        mention,
        form=Form.REPLY,
        reply_to_post=f"above-{plain.id}",
        reply_to_user=account.id if above == "brand" else f"{above}-above-{plain.id}",
        history=Known(told) if told else mention.history,
    )


def _line(plain: Plain, judgement: Judgement) -> dict[str, Any]:
    decision: Decision = judgement.decision
    return {
        "id": plain.id,
        "outcome": decision.outcome.value,
        "rule": decision.rule,
        "because": list(decision.because),
        "matched": [_matched(match, plain.text) for match in decision.matched],
        "reply": judgement.composed.text if judgement.composed else None,
    }


def _matched(match: Match, text: str) -> dict[str, Any]:
    return {
        "rule": match.rule,
        "outcome": match.outcome.value,
        "certainty": match.certainty.value,
        "evidence": [_evidence(one, text) for one in match.evidence],
    }


def _evidence(one: Evidence, text: str) -> dict[str, Any]:
    quote = None if one.start is None or one.end is None else text[one.start : one.end]
    return {"fact": one.fact, "source": one.source, "says": one.says, "start": one.start, "end": one.end, "quote": quote}
