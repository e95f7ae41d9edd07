"""Facebook Pages: the handshake, the signature, feed, mention and ratings changes, replies as comments by the Graph API.

Sources: Meta for Developers, webhooks and Page webhook reference (Graph API 25.0), and ``meta_parts``.
"""

from __future__ import annotations

from chalicelib.platforms.contract import Platform
from chalicelib.platforms.meta_parts import feed, values
from chalicelib.platforms.meta_parts.keeping import MetaKeeping
from chalicelib.platforms.meta_parts.platform import Meta

PLATFORM: Platform = Meta(
    name="facebook",
    about="page",
    reader=feed.read,
    edge="comments",
    length_limit=8_000,
    keeping=MetaKeeping(frozenset({"feed", "mention"})),
    not_offered=values.NOT_OFFERED,
)
