"""Of a Word file is read what Word shows: nothing hidden, struck or deleted, and every sign, equation and number that it draws."""

import pytest

from app.corpus import outline, read_document
from app.corpus.formats.docx_numerals import numeral
from app.corpus.formats.docx_symbols import UNKNOWN, symbol
from app.corpus.formats.reading import extract

from . import files
from .files import cell, para, row, run, word

HIDDEN = "<w:vanish/>"


def read(body: str, **rest):
    (found,) = extract(word(body, **rest), "甲.docx")
    return found


def lines(body: str, **rest) -> list[str]:
    return read(body, **rest).text.splitlines()


STYLES = (
    "<w:style w:type='paragraph' w:styleId='draft'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:type='paragraph' w:styleId='note'><w:basedOn w:val='draft'/></w:style>"
    "<w:style w:type='character' w:styleId='secret'><w:rPr><w:vanish/></w:rPr></w:style>"
    "<w:style w:type='character' w:styleId='gone'><w:rPr><w:strike/></w:rPr></w:style>"
)


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [
        (para("第二条 内部数额十九元。", properties="<w:pStyle w:val='draft'/>"), "隐藏文字"),
        (para("第二条 内部数额十九元。", properties="<w:pStyle w:val='note'/>"), "隐藏文字"),
        (para(run("第二条 内部数额十九元。", HIDDEN)), "隐藏文字"),
        (para(run("第二条 内部数额十九元。", "<w:rStyle w:val='secret'/>")), "隐藏文字"),
        (para(run("第二条 内部数额十九元。", "<w:rStyle w:val='gone'/>")), "删除线划去的文字"),
        (para(run("第二条 内部数额十九元。", "<w:dstrike/>")), "删除线划去的文字"),
        (para(f"<w:del>{run('第二条 内部数额十九元。')}</w:del>"), "修订中删除的文字"),
        (para(f"<w:moveFrom>{run('第二条 内部数额十九元。')}</w:moveFrom>"), "修订中删除的文字"),
    ],
)
def test_what_word_does_not_show_is_left_out_and_listed(hidden, reason):
    found = read(para("某县摊位租金办法") + hidden + para("第二条 每月每平方米八元。"), styles=STYLES)
    assert found.text == "某县摊位租金办法\n第二条 每月每平方米八元。\n"
    assert found.dropped == (("第二条 内部数额十九元。", reason),)


def test_a_run_may_show_what_its_style_hides():
    shown = para(run("此段可见。", "<w:vanish w:val='0'/>"), properties="<w:pStyle w:val='draft'/>")
    assert lines(shown, styles=STYLES) == ["此段可见。"]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    cut = para("补贴标准为每人", properties="<w:rPr><w:del w:id='1'/></w:rPr>")
    assert lines(cut + para("每月三百元。") + para("第二段。")) == ["补贴标准为每人每月三百元。", "第二段。"]


def test_inserted_and_moved_words_are_read_where_they_stand_now():
    body = para("每月", f"<w:ins>{run('三百')}</w:ins>", f"<w:moveTo>{run('元')}</w:moveTo>", "。")
    assert lines(body) == ["每月三百元。"]


def test_rows_that_were_deleted_or_hidden_are_left_out_of_their_table():
    gone = row("乙类", "二十元", properties="<w:del w:id='3'/>")
    hidden = row("丙类", "三十元", properties="<w:hidden/>")
    found = read(
        f"<w:tbl>{row('类别', '金额')}{row('甲类', '十元')}{gone}{hidden}{row('丁类', '四十元')}</w:tbl>"
    )
    assert found.text == "| 类别 | 金额 |\n| 甲类 | 十元 |\n| 丁类 | 四十元 |\n"
    assert {one.reason for one in found.dropped} == {"修订中删除的文字", "隐藏文字"}


@pytest.mark.parametrize(
    ("font", "code", "seen"),
    [
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings 2", "F0A3", "☐"),
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "00A8", "☐"),
        ("Wingdings", "F0FC", "✔"),
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "F0B4", "×"),
    ],
)
def test_symbols_are_read_as_their_font_draws_them(font, code, seen):
    sign = f"<w:r><w:sym w:font='{font}' w:char='{code}'/></w:r>"
    typed = run(chr(int(code, 16)), f"<w:rFonts w:ascii='{font}' w:hAnsi='{font}'/>")
    assert lines(para(sign, "符合") + para(typed, "符合")) == [f"{seen}符合", f"{seen}符合"]


def test_a_sign_that_no_table_has_is_named_to_the_person_who_adds_the_file():
    found = read(para("<w:r><w:sym w:font='Wingdings' w:char='F03A'/></w:r>", "符合"))
    assert found.text == f"{UNKNOWN}符合\n"
    assert "1 个无法识别的符号" in found.notes[0]
    assert symbol("宋体", 0x4E00) == "一"


def test_ticks_of_form_fields_are_read():
    def box(state: str) -> str:
        field = f"<w:ffData><w:checkBox><w:default w:val='0'/>{state}</w:checkBox></w:ffData>"
        return f"<w:r><w:fldChar w:fldCharType='begin'>{field}</w:fldChar></w:r>"

    choice = (
        "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='按月'/>"
        "<w:listEntry w:val='按季'/></w:ddList></w:ffData></w:fldChar></w:r>"
    )
    assert lines(para(box("<w:checked/>"), "能　", box(""), "不能") + para("发放：", choice)) == [
        "☑能　☐不能",
        "发放：按季",
    ]


def math(inner: str) -> str:
    return f"<m:oMath>{inner}</m:oMath>"


def sign(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "line"),
    [
        (sign("4500"), "4500"),
        (
            sign("补助=") + f"<m:f><m:num>{sign('实到人数')}</m:num><m:den>{sign('核定人数')}</m:den></m:f>",
            "补助=(实到人数)/(核定人数)",
        ),
        (f"<m:sSup><m:e>{sign('a')}</m:e><m:sup>{sign('2')}</m:sup></m:sSup>", "a^2"),
        (f"<m:sSub><m:e>{sign('P')}</m:e><m:sub>{sign('上年')}</m:sub></m:sSub>", "P_(上年)"),
        (f"<m:rad><m:deg/><m:e>{sign('x')}</m:e></m:rad>", "√(x)"),
        (
            f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{sign('i=1')}</m:sub><m:sup>{sign('n')}</m:sup>"
            f"<m:e>{sign('Q')}</m:e></m:nary>",
            "∑_(i=1)^n(Q)",
        ),
        (
            f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{sign('A+B')}</m:e></m:d>",
            "[A+B]",
        ),
        (f"<m:func><m:fName>{sign('max')}</m:fName><m:e>{sign('a,b')}</m:e></m:func>", "max(a,b)"),
        (f"<m:eqArr><m:e>{sign('甲=1')}</m:e><m:e>{sign('乙=2')}</m:e></m:eqArr>", "甲=1；乙=2"),
    ],
)
def test_equations_are_one_line_with_all_their_signs(equation, line):
    assert lines(para("上限为", math(equation), "元。")) == [f"上限为{line}元。"]
    assert lines(para(f"<m:oMathPara>{math(equation)}</m:oMathPara>")) == [line]


def level(at: int, style: str, pattern: str, more: str = "") -> str:
    return f"<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{style}'/>{more}<w:lvlText w:val='{pattern}'/></w:lvl>"


def listed(levels: str, more: str = "") -> str:
    return (
        f"<w:abstractNum w:abstractNumId='1'>{levels}</w:abstractNum>{more}"
        "<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>"
    )


def item(words: str, at: int = 0, list_id: int = 1) -> str:
    return para(words, properties=f"<w:numPr><w:ilvl w:val='{at}'/><w:numId w:val='{list_id}'/></w:numPr>")


def test_legal_numbering_prints_all_its_numbers_in_digits_and_they_are_labels(tmp_path):
    numbering = listed(
        level(0, "chineseCountingThousand", "第%1章") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    )
    body = "".join(
        [
            para("某区井盖更换规程"),
            item("报修"),
            item("市民可以电话报修。", 1),
            item("街道当日登记。", 1),
            item("更换"),
            item("两日内到场查看。", 1),
            item("七日内更换完毕。", 1),
        ]
    )
    (tmp_path / "a.docx").write_bytes(word(body, numbering=numbering))
    document = read_document(tmp_path / "a.docx")
    found = {
        clause.label: document.text[clause.start : clause.end] for clause in outline(document) if clause.label
    }
    assert [label for label in found if "." in label] == ["1.1", "1.2", "2.1", "2.2"]
    assert found["2.2"] == "2.2 七日内更换完毕。"


def test_a_list_that_names_a_list_style_has_the_levels_of_the_style():
    behind = f"<w:abstractNum w:abstractNumId='2'><w:styleLink w:val='正文编号'/>{level(0, 'chineseLegalSimplified', '%1、')}</w:abstractNum>"
    numbering = listed("<w:numStyleLink w:val='正文编号'/>", behind)
    assert lines(item("总则") + item("附则"), numbering=numbering) == ["壹、总则", "贰、附则"]


def test_a_style_stands_for_the_level_that_names_it():
    styles = "<w:style w:type='paragraph' w:styleId='sub'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
    numbering = listed(
        level(0, "chineseCounting", "%1、") + level(1, "chineseCounting", "（%2）", "<w:pStyle w:val='sub'/>")
    )
    body = item("条件") + para("年满六十岁。", properties="<w:pStyle w:val='sub'/>")
    assert lines(body, styles=styles, numbering=numbering) == ["一、条件", "（一）年满六十岁。"]


def test_bullets_say_nothing_unless_they_are_boxes():
    fonts = "<w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr>"
    dots, boxes = level(0, "bullet", "\uf06c", fonts), level(0, "bullet", "\uf0a8", fonts)
    assert lines(item("申请表"), numbering=listed(dots)) == ["申请表"]
    assert lines(item("同意"), numbering=listed(boxes)) == ["☐同意"]


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("chineseLegalSimplified", "壹拾贰"),
        ("ideographDigital", "一二"),
        ("decimalEnclosedParen", "⑿"),
        ("decimalEnclosedFullstop", "⒓"),
        ("ideographZodiac", "亥"),
        ("lowerRoman", "xii"),
        ("decimalFullWidth", "１２"),
        ("001, 002, 003, ...", "012"),
        ("numberInDash", "- 12 -"),
        ("none", ""),
    ],
)
def test_numerals_of_rarer_styles_are_printed_as_word_prints_them(style, words):
    assert numeral(12, style) == words


def test_the_stems_count_to_ten():
    assert [numeral(at, "ideographTraditional") for at in (1, 10, 11)] == ["甲", "癸", "11"]


def test_a_relation_that_leads_nowhere_is_named_and_the_rest_is_read():
    picture = "<Relationship Id='x' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/image' Target='{}'/>"
    for target in ("../NULL", "media/image7.png", "/word/media/image9.emf"):
        found = read(para("一、凭证领取。"), relations=picture.format(target))
        assert found.text == "一、凭证领取。\n"
        assert target in found.notes[0]


def test_words_of_diagrams_and_inserted_files_are_read_in_their_place():
    diagram = (
        '<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst>'
        "<dgm:pt><dgm:t><a:p><a:r><a:t>受理</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt><dgm:t><a:p><a:r><a:t>审</a:t></a:r><a:r><a:t>批</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"
    )
    body = (
        para("流程如下：", "<w:r><w:drawing><dgm:relIds r:dm='d1'/></w:drawing></w:r>")
        + "<w:altChunk r:id='c1'/><w:altChunk r:id='c2'/><w:altChunk r:id='c3'/>"
        + para("完毕。")
    )
    parts = {
        "d1": ("diagramData", diagram.encode()),
        "c1": ("aFChunk", "<html><body><p>一、窗口在一楼，凭号办理。</p></body></html>".encode()),
        "c2": ("aFChunk", word(para("二、周末照常办理。"))),
        "c3": ("aFChunk", rb"{\rtf1 no}"),
    }
    found = read(body, parts=parts)
    assert found.text.splitlines() == [
        "流程如下：",
        "受理",
        "审批",
        "一、窗口在一楼，凭号办理。",
        "二、周末照常办理。",
        "完毕。",
    ]
    assert "插入了另一个文件" in found.notes[0]


def test_hidden_words_of_a_cell_are_in_no_row():
    table = f"<w:tbl>{row('类别', '金额')}{row('甲类', cell('').replace('<w:p/>', para('九元', run('（拟十元）', HIDDEN))))}</w:tbl>"
    assert lines(table) == ["| 类别 | 金额 |", "| 甲类 | 九元 |"]
    assert files.word(table)
