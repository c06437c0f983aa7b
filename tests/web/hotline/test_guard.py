"""Every console route × everybody who may come, generated from the app's own route table."""

import re
from contextlib import contextmanager

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from app.errors import InvalidSetting, SignInRequired
from app.settings import Settings
from app.store import Role
from app.web import create_app, hotline
from app.web.body import JsonRoute
from app.web.hotline import OPEN
from app.web.hotline.guard import COOKIE, role_of
from tests.web.corpus import tiny_services
from tests.web.hotline.conftest import BASE, Client, desk_of
from tests.web.visitors import at_home

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One desk for the whole table: none of these requests may change anything that others need."""
    with (
        _cheap(),
        desk_of(tiny_services(), f"sqlite:///{tmp_path_factory.mktemp('guard')}/desk.sqlite3") as made,
    ):
        yield made


@contextmanager
def _cheap():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("PASSES", 1), ("MEMORY", 8), ("LANES", 1)):
            patch.setattr(f"app.store.password.{name}", value)
        yield


class Address(str):
    """The address of a route; `sent` is what goes along so that the request is well formed."""

    sent: dict


def address_of(route):
    """Parameters are filled with an id nobody has."""
    made = Address(re.sub(r"\{[^}]+\}", "none-such", route.path))
    made.sent = {"json": {}} if isinstance(route, JsonRoute) and route.body_field is not None else {}
    return made


def guarded(desk):
    """(method, address, role) of every route that needs somebody."""
    return [
        (method, address_of(route), role_of(route))
        for route in desk.console.routes
        if route.path not in OPEN
        for method in sorted(route.methods)
    ]


def test_the_table_is_not_empty_and_every_route_has_a_role(shared):
    assert len(guarded(shared)) > 10
    assert all(isinstance(role, Role) for _, _, role in guarded(shared))


def test_nobody_gets_to_the_sign_in_page_and_no_further(shared):
    for method, address, _ in guarded(shared):
        refused = shared.stranger().request(method, address, **address.sent)
        assert refused.status_code == 303, (method, address)
        assert refused.headers["location"].startswith("/hotline/sign-in"), (method, address)
        told = shared.stranger().request(
            method, address, **address.sent, headers={"accept": "application/json"}
        )
        assert (told.status_code, told.json()["code"]) == (401, "sign_in_required"), (method, address)


def test_neither_this_machine_nor_a_key_opens_a_console_route(shared):
    _, key = shared.app.state.parts.access.add_key("程序", ("ask", "search", "read", "metrics"), 600)
    home = at_home(shared.app, authorization=f"Bearer {key}")
    for method, address, _ in guarded(shared):
        assert home.request(method, address, **address.sent, follow_redirects=False).status_code == 401, (
            method,
            address,
        )


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_is_its_own_and_nothing_beyond(shared, role):
    wrong = []
    for method, address, needed in guarded(shared):
        got = shared.client(role).request(method, address, **address.sent)
        refused = got.status_code in (401, 403) or got.headers.get("location", "").startswith(
            "/hotline/sign-in?"
        )
        if refused is role.covers(needed):
            wrong.append((method, address, needed, got.status_code))
        if got.status_code == 403:
            assert "您的角色" in got.text
    assert wrong == []


def test_a_role_that_may_gets_no_unforeseen_failure(shared):
    answers = [
        (method, address, shared.client(Role.ADMIN).request(method, address, **address.sent).status_code)
        for method, address, _ in guarded(shared)
    ]
    assert [each for each in answers if each[2] == 500] == []


FORGED = {
    "no token": {"x-csrf-token": ""},
    "a token of one's own making": {"x-csrf-token": "0" * 64},
    "another site's page": {"origin": "https://evil.example"},
    "a page without an origin": {"origin": "null"},
    "another site's request": {"sec-fetch-site": "cross-site"},
    "a neighbour's request": {"sec-fetch-site": "same-site"},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_no_other_site_can_make_a_signed_in_browser_do_anything(shared, forged):
    for method, address, _ in guarded(shared):
        if method in UNSAFE:
            got = shared.client(Role.ADMIN).request(
                method, address, **address.sent, headers={"accept": "application/json"} | forged
            )
            assert (got.status_code, got.json()["code"]) == (403, "form_expired"), (method, address)


def test_the_token_of_one_session_is_no_good_in_another(shared):
    mine, theirs = shared.client(Role.ADMIN), shared.client(Role.ADMIN)
    assert mine.csrf != theirs.csrf
    got = mine.post("/hotline/account/sign-out-elsewhere", headers={"x-csrf-token": theirs.csrf})
    assert got.status_code == 403


def test_the_token_may_come_in_a_field_of_either_kind_of_form(shared):
    client = shared.client(Role.ADMIN)
    plain = TestClient(shared.app, BASE, follow_redirects=False, cookies={COOKIE: client.cookies.get(COOKIE)})
    address = "/hotline/account/sign-out-elsewhere"
    assert plain.post(address, data={"csrf": client.csrf}).status_code == 303
    assert plain.post(address, files={"csrf": (None, client.csrf)}).status_code == 303
    assert plain.post(address, files={"csrf": ("file.txt", client.csrf)}).status_code == 403
    assert plain.post(address, json={"csrf": client.csrf}).status_code == 403
    assert (
        plain.post(address, content=b"\xff", headers={"content-type": "multipart/form-data"}).status_code
        == 403
    )


def test_reading_is_never_answered_to_another_origin(shared):
    client = shared.client(Role.ADMIN)
    got = client.get("/admin/people", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in got.headers
    asked = client.options("/admin/people", headers={"access-control-request-method": "POST"})
    assert asked.status_code == 405
    assert "access-control-allow-origin" not in asked.headers


def test_console_pages_are_not_stored_and_may_not_be_framed(shared):
    for page in (shared.stranger().get("/hotline/sign-in"), shared.client(Role.ADMIN).get("/admin/people")):
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-frame-options"] == "DENY"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert not re.search(r"<script(?! src=)|<style| style=| on\w+=", page.text)


def test_the_console_can_be_kept_to_the_networks_of_the_office(services, url):
    with desk_of(
        services, url, console_networks="10.1.0.0/16, 2001:db8::/32", trusted_proxies="192.0.2.1"
    ) as desk:
        for address, way in (
            ("10.1.2.3", {}),
            ("::ffff:10.1.2.3", {}),
            ("2001:db8::7", {}),
            ("192.0.2.1", {"x-forwarded-for": "10.1.2.3"}),
        ):
            assert desk.stranger(address=address).get("/hotline/sign-in", headers=way).status_code == 200, (
                address
            )
        for address, way in (
            ("10.2.2.3", {}),
            ("203.0.113.7", {"x-forwarded-for": "10.1.2.3"}),
            ("192.0.2.1", {"x-forwarded-for": "10.1.2.3, 203.0.113.7"}),
        ):
            outside = desk.stranger(address=address)
            page = outside.get("/hotline/sign-in", headers=way)
            assert page.status_code == 403, address
            assert "工作台只对单位内部的网络开放" in page.text
            assert outside.post("/hotline/sign-in", headers=way).status_code == 403
            assert outside.get("/", headers=way).status_code == 200
        assert at_home(desk.app).get("/hotline/sign-in").status_code == 200
    with pytest.raises(InvalidSetting, match="ZHENGWEN_CONSOLE_NETWORKS"):
        create_app(Settings(console_networks="office"), tiny_services)


def test_a_cookie_that_was_never_given_is_nobody(shared):
    for token in ("x", "' OR 1=1 --", "a" * 4000, "%00", "\u00e9"):
        client = Client(shared.app)
        got = client.get("/hotline/account", headers={"cookie": f"{COOKIE}={token}".encode("latin-1")})
        assert got.status_code == 303, token


def test_a_route_without_a_guard_keeps_the_app_from_starting(monkeypatch):
    router = APIRouter()
    router.get("/hotline/open-door")(lambda: "")
    monkeypatch.setattr(hotline, "ROUTERS", (*hotline.ROUTERS, router))
    with pytest.raises(TypeError, match="open-door"):
        create_app(Settings(), tiny_services)


def test_asking_who_signed_in_without_a_guard_is_refused():
    from starlette.requests import Request

    from app.web.hotline.guard import signed_in

    with pytest.raises(SignInRequired):
        signed_in(Request({"type": "http", "state": {}}))


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_a_form_with_nothing_but_its_token_is_told_what_is_missing(shared, encoding):
    """It is the sender's fault: never 500 or 503, but where this app takes no documents at all."""
    client, failed = shared.client(Role.ADMIN), []
    field = {"csrf": client.csrf}
    sent = {"data": field} if encoding == "urlencoded" else {"files": {"csrf": (None, client.csrf)}}
    for method, address, _ in guarded(shared):
        if method == "GET" or address.startswith("/hotline/sign-out") or address.sent:
            continue
        response = client.request(method, str(address), **sent)
        if response.status_code >= 500 and "没有开通文件管理" not in response.text:
            failed.append((address, response.status_code, re.findall(r"<p[^>]*>(.*?)</p>", response.text)))
    assert failed == []
