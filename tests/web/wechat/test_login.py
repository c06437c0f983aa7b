import time

import pytest

from app.errors import LoginExpired
from app.web.wechat.cipher import PersonHash
from app.web.wechat.logins import LIFE, Logins
from scripts.fake_wechat import APPID, Fault

from .office import SIGNING, Client, login, office

LOGIN = "/sns/jscode2session"


def ask(client, headers):
    return client.post("/wechat/v1/ask", json={"question": "注意事项有哪些？"}, headers=headers)


def attempt(client, code="code-anna"):
    return client.post("/wechat/v1/login", json={"code": code})


def test_a_code_becomes_a_token_of_ours_and_nothing_of_wechats(client, fake):
    body = attempt(client).json()
    assert set(body) == {"token", "refresh_token", "expires_in"}
    assert body["expires_in"] == LIFE
    assert ask(client, {"authorization": f"Bearer {body['token']}"}).status_code == 200
    assert fake.calls[0].query["grant_type"] == "authorization_code"


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"},
                                     {"authorization": "Bearer " + "A" * 3000}, {"authorization": "Bearer \u00e9".encode("latin-1")}])  # fmt: skip
def test_without_a_token_of_ours_nothing_is_told(client, headers):
    response = ask(client, headers)
    assert (response.status_code, response.json()["code"]) == (401, "login_expired")


def test_a_changed_token_is_refused(client):
    token = login(client)["authorization"]
    for changed in (
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        token + "A",
        token.replace("Bearer ", "Bearer A"),
    ):
        assert ask(client, {"authorization": changed}).status_code == 401


def test_a_refresh_token_is_good_once_and_not_as_a_token(client):
    first = attempt(client).json()
    assert ask(client, {"authorization": f"Bearer {first['refresh_token']}"}).status_code == 401
    second = client.post("/wechat/v1/refresh", json={"refresh_token": first["refresh_token"]})
    assert ask(client, {"authorization": f"Bearer {second.json()['token']}"}).status_code == 200
    again = client.post("/wechat/v1/refresh", json={"refresh_token": first["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "login_expired")
    assert client.post("/wechat/v1/refresh", json={"refresh_token": first["token"]}).status_code == 401


class Always:
    def first(self, kind, mark, seconds):
        return True


def test_a_token_ends():
    now = [time.time()]
    logins = Logins(SIGNING, APPID, Always(), lambda: now[0])
    made = logins.login("openid-anna")
    assert logins.read(made.token).openid == "openid-anna"
    now[0] += LIFE
    with pytest.raises(LoginExpired):
        logins.read(made.token)
    assert "openid" not in repr(logins.refresh(made.refresh_token))


@pytest.mark.parametrize(("code", "status", "name"), [
    (-1, 503, "wechat_unavailable"), (40029, 401, "login_refused"), (40163, 401, "login_refused"),
    (45011, 429, "too_many_requests"), (40226, 401, "login_refused"), (40125, 503, "wechat_unavailable"),
])  # fmt: skip
def test_each_errcode_has_its_answer(client, fake, code, status, name):
    fake.fail(LOGIN, Fault("errcode", code))
    response = attempt(client)
    assert (response.status_code, response.json()["code"]) == (status, name)
    assert response.headers["content-type"] == "application/problem+json"
    assert attempt(client).status_code == 200


@pytest.mark.parametrize(
    "fault", [Fault("status", 502), Fault("status", 404), Fault("malformed"), Fault("hangup")]
)
def test_wechat_being_away_is_said(client, fake, fault):
    fake.fail(LOGIN, fault)
    response = attempt(client)
    assert (response.status_code, response.json()["code"]) == (503, "wechat_unavailable")
    assert attempt(client).status_code == 200


def test_wechat_being_slow_is_not_waited_for(client, fake, monkeypatch):
    monkeypatch.setattr("app.web.wechat.client.TIMEOUT", 0.2)
    fake.fail(LOGIN, Fault("slow", seconds=1))
    assert attempt(client).status_code == 503


def test_a_server_that_is_not_there_is_said(tmp_path):
    with office(tmp_path, None) as client:
        assert attempt(client).json()["code"] == "wechat_unavailable"


def test_one_address_may_try_so_often_a_minute(tmp_path, fake):
    with office(tmp_path, fake, address_per_minute=3) as client:
        elsewhere = Client(client.app_, "http://policy.example", client=("203.0.113.9", 50000))
        assert [attempt(elsewhere, "bad").status_code for _ in range(4)] == [401, 401, 401, 429]
        assert attempt(client).status_code == 200
        assert fake.count(LOGIN) == 4


def test_what_the_mini_program_says_of_itself_is_noted_and_not_believed(client):
    person = PersonHash(SIGNING, APPID).of("openid-anna")
    headers = {"referer": f"https://servicewechat.com/{APPID}/12/page-frame.html", "x-wx-openid": "openid-ben",
               "x-wx-source": "wx_client\x07" + "x" * 100}  # fmt: skip
    ask(client, login(client, headers=headers))
    facts = client.app_.state.wechat.desk().records.facts(person)
    assert facts["x-wx-source"].endswith("…")
    assert {name: facts[name] for name in ("referer", "version", "appid", "openid")} == {
        "referer": "match", "version": "12", "appid": "absent", "openid": "other",
    }  # fmt: skip


def test_the_database_holds_no_openid(client, tmp_path):
    headers = login(client)
    ask(client, headers)
    client.get("/wechat/v1/history", headers=headers)
    client.store.flush()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("store.sqlite3*"))
    assert b"openid-anna" not in kept
    assert b"session-key" not in kept
    assert b"access-token-" not in kept
    assert PersonHash(SIGNING, APPID).of("openid-anna").encode() in kept
