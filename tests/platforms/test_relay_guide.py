"""The guide for partners works as it is written: its examples are run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered
from chalicelib.domain.notice import Mention
from chalicelib.domain.webhook import RawWebhook, Secrets, Verified
from chalicelib.platforms.relay import PLATFORM
from tests.platforms.test_relay_signature import FIRST
from tests.platforms.webhook_kit import NOW, answer, reservation

GUIDE = (Path(__file__).parents[2] / "docs/relay.md").read_text()
Taken = list[tuple[str, dict[str, str], bytes]]


def example(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[number]


def python_example() -> dict[str, Any]:
    names: dict[str, Any] = {"SECRET": FIRST}
    exec(compile(example("python"), "docs/relay.md", "exec"), names)
    return names


def believed(headers: dict[str, str], body: bytes) -> Verified:
    now = datetime.now(timezone.utc)
    raw = RawWebhook(platform="relay", method="POST", headers=headers, query={}, body=body, received_at=now)
    found = PLATFORM.verify(raw, Secrets((FIRST,)), now, timedelta(minutes=5))
    assert isinstance(found, Verified)
    return found


@pytest.fixture
def door() -> Iterator[tuple[str, Taken]]:
    taken: Taken = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(202)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_python_example_is_believed_and_read() -> None:
    names = python_example()
    (mention,) = PLATFORM.notices(believed(names["headers"], names["body"]))  # type: ignore[misc]
    assert isinstance(mention, Mention)
    assert (mention.platform, mention.summoned, mention.author.bot) == ("relay:mastodon", Known(True), Known(False))
    assert mention.author.followers == mention.history == NotOffered()


def test_the_shell_example_is_believed(door: tuple[str, Taken], tmp_path: Path) -> None:
    for tool in ("sh", "curl", "openssl", "base64", "od"):
        if shutil.which(tool) is None:
            pytest.skip(f"tool missing: {tool}")
    url, taken = door
    body = tmp_path / "body.json"
    body.write_bytes(python_example()["body"])
    variables = {"SECRET": FIRST, "DELIVERY": "dlv_1", "BODY": str(body), "URL": url, "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-eu", "-c", example("sh")], env=variables, check=True, timeout=20, capture_output=True)
    ((path, headers, sent),) = taken
    assert path == "/webhooks/relay"
    assert believed(headers, sent).delivery_id == "dlv_1"


def test_the_reply_and_look_up_examples_are_ours() -> None:
    request = PLATFORM.post_request(reservation(platform="relay:mastodon"), "https://d", Secrets((FIRST,)), NOW, "n")
    shown, sent = json.loads(example("json")), json.loads(request.body)
    assert shown.keys() == sent.keys()
    assert shown["data"].keys() == sent["data"].keys()
    (row,) = json.loads(example("json", 1))
    wanted = reservation(platform="relay:mastodon", account=row["account"], text=row["text"])
    assert PLATFORM.read_lookup(wanted, answer(200, [row])).post_id == row["id"]  # type: ignore[union-attr]


def test_the_table_of_answers_is_what_we_do() -> None:
    table = dict(re.findall(r"^\| ([0-9, ]+)[^|]*\| ([^|]+) \|$", GUIDE.split("## Replies out")[1], re.MULTILINE))
    reasons = {"gone": "gone", "not allowed": "not-permitted", "not believed": "auth-dead", "refused": "refused"}
    seen = 0
    for statuses, says in table.items():
        reason = next((reason for words, reason in reasons.items() if words in says), None)
        for status in re.findall(r"[0-9]{3}", statuses) if reason else ():
            assert getattr(PLATFORM.read_outcome(answer(int(status))), "reason", None) == reason
            seen += 1
    assert seen == 10
