"""The doors of the sandbox: X's posting API, a relay's replies door, and the Graph API as Facebook and Instagram have it."""

from __future__ import annotations

import hashlib
import html
import json
import re
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from chalicelib.local import sandbox_health as health

_LONGEST_BODY = 100_000
_PAGE = 100
_TOKEN = re.compile(r'oauth_token="([^"]+)"|Bearer (\S+)')
_ACCOUNT_IN_TOKEN = re.compile(r"(\d+)-.")
"""X's user tokens begin with the id of the account that they speak for. A token made up for a demo need not."""

_X_POSTS, _RELAY_REPLIES = "/2/tweets", "/relay/replies"
_X_TIMELINE = re.compile(r"/2/users/([^/]+)/tweets")
_GRAPH = re.compile(r"/(facebook(?=/\w+/comments$)|instagram(?=/\w+/replies$))/([0-9_]+)/\w+")
"""Where Facebook and Instagram live here: ``ACKGUARD_ENDPOINT_FACEBOOK`` is the sandbox's address and ``/facebook``."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a reply to one post is answered.

    ``applies``: the reply becomes public. ``answer``: an HTTP status, ``ok`` for the platform's own success, ``lost`` (the
    connection is closed without a word) or ``silent`` (held open without a word). ``graph`` is how the Graph API says the
    same: error code and subcode. ``once``: the next try meets ``ok``.
    """

    applies: bool
    answer: int | str
    detail: str = ""
    graph: tuple[int, int] = (0, 0)
    once: bool = False


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


class Wall(Protocol):
    """What the doors open on: see ``Sandbox``."""

    retry_after_s: int
    stopping: threading.Event
    ill: frozenset[str]

    @property
    def posts(self) -> list[SandboxPost]:
        """What is public now, oldest first."""

    def receive(
        self, platform: str, account: str, under: str, text: str, key: str | None
    ) -> tuple[Behaviour, SandboxPost | None]:
        """What a reply meets, and the reply where it is public now."""


class Server(ThreadingHTTPServer):
    """One server on one wall; it listens from the moment it is made."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], wall: Wall) -> None:
        self.wall = wall
        super().__init__(address, _Door)


class _Door(BaseHTTPRequestHandler):
    server: Server
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
        elif graph := _GRAPH.fullmatch(path):
            self._reply_on_graph(graph[1], graph[2], body)
        else:
            self._answer(404, {"detail": "no such address"})

    def do_GET(self) -> None:
        """A look-up, or a question whether we are still heard."""
        parts = urlsplit(self.path)
        if (standing := health.answer(parts.path, self._account(), self.server.wall.ill)) is not None:
            return self._answer(*standing)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        timeline = _X_TIMELINE.fullmatch(parts.path)
        posts = self.server.wall.posts
        if timeline:
            own = {timeline[1], self._account()}
            self._timeline(timeline[1], [post for post in posts if post.platform == "x" and post.account in own], query)
        elif parts.path == _RELAY_REPLIES:
            self._relay_replies([post for post in posts if post.platform.startswith("relay:")], query)
        elif graph := _GRAPH.fullmatch(parts.path):
            self._graph_replies(graph[1], graph[2], posts)
        else:
            self._answer(404, {"detail": "no such address"})

    def _body(self) -> Any:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            return None
        content = self.rfile.read(int(length))
        if self.headers.get("content-type") == "application/x-www-form-urlencoded":
            return {name: values[-1] for name, values in parse_qs(content.decode("utf-8", "replace")).items()}
        try:
            return json.loads(content)
        except ValueError:
            return None

    def _reply_on_x(self, body: Any) -> None:
        account = self._account()
        if account is None:
            return self._answer(401, {"title": "Unauthorized", "status": 401})
        match body:
            case {"text": str(text), "reply": {"in_reply_to_tweet_id": str(under)}} if text:
                behaviour, post = self.server.wall.receive("x", account, under, text, None)
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
                behaviour, post = self.server.wall.receive(f"relay:{network}", account, under, text, key)
                return self._meet(behaviour, 201, {"id": post.id} if post else {})
        self._answer(400, {"error": "not a reply"})

    def _reply_on_graph(self, platform: str, under: str, body: Any) -> None:
        account = self._account()
        if account is None:
            return self._answer(401, _graph_error(190, 0, "no token"))
        match body:
            case {"message": str(text)} if text:
                behaviour, post = self.server.wall.receive(platform, account, under, text, None)
                return self._meet(behaviour, 200, {"id": post.id} if post else {}, graph=True)
        self._answer(400, _graph_error(100, 0, "a reply needs a message"))

    def _graph_replies(self, platform: str, under: str, posts: list[SandboxPost]) -> None:
        if self._account() is None:
            return self._answer(401, _graph_error(190, 0, "no token"))
        text = {"facebook": "message", "instagram": "text"}[platform]
        rows = [
            {"id": post.id, "from": {"id": post.account}, text: post.text}
            for post in reversed(posts)
            if (post.platform, post.in_reply_to) == (platform, under)
        ]
        self._answer(200, {"data": rows[:_PAGE], **({"paging": {"next": "more"}} if len(rows) > _PAGE else {})})

    def _signed(self) -> bool:
        return all(self.headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature"))

    def _meet(self, behaviour: Behaviour, success: int, shown: dict[str, Any], graph: bool = False) -> None:
        match behaviour.answer:
            case "ok":
                self._answer(success, shown)
            case "lost":
                self._close()
            case "silent":
                self.server.wall.stopping.wait(self.timeout)
                self._close()
            case int(status) if graph:
                # Meta puts nearly every no into a 400; what it means is in the code.
                self._answer(400 if status < 500 else status, _graph_error(*behaviour.graph, behaviour.detail))
            case int(status):
                problem = {"detail": behaviour.detail, "title": behaviour.detail, "status": status}
                self._answer(status, shown if status == 409 else problem)

    def _account(self) -> str | None:
        """Whom the token speaks for: the id in it, or a name made of its hash (a credential is never kept)."""
        token = _TOKEN.search(self.headers.get("authorization", ""))
        if token is None:
            return None
        found = token[1] or token[2]
        named = _ACCOUNT_IN_TOKEN.match(found)
        return named[1] if named else f"token:{hashlib.sha256(found.encode()).hexdigest()[:12]}"

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
            self.send_header("Retry-After", str(self.server.wall.retry_after_s))
        self.end_headers()
        self.wfile.write(content)


def _graph_error(code: int, subcode: int, text: str) -> dict[str, Any]:
    return {"error": {"type": "OAuthException", "code": code, "error_subcode": subcode, "message": text}}
