"""Signing in and out: what a browser sees."""

import re

from app.store import Role
from app.web.hotline.guard import COOKIE

from .conftest import PASSWORD


def token_of(page):
    return re.search(r'name="csrf" value="(\w+)"', page.text)[1]


def sign_in(client, account="clerk", password=PASSWORD, **more):
    form = client.get("/hotline/sign-in")
    data = {"account": account, "password": password, "csrf": token_of(form)} | more
    return client.post("/hotline/sign-in", data=data)


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


def test_signing_out_ends_the_session_on_the_server_too(desk):
    client = desk.client(Role.CLERK)
    token = client.cookies.get(COOKIE)
    assert client.post("/hotline/sign-out").status_code == 303
    assert desk.console.sign_ins.find(token) is None
