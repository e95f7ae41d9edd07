"""A platform to try things on: keeps what is public on it, and misbehaves when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from chalicelib.domain.codec import iso
from chalicelib.local.sandbox_doors import Behaviour, SandboxPost, Server

_NOT_SUMMONED = "Reply to this conversation is not allowed because you have not been mentioned by the author."
_GONE = "You attempted to reply to a post that is deleted or not visible to you."
_DUPLICATE = "You are not allowed to create a post with duplicate content."

BEHAVIOURS: MappingProxyType[str, Behaviour] = MappingProxyType(
    {
        "ok": Behaviour(True, "ok"),
        "apply-and-lose": Behaviour(True, "lost"),
        "refuse": Behaviour(False, 403, _NOT_SUMMONED, graph=(10, 0)),
        "gone": Behaviour(False, 403, _GONE, graph=(100, 33)),
        "duplicate": Behaviour(False, 403, _DUPLICATE, graph=(506, 0)),
        "throttle": Behaviour(False, 429, "Too Many Requests", graph=(32, 0), once=True),
        "time-out": Behaviour(False, "silent"),
        "apply-and-time-out": Behaviour(True, "silent"),
        "server-error": Behaviour(False, 500, "Internal Server Error", graph=(2, 0)),
        "apply-and-server-error": Behaviour(True, 500, "Internal Server Error", graph=(2, 0)),
    }
)
"""What ``Sandbox.script`` accepts."""


class Sandbox:
    """One server on 127.0.0.1. ``clock`` gives the time of a post (UTC); ``retry_after_s`` is what ``throttle`` asks for.

    ``path``: a JSON-lines file that keeps the public posts from one run to the next. Signatures are not checked, only that
    there are some: what is tested here is us. ``ill`` names what is wrong with our standing, in the words of ``domain.health``.
    """

    def __init__(self, clock: Callable[[], datetime], port: int = 0, path: Path | None = None, retry_after_s: int = 2) -> None:
        self._clock = clock
        self._path = path
        self._port = port
        self._lock = threading.Lock()
        self._scripts: dict[str, str] = {}
        self._posts: list[SandboxPost] = []
        if path is not None and path.exists():
            self._posts = [SandboxPost(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.retry_after_s = retry_after_s
        self.stopping = threading.Event()
        self.ill: frozenset[str] = frozenset()

    def start(self) -> None:
        """Listen; raises OSError where the port is taken."""
        self.stopping.clear()
        self._server = Server(("127.0.0.1", self._port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and let go of every held connection."""
        self.stopping.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """The base of every address, without a slash at the end; raises RuntimeError before ``start``."""
        if self._server is None:
            raise RuntimeError("the sandbox is not started")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def posts(self) -> list[SandboxPost]:
        """What is public now, oldest first."""
        with self._lock:
            return list(self._posts)

    def script(self, post_id: str, behaviour: str) -> None:
        """Answer replies to ``post_id`` this way from now on; raises ValueError for a behaviour that there is not."""
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"no behaviour {behaviour!r}; there are: {', '.join(BEHAVIOURS)}")
        with self._lock:
            self._scripts[post_id] = behaviour

    def receive(
        self, platform: str, account: str, under: str, text: str, key: str | None
    ) -> tuple[Behaviour, SandboxPost | None]:
        """What a reply meets, and the reply where it is public now (or was before, under the same idempotency key)."""
        with self._lock:
            earlier = next((post for post in self._posts if key is not None and post.key == key), None)
            if earlier is not None:
                return Behaviour(True, 409), earlier
            behaviour = BEHAVIOURS[self._scripts.get(under, "ok")]
            if behaviour.once:
                del self._scripts[under]
            if not behaviour.applies:
                return behaviour, None
            number = 7_000_000_000_000_000_000 + len(self._posts) + 1
            at = iso(self._clock())
            post = SandboxPost(id=str(number), platform=platform, account=account, in_reply_to=under, text=text, at=at, key=key)
            self._posts.append(post)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(post)) + "\n")
            return behaviour, post
