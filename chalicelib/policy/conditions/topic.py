"""``topic: any`` or ``topic: [names]``: an approved topic of the brand is recognised in the text."""

from __future__ import annotations

from typing import Union

from chalicelib.policy import arguments, findings
from chalicelib.policy.arguments import Parsed
from chalicelib.policy.conditions.contract import Condition, Names
from chalicelib.policy.node import Node, Text
from chalicelib.policy.rules import BrandPolicy
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import FALSE, Finding


def _parse(node: Node, names: Names) -> Parsed:
    if isinstance(node, Text) and node.value == "any":
        return "any"
    return arguments.names(node, names.topics, "topic")


def _check(wanted: Union[str, list[str]], scene: Scene) -> Finding:
    recognised = [(topic.id, span) for topic, span in scene.topics if wanted == "any" or topic.id in wanted]
    if found := [(start, end, f"topic {name}", phrase) for name, (start, end, phrase) in recognised]:
        return findings.spans("topic", found)
    return FALSE if scene.reading and scene.reading.complete else findings.unknown("topic", "text", "missing")


def _sources(wanted: Union[str, list[str]], policy: BrandPolicy) -> list[str]:
    topics = policy.topics.values()
    return [source for topic in topics if wanted == "any" or topic.id in wanted for source in topic.sources]


CONDITION = Condition(
    says="An approved topic of the brand is recognised: any, or one of these.",
    sample="any",
    parse=_parse,
    check=_check,
    reads=frozenset({"text"}),
    sources=_sources,
)
