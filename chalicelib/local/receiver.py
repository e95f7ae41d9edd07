"""A partner to announce to: takes our signed webhooks on loopback, checks them as a partner should, and counts the cases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from chalicelib.domain.webhook import Rejected, Secrets
from chalicelib.platforms.signing.standard import verify

_LONGEST_BODY = 10_000
_TOLERANCE = timedelta(minutes=5)


class Receiver:
    """One server on 127.0.0.1. ``clock`` gives the time against which signatures are held, ``secrets`` the live ones.

    ``path``: a JSON-lines file that keeps what was heard from one run to the next. A repeat (same ``webhook-id``) is answered
    like the first and kept once. ``script`` sets the statuses of the next answers.
    """

    def __init__(self, clock: Callable[[], datetime], secrets: Callable[[], Secrets], path: Path | None = None) -> None:
        self._clock, self._secrets, self._path = clock, secrets, path
        self._lock = threading.Lock()
        self._statuses: list[int] = []
        self._heard: dict[str, dict[str, Any]] = {}
        self.tries = 0
        if path is not None and path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self._heard = {one["id"]: one for one in map(json.loads, lines)}
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="receiver", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it hears."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/announcements"

    @property
    def heard(self) -> list[dict[str, Any]]:
        """Every announcement once, oldest first: ``id``, ``at`` (when it came, by ``clock``) and the ``body``."""
        with self._lock:
            return list(self._heard.values())

    def script(self, *statuses: int) -> None:
        """Answer the next requests with these statuses; 200 afterwards."""
        with self._lock:
            self._statuses = list(statuses)

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status that one request is answered with."""
        now = self._clock()
        verified = verify(headers, body, self._secrets(), now, _TOLERANCE)
        if isinstance(verified, Rejected):
            return 401
        with self._lock:
            self.tries += 1
            status = self._statuses.pop(0) if self._statuses else 200
            if status == 200 and verified[0] not in self._heard:
                heard = {"id": verified[0], "at": now.isoformat(), "body": json.loads(body)}
                self._heard[verified[0]] = heard
                if self._path is not None:
                    with self._path.open("a", encoding="utf-8") as lines:
                        lines.write(json.dumps(heard) + "\n")
        return status


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(address, _Door)


class _Door(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: whoever runs it owns the screen."""

    def do_POST(self) -> None:
        """One announcement."""
        length = self.headers.get("content-length", "0")
        short = length.isdigit() and int(length) <= _LONGEST_BODY
        body = self.rfile.read(int(length)) if short else b""
        self.close_connection = self.close_connection or not short
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(self.server.receiver.take(headers, body) if short else 413)
        self.send_header("Content-Length", "0")
        self.end_headers()
