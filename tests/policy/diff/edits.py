"""A policy as plain values, seeded edits of it that loosen or tighten, and mentions built from the phrases of two policies."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import yaml

from chalicelib.domain.decision import Outcome
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import OF_MENTION, ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.phrases.detectors import SAMPLES
from chalicelib.policy.phrases.phrase import GAP, expand
from tests.policy.small import bundle_of

Pack = dict[str, Any]

PACK: Pack = {
    "lists": {
        "legal": ["my (lawyer|solicitor)", "sue ... you", "bailiff", "court"],
        "anger": ["furious", "rip* off", "worst ... ever"],
        "press": ["journalist", "for the (paper|radio)"],
        "requests": ["please help", "can you help", "could you look"],
        "slurs": ["zorgle*", "blargh"],
        "bait": ["refund me", "double it"],
        "own-cues": ["urgent*", "right now"],
    },
    "topics": {"signal": ["no signal", "signal", "reception"], "billing": ["bill", "direct debit"], "router": ["router"]},
    "human": {
        "legal": {"when": {"text_has": ["legal"]}},
        "angry": {"any_of": [{"text_has": ["anger"]}, {"exclamations_over": "3"}, {"posted_capitals_over": "60%"}]},
        "press": {"when": {"text_has": ["press"]}, "silence": "thread"},
        "large-audience": {"when": {"author_followers_over": "10000"}, "if_not_offered": "skip"},
        "young-account": {"when": {"account_age_under": "30 days"}},
        "slur-in-name": {"when": {"handle_has": ["slurs"]}},
        "urgent-and-short": {"when": {"text_has": ["own-cues"], "words_under": "12"}},
        "too-short": {"when": {"words_under": "4"}},
        "long-winded": {"any_of": [{"words_over": "60"}, {"sentences_over": "6"}]},
        "others": {"when": {"mentions_others_over": "2"}},
        "quotes": {"when": {"form_is": ["quote"]}},
        "bot-spoke": {"when": {"history_has": ["brand_human"]}, "if_not_offered": "skip"},
    },
    "acknowledge": {
        "ordinary": {
            "when": {
                "topic": "any",
                "asks": ["requests"],
                "language_is": ["en"],
                "text_lacks": ["slurs", "bait"],
                "ordinary_over": "50%",
            },
            "limit": {"per_hour": "30"},
            "review_by": "2027-03-31",
        },
    },
    "brand": {"muted": ["2026-11-11"], "surge_over": "8"},
}

_BRAND = {
    "id": "telline", "name": "TelLine", "zone": "Europe/London", "zone_name": "UK", "hours": ["mon-sun 08:00-22:00"],
    "holidays": ["2026-12-25"], "languages": ["en"], "industries": ["telecom"],
    "accounts": [{"platform": "x", "id": "1003", "handle": "TelLine"}], "voice": "plain", "own_names": ["TelLine"],
    "teams": {"network": "network desk"}, "sla": {"P0": "15", "P1": "60", "P2": "240", "P3": "480", "P4": "1440"},
}  # fmt: skip


def bundle_from(pack: Pack) -> Bundle:
    """The pack compiled and loaded as production loads it."""
    return bundle_of(files_of(pack))


def files_of(pack: Pack) -> dict[str, str]:
    """The pack as the files of a policy folder."""

    def section(rules: Mapping[str, Any]) -> dict[str, Any]:
        return {name: {"why": f"Because of the reason behind {name}.", **body} for name, body in rules.items()}

    last = pack.get("last", {})
    topics = {
        name: {"department": "network", **({"last_resort": "yes"} if name in last else {}), "has": "\n".join(phrases) + "\n"}
        for name, phrases in (pack["topics"] | last).items()
    }
    policy = {"policy": "telline", "owner": "care@telline.example", "acknowledge": section(pack["acknowledge"])}
    tree = {f"baseline/lists/{name}.txt": "\n".join(phrases) + "\n" for name, phrases in pack["lists"].items()}
    return tree | {
        "baseline/policy.yaml": yaml.safe_dump({"human": section(pack["human"])}, sort_keys=False),
        "baseline/topics/telecom.yaml": _piped({"topics": topics}),
        "telline/brand.yaml": yaml.safe_dump(_BRAND | pack["brand"], sort_keys=False),
        "telline/policy.yaml": yaml.safe_dump(policy, sort_keys=False),
    }


class _Piped(yaml.SafeDumper):
    """Writes texts of several lines after ``|``, as ops do."""


_Piped.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def _piped(document: Any) -> str:
    return str(yaml.dump(document, Dumper=_Piped, sort_keys=False))


# --- edits: each changes a copy, one way or nobody knows which -----------------------------------------------------------

Edit = Callable[[Pack, random.Random], str]
_FOR_PEOPLE = ("legal", "anger", "press", "own-cues")
_WORDS = ("walrus", "teapot", "lantern", "gravel", "pickle", "turbine", "meadow", "copper", "velvet", "harbour")
_OVER = {"large-audience": "author_followers_over", "others": "mentions_others_over"}


def _drop(pack: Pack, name: str, chance: random.Random) -> str:
    phrases = pack["lists"][name]
    return str(phrases.pop(chance.randrange(len(phrases))))


def _add(pack: Pack, name: str, chance: random.Random) -> str:
    phrase = " ".join(chance.sample(_WORDS, 2))
    pack["lists"][name].append(phrase)
    return phrase


def drop_human_phrase(pack: Pack, chance: random.Random) -> str:
    return f"drop {_drop(pack, chance.choice(_FOR_PEOPLE), chance)}"


def drop_human_rule(pack: Pack, chance: random.Random) -> str:
    name = chance.choice(sorted(pack["human"]))
    del pack["human"][name]
    return f"drop rule {name}"


def drop_alternative(pack: Pack, chance: random.Random) -> str:
    name = chance.choice(("angry", "long-winded"))
    gone = pack["human"][name]["any_of"].pop(chance.randrange(2))
    return f"drop {gone}"


def raise_threshold(pack: Pack, chance: random.Random) -> str:
    name, check = chance.choice(sorted(_OVER.items()))
    was = int(pack["human"][name]["when"][check])
    pack["human"][name]["when"][check] = str(was * 2 + 1)
    return f"{check} up"


def fewer_short(pack: Pack, chance: random.Random) -> str:
    name, low = chance.choice((("too-short", 2), ("urgent-and-short", 5)))
    pack["human"][name]["when"]["words_under"] = str(low)
    return f"{name} down"


def younger(pack: Pack, chance: random.Random) -> str:
    pack["human"]["young-account"]["when"]["account_age_under"] = "7 days"
    return "younger accounts"


def skip_young(pack: Pack, chance: random.Random) -> str:
    pack["human"]["young-account"]["if_not_offered"] = "skip"
    return "skip young-account"


def one_more_check(pack: Pack, chance: random.Random) -> str:
    name = chance.choice(("legal", "press"))
    pack["human"][name]["when"]["words_over"] = "14"
    return f"{name} only in long posts"


def new_topic_phrase(pack: Pack, chance: random.Random) -> str:
    phrase = " ".join(chance.sample(_WORDS, 2))
    pack["topics"][chance.choice(sorted(pack["topics"]))].append(phrase)
    return f"topic: {phrase}"


def new_request(pack: Pack, chance: random.Random) -> str:
    return f"request: {_add(pack, 'requests', chance)}"


def less_sure(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["when"]["ordinary_over"] = "30%"
    return "the recogniser may be less sure"


def surer(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["when"]["ordinary_over"] = "80%"
    return "the recogniser has to be surer"


def only_questions(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["when"]["asks"] = "question"
    return "a request in words is no question"


def lacks_less(pack: Pack, chance: random.Random) -> str:
    return f"bait: {_drop(pack, 'bait', chance)}"


def higher_limit(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["limit"] = {"per_hour": "45"}
    return "limit up"


def later_review(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["review_by"] = "2027-04-30"
    return "reviewed later"


def unmute(pack: Pack, chance: random.Random) -> str:
    pack["brand"]["muted"] = []
    return "unmute"


def any_language(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["when"]["language_is"] = ["en", "de", "fr", "es"]
    return "more languages"


LOOSENING: tuple[Edit, ...] = (
    drop_human_phrase, drop_human_rule, drop_alternative, raise_threshold, fewer_short, younger, skip_young, one_more_check,
    new_topic_phrase, new_request, lacks_less, less_sure, higher_limit, later_review, unmute, any_language,
)  # fmt: skip


def add_human_phrase(pack: Pack, chance: random.Random) -> str:
    return f"add {_add(pack, chance.choice(_FOR_PEOPLE), chance)}"


def add_human_rule(pack: Pack, chance: random.Random) -> str:
    pack["lists"]["fresh"] = [" ".join(chance.sample(_WORDS, 2))]
    pack["human"]["fresh"] = {"when": {"text_has": ["fresh"]}}
    return "a new rule for people"


def lower_threshold(pack: Pack, chance: random.Random) -> str:
    name, check = chance.choice(sorted(_OVER.items()))
    pack["human"][name]["when"][check] = "1"
    return f"{check} down"


def lower_limit(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["limit"] = {"per_hour": "10"}
    return "limit down"


def earlier_review(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["ordinary"]["review_by"] = "2026-12-31"
    return "reviewed earlier"


def lacks_more(pack: Pack, chance: random.Random) -> str:
    return f"bait: also {_add(pack, 'bait', chance)}"


def fewer_requests(pack: Pack, chance: random.Random) -> str:
    return f"request gone: {_drop(pack, 'requests', chance)}"


def mute(pack: Pack, chance: random.Random) -> str:
    pack["brand"]["muted"] = ["2026-11-11", "2026-11-21"]
    return "mute"


def no_acknowledging(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"] = {}
    return "nothing is acknowledged"


def wider_beginning(pack: Pack, chance: random.Random) -> str:
    pack["lists"]["legal"] = [phrase if phrase != "bailiff" else "bailif*" for phrase in pack["lists"]["legal"]]
    return "bailif*"


TIGHTENING: tuple[Edit, ...] = (
    add_human_phrase, add_human_rule, lower_threshold, surer, only_questions, lower_limit, earlier_review, lacks_more,
    fewer_requests, mute, no_acknowledging, wider_beginning,
)  # fmt: skip


def _second_rule(pack: Pack, chance: random.Random) -> str:
    pack["acknowledge"]["zz-router"] = copy.deepcopy(PACK["acknowledge"]["ordinary"]) | {"limit": {"per_hour": "50"}}
    return "a second rule that acknowledges"


def _rename(pack: Pack, chance: random.Random) -> str:
    name = chance.choice(sorted(pack["human"]))
    pack["human"][f"{name}-again"] = pack["human"].pop(name)
    return f"rename {name}"


def _drop_topic_phrase(pack: Pack, chance: random.Random) -> str:
    topic = pack["topics"]["signal"]
    return f"topic: no longer {topic.pop(chance.randrange(len(topic)))}"


UNSURE: tuple[Edit, ...] = (_second_rule, _rename, _drop_topic_phrase)


def edited(pack: Pack, edits: tuple[Edit, ...], chance: random.Random, times: int = 1) -> tuple[Pack, str]:
    """A copy with ``times`` edits that fit it, and what they were."""
    made, told = copy.deepcopy(pack), []
    while len(told) < times:
        try:
            told.append(chance.choice(edits)(made, chance))
        except (KeyError, ValueError, IndexError):
            continue  # an earlier edit took away what this one would change
    made["lists"] = {name: phrases or ["nothing-left"] for name, phrases in made["lists"].items()}
    return made, " + ".join(told)


# --- mentions --------------------------------------------------------------------------------------------------------------

_GERMAN = "Wir haben das schon wieder nicht und die auch nicht, und es ist nicht gut und nicht schön, aber wir sind noch hier"


def spelled(phrase: str, chance: random.Random) -> str:
    """A text that the phrase matches."""
    words = []
    for symbol in chance.choice(expand(phrase)):
        if symbol == GAP:
            words += ["so", "very"][: chance.randrange(3)]
        else:
            words.append(SAMPLES.get(symbol, symbol.removesuffix("*") + ("s" if symbol.endswith("*") else "")))
    return " ".join(words)


def mentions(old: Bundle, new: Bundle, chance: random.Random, count: int) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """(text, now, facts): an ordinary question, and then something that one of the two policies may care about."""
    ones, others = ({tuple(pair) for pair in bundle.index.phrases} for bundle in (old, new))
    differing, every = sorted(ones ^ others), sorted(ones | others)
    topics = [pair for pair in every if pair[0].startswith("topics/")]
    asking = [pair for pair in every if pair[0].endswith("/requests")]
    numbers = sorted(_numbers(old) | _numbers(new))
    for _ in range(count):
        pool = differing if differing and chance.random() < 0.6 else every
        topic = chance.choice([pair for pair in differing if pair in topics] or topics if chance.random() < 0.5 else topics)
        ask = chance.choice([pair for pair in differing if pair in asking] or asking if chance.random() < 0.5 else asking)
        extra = spelled(chance.choice(pool)[1], chance) if chance.random() < 0.7 else ""
        named = spelled(topic[1], chance)
        long = chance.random() < 0.65
        parts = [f"The {named} at my home is not as it was" if long else named, spelled(ask[1], chance), extra]
        text = (". " if long else " ").join(part for part in parts if part)
        yield _varied(text, numbers, chance)


def _varied(text: str, numbers: list[int], chance: random.Random) -> tuple[str, datetime, dict[str, Any]]:
    now, facts = ORDINARY_NOW, dict[str, Any]()
    number = max(0, chance.choice(numbers) + chance.choice((-1, 0, 1))) if numbers else 0
    match chance.randrange(17):
        case 0:
            facts = {"followers": number}
        case 1:
            facts = {"account_age_days": chance.choice((number, 8, 20, 29))}
        case 2:
            facts = {"account_age_days": "not offered"}
        case 3:
            facts = {"used": {"ordinary": chance.choice((number, 29, 30, 44))}}
        case 4:
            now = datetime.fromisoformat(chance.choice(("2026-11-11T14:00:00+00:00", "2027-04-10T14:00:00+00:00")))
        case 5:
            facts = {"tagged": ("1003", *map(str, range(min(number, 9))))}
        case 6:
            text = text + "!" * min(number, 8)
        case 7:
            text = text.upper()
        case 8:
            text = " ".join(text.split()[-max(2, min(number, 12)) :])
        case 9:
            text = text + " and so on" * min(number // 3 + 1, 30)
        case 10:
            text, facts = (f"{text}. {_GERMAN}", {"language": "de"}) if number % 2 else (text + ". So" * 8, {})
        case 11:
            facts = {"paused": (f"topic:{chance.choice(('signal', 'billing', 'router'))}",)}
        case 12:
            facts = {"form": "quote"}
        case 13:
            facts = {"history": ["brand_human"]}
        case 14:
            facts = {"handle": chance.choice(("zorgle_fan", "blargh", "ok_name"))}
        case 15:
            facts = {"ordinary": chance.choice(("25%", "40%", "70%"))}
    return text, now, facts  # fmt: skip


def _numbers(bundle: Bundle) -> set[int]:
    checks = (
        check for policy in bundle.policies.values() for rule in policy.rules for part in rule.alternatives for check in part
    )
    return {check.argument for check in checks if isinstance(check.argument, int) and not isinstance(check.argument, bool)}


def outcome(bundle: Bundle, text: str, now: datetime, facts: Mapping[str, Any]) -> Outcome:
    """What the bundle makes of the mention."""
    of_mention = {name: value for name, value in facts.items() if name in OF_MENTION}
    rest = {name: value for name, value in facts.items() if name not in OF_MENTION}
    mention = ordinary_mention("1", text, now=now, account="1003", **of_mention)
    return decide(ordinary_facts(mention, now + timedelta(seconds=1), **rest), bundle, Limits()).outcome


def flip(old: Bundle, new: Bundle, chance: random.Random, count: int) -> str | None:
    """A mention that went to a person and is acknowledged now, None where ``count`` of them show none."""
    for text, now, facts in mentions(old, new, chance, count):
        if outcome(new, text, now, facts) is Outcome.ACKNOWLEDGE and outcome(old, text, now, facts) is Outcome.HUMAN:
            return f"{text!r} {now} {facts}"
    return None
