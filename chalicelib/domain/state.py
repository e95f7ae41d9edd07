"""The state of one mention, and the one table of allowed moves (DESIGN §4)."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """Where a mention is. A mention that nobody has decided yet has no state at all."""

    RESERVED = "reserved"
    SENDING = "sending"
    POSTED = "posted"
    HUMAN = "human"
    IGNORED = "ignored"


TERMINAL = frozenset({State.POSTED, State.HUMAN, State.IGNORED})

MOVES: frozenset[tuple[State | None, State]] = frozenset(
    {
        (None, State.RESERVED),
        (None, State.HUMAN),
        (None, State.IGNORED),
        (State.RESERVED, State.SENDING),
        (State.RESERVED, State.HUMAN),
        (State.RESERVED, State.IGNORED),
        (State.SENDING, State.POSTED),
        (State.SENDING, State.HUMAN),
        (State.SENDING, State.RESERVED),
    }
)
"""``SENDING → RESERVED`` only after a definite "not posted" and before the acknowledgement's deadline."""


class IllegalMove(Exception):
    """Somebody asked for a move that is not in the table; nothing has been written."""


def move(before: State | None, after: State) -> State:
    """``after``, if the table allows the step from ``before``; raises IllegalMove otherwise."""
    if (before, after) not in MOVES:
        raise IllegalMove(f"{before.value if before else 'undecided'} → {after.value}")
    return after
