"""A service that runs here, whatever it stands on: what the stream and the table of ``ackguard run`` may ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from chalicelib.cli.folder import LocalTimes
from chalicelib.cli.story import Finder
from chalicelib.domain import keys
from chalicelib.domain.account import Account
from chalicelib.domain.state import State
from chalicelib.local.receiver import Receiver
from chalicelib.local.sandbox import Sandbox
from chalicelib.local.stream.post import Post
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.ports import SecretSource, Store
from chalicelib.voice.voice import load as load_voice


class Clock(Protocol):
    """The clock of a service."""

    def now(self) -> datetime:
        """The time (UTC)."""


class Running(Protocol):
    """A whole service, whatever it stands on."""

    sandbox: Sandbox
    receiver: Receiver

    @property
    def url(self) -> str:
        """Where its receiver listens."""

    @property
    def secrets(self) -> SecretSource:
        """Its live secrets, for whoever plays the platforms."""

    @property
    def store(self) -> Store:
        """Its rows."""

    @property
    def lookup(self) -> Finder:
        """The same, for searching."""

    @property
    def clock(self) -> Clock:
        """Its time."""

    @property
    def bundle(self) -> Bundle:
        """Its policy in force."""

    def held(self) -> AbstractContextManager[None]:
        """See ``feed.World``."""

    def drain(self, timeout_s: float) -> bool:
        """Wait until nothing is under way, at most so many seconds; whether it came to that."""

    def stop(self) -> None:
        """End it."""


class Seen:
    """What the feed may see of the service."""

    def __init__(self, service: Running) -> None:
        self._service = service

    def now(self) -> datetime:
        """The service's clock."""
        return self._service.clock.now()

    def state(self, post: Post) -> State | None:
        """Where the mention stands."""
        place = keys.state(post.account.platform, post.root_id, post.account.id)
        row = self._service.store.read([place]).get(place)
        return State(row["state"]) if row else None

    def reply(self, post: Post) -> tuple[str, str] | None:
        """Our public reply."""
        found = (one for one in self._service.sandbox.posts if one.in_reply_to == post.id)
        return next(((one.id, one.text) for one in found), None)

    def script(self, post: Post, behaviour: str) -> None:
        """How the sandbox answers."""
        self._service.sandbox.script(post.id, behaviour)

    def held(self) -> AbstractContextManager[None]:
        """See ``feed.World``."""
        return self._service.held()


def accounts_of(service: Running) -> Mapping[str, Account]:
    """Our accounts by handle."""
    return {account.handle: account for brand in service.bundle.brands.values() for account in brand.accounts}


def clock_of(service: Running) -> LocalTimes:
    """Times in the zone of each brand."""
    return LocalTimes({brand.id: brand.zone for brand in service.bundle.brands.values()})


def disclosures_of(service: Running) -> tuple[str, ...]:
    """Every form of the disclosure, so that it is never taken for sameness."""
    return tuple(form for document in service.bundle.voices.values() for form in load_voice(document).disclosures)
