import pytest

from tests.converse.approved import clause_with
from tests.web.hotline.reviewing import QUESTION, WORDS, answered, approved, reviewing_services


@pytest.fixture
def services(url):
    return reviewing_services(url)


CLAUSE = clause_with(WORDS).id
HEAD = "标准问,条款,口径,责任部门,有效期"


def table(*lines, head=HEAD):
    return "\r\n".join([head, *lines]).encode("utf-8-sig")


def sent(client, content, name="x.csv"):
    return client.post("/hotline/reviewed/import", files={"file": (name, content)})


def waiting(page):
    return page.text.split('name="waiting" value="')[1].split('"')[0]


def count(desk):
    return desk.clerk.get("/hotline/reviewed").text.count('href="/hotline/reviewed/')


def test_a_dry_run_writes_nothing_and_the_confirmation_makes_drafts_that_do_not_answer(desk):
    page = sent(desk.editor, table(f"{QUESTION},{CLAUSE},有支持。,某区经信局,2099-01-01", ",坏,,,"))
    assert page.status_code == 200
    assert "新增 1 条，修改 0 条，不变 0 条，不导入 1 条" in page.text
    assert QUESTION not in desk.clerk.get("/hotline/reviewed").text
    form = {"waiting": waiting(page), "hand_in": "1"}
    done = desk.editor.post("/hotline/reviewed/import/confirm", data=form)
    assert done.status_code == 303
    listing = desk.clerk.get("/hotline/reviewed?state=submitted")
    assert QUESTION in listing.text
    assert answered(desk).reviewed is None
    again = desk.editor.post("/hotline/reviewed/import/confirm", data=form)
    assert again.status_code == 404


def test_only_whoever_looked_at_a_dry_run_may_confirm_it(desk):
    page = sent(desk.editor, table(f"{QUESTION},{CLAUSE},,某区经信局,2099-01-01"))
    assert (
        desk.admin.post("/hotline/reviewed/import/confirm", data={"waiting": waiting(page)}).status_code
        == 404
    )


def test_what_has_changed_since_the_dry_run_is_shown_again_and_not_done(desk):
    page = sent(desk.editor, table(f"{QUESTION},{CLAUSE},,某区经信局,2099-01-01"))
    approved(desk)
    again = desk.editor.post("/hotline/reviewed/import/confirm", data={"waiting": waiting(page)})
    assert again.status_code == 409
    assert "再确认一次" in again.text
    assert "不导入 1 条" in again.text


def test_an_import_changes_an_approved_entry_only_as_a_new_draft(desk):
    address = approved(desk)
    entry_id = address.rsplit("/", 1)[1]
    page = sent(
        desk.editor, table(f"{entry_id},{QUESTION},{CLAUSE},改过的口径。", head="编号,标准问,条款,口径")
    )
    assert "口径有变化" in page.text
    assert (
        desk.editor.post("/hotline/reviewed/import/confirm", data={"waiting": waiting(page)}).status_code
        == 303
    )
    assert answered(desk).answer.text_spoken == "首次贷款有贴息和担保费支持。"
    assert "改过的口径" in desk.editor.get(f"{address}/edit").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_brought_back_changes_nothing(desk, kind):
    approved(desk)
    file = desk.editor.get(f"/hotline/reviewed/export?format={kind}")
    assert f'.{kind}"' in file.headers["content-disposition"]
    page = sent(desk.editor, file.content, f"x.{kind}")
    assert "新增 0 条，修改 0 条，不变 1 条，不导入 0 条" in page.text
    assert "导出口径" in {record.action for record in desk.console.audit.records()}


def test_a_file_larger_than_other_requests_may_be_is_read_and_one_too_large_is_refused(desk):
    rows = [f"第{n}个问题怎么办,{CLAUSE},{'说明' * 100},某区经信局,2099-01-01" for n in range(200)]
    page = sent(desk.editor, table(*rows))
    assert "新增 200 条" in page.text
    refused = sent(desk.editor, b"x" * (2 * 1024 * 1024 + 100))
    assert (refused.status_code, "超过 2 MB" in refused.text) == (422, True)
    assert sent(desk.editor, b"x" * (4 * 1024 * 1024)).status_code == 413
    assert desk.editor.post("/hotline/reviewed", data={"question": "长" * 40_000}).status_code == 413


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x05\x06" + b"\0" * 18, b"a,b\r\n1,2"])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(desk, content):
    page = sent(desk.editor, content)
    assert page.status_code == 422
    assert "请" in page.text
    assert desk.editor.post("/hotline/reviewed/import", data={}).status_code == 422


def test_a_clerk_takes_nothing_in_and_nothing_out(desk):
    assert sent(desk.clerk, table()).status_code == 403
    assert desk.clerk.get("/hotline/reviewed/export").status_code == 403


def test_what_stands_in_a_file_never_becomes_markup(desk):
    page = sent(
        desk.editor, table(f"<script>alert(1)</script>,{CLAUSE},<img src=x>,局,2099-01-01", "<b>,<script>,,,")
    )
    assert "<script>alert" not in page.text
    assert "<b>" not in page.text.replace("<b>念", "")
