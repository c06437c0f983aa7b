"""Raw sockets against a real server: what is never finished, too large or too much costs nobody else anything."""

import resource
import socket
import time
from contextlib import suppress

import httpx2
import pytest

from app.web.connections import Connections, Limits, fitting
from app.web.whence import read_proxies

from .corpus import tiny_services
from .test_server import served

ASK = b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: 60000\r\n\r\n"
HALF = ASK + b"Content-Length: 30000\r\n\r\n" + b'{"question": "'


class guarded(served):  # noqa: N801
    """A server whose limits are small; `__enter__` gives it, with `address` and `port`."""

    def __init__(self, **limits):
        super().__init__(tiny_services())
        chosen = Limits(**{"head_seconds": 2.0, "body_seconds": 2.0, "closing_seconds": 0.5} | limits)
        self.ended = []
        self.connections = Connections(chosen, read_proxies(""), self.ended.append)
        self.app.state.connections = self.connections

    def __enter__(self):
        self.address = super().__enter__()
        self.port = int(self.address.rpartition(":")[2])
        return self

    def connect(self, data=b""):
        made = socket.create_connection(("127.0.0.1", self.port), 60)
        made.sendall(data)
        return made

    def ask(self):
        return httpx2.post(f"{self.address}/api/v1/ask", json={"question": "注意事项"}, timeout=60)


def told(connection):
    """All that comes until the server closes."""
    said = bytearray()
    try:
        while part := connection.recv(65536):
            said += part
    except ConnectionError:
        pass
    connection.close()
    return bytes(said)


@pytest.fixture(scope="module")
def server():
    with guarded() as made:
        yield made


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: local", b" 408 "),
        (HALF, b" 408 "),
        (ASK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"que", b" 408 "),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /he", b" 408 "),
    ],
)  # fmt: skip
def test_what_is_not_finished_in_time_is_ended_and_told_why(server, sent, says):
    said = told(server.connect(sent))
    assert says in said
    assert (b"request_timeout" in said) == bool(says)


def test_a_body_that_drips_is_ended_though_it_is_never_silent(server):
    connection = server.connect(ASK + LENGTH)
    connection.settimeout(0.2)
    said, began = b"", time.monotonic()
    while not said and time.monotonic() - began < 60:
        try:
            connection.sendall(b"x")
            said = connection.recv(4096)
        except TimeoutError:
            continue
    connection.close()
    assert b" 408 " in said


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n", 400, "bad_request"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 500_000 + b"\r\n\r\n", 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "head_too_large"),
        (b"GET /" + b"x" * 500_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "head_too_large"),
        (b"\r\n" * 250_000, 431, "head_too_large"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad_request"),
        (
            ASK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 500_000 + b"\r\n\r\n",
            400,
            "bad_request",
        ),
    ],
)
def test_a_head_that_is_wrong_or_too_large_is_refused_with_a_sentence(server, head, status, code):
    connection = server.connect()
    with suppress(ConnectionError):  # it may have been told already
        connection.sendall(head)
    said = told(connection).decode()
    assert said.startswith(f"HTTP/1.1 {status} "), said
    assert f'"code":"{code}"' in said.replace(" ", "")


def test_beside_many_silent_and_dripping_connections_questions_are_answered():
    with guarded(connections=60, head_seconds=60.0, body_seconds=60.0) as server:
        others = [server.connect(sent) for sent in (b"", b"GET / HT", HALF) for _ in range(100)]
        assert [server.ask().status_code for _ in range(5)] == [200] * 5
        assert len(server.connections) <= 60
        assert server.ended.count("displaced") >= 240
        for each in others:
            each.close()


def test_bodies_beyond_what_may_be_held_are_refused_and_nothing_is_kept_of_them(monkeypatch):
    monkeypatch.setattr("app.web.limits.BodyLimit.__init__.__defaults__", (None, 200_000))
    with guarded(body_rate=10**6) as server:
        half = ASK + LENGTH + b"x" * 50_000
        waiting = [server.connect(half) for _ in range(8)]
        said = [told(each) for each in waiting]
        assert any(b" 503 " in each and b"overloaded" in each for each in said)
        assert all(b" 503 " in each or b" 408 " in each for each in said)
        assert server.ask().status_code == 200


class Waiting:
    """A connection that only waits."""

    def __init__(self, address, phase=0, since=0.0):
        self.address, self.phase, self.since, self.gone = address, phase, since, False

    def look(self, now):
        pass

    def abort(self):
        self.gone = True


def test_one_address_has_so_many_and_the_idlest_of_its_own_give_way():
    ended = []
    held = Connections(Limits(connections=10, per_address=3), read_proxies("10.0.0.0/24"), ended.append)
    working = [Waiting("2001:db8::1", 3) for _ in range(2)]
    idle = Waiting("2001:db8::2", 0, 5.0)
    assert all(held.enter(each) for each in (*working, idle))
    late = Waiting("2001:db8::3", 3)
    assert held.enter(late)
    assert (idle.gone, late.gone) == (True, False)
    assert not held.enter(Waiting("2001:db8::4"))
    assert held.enter(Waiting("203.0.113.1", 3))
    assert all(held.enter(Waiting(one, 3)) for one in ("10.0.0.7",) * 3 + ("127.0.0.1",) * 3)
    assert not held.enter(Waiting("203.0.113.2"))
    assert ended == ["displaced", "address", "all"]
    held.leave(late)
    held.leave(late)
    assert len(held) == 9


def test_no_more_connections_are_taken_than_files_may_be_open(monkeypatch):
    given = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: given.append(limit))
    for limit, wanted, taken in (
        ((1024, 1024), 1000, 568),
        ((1024, 4096), 1000, 1000),
        ((65536, 65536), 1000, 1000),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: limit)
        assert fitting(wanted) == taken
    assert given == [(1024, 1024), (1456, 4096)]
