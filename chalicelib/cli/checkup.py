"""What a doctor looks at, and what each finding means in plain words: what is wrong, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib import wiring
from chalicelib.aws import role
from chalicelib.cli import hearing
from chalicelib.cli.folder import ADDRESS, DEFAULT, LocalTimes
from chalicelib.cli.patient import Asking, Finding, Patient, span
from chalicelib.cli.people import endpoints_of
from chalicelib.cli.place import Place
from chalicelib.cli.told import Told, read_told
from chalicelib.domain import keys
from chalicelib.domain.account import Brand, platform_file
from chalicelib.domain.codec import instant
from chalicelib.domain.decision import Outcome
from chalicelib.domain.facts import Control, Rota
from chalicelib.domain.limits import Limits
from chalicelib.http_client import PooledHttp
from chalicelib.local.vitals import FolderVitals, StageVitals, Vitals
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.ports import Unavailable
from chalicelib.settings import QUEUE, SECRETS_PREFIX
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.rows import from_row
from chalicelib.steps.sequence import read_head
from chalicelib.steps.watch import BEAT

if TYPE_CHECKING:
    from chalicelib.policy.rules.rule import BrandPolicy

QUEUES = {"mentions": 120, "replies": 600, "announcements": 1200, "dead-letters": 300}
"""How old (seconds) the oldest entry of a queue may be before its alarm goes off (infra/resources.yaml)."""

REVIEW_SOON = timedelta(days=14)


def patient_at(place: Place, here: datetime) -> Patient:
    """The service of ``place``, which ``wiring`` works on; ``here`` is the time of this machine (UTC)."""
    settings, backend, vitals = wiring.settings(), place.backend, _vitals(place)
    return Patient(
        store=backend.store,
        bundles=Bundles(backend.artefacts, (backend.publisher.public_key(),), settings.engine),
        told=_told(place, vitals),
        vitals=vitals,
        asking=Asking(secrets=backend.secrets, http=PooledHttp(), platforms=wiring.platforms(), entropy=os.urandom),
        now=wiring.now(),
        here=here,
    )


def _vitals(place: Place) -> Vitals:
    if isinstance(place.backend, wiring.Embedded):
        address = (place.data or DEFAULT) / ADDRESS
        return FolderVitals(
            place.backend.secrets, place.backend.queues, lambda: address.read_text().strip() if address.exists() else None
        )
    places = wiring.settings().places
    urls = {name: places[f"{QUEUE}{name.upper().replace('-', '_')}"] for name in QUEUES}
    return StageVitals(places[SECRETS_PREFIX], urls, place.door or "", place.stack or "")


def _told(place: Place, vitals: Vitals) -> Told:
    """A sandbox is told of itself alone, so no platform's own API ever gets a secret of a demo."""
    if isinstance(place.backend, wiring.Embedded):
        return Told(limits=wiring.settings().limits, endpoints=endpoints_of(place.data or DEFAULT), own_apis=False)
    try:
        return read_told(vitals.told())
    except Unavailable as error:
        return Told(limits=Limits(), endpoints={}, unseen=str(error))


def examined(patient: Patient) -> Iterator[Finding]:
    """Every finding in the order in which a mention comes by; raises ``Unavailable`` where the store does not answer."""
    pointer = patient.store.read([keys.pointer()]).get(keys.pointer())
    yield from _door(patient)
    yield from _settings(patient.told)
    bundle: Bundle | Broken = Broken("not-read")
    try:
        bundle = patient.bundles.named_by(pointer).bundle
    except Unavailable as error:
        yield Finding("policy", "wrong", f"the artefacts do not answer ({error})", "look at the bucket and your rights to it")
    else:
        yield _policy(bundle, str(pointer["at"]) if pointer else None, patient.bundles.engine)
    brands = bundle.policies if isinstance(bundle, Bundle) else {}
    for policy in brands.values():
        yield from _reviews(policy, patient.now)
        yield from _brand(policy.brand, patient)
    accounts = [account for policy in brands.values() for account in policy.brand.accounts]
    yield from hearing.platforms_of(accounts, patient)
    yield from hearing.heard(accounts, patient)
    yield from _secrets([policy.brand for policy in brands.values()], patient)
    yield from _queues(patient)
    yield from _ledger(patient)
    yield from _limits(patient.told)


def _door(patient: Patient) -> Iterator[Finding]:
    answer = patient.vitals.door()
    if answer is None:
        yield Finding("door", "wrong", "nobody answers where platforms deliver", "is the service running, and is the network up?")
        return
    if answer.status in (401, 403, 404):
        yield Finding("door", "fine", f"answers; a request without a signature gets {answer.status}")
    else:
        yield Finding("door", "wrong", f"a request without a signature gets {answer.status}, not 401", "read the receiver's log")
    if answer.at is not None:
        apart, limit = abs(answer.at - patient.here), patient.limits.clock_skew
        says = f"{span(apart)} between this machine and the service; {span(limit)} are allowed"
        wrong = apart > limit + timedelta(seconds=1)
        yield Finding("clock", "wrong" if wrong else "fine", says, "set this machine's clock (NTP)" if wrong else "")


_BROKEN = {
    "no-policy-in-force": "no policy is in force, so every mention goes to a person",
    "bundle-missing": "the policy in force is not among the artefacts, so every mention goes to a person",
    "pointer-unsigned": "the pointer to the policy was not signed by the publisher, so every mention goes to a person",
    "pointer-went-back": "somebody put an old pointer to a policy back, so every mention goes to a person",
    "unsigned": "the policy in force was not signed by this deployment's publisher, so every mention goes to a person",
}


def _policy(bundle: Bundle | Broken, since: str | None, engine: str) -> Finding:
    if isinstance(bundle, Broken):
        says = _BROKEN.get(bundle.reason, f"the policy in force cannot be read ({bundle.reason}): every mention goes to a person")
        return Finding("policy", "wrong", says, "publish a policy")
    says = f"{bundle.sha256[:12]} since {since}, brands {', '.join(sorted(bundle.policies))}"
    if not bundle.engine_approved:
        why = f"{says}; it is not approved for the engine that runs ({engine[:19]}), so nothing is acknowledged"
        return Finding(
            "policy", "wrong", why, "publish it again from the checkout of the deployed code, or deploy the code before"
        )
    return Finding("policy", "fine", f"{says}; approved for the engine that runs ({engine[:19]})")


def _reviews(policy: BrandPolicy, now: datetime) -> Iterator[Finding]:
    dated = [rule for rule in policy.rules if rule.outcome is Outcome.ACKNOWLEDGE and rule.review_by]
    for rule in dated:
        assert rule.review_by is not None
        left = rule.review_by - now.date()
        about = f"rule {policy.brand.id}/{rule.id}"
        if left < timedelta(0):
            yield Finding(about, "wrong", f"expired on {rule.review_by}: it acknowledges nothing", "review it and publish")
        elif left <= REVIEW_SOON:
            yield Finding(about, "look", f"expires on {rule.review_by}", "review it and publish before that")


def _brand(brand: Brand, patient: Patient) -> Iterator[Finding]:
    places = {account: keys.control(account.platform, account.id) for account in brand.accounts}
    rows = patient.store.read([keys.rota(brand.id), *places.values()])
    for account, place in places.items():
        about = f"account {account.platform}/{account.handle}"
        if place not in rows:
            yield Finding(
                about, "wrong", "has no control record, so its mentions all go to people", "switch it to shadow or live"
            )
            continue
        control = from_row(Control, rows[place])
        paused = f", paused: {', '.join(control.paused)}" if control.paused else ""
        yield Finding(
            about, "look" if paused else "fine", control.mode + paused, "ackguard resume, when people say so" if paused else ""
        )
    rota = from_row(Rota, rows[keys.rota(brand.id)]) if keys.rota(brand.id) in rows else None
    if rota is None or rota.until <= patient.now:
        said = "nobody knows who is on shift" if rota is None else f"the last shift that is known ended {_at(rota.until, brand)}"
        yield Finding(
            f"rota {brand.id}", "wrong", f"{said}: no time can be named, nothing is acknowledged", "write the next shifts"
        )
    else:
        yield Finding(f"rota {brand.id}", "fine", f"{rota.on_shift} on shift until {_at(rota.until, brand)}")


def _secrets(brands: Sequence[Brand], patient: Patient) -> Iterator[Finding]:
    accounts = [account for brand in brands for account in brand.accounts]
    platforms = sorted({platform_file(account.platform) for account in accounts})
    wanted = {f"webhook/{name}": "its webhooks get 401" for name in platforms}
    wanted["webhook/desk"] = "desks get 401"
    wanted |= {f"sink/{name}": "nobody is told of a case there" for name in patient.told.sinks if f"sink/{name}" != role.NAME}
    rows = patient.store.read([keys.control(one.platform, one.id) for one in accounts]) if accounts else {}
    for one in accounts:
        live = rows.get(keys.control(one.platform, one.id), {}).get("mode") == "live"
        if live:
            wanted[f"posting/{platform_file(one.platform)}/{one.id}"] = f"{one.handle} is live, and cannot say anything"
    missing = {name: patient.vitals.secret(name) for name in wanted}
    for name, presence in missing.items():
        if presence == "missing":
            yield Finding(f"secret {name}", "wrong", f"is not there: {wanted[name]}", "create it (infra/README.md, Secrets)")
        elif presence == "hidden":
            yield Finding(
                f"secret {name}", "look", "nobody knows: you may not ask", "ask for secretsmanager:DescribeSecret on it"
            )
    there = sum(presence == "there" for presence in missing.values())
    yield Finding("secrets", "fine", f"{there} of {len(wanted)} are there")


def _queues(patient: Patient) -> Iterator[Finding]:
    for name, limit_s in QUEUES.items():
        try:
            found = patient.vitals.waiting(name)
        except Unavailable as error:
            yield Finding(f"queue {name}", "look", f"nobody knows what waits ({error})", "ask for sqs:GetQueueAttributes on it")
            continue
        age = "nobody knows how long" if found.oldest is None else f"the oldest for {span(found.oldest)}"
        late = found.count > 0 and found.oldest is not None and found.oldest > timedelta(seconds=limit_s)
        says = f"{found.count} wait, {age}" if found.count else "empty"
        remedy = "look for errors and throttles of the Lambda that reads it (infra/README.md, Alarms)" if late else ""
        yield Finding(f"queue {name}", "wrong" if late else "fine", says, remedy)


def _ledger(patient: Patient) -> Iterator[Finding]:
    rows = patient.store.read([keys.head(), keys.heartbeat()])
    head, limit = read_head(rows), patient.limits.unsealed
    if head.checked is None or head.sealed_at is None:
        yield Finding("ledger", "wrong", "was never sealed, so nothing is acknowledged", "does seal_ledger run? read its log")
    else:
        waits = head.pending_since is not None and patient.now - head.pending_since > limit
        late = waits or patient.now - head.checked > limit
        says = f"{head.sealed} of {head.next} records are sealed; the sealer looked {span(patient.now - head.checked)} ago"
        remedy = "acknowledging has stopped: read the logs of sequence_ledger and seal_ledger" if late else ""
        yield Finding("ledger", "wrong" if late else "fine", says, remedy)
    beat = rows.get(keys.heartbeat())
    age = patient.now - instant(str(beat["at"])) if beat else None
    if age is None or age > 3 * BEAT:
        says = "never ran" if age is None else f"ran last {span(age)} ago"
        yield Finding(
            "watch", "wrong", f"{says}; overdue cases and surges go unseen", "does the schedule of watch run? read its log"
        )
    else:
        yield Finding("watch", "fine", f"ran; its last heartbeat is {span(age)} old")


def _settings(told: Told) -> Iterator[Finding]:
    if told.unseen is not None:
        remedy = "ask for cloudformation:ListStackResources and lambda:GetFunctionConfiguration"
        yield Finding("settings", "look", f"nobody knows what the Lambdas are told ({told.unseen}): defaults are shown", remedy)
    for name, wrong in told.broken.items():
        yield Finding(f"settings {name}", "wrong", wrong, "mend its environment in infra/resources.yaml, and deploy")
    for limit, values in told.apart.items():
        says = "Lambdas differ: " + ", ".join(f"{name} {value}" for name, value in values.items())
        yield Finding(f"limit {limit}", "wrong", says, "set it once, in Globals of infra/resources.yaml, and deploy")


def _limits(told: Told) -> Iterator[Finding]:
    usual = Limits()
    for field in fields(Limits):
        if field.name in told.apart:
            continue
        value, default = getattr(told.limits, field.name), getattr(usual, field.name)
        shown = span(value) if isinstance(value, timedelta) else f"{value:,}"
        meant = span(default) if isinstance(default, timedelta) else f"{default:,}"
        note = "" if value == default else f" (default {meant})"
        yield Finding(f"limit {field.name}", "fine" if value == default else "look", shown + note)


def _at(at: datetime, brand: Brand) -> str:
    return LocalTimes({brand.id: brand.zone}).at(at, brand.id)
