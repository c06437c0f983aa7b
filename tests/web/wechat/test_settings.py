import pytest

from app.errors import InvalidSetting
from app.settings import Settings
from app.web import create_app

from ..conftest import serving
from ..corpus import tiny_services
from .office import AES_KEY, PUSH_TOKEN, SIGNING, office

NAMES = ["ZHENGWEN_WECHAT_APPID", "ZHENGWEN_WECHAT_SECRET", "ZHENGWEN_WECHAT_SIGNING_SECRET"]
PUSH = "ZHENGWEN_WECHAT_PUSH_TOKEN"
CALLS = [
    ("POST", "/wechat/v1/login"), ("POST", "/wechat/v1/refresh"), ("POST", "/wechat/v1/ask"),
    ("POST", "/wechat/v1/ask/stream"), ("POST", "/wechat/v1/feedback"), ("GET", "/wechat/v1/history"),
    ("DELETE", "/wechat/v1/history"), ("GET", "/wechat/v1/clauses/new-energy:1"), ("GET", "/wechat/v1/documents"),
    ("GET", "/wechat/v1/documents/new-energy"), ("GET", "/wechat/v1/push"), ("POST", "/wechat/v1/push"),
]  # fmt: skip
BODY = {"code": "c", "refresh_token": "r", "question": "注意事项有哪些？", "answer_id": "a", "helpful": True}
QUERY = {"signature": "s", "timestamp": "1", "nonce": "n", "echostr": "e"}


def test_the_calls_here_are_all_there_are():
    paths = create_app(Settings(), tiny_services).openapi()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    wechat = {(method, path) for method, path in described if path.startswith("/wechat/")}
    shown = {
        (method, path.replace("new-energy:1", "{clause_id}").replace("new-energy", "{document_id}"))
        for method, path in CALLS
    }
    assert shown == wechat


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_without_settings_every_call_is_answered_404_as_a_problem_that_names_them(method, path, accept):
    with serving(tiny_services()) as client:
        given = {"json": BODY} if method == "POST" else {}
        headers = {"accept": accept, "authorization": "Bearer x"}
        response = client.request(method, path, params=QUERY, headers=headers, **given)
        assert (response.status_code, response.json()["code"]) == (404, "wechat_off")
        assert response.headers["content-type"] == "application/problem+json"
        assert all(name in response.json()["detail"] for name in NAMES)


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_what_is_off_is_off_for_broken_requests_too(method, path):
    with serving(tiny_services()) as client:
        for given in (
            {},
            {"content": b"{"},
            {"content": b"[]", "headers": {"content-type": "application/json"}},
        ):
            assert client.request(method, path, **given).json()["code"] == "wechat_off"


def ready(client):
    return client.get("/readyz").json()["wechat"]


def test_readyz_names_what_is_absent_and_the_rest_works(tmp_path):
    with serving(tiny_services()) as client:
        assert ready(client)["missing"] == [*NAMES, PUSH]
        assert client.post("/api/v1/ask", json={"question": "注意事项有哪些？"}).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_one_absent_setting_is_enough_to_be_off(tmp_path, fake, name):
    with office(tmp_path, fake, **{name.removeprefix("ZHENGWEN_").lower(): " "}) as client:
        state = ready(client)
        assert (state["state"], state["missing"]) == ("off", [name])
        assert name in state["sentence"]
        assert client.post("/wechat/v1/login", json={"code": "code-anna"}).status_code == 404


def test_without_the_push_token_only_the_push_is_off(tmp_path, fake):
    with office(tmp_path, fake, wechat_push_token="") as client:
        assert (ready(client)["state"], ready(client)["missing"]) == ("on", [PUSH])
        assert client.get("/wechat/v1/push", params=QUERY).status_code == 404
        assert client.post("/wechat/v1/login", json={"code": "code-anna"}).status_code == 200


def test_with_all_settings_nothing_is_missing(client):
    assert ready(client) == {"state": "on", "missing": [], "sentence": "微信渠道已开通。"}


@pytest.mark.parametrize(("name", "value"), [
    ("wechat_signing_secret", "too-short"), ("wechat_push_aes_key", "not-a-key"), ("wechat_api", "api.weixin.qq.com"),
    ("wechat_api", "ftp://api.weixin.qq.com"), ("wechat_api", ""),
])  # fmt: skip
def test_a_value_that_can_never_work_stops_the_start_with_a_sentence(name, value):
    with pytest.raises(InvalidSetting, match=f"ZHENGWEN_{name.upper()}") as raised:
        create_app(Settings(**{name: value}), tiny_services)
    assert name == "wechat_api" or value not in str(raised.value)


def test_settings_do_not_show_their_secrets():
    shown = repr(
        Settings(
            wechat_signing_secret=SIGNING,
            wechat_push_aes_key=AES_KEY,
            wechat_push_token=PUSH_TOKEN,
            wechat_secret="s3cret",
        )
    )
    assert not any(secret in shown for secret in (SIGNING, AES_KEY, PUSH_TOKEN, "s3cret"))
