"""One sandbox for every stage of a session, and what was soft, said at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.stage import Outside

SOFT = "acceptance"
"""The property under which a test notes what does not fail it."""


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    """The platforms, over loopback."""
    with Outside() as world:
        yield world


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Everything soft, once."""
    reports = [one for outcome in terminalreporter.stats.values() for one in outcome if isinstance(one, pytest.TestReport)]
    noted = [str(says) for report in reports if report.when == "call" for name, says in report.user_properties if name == SOFT]
    if noted:
        terminalreporter.section("acceptance")
        for line in sorted(set(noted)):
            terminalreporter.write_line(line)
