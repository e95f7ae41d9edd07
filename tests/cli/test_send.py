"""`ackguard send`: what a person tries by hand goes the same way as everything else."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, ROOT

Ackguard = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("running")
    words = [*COMMAND, "run", "--no-stream", "--port", "0", "--data", str(data)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (data / "address").exists():
            time.sleep(0.05)
        yield data
        service.send_signal(signal.SIGTERM)
        assert service.wait(20) == 0
    assert not (data / "address").exists()


@pytest.mark.parametrize(
    ("platform", "account"), [("x", "@SwiftParcel"), ("x", "swiftparcel"), ("relay", "help@swiftparcel.example")]
)
def test_a_question_gets_a_reply_on_either_platform(ackguard: Ackguard, running: Path, platform: str, account: str) -> None:
    code, out, err = ackguard(
        "send", "Can I change the delivery day of my parcel?", "--platform", platform, "--account", account, "--data", running
    )
    assert (code, err) == (0, "")
    assert "HTTP 202" in out
    assert "acknowledge by ordinary-question (posted)" in out


def test_a_threat_goes_to_a_person_and_can_be_explained(ackguard: Ackguard, running: Path) -> None:
    _, out, _ = ackguard("send", "my solicitor will write to you", "--account", "TelLine", "--data", running)
    assert "human by legal" in out
    name = re.search(r"ackguard why (\w+)", out)
    assert name
    assert "“solicitor”" in ackguard("why", name[1], "--data", running)[1]


def test_a_post_can_be_deleted_again(ackguard: Ackguard, running: Path) -> None:
    _, out, _ = ackguard("send", "Where can I find my statement?", "--account", "NorthwindHelp", "--data", running)
    post = re.search(r"post (\d+) to", out)
    assert post
    code, out, _ = ackguard("send", "--delete", post[1], "--data", running)
    assert code == 0
    assert "HTTP 202" in out
    assert ackguard("send", "--delete", "12345", "--data", running)[0] == 1


def test_a_second_service_on_the_folder_is_refused(ackguard: Ackguard, running: Path) -> None:
    words = [*COMMAND, "run", "--once", "--no-stream", "--port", "0", "--data", str(running)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "runs on this folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_account_is_wrong_usage_and_names_the_known(ackguard: Ackguard, running: Path) -> None:
    code, _, err = ackguard("send", "hello", "--account", "Nobody", "--data", running)
    assert code == 2
    assert "TelLine" in err
