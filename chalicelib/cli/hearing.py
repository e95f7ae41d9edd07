"""Whether the platforms still hear and obey our accounts: asked now, as the watch asks, and what the watch itself has found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType

from chalicelib.cli.patient import Finding, Patient, span
from chalicelib.domain import keys
from chalicelib.domain.account import Account, platform_file
from chalicelib.domain.facts import Case
from chalicelib.domain.health import Health, Ill, Probe, Sound, Unclear
from chalicelib.domain.outcome import Carried
from chalicelib.steps.alarms import WHY
from chalicelib.steps.keep import EVERY, NEAR, Kept, keys_of
from chalicelib.steps.rows import from_row

AT_ONCE = 8
"""How many questions are under way at a time: each may take the whole time-out."""

REMEDY = MappingProxyType(
    {
        "webhook-missing": "register the webhook (infra/README.md, Webhooks)",
        "webhook-invalid": "let X challenge it again: PUT /2/webhooks/{id}; if it stays invalid, mend secret or endpoint",
        "subscription-missing": "subscribe the account again (infra/README.md, Webhooks)",
        "token-dead": "grant again and rotate the posting secret (infra/README.md, Rotate)",
        "token-ends": "grant again and rotate the posting secret (infra/README.md, Rotate)",
        "no-mentions": "look at the platform by hand: does it show mentions that we do not have?",
        "machine-post-unknown": "stop everything (infra/README.md), then revoke the token",
        "nobody-can-tell": "look at the platform's status page, our keys, and for a new version of its API",
    }
)
"""What to do about each reason that an account is watched for."""


@dataclass(frozen=True, slots=True)
class _Question:
    account: Account
    probe: Probe


def platforms_of(accounts: Iterable[Account], patient: Patient) -> Iterator[Finding]:
    """Where each platform in use is called, and how long a reply may be there."""
    for name in sorted({platform_file(account.platform) for account in accounts}):
        platform, address = patient.asking.platforms[name], endpoint(name, patient)
        if address is None:
            says = "nobody said where replies go: none can be posted"
            yield Finding(f"platform {name}", "wrong", says, f"set ACKGUARD_ENDPOINT_{name.upper()}")
            continue
        own = f" (its own API is {platform.endpoint})" if platform.endpoint not in (None, address) else ""
        says = f"called at {address}{own}; a reply has at most {platform.length_limit:,} characters"
        yield Finding(f"platform {name}", "look" if own else "fine", says)


def endpoint(name: str, patient: Patient) -> str | None:
    """Where a platform is called; None where nobody said so."""
    own = patient.asking.platforms[name].endpoint if patient.told.own_apis else None
    return patient.told.endpoints.get(name) or own


def heard(accounts: Sequence[Account], patient: Patient) -> Iterator[Finding]:
    """What each account's platform says when it is asked now, then what the watch knows of it."""
    asked = [_Question(account, probe) for account in accounts for probe in _probes(account, patient)]
    timeout_s = patient.limits.platform_timeout.total_seconds()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda one: patient.asking.http.send(one.probe.request, timeout_s), asked))
    for account in accounts:
        mine = {one.probe.name: answer for one, answer in zip(asked, answers, strict=True) if one.account == account}
        yield from _answered(account, mine, patient)
        yield from _watched(account, patient)


def _probes(account: Account, patient: Patient) -> tuple[Probe, ...]:
    name = platform_file(account.platform)
    address, live = endpoint(name, patient), keys_of(account, patient.asking.secrets)
    if address is None:
        return ()
    return patient.asking.platforms[name].keeping.probes(account.id, address, live, patient.now, patient.asking.entropy(16).hex())


def _answered(account: Account, answers: Mapping[str, Carried], patient: Patient) -> Iterator[Finding]:
    file, about = platform_file(account.platform), f"heard {account.platform}/{account.handle}"
    keeping = patient.asking.platforms[file].keeping
    if silent := [name for name in keeping.asks if name not in answers]:
        name = f"{file}/{account.id}"
        says = f"not asked about {' and '.join(silent)}: posting/{name} or keeping/{name} is missing, or you may not read it"
        yield Finding(about, "look", says, "create it (infra/README.md, Secrets), or ask for secretsmanager:GetSecretValue on it")
    stands = []
    for name, carried in answers.items():
        health = keeping.read_probe(name, account.id, carried)
        if isinstance(health, Sound) and (health.ends is None or health.ends >= patient.now + NEAR):
            stands.append(name)
        else:
            yield _unwell(about, name, health, account, patient)
    if stands:
        yield Finding(about, "fine", f"{file} confirms {', '.join(stands)}")


def _unwell(about: str, name: str, health: Health, account: Account, patient: Patient) -> Finding:
    if isinstance(health, Unclear):
        if health.why == "no-answer":
            says = f"nobody answers at {endpoint(platform_file(account.platform), patient)} from here"
            return Finding(about, "look", says, "is the platform down, or is there no way to it from this machine?")
        return Finding(about, "look", f"no clear answer about the {name} ({health.why})", REMEDY["nobody-can-tell"])
    reason = health.reason if isinstance(health, Ill) else "token-ends"
    return Finding(about, "wrong", f"{reason}: {WHY[reason]}", REMEDY[reason])


def _watched(account: Account, patient: Patient) -> Iterator[Finding]:
    about, place = f"watched {account.platform}/{account.handle}", keys.keeping(account.platform, account.id)
    alarms = {reason: keys.alarm(account.platform, account.id, reason) for reason in WHY}
    rows = patient.store.read([place, *alarms.values()])
    for reason, alarm in alarms.items():
        case = from_row(Case, rows[alarm]) if alarm in rows else None
        if case is not None and case.status != "closed":
            says = f"{reason}: {WHY[reason]} Found {span(patient.now - case.opened)} ago"
            yield Finding(about, "wrong", says, f"{REMEDY[reason]}; then close the case {case.id[:8]}")
    kept = from_row(Kept, rows[place]) if place in rows else None
    if kept is None:
        yield Finding(about, "look", "the watch has not looked yet", f"wait {span(EVERY)}; then read the log of watch")
    elif patient.now - kept.looked > 3 * EVERY:
        yield Finding(about, "wrong", f"the watch looked last {span(patient.now - kept.looked)} ago", "read the log of watch")
    else:
        says = f"the watch looked {span(patient.now - kept.looked)} ago"
        unclear = kept.clear < kept.looked
        told = f"; since {span(patient.now - kept.clear)} not every answer was clear" if unclear else ""
        yield Finding(about, "look" if unclear else "fine", says + told, REMEDY["nobody-can-tell"] if unclear else "")
