"""``topic: any`` or ``topic: [names]``: an approved topic of the brand is recognised in the text; ``any`` is no last resort."""

from __future__ import annotations

from typing import Union

from chalicelib.policy.conditions.contract import Condition, Names
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.arguments import Parsed
from chalicelib.policy.rules.node import Node, Text
from chalicelib.policy.rules.rule import BrandPolicy, Topic
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding


def _parse(node: Node, names: Names) -> Parsed:
    if isinstance(node, Text) and node.value == "any":
        return "any"
    return arguments.names(node, names.topics, "topic")


def _check(wanted: Union[str, list[str]], scene: Scene) -> Finding:
    recognised = [(topic.id, span) for topic, span in scene.topics if _wants(wanted, topic)]
    if found := [(start, end, f"topic {name}", phrase) for name, (start, end, phrase) in recognised]:
        return findings.spans("topic", found)
    return FALSE if scene.reading and scene.reading.complete else findings.unknown("topic", "text", "missing")


def _sources(wanted: Union[str, list[str]], policy: BrandPolicy) -> list[str]:
    return [source for topic in policy.topics.values() if _wants(wanted, topic) for source in topic.sources]


def _wants(wanted: Union[str, list[str]], topic: Topic) -> bool:
    """Whether the rule asks for this topic: a last resort has to be named."""
    return not topic.last if wanted == "any" else topic.id in wanted


CONDITION = Condition(
    says="An approved topic of the brand is recognised: any (but a last resort, which has to be named), or one of these.",
    sample="any",
    parse=_parse,
    check=_check,
    reads=frozenset({"text"}),
    sources=_sources,
    unsure=lambda wanted, policy: wanted != "any" and any(policy.topics[name].last for name in wanted),
)
