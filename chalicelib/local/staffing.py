"""What a demo needs before its first mention: policies in force, accounts that are live (in a sandbox), somebody on shift."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from chalicelib import wiring
from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.facts import Control, Rota, Wait
from chalicelib.local.actor import actor
from chalicelib.local.policies import compiled
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.ports import Absent, Put, Store
from chalicelib.steps import publish
from chalicelib.steps.rows import to_row

SHIFT = timedelta(days=30)
"""A local demo is staffed for this long; a deployment renews its rota every shift."""

ON_SHIFT, USUAL_WAIT_MINUTES = 4, 35


def put_in_force(policies: Path, now: datetime) -> Bundle:
    """Compile and publish the folder where ``wiring`` works, and staff its brands; raises WrongPolicies and LookupError."""
    engine = wiring.settings().engine
    publish.run(compiled(policies, engine), engine, actor(), wiring.for_publishing(), now)
    bundle = bundle_in_force()
    for brand in bundle.brands.values():
        staff(brand, wiring.backend().store, now)
    return bundle


def bundle_in_force() -> Bundle:
    """The bundle in force where ``wiring`` works; raises LookupError without one."""
    loaded = wiring.for_deciding().bundles.in_force(wiring.backend().store)
    if isinstance(loaded.bundle, Broken):
        raise LookupError(loaded.bundle.reason)
    return loaded.bundle


def posting_names(brands: Iterable[Brand]) -> list[str]:
    """The names of the posting secrets that the accounts of ``brands`` need."""
    return [f"posting/{one.platform.split(':')[0]}/{one.id}" for brand in brands for one in brand.accounts]


def staff(brand: Brand, store: Store, now: datetime) -> None:
    """A control record for each account that has none, a rota and a usual wait."""
    for account in brand.accounts:
        place = keys.control(account.platform, account.id)
        control = Control(version=1, mode="live")
        store.commit([Put(place, to_row(control, key=place), when=(Absent(),))])
    rota = Rota(on_shift=ON_SHIFT, until=now + SHIFT, next_shift=None)
    wait = Wait(p80_minutes=USUAL_WAIT_MINUTES)
    store.commit(
        [
            Put(keys.rota(brand.id), to_row(rota, key=keys.rota(brand.id))),
            Put(keys.wait(brand.id), to_row(wait, key=keys.wait(brand.id))),
        ]
    )
