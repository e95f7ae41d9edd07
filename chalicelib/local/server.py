"""The loopback HTTP server in front of the app's routes: what API Gateway is on AWS."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from chalice.app import Chalice
from chalice.local import LambdaEventConverter, RouteMatcher

from chalicelib.local.lambdas import Event

BODY_LIMIT = 1_000_000 + 65_536
"""Longer bodies are never read into memory; the app refuses what is over its own limit with a better answer."""

READ_TIMEOUT_S = 10.0
_DISCARD_LIMIT = 10_000_000
_STOP_S = 10.0

Invoke = Callable[[Event], Mapping[str, Any]]


class _Refused(Exception):
    """The request cannot be read; the connection is closed after the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gateway:
    """Turns one HTTP request into what API Gateway (REST, payload 1.0) hands a Lambda, and its answer back."""

    def __init__(self, app: Chalice, invoke: Invoke) -> None:
        types = app.api.binary_types
        self._converter = LambdaEventConverter(RouteMatcher(list(app.routes)), types)
        self._invoke = invoke

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
        """The Lambda's answer; 403 for a route that is not there and 502 for a Lambda that failed, as API Gateway has them."""
        try:
            event = self._converter.create_lambda_event(method, path, dict(headers), body)
        except ValueError:
            return _says(403, "Missing Authentication Token")
        if isinstance(event["body"], bytes):
            # API Gateway hands text over as text; bytes that are no UTF-8 are lost there, so they are here.
            event["body"] = body.decode("utf-8", "replace")
        try:
            return self._invoke(event)
        except Exception:
            return _says(502, "Internal server error")


class Server:
    """Serves one app on 127.0.0.1 from ``start`` to ``stop``; port 0 takes a free one."""

    def __init__(self, app: Chalice, invoke: Invoke, port: int) -> None:
        self._http = _Http(("127.0.0.1", port), _Request)
        self._http.gateway = Gateway(app, invoke)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def stop(self) -> None:
        """Accept no more, let what is being answered finish (10 s at most), close every connection."""
        self._http.stopping = True
        self._http.shutdown()
        self._thread.join()
        self._http.finish(time.monotonic() + _STOP_S)
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    gateway: Gateway
    stopping = False

    def __init__(self, address: tuple[str, int], request: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, request)
        self._change = threading.Condition()
        self._open: set[socket.socket] = set()
        self._answering = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._change:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._change:
            self._open.discard(request)
            self._change.notify_all()

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        with self._change:
            self._answering += 1
        try:
            yield
        finally:
            with self._change:
                self._answering -= 1
                self._change.notify_all()

    def finish(self, deadline: float) -> None:
        with self._change:
            self._change.wait_for(lambda: not self._answering, max(0.0, deadline - time.monotonic()))
            for connected in self._open:
                with contextlib.suppress(OSError):
                    connected.shutdown(socket.SHUT_RDWR)
            self._change.wait_for(lambda: not self._open, 1.0)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair; the standard traceback would show what it sent."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = READ_TIMEOUT_S
    disable_nagle_algorithm = True

    def version_string(self) -> str:
        return "ackguard"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a path may hold a token."""

    def _serve(self) -> None:
        server = cast(_Http, self.server)
        with server.answering():
            try:
                body = self._body()
            except _Refused as refused:
                self.close_connection = True
                self._send(_says(refused.status, "Refused"))
                self._discard()
                return
            if server.stopping:
                self.close_connection = True
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(server.gateway.answer(self.command, self.path, headers, body))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") is not None:
            raise _Refused(411)
        lengths = set(self.headers.get_all("content-length", ["0"]))
        text = lengths.pop()
        if lengths or not (text.isascii() and text.isdigit() and len(text) < 16):
            raise _Refused(400)
        if int(text) > BODY_LIMIT:
            raise _Refused(413)
        return self._read(int(text), time.monotonic() + READ_TIMEOUT_S)

    def _read(self, length: int, deadline: float) -> bytes:
        body = bytearray()
        while len(body) < length:
            # One read at a time: the socket's own time-out starts again with every byte of a slow sender.
            try:
                part = self.rfile.read1(length - len(body))
            except TimeoutError:
                raise _Refused(408) from None
            if time.monotonic() > deadline:
                raise _Refused(408)
            if not part:
                raise _Refused(400)
            body += part
        return bytes(body)

    def _discard(self) -> None:
        # Closing with unread bytes resets the connection, and the sender would never see why it was refused.
        deadline, seen = time.monotonic() + 1, 0
        self.connection.settimeout(0.2)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while time.monotonic() < deadline and seen < _DISCARD_LIMIT and (part := self.rfile.read1(65_536)):
                seen += len(part)

    def _send(self, answer: Mapping[str, Any]) -> None:
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body if isinstance(body, bytes) else body.encode()
        self.send_response(answer["statusCode"])
        headers = {**answer.get("headers", {}), "Content-Length": str(len(content))}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, str(value))
        for name, values in answer.get("multiValueHeaders", {}).items():
            for value in values:
                self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _says(status: int, text: str) -> Mapping[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": f'{{"message": "{text}"}}'}
