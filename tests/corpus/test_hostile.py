"""Files made to break a reader: each is refused with a remedy or survived, and the files beside it are served."""

import io
import itertools
import os
import threading
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.corpus import read_corpus, read_document
from app.corpus.apart import Apart
from app.corpus.formats.reading import extract
from app.corpus.queue import Full, Queue
from app.corpus.readers import documents_of
from app.errors import FileRefused

from . import files

GOOD = "关于支持企业的通知\n一、支持企业升规。\n"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "哈">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{("&" + chr(97 + at) + ";") * 10}">' for at in range(9)
)


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A Word file with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in old.infolist():
            made.writestr(entry.filename, content if entry.filename == name else old.read(entry.filename))
        if name not in old.namelist():
            made.writestr(name, content)
    return out.getvalue()


WORD = files.docx("某办法", ["正文。"])
PDF = files.pdf("某办法", ["正文。"] * 20)
LOOP = PDF.replace(b"/Kids [6 0 R", b"/Kids [2 0 R", 1)
DEEP = b"<w:p xmlns:w='x'>" * 10_000 + b"</w:p>" * 10_000
HOSTILE = [
    ("bomb.docx", archive(word__document_dot_xml=b"0" * 400_000_000), "过大"),
    ("laughs.docx", with_part(WORD, "word/document.xml", (LAUGHS + "]><w>&j;</w>").encode()), "实体"),
    ("outside.docx", with_part(WORD, "word/document.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), "实体"),
    ("deep.docx", with_part(WORD, "word/document.xml", DEEP), "嵌套"),
    ("up.docx", with_part(WORD, "../../evil.xml", b"<a/>"), "外部"),
    ("cut.docx", WORD[: len(WORD) // 2], "损坏"),
    ("sheet.docx", archive(a_dot_txt=b"x"), "Word"),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版"),
    ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"),
    ("text.xlsx", b"not a sheet", "损坏"),
    ("cut.pdf", PDF[:300], "损坏"),
    ("loop.pdf", LOOP, ""),
    ("none.pdf", b"%PDF-1.7\n%%EOF", "损坏"),
    ("scan.pdf", files.pdf_of(["0 0 100 100 re f"] * 3), "没有文字"),
    ("empty.html", b"<html><body><script>1</script></body></html>", "正文"),
    ("word.html", WORD, "二进制"),
    ("empty.csv", b"\n\n", "空白"),
]  # fmt: skip


def read_or_refused(name: str, data: bytes) -> str:
    """The text of a file, or the sentence that refuses it."""
    try:
        return "".join(one.text for one in extract(data, name))
    except FileRefused as refusal:
        return f"{refusal}正文"


@pytest.mark.parametrize(("name", "data", "told"), HOSTILE, ids=[name for name, _, _ in HOSTILE])
def test_a_hostile_file_is_refused_with_its_name_and_a_remedy(name, data, told):
    with pytest.raises(FileRefused) as refusal:
        extract(data, name)
    assert name in str(refusal.value)
    assert told in str(refusal.value)
    assert "请" in str(refusal.value)


def test_hostile_files_leave_the_others_served(tmp_path):
    for name, data, _ in HOSTILE:
        (tmp_path / name).write_bytes(data)
    (tmp_path / "好.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "好.html").write_bytes(files.html("某市办法", ["第一条 正文一。", "第二条 正文二。"]))
    corpus = read_corpus(tmp_path)
    assert [document.file for document in corpus.documents] == ["好.html", "好.txt"]
    assert len(corpus.notes) == len(HOSTILE)


def test_a_page_nested_ten_thousand_levels_deep_is_survived():
    page = b"<div>" * 10_000 + "正文在此，不深不浅。".encode() + b"</div>" * 10_000
    assert "正文" in read_or_refused("a.html", page)


def test_a_page_full_of_open_tags_and_entities_is_survived():
    page = ("<p>甲，乙。" + "<b><i>&amp;&#9999999;&nope;" * 20_000).encode()
    assert "甲，乙。" in extract(page, "a.html")[0].text


def test_rows_of_buttons_do_not_tie_up_the_reader():
    rows = "".join(f"<p>{'| - 大 中 小 打印 ' * 6}{at}号</p>" for at in range(200))
    page = f"<div id='zoom'><p>正文在此，不长不短。</p>{rows}</div>"
    assert "正文在此" in extract(page.encode(), "a.html")[0].text


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read():
    with Apart(time_limit=0.01) as apart, pytest.raises(FileRefused, match="秒内没有读完"):
        apart.read("a.pdf", files.pdf("某办法", ["正文。"] * 2000))
    with Apart() as apart:
        assert apart.read("a.docx", WORD)[0][0].text.startswith("某办法")


def test_the_process_apart_is_replaced_when_it_dies():
    with Apart() as apart:
        apart.read("a.docx", WORD)
        (child,) = apart._idle
        child._process.kill()
        child._process.wait()
        assert apart.read("a.docx", WORD)


def test_the_process_apart_ends_with_its_owner():
    with Apart() as apart:
        apart.read("a.docx", WORD)
        (child,) = apart._idle
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_a_text_beyond_the_limit_is_refused_without_reading_it_all(tmp_path):
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(FileRefused, match="上限"):
        read_document(path)


def test_a_file_replaced_while_it_is_read_is_one_version_or_the_other(tmp_path):
    path = tmp_path / "变.txt"
    versions = [f"{name}的正文。\n" * 20_000 for name in ("甲", "乙")]
    path.write_text(versions[0], encoding="utf-8")
    stop = threading.Event()
    told: list[str] = []

    def rewrite() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            fresh = tmp_path / f"{turn % 2}.tmp"
            fresh.write_text(versions[turn % 2], encoding="utf-8")
            fresh.replace(path)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(12):
            try:
                assert read_document(path).text in versions
            except FileRefused as refusal:
                told.append(str(refusal))
    finally:
        stop.set()
        writer.join()
    assert all("改写" in words for words in told)


def test_a_name_that_begins_with_two_dots_and_a_link_outside_are_passed_over(tmp_path):
    outside = tmp_path / "外.txt"
    outside.write_text(GOOD, encoding="utf-8")
    inside = tmp_path / "corpus"
    inside.mkdir()
    (inside / "..外.txt").write_text("另一篇。", encoding="utf-8")
    (inside / "内.txt").symlink_to(outside)
    (inside / "办法.txt").write_text("办法。\n第一条 支持企业。\n", encoding="utf-8")
    corpus = read_corpus(inside)
    assert [document.file for document in corpus.documents] == ["办法.txt"]
    assert "文件夹之外" in corpus.notes[0]


def aliases(levels: int) -> bytes:
    """A text of under 1 KB whose title, written out, is ten to the power of `levels` words."""
    lines = ["a: &a [甲, 甲, 甲, 甲, 甲, 甲, 甲, 甲, 甲, 甲]"]
    for above, own in itertools.pairwise("abcdefghijklm"[:levels]):
        lines.append(f"{own}: &{own} [{', '.join([f'*{above}'] * 10)}]")
    return "\n".join(["---", *lines, f"title: *{'abcdefghijklm'[levels - 1]}", "---", "正文。"]).encode()


@pytest.mark.parametrize("levels", [1, 7, 9])
def test_a_text_whose_front_matter_expands_is_refused_in_one_short_sentence(levels):
    data = aliases(levels)
    assert len(data) < 1024
    with pytest.raises(FileRefused) as refusal:
        documents_of(data, "别名.txt")
    assert "引号" in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    "value", ["9" * 4000, ":".join(["59"] * 3000), "[" + "长" * 9000 + "]", "{长: " + "长" * 9000 + "}", '"\\u202e' + "长" * 9000 + '"'],
    ids=["digits", "sexagesimal", "list", "mapping", "text"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["title", "published_on", "issuers", "kind", "id"])
def test_a_refusal_repeats_little_of_a_value(key, value):
    try:
        documents_of(f"---\n{key}: {value}\n---\n正文。".encode(), "长.md")
    except FileRefused as refusal:
        assert len(str(refusal)) < 300  # noqa: PT017
        assert "请" in str(refusal)  # noqa: PT017


def test_a_merge_over_a_whole_sheet_is_refused_before_any_cell_is_made(monkeypatch):
    book = files.sheet(".xlsx")
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        content = packed.read(sheet)
    merged = content.replace(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    )
    assert merged != content
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_, **__: pytest.fail("the workbook was opened"))
    with pytest.raises(FileRefused, match="A1:XFD1048576"):
        extract(with_part(book, sheet, merged), "合并.xlsx")


def test_what_comes_back_of_a_file_is_bounded(monkeypatch):
    monkeypatch.setattr("app.corpus.apart.OUTPUT_LIMIT", 2000)
    with Apart() as apart, pytest.raises(FileRefused, match="内容过多"):
        apart.read("多.docx", files.docx("某办法", ["支持企业。" * 100] * 1000))


def test_a_few_files_are_read_at_once_and_the_others_know_their_place():
    queue = Queue(at_once=1, waiting=2)
    inside, done = threading.Event(), []

    def wait(ticket: str) -> None:
        with queue.turn(ticket):
            done.append(ticket)

    with queue.turn("first"):
        waiting = []
        for place, ticket in enumerate(("second", "third")):
            waiting.append(threading.Thread(target=wait, args=(ticket,)))
            waiting[-1].start()
            while queue.ahead(ticket) is None:
                inside.wait(0.001)
            assert queue.ahead(ticket) == place
        with pytest.raises(Full), queue.turn("fourth"):
            pytest.fail("it was let in")
    for each in waiting:
        each.join()
    assert done == ["second", "third"]
    assert queue.ahead("third") is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["a.html", "a.docx", "a.pdf", "a.xlsx", "a.csv"]),
    st.sampled_from([WORD, PDF, files.html("某办法", ["正文。"]), zlib.compress(b"x"), b""]),
    st.binary(max_size=40),
    st.integers(0, 4000),
)
def test_any_bytes_are_read_or_refused(name, base, noise, at):
    words = read_or_refused(name, base[:at] + noise + base[at + len(noise) :])
    assert words.strip()
    words.encode("utf-8")
