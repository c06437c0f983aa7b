"""Bringing documents in at the console: read, shown as it will be indexed, put right, reviewed, published."""

import os
import re
import threading
import time

import pytest

from app.corpus import file_readers, outline, read_corpus
from app.corpus.queue import Queue
from app.errors import FileRefused, IndexUnusable
from app.index import Changes
from app.store import Role
from app.web.admin.waiting import WAITING, safe_name
from tests.web.admin.office import RULES, UPLOAD, publish, send, settle, waiting


def test_a_file_is_shown_as_it_will_be_indexed_and_published_by_a_reviewer(office):
    sent = send(office.desk.editor)
    assert sent.status_code == 303
    address = sent.headers["location"]
    page = office.desk.editor.get(address).text
    found = read_corpus(office.corpus).documents
    assert [document.title for document in found] == ["某市旧办法"]
    for line in (
        "第一条 为规范停车秩序，制定本办法。",
        "第二条 首小时收费不超过五元。",
        'value="某市停车管理办法"',
        'value="2025-04-01"',
        "由审核人员发布",
    ):
        assert line in page
    assert office.desk.editor.post(f"{address}/publish").status_code == 403
    assert publish(office.desk.reviewer, address).status_code == 303
    settle()
    assert {document.title for document in read_corpus(office.corpus).documents} == {
        "某市旧办法",
        "某市停车管理办法",
    }
    told = office.desk.clerk.get(f"{address}/progress")
    assert told.status_code == 403
    told = office.desk.editor.get(f"{address}/progress").json()
    assert (told["state"], told["sentence"]) == ("done", "新增 1 份（《某市停车管理办法》）。")
    assert office.built == 1
    assert not list((office.corpus / WAITING).iterdir())
    listed = office.desk.editor.get("/admin/documents").text
    assert "停车管理办法.txt" in listed
    assert "审核甲" in listed
    assert [each.action for each in office.desk.console.audit.records()][:2] == ["发布文件", "上传文件"]


def test_the_clause_tree_shown_is_the_outline_of_the_document(office):
    page = office.desk.editor.get(send(office.desk.editor).headers["location"]).text
    (document,) = read_from(office)
    assert page.count('class="tree-kind"') == len(outline(document))


def read_from(office):
    from app.web.admin.waiting import load

    (one,) = waiting(office)
    return [each.document for each in load(office.corpus / WAITING / one.id).documents]


def test_what_is_put_right_takes_effect_with_the_publication_in_the_editors_name(office):
    address = send(office.desk.editor).headers["location"]
    assert (
        office.desk.editor.post(
            f"{address}/facts?n=0", data={"region": "某市", "expires_on": "2030-04-30"}
        ).status_code
        == 303
    )
    assert "已更正" in office.desk.editor.get(address).text
    wrong = office.desk.editor.post(f"{address}/facts?n=0", data={"expires_on": "明年"})
    assert wrong.status_code == 422
    assert "不是日期" in wrong.text
    assert office.desk.editor.post(f"{address}/facts?n=9", data={"region": "x"}).status_code == 303
    publish(office.desk.reviewer, address)
    settle()
    made = next(each for each in read_corpus(office.corpus).documents if each.title == "某市停车管理办法")
    assert (made.region, str(made.expires_on)) == ("某市", "2030-04-30")
    assert {each.editor for each in made.corrections} == {"编辑甲"}


def test_a_script_gets_the_address_and_a_refusal_gets_a_sentence_and_leaves_nothing(office):
    asked = office.desk.editor.post(
        UPLOAD, files={"file": ("a.txt", RULES.encode())}, headers={"accept": "application/json"}
    )
    assert asked.json()["url"].startswith(UPLOAD)
    before = {each.name for each in (office.corpus / WAITING).iterdir()}
    for name, content, why in (
        ("空.txt", b"", "是空的"),
        ("程序.exe", b"MZ\0\0", "程序.exe"),
        ("旧.doc", b"\xd0\xcf\x11\xe0" * 9, "旧.doc"),
        ("没有扩展名", b"x", "没有扩展名"),
        ("大.txt", b"\xe5\xa4\xa7" * 80_000, "上限"),
        ("空白.txt", "　\n".encode(), "空白.txt"),
    ):
        got = office.desk.editor.post(
            UPLOAD, files={"file": (name, content)}, headers={"accept": "application/json"}
        )
        assert got.status_code == 422, name
        assert why in got.json()["detail"], got.json()
    assert {each.name for each in (office.corpus / WAITING).iterdir()} == before
    assert office.desk.editor.post(UPLOAD, data={"file": "text"}).status_code == 422
    assert office.desk.editor.post(UPLOAD).status_code == 422


def test_a_body_beyond_the_limit_is_cut_off_while_it_is_read(office):
    got = send(office.desk.editor, b"x" * 400_000)
    assert got.status_code == 413
    assert not (office.corpus / WAITING).exists()


def test_a_stranger_cannot_make_the_server_read_a_file(office):
    read = []

    def body():
        for _ in range(50):
            read.append(1)
            yield b"x" * 10_000

    got = office.desk.stranger().post(
        UPLOAD, content=body(), headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert got.status_code == 303
    assert not (office.corpus / WAITING).exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.txt", "passwd.txt"), ("C:\\办公\\办法.docx", "办法.docx"), ("a\0b\n.txt", "ab.txt"), (".隐藏.txt", "隐藏.txt"), ("x" * 300 + ".pdf", "x" * 120 + ".pdf")],
)  # fmt: skip
def test_a_name_is_the_name_of_a_file_in_one_folder(given, kept):
    assert safe_name(given) == kept


def test_a_long_name_is_cut_to_what_a_file_system_takes():
    assert safe_name("办" * 84 + ".txt") == "办" * 66 + ".txt"
    assert len(safe_name("a" + "办" * 300 + "." + "法" * 20).encode()) <= 255


@pytest.mark.parametrize("given", ["", "..", "/", "办法", ".txt", "\u202e.", "a/"])
def test_a_name_that_is_none_is_refused(given):
    with pytest.raises(FileRefused):
        safe_name(given)


def test_what_was_reviewed_is_what_is_published(office):
    address = send(office.desk.editor).headers["location"]
    (one,) = waiting(office)
    (file,) = (office.corpus / WAITING / one.id / "file").iterdir()
    file.write_text(RULES.replace("五元", "五十元"), "utf-8")
    publish(office.desk.reviewer, address)
    settle()
    (after,) = waiting(office)
    assert after.state == "failed"
    assert "与审核时看到的不同" in office.desk.reviewer.get(address).text
    assert len(read_corpus(office.corpus).documents) == 1


def test_a_failure_is_told_and_can_be_tried_again(office):
    address = send(office.desk.editor).headers["location"]
    for failure, why in (
        (IndexUnusable("索引暂时不能建立，请稍后再试。"), "暂时不能建立"),
        (OSError(28, "x"), "磁盘已满"),
        (RuntimeError("secret"), "意外错误"),
    ):
        office.fails = failure
        publish(office.desk.reviewer, address)
        settle()
        page = office.desk.reviewer.get(address).text
        assert why in page
        assert "secret" not in page
    office.fails = None
    assert publish(office.desk.reviewer, address).status_code == 303
    settle()
    assert waiting(office) == ()


def test_what_an_upload_that_was_cut_off_left_behind_goes_after_a_while(office):
    kept = send(office.desk.editor).headers["location"].rpartition("/")[2]
    for name, age in (("cut-off", 7200), ("under-way", 60), (kept, 7200)):
        home = office.corpus / WAITING / name
        home.mkdir(exist_ok=True)
        os.utime(home, (time.time() - age,) * 2)
    send(office.desk.editor, RULES + "又。\n")
    left = {each.name for each in (office.corpus / WAITING).iterdir()}
    assert "cut-off" not in left
    assert {"under-way", kept} <= left


def test_two_reviewers_publish_once(office):
    address = send(office.desk.editor).headers["location"]
    assert publish(office.desk.reviewer, address).status_code == 303
    settle()
    told = office.desk.client(Role.ADMIN).post(f"{address}/publish")
    assert (told.status_code, "“停车管理办法.txt”已经发布" in told.text) == (409, True)
    assert office.built == 1


def test_what_is_withdrawn_is_deleted(office):
    address = send(office.desk.editor).headers["location"]
    assert office.desk.editor.post(f"{address}/withdraw").status_code == 303
    assert not list((office.corpus / WAITING).iterdir())
    assert "已撤回" in office.desk.editor.get(address).text
    assert "已经撤回" in publish(office.desk.reviewer, address).text
    assert office.desk.editor.post(f"{address}/withdraw").status_code == 409


def test_a_new_version_takes_the_place_of_the_document(office):
    (old,) = read_corpus(office.corpus).documents
    address = send(office.desk.editor, RULES, "任何名字.txt", as_id=old.id).headers["location"]
    assert "新版本" in office.desk.editor.get(address).text
    publish(office.desk.reviewer, address)
    settle()
    (now,) = read_corpus(office.corpus).documents
    assert (now.id, now.title) == (old.id, "某市停车管理办法")


def test_a_long_clause_tree_is_shown_in_pages_that_leave_nothing_out(office, monkeypatch):
    monkeypatch.setattr("app.web.admin.facts.SHOWN", 2)
    rules = "某市长办法\n" + "".join(f"第{n}条 第{n}号规定的内容。\n" for n in "一二三四五")
    address = send(office.desk.editor, rules).headers["location"]
    seen, link = [], "?n=0&amp;at=0"
    while link:
        page = office.desk.editor.get(address + link.replace("&amp;", "&")).text
        seen += re.findall(r"第.号规定", page)
        assert page.count('class="tree-kind"') <= 2
        more = re.search(r'href="([^"]*)">后面的条款', page)
        link = more[1] if more else ""
    assert seen == [f"第{n}号规定" for n in "一二三四五"]
    assert office.desk.editor.get(f"{address}?at=99999999999999999999").status_code == 200
    assert office.desk.editor.get(f"{address}?at=-5").status_code == 200


def test_whoever_uploads_sees_their_place_and_is_asked_to_come_again_where_too_many_wait(office, monkeypatch):
    queue = Queue(at_once=1, waiting=1)
    monkeypatch.setattr(file_readers, "_queue", queue)
    monkeypatch.setattr(office.desk.app.state.parts.intake.shelf, "_present", tuple)
    sent = {"files": {"file": ("停车管理办法.txt", RULES.encode())}, "data": {"ticket": "mine"}}
    made = []
    with queue.turn():
        upload = threading.Thread(target=lambda: made.append(office.desk.editor.post(UPLOAD, **sent)))
        upload.start()
        while file_readers.ahead("mine") is None:
            time.sleep(0.001)
        assert office.desk.reviewer.get("/admin/documents/reading/mine").json() == {"ahead": 0}
        full = office.desk.reviewer.post(UPLOAD, **sent)
        assert (full.status_code, "过一会儿" in full.text) == (503, True)
        assert int(full.headers["retry-after"]) > 0
    upload.join()
    assert made[0].status_code in (200, 303)
    assert office.desk.editor.get("/admin/documents/reading/mine").json() == {"ahead": None}


def test_one_file_is_uploaded_at_a_time(office):
    files = [("file", ("a.txt", RULES.encode())), ("file", ("b.txt", RULES.encode()))]
    told = office.desk.editor.post(UPLOAD, files=files)
    assert (told.status_code, "多个文件请先打成 ZIP" in told.text) == (422, True)


def test_what_cannot_be_a_new_version_is_told_in_words_of_the_page(office):
    for as_id, name, why in (
        ("x" * 65, "a.txt", "编号“" + "x" * 65 + "”不可用"),
        ("a b", "a.txt", "编号“a b”不可用"),
        ("abc", "a.zip", "“a.zip”是压缩包或文件夹"),
    ):
        got = send(office.desk.editor, RULES, name, as_id=as_id)
        assert got.status_code == 422
        assert why in got.text
        assert "--as" not in got.text


def test_a_document_is_removed_and_its_file_kept(office):
    send_address = send(office.desk.editor).headers["location"]
    publish(office.desk.reviewer, send_address)
    settle()
    gone = next(each for each in read_corpus(office.corpus).documents if each.title == "某市停车管理办法")
    assert office.desk.editor.post(f"/admin/documents/{gone.id}/remove").status_code == 403
    assert office.desk.reviewer.post(f"/admin/documents/{gone.id}/remove").status_code == 303
    settle()
    assert [each.title for each in read_corpus(office.corpus).documents] == ["某市旧办法"]
    assert len(list((office.corpus / ".removed").iterdir())) == 1
    assert office.desk.reviewer.post("/admin/documents/none-such/remove").status_code == 404


def test_a_title_that_has_its_own_marks_gets_no_second_ones(office):
    address = send(
        office.desk.editor, "《某市停车管理办法》政策解读\n\n一、为什么\n为了规范停车秩序。\n"
    ).headers["location"]
    publish(office.desk.reviewer, address)
    settle()
    title = "《某市停车管理办法》政策解读"
    told = next(each for each in read_corpus(office.corpus).documents if each.title == title)
    gone = office.desk.reviewer.post(f"/admin/documents/{told.id}/remove")
    settle()
    assert f"已移出{title}，" in office.desk.editor.get(gone.headers["location"]).text
    assert "《《" not in office.desk.editor.get("/admin/documents").text


def test_what_another_publication_took_along_is_said_to_hold(office):
    office.changes = Changes((), (), (), rebuilt=False)
    address = send(office.desk.editor).headers["location"]
    publish(office.desk.reviewer, address)
    settle()
    assert office.desk.editor.get(f"{address}/progress").json()["sentence"] == "已经生效，索引已是最新。"


def test_a_published_document_is_put_right_by_a_reviewer_and_the_index_follows(office, services):
    (document,) = services.snapshot.documents.values()
    address = f"/admin/documents/{document.id}"
    assert office.desk.editor.post(f"{address}/facts", data={"region": "某市"}).status_code == 403
    same = office.desk.reviewer.post(f"{address}/facts", data={"title": document.title})
    assert (same.status_code, office.built) == (303, 0)
    wrong = office.desk.reviewer.post(f"{address}/facts", data={"title": ""})
    assert wrong.status_code == 422
    done = office.desk.reviewer.post(f"{address}/facts", data={"region": "某市"})
    settle()
    assert "更正" in office.desk.editor.get(done.headers["location"]).text
    assert office.built == 1
    assert "某市" in next((office.corpus / ".corrections").iterdir()).read_text("utf-8")
    actions = [each.action for each in office.desk.console.audit.records()]
    assert "更正文件信息" in actions


def test_the_list_and_one_document_are_shown_without_a_way_in_too(desk):
    page = desk.editor.get("/admin/documents?q=新能源").text
    assert "新能源企业扶持办法（试行）" in page
    assert "把文件拖到这里" not in page
    assert "没有符合条件" in desk.editor.get("/admin/documents?q=没有这样的&p=99").text
    one = desk.editor.get("/admin/documents/new-energy").text
    assert "测政发〔2024〕1号" in one
    assert "未载明" in one
    assert desk.editor.get("/admin/documents/none").status_code == 404
    assert desk.editor.post(UPLOAD, files={"file": ("a.txt", b"x")}).status_code == 503


def test_hostile_names_and_texts_are_text(office):
    text = "<script>alert(1)</script>办法\n\n第一条 <img src=x onerror=alert(1)>，制定本办法。\n"
    address = send(office.desk.editor, text, '<b>"x".txt').headers["location"]
    for page in (office.desk.editor.get(address).text, office.desk.editor.get("/admin/documents").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>x" not in page
