"""Of a page is read what a browser shows: neither hidden nor struck words, text that a script unveils, archives, a broken byte."""

import pytest

from app.corpus.formats.reading import extract
from app.errors import FileRefused

TEXT = [
    "一、年满六十五周岁的居民，每月发放米面补助九十元。",
    "二、年满七十五周岁的，每月发放一百五十元，由社区代领。",
    "三、申请人持户口簿到社区登记，三日内办结。",
]


def page(inner: str, head: str = "") -> bytes:
    return f"<html><head><meta charset='utf-8'>{head}</head><body>{inner}</body></html>".encode()


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def read(data: bytes, name: str = "甲.html"):
    (found,) = extract(data, name)
    return found


@pytest.mark.parametrize(
    "veil",
    [
        "<div id='js_content' style='visibility: hidden; opacity: 0; '>{}</div>",
        "<div class='rich' style='opacity:0'>{}</div>",
        "<section style='visibility:hidden'><div>{}</div></section>",
    ],
)
def test_a_text_that_a_script_unveils_is_the_text_of_the_page(veil):
    around = "<h1>某街道米面补助说明</h1><a href='#'>某街道发布</a>{}<div><span>预览时不可点</span></div>"
    found = read(page(around.format(veil.format(paragraphs(TEXT)))))
    assert found.text.splitlines() == ["某街道米面补助说明", *TEXT]
    assert "脚本" in found.notes[0]


@pytest.mark.parametrize(
    ("hidden", "head", "reason"),
    [
        ("<p style='display:none'>四、内部数额三百元，暂不公布。</p>", "", "隐藏的内容"),
        ("<p style='visibility: hidden'>四、内部数额三百元，暂不公布。</p>", "", "隐藏的内容"),
        ("<p hidden>四、内部数额三百元，暂不公布。</p>", "", "隐藏的内容"),
        (
            "<p class='x y'>四、内部数额三百元，暂不公布。</p>",
            "<style>.a{color:red} .y{display:none}</style>",
            "隐藏的内容",
        ),
        ("<p><s>四、内部数额三百元，暂不公布。</s></p>", "", "删除线划去的文字"),
        ("<p><del>四、内部数额三百元，暂不公布。</del></p>", "", "删除线划去的文字"),
        (
            "<p style='text-decoration: line-through'>四、内部数额三百元，暂不公布。</p>",
            "",
            "删除线划去的文字",
        ),
    ],
)
def test_what_a_browser_hides_or_strikes_is_left_out_and_listed(hidden, head, reason):
    found = read(page(f"<h1>某街道米面补助说明</h1><div>{paragraphs(TEXT)}{hidden}</div>", head))
    assert "三百元" not in found.text
    assert ("四、内部数额三百元，暂不公布。", reason) in found.dropped
    assert TEXT[2] in found.text


def test_a_rule_for_printing_hides_nothing_on_the_screen():
    sheet = "<style>@media print { .z { display: none } } .z { color: black }</style>"
    found = read(page(f"<div>{paragraphs(TEXT[:2])}<p class='z'>{TEXT[2]}</p></div>", sheet))
    assert TEXT[2] in found.text.splitlines()


def test_a_closing_break_is_a_line_break():
    found = read(page(f"<h1>某街道米面补助说明</h1><div>{'</br>'.join(TEXT)}</br ></div>"))
    assert found.text.splitlines() == ["某街道米面补助说明", *TEXT]


ARCHIVE = (
    "From: <Saved by browser>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n------b\r\n'
    "Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n------b--\r\n"
)


@pytest.mark.parametrize("name", ["甲.mhtml", "甲.mht", "甲.html", "甲.docx"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_web_archive_is_read_whatever_it_is_called(name, encoding):
    import base64
    import quopri

    body = page(f"<h1>某街道米面补助说明</h1><div>{paragraphs(TEXT)}</div>")
    coded = base64.encodebytes(body) if encoding == "base64" else quopri.encodestring(body)
    data = ARCHIVE.format(charset="utf-8", encoding=encoding, body=coded.decode("ascii")).encode()
    assert read(data, name).text.splitlines() == ["某街道米面补助说明", *TEXT]


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
def test_a_page_with_one_broken_byte_is_read_with_a_note(charset):
    whole = page(f"<h1>某街道米面补助说明</h1><div>{paragraphs(TEXT)}</div><p>某街道办事处承办</p>")
    data = whole.decode().replace("utf-8", charset).encode(charset)
    cut = data.replace("承办".encode(charset), "承".encode(charset) + "办".encode(charset)[:1])
    found = read(cut)
    assert set(TEXT) <= set(found.text.splitlines())
    assert "1 处字节已损坏" in found.notes[0]


def test_a_page_of_which_much_is_broken_is_refused():
    with pytest.raises(FileRefused, match="编码已损坏"):
        read(page(paragraphs(TEXT)) + b"\xff\xfe\xfa" * 40)
