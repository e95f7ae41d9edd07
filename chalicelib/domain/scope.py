"""How much of a deployment a pause holds: everything, one brand, one account, or one topic."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("all", "brand", "account", "topic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is paused. ``kind`` is one of ``KINDS``.

    ``brand`` is given for a brand, and for a topic that is paused in one brand only. ``account`` is
    ``<platform>/<id or handle>``, ``topic`` the id of an approved topic.
    """

    kind: str
    brand: str | None = None
    account: str | None = None
    topic: str | None = None

    @property
    def mark(self) -> str:
        """How the scope stands in a control record (see ``facts.Control``)."""
        return f"topic:{self.topic}" if self.kind == "topic" else self.kind
