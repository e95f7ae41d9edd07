"""What holds for every test: no network but loopback, no AWS environment, repeatable properties, no silent gaps in CI."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

from chalicelib.domain.problem import Problem
from chalicelib.policy.loader import Pack, load_pack

CI = bool(os.environ.get("CI"))
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TOOL_MISSING = "tool missing:"
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]

hypothesis.settings.register_profile("house", deadline=None, derandomize=CI, print_blob=True)
hypothesis.settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A test that reaches past loopback fails instead of depending on the world."""
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


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
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(TOOL_MISSING):
            report.outcome, report.longrepr = "failed", f"{reason} (CI must have every tool)"
    return report


@pytest.fixture(scope="session", autouse=True)
def _the_same_policy_files_are_read_once() -> Iterator[None]:
    """Reading a folder of policies is pure and takes seconds: who compiles what another test compiled is given its pack."""
    known: dict[tuple[tuple[str, str], ...], Pack | tuple[Problem, ...]] = {}

    def remembered(files: Mapping[str, str]) -> Pack | tuple[Problem, ...]:
        key = tuple(sorted(files.items()))
        if key not in known:
            known[key] = load_pack(files)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.policy.compile.load_pack", remembered)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded mentions, payloads and scenarios beside the checkout; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"../shared/data is absent (looked in {SHARED_DATA})")
    return SHARED_DATA
