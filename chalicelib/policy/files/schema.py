"""JSON Schemas (draft 2020-12) of the policy files, for editors: made from the same vocabulary that the loader reads with.

They describe the structure. What names exist, and what a rule may say, the loader and the lint know better.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.problem import Problem
from chalicelib.policy.conditions.contract import Condition, Names
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.files import brand_file, rule_file, tests_file
from chalicelib.policy.files.ordinary import OF_FACTS, OF_MENTION
from chalicelib.policy.rules.node import Place, Text

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_SLUG: Schema = {"type": "string", "pattern": f"^{brand_file.SLUG.pattern}$"}
_NAMES: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}]}
_NUMBER: Schema = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\d[\d,_]*\s*[a-z]*$"}]}
_SHARE: Schema = {"type": "string", "pattern": r"^\d{1,3}\s*(%|percent)$"}
_SPAN: Schema = {"type": "string", "pattern": r"^\d{1,6}\s+(minute|hour|day|week|month|year)s?$"}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PHRASES: Schema = {"type": "string", "minLength": 1, "description": "One phrase a line, after |. // begins a note."}
_LISTS: Schema = {"type": "object", "propertyNames": _SLUG, "additionalProperties": _PHRASES}
_ANY: Schema = {"type": ["string", "number", "boolean", "array", "object"]}


def schemas() -> dict[str, Schema]:
    """File name under ``docs/`` → schema."""
    made = {"policy": _policy(), "brand": _brand(), "topics": _topics(), "tests": _tests()}
    return {
        f"{name}.schema.json": {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Ackguard: {name}", **schema}
        for name, schema in made.items()
    }


def _map(properties: Mapping[str, Schema], must: Iterable[str] = ()) -> Schema:
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**made, "required": sorted(must)} if must else made


def _policy() -> Schema:
    sections = {"human": _rules(False), "acknowledge": _rules(True)}
    return {
        **_map({"policy": _SLUG, "owner": _TEXT, "lists": _LISTS, **sections}, ("policy", "owner")),
        "$defs": {"checks": _checks()},
    }


def _rules(acknowledges: bool) -> Schema:
    checks: Schema = {"$ref": "#/$defs/checks"}
    if acknowledges:
        checks = {**checks, "required": list(rule_file.EARNING)}
    keys = rule_file.ACKNOWLEDGE_KEYS if acknowledges else rule_file.HUMAN_KEYS
    known: dict[str, Schema] = {
        "why": {**_TEXT, "description": "One sentence for the person who gets the case."},
        "when": checks,
        "any_of": {"type": "array", "items": checks, "minItems": 1},
        "department": _SLUG,
        "priority": {"enum": list(rule_file.PRIORITIES), "description": "P0 at once … P4 when there is time."},
        "if_not_offered": {"const": "skip"},
        "silence": {"enum": list(rule_file.SILENCES)},
        "limit": _map({"per_hour": _NUMBER}, ["per_hour"]),
        "review_by": {**_DAY, "description": "The last day on which the rule works; at most 180 days ahead."},
    }
    must = ("why", "limit", "review_by") if acknowledges else ("why",)
    rule = _map({key: known[key] for key in keys}, must)
    rule["oneOf"] = [{"required": ["when"]}, {"required": ["any_of"]}]
    return {"type": "object", "propertyNames": _SLUG, "additionalProperties": rule}


def _checks() -> Schema:
    known = {name: {"description": one.says, **_argument(one)} for name, one in sorted(CONDITIONS.items())}
    return {**_map(known), "minProperties": 1}


def _argument(condition: Condition) -> Schema:
    """What a check may be asked, by its sample and by what its own reader takes."""
    sample = condition.sample
    if sample == "yes":
        words = [word for word in ("yes", "no", "question") if _takes(condition, word)]
        spoken: Schema = {"enum": [*words, *(word == "yes" for word in words if word != "question")]}
        return {"anyOf": [spoken, _NAMES]} if _takes(condition, "requests") else spoken
    if sample.startswith("[") or sample == "any":
        return _NAMES
    if sample.endswith("%"):
        return _SHARE
    return _NUMBER if sample.isdigit() else _SPAN


def _takes(condition: Condition, word: str) -> bool:
    names = frozenset({"requests"})
    return not isinstance(condition.parse(Text(word, Place("", 1, 1, "")), Names(lists=names, topics=names)), Problem)


def _brand() -> Schema:
    known: dict[str, Schema] = {
        **dict.fromkeys(("name", "zone", "zone_name", "voice"), _TEXT),
        "id": _SLUG,
        "hours": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]},
        **{key: {"type": "array", "items": _DAY} for key in ("holidays", "muted")},
        **{key: {"type": "array", "items": _SLUG} for key in ("languages", "industries", "surge_departments")},
        "own_names": {"type": "array", "items": _TEXT},
        "accounts": {"type": "array", "items": _map(dict.fromkeys(_ACCOUNT, _TEXT), ("platform", "id", "handle"))},
        "teams": {"type": "object", "propertyNames": _SLUG, "additionalProperties": _TEXT},
        "surge_over": _NUMBER,
        "sla": _map(dict.fromkeys(rule_file.PRIORITIES, _NUMBER), rule_file.PRIORITIES),
    }
    return _map({key: known[key] for key in brand_file.KEYS}, set(brand_file.KEYS) - brand_file.OPTIONAL)


_ACCOUNT = ("platform", "id", "handle", "attested")


def _topics() -> Schema:
    topic = _map({"department": _SLUG, "last_resort": {"enum": ["yes", "true", True]}, "has": _PHRASES}, ("department", "has"))
    topics: Schema = {"type": "object", "propertyNames": _SLUG, "additionalProperties": topic, "minProperties": 1}
    return _map({"topics": topics}, ["topics"])


def _tests() -> Schema:
    given = _map(dict.fromkeys(sorted(OF_MENTION | OF_FACTS), _ANY))
    known: dict[str, Schema] = {
        "say": {"type": "string"},
        "expect": {"enum": sorted(tests_file.OUTCOMES)},
        **dict.fromkeys(("because", "also_matched", "not_matched"), _NAMES),
        "topic": _TEXT,
        "given": given,
        "now": _TEXT,
        "account": {"type": "string", "pattern": r"^\S+ \S+$"},
    }
    case = _map({key: known[key] for key in tests_file.KEYS}, ("say", "expect"))
    tests: Schema = {"type": "array", "items": case, "minItems": 1}
    return _map({"tests_for": _SLUG, "now": _TEXT, "defaults": given, "tests": tests}, ["tests"])
