"""What a reviewer saw is what is published, and whatever stopped half-way can be tried again or given up."""

import multiprocessing
import re
import signal
import threading
from datetime import UTC, date, datetime

import pytest

from app.corpus import Shelf, correct, read_corpus
from app.errors import IndexUnusable, StoreUnavailable
from app.store import Database, Person, Publications, Role
from app.web.admin.underway import take_up
from tests.web.admin.office import RULES, UPLOAD, publish, send, settle, stamp, waiting

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ZHAO = Person("p2", "zhao", "赵敏", Role.REVIEWER, "热线", False, NOW, NOW)


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


def work_and_die(url, folder, publication_id, started):
    """Take a publication up as another worker does, and be killed in the middle of it."""
    made = Publications(Database(url))
    held = take_up(made, folder, made.publication(publication_id), ZHAO, "")
    made.progress(publication_id, "划分条款", 1, 2)
    started.set()
    while held:
        signal.pause()


@pytest.mark.filterwarnings("ignore:This process")
@pytest.mark.parametrize("then", ["publish", "withdraw"])
def test_a_publication_whose_process_is_killed_can_be_taken_up_or_withdrawn_at_once(office, url, then):
    address = send(office.desk.editor).headers["location"]
    (one,) = waiting(office)
    context = multiprocessing.get_context("fork")
    started = context.Event()
    worker = context.Process(target=work_and_die, args=(url, office.corpus, one.id, started))
    worker.start()
    assert started.wait(60)
    assert "已经退出" not in office.desk.reviewer.get(address).text
    assert office.desk.editor.post(f"{address}/withdraw").status_code == 409
    worker.kill()
    worker.join()
    assert "已经退出" in office.desk.reviewer.get(address).text
    if then == "withdraw":
        assert office.desk.editor.post(f"{address}/withdraw").status_code == 303
    else:
        assert publish(office.desk.reviewer, address).status_code == 303
        settle()
        assert office.built == 1
        assert "某市停车管理办法" in {each.title for each in read_corpus(office.corpus).documents}
    assert waiting(office) == ()


def test_what_came_of_a_publication_is_known_before_its_file_goes(office, monkeypatch):
    """Else one that is killed between the two could only be uploaded again."""
    address = send(office.desk.editor).headers["location"]
    finish = Publications.finish

    def first_away(made, *told, **more):
        monkeypatch.setattr(Publications, "finish", finish)
        raise StoreUnavailable("数据库不在")

    monkeypatch.setattr(Publications, "finish", first_away)
    publish(office.desk.reviewer, address)
    settle()
    assert publish(office.desk.reviewer, address).status_code == 303
    settle()
    assert waiting(office) == ()
    assert not list((office.corpus / ".waiting").glob("*"))


def test_two_editors_who_put_the_same_thing_right_do_not_overwrite_each_other_unseen(office, services):
    (document,) = services.snapshot.documents.values()
    upload = send(office.desk.editor).headers["location"]
    for address, client in (
        (f"{upload}/facts?n=0", office.desk.editor),
        (f"/admin/documents/{document.id}/facts", office.desk.reviewer),
    ):
        page = client.get(address.partition("/facts")[0]).text
        shown = {
            name: re.search(rf'name="was_{name}" value="([^"]*)"', page)[1] for name in ("region", "level")
        }
        was = {f"was_{name}": words for name, words in shown.items()}
        assert client.post(address, data={**shown, **was, "region": "甲市"}).status_code == 303
        settle()
        # The other form was opened before that: what it does not touch stays, what both touch is told.
        assert client.post(address, data={**shown, **was, "level": "区"}).status_code == 303
        settle()
        refused = client.post(address, data={**shown, **was, "region": "乙市"})
        assert refused.status_code == 409
        assert "地区刚刚由别人改为“甲市”，您写的“乙市”没有保存" in refused.text
        assert 'name="was_region" value="甲市"' in refused.text
        assert 'value="区"' in refused.text
    told = [each.detail for each in office.desk.console.audit.records()]
    assert {"地区：甲市", "层级：区"} <= set(told)


def test_what_was_put_right_before_outlives_what_is_put_right_in_a_new_version(office):
    (old,) = read_corpus(office.corpus).documents
    correct(office.corpus, old, {"region": "某县"}, editor="王编辑", day=date(2026, 1, 31))
    address = send(office.desk.editor, RULES, "任何名字.txt", as_id=old.id).headers["location"]
    assert 'value="某县"' in office.desk.editor.get(address).text
    office.desk.editor.post(f"{address}/facts?n=0", data={"level": "县"})
    publish(office.desk.reviewer, address)
    settle()
    (now,) = read_corpus(office.corpus).documents
    assert (now.region, now.level, {each.editor for each in now.corrections}) == (
        "某县",
        "县",
        {"王编辑", "编辑甲"},
    )


def test_two_publications_of_one_name_at_once_are_one_and_a_question(office, monkeypatch):
    """Both are read before either is placed: the lock decides, and whoever comes second looks again."""
    first, second = (
        send(office.desk.editor, RULES.replace("五元", words)).headers["location"]
        for words in ("六元", "七元")
    )
    both = threading.Barrier(2, timeout=20)
    place = Shelf.place

    def together(self, delivery):
        both.wait()
        return place(self, delivery)

    monkeypatch.setattr(Shelf, "place", together)
    for address in (first, second):
        assert publish(office.desk.reviewer, address).status_code == 303
    settle()
    (left,) = waiting(office)
    assert "有了变化" in left.sentence
    kept = (office.corpus / "停车管理办法.txt").read_text("utf-8")
    assert ("六元" in kept) == left.id.endswith(second[-8:])
    monkeypatch.setattr(Shelf, "place", place)
    again = f"{UPLOAD}/{left.id}"
    publish(office.desk.reviewer, again)
    settle()
    assert "会替换另一份文件" in office.desk.reviewer.get(again).text
    publish(office.desk.reviewer, again)
    settle()
    assert waiting(office) == ()
