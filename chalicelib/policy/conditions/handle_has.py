"""``handle_has: [lists]``: a phrase of the lists stands in the author's handle or display name, run together or not."""

from __future__ import annotations

from chalicelib.domain.decision import Evidence
from chalicelib.domain.fact import NotOffered
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth


def _check(lists: list[str], scene: Scene) -> Finding:
    sources = [(name, source) for name in lists for source in scene.policy.lists[name]]
    hits = scene.name_hits(source for _, source in sources)
    found = tuple(
        Evidence(check="handle_has", fact="author.handle", source=name, says=phrase)
        for name, source in sources
        for phrase in hits.get(source, ())
    )
    if found:
        return Finding(Truth.TRUE, found)
    author = scene.facts.mention.author
    handle = findings.known(author.handle, "handle_has", "author.handle", lambda _: FALSE)
    if handle is not FALSE or isinstance(author.name, NotOffered):
        return handle  # a platform without display names has none to judge
    return findings.known(author.name, "handle_has", "author.name", lambda _: FALSE)


CONDITION = Condition(
    says="A phrase of one of these lists stands in the author's handle or display name.",
    sample="[requests]",
    parse=lambda node, names: arguments.names(node, names.lists, "list"),
    check=_check,
    reads=frozenset({"author.handle", "author.name"}),
)
