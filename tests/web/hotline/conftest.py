"""The console with people of every role, and clients that are signed in.

    def test_a_clerk_sees_the_page(desk):
        assert desk.clerk.get("/hotline/calls").status_code == 200
        desk.editor.post("/hotline/reviewed", data={"title": "…"})    # the form's token goes along by itself

`desk` is fresh for each test; `desk.app` is its application, `desk.console` its stores, `desk.person[Role.CLERK]`
the person. `desk.client(role)` signs in once more, `desk.stranger()` is nobody. `services` may be overridden.
The `clock` goes with it: what happens at the desk happens on the same day whenever the tests run.
"""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from app.store import Person, Role, csrf_of
from app.web import create_app
from app.web.hotline.guard import COOKIE, HOST_COOKIE
from tests.web.corpus import tiny_services

BASE = "https://desk.example.gov.cn"
PASSWORD = "竹子 river 42"
PAGE = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    """The cost of a password is not what is tested here."""
    monkeypatch.setattr("app.store.password.PASSES", 1)
    monkeypatch.setattr("app.store.password.MEMORY", 8)
    monkeypatch.setattr("app.store.password.LANES", 1)


class Client(TestClient):
    """A browser at the console: asks for pages, follows no redirect, and sends its form's token along."""

    def __init__(self, app, token="", address="203.0.113.7", base=BASE):
        super().__init__(
            app,
            base,
            raise_server_exceptions=False,
            client=(address, 50000),
            follow_redirects=False,
            headers=PAGE,
        )
        if token:
            self.cookies.set(COOKIE, token, domain=self.base_url.host)  # where a response would replace it

    @property
    def csrf(self):
        token = self.cookies.get(HOST_COOKIE) or self.cookies.get(COOKIE)
        return csrf_of(token) if token else ""

    def request(self, method, url, **kwargs):
        if method not in ("GET", "HEAD", "OPTIONS") and self.csrf:
            headers = {"x-csrf-token": self.csrf, "origin": str(self.base_url).rstrip("/")}
            kwargs["headers"] = headers | dict(kwargs.get("headers") or {})
        return super().request(method, url, **kwargs)


@dataclass
class Desk:
    """An app with a person of each role."""

    app: object
    person: dict[Role, Person]

    @property
    def console(self):
        return self.app.state.console

    @property
    def today(self):
        """The day that the app goes by."""
        return self.app.state.parts.calendar.today()

    def client(self, role=Role.CLERK, **more):
        """A new session of the person of this role."""
        return Client(self.app, self.console.sign_ins.open(self.person[role]), **more)

    def stranger(self, **more):
        """Somebody who has not signed in."""
        return Client(self.app, **more)

    def __getattr__(self, name):
        try:
            role = Role(name)
        except ValueError:
            raise AttributeError(name) from None
        made = self.client(role)
        setattr(self, name, made)
        return made


@contextmanager
def desk_of(services, url, **settings):
    """An app over this database, with a person of each role; account and role have the same word."""
    app = create_app(
        Settings(**{"database_url": url, "secret": "a secret for the tests alone"} | settings),
        lambda: services,
    )
    app.state.parts.opening.start()
    app.state.parts.opening.wait(10)
    people = app.state.console.people
    have = {each.account: each for each in people.everybody()}
    made = {
        role: have.get(role.value)
        or people.add(
            role.value, PASSWORD, name=f"{role.label}甲", role=role, department="热线", must_change=False
        )
        for role in Role
    }
    yield Desk(app, made)
    app.state.wechat.close()
    app.state.console.database.close()
    app.state.parts.access.close()


@pytest.fixture
def services():
    return tiny_services()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/desk.sqlite3"


@pytest.fixture
def desk(clock, services, url):
    with desk_of(services, url) as made:
        yield made
