"""Build the ports of each Lambda from the settings: lazily, once for a process, and each with no more than it may touch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from chalicelib.ports import Recogniser
from chalicelib.registry import members, names
from chalicelib.settings import Settings, WrongSettings, read_settings
from chalicelib.steps.hands import Renewing, Scoped

if TYPE_CHECKING:
    from chalicelib.aws.backend import AwsBackend
    from chalicelib.domain.account import Brand
    from chalicelib.embedded.artefacts import FileArtefacts
    from chalicelib.embedded.clock import ScaledClock
    from chalicelib.embedded.key import LocalSigner
    from chalicelib.embedded.queues import SqliteQueue
    from chalicelib.embedded.secrets import FileSecrets
    from chalicelib.embedded.store import SqliteStore
    from chalicelib.platforms.contract import Platform
    from chalicelib.policy.rules.rule import BrandPolicy
    from chalicelib.recogniser.model import Model
    from chalicelib.steps.announce import AnnouncePorts
    from chalicelib.steps.decide import DecidePorts
    from chalicelib.steps.keep import KeepPorts
    from chalicelib.steps.post import PostPorts
    from chalicelib.steps.publish import PublishPorts
    from chalicelib.steps.receive import ReceivePorts
    from chalicelib.steps.seal import SealPorts
    from chalicelib.steps.sequence import SequencePorts
    from chalicelib.steps.surge import SurgePorts
    from chalicelib.steps.watch import WatchPorts


MENTIONS, REPLIES, ANNOUNCEMENTS, DEAD_LETTERS = "mentions", "replies", "announcements", "dead-letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """The whole backend of one data folder."""

    store: SqliteStore
    queues: Mapping[str, SqliteQueue]
    artefacts: FileArtefacts
    secrets: FileSecrets
    sealer: LocalSigner
    publisher: LocalSigner
    clock: ScaledClock


@cache
def settings(of: str | None = None) -> Settings:
    """The settings of this process, or what one Lambda is told (``settings.NEEDS``); raises ``WrongSettings``."""
    read = read_settings(os.environ, of)
    known = names("chalicelib.sinks") if read.sinks else ()
    if unknown := sorted(set(read.sinks) - set(known)):
        raise WrongSettings(f"ACKGUARD_SINKS: no sink {', '.join(unknown)}; there are {', '.join(known)}")
    return read


@lru_cache(maxsize=1)
def embedded() -> Embedded:
    """The embedded backend under ``settings().data``; makes the folder, its keys and its secrets on the first start."""
    from chalicelib.embedded.artefacts import FileArtefacts
    from chalicelib.embedded.clock import ScaledClock
    from chalicelib.embedded.key import LocalSigner
    from chalicelib.embedded.queues import SqliteQueue
    from chalicelib.embedded.secrets import FileSecrets
    from chalicelib.embedded.store import SqliteStore

    data = settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = SqliteStore(data / "ackguard.sqlite3")
    clock = ScaledClock(data / "clock.json", settings().clock_factor)
    return Embedded(
        store=store,
        queues={name: SqliteQueue(store, name, clock) for name in (MENTIONS, REPLIES, ANNOUNCEMENTS, DEAD_LETTERS)},
        artefacts=FileArtefacts(data / "artefacts"),
        secrets=FileSecrets(data / "secrets.json", [*(f"webhook/{name}" for name in (*platforms(), "desk")), "sink/webhook"]),
        sealer=LocalSigner(data / "sealer.key", "ackguard-sealer"),
        publisher=LocalSigner(data / "publisher.key", "ackguard-publisher"),
        clock=clock,
    )


@cache
def deployed(of: str | None = None) -> AwsBackend:
    """The backend at the places of one Lambda, or whole; each part of it is reached when it is first asked for."""
    from chalicelib.aws.backend import AwsBackend

    return AwsBackend(settings(of).places)


def backend(of: str | None = None) -> Embedded | AwsBackend:
    """The backend as one Lambda is told of it; whole for people, a Lambda is handed its ports below."""
    return embedded() if settings(of).backend == "embedded" else deployed(of)


@lru_cache(maxsize=1)
def platforms() -> Mapping[str, Platform]:
    """Every platform file by its name."""
    return members("chalicelib.platforms", "PLATFORM")


def now() -> datetime:
    """The time of the service: read once for each invocation."""
    return embedded().clock.now() if settings().backend == "embedded" else datetime.now(timezone.utc)


@lru_cache(maxsize=1)
def for_receiving() -> ReceivePorts:
    """A queue and the webhook secrets."""
    from chalicelib.steps.receive import ReceivePorts

    held = backend("api_handler")
    return ReceivePorts(mentions=held.queues[MENTIONS], secrets=Scoped(held.secrets, "webhook/"), platforms=platforms())


@lru_cache(maxsize=1)
def for_deciding() -> DecidePorts:
    """The store, the queues of replies and announcements, and the bundle; no secret of any kind."""
    from chalicelib.steps.bundles import Bundles
    from chalicelib.steps.decide import DecidePorts

    held = backend("decide_mentions")
    return DecidePorts(
        store=held.store,
        replies=held.queues[REPLIES],
        announcements=held.queues[ANNOUNCEMENTS],
        bundles=Bundles(held.artefacts, (held.publisher.public_key(),), settings().engine),
        challengers=Bundles(held.artefacts, (held.publisher.public_key(),), settings().engine, challengers=True),
        entropy=os.urandom,
        recogniser=recogniser(),
    )


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """What says how ordinary a request is. It wakes up when it is first asked: most mentions never need it."""
    from chalicelib.recogniser.recogniser import LazyRecogniser

    def wake() -> Model:
        # its matrices are small: on a busy machine more threads only wait for each other, nine times as long
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from chalicelib.recogniser.model import Model

        return Model()

    return LazyRecogniser(wake)


@lru_cache(maxsize=1)
def for_posting() -> PostPorts:
    """The store, the posting secrets and the way out; no bundle."""
    from chalicelib.http_client import PooledHttp
    from chalicelib.steps.post import PostPorts

    held = backend("post_replies")
    return PostPorts(
        store=held.store,
        replies=held.queues[REPLIES],
        announcements=held.queues[ANNOUNCEMENTS],
        secrets=Scoped(held.secrets, "posting/"),
        http=PooledHttp(),
        platforms=platforms(),
        endpoints=MappingProxyType(dict(settings().endpoints)),
        entropy=os.urandom,
    )


@lru_cache(maxsize=1)
def for_announcing() -> AnnouncePorts:
    """The sinks that are on with their secrets, and the way out; no bundle, no posting secret."""
    from chalicelib.http_client import PooledHttp
    from chalicelib.steps.announce import AnnouncePorts

    held, on = backend("announce_cases"), settings().sinks
    sinks = members("chalicelib.sinks", "SINK") if on else {}
    return AnnouncePorts(
        store=held.store,
        announcements=held.queues[ANNOUNCEMENTS],
        dead_letters=held.queues[DEAD_LETTERS],
        secrets=Scoped(held.secrets, "sink/"),
        http=PooledHttp(),
        sinks=MappingProxyType({name: sinks[name] for name in on}),
        addresses=MappingProxyType(dict(settings().sink_addresses)),
        entropy=os.urandom,
    )


@lru_cache(maxsize=1)
def for_sequencing() -> SequencePorts:
    """The tree's rows."""
    from chalicelib.steps.sequence import SequencePorts

    return SequencePorts(store=backend("sequence_ledger").store)


@lru_cache(maxsize=1)
def for_sealing() -> SealPorts:
    """The tree's rows, the artefacts and the sealer's key, which nobody else holds."""
    from chalicelib.steps.seal import SealPorts

    held = backend("seal_ledger")
    return SealPorts(store=held.store, signer=held.sealer, artefacts=held.artefacts)


@lru_cache(maxsize=1)
def for_watching() -> WatchPorts:
    """The rows that fall due."""
    from chalicelib.steps.watch import WatchPorts

    return WatchPorts(store=backend("watch").store, entropy=os.urandom)


@lru_cache(maxsize=1)
def for_surging() -> SurgePorts:
    """The rows of the tally, the brands in force, and the queue that tells people."""
    from chalicelib.steps.bundles import Bundles
    from chalicelib.steps.surge import SurgePorts

    held = backend("watch")
    return SurgePorts(
        store=held.store,
        bundles=Bundles(held.artefacts, (held.publisher.public_key(),), settings().engine),
        announcements=held.queues[ANNOUNCEMENTS],
        entropy=os.urandom,
    )


def brands() -> Mapping[str, Brand]:
    """The brands in force, for people; none where no policy is, or none that can be read."""
    return {name: policy.brand for name, policy in policies().items()}


def policies() -> Mapping[str, BrandPolicy]:
    """Their policies, likewise."""
    from chalicelib.policy.deciding.bundle import Bundle

    ports = for_surging()
    bundle = ports.bundles.in_force(ports.store).bundle
    return bundle.policies if isinstance(bundle, Bundle) else {}


@lru_cache(maxsize=1)
def for_keeping() -> KeepPorts:
    """As for a surge, and what speaks for accounts and asks about them, with the way out; nothing that decides or words."""
    from chalicelib.http_client import PooledHttp
    from chalicelib.steps.keep import KeepPorts

    surging = for_surging()
    return KeepPorts(
        store=surging.store,
        bundles=surging.bundles,
        announcements=surging.announcements,
        secrets=Renewing(backend("watch").secrets),
        http=PooledHttp(),
        platforms=platforms(),
        endpoints=MappingProxyType(dict(settings().endpoints)),
        entropy=os.urandom,
    )


def for_publishing() -> PublishPorts:
    """The store, the artefacts and the publisher's key: for a person who publishes, never for a Lambda."""
    from chalicelib.steps.publish import PublishPorts

    held = backend("publisher")
    return PublishPorts(store=held.store, artefacts=held.artefacts, signer=held.publisher, entropy=os.urandom)


def forget() -> None:
    """Let go of every cached port, so that another data folder can be opened in this process."""
    if embedded.cache_info().currsize:
        embedded().store.close()
        embedded().clock.close()
    ports = (for_receiving, for_deciding, for_posting, for_announcing, for_sequencing, for_sealing, for_watching, for_surging)
    for cached in (settings, embedded, deployed, *ports, for_keeping):
        cached.cache_clear()
