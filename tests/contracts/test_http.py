"""The contract of ``ports.Http``, over real sockets: a failure says whether the request can have left."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent, NeverSent
from chalicelib.http_client import BODY_LIMIT, PooledHttp

TIMEOUT_S = 0.4
Answerer = Callable[[socket.socket], None]


@contextmanager
def server(*answers: Answerer) -> Iterator[tuple[str, list[bytes]]]:
    """A loopback server; connection n is answered by ``answers[n]``. Gives its address and the requests as received."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            connected, _ = listener.accept()
            with connected:
                connected.settimeout(5)
                received.append(read_request(connected))
                try:
                    answer(connected)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/reply?token=secret", received
    thread.join(5)
    listener.close()
    assert not thread.is_alive()


def read_request(connected: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connected.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connected.recv(65536)
    return head + b"\r\n\r\n" + body


def says(data: bytes) -> Answerer:
    return lambda connected: connected.sendall(data)


def drips(data: bytes, pause_s: float, head: bytes = b"") -> Answerer:
    def answer(connected: socket.socket) -> None:
        connected.sendall(head)
        for number in range(len(data)):
            connected.sendall(data[number : number + 1])
            time.sleep(pause_s)

    return answer


def resets(connected: socket.socket) -> None:
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.fixture
def client() -> Iterator[PooledHttp]:
    client = PooledHttp()
    yield client
    client.close()


def post(client: PooledHttp, url: str, timeout_s: float = TIMEOUT_S) -> Carried:
    return client.send(HttpRequest(method="POST", url=url, headers={"X-Sent": "1"}, body=b"\x00body\xff"), timeout_s)


def test_request_and_answer_are_carried_byte_for_byte(client: PooledHttp) -> None:
    answer = b"HTTP/1.1 201 Created\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 4\r\n\r\n\x00\xff\r\n"
    with server(says(answer)) as (url, received):
        assert post(client, url) == HttpResponse(
            status=201, headers={"x-two": "a, b", "content-length": "4"}, body=b"\x00\xff\r\n"
        )
    assert received[0].startswith(b"POST /reply?token=secret HTTP/1.1\r\n")
    assert b"X-Sent: 1\r\n" in received[0]
    assert received[0].endswith(b"\r\n\r\n\x00body\xff")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(client: PooledHttp, status: int) -> None:
    head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n".encode()
    with server(says(head)) as (url, received):
        carried = post(client, url)
    assert isinstance(carried, HttpResponse)
    assert (carried.status, carried.headers["location"], len(received)) == (status, "/other", 1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_is_an_answer_and_is_not_retried(client: PooledHttp, status: int) -> None:
    head = f"HTTP/1.1 {status} No\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n".encode()
    with server(says(head)) as (url, received):
        carried = post(client, url)
    assert isinstance(carried, HttpResponse)
    assert (carried.status, len(received)) == (status, 1)


def test_a_refused_connection_was_never_sent(client: PooledHttp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert isinstance(post(client, f"http://127.0.0.1:{port}/"), NeverSent)


def test_a_connection_that_never_opens_was_never_sent(client: PooledHttp) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        began = time.monotonic()
        assert isinstance(post(client, f"http://127.0.0.1:{full.getsockname()[1]}/"), NeverSent)
        assert time.monotonic() - began < TIMEOUT_S * 2
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize("url", ["http://no-such-name.invalid/", "ftp://127.0.0.1/", "http://", "nonsense", "http://[::1/"])
def test_a_name_or_address_that_leads_nowhere_was_never_sent(
    client: PooledHttp, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert isinstance(post(client, url), NeverSent)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("closed without a word", says(b"")),
        ("reset", resets),
        ("half a status line", says(b"HTTP/1.1 20")),
        ("not HTTP", says(b"SSH-2.0-OpenSSH\r\n")),
        ("half the headers", says(b"HTTP/1.1 201 Created\r\nContent-Len")),
        ("no end of the answer", says(b"HTTP/1.1 201 Created\r\nDate: today\r\n\r\nperhaps half")),
        ("half the body", says(b"HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nhalf")),
        ("half a chunk", says(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")),
        ("broken gzip", says(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")),
    ],
)
def test_whatever_fails_after_the_connection_may_have_been_sent(client: PooledHttp, name: str, answer: Answerer) -> None:
    with server(answer) as (url, received):
        carried = post(client, url)
    assert isinstance(carried, MaybeSent), name
    assert len(received) == 1
    assert "secret" not in carried.why


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("silence", lambda connected: time.sleep(TIMEOUT_S * 2)),
        ("headers byte by byte", drips(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0.1)),
        ("body byte by byte", drips(b"x" * 200, 0.02, b"HTTP/1.1 201 Created\r\nContent-Length: 200\r\n\r\n")),
        ("chunks byte by byte", drips(b"1\r\nx\r\n" * 90, 0.01, b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n")),
    ],
)
def test_the_timeout_bounds_the_whole_exchange_however_slow_the_drip(client: PooledHttp, name: str, answer: Answerer) -> None:
    with server(answer) as (url, _):
        began = time.monotonic()
        carried = post(client, url)
        assert time.monotonic() - began < TIMEOUT_S + 0.3, name
    assert carried == MaybeSent("timeout")


@pytest.mark.parametrize(("length", "fits"), [(BODY_LIMIT, True), (BODY_LIMIT + 1, False)])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_has_at_most_a_megabyte_however_it_is_packed(client: PooledHttp, length: int, fits: bool, packed: bool) -> None:
    body = b"x" * length
    sent = gzip.compress(body) if packed else body
    head = f"HTTP/1.1 201 Created\r\nContent-Length: {len(sent)}\r\n{'Content-Encoding: gzip' if packed else 'X: y'}\r\n\r\n"
    with server(says(head.encode() + sent)) as (url, _):
        carried = post(client, url, timeout_s=5)
    if fits:
        assert isinstance(carried, HttpResponse)
        assert carried.body == body
    else:
        assert carried == MaybeSent("answer-too-long")


def test_nothing_of_a_request_is_logged(client: PooledHttp, caplog: pytest.LogCaptureFixture) -> None:
    with server(says(b"HTTP/1.1 201 Created\r\nContent-Len")) as (url, _):
        post(client, url)
    assert caplog.text == ""


def test_a_connection_is_used_again_and_a_dead_one_is_not_retried(client: PooledHttp) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def twice_then_gone(connected: socket.socket) -> None:
        connected.sendall(answer)
        read_request(connected)
        connected.sendall(answer)
        read_request(connected)

    with server(twice_then_gone, says(answer)) as (url, received):
        first, second = post(client, url), post(client, url)
        assert [type(carried) for carried in (first, second)] == [HttpResponse, HttpResponse]
        assert len(received) == 1
        assert isinstance(post(client, url), MaybeSent)
        assert isinstance(post(client, url), HttpResponse)
    assert len(received) == 2


def test_a_half_read_answer_is_never_taken_for_the_next_one(client: PooledHttp) -> None:
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 1500000\r\n\r\n" + b"x" * 1_500_000
    with server(says(long), says(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")) as (url, received):
        assert post(client, url, timeout_s=5) == MaybeSent("answer-too-long")
        carried = post(client, url)
    assert isinstance(carried, HttpResponse)
    assert carried.body == b"new"
    assert len(received) == 2


def test_headers_cannot_be_smuggled_in(client: PooledHttp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        carried = client.send(HttpRequest(method="POST", url=url, headers={"A": "b\r\nC: d"}), TIMEOUT_S)
    assert isinstance(carried, MaybeSent)
