"""MiniStack, the emulator that is atomic under concurrency: one process of its own on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chalicelib.local import emulator_process

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "build" / "ministack-venv" / "bin" / "ministack"
MISSING = "tool missing: MiniStack; `make ministack` installs it, which needs a Python 3.12 or 3.13 that runs"
REGION = "eu-west-1"
_START_S = 30.0


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """Its address while it runs; what it says is in ``folder``. Raises RuntimeError where it does not come up."""
    port = _free_port()
    log = folder / "ministack.log"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",  # it listens on every address otherwise, and so does its MQTT broker
        "IOT_MTLS_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
    }
    command = [COMMAND.with_name("python"), Path(emulator_process.__file__)]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _await(address, process, log)
        yield address
    finally:
        # it keeps nothing, so it has nothing to end in order, and asked to it waits for its Lambdas for as long as it may
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # what the Lambdas were unpacked to, over 120 MB, and nobody looks at it again
        for unpacked in folder.glob("ministack-lambda-*"):
            shutil.rmtree(unpacked, ignore_errors=True)


def client_environment(address: str) -> dict[str, str]:
    """What a client needs in its environment to talk to it."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _START_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"MiniStack did not come up:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
