"""What ops expect of their policy (``tests_file``), run through the one ``decide``. No Lambda imports this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.domain.decision import Decision
from chalicelib.domain.limits import Limits
from chalicelib.domain.problem import Problem
from chalicelib.policy.deciding.bundle import Broken, Bundle, load, signed_content
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.deciding.explain import because_line, explain
from chalicelib.policy.files.compile import compile_pack
from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.files.ordinary import OF_FACTS, OF_MENTION, ordinary_facts, ordinary_mention
from chalicelib.policy.files.tests_file import Case, read_cases

_ENGINE = "rehearsal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An expectation that the policy does not meet."""

    case: Case
    decision: Decision
    says: str

    def __str__(self) -> str:
        """Place, what was expected, what came, and why."""
        why = explain(self.decision, self.case.say).replace("\n", "\n    ")
        return f"{self.case.place.path}:{self.case.place.line}: “{self.case.say}”\n    {self.says}\n    {why}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many expectations were tried, and those that are not met."""

    tried: int
    failures: tuple[Failure, ...]


def rehearse(files: Mapping[str, str], voices: Mapping[str, Any] | None = None) -> Bundle | tuple[Problem, ...]:
    """``files`` compiled, signed with a throw-away key and loaded as production loads it; or all problems."""
    pack = load_pack(files)
    return pack if isinstance(pack, tuple) else rehearse_pack(pack, voices)


def rehearse_pack(pack: Pack, voices: Mapping[str, Any] | None = None) -> Bundle | tuple[Problem, ...]:
    """As ``rehearse``, for a pack that is loaded already."""
    document = compile_pack(pack, voices or {}, [_ENGINE])
    if isinstance(document, tuple):
        return document
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(document).digest())
    bundle = load(document, key.sign(signed_content(document)), [key.public_key().public_bytes_raw()], _ENGINE)
    if isinstance(bundle, Broken):
        raise RuntimeError(f"a bundle that was just compiled is {bundle.reason}")
    return bundle


def chosen(brand: str | None, words: str | None) -> Callable[[Case], bool]:
    """Chooses the tests of one brand, and of those the ones whose text has ``words``; None: all."""
    return lambda case: brand in (None, case.brand) and (words or "").casefold() in case.say.casefold()


def run_tests(files: Mapping[str, str], choose: Callable[[Case], bool] = lambda case: True) -> Report | tuple[Problem, ...]:
    """Every ``tests.yaml`` of ``files`` through ``decide``; all problems where something cannot be read."""
    bundle = rehearse(files)
    if isinstance(bundle, tuple):
        return bundle
    cases, problems = read_cases(files)
    if problems:
        return problems
    wanted = [case for case in cases if choose(case)]
    failures = [failure for case in wanted if (failure := run(case, bundle))]
    return Report(len(wanted), tuple(failures))


def run(case: Case, bundle: Bundle) -> Failure | None:
    """The failure of one expectation, None where it is met."""
    first = bundle.brands[case.brand].accounts[0]
    platform, account = case.account or (first.platform, first.id)
    of_mention = {name: value for name, value in case.given.items() if name in OF_MENTION}
    of_facts = {name: value for name, value in case.given.items() if name in OF_FACTS}
    mention = ordinary_mention("1", case.say, now=case.now, platform=platform, account=account, **of_mention)
    decision = decide(ordinary_facts(mention, case.now, **of_facts), bundle, Limits())
    fired = {match.rule for match in decision.matched} | {decision.rule}
    wrong = []
    if decision.outcome.value != case.expect:
        wrong.append(f"expected {case.expect}, got {because_line(decision)}")
    wrong += [f"{rule} is not a reason" for rule in case.because if rule not in decision.because]
    wrong += [f"{rule} did not match" for rule in case.also_matched if rule not in fired]
    wrong += [f"{rule} matched" for rule in case.not_matched if rule in fired]
    if case.topic and decision.topic != case.topic:
        wrong.append(f"expected the topic {case.topic}, got {decision.topic}")
    return Failure(case=case, decision=decision, says="; ".join(wrong)) if wrong else None
