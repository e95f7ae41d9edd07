"""Keep the platforms alive: ask each account whether it is still heard, renew what speaks for it, and tell people what is wrong.

An account is looked at every ten minutes by whoever claims its row first: that claim is the lease under which a token is renewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from chalicelib.domain import keys
from chalicelib.domain.account import Account, Brand, platform_file
from chalicelib.domain.health import Health, Ill, Keys, Renewed, Sound, Unclear
from chalicelib.domain.limits import Limits
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.contract import Platform
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Cancelled, Http, Put, Queue, SecretKeeper, SecretSource, Store, Unavailable
from chalicelib.steps import alarms, silence, strangers, tally
from chalicelib.steps.bundles import Bundles, Loaded
from chalicelib.steps.done import Done
from chalicelib.steps.rows import from_row, to_row, unchanged
from chalicelib.steps.silence import Silence

EVERY = timedelta(minutes=tally.MINUTES)
"""How often an account is looked at: the tally knows who spoke since the last look."""

NEAR = timedelta(days=7)
"""A token that ends sooner is an alarm."""

RENEWED_BEFORE = timedelta(days=14)
"""A token that ends sooner is renewed, so that there is a week of tries before anybody is told."""

UNKNOWN_FOR = timedelta(hours=6)
"""So long a platform may leave us without a clear answer."""

OVERLAP = timedelta(minutes=5)
"""Posts are looked at twice rather than not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPorts:
    """What keeping may touch. It reads whose accounts there are, and has no queue of replies and no word of a voice to say."""

    store: Store
    bundles: Bundles
    announcements: Queue
    secrets: SecretKeeper
    http: Http
    platforms: Mapping[str, Platform]
    endpoints: Mapping[str, str]
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of one account. ``looked`` is when somebody claimed it last, ``clear`` when all its answers were clear."""

    version: int = 0
    looked: datetime
    clear: datetime
    silence: Silence = Silence()


def run(ports: KeepPorts, limits: Limits, now: datetime) -> Iterator[Done]:
    """Look at every account that is due; one that cannot be looked at now does not stop the others."""
    try:
        loaded = ports.bundles.in_force(ports.store)
    except Unavailable:
        yield Done("-", "unavailable")
        return
    brands = {} if isinstance(loaded.bundle, Broken) else loaded.bundle.brands
    for brand in brands.values():
        heard = _heard(brand, ports, now)
        for account in brand.accounts:
            try:
                yield from _Look(account, brand, loaded, heard, ports, limits, now).run()
            except Unavailable:
                yield Done("-", "unavailable")
            except (ValueError, KeyError):
                yield Done("-", "unreadable")


def _heard(brand: Brand, ports: KeepPorts, now: datetime) -> Callable[[], Mapping[str, int]]:
    """Mentions since the last look by ``platform/account``: read once, by the first account of the brand that is due."""

    @cache
    def heard() -> Mapping[str, int]:
        return Counter(str(row["account"]) for row in tally.rows(ports.store, brand.id, now) if "account" in row)

    return heard


def keys_of(account: Account, held: SecretSource) -> Keys:
    """What posts for an account and what asks about it. In the shadow week nobody may read what posts: there is none then."""

    def live(kind: str) -> Secrets:
        try:
            return held.get(f"{kind}/{platform_file(account.platform)}/{account.id}")
        except Unavailable:
            return Secrets(())

    return Keys(posting=live("posting"), keeping=live("keeping"))


class _Look:
    """One look at one account."""

    def __init__(
        self,
        account: Account,
        brand: Brand,
        loaded: Loaded,
        heard: Callable[[], Mapping[str, int]],
        ports: KeepPorts,
        limits: Limits,
        now: datetime,
    ) -> None:
        self.account, self.brand, self.loaded, self.heard, self.ports, self.now = account, brand, loaded, heard, ports, now
        self.name = platform_file(account.platform)
        self.keeping = ports.platforms[self.name].keeping
        self.endpoint = ports.endpoints.get(self.name) or ports.platforms[self.name].endpoint or ""
        self.timeout_s = limits.platform_timeout.total_seconds()
        self.place = keys.keeping(account.platform, account.id)

    def run(self) -> Iterator[Done]:
        """Claim, ask, renew, tell; nothing where it is not time, or somebody else has it."""
        row = self.ports.store.read([self.place]).get(self.place)
        before = from_row(Kept, row) if row is not None else Kept(looked=self.now - EVERY, clear=self.now)
        if self.now < before.looked + EVERY:
            return
        claimed = replace(before, version=before.version + 1, looked=self.now)
        if isinstance(self.ports.store.commit([self._put(claimed, before)]), Cancelled):
            return
        healths = self._asked(self._keys())
        if "token" in healths:
            healths["token"] = self._renewed(healths["token"])
        heard = self.heard().get(f"{self.account.platform}/{self.account.id}", 0)
        after = replace(
            claimed,
            version=claimed.version + 1,
            clear=before.clear if any(isinstance(one, Unclear) for one in healths.values()) else self.now,
            silence=silence.after(before.silence, heard, self.now),
        )
        self.ports.store.commit([self._put(after, claimed)])
        reasons = {*self._wrong(healths, after), *self._strange(before.looked - OVERLAP)}
        yield Done("-", "kept" if not reasons else "not-well", self.name)
        for reason in sorted(reasons):
            yield alarms.alarm(
                reason, self.account, self.brand, self.ports.store, self.ports.announcements, self.ports.entropy, self.now
            )

    def _put(self, after: Kept, before: Kept) -> Put:
        return Put(self.place, to_row(after, key=self.place), when=unchanged(before.version))

    def _keys(self, posting: str | None = None) -> Keys:
        live = keys_of(self.account, self.ports.secrets)
        return live if posting is None else replace(live, posting=Secrets((posting,)))

    def _asked(self, live: Keys) -> dict[str, Health]:
        nonce = self.ports.entropy(16).hex()
        return {
            probe.name: self.keeping.read_probe(probe.name, self.account.id, self.ports.http.send(probe.request, self.timeout_s))
            for probe in self.keeping.probes(self.account.id, self.endpoint, live, self.now, nonce)
        }

    def _renewed(self, token: Health) -> Health:
        """The token after a renewal, where it is near its end. The new one is put only once it has worked."""
        if not isinstance(token, Sound) or token.ends is None or token.ends > self.now + RENEWED_BEFORE:
            return token
        request = self.keeping.renewal(self.account.id, self.endpoint, self._keys())
        if request is None:
            return token
        renewed = self.keeping.read_renewal(self.ports.http.send(request, self.timeout_s), self.now)
        if not isinstance(renewed, Renewed) or not self._works(renewed.secret):
            return token
        self.ports.secrets.put(f"posting/{self.name}/{self.account.id}", renewed.secret)
        return Sound(renewed.ends)

    def _works(self, posting: str) -> bool:
        answers = self._asked(self._keys(posting)).values()
        return any(isinstance(one, Sound) for one in answers) and not any(isinstance(one, Ill) for one in answers)

    def _wrong(self, healths: Mapping[str, Health], after: Kept) -> Iterator[str]:
        for one in healths.values():
            if isinstance(one, Ill):
                yield one.reason
            elif isinstance(one, Sound) and one.ends is not None and one.ends < self.now + NEAR:
                yield "token-ends"
        if self.now - after.clear >= UNKNOWN_FOR:
            yield "nobody-can-tell"
        if after.silence.is_long:
            yield "no-mentions"

    def _strange(self, since: datetime) -> list[str]:
        request = self.keeping.own_posts(
            self.account.id, self.endpoint, self._keys(), since, self.now, self.ports.entropy(16).hex()
        )
        if request is None:
            return []
        posts = self.keeping.read_own_posts(self.account.id, self.ports.http.send(request, self.timeout_s), self.now)
        disclosures = [
            text
            for name, voice in self.loaded.voices.items()
            if name.rpartition(".")[0] == self.brand.voice
            for text in voice.disclosures
        ]
        found = () if isinstance(posts, Unclear) else strangers.unknown(posts, disclosures, self.ports.store)
        return ["machine-post-unknown"] if found else []
