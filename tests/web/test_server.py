"""The real server on a real port: what an ASGI client in memory cannot show."""

import socket
import threading
import time

import httpx2
import pytest
import uvicorn

from app.settings import Settings
from app.web import create_app, server_config

from .corpus import TEXT, tiny_services


@pytest.fixture(scope="module")
def address():
    with served(tiny_services()) as found:
        yield found


class served:  # noqa: N801
    """A uvicorn server in a thread, on a free loopback port."""

    def __init__(self, services, **settings):
        app = self.app = create_app(Settings(**settings), lambda: services)
        self.server = uvicorn.Server(server_config(app))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self):
        self.thread.start()
        found = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        for _ in range(400):
            if self.server.started and httpx2.get(f"{found}/readyz").status_code == 200:
                return found
            time.sleep(0.05)
        raise AssertionError("the server did not become ready")

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(20)
        self.socket.close()


def test_a_question_is_answered_over_a_real_connection(address):
    response = httpx2.post(f"{address}/api/v1/ask", json={"question": "注意事项"})
    assert response.json()["status"] == "answered"
    assert httpx2.get(f"{address}/api/v1/documents/new-energy/text").content == TEXT.encode()


def test_what_a_proxy_passes_on_is_not_this_machine(address):
    """A visitor must not choose to be this machine, nor to be at another address."""
    for headers in (
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-for": "203.0.113.9"},
        {"x-real-ip": "127.0.0.1"},
    ):
        asked = httpx2.post(f"{address}/api/v1/ask", json={"question": "注意事项"}, headers=headers)
        assert (asked.status_code, asked.json()["code"]) == (401, "key_required")


def test_the_server_believes_no_forwarded_address_but_of_a_proxy_that_is_named(tmp_path):
    """uvicorn by itself would put the forwarded address in the peer's place for whoever connects from 127.0.0.1."""
    office = {"x-forwarded-for": "192.0.2.8", "host": "console.example.gov.cn", "x-forwarded-proto": "https"}
    url = f"sqlite:///{tmp_path}/desk.sqlite3"
    named = {"trusted_proxies": "127.0.0.1", "console_networks": "192.0.2.0/24", "database_url": url}
    for settings, status in (({**named, "trusted_proxies": ""}, 403), (named, 200)):
        with served(tiny_services(), **settings) as found:
            page = httpx2.get(f"{found}/hotline/sign-in", headers=office, timeout=60)
            assert page.status_code == status, page.text
            if status == 200:
                assert "secure" in page.headers["set-cookie"].lower()
            # A proxy that names nobody speaks for somebody; it is not somebody itself.
            bare = httpx2.get(f"{found}/hotline/sign-in", headers={"host": office["host"]}, timeout=60)
            assert bare.status_code == 403


def test_the_stream_arrives_over_a_real_connection(address):
    with httpx2.stream("POST", f"{address}/api/v1/ask/stream", json={"question": "注意事项"}) as response:
        names = [line for line in response.iter_lines() if line.startswith("event:")]
    assert names[0] == "event: status"
    assert names[-1] == "event: done"


def test_a_body_far_over_the_limit_still_gets_its_answer(address):
    headers = {"content-type": "application/json"}
    for content in (b"x" * 3_000_000, (b"y" * 65536 for _ in range(40))):
        response = httpx2.post(f"{address}/api/v1/ask", content=content, headers=headers)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_a_client_that_leaves_in_the_middle_does_no_harm(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
        )
    assert httpx2.get(f"{address}/healthz").status_code == 200


def test_many_ask_at_once_and_each_gets_an_answer(address):
    seen = []

    def ask():
        seen.append(
            httpx2.post(f"{address}/api/v1/ask", json={"question": "注意事项"}, timeout=60).status_code
        )

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [200] * 16
