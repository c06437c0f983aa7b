"""What a key stroke does not pay for anew, and what it pays for every time all the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import Role
from app.web.hotline import quick
from app.web.hotline.quick import Lately


@pytest.fixture
def seconds(monkeypatch, desk):
    """The seconds the guard of the look-up sees."""
    seconds = [100.0]
    (route,) = [each for each in desk.console.routes if each.path == "/hotline/search"]
    guard = next(
        each.call for each in route.dependant.dependencies if isinstance(each.call, quick.TrustingGuard)
    )
    monkeypatch.setattr(guard, "_clock", lambda: seconds[0])
    return seconds


def look(client, query="注意"):
    return client.post("/hotline/search", json={"query": query}, headers={"accept": "application/json"})


def counted(monkeypatch, desk):
    """How often the database was asked who has signed in."""
    asked = []
    find = type(desk.console.sign_ins).find

    def counting(self, token):
        asked.append(token)
        return find(self, token)

    monkeypatch.setattr(type(desk.console.sign_ins), "find", counting)
    return asked


def test_the_database_is_asked_once_in_some_seconds(desk, seconds, monkeypatch):
    asked = counted(monkeypatch, desk)
    for _ in range(5):
        assert look(desk.clerk).status_code == 200
    assert len(asked) == 1
    seconds[0] += quick.TRUST
    look(desk.clerk)
    assert len(asked) == 2
    look(desk.client(Role.CLERK))
    assert len(asked) == 3


def test_whoever_is_disabled_or_signed_out_is_out_some_seconds_later_and_everywhere_else_at_once(
    desk, seconds
):
    clerk = desk.client(Role.CLERK)
    assert look(clerk).status_code == 200
    desk.console.people.disable(desk.person[Role.CLERK].id)
    assert clerk.post("/hotline/ask", json={"query": "注意"}, headers={"accept": "*/*"}).status_code == 401
    seconds[0] += quick.TRUST
    assert look(clerk).status_code == 401
    seconds[0] += quick.TRUST
    assert look(desk.stranger()).status_code == 401


def test_the_form_token_is_checked_every_time(desk, seconds):
    assert look(desk.clerk).status_code == 200
    for headers in (
        {"x-csrf-token": "0"},
        {"origin": "https://evil.example", "x-csrf-token": desk.clerk.csrf},
    ):
        assert desk.clerk.post("/hotline/search", json={"query": "注意"}, headers=headers).status_code == 403


def test_a_short_beginning_is_looked_up_once_and_a_long_query_each_time(desk, services):
    for _ in range(3):
        look(desk.clerk, "注意")
        look(desk.editor, "注意")
        look(desk.clerk, "注意事项里的第二项是什么")
    assert [each["query"] for each in services.retriever.asked] == ["注意"] + ["注意事项里的第二项是什么"] * 3
    desk.clerk.post("/hotline/search", json={"query": "注意", "kind": "原文"})
    desk.clerk.post("/hotline/search", json={"query": "注意", "as_of": "2024-05-01"})
    assert len(services.retriever.asked) == 6


def test_other_services_begin_with_nothing(desk, services):
    look(desk.clerk, "注意")
    other = replace(services, store=None)
    kept = desk.app.state.quick_answers
    assert len(kept) == 1

    class Request:
        app = desk.app

    assert len(quick.beginnings(Request, other)) == 0
    assert len(quick.beginnings(Request, other)) == 0


@given(st.lists(st.tuples(st.integers(0, 8), st.integers()), max_size=40), st.integers(1, 5))
def test_what_was_used_lately_is_kept_and_never_more(puts, most):
    lately = Lately(most)
    order = []
    for key, value in puts:
        lately.put(key, value)
        order = [each for each in order if each[0] != key] + [(key, value)]
        assert len(lately) <= most
    for key, value in order[-most:]:
        assert lately.get(key) == value
    for key, _ in order[:-most]:
        assert lately.get(key) is None
