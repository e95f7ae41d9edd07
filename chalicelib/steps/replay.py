"""Decide again from the record alone: the same outcome, the same rule, the same words, or the record is not what happened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.audit.record import sort_key
from chalicelib.domain.codec import decode, instant
from chalicelib.domain.facts import Facts
from chalicelib.domain.limits import Limits
from chalicelib.ports import Put
from chalicelib.steps.around import Circumstances
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.gather import places_of
from chalicelib.steps.judge import judge
from chalicelib.steps.transaction import plan_of


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whether the replay gave the recorded result, and the two digests that were compared."""

    same: bool
    recorded: str
    replayed: str


def replay(public: Mapping[str, Any], private: Mapping[str, Any], loaded: Loaded, limits: Limits) -> Replayed:
    """Replay one decision record with its private half, under the bundle it names.

    Raises ValueError where ``loaded`` is another bundle or the private half is not readable.
    """
    if public["policy"]["sha256"] != loaded.sha256:
        raise ValueError("the record was decided under another bundle")
    facts = decode(Facts, private["facts"])
    taken = frozenset(private["compose_inputs"]["taken"])
    brand = loaded.brand_of(facts.mention.platform, facts.mention.account)
    around = Circumstances(
        id=public["id"],
        brand=brand,
        now=instant(public["at"]),
        limits=limits,
        policy_sha256=loaded.sha256,
        engine=public["engine"]["hash"],
        secret=public["trace"]["secret"],
        receive_count=public["trace"]["receive_count"],
    )
    salt = bytes.fromhex(private["salt"])
    plan = plan_of(judge(facts, loaded, limits, taken), facts, places_of(facts.mention, brand), around, taken, (salt, salt))
    again = next(write.row for write in plan.writes if isinstance(write, Put) and write.key.sort == sort_key("decision"))
    replayed = json.loads(again["leaf"])["result_digest"]
    return Replayed(replayed == public["result_digest"], public["result_digest"], replayed)
