"""``is_reply: yes``: the post answers another post (``no``: it stands for itself)."""

from __future__ import annotations

from chalicelib.domain.notice import Form
from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding


def _check(wanted: bool, scene: Scene) -> Finding:
    mention = scene.facts.mention
    replies = mention.form is Form.REPLY or mention.reply_to_post is not None or mention.reply_to_user is not None
    return findings.when(replies is wanted, "is_reply", "form", "answers another post" if replies else "answers nothing")


CONDITION = Condition(
    says="The post answers another post.",
    sample="yes",
    parse=lambda node, names: arguments.yes_or_no(node),
    check=_check,
    reads=frozenset({"form"}),
)
