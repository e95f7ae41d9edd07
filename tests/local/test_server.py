"""The loopback server hands requests over as API Gateway does and survives whatever is sent to it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from chalice.app import Chalice, Response

from chalicelib.local import server as rooms
from chalicelib.local.lambdas import Context, Event
from chalicelib.local.server import BODY_LIMIT, Server


def small_app() -> Chalice:
    app = Chalice(app_name="small", configure_logs=False)

    @app.route("/webhooks/{platform}", methods=["GET", "POST"], content_types=["application/json", "text/plain"])
    def webhook(platform: str) -> Any:
        request = app.current_request
        seen = {
            "platform": platform,
            "size": len(request.raw_body),
            "body": request.raw_body.decode()[:100],
            "header": request.headers.get("x-signature"),
            "query": dict(request.query_params or {}),
        }
        return Response(seen, headers={"X-One": "1", "X-Many": ["a", "b"]})

    @app.route("/plain", methods=["GET", "HEAD"])
    def plain() -> Response:
        return Response("é", status_code=201, headers={"Content-Type": "text/plain"})

    return app


class Front:
    """A server with its app, and what the Lambda is made to do before it answers."""

    def __init__(self) -> None:
        self.before: Callable[[], None] = lambda: None
        app = small_app()

        def invoke(event: Event) -> Mapping[str, Any]:
            self.before()
            answer: Mapping[str, Any] = app(event, Context("small", "api_handler"))
            return answer

        self.server = Server(app, invoke, 0)
        self.port = int(self.server.url.rpartition(":")[2])

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with closing(connection):
            connection.request(method, path, body, {"content-type": "application/json"} | headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers

    def raw(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connected:
            connected.sendall(data)
            answer = b""
            while part := connected.recv(65536):
                answer += part
            return answer


@pytest.fixture
def front() -> Iterator[Front]:
    front = Front()
    front.server.start()
    yield front
    front.server.stop()


def test_it_listens_on_loopback_only(front: Front) -> None:
    assert front.server.url == f"http://127.0.0.1:{front.port}"


def test_a_request_arrives_with_exact_body_headers_and_query(front: Front) -> None:
    status, body, headers = front.ask("POST", "/webhooks/x?a=1%262&b=", b'{ "odd" :\t"\xc3\xa9" }\n', **{"X-Signature": "s"})
    assert (status, json.loads(body)) == (
        200,
        {
            "platform": "x",
            "size": 17,
            "body": '{ "odd" :\t"é" }\n',
            "header": "s",
            "query": {"a": "1&2", "b": ""},
        },
    )
    assert (headers["x-one"], headers.get_all("x-many")) == ("1", ["a", "b"])
    assert "Python" not in headers["server"]


def test_bytes_that_are_no_text_are_lost_as_api_gateway_loses_them(front: Front) -> None:
    _, body, _ = front.ask("POST", "/webhooks/x", b"\xff\xfe")
    assert json.loads(body)["body"] == "\ufffd\ufffd"


def test_text_and_head_and_unknown_routes_answer_as_api_gateway_does(front: Front) -> None:
    status, body, headers = front.ask("GET", "/plain")
    assert (status, body, headers["content-type"]) == (201, "é".encode(), "text/plain")
    status, body, headers = front.ask("HEAD", "/plain")
    assert (status, body, headers["content-length"]) == (201, b"", "2")
    for path in ("/nowhere", "/", "/webhooks/x/y", "/http://[", "//"):
        assert front.ask("GET", path)[:2] == (403, b'{"message": "Missing Authentication Token"}')


def test_a_lambda_that_fails_is_a_502_without_a_word(front: Front) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    front.before = fail
    assert front.ask("POST", "/webhooks/x", b"{}")[:2] == (502, b'{"message": "Internal server error"}')


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (BODY_LIMIT, 200), (BODY_LIMIT + 1, 413), (9_000_000, 413)])
def test_a_body_over_the_limit_is_refused_and_the_sender_can_read_why(front: Front, size: int, status: int) -> None:
    head = f"POST /webhooks/x HTTP/1.1\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
    answer = front.raw(head.encode() + b"x" * size)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Length: -1", 400),
        ("Content-Length: 1e3", 400),
        ("Content-Length: 1\r\nContent-Length: 2", 400),
        ("Content-Length: ²", 400),
        ("Content-Length: 99999999999999999999", 400),
        ("Content-Length: 999999999999", 413),
        ("Transfer-Encoding: chunked", 411),
        ("Transfer-Encoding: gzip\r\nContent-Length: 1", 411),
        ("X: " + "y" * 70_000, 431),
    ],
)
def test_a_body_whose_length_is_not_clear_is_refused(front: Front, headers: str, status: int) -> None:
    answer = front.raw(f"POST /webhooks/x HTTP/1.1\r\nHost: h\r\n{headers}\r\n\r\nx".encode("latin-1"))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert front.ask("GET", "/plain")[0] == 201


def test_a_sender_that_stops_or_crawls_is_cut_off(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "READ_TIMEOUT_S", 0.3)
    monkeypatch.setattr(rooms._Request, "timeout", 0.3)
    head = b"POST /webhooks/x HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    assert front.raw(head + b"half").startswith(b"HTTP/1.1 408 ")
    with socket.create_connection(("127.0.0.1", front.port), timeout=5) as crawling:
        crawling.sendall(head)
        began = time.monotonic()
        while time.monotonic() < began + 0.5:
            crawling.sendall(b"x")
            time.sleep(0.05)
        crawling.settimeout(0.2)
        assert crawling.recv(100).startswith(b"HTTP/1.1 408 ")
    with socket.create_connection(("127.0.0.1", front.port), timeout=5) as silent:
        assert silent.recv(100) == b""


def test_a_client_that_leaves_early_harms_nobody(front: Front, capsys: pytest.CaptureFixture[str]) -> None:
    for data in (b"", b"POST", b"POST /webhooks/x HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", b"\x16\x03\x01\x00\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", front.port), timeout=5) as connected:
            connected.sendall(data)
    assert front.ask("GET", "/plain")[0] == 201
    assert capsys.readouterr() == ("", "")


def test_a_connection_serves_many_requests_and_many_connections_serve_at_once(front: Front) -> None:
    def many(_: int) -> list[int]:
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=5)
        with closing(connection):
            statuses = []
            for _ in range(10):
                connection.request("POST", "/webhooks/x", b"{}", {"content-type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
            return statuses

    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(many, range(8))) == [[200] * 10] * 8
    front.before = lambda: barrier.wait(5) and None
    with ThreadPoolExecutor(2) as pool:
        assert [status for status, _, _ in pool.map(lambda _: front.ask("GET", "/plain"), range(2))] == [201, 201]


def test_stop_lets_an_answer_finish_and_closes_what_is_idle() -> None:
    front = Front()
    front.server.start()
    begun = threading.Event()

    def slow() -> None:
        begun.set()
        time.sleep(0.3)

    front.before = slow
    idle = socket.create_connection(("127.0.0.1", front.port), timeout=5)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(front.ask, "GET", "/plain")
        assert begun.wait(5)
        began = time.monotonic()
        front.server.stop()
        assert time.monotonic() - began < 3
        assert answer.result()[0] == 201
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        front.ask("GET", "/plain")
