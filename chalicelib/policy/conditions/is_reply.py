"""``is_reply: yes``: the post answers another post (``no``: it stands for itself)."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known
from chalicelib.domain.notice import Form
from chalicelib.policy.conditions.contract import Comparison, comparison, yes_or_no_edges
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _replies(scene: Scene) -> Fact[bool]:
    mention = scene.facts.mention
    return Known(mention.form is Form.REPLY or mention.reply_to_post is not None or mention.reply_to_user is not None)


CONDITION = comparison(
    "is_reply",
    "form",
    Comparison(value=_replies, holds=lambda wanted, found: found is wanted, edges=yes_or_no_edges, ordered=False),
    lambda found: "answers another post" if found else "answers nothing",
    says="The post answers another post.",
    sample="yes",
    parse=arguments.yes_or_no,
    reads=frozenset({"form"}),
)
