"""What holds for every test: no network but loopback, no AWS environment, repeatable properties, no silent gaps in CI."""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from chalicelib.domain.codec import Json
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.policy.files.loader import load_pack
from chalicelib.voice.loader import read_all

CI = bool(os.environ.get("CI"))
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SKIPPED, TOOL_MISSING = "Skipped: ", "tool missing:"
Made = TypeVar("Made")
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as wiring sets it, before any test has imported numpy

hypothesis.settings.register_profile("house", deadline=None, derandomize=CI, print_blob=True)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A test that reaches past loopback fails instead of depending on the world."""
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No process begins a long test when the others are through: those come first.

    Behind each comes a short one, because a process is always given one more than it runs.
    """
    long = [one for one in items if one.get_closest_marker("long")]
    short = [one for one in items if not one.get_closest_marker("long")]
    items[:] = [one for pair in zip_longest(long, short) for one in pair if one is not None]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are collected and stay: looking again and again for what could be freed is a third of the work."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that skips for want of a tool has not been run, so it fails."""
    return refuse_missing_tool((yield), CI)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips as a whole."""
    return refuse_missing_tool((yield), CI)


def refuse_missing_tool(report: Report, in_ci: bool) -> Report:
    """``report``, failed if it is a skip whose reason starts with ``tool missing:`` and we are in CI."""
    if in_ci and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix(SKIPPED)
        if reason.startswith(TOOL_MISSING):
            report.outcome, report.longrepr = "failed", f"{reason} (CI must have every tool)"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why tests were skipped, each reason once: a row of ``s`` tells nobody what is missing."""
    reasons = [one.longrepr[2].removeprefix(SKIPPED) for one in terminalreporter.stats.get("skipped", ())]
    for reason, times in sorted(Counter(reasons).items()):
        terminalreporter.write_line(f"{times} skipped: {reason}")


@pytest.fixture(scope="session", autouse=True)
def _the_same_policy_files_are_read_once() -> Iterator[None]:
    """Compiling a folder of policies is pure and takes a second: who wants what another test compiled is given that.

    Tests of the loader and the compiler call them by their own names, and nothing is remembered for them.
    """
    with pytest.MonkeyPatch.context() as patch:
        for compiles, users in (
            (load_pack, ("chalicelib.policy.files.loader.load_pack", "chalicelib.policy.files.compile.load_pack")),
            (read_all, ("chalicelib.voice.loader.read_all", "chalicelib.local.policies.read_all")),
            (compile_bundle, ("chalicelib.local.policies.compile_bundle",)),
        ):
            once = remembered(compiles)
            for user in users:
                patch.setattr(user, once)
        yield


def remembered(pure: Callable[..., Made]) -> Callable[..., Made]:
    """``pure``, a function of JSON alone, as one that works out each answer once."""
    known: dict[str, Made] = {}

    def answer(*given: Json) -> Made:
        key = json.dumps(given, sort_keys=True)
        if key not in known:
            known[key] = pure(*given)
        return known[key]

    return answer


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded mentions, payloads and scenarios beside the checkout; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"../shared/data is absent (looked in {SHARED_DATA})")
    return SHARED_DATA
