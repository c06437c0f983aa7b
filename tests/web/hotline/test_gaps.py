from dataclasses import replace
from datetime import timedelta

import pytest

from app.clock import now
from app.converse import Reply
from app.store import Gap, Gaps, Origin, Role, Sameness, TicketState
from app.text import Analyzer
from tests.store.letters import Letters
from tests.web.corpus import tiny_services

RENT = "办公用房租金有没有补贴"
XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
def services():
    return replace(tiny_services(), sameness=Sameness(Analyzer(), Letters()))


@pytest.fixture
def gaps(desk):
    return Gaps(desk.console.database)


@pytest.fixture
def opened(gaps, services):
    """Opens a ticket."""

    def make(question=RENT, **more):
        facts = {"channel": "hotline", "created_at": now(), "origin": Origin.CALL}
        return gaps.open_ticket(Gap(question, **facts | more), services.sameness)

    return make


def test_the_list_gathers_what_was_handed_on_and_shows_the_most_asked_first(desk, gaps, opened):
    opened()
    for number in range(3):
        gaps.record(Gap("充电桩给不给补助", "widget", now() + timedelta(minutes=number)))
    text = desk.editor.get("/hotline/gaps").text
    assert text.index("充电桩给不给补助") < text.index(RENT)
    assert gaps.waiting() == 0


def test_lists_are_filtered_in_the_address_and_words_go_in_the_body(desk, opened):
    opened(department="区发改委")
    opened("员工子女入学有照顾吗", channel="widget", origin=Origin.HANDOFF)
    for query, shown in (("?channel=widget", False), ("?department=区发改委", True), ("?who=none", True),
                         ("?state=solved", False), ("?state=all&since=2020-01-01", True),
                         ("?until=2020-01-01", False)):  # fmt: skip
        assert (RENT in desk.editor.get(f"/hotline/gaps{query}").text) is shown, query
    found = desk.editor.post("/hotline/gaps/find", data={"words": "租金", "state": "all"})
    assert RENT in found.text
    assert "员工子女" not in found.text
    refused = desk.editor.get("/hotline/gaps?since=2025-02-30")
    assert refused.status_code == 422
    assert "2025-02-30" in refused.text


def test_an_editor_takes_a_ticket_through_its_life(desk, gaps, opened):
    ticket = opened()
    at = f"/hotline/gaps/{ticket.id}"
    clerk = desk.person[Role.CLERK]
    for path, data in (("assign", {"who": clerk.id}), ("department", {"name": "区经信局"}),
                       ("note", {"text": "问过了"}), ("state", {"state": "declined"})):  # fmt: skip
        assert desk.editor.post(f"{at}/{path}", data=data).status_code == 303, path
    now = gaps.ticket(ticket.id)
    assert (now.assignee, now.department, now.state) == (clerk.id, "区经信局", TicketState.DECLINED)
    shown = desk.editor.get(at).text
    assert all(word in shown for word in ("问过了", "区经信局", clerk.name, "不处理", "起草口径"))
    done = {record.action for record in desk.console.audit.records()}
    assert {"分派缺口", "缺口归口", "缺口备注", "缺口状态"} <= done


def test_tickets_are_merged_and_split_by_hand(desk, gaps, opened):
    one, other = opened(), opened("员工子女入学有照顾吗")
    merged = desk.editor.post(f"/hotline/gaps/{one.id}/merge", data={"others": [other.id]})
    assert merged.headers["location"] == f"/hotline/gaps/{one.id}"
    ways = gaps.phrasings([one.id])[one.id]
    parted = desk.editor.post(f"/hotline/gaps/{one.id}/split", data={"wordings": [ways[0].wording]})
    assert desk.editor.get(parted.headers["location"]).status_code == 200
    assert gaps.count() == 2
    refused = desk.editor.post(f"/hotline/gaps/{one.id}/split", data={"wordings": []})
    assert refused.status_code == 422
    assert "至少留下一种" in refused.text


def test_a_clerk_sees_and_notes_own_tickets_and_no_others(desk, opened):
    clerk = desk.person[Role.CLERK]
    mine, theirs = opened(person=clerk.id), opened("员工子女入学有照顾吗", person="somebody")
    listed = desk.clerk.get("/hotline/gaps").text
    assert RENT in listed
    assert "员工子女" not in listed
    assert desk.clerk.get(f"/hotline/gaps/{mine.id}").status_code == 200
    assert desk.clerk.post(f"/hotline/gaps/{mine.id}/note", data={"text": "已回电"}).status_code == 303
    for refused in (
        desk.clerk.get(f"/hotline/gaps/{theirs.id}"),
        desk.clerk.post(f"/hotline/gaps/{theirs.id}/note", data={"text": "偷看"}),
        desk.clerk.get(f"/hotline/gaps?who={theirs.id}&state=all"),
        desk.clerk.post("/hotline/gaps/find", data={"words": "员工子女", "state": "all"}),
    ):
        assert f'href="/hotline/gaps/{theirs.id}"' not in refused.text
        assert refused.status_code in (404, 200)


def test_nothing_that_was_typed_runs_anywhere(desk, gaps, opened):
    ticket = opened(XSS, department=XSS)
    opened(f"{XSS} 另一个")
    at = f"/hotline/gaps/{ticket.id}"
    desk.editor.post(f"{at}/note", data={"text": XSS})
    desk.editor.post(f"{at}/department", data={"name": XSS})
    gaps.asked_again({ticket.id: "answered"})
    pages = [at, "/hotline/gaps", "/hotline/gaps/again", "/hotline/gaps?department=" + XSS]
    for page in pages:
        text = desk.editor.get(page).text
        assert "<script>alert" not in text, page
        assert "<img" not in text.replace('<img src="/static/', ""), page


def test_words_of_sql_find_nothing_and_break_nothing(desk, gaps, opened):
    opened()
    for words in ("'; DROP TABLE gaps; --", "%", "_", "\\", '" OR 1=1'):
        assert RENT not in desk.editor.post("/hotline/gaps/find", data={"words": words}).text
    assert gaps.count() == 1
    for query in (
        "order=asked;--",
        "page=99999999999",
        "page=-1",
        "origin=x",
        "progress=x",
        "channel=x",
        "state=x",
    ):
        assert desk.editor.get(f"/hotline/gaps?{query}").status_code == 200


def test_the_file_of_tickets_runs_no_formula(desk, opened):
    opened('=HYPERLINK("http://x","租金")', department="@SUM(A1)")
    lines = desk.editor.get("/hotline/gaps.csv").text
    assert "'=HYPERLINK" in lines
    assert "'@SUM" in lines
    assert desk.clerk.get("/hotline/gaps.csv").status_code == 403


def test_what_is_answered_now_is_confirmed_by_a_person(desk, gaps, opened, services):
    rent, child = opened(), opened("员工子女入学有照顾吗")
    answers = services.dialogue.answers
    answers["员工子女入学有照顾吗"] = answers["今天天气"]
    done = desk.editor.post("/hotline/gaps/again")
    assert done.headers["location"] == "/hotline/gaps/again"
    assert (gaps.ticket(rent.id).progress, gaps.ticket(child.id).progress) == ("answered", "open")
    page = desk.editor.get("/hotline/gaps/again").text
    assert f'value="{rent.id}"' in page
    assert f'value="{child.id}"' not in page
    refused = desk.editor.post("/hotline/gaps/solve", data={"tickets": [rent.id, child.id]})
    assert (refused.status_code, gaps.ticket(rent.id).state) == (422, TicketState.NEW)
    desk.editor.post("/hotline/gaps/solve", data={"tickets": [rent.id]})
    assert gaps.ticket(rent.id).state is TicketState.SOLVED
    answers[RENT] = answers["今天天气"]
    desk.editor.post("/hotline/gaps/again")
    assert gaps.ticket(rent.id).progress == "broke"
    assert "变坏了" in desk.editor.get("/hotline/gaps/again").text


def test_an_asking_that_was_handed_on_twice_is_one(desk, gaps, opened):
    for _ in range(2):
        opened(session_id="s", answer_id="a")
    (ticket,) = gaps.tickets()
    assert ticket.asked == 1


def test_a_reply_of_ours_says_what_the_fake_says(services):
    # The fakes of these tests and the real dialogue must agree on `preview`.
    assert isinstance(services.dialogue.preview("注意事项有哪些", session_id=None), Reply)
