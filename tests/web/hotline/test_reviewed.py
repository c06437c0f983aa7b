import json
from dataclasses import replace

import pytest

from app.clock import now
from app.store import Gap, Gaps, Origin, Reviewed, Role
from app.web import ask_again
from tests.answer.desk import huairou
from tests.converse.approved import clause_with, sameness
from tests.web.hotline.conftest import desk_of
from tests.web.hotline.reviewing import (
    QUESTION,
    WORDS,
    answered,
    approved,
    drafted,
    fields,
    next_year,
    reviewing_services,
    stamp,
)
from tests.web.visitors import at_home


@pytest.fixture
def services(url):
    return reviewing_services(url)


def test_what_an_editor_drafted_answers_once_a_reviewer_has_approved_it(desk):
    address = drafted(desk.editor)
    assert answered(desk).reviewed is None
    page = desk.reviewer.get(f"{address}/review")
    assert "市民将看到" in page.text
    done = desk.reviewer.post(f"{address}/approve", data={"seen": stamp(page)})
    assert (done.status_code, done.headers["location"]) == (303, address)
    reply = answered(desk)
    assert address.endswith(reply.reviewed.id)
    assert reply.answer.text_spoken == "首次贷款有贴息和担保费支持。"
    shown = desk.clerk.get(address)
    assert "在用" in shown.text
    assert "首次贷款贴息及担保费" in shown.text


def test_the_reply_of_the_interface_says_which_reviewed_answer_it_is(desk):
    address = approved(desk)
    body = at_home(desk.app).post("/api/v1/ask", json={"question": "首贷有哪些扶持"}).json()
    assert body["reviewed"] == {
        "id": address.rsplit("/", 1)[1],
        "question": QUESTION,
        "department": "某区经信局",
        "reviewed_on": answered(desk).reviewed.reviewed_on.isoformat(),
        "expires_on": next_year(),
    }
    assert body["text"].startswith("【已审口径】某区经信局")
    document = huairou()[0].document(body["citations"][0]["document_id"])
    quote = body["citations"][0]
    assert document.text[quote["start"] : quote["end"]] == quote["quote"]
    other = at_home(desk.app).post("/api/v1/ask", json={"question": "特色园区有什么支持"}).json()
    assert other["reviewed"] is None


def test_another_process_follows_without_a_restart(desk, url):
    other = reviewing_services(url)
    with desk_of(other, url) as second:
        approved(desk)
        assert answered(second).reviewed is None
        assert other.reviewed.watch.look()
        assert answered(second).reviewed is not None


def test_whoever_wrote_it_cannot_approve_it_whatever_their_role(desk):
    address = drafted(desk.admin)
    page = desk.admin.get(f"{address}/review")
    assert "请由另一位审核人批准" in page.text
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    refused = desk.admin.post(f"{address}/approve", data={"seen": seen})
    assert refused.status_code == 403
    assert "另一位审核人" in refused.text
    assert answered(desk).reviewed is None


def test_a_reviewer_who_saw_an_older_draft_does_not_approve_the_newer(desk):
    address = drafted(desk.editor)
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    edit = desk.editor.get(f"{address}/edit")
    changed = fields(spoken="换了一句话。") | {"seen": stamp(edit), "act": "submit"}
    assert desk.editor.post(address, data=changed).status_code == 303
    refused = desk.reviewer.post(f"{address}/approve", data={"seen": seen})
    assert refused.status_code == 409
    assert "刷新页面" in refused.text


def test_a_rejection_comes_back_with_its_reason(desk):
    address = drafted(desk.editor)
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    silent = desk.reviewer.post(f"{address}/reject", data={"seen": seen, "note": ""})
    assert (silent.status_code, "写明原因" in silent.text) == (422, True)
    assert (
        desk.reviewer.post(f"{address}/reject", data={"seen": seen, "note": "请补充条件"}).status_code == 303
    )
    assert "请补充条件" in desk.editor.get(f"{address}/edit").text


def test_a_withdrawn_one_stops_and_a_reviewer_brings_it_back(desk):
    address = approved(desk)
    assert desk.reviewer.post(f"{address}/withdraw", data={"note": "文件修订"}).status_code == 303
    assert answered(desk).reviewed is None
    seen = stamp(desk.reviewer.get(address))
    assert desk.reviewer.post(f"{address}/restore", data={"seen": seen, "number": 1}).status_code == 303
    assert answered(desk).reviewed.version == 2


def test_a_change_shows_what_it_changes_and_an_older_version_can_be_begun_from(desk):
    address = approved(desk)
    edit = desk.editor.get(f"{address}/edit")
    given = fields(spoken="首次贷款有贴息支持。") | {"seen": stamp(edit), "act": "submit"}
    assert desk.editor.post(address, data=given).status_code == 303
    assert answered(desk).answer.text_spoken == "首次贷款有贴息和担保费支持。"
    review = desk.reviewer.get(f"{address}/review")
    assert "<del>和担保费</del>" in review.text
    compared = desk.clerk.get(f"{address}?one=1&other=2")
    assert "<del>和担保费</del>" in compared.text
    begun = desk.editor.post(
        f"{address}/draft-from", data={"seen": stamp(desk.reviewer.get(f"{address}/review")), "number": 1}
    )
    assert begun.headers["location"] == f"{address}/edit"


def test_the_same_question_with_other_clauses_cannot_be_approved_beside_the_first(desk):
    approved(desk)
    address = drafted(desk.editor, words="实际付款周期原则上不超过三年", similar="", counters="")
    page = desk.reviewer.get(f"{address}/review")
    assert "同样的问题已有在用的口径" in page.text
    refused = desk.reviewer.post(f"{address}/approve", data={"seen": stamp(page), "acknowledged": "1"})
    assert (refused.status_code, "先修改或撤回其中一条" in refused.text) == (422, True)
    assert answered(desk).reviewed is not None


def test_two_that_were_approved_at_the_same_moment_are_listed_for_review(desk):
    first = approved(desk)
    book = Reviewed(desk.console.database)
    other = drafted(desk.editor, words="实际付款周期原则上不超过三年", similar="", counters="").rsplit(
        "/", 1
    )[1]
    book.approve(other, desk.person[Role.REVIEWER], book.entry(other).latest.stamp, desk.today)
    desk.app.state.parts.opening.services().reviewed.watch.look()
    assert answered(desk).reviewed is None
    listing = desk.clerk.get("/hotline/reviewed?kind=trouble").text
    assert first in listing
    assert other in listing
    assert "两条都不作答" in listing


def test_a_draft_is_given_up(desk):
    address = drafted(desk.editor, act="save")
    assert desk.editor.post(f"{address}/discard", data={"seen": "0.0.draft"}).status_code == 409
    seen = stamp(desk.editor.get(f"{address}/edit"))
    assert desk.editor.post(f"{address}/discard", data={"seen": seen}).status_code == 303
    assert "已撤回" in desk.clerk.get(address).text


def test_a_nearly_equal_question_and_a_figure_no_quote_holds_must_be_looked_at_first(desk):
    approved(desk)
    near = drafted(
        desk.editor,
        question="首次贷款可以享受哪些支持政策",
        words="实际付款周期原则上不超过三年",
        similar="",
        counters="",
        spoken="最高补五百万元。",
    )
    page = desk.reviewer.get(f"{near}/review")
    assert "指向不同的条款" in page.text
    assert "“五百万元”" in page.text
    unread = desk.reviewer.post(f"{near}/approve", data={"seen": stamp(page)})
    assert (unread.status_code, "已核对" in unread.text) == (422, True)
    seen = {"seen": stamp(page), "acknowledged": "1"}
    assert desk.reviewer.post(f"{near}/approve", data=seen).status_code == 303


def test_the_preview_is_what_a_citizen_would_get_and_names_what_stands_against_it(desk):
    approved(desk)
    said = desk.editor.post("/hotline/reviewed/preview", data=fields(spoken="最高一万元。")).json()
    assert said["text"].startswith("【已审口径】某区经信局")
    assert said["figures"] == ["最高", "一万元"]
    first = said["conflicts"][0]
    assert (first["same"], first["same_clauses"]) == (True, True)
    blank = desk.editor.post(
        "/hotline/reviewed/preview", data={"question": ""}, headers={"accept": "application/json"}
    )
    assert (blank.status_code, blank.json()["code"]) == (422, "reviewed_invalid")


def test_clauses_are_found_with_what_may_be_chosen_of_them(desk):
    hits = desk.editor.post("/hotline/reviewed/clauses", data={"q": "首次贷款"}).json()["hits"]
    assert clause_with(WORDS).id in {hit["value"] for hit in hits}
    assert all(hit["whole"].strip() for hit in hits)


def test_a_draft_is_begun_from_a_question_and_clauses_in_an_address_or_a_form(desk):
    clause = clause_with(WORDS).id
    got = desk.editor.get(f"/hotline/reviewed/new?question=首贷怎么办&clause={clause}&clause=gone&gap=g7")
    sent = desk.editor.post(
        "/hotline/reviewed/new", data={"question": "首贷怎么办", "clause": [clause], "gap": "g7"}
    )
    for page in (got, sent):
        assert 'value="首贷怎么办"' in page.text
        assert f'name="point" value="{clause}"' in page.text
        assert 'name="gap" value="g7"' in page.text


def test_a_draft_that_is_begun_from_a_gap_is_named_on_its_ticket(desk):
    gaps = Gaps(desk.console.database)
    gaps.record(Gap("首贷怎么办", "widget", now(), origin=Origin.NOT_STATED, status="not_stated"))
    gaps.gather(sameness())
    (ticket,) = gaps.tickets()
    begun = desk.editor.get(f"/hotline/gaps/{ticket.id}")
    assert 'action="/hotline/reviewed/new"' in begun.text
    address = drafted(desk.editor, gap=ticket.id)
    assert address.endswith(gaps.ticket(ticket.id).draft_id)
    assert f"/hotline/gaps/{ticket.id}" in desk.clerk.get(address).text
    assert drafted(desk.editor, question="另一个首贷问题怎么办", gap="gone")


def test_a_gap_turns_green_once_its_draft_is_approved(desk):
    gaps, asked = Gaps(desk.console.database), "办公用房租金能补贴多少钱"
    gaps.record(Gap(asked, "widget", now(), origin=Origin.NOT_STATED, status="not_stated"))
    gaps.gather(sameness())
    dialogue, today = desk.app.state.parts.opening.services().dialogue, desk.today
    assert [each.ticket.question for each in ask_again(gaps, dialogue, today).of("open")] == [asked]
    approved(desk, question=asked, similar="", counters="", gap=gaps.tickets()[0].id)
    assert [each.ticket.question for each in ask_again(gaps, dialogue, today).of("answered")] == [asked]


def test_what_cannot_be_kept_comes_back_with_what_was_typed(desk):
    page = desk.editor.post("/hotline/reviewed", data=fields(expires_on="明年", similar="不要丢了这一行"))
    assert page.status_code == 422
    assert "不要丢了这一行" in page.text
    assert "2026-01-31" in page.text
    page = desk.editor.post("/hotline/reviewed", data=fields(point=["nowhere"]))
    assert page.status_code == 404
    kept = desk.editor.post("/hotline/reviewed", data=fields(point=[]) | {"act": "submit"})
    assert (kept.status_code, "已存为草稿，但还不能提交" in kept.text) == (422, True)


def test_an_entry_whose_clause_changed_does_not_answer_and_is_listed_for_review(desk, url, services):
    address = approved(desk)
    document = next(iter(huairou()[0].documents.values()))

    class Edited:
        """The corpus after an amendment of one clause."""

        def document(self, _):
            return replace(
                document, text=document.text.replace("首次贷款贴息", "首次贷款贴补"), sha256="0" * 64
            )

        clause = staticmethod(huairou()[0].clause)

    amended = reviewing_services(url, Edited())
    amended.reviewed.watch.look()
    with desk_of(amended, url) as later:
        assert answered(later).reviewed is None
        listing = later.editor.get("/hotline/reviewed?kind=trouble")
        assert "文字已经修改" in listing.text
        assert "待复核" in later.clerk.get(address).text


def test_the_list_is_filtered_and_counts_what_waits(desk):
    first = approved(desk)
    drafted(desk.editor, question="特色园区怎么支持", similar="", counters="", department="某区科委")
    page = desk.clerk.get("/hotline/reviewed?state=submitted")
    assert "特色园区怎么支持" in page.text
    assert first not in page.text
    assert "待审核 1" in page.text
    for query in ("q=特色", "department=某区科委"):
        found = desk.clerk.get(f"/hotline/reviewed?{query}").text
        assert ("特色园区怎么支持" in found, first in found) == (True, False)
    for odd in ("page=0", "page=x", "page=999", "state=nothing", "kind=%00", "q=%25' OR 1=1 --"):
        assert desk.clerk.get(f"/hotline/reviewed?{odd}").status_code == 200


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_nothing_that_was_typed_becomes_markup(desk):
    typed = fields(
        question=f"首贷{SCRIPT}怎么办", similar=SCRIPT, counters=f"反{SCRIPT}", spoken=SCRIPT, department="局<b>", point=[clause_with(WORDS).id]
    )  # fmt: skip
    address = desk.editor.post("/hotline/reviewed", data=typed | {"act": "submit"}).headers["location"]
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    pages = [
        desk.clerk.get("/hotline/reviewed"),
        desk.editor.get(f"{address}/edit"),
        desk.reviewer.get(f"{address}/review"),
        desk.reviewer.post(f"{address}/reject", data={"seen": seen, "note": SCRIPT}),
        desk.clerk.get(address),
        desk.editor.get("/hotline/reviewed/new", params={"question": SCRIPT, "gap": SCRIPT}),
    ]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "局<b>" not in page.text


def test_a_clerk_reads_and_changes_nothing(desk):
    address = approved(desk)
    page = desk.clerk.get(address)
    assert page.status_code == 200
    assert "/withdraw" not in page.text
    assert "/edit" not in page.text
    assert desk.clerk.get(f"{address}/edit").status_code == 403
    assert desk.editor.post(f"{address}/withdraw", data={}).status_code == 403
    assert desk.editor.post(f"{address}/restore", data={"number": 1}).status_code == 403


def test_everything_done_is_in_the_audit_record(desk):
    address = approved(desk)
    desk.reviewer.post(f"{address}/withdraw", data={"note": ""})
    records = desk.console.audit.records()
    done = {record.action: record.person_id for record in records}
    assert done["起草口径"] == desk.person[Role.EDITOR].id
    assert {done["批准口径"], done["撤回口径"]} == {desk.person[Role.REVIEWER].id}
    assert {record.address for record in records if "口径" in record.action} == {"203.0.113.7"}


def test_json_of_the_pages_is_json(desk):
    assert json.loads(desk.editor.post("/hotline/reviewed/clauses", data={"q": "园区"}).text)["hits"]
