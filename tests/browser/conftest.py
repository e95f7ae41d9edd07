"""A browser without a screen and without a network, as a person's own would show a file."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
]  # fmt: skip

Browser = Callable[..., str]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """Opens a file with the options given and gives what the browser printed; every time with a profile of its own."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("tool missing: chromium (apt-get install chromium)")

    def show(page: Path, *options: str) -> str:
        command = [chromium, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options, page.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    return show
