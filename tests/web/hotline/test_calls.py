"""Calls over HTTP: written down as they go, seen and changed by whom they belong to, found again."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.store import Calls, Gaps, Role, Sameness
from tests.answer.desk import analyzer
from tests.index.tiny import HashEncoder
from tests.web.corpus import tiny_services

NASTY = '<img src=x onerror="document.title=1"></textarea><script>alert(1)</script>'


@pytest.fixture
def services():
    return replace(tiny_services(), sameness=Sameness(analyzer(), HashEncoder()))


@pytest.fixture
def calls(desk):
    return Calls(desk.console.database)


def begin(client, **more):
    return client.post("/hotline/calls", json=more).json()["id"]


def test_a_call_from_its_beginning_to_its_end(desk, calls):
    call = begin(desk.clerk, question="停车怎么收费")
    path = f"/hotline/calls/{call}"
    item = {"kind": "clause", "id": "new-energy:5", "how": "pinned", "title": "《办法》（一）"}
    assert (
        desk.clerk.post(f"{path}/shown", json={"items": [item, item | {"how": "copied"}]}).status_code == 200
    )
    assert (
        desk.clerk.post(f"{path}/notes", json={"notes": "请回电13800138000"}).json()["notes"]
        == "请回电[手机号]"
    )
    told = desk.clerk.post(f"{path}/end", json={"outcome": "answered", "said": "材料必须真实。"}).json()
    assert told["outcome"] == "answered"
    assert re.fullmatch(r"\d\d:\d\d", told["lasted"])
    kept = calls.call(call, desk.person[Role.CLERK])
    assert (kept.said, kept.notes, kept.question) == ("材料必须真实。", "请回电[手机号]", "停车怎么收费")
    page = desk.clerk.get(path).text
    assert "《办法》（一）" in page
    assert "备用" in page
    assert "已复制" in page


def test_no_answer_in_one_request_makes_a_ticket_with_question_clauses_and_department(desk, calls):
    call = begin(desk.clerk)
    told = desk.clerk.post(
        f"/hotline/calls/{call}/gap", json={"question": "补贴多少钱？电话13800138000"}
    ).json()
    ticket = Gaps(desk.console.database).ticket(told["id"])
    assert ticket.question == "补贴多少钱？电话[手机号]"
    assert ticket.clauses == tuple(f"new-energy:{n}" for n in range(5))
    assert ticket.department == told["department"] == "热线"
    assert calls.call(call, desk.person[Role.CLERK]).gap_id == ticket.id
    (asking,) = Gaps(desk.console.database).askings(ticket.id)
    assert (asking.call_id, asking.person, asking.channel) == (call, desk.person[Role.CLERK].id, "hotline")


def test_a_call_whose_ticket_was_merged_leads_to_the_one_it_went_into(desk, calls):
    call, other = begin(desk.clerk), begin(desk.clerk)
    gone, kept = (
        desk.clerk.post(f"/hotline/calls/{each}/gap", json={"question": question}).json()["id"]
        for each, question in ((call, "补贴多少钱"), (other, "停车场在哪里"))
    )
    Gaps(desk.console.database).merge(kept, [gone], desk.person[Role.EDITOR])
    assert calls.call(call, desk.person[Role.CLERK]).gap_id == kept
    assert f"/hotline/gaps/{kept}" in desk.clerk.get(f"/hotline/calls/{call}").text
    assert desk.clerk.get(f"/hotline/gaps/{kept}").status_code == 200


ATTEMPTS = (
    ("/notes", {"notes": "x"}),
    ("/shown", {"items": []}),
    ("/end", {"outcome": "dropped"}),
    ("/gap", {"question": "补贴多少钱"}),
)


def test_the_call_of_somebody_else_is_not_there_for_a_clerk_and_only_readable_for_an_editor(desk, calls):
    people = desk.console.people
    other = people.add("other", "a long password 1", name="坐席乙", must_change=False)
    mine = calls.begin(other, "别人的来电")
    path = f"/hotline/calls/{mine.id}"
    for client in (desk.clerk, desk.editor, desk.reviewer, desk.admin):
        for end, body in ATTEMPTS:
            assert client.post(path + end, json=body).status_code == 404
        assert client.post(path, data={"notes": "x"}).status_code == 404
    assert calls.call(mine.id, other) == mine
    assert desk.clerk.get(path).status_code == 404
    assert "别人的来电" not in desk.clerk.get("/hotline/calls").text
    assert "别人的来电" not in desk.clerk.post("/hotline/calls/find", data={"who": other.id}).text
    for client in (desk.editor, desk.reviewer, desk.admin):
        assert "别人的来电" in client.get(path).text
        assert "<textarea" not in client.get(path).text
        assert "别人的来电" in client.get("/hotline/calls").text
    assert desk.stranger().get(path).status_code == 303
    for odd in ("none", "%2e%2e", "' OR 1=1 --", "x" * 300):
        assert desk.clerk.get(f"/hotline/calls/{odd}").status_code == 404


def test_whatever_people_type_is_shown_as_text(desk, calls):
    call = begin(desk.clerk, question=NASTY)
    desk.clerk.post(
        f"/hotline/calls/{call}/shown",
        json={"items": [{"kind": "clause", "id": NASTY[:90], "how": "shown", "title": NASTY}]},
    )
    desk.clerk.post(f"/hotline/calls/{call}/notes", json={"said": NASTY, "notes": NASTY})
    pages = [
        desk.clerk.get("/hotline"),
        desk.clerk.get("/hotline/calls"),
        desk.clerk.get(f"/hotline/calls/{call}"),
        desk.editor.get(f"/hotline/calls/{call}"),
        desk.clerk.post("/hotline/calls/find", data={"words": NASTY}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text
        assert "&lt;img src=x" in page.text


def test_old_calls_are_found_by_words_days_outcome_and_clerk(desk, calls):
    clerk = desk.person[Role.CLERK]
    now = [datetime(2025, 3, 1, 16, 30, tzinfo=UTC)]  # 00:30 on 2 March in Shanghai
    old = Calls(desk.console.database, clock=lambda: now[0])
    first = old.begin(clerk, "停车怎么收费")
    now[0] += timedelta(days=1)
    second = old.begin(clerk, "公积金怎么提取")

    def found(client=desk.clerk, **more):
        text = client.post("/hotline/calls/find", data=more).text
        return {each.id for each in (first, second) if each.id in text}

    assert found() == {first.id, second.id}
    assert found(words="停车") == {first.id}
    assert found(since="2025-03-02", until="2025-03-02") == {first.id}
    assert found(since="2025-03-03") == {second.id}
    assert found(until="2025-03-01") == set()
    assert found(outcome="dropped") == set()
    assert found(outcome="<b>") == {first.id, second.id}
    assert found(desk.editor, who=clerk.id) == {first.id, second.id}
    assert found(desk.editor, who="nobody") == set()
    assert found(number="9999999999") == {first.id, second.id}
    assert desk.clerk.post("/hotline/calls/find", data={"since": "三月"}).status_code == 422


def test_many_calls_come_a_page_at_a_time(desk, calls):
    for n in range(51):
        calls.begin(desk.person[Role.CLERK], f"第{n}个问题")
    assert "第 1 / 2 页" in desk.clerk.get("/hotline/calls").text
    second = desk.clerk.post("/hotline/calls/find", data={"number": "2"}).text
    assert "第0个问题" in second
    assert "第50个问题" not in second


def test_what_was_written_down_can_be_put_right(desk, calls):
    call = begin(desk.clerk)
    reply = desk.clerk.post(f"/hotline/calls/{call}", data={"said": "两元", "outcome": "transferred"})
    assert reply.status_code == 303
    kept = calls.call(call, desk.person[Role.CLERK])
    assert (kept.said, kept.outcome.label) == ("两元", "转办")
    assert kept.ended_at is not None


@pytest.mark.parametrize(
    "body",
    [
        {"outcome": "won"},
        {"notes": "字" * 4001},
        {"question": "字" * 501},
        {"notes": 1},
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(desk, body):
    call = begin(desk.clerk)
    reply = desk.clerk.post(f"/hotline/calls/{call}/end", json=body, headers={"accept": "application/json"})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == next(iter(body))


def test_a_form_of_another_site_changes_nothing(desk, calls):
    call = begin(desk.clerk)
    headers = {"origin": "https://evil.example", "x-csrf-token": desk.clerk.csrf}
    assert desk.clerk.post(f"/hotline/calls/{call}/end", json={}, headers=headers).status_code == 403
    assert (
        desk.clerk.post(f"/hotline/calls/{call}/end", json={}, headers={"x-csrf-token": "0"}).status_code
        == 403
    )
    assert calls.call(call, desk.person[Role.CLERK]).ended_at is None
