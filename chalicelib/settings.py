"""What a deployment may set, read once from the environment; every wrong value is reported at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from chalicelib.domain.address import may_send_to
from chalicelib.domain.limits import Limits

BACKENDS = ("embedded", "aws")


class WrongSettings(Exception):
    """The environment cannot be used; the text names every setting that is wrong and what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One deployment.

    ``data`` is the folder of the embedded backend, ``engine`` the hash of the code that runs, ``origin`` the ledger's own
    name in its checkpoints, ``endpoints`` where replies of a platform go (platform → URL) where that is not its own API,
    ``sinks`` who is told of cases and ``sink_addresses`` where (sink → URL), ``clock_factor`` how many times faster than the
    wall the local clock runs. ``places`` says where the parts of the backend ``aws`` lie (setting → name, URL or id).
    """

    backend: str
    data: Path
    places: Mapping[str, str]
    engine: str
    origin: str
    endpoints: Mapping[str, str]
    sinks: tuple[str, ...]
    sink_addresses: Mapping[str, str]
    clock_factor: int
    limits: Limits


SECONDS = {
    "ACKGUARD_HOLD_S": "hold",
    "ACKGUARD_PLATFORM_TIMEOUT_S": "platform_timeout",
    "ACKGUARD_LEASE_S": "lease",
    "ACKGUARD_DEADLINE_S": "deadline",
    "ACKGUARD_FRESHNESS_S": "freshness",
    "ACKGUARD_WINDOW_S": "window",
    "ACKGUARD_PER_AUTHOR_S": "per_author",
    "ACKGUARD_UNSEALED_S": "unsealed",
}
"""Durations of ``Limits`` that may be set, in whole seconds."""

ENGINE, ORIGIN = "ACKGUARD_ENGINE", "ACKGUARD_ORIGIN"
TEXTS = ("ACKGUARD_BACKEND", "ACKGUARD_DATA", ENGINE, ORIGIN, "ACKGUARD_CLOCK", "ACKGUARD_SINKS")
ENDPOINT = "ACKGUARD_ENDPOINT_"
"""``ACKGUARD_ENDPOINT_RELAY=https://...``: where replies through the relay go."""

SINK = "ACKGUARD_SINK_"
"""``ACKGUARD_SINK_WEBHOOK=https://...``: where the sink ``webhook`` is told."""

TABLE, QUEUE = "ACKGUARD_TABLE_", "ACKGUARD_QUEUE_"
"""``ACKGUARD_TABLE_STATE=...`` is the deployed name of a table, ``ACKGUARD_QUEUE_REPLIES=https://...`` the URL of a queue."""

BUCKET, SECRETS_PREFIX = "ACKGUARD_BUCKET", "ACKGUARD_SECRETS_PREFIX"
KEY_SEALER, KEY_PUBLISHER = "ACKGUARD_KEY_SEALER", "ACKGUARD_KEY_PUBLISHER"
TABLES = tuple(f"{TABLE}{name}" for name in ("STATE", "LEDGER", "PRIVATE", "CONTROL", "TREE"))
QUEUES = tuple(f"{QUEUE}{name}" for name in ("MENTIONS", "REPLIES", "ANNOUNCEMENTS", "DEAD_LETTERS"))
PLACES = (*TABLES, *QUEUES, BUCKET, SECRETS_PREFIX, KEY_SEALER, KEY_PUBLISHER)
"""Where the backend ``aws`` has its parts; a secret is never among them."""

_RECORDED = tuple(f"{TABLE}{name}" for name in ("STATE", "LEDGER", "PRIVATE", "CONTROL"))
_DECIDING = (*TABLES, f"{QUEUE}REPLIES", f"{QUEUE}ANNOUNCEMENTS", BUCKET, KEY_PUBLISHER)
_POSTING = (*_RECORDED, f"{QUEUE}REPLIES", f"{QUEUE}ANNOUNCEMENTS", SECRETS_PREFIX)

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "api_handler": (f"{QUEUE}MENTIONS", SECRETS_PREFIX),
        "decide_mentions": _DECIDING,
        "rescue": _DECIDING,
        "post_replies": _POSTING,
        "settle_stale": _POSTING,
        "announce_cases": (*_RECORDED, f"{QUEUE}ANNOUNCEMENTS", f"{QUEUE}DEAD_LETTERS", SECRETS_PREFIX),
        "sequence_ledger": (f"{TABLE}TREE",),
        "seal_ledger": (f"{TABLE}TREE", BUCKET, KEY_SEALER),
        "watch": (*_RECORDED, f"{QUEUE}ANNOUNCEMENTS", BUCKET, KEY_PUBLISHER, SECRETS_PREFIX),
        "publisher": (*TABLES, BUCKET, KEY_PUBLISHER),
    }
)
"""Without which places each Lambda, or a person who publishes, cannot work on the backend ``aws``; it is told of no others."""


def read_settings(environment: Mapping[str, str], of: str | None = None) -> Settings:
    """The settings of ``environment``; raises WrongSettings naming all that is wrong.

    ``of`` is one of ``NEEDS``: a place that it needs and is not told of is wrong too, and its settings hold no other places.
    """
    wrong: list[str] = []
    wrong += [f"{name}: no such setting" for name in environment if name.startswith("ACKGUARD_") and not _is_known(name)]
    backend = environment.get("ACKGUARD_BACKEND", "embedded")
    if backend not in BACKENDS:
        wrong.append(f"ACKGUARD_BACKEND: one of {', '.join(BACKENDS)}")
    limits = _limits(environment, wrong)
    addresses = _addressed(environment, SINK)
    wrong += [
        f"{SINK}{name.upper()}: https, or http on this machine, without a password"
        for name, url in addresses.items()
        if not may_send_to(url)
    ]
    factor = _whole(environment, "ACKGUARD_CLOCK", 1, wrong)
    if backend == "aws" and of is not None:
        wrong += [f"{name}: not set, and {of} needs it" for name in NEEDS[of] if not environment.get(name)]
    if wrong:
        raise WrongSettings("; ".join(wrong))
    return Settings(
        backend=backend,
        data=Path(environment.get("ACKGUARD_DATA", "var")),
        places=MappingProxyType({name: environment[name] for name in (NEEDS[of] if of else PLACES) if environment.get(name)}),
        engine=environment.get(ENGINE) or engine_of(Path(__file__).parent),
        origin=environment.get(ORIGIN, "ackguard.local/ledger"),
        endpoints=_addressed(environment, ENDPOINT),
        sinks=tuple(name.strip() for name in environment.get("ACKGUARD_SINKS", "").split(",") if name.strip()),
        sink_addresses=addresses,
        clock_factor=factor,
        limits=limits,
    )


def engine_of(package: Path) -> str:
    """The hash of the code in ``package``: a bundle names the engines it was approved for (DESIGN §5)."""
    whole = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        whole.update(f"{file.relative_to(package).as_posix()}\n".encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return f"sha256:{whole.hexdigest()}"


def _addressed(environment: Mapping[str, str], prefix: str) -> Mapping[str, str]:
    return MappingProxyType(
        {name.removeprefix(prefix).lower(): url for name, url in environment.items() if name.startswith(prefix)}
    )


def _is_known(name: str) -> bool:
    return name in (*TEXTS, *PLACES) or name in SECONDS or name == "ACKGUARD_SCENARIOS" or name.startswith((ENDPOINT, SINK))


def _limits(environment: Mapping[str, str], wrong: list[str]) -> Limits:
    """The limits, and the one relation that safety needs: a call ends before its lease does."""
    given = Limits()
    values = {field.name: getattr(given, field.name) for field in fields(given)}
    for name, field in SECONDS.items():
        values[field] = timedelta(seconds=_whole(environment, name, int(values[field].total_seconds()), wrong))
    limits = Limits(**values)
    if limits.platform_timeout >= limits.lease:
        wrong.append("ACKGUARD_PLATFORM_TIMEOUT_S: shorter than ACKGUARD_LEASE_S, or an attempt could outlive its lease")
    if limits.hold >= limits.deadline:
        wrong.append("ACKGUARD_HOLD_S: shorter than ACKGUARD_DEADLINE_S, or no reply could ever start")
    return limits


def _whole(environment: Mapping[str, str], name: str, default: int, wrong: list[str]) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        wrong.append(f"{name}: a whole number above 0")
        return default
    return int(text)
