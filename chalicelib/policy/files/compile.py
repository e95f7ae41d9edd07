"""A checked pack to a bundle: one canonical JSON document (RFC 8785), the same bytes for the same policy, always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import rfc8785

from chalicelib.domain.account import Brand
from chalicelib.domain.codec import Json, encode
from chalicelib.domain.problem import Problem
from chalicelib.policy.files.loader import BASELINE, Pack, load_pack
from chalicelib.policy.phrases.index import compile_index
from chalicelib.policy.rules.rule import Rule

FORMAT = 2
LARGEST_BUNDLE = 2 * 1024 * 1024
MOST_PHRASES = 20_000


def compile_bundle(files: Mapping[str, str], voices: Mapping[str, Json], engines: Sequence[str]) -> bytes | tuple[Problem, ...]:
    """The bundle of ``files`` (path under ``policies/`` → text) with ``voices`` as they are, for these engines; or all problems.

    ``engines`` are hashes of packaged code that this policy was approved for: others acknowledge nothing.
    """
    pack = load_pack(files)
    return pack if isinstance(pack, tuple) else compile_pack(pack, voices, engines)


def compile_pack(pack: Pack, voices: Mapping[str, Json], engines: Sequence[str]) -> bytes | tuple[Problem, ...]:
    """The bundle of a checked pack; or the problem where it is too large."""
    lists = {**pack.lists, **{_own_names(brand): brand.own_names for brand in pack.brands.values() if brand.own_names}}
    if sum(len(phrases) for phrases in lists.values()) > MOST_PHRASES:
        return (
            Problem(
                "baseline/policy.yaml", 1, 1, f"over {MOST_PHRASES:,} phrases", "use word* and (a|b), or drop lists", "", "GP410"
            ),
        )
    document: dict[str, Any] = {
        "format": FORMAT,
        "engines": sorted(engines),
        "brands": {name: _brand(pack, brand) for name, brand in pack.brands.items()},
        "rules": {owner: [_rule(rule) for rule in rules] for owner, rules in pack.rules.items()},
        "index": compile_index(lists),
        "voices": dict(voices),
    }
    compiled = rfc8785.dumps(document)
    if len(compiled) > LARGEST_BUNDLE:
        return (Problem("baseline/policy.yaml", 1, 1, "the bundle is over 2 MB", "drop phrases or voices", "", "GP410"),)
    return compiled


def brand_json(brand: Brand) -> Json:
    """``brand`` as ``bundle`` reads it back; local dates are ISO texts."""
    fields = encode(replace(brand, holidays=frozenset(), muted=frozenset()))
    assert isinstance(fields, dict)
    holidays, muted = ([day.isoformat() for day in sorted(days)] for days in (brand.holidays, brand.muted))
    return {**fields, "holidays": list[Json](holidays), "muted": list[Json](muted)}


def _own_names(brand: Brand) -> str:
    return f"own-names/{brand.id}"


def _brand(pack: Pack, brand: Brand) -> dict[str, Any]:
    lists: dict[str, list[str]] = {}
    for source in sorted(pack.lists):
        folder, name = source.split("/", 1)
        if folder in (BASELINE, brand.id):
            lists.setdefault(name, []).append(source)
    topics: dict[str, dict[str, Any]] = {}
    for industry in brand.industries:
        for topic, department in pack.topics[industry].items():
            known = topics.setdefault(topic, {"department": department, "sources": []})
            known["sources"].append(f"topics/{industry}/{topic}")
            if (industry, topic) in pack.last:
                known["last"] = True
    return {"brand": brand_json(brand), "lists": lists, "topics": topics, "own_names": _own_names(brand)}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "outcome": rule.outcome.value,
        "why": rule.why,
        "alternatives": [[[check.name, check.argument] for check in checks] for checks in rule.alternatives],
        "department": rule.department,
        "priority": rule.priority,
        "skip": rule.skip,
        "silence": rule.silence,
        "per_hour": rule.per_hour,
        "review_by": rule.review_by.isoformat() if rule.review_by else None,
    }
