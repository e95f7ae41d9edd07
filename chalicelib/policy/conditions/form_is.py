"""``form_is: [reply, quote]``: how the post speaks of us."""

from __future__ import annotations

from chalicelib.domain.notice import Form
from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_FORMS = frozenset(form.value for form in Form)


def _check(forms: list[str], scene: Scene) -> Finding:
    form = scene.facts.mention.form.value
    return findings.when(form in forms, "form_is", "form", f"a {form}")


CONDITION = Condition(
    says="The post is one of these: post, reply, quote, review.",
    sample="[reply, quote]",
    parse=lambda node, names: arguments.names(node, _FORMS, "form"),
    check=_check,
    reads=frozenset({"form"}),
)
