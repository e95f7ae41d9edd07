"""``mentions_others_over: 2``: the post names more handles than that beside the accounts of this deployment."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding
from chalicelib.policy.text.reading import Kind


def _check(count: int, scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("mentions_others_over", "text", "missing")
    mention = scene.facts.mention
    tagged = {account for account in mention.tagged if (mention.platform, account) not in scene.own_ids}
    own = scene.own_handles(mention.platform)
    written = {token.forms[0] for token in scene.reading.tokens if token.kind is Kind.HANDLE} - own
    others = max(len(tagged), len(written))
    return findings.when(others > count, "mentions_others_over", "text", f"{others} other handles")


CONDITION = Condition(
    says="The post names more handles than this that are not ours.",
    sample="2",
    parse=lambda node, names: arguments.number(node, "handles", 0, 100),
    check=_check,
    reads=frozenset({"text"}),
)
