"""Everything a decision may see. Whatever is not in here cannot change a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.notice import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The one control record of an account: what may start at all.

    ``mode``: shadow | live | halted. ``paused`` names the scopes that are paused now (``all``, ``brand``, ``account``,
    ``topic:<topic>``). ``withdrawn`` lists the marks of wordings (``<part>:<hash of the text>``). ``version`` grows with
    every write.
    """

    version: int
    mode: str
    paused: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One acknowledgement that a person got: when, in which thread, opening with which wording (its mark).

    ``due`` is when it said that a person answers, None where it named no time.
    """

    at: datetime
    thread: str
    opening: str
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the deployment did with one author on one platform. Absent record: the version is 0 and all is empty.

    ``opted_out``: the author refused the machine in their own words. It never ends.
    """

    version: int = 0
    acknowledged: tuple[Acknowledged, ...] = ()
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPost:
    """A public post of ours in a thread; ``by``: machine | person."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What the deployment said in one public thread. Absent record: the version is 0 and all is empty.

    ``silent``: somebody said something there after which people decide whether the brand says anything in public.
    """

    version: int = 0
    acknowledgements: int = 0
    posts: tuple[ThreadPost, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What an acknowledgement told somebody: that a person answers by ``due`` (None: no time was named).

    It has a row of its own; ``mention`` is the record id, ``conversation`` the partition of the case that must keep it,
    ``person`` that of whom it was told. ``status``: open | late (most of its time is over) | kept | broken.
    """

    mention: str
    made: datetime
    due: datetime | None
    brand: str
    topic: str
    conversation: str
    person: str
    status: str = "open"

    @property
    def late_at(self) -> datetime | None:
        """When three quarters of the time are over: late enough to hurry, early enough to keep it. None: no time was named."""
        return None if self.due is None else self.made + (self.due - self.made) * 3 / 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What waits for a person: one conversation of one author with one brand.

    ``status``: open | taken | closed. ``owner`` is who took it: an actor, or ``native-app`` for somebody who answered on
    the platform itself. ``mentions`` are record ids, oldest first. ``due`` is when a person should have answered.
    """

    version: int
    id: str
    brand: str
    conversation: str
    status: str
    owner: str | None
    reason: str
    department: str
    priority: int
    opened: datetime
    due: datetime
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much a voice has said: acknowledgements by rule in the UTC hour ``hour``, and the cursor, a hint where to start."""

    hour: str = ""
    used: Mapping[str, int]
    cursor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who can answer: people on shift until ``until``, and when the next shift starts (None: not known)."""

    on_shift: int
    until: datetime
    next_shift: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long people waited lately: the 80th percentile in minutes. ``measured``: when; None where a person set it."""

    p80_minutes: int
    measured: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How far the ledger is sealed: when the sealer last looked, and of which leaves it knew.

    ``pending_since``: time of the oldest leaf without a checkpoint, None if there is none. ``newest``: time of the newest leaf
    that the stream brought, None before the first; ``watch`` writes a heartbeat, so an old one means that the stream stands.
    """

    checked: datetime
    pending_since: datetime | None
    newest: datetime | None


NO_SIGNALS: Fact[Mapping[str, str]] = Known(MappingProxyType({}), "none")
"""Nothing is computed beside the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A stretch of the mention's text that spoke most for its being ordinary: offsets as received, half-open."""

    start: int
    end: int


class Tone(Enum):
    """In which tone a mention is written: neither angry nor mocking, one of these, or nobody can tell."""

    CALM = "calm"
    UPSET = "upset"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """How sure the recogniser is that a mention is an ordinary request: ``score`` in millionths, 0 to 1,000,000.

    ``model`` is the SHA-256 of its weights in hex. ``told_by`` are the spans that spoke most for it, strongest first. ``tone``
    is evidence for a reader; the score has counted it.
    """

    score: int
    model: str
    told_by: tuple[Telling, ...] = ()
    tone: Tone = Tone.UNKNOWN


NOT_ASKED: Fact[Recognised] = Unknown("not-asked")
"""The recogniser was not asked, because its answer could not have earned anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that ``policy.decide`` may see of the world; the bundle is the other half.

    ``holder`` is the account that holds the reply lock of the root post, None if nobody does. ``case`` is None where this
    conversation has none. ``posting_at`` is when a reply would go out: now + hold. ``premise`` is what the step knows for
    certain before any rule is asked (``mention-gone``, ``misread``, ``rescued``), None for an ordinary mention.
    ``signals`` is what else was computed from the mention, by name; unknown as a whole where one of them did not answer.
    ``ordinary`` is what the recogniser says; it is asked last, only where its answer could earn an acknowledgement.
    """

    mention: Mention
    now: datetime
    posting_at: datetime
    control: Fact[Control]
    person: Fact[Person]
    thread: Fact[Thread]
    case: Fact[Case | None]
    holder: Fact[str | None]
    budget: Fact[Budget]
    rota: Fact[Rota]
    wait: Fact[Wait]
    seal: Fact[Seal]
    surge: Fact[bool]
    incident: Fact[str | None]
    premise: str | None = None
    signals: Fact[Mapping[str, str]] = NO_SIGNALS
    ordinary: Fact[Recognised] = NOT_ASKED
