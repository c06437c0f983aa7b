"""What a reviewer saw is what is published, and whatever stopped half-way can be tried again or given up."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text as sql

from app.corpus import read_corpus
from app.errors import IndexUnusable
from app.store import Publications
from tests.web.admin.office import UPLOAD, publish, send, settle, stamp, waiting


def test_what_was_put_right_after_the_reviewer_looked_is_looked_at_again(office):
    address = send(office.desk.editor).headers["location"]
    seen = stamp(office.desk.reviewer, address)
    office.desk.editor.post(
        f"{address}/facts?n=0", data={"title": "某市别的办法", "expires_on": "2020-01-01"}
    )
    for stale in (seen, ""):
        refused = publish(office.desk.reviewer, address, stale)
        assert refused.status_code == 409
        assert "有人改动了" in refused.text
        assert "某市别的办法" in refused.text
    settle()
    assert len(read_corpus(office.corpus).documents) == 1
    assert publish(office.desk.reviewer, address, stamp(office.desk.reviewer, address)).status_code == 303
    settle()
    assert "某市别的办法" in {each.title for each in read_corpus(office.corpus).documents}


def test_a_file_that_came_meanwhile_is_not_replaced_unseen(office):
    address = send(office.desk.editor).headers["location"]
    office.desk.editor.post(f"{address}/facts?n=0", data={"region": "某市"})
    other = office.corpus / "停车管理办法.txt"
    other.write_text("某市停车新规\n第一条 这是后来发布的另一份文件。\n", "utf-8")
    publish(office.desk.reviewer, address)
    settle()
    assert "另一份文件" in other.read_text("utf-8")
    page = office.desk.reviewer.get(address).text
    assert "会替换另一份文件" in page
    assert "新版本" in page
    publish(office.desk.reviewer, address)
    settle()
    assert "首小时" in other.read_text("utf-8")
    made = next(each for each in read_corpus(office.corpus).documents if each.file == other.name)
    assert made.region == "某市"


def test_a_failed_removal_and_correction_are_shown_tried_again_or_given_up(office, services):
    publish(office.desk.reviewer, send(office.desk.editor).headers["location"])
    settle()
    gone = next(each for each in read_corpus(office.corpus).documents if each.title == "某市停车管理办法")
    (served,) = services.snapshot.documents.values()
    office.fails = IndexUnusable("索引暂时不能建立，请稍后再试。")
    office.desk.reviewer.post(f"/admin/documents/{gone.id}/remove")
    settle()
    office.desk.reviewer.post(f"/admin/documents/{served.id}/facts", data={"region": "某市"})
    settle()
    removal, correction = (f"{UPLOAD}/{each.id}" for each in waiting(office))
    for address in (removal, correction):
        page = office.desk.reviewer.get(address)
        assert page.status_code == 200
        assert "没有完成" in page.text
        assert "再试一次" in page.text
        assert "再试一次</button>" not in office.desk.editor.get(address).text
        assert office.desk.editor.post(f"{address}/facts", data={"title": "x"}).status_code == 200
    office.fails = None
    assert office.desk.reviewer.post(f"{removal}/publish").status_code == 303
    settle()
    assert "已移出《某市停车管理办法》" in office.desk.editor.get(removal).text
    assert office.desk.editor.post(f"{correction}/withdraw").status_code == 303
    assert waiting(office) == ()


def test_an_upload_whose_process_died_can_be_withdrawn(office):
    address = send(office.desk.editor).headers["location"]
    (one,) = waiting(office)
    made = Publications(office.desk.console.database, lambda: datetime.now(UTC) - timedelta(hours=1))
    made.progress(one.id, "划分条款", 1, 2)
    with office.desk.console.database.writing() as connection:
        connection.execute(sql("UPDATE publications SET state = 'working'"))
    assert "没有动静" in office.desk.reviewer.get(address).text
    assert office.desk.editor.post(f"{address}/withdraw").status_code == 303
    assert waiting(office) == ()
