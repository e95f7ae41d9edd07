"""``asks: yes``, ``asks: [lists]`` or ``asks: question``: something is asked, in the form of a question or by a cue of a list."""

from __future__ import annotations

from chalicelib.domain.codec import Json
from chalicelib.domain.decision import Evidence
from chalicelib.domain.problem import did_you_mean
from chalicelib.policy.conditions.contract import Condition, Names
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.arguments import Parsed
from chalicelib.policy.rules.node import Node, Text
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth
from chalicelib.policy.text.clauses import questions

_CUES, _FORM_ALONE = "requests", "question"


def _parse(node: Node, names: Names) -> Parsed:
    if isinstance(node, Text) and node.value == _FORM_ALONE:
        return list[Json]()
    if not isinstance(node, Text) or node.value not in ("yes", "true"):
        return arguments.names(node, names.lists, "list")
    if _CUES not in names.lists:
        return node.place.problem(f'asks: yes needs a list "{_CUES}"', did_you_mean(_CUES, names.lists))
    return list[Json]([_CUES])


def _check(lists: list[str], scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("asks", "text", "missing")
    cues = scene.hits(lists)
    asked = tuple(
        Evidence(check="asks", fact="text", source="question", start=start, end=end, says=says)
        for start, end, says in questions(scene.reading)
    )
    if cues or asked:
        return Finding(Truth.TRUE, (*(findings.spans("asks", cues).evidence if cues else ()), *asked))
    return FALSE if scene.reading.complete else findings.unknown("asks", "text", "too-long")


CONDITION = Condition(
    says="Something is asked: a question (what is, can you ... ?), or a phrase of the list requests (or of these lists); "
    "question: the first alone.",
    sample="yes",
    parse=_parse,
    check=_check,
    reads=frozenset({"text"}),
)
