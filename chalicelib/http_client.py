"""The one HTTP client: pooled, never retries, never follows, and knows whether a request can have left."""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError
from urllib3.response import BaseHTTPResponse

from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent, NeverSent
from chalicelib.ports import Http

BODY_LIMIT = 1_000_000
"""The longest answer in bytes; no platform answers a post with more than a few kilobytes."""

_CHUNK = 65_536
_CONNECTIONS = 8

# At lower levels urllib3 logs addresses with their query, which may hold what must not be in a log.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class PooledHttp(Http):
    """One pool of kept connections, for any number of threads.

    ``timeout_s`` bounds the whole exchange from the connection to the last byte of the body. Only looking up a name is not
    bounded by us (the resolver has its own limit), and a name with several addresses has the time-out for each.
    """

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False)
        self._pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """See ``Http``. A redirect is an answer like any other. ``why`` is the name of the failure, never its text."""
        if not request.url.startswith(("https://", "http://")):
            return NeverSent("no-address")
        deadline = time.monotonic() + timeout_s
        with _cut_at(deadline):
            try:
                response = self._pools.request(
                    request.method,
                    request.url,
                    body=request.body or None,
                    headers=dict(request.headers),
                    timeout=urllib3.Timeout(total=timeout_s),
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                carried = _whole(response)
                # Past the deadline it may have been our own cut that ended the answer.
                return carried if time.monotonic() < deadline else MaybeSent("timeout")
            except (NewConnectionError, ConnectTimeoutError, LocationValueError) as error:
                return NeverSent(type(error).__name__)
            except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
                return MaybeSent("timeout" if time.monotonic() >= deadline else type(error).__name__)

    def close(self) -> None:
        """Close the kept connections."""
        self._pools.clear()


def _whole(response: BaseHTTPResponse) -> Carried:
    body = bytearray()
    try:
        headers = {name.lower(): response.headers[name] for name in response.headers}
        if not _framed(response.status, headers):
            return MaybeSent("answer-without-end")
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > BODY_LIMIT:
                return MaybeSent("answer-too-long")
        return HttpResponse(status=response.status, headers=headers, body=bytes(body))
    finally:
        # One read to its end is back in the pool by now; of any other the rest must not be taken for the next answer.
        response.close()


def _framed(status: int, headers: Mapping[str, str]) -> bool:
    # An answer that ends where the connection ends cannot be told from one that was cut, even inside its headers.
    return status in (204, 304) or "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()


class _Exchange(threading.local):
    """The socket on which this thread waits for an answer."""

    sockets: list[socket.socket] | None = None


_exchange = _Exchange()


@contextlib.contextmanager
def _cut_at(deadline: float) -> Iterator[None]:
    # A time-out of a socket starts again with every byte, so a server that sends one byte a second could hold us for hours.
    sockets: list[socket.socket] = []
    timer = threading.Timer(deadline - time.monotonic(), _cut, (sockets,))
    timer.daemon = True
    _exchange.sockets = sockets
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _exchange.sockets = None


def _cut(sockets: list[socket.socket]) -> None:
    for connected in sockets:
        with contextlib.suppress(OSError):
            # The plain method: the one of a TLS socket takes the session away under the thread that reads.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _watch(connection: HTTPConnection) -> None:
    if _exchange.sockets is not None and connection.sock is not None:
        _exchange.sockets.append(connection.sock)


class _PlainConnection(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _watch(self)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _watch(self)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
