from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import read_document
from app.errors import FileRefused

TEXT = "关于支持企业的通知\n一、支持企业升规。\n二、给予补贴100元。\n"


def write(folder, content, name="政策.txt"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_each_encoding_gives_the_same_text(tmp_path, encoding):
    assert read_document(write(tmp_path, TEXT.encode(encoding))).text == TEXT


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_become_newlines(tmp_path, end):
    assert read_document(write(tmp_path, TEXT.replace("\n", end))).text == TEXT


def test_the_title_is_the_first_line_and_the_rest_stays_unknown(tmp_path):
    read = read_document(write(tmp_path, "\n\n# 某市办法\n\n第一条 甲。", "a.md"))
    assert (read.title, read.kind, read.number, read.issuers, read.published_on) == (
        "某市办法",
        "原文",
        None,
        (),
        None,
    )
    assert len(read_document(write(tmp_path, "长" * 300)).title) == 100


def test_front_matter_is_read_and_the_body_is_left_as_it_is(tmp_path):
    head = "---\nid: doc-1\ntitle: 某办法\nissuers: [市商务局, 市财政局]\nkind: 通告\npublished_on: 2024-05-01\nexpires_on: '2025-05-01'\n---\n"
    read = read_document(write(tmp_path, head + "\n 正文。\n "))
    assert read.text == "\n 正文。\n "
    assert (read.id, read.title, read.issuers, read.kind) == (
        "doc-1",
        "某办法",
        ("市商务局", "市财政局"),
        "通告",
    )
    assert (read.published_on, read.expires_on) == (date(2024, 5, 1), date(2025, 5, 1))


@pytest.mark.parametrize("issuers", ["issuers: 市商务局", "issuers:\n  - 市商务局"])
def test_one_issuer_may_be_a_word_or_a_list(tmp_path, issuers):
    assert read_document(write(tmp_path, f"---\n{issuers}\n---\n正文。")).issuers == ("市商务局",)


def test_a_horizontal_rule_is_no_front_matter(tmp_path):
    assert read_document(write(tmp_path, "---\n某市办法\n正文。")).title == "某市办法"


@pytest.mark.parametrize(
    ("block", "line", "told"),
    [
        ("title: [", 3, "YAML"),
        ("title: 甲\nkind: 公报", 3, "公报"),
        ("title: 甲\npublished_on: 去年", 3, "去年"),
        ("published_on: 2024-02-31", 2, "日期"),
        ("published_on: 2024-02-01 10:00:00", 2, "日期"),
        ("number: 16", 2, "number"),
        ("id: 第一号", 2, "id"),
        ("id: ../x", 2, "id"),
        ("issuers: [1]", 2, "issuers"),
        ("只是一句话", 2, "字段"),
        ("- 甲\n- 乙", 2, "字段"),
        ("a: 甲\ntitle: {b: c}", 3, "title"),
        ("a: &a [*a, *a]\ntitle: {b: c}", 2, "引号"),
        ("[" * 3000, 2, "文件头"),
    ],
)
def test_bad_front_matter_is_refused_with_file_and_line(tmp_path, block, line, told):
    with pytest.raises(FileRefused) as refusal:
        read_document(write(tmp_path, f"---\n{block}\n---\n正文。"))
    assert "政策.txt" in str(refusal.value)
    assert f"第 {line} 行" in str(refusal.value)
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空白"),
        ("\ufeff \n\u3000\n".encode(), "空白"),
        (b"---\ntitle: x\n---\n  ", "没有正文"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "二进制"),
        (bytes(range(1, 32)) * 9, "控制字符"),
        ("第一行\n第二行".encode() + b"\xe4\xb8\n" + TEXT.encode() * 5, "第 2 行"),
        (b"\xef\xbb\xbf" + "甲\n".encode() + b"\xff", "第 2 行"),
        (b"\xff\xfe\x00\xd8\x41\x00", "编码"),
        ("甲".encode("gb18030") * 9 + b"\xff\xff", "GB18030"),
        (b"x" * 2000, "上限"),
    ],
)
def test_what_is_no_text_is_refused_with_a_remedy(tmp_path, content, told):
    with pytest.raises(FileRefused) as refusal:
        read_document(write(tmp_path, content), file_limit=1024)
    assert told in str(refusal.value)
    assert "“政策.txt”" in str(refusal.value)
    assert "请" in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="无法读取"):
        read_document(tmp_path / "无.txt")


def test_the_default_id_depends_on_the_path_and_not_on_the_words(tmp_path):
    first = read_document(write(tmp_path, "甲。"), tmp_path)
    second = read_document(write(tmp_path, "乙。"), tmp_path)
    third = read_document(write(tmp_path, "乙。", "另.txt"), tmp_path)
    assert first.id == second.id != third.id
    assert len(first.id) == 16


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(content)
    try:
        read = read_document(path)
    except FileRefused:
        return
    assert read.text.encode("utf-8").decode("utf-8") == read.text
    assert "\r" not in read.text
    assert read.title


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('title: "停车\\n办法"', "title 的值“停车�办法”含有换行"),
        ('number: "9\\u202e号"', "看不见的字符"),
        ('issuers: ["某\\0局"]', "看不见的字符"),
        ("source_url: javascript:alert(1)", "请写以 http:// 或 https:// 开头的网址"),
    ],
)
def test_a_file_that_states_what_cannot_be_shown_safely_is_refused(tmp_path, line, told):
    path = write(tmp_path, f"---\n{line}\n---\n第一条 白天每小时八元。\n")
    with pytest.raises(FileRefused, match=told):
        read_document(path, tmp_path)
