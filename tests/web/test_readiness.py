import threading

import pytest
from starlette.testclient import TestClient

from app.errors import IndexDamaged, InvalidSetting
from app.settings import Settings
from app.web import create_app

from .corpus import tiny_services
from .visitors import at_home, public, visitor

BEHIND = [
    "/readyz",
    "/api/v1/documents",
    "/api/v1/documents/a",
    "/api/v1/documents/a/text",
    "/api/v1/clauses/a",
]


def test_the_process_is_up_before_the_index_is_and_ready_afterwards():
    gate = threading.Event()
    services = tiny_services()

    def open_slowly():
        assert gate.wait(20)
        return services

    app = create_app(Settings(), open_slowly)
    with TestClient(app, "http://localhost", client=("127.0.0.1", 1)) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 200
        assert client.get("/docs").status_code == client.get("/openapi.json").status_code == 200
        for path in BEHIND:
            check_waiting(client.get(path))
        check_waiting(client.post("/api/v1/ask", json={"question": "甲"}))
        check_waiting(client.post("/api/v1/search", json={"query": "甲"}))
        page = client.get("/", headers={"accept": "text/html"})
        assert page.status_code == 503
        assert 'http-equiv="refresh"' in page.text
        gate.set()
        app.state.parts.opening.wait(20)
        ready = client.get("/readyz").json()
        assert ready.pop("wechat")["state"] == "off"
        assert ready == {
            "status": "ready", "documents": 1, "clauses": 7, "index_version": "0123abcd",
            "notes": ["坏文件.txt：不是文本文件。"], "trouble": None, "store": None,
        }  # fmt: skip
        assert client.post("/api/v1/ask", json={"question": "甲"}).status_code == 200


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (IndexDamaged("索引文件 dense.npy 与清单不符，请运行 build。"), "index_damaged", "dense.npy"),
        (RuntimeError("secret"), "error", "服务未能启动"),
    ],
)
def test_an_index_that_does_not_open_is_named_by_every_endpoint(error, code, sentence):
    def fail():
        raise error

    app = create_app(Settings(), fail)
    with TestClient(
        app, "http://localhost", raise_server_exceptions=False, client=("127.0.0.1", 1)
    ) as client:
        app.state.parts.opening.wait(20)
        assert client.get("/healthz").status_code == 200
        for path in BEHIND * 2:
            response = client.get(path)
            assert response.status_code in (500, 503)
            assert (response.json()["code"], sentence in response.json()["detail"]) == (code, True)
            assert "secret" not in response.text


def test_a_time_zone_that_does_not_exist_is_refused_by_name():
    with pytest.raises(InvalidSetting, match=r"ZHENGWEN_TIMEZONE.*Mars/Base"):
        create_app(Settings(timezone="Mars/Base"), tiny_services)
    with pytest.raises(InvalidSetting):
        create_app(Settings(timezone="../etc"), tiny_services)


def check_waiting(response):
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["code"] == "not_ready"


def test_strangers_hear_whether_it_is_ready_and_nothing_of_what_is_inside(tmp_path):
    with public(tiny_services(), tmp_path) as (app, access):
        assert visitor(app).get("/readyz").json() == {"status": "ready"}
        _, secret = access.add_key("监控", ("metrics",), 100)
        assert "notes" in visitor(app, authorization=f"Bearer {secret}").get("/readyz").json()
        _, other = access.add_key("热线", ("ask",), 100)
        assert visitor(app, authorization=f"Bearer {other}").get("/readyz").json() == {"status": "ready"}
        assert "notes" in at_home(app).get("/readyz").json()

    def fail():
        raise IndexDamaged("索引文件 secret/dense.npy 与清单不符。")

    app = create_app(Settings(), fail)
    app.state.parts.opening.start()
    app.state.parts.opening.wait(20)
    for client, seen in ((visitor(app), False), (at_home(app), True)):
        refused = client.get("/readyz")
        assert (refused.status_code, "dense.npy" in refused.text) == (503, seen)
