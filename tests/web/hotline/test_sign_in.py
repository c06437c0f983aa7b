"""Signing in and out: what a browser sees, and what somebody who guesses or plants a session gets."""

import json
import re
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clock import now
from app.settings import Settings
from app.store import Limits, Role, SignIns, open_security_log
from app.web import create_app
from app.web.hotline.guard import COOKIE, HOST_COOKIE
from app.web.hotline.sign_in import FORM_COOKIE, _inside, browser_of
from tests.web.corpus import tiny_services

from .conftest import PASSWORD, Client, desk_of

WRONG = "竹子 river 43"


def token_of(page):
    return re.search(r'name="csrf" value="(\w+)"', page.text)[1]


def sign_in(client, account="clerk", password=PASSWORD, **more):
    form = client.get("/hotline/sign-in")
    data = {"account": account, "password": password, "csrf": token_of(form)} | more
    return client.post(
        "/hotline/sign-in", data=data, headers={"x-csrf-token": ""}
    )  # as a browser: the field alone


def works(client):
    return client.get("/hotline/account").status_code == 200


def test_signing_in_leads_to_the_page_that_was_asked_for(desk):
    client = desk.stranger()
    asked = client.get("/hotline/account?x=1")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/hotline/sign-in?next=%2Fhotline%2Faccount%3Fx%3D1",
    )
    done = sign_in(client, next="/hotline/account?x=1")
    assert (done.status_code, done.headers["location"]) == (303, "/hotline/account?x=1")
    page = client.get("/hotline/account")
    assert page.status_code == 200
    assert "坐席甲" in page.text
    assert client.get("/hotline/sign-in").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(desk):
    client = desk.client(Role.CLERK)
    token = client.cookies.get(COOKIE)
    assert client.post("/hotline/sign-out").status_code == 303
    assert desk.console.sign_ins.find(token) is None
    assert not works(Client(desk.app, token))


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk):
    client = desk.stranger()
    planted = sign_in(client).headers.get_list("set-cookie")
    (session,) = [each for each in planted if each.startswith(HOST_COOKIE)]
    for word in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"):
        assert word in session
    assert "max-age" not in session.lower()


def test_the_cookie_is_not_marked_secure_where_the_browser_speaks_plain_http(desk):
    plain = Client(desk.app, base="http://10.1.2.3:8000")
    assert "Secure" not in sign_in(plain).headers["set-cookie"]
    assert works(plain)
    behind = Client(desk.app, base="http://desk.example.gov.cn")
    form = behind.get("/hotline/sign-in")
    done = behind.post(
        "/hotline/sign-in",
        data={"account": "clerk", "password": PASSWORD, "csrf": token_of(form)},
        headers={"origin": "https://desk.example.gov.cn"},
    )
    assert "Secure" in done.headers["set-cookie"]


def test_a_session_that_was_planted_before_is_worth_nothing_after(desk):
    planted = desk.console.sign_ins.open(desk.person[Role.CLERK])
    victim = Client(desk.app, planted)
    assert victim.post("/hotline/sign-out").status_code == 303
    victim.cookies.set(COOKIE, "chosen-by-somebody-else", domain="desk.example.gov.cn")
    assert sign_in(victim, "admin").status_code == 303
    assert not works(Client(desk.app, "chosen-by-somebody-else"))
    assert not works(Client(desk.app, planted))
    assert works(victim)


def test_a_neighbouring_host_cannot_push_its_session_before_ones_own(desk):
    mine = desk.stranger()
    assert sign_in(mine, "clerk").status_code == 303
    mine.cookies.set(
        COOKIE, desk.console.sign_ins.open(desk.person[Role.ADMIN]), domain="desk.example.gov.cn"
    )
    assert "坐席甲" in mine.get("/hotline/account").text
    assert mine.get("/admin/people").status_code == 403
    assert mine.post("/hotline/sign-out").status_code == 303
    assert not mine.cookies.get(HOST_COOKIE)


def test_nobody_can_be_signed_in_from_another_site(desk):
    data = {"account": "clerk", "password": PASSWORD}
    fresh = desk.stranger()
    assert fresh.post("/hotline/sign-in", data=data).status_code == 403
    ready = desk.stranger()
    token = token_of(ready.get("/hotline/sign-in"))
    for headers, csrf in (
        ({"origin": "https://evil.example"}, token),
        ({"sec-fetch-site": "cross-site"}, token),
        ({}, "x"),
    ):
        got = ready.post("/hotline/sign-in", data=data | {"csrf": csrf}, headers=headers)
        assert got.status_code == 403
        assert COOKIE not in got.headers.get("set-cookie", "")
    planted = Client(desk.app)
    planted.cookies.set(FORM_COOKIE, "")
    assert planted.post("/hotline/sign-in", data=data | {"csrf": "e" * 64}).status_code == 403


def test_a_wrong_password_and_an_unknown_account_read_the_same(desk):
    seen = []
    for account in ("clerk", "nobody-here"):
        got = sign_in(desk.stranger(), account, WRONG)
        seen.append((got.status_code, got.text.replace(account, "…").replace(token_of(got), "…")))
    assert seen[0] == seen[1]
    assert seen[0][0] == 401
    assert WRONG not in seen[0][1]


def test_an_account_is_locked_after_repeated_failures_told_plainly_and_for_a_time(desk):
    for _ in range(5):
        assert sign_in(desk.stranger(), "clerk", WRONG).status_code == 401
    told = sign_in(desk.stranger(), "CLERK", PASSWORD)
    assert told.status_code == 429
    assert "已暂停登录，请在 15 分钟后再试" in told.text
    assert 800 < int(told.headers["retry-after"]) <= 900
    assert sign_in(desk.stranger(), "editor").status_code == 303
    desk.console.people.set_password(desk.person[Role.CLERK].id, "another 词语 77")
    assert sign_in(desk.stranger(), "clerk", "another 词语 77").status_code == 303


def test_failures_from_elsewhere_lock_no_one_out_where_they_work(desk, monkeypatch):
    monkeypatch.setattr(
        "app.web.admission.Admission.in_office", lambda self, scope: scope["client"][0] == "192.0.2.7"
    )
    assert sign_in(desk.stranger(address="203.0.113.50"), "clerk").status_code == 303
    for _ in range(5):
        assert sign_in(desk.stranger(address="198.51.100.9"), "clerk", WRONG).status_code == 401
    assert sign_in(desk.stranger(address="198.51.100.9"), "clerk").status_code == 429
    assert sign_in(desk.stranger(address="198.51.100.10"), "clerk").status_code == 303
    for at in range(45):
        assert sign_in(desk.stranger(address=f"203.0.{at}.1"), "clerk", WRONG).status_code == 401
    told = sign_in(desk.stranger(address="198.51.100.200"), "clerk")
    assert told.status_code == 429
    assert "办公网络" in told.text
    assert sign_in(desk.stranger(address="203.0.113.50"), "clerk").status_code == 303
    assert sign_in(desk.stranger(address="192.0.2.7"), "clerk").status_code == 303
    assert sign_in(desk.stranger(address="198.51.100.200"), "clerk").status_code == 429


def test_the_holder_of_an_account_is_told_of_failed_attempts(desk):
    assert sign_in(desk.stranger(), "clerk").status_code == 303
    for _ in range(3):
        sign_in(desk.stranger(address="198.51.100.9"), "clerk", WRONG)
    client = desk.stranger()
    assert sign_in(client, "clerk").status_code == 303
    page = client.get("/hotline/account").text
    assert "登录失败 3 次" in page
    assert "198.51.100.9" in page
    again = desk.stranger()
    assert sign_in(again, "clerk").status_code == 303
    assert "登录失败" not in again.get("/hotline/account").text


def test_refusals_locks_and_changes_of_role_are_lines_of_json(services, url, tmp_path):
    file = tmp_path / "log" / "security.jsonl"
    try:
        with desk_of(services, url, security_log=str(file)) as desk:
            for _ in range(6):
                sign_in(desk.stranger(), "clerk", WRONG)
            desk.client(Role.CLERK).get("/admin/people")
            clerk = desk.person[Role.CLERK].id
            desk.client(Role.ADMIN).post(f"/admin/people/{clerk}", data={"role": "editor"})
    finally:
        open_security_log("")
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    done = [each.get("action") for each in told if each["event"] == "audit"]
    assert done.count("登录失败") == 5
    assert {"暂停登录", "修改人员"} <= set(done)
    refused = [each for each in told if each["event"] == "refused"]
    assert {"path": "/admin/people", "code": "role_not_allowed"}.items() <= refused[-1].items()
    assert all(WRONG not in str(each) and each["time"] for each in told)


def test_a_lock_neither_shows_whether_an_account_exists_nor_ends_sessions(desk):
    at_work = desk.client(Role.CLERK)
    told = {
        account: [sign_in(desk.stranger(), account, WRONG).status_code for _ in range(6)]
        for account in ("clerk", "none")
    }
    assert told["clerk"] == told["none"] == [401] * 5 + [429]
    assert works(at_work)


def test_an_address_is_locked_whatever_accounts_it_tries(services, url):
    with desk_of(services, url, console_address_failures=4) as desk:
        for account in ("a1", "b2", "c3", "d4"):
            assert sign_in(desk.stranger(), account, WRONG).status_code == 401
        assert sign_in(desk.stranger(), "clerk").status_code == 429
        assert sign_in(desk.stranger(address="198.51.100.9"), "clerk").status_code == 303


def test_many_guesses_at_once_are_counted_like_one_after_another(desk):
    statuses, forms = [], [desk.stranger() for _ in range(12)]
    tokens = [token_of(each.get("/hotline/sign-in")) for each in forms]

    def guess(client, token):
        data = {"account": "clerk", "password": WRONG, "csrf": token}
        statuses.append(client.post("/hotline/sign-in", data=data).status_code)

    threads = [threading.Thread(target=guess, args=pair) for pair in zip(forms, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [401] * 5 + [429] * 7


def test_successes_never_lock_an_address(services, url):
    with desk_of(services, url, console_address_failures=3) as desk:
        assert [sign_in(desk.stranger()).status_code for _ in range(6)] == [303] * 6


def test_a_session_left_alone_ends(desk):
    client = desk.client(Role.CLERK)
    assert works(client)
    later = desk.console.sign_ins.find
    token = client.cookies.get(COOKIE)
    late = SignIns(desk.console.database, Limits(), lambda: now() + timedelta(minutes=61))
    assert late.find(token) is None
    assert later(token)


def test_two_processes_share_sessions_and_locks(desk, services, url):
    client = desk.client(Role.CLERK)
    with desk_of(services, url) as other:
        moved = Client(other.app, client.cookies.get(COOKIE))
        assert works(moved)
        for _ in range(3):
            sign_in(desk.stranger(), "editor", WRONG)
        for _ in range(2):
            sign_in(other.stranger(), "editor", WRONG)
        assert sign_in(desk.stranger(), "editor").status_code == 429
        other.console.people.disable(desk.person[Role.CLERK].id)
        assert not works(client)
        assert sign_in(desk.stranger(), "clerk").status_code == 401


def test_the_password_is_changed_and_all_other_sessions_end(desk):
    here, elsewhere = desk.client(Role.CLERK), desk.client(Role.CLERK)
    before = here.cookies.get(COOKIE)
    wanted = "江河 lake 88 湖海"
    for data, why in (
        ({"present": WRONG, "wanted": wanted, "again": wanted}, "现在的密码不对"),
        ({"present": PASSWORD, "wanted": wanted, "again": wanted + "x"}, "不一样"),
        ({"present": PASSWORD, "wanted": "short", "again": "short"}, "至少 10 个"),
        ({"present": PASSWORD, "wanted": PASSWORD, "again": PASSWORD}, "相同"),
    ):
        got = here.post("/hotline/account/password", data=data)
        assert got.status_code == 422
        assert why in got.text
    done = here.post(
        "/hotline/account/password", data={"present": PASSWORD, "wanted": wanted, "again": wanted}
    )
    assert done.status_code == 303
    fresh = re.search(rf"{HOST_COOKIE}=([^;]+)", ",".join(done.headers.get_list("set-cookie")))[1]
    assert works(Client(desk.app, fresh))
    assert not works(elsewhere)
    assert not works(Client(desk.app, before))
    assert sign_in(desk.stranger(), "clerk", PASSWORD).status_code == 401
    assert sign_in(desk.stranger(), "clerk", wanted).status_code == 303


def test_a_password_that_somebody_else_chose_must_be_changed_first(desk):
    desk.console.people.set_password(desk.person[Role.EDITOR].id, "given 一次 用", must_change=True)
    client = desk.client(Role.EDITOR)
    for route in desk.console.routes:
        if (
            "GET" in route.methods
            and "{" not in route.path
            and not route.path.startswith(("/hotline/account", "/hotline/sign"))
        ):
            got = client.get(route.path)
            assert (got.status_code, got.headers["location"]) == (303, "/hotline/account"), route.path
            told = client.get(route.path, headers={"accept": "application/json"})
            assert told.json()["code"] == "password_to_change"
    assert works(client)


def test_signing_out_elsewhere_leaves_this_browser(desk):
    here, elsewhere = desk.client(Role.CLERK), desk.client(Role.CLERK)
    assert here.post("/hotline/account/sign-out-elsewhere").status_code == 303
    assert works(here)
    assert not works(elsewhere)


def test_every_sign_in_and_failure_is_on_record_but_no_typed_password(desk):
    sign_in(desk.stranger())
    sign_in(desk.stranger(), "clerk", WRONG)
    sign_in(desk.stranger(), "typed-my-password-here", WRONG)
    records = desk.console.audit.records(limit=4)
    assert [(each.action, each.subject) for each in records[:3]] == [
        ("登录失败", "没有这个账号"),
        ("登录失败", "坐席甲（clerk）"),
        ("登录", ""),
    ]
    assert all(each.address == "203.0.113.7" for each in records[:3])
    assert not [each for each in records if "typed-my" in str(each) or WRONG in str(each)]


def test_the_first_start_says_how_to_make_an_administrator(url):
    app = create_app(Settings(database_url=url), tiny_services)
    page = Client(app).get("/hotline/sign-in")
    assert "python -m app people add" in page.text
    assert sign_in(Client(app), "admin", "admin").status_code == 401
    app.state.console.people.add("admin", PASSWORD, role=Role.ADMIN)
    assert "people add" not in Client(app).get("/hotline/sign-in").text
    app.state.console.database.close()


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/hotline//evil.example", "javascript:alert(1)", "/",
     "/hotlineevil", "/hotline\r\nset-cookie: x=1", "hotline", "/hotline/sign-out", "/hotline/\u202e", ""],
)  # fmt: skip
def test_signing_in_never_leads_away(desk, path):
    client = desk.stranger()
    done = sign_in(client, next=path)
    assert done.status_code == 303
    assert done.headers["location"].startswith(("/hotline", "/admin"))
    assert "evil" not in done.headers["location"]


@given(st.text(max_size=60))
def test_where_to_go_on_is_always_a_path_of_the_console(path):
    found = _inside("/hotline" + path)
    assert found == "" or (
        found.startswith("/hotline") and "//" not in found and "\\" not in found and "\n" not in found
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.text(max_size=100), st.text(max_size=600))
def test_whatever_is_typed_to_sign_in_is_refused_in_words(desk, account, password):
    got = sign_in(desk.stranger(), account, password)
    assert got.status_code in (401, 429)


@pytest.mark.parametrize(
    ("agent", "shown"),
    [("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
     ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36", "Chrome · Linux"),
     ("curl/8", "curl/8"), ("", "（未说明）")],
)  # fmt: skip
def test_a_browser_is_named_in_a_word_or_two(agent, shown):
    assert browser_of(agent) == shown
