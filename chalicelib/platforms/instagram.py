"""Instagram: the handshake, the signature, comments and mentions in every envelope, replies to comments by the Graph API.

Sources: Meta for Developers, webhooks and Instagram webhook reference (Graph API 25.0), and ``meta_parts``.
"""

from __future__ import annotations

from chalicelib.platforms.contract import Platform
from chalicelib.platforms.meta_parts import comments, values
from chalicelib.platforms.meta_parts.keeping import MetaKeeping
from chalicelib.platforms.meta_parts.platform import Meta

PLATFORM: Platform = Meta(
    name="instagram",
    about="instagram",
    reader=comments.read,
    edge="replies",
    length_limit=300,
    keeping=MetaKeeping(frozenset({"comments", "mentions"})),
    not_offered=values.NOT_OFFERED | {"author.name"},
)
