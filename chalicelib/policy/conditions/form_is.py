"""``form_is: [reply, quote]``: how the post speaks of us."""

from __future__ import annotations

from chalicelib.domain.fact import Known
from chalicelib.domain.notice import Form
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments

_FORMS = frozenset(form.value for form in Form)

CONDITION = comparison(
    "form_is",
    "form",
    Comparison(
        value=lambda scene: Known(scene.facts.mention.form.value),
        holds=lambda forms, found: found in forms,
        edges=lambda forms: forms,
        ordered=False,
    ),
    lambda found: f"a {found}",
    says="The post is one of these: post, reply, quote, review.",
    sample="[reply, quote]",
    parse=lambda node: arguments.names(node, _FORMS, "form"),
    reads=frozenset({"form"}),
)
