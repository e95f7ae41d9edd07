"""A platform to try things on: plays X's posting API and a relay's replies door, and misbehaves when it is told to."""

from __future__ import annotations

import hashlib
import html
import json
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib.domain.codec import iso

_LONGEST_BODY = 100_000
_PAGE = 100
_TOKEN = re.compile(r'oauth_token="([^"]+)"')
_ACCOUNT_IN_TOKEN = re.compile(r"(\d+)-.")
"""X's user tokens begin with the id of the account that they speak for. A token made up for a demo need not."""

_X_POSTS, _RELAY_REPLIES = "/2/tweets", "/relay/replies"
_X_TIMELINE = re.compile(r"/2/users/([^/]+)/tweets")
_NOT_SUMMONED = "Reply to this conversation is not allowed because you have not been mentioned by the author."
_GONE = "You attempted to reply to a post that is deleted or not visible to you."
_DUPLICATE = "You are not allowed to create a post with duplicate content."


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a reply to one post is answered.

    ``applies``: the reply becomes public. ``answer``: an HTTP status, ``ok`` for the platform's own success, ``lost`` (the
    connection is closed without a word) or ``silent`` (held open without a word). ``once``: the next try meets ``ok``.
    """

    applies: bool
    answer: int | str
    detail: str = ""
    once: bool = False


BEHAVIOURS: MappingProxyType[str, Behaviour] = MappingProxyType(
    {
        "ok": Behaviour(True, "ok"),
        "apply-and-lose": Behaviour(True, "lost"),
        "refuse": Behaviour(False, 403, _NOT_SUMMONED),
        "gone": Behaviour(False, 403, _GONE),
        "duplicate": Behaviour(False, 403, _DUPLICATE),
        "throttle": Behaviour(False, 429, "Too Many Requests", once=True),
        "time-out": Behaviour(False, "silent"),
        "apply-and-time-out": Behaviour(True, "silent"),
        "server-error": Behaviour(False, 500, "Internal Server Error"),
        "apply-and-server-error": Behaviour(True, 500, "Internal Server Error"),
    }
)
"""What ``Sandbox.script`` accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPost:
    """One public reply. ``at`` is ISO 8601 by the sandbox's clock, ``key`` a relay's idempotency key."""

    id: str
    platform: str
    account: str
    in_reply_to: str
    text: str
    at: str
    key: str | None = None


class Sandbox:
    """One server on 127.0.0.1. ``clock`` gives the time of a post (UTC); ``retry_after_s`` is what ``throttle`` asks for.

    ``path``: a JSON-lines file that keeps the public posts from one run to the next. Signatures are not checked, only that
    there are some: what is tested here is us.
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
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.retry_after_s = retry_after_s
        self.stopping = threading.Event()

    def start(self) -> None:
        """Listen; raises OSError where the port is taken."""
        self.stopping.clear()
        self._server = _Server(("127.0.0.1", self._port), self)
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


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, _Door)


class _Door(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: whoever runs the sandbox owns the screen."""

    def do_POST(self) -> None:
        """A reply."""
        body = self._body()
        path = urlsplit(self.path).path
        if path == _X_POSTS:
            self._reply_on_x(body)
        elif path == _RELAY_REPLIES:
            self._reply_on_relay(body)
        else:
            self._answer(404, {"detail": "no such address"})

    def do_GET(self) -> None:
        """A look-up."""
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        timeline = _X_TIMELINE.fullmatch(parts.path)
        posts = self.server.sandbox.posts
        if timeline:
            own = {timeline[1], self._account()}
            self._timeline(timeline[1], [post for post in posts if post.platform == "x" and post.account in own], query)
        elif parts.path == _RELAY_REPLIES:
            self._relay_replies([post for post in posts if post.platform != "x"], query)
        else:
            self._answer(404, {"detail": "no such address"})

    def _body(self) -> Any:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            return None
        try:
            return json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None

    def _reply_on_x(self, body: Any) -> None:
        account = self._account()
        if account is None:
            return self._answer(401, {"title": "Unauthorized", "status": 401})
        match body:
            case {"text": str(text), "reply": {"in_reply_to_tweet_id": str(under)}} if text:
                behaviour, post = self.server.sandbox.receive("x", account, under, text, None)
                return self._meet(behaviour, 201, {"data": {"id": post.id, "text": post.text}} if post else {})
        self._answer(400, {"title": "Invalid Request", "status": 400})

    def _reply_on_relay(self, body: Any) -> None:
        if not self._signed():
            return self._answer(401, {"error": "not signed"})
        match body:
            case {
                "type": "reply.create",
                "data": {
                    "platform": str(network),
                    "account": str(account),
                    "in_reply_to": str(under),
                    "text": str(text),
                    "idempotency_key": str(key),
                },
            } if text:
                behaviour, post = self.server.sandbox.receive(f"relay:{network}", account, under, text, key)
                return self._meet(behaviour, 201, {"id": post.id} if post else {})
        self._answer(400, {"error": "not a reply"})

    def _signed(self) -> bool:
        return all(self.headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature"))

    def _meet(self, behaviour: Behaviour, success: int, shown: dict[str, Any]) -> None:
        match behaviour.answer:
            case "ok":
                self._answer(success, shown)
            case "lost":
                self._close()
            case "silent":
                self.server.sandbox.stopping.wait(self.timeout)
                self._close()
            case int(status):
                problem = {"detail": behaviour.detail, "title": behaviour.detail, "status": status}
                self._answer(status, shown if status == 409 else problem)

    def _account(self) -> str | None:
        """Whom the token speaks for: the id in it, or a name made of its hash (a credential is never kept)."""
        token = _TOKEN.search(self.headers.get("authorization", ""))
        if token is None:
            return None
        named = _ACCOUNT_IN_TOKEN.match(token[1])
        return named[1] if named else f"token:{hashlib.sha256(token[1].encode()).hexdigest()[:12]}"

    def _timeline(self, account: str, posts: list[SandboxPost], query: dict[str, str]) -> None:
        """Newest first, text with X's escapes, a token where there is more."""
        if not self.headers.get("authorization"):
            return self._answer(401, {"title": "Unauthorized", "status": 401})
        since, most = query.get("since_id", ""), query.get("max_results", "")
        newer = [post for post in posts if int(post.id) > (int(since) if since.isdigit() else 0)]
        page = newer[::-1][: min(int(most) if most.isdigit() else 10, _PAGE)]
        rows = [
            {
                "id": post.id,
                "author_id": account,
                "created_at": post.at,
                "text": html.escape(post.text, quote=False),
                "referenced_tweets": [{"type": "replied_to", "id": post.in_reply_to}],
            }
            for post in page
        ]
        more = {"next_token": page[-1].id} if len(page) < len(newer) else {}
        self._answer(200, {"data": rows, "meta": {"result_count": len(rows), **more}})

    def _relay_replies(self, posts: list[SandboxPost], query: dict[str, str]) -> None:
        if not self._signed():
            return self._answer(401, {"error": "not signed"})
        under = query.get("in_reply_to")
        self._answer(
            200, [{"id": post.id, "account": post.account, "text": post.text} for post in posts if post.in_reply_to == under]
        )

    def _close(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, shown: Any) -> None:
        content = json.dumps(shown).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status == 429:
            self.send_header("Retry-After", str(self.server.sandbox.retry_after_s))
        self.end_headers()
        self.wfile.write(content)
