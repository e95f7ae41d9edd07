"""``history_has: [brand_human]``: one of these spoke earlier in the conversation, as a relay tells."""

from __future__ import annotations

from chalicelib.domain.notice import Spoken
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding

_NAME, _FACT = "history_has", "history"
_SPEAKERS = frozenset({"author", "brand_auto", "brand_human", "other"})


def _check(speakers: list[str], scene: Scene) -> Finding:
    def ask(history: tuple[Spoken, ...]) -> Finding:
        found = sorted({spoken.by for spoken in history} & set(speakers))
        return findings.when(bool(found), _NAME, _FACT, "earlier: " + ", ".join(found))

    return findings.known(scene.facts.mention.history, _NAME, _FACT, ask)


CONDITION = Condition(
    says="One of these spoke earlier in the conversation, as a relay tells: author, brand_auto, brand_human, other.",
    sample="[brand_human]",
    parse=lambda node, names: arguments.names(node, _SPEAKERS, "speaker"),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
