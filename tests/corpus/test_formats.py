"""One text, five formats: the same clause tree, and no word lost that is not listed as left out."""

import io
import re
import zipfile
from collections import Counter
from html import unescape

import pytest

from app.corpus import Clause, Document, outline, read_document, read_documents
from app.corpus.formats.docx_numerals import chinese, numeral
from app.corpus.formats.html_text import to_lines
from app.corpus.formats.reading import extract

from . import files
from .texts import without_space

TITLE = "关于支持企业复工复产的若干措施"
BLOCKS = [
    "各区人民政府，市政府各部门：",
    "为支持企业复工复产，经市政府同意，制定以下措施，请各区、各部门结合实际认真贯彻落实，确保各项措施落地见效，切实减轻企业负担。",
    "一、减免房租",
    "（一）对承租国有房产的中小微企业，免收两个月租金，减半收取三个月租金；对承租其他经营用房的，鼓励业主适当减免，市财政给予适当补助。",
    "（二）房租补贴标准见下表。",
    [["企业类型", "补贴比例", "最高金额"], ["小微企业", "50%", "10万元"], ["中型企业", "30%", "20万元"]],
    "二、稳定岗位",
    "对不裁员或少裁员的参保企业，返还上年度实际缴纳失业保险费的50%。",
    "三、申报材料",
    "1.营业执照；",
    "2.租赁合同；",
    "3.银行流水。",
    "本措施自2024年6月1日起施行，有效期至2026年12月31日。",
    "某市商务局",
    "2024年5月20日",
]
MAKERS = {".txt": files.txt, ".html": files.html, ".docx": files.docx, ".pdf": files.pdf}


def tree(document: Document) -> list[tuple[object, ...]]:
    def one(clause: Clause) -> tuple[object, ...]:
        words = without_space(document.text[clause.start : clause.end])
        return (
            clause.kind,
            clause.label,
            clause.address,
            tuple(map(without_space, clause.heading_path)),
            words,
        )

    return [one(clause) for clause in outline(document)]


def read(folder, name, data):
    (folder / name).write_bytes(data)
    return read_document(folder / name)


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
def test_every_format_of_one_text_gives_the_same_clauses(tmp_path, suffix):
    plain = read(tmp_path, "a.txt", files.txt(TITLE, BLOCKS))
    other = read(tmp_path, f"a{suffix}", MAKERS[suffix](TITLE, BLOCKS))
    assert tree(other) == tree(plain)


@pytest.mark.parametrize("suffix", list(MAKERS))
def test_every_format_of_one_text_gives_the_same_metadata(tmp_path, suffix):
    document = read(tmp_path, f"a{suffix}", MAKERS[suffix](TITLE, BLOCKS))
    assert document.title == TITLE
    assert document.issuers == ("某市商务局",)
    assert str(document.effective_from) == "2024-06-01"
    assert str(document.expires_on) == "2026-12-31"


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
def test_every_word_is_in_the_text_or_listed_as_left_out(suffix):
    (found,) = extract(MAKERS[suffix](TITLE, BLOCKS), f"a{suffix}")
    listed = without_space(found.text + "".join(dropped.words for dropped in found.dropped))
    cells = [cell for block in BLOCKS if isinstance(block, list) for row in block for cell in row]
    for words in [TITLE, *cells, *(block for block in BLOCKS if isinstance(block, str))]:
        assert without_space(words) in without_space(found.text)
    if suffix == ".html":
        from lxml import html

        root = html.document_fromstring(files.html(TITLE, BLOCKS).decode())
        lines = [piece for line in to_lines(root) for piece in re.split(r"[|\s\u3000]+", line)]
        assert [line for line in lines if without_space(line) not in listed] == []
    assert all(dropped.reason for dropped in found.dropped)


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf", ".xlsx", ".csv"])
def test_no_character_of_a_plain_extraction_is_lost(suffix):
    """What another, simple reading of the file finds is in the text, in a fact, or listed with the reason."""
    data = MAKERS[suffix](TITLE, BLOCKS * 3) if suffix in MAKERS else files.sheet(suffix)
    found = extract(data, f"a{suffix}")
    kept = "".join(
        one.text + "".join(one.facts.values()) + "".join(dropped.words for dropped in one.dropped)
        for one in found
    )
    assert Counter(letters(plain(data, suffix))) - Counter(letters(kept)) == Counter()
    assert all(dropped.reason for one in found for dropped in one.dropped)


def letters(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)


def plain(data: bytes, suffix: str) -> str:
    """Every word of a file by the shortest way, whatever it is for."""
    if suffix == ".pdf":
        import pypdfium2

        document = pypdfium2.PdfDocument(data)
        return "".join(page.get_textpage().get_text_range() for page in document)
    if suffix == ".html":
        from lxml import html

        return str(html.document_fromstring(data.decode()).find("body").text_content())
    if suffix == ".csv":
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        inner = "word/document.xml" if suffix == ".docx" else "xl/worksheets/sheet1.xml"
        return unescape(re.sub(r"<[^>]+>", "", parts.read(inner).decode()))


def test_page_numbers_and_running_heads_are_left_out_with_their_reason():
    (found,) = extract(files.pdf(TITLE, BLOCKS * 6), "a.pdf")
    assert "某市人民政府公报" not in found.text
    assert {dropped.reason for dropped in found.dropped} == {"页码", "页眉页脚"}
    assert found.text.count("切实减轻企业负担。") == 6


def test_what_a_page_says_around_its_text_is_used_and_left_out():
    (found,) = extract(files.html(TITLE, BLOCKS), "a.html")
    assert found.facts["发布日期"] == "2024-05-01"
    assert found.facts["来源"] == "市商务局"
    for words in ("当前位置", "分享到", "扫一扫", "网站标识码", "字体"):
        assert words not in found.text


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "utf-8"])
def test_the_charset_of_a_page_is_found(charset):
    page = files.html(TITLE, BLOCKS).decode().replace("charset='utf-8'", f"charset='{charset}'")
    assert TITLE in extract(page.encode(charset), "a.htm")[0].text


def test_spans_of_cells_are_filled_in_and_layout_tables_dissolved():
    rows = "<tr><th>区</th><th>电话</th></tr><tr><td rowspan=2>甲区</td><td>1</td></tr><tr><td>2</td></tr>"
    page = f"<table><tr><td><p>一、联系方式，详见下表。</p><table>{rows}</table></td></tr></table>"
    (found,) = extract(page.encode(), "a.html")
    assert found.text.split("\n")[:4] == [
        "一、联系方式，详见下表。",
        "| 区 | 电话 |",
        "| 甲区 | 1 |",
        "| 甲区 | 2 |",
    ]


def test_attachments_and_ordered_lists_of_a_page_are_kept():
    page = (
        "<div id='zoom'><p>申请人应当提交下列材料，缺一不可。</p><ol><li>申请表</li><li>营业执照</li></ol></div>"
        "<div class='fj'><a href='/f/1.docx'>申请表.docx</a></div>"
    )
    text = extract(page.encode(), "a.html")[0].text
    assert "1.申请表\n2.营业执照\n" in text
    assert "附件：申请表.docx" in text


def test_numbers_that_word_generates_are_printed():
    import docx as word

    made = word.Document()
    made.add_paragraph("材料：")
    for words in ("申请表", "营业执照"):
        made.add_paragraph(words, style="List Number")
    made.add_paragraph("说明", style="List Bullet")
    out = io.BytesIO()
    made.save(out)
    assert extract(out.getvalue(), "a.docx")[0].text == "材料：\n1.申请表\n2.营业执照\n说明\n"


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (101, "一百零一"), (1010, "一千零一十")],
)
def test_chinese_numerals_are_counted_as_word_prints_them(number, words):
    assert chinese(number) == words


def test_numerals_of_every_style_are_known():
    styles = (
        "decimal",
        "lowerLetter",
        "upperRoman",
        "decimalEnclosedCircle",
        "decimalZero",
        "chineseCounting",
    )
    assert [numeral(4, style) for style in styles] == ["4", "d", "IV", "④", "04", "四"]


def test_a_policy_list_is_a_document_a_row(tmp_path):
    listed = "序号,政策名称,文号,发文机关,支持内容,有效期至\n1,某市技改办法,某府〔2024〕1号,某市经信局,最高100万元。,2026-12-31\n2,某市租金办法,,某市商务局,最高10万元。,\n"
    (tmp_path / "清单.csv").write_text(listed, encoding="utf-8")
    documents, notes = read_documents(tmp_path / "清单.csv")
    assert [one.title for one in documents] == ["某市技改办法", "某市租金办法"]
    assert (documents[0].number, str(documents[0].expires_on)) == ("某府〔2024〕1号", "2026-12-31")
    assert len({one.id for one in documents}) == 2
    assert notes == ()
    assert ("支持内容",) in [clause.heading_path for clause in outline(documents[0])]


def test_a_sheet_without_titles_is_one_document_with_a_table():
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["某市补贴标准"], ["类别", "标准"], ["甲", 100.0], ["乙", 50.5]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    (found,) = extract(out.getvalue(), "a.xlsx")
    assert found.text == "某市补贴标准\n| 类别 | 标准 |\n| 甲 | 100 |\n| 乙 | 50.5 |\n"


def test_headings_without_a_number_keep_their_rank():
    import docx as word

    made = word.Document()
    made.add_heading("某市办法", 0)
    made.add_heading("总体要求", 1)
    made.add_paragraph("坚持就业优先。")
    made.add_heading("一、减免房租", 1)
    out = io.BytesIO()
    made.save(out)
    assert (
        extract(out.getvalue(), "a.docx")[0].text == "某市办法\n## 总体要求\n坚持就业优先。\n一、减免房租\n"
    )
    page = "<h1>某市办法</h1><div><h2>总体要求</h2><p>坚持就业优先，不得有误。</p><h2>一、减免房租</h2><p>免租，两个月。</p></div>"
    assert extract(page.encode(), "a.html")[0].text.startswith(
        "某市办法\n## 总体要求\n坚持就业优先，不得有误。\n一、减免房租\n"
    )


CARDS = [
    ["某市产业政策导引", "前言：本书收录两条政策，供企业查阅。"],
    ["目录", "一、综合篇......1", "1.支持厂房改造......1", "2.支持楼宇改造......2"],
    [
        "一、综合篇",
        "1.支持厂房改造",
        ["关于厂房改造的方案"],
        ["依据文件", "《关于厂房改造的通知》"],
        ["发文机构", "北京市发展和改革委员会"],
        ["发文字号", "京发改规〔2023〕12号"],
        ["发布日期", "2023-09-26"],
        ["服务内容", "1．改造目标\n入驻率应不低于70%，改造项目应当符合区域功能定位和发\n展方向。"],
        ["条件要求", "项目需产权清晰、有明确产业定位，并建立运营管理机制和"],
    ],
    [["", "准入标准。"], ["联络方式", "北京市发展和改革委员会：55590088"]],
    [
        "2.支持楼宇改造",
        ["关于楼宇改造的方案"],
        ["依据文件", "/"],
        ["发文机构", "北京市财政局"],
        ["发文字号", "/"],
        ["发布日期", "2023-10-01"],
        ["服务内容", "补助10%。"],
        ["联络方式", "北京市财政局：1"],
    ],
]


def test_each_card_of_a_collection_is_a_document_with_its_page(tmp_path):
    (tmp_path / "导引.pdf").write_bytes(files.cards(CARDS))
    documents, _ = read_documents(tmp_path / "导引.pdf")
    around, first, second = documents
    assert around.title == "某市产业政策导引"
    assert [(one.title, one.page) for one in (first, second)] == [("支持厂房改造", 3), ("支持楼宇改造", 5)]
    assert (first.number, first.issuers, str(first.published_on)) == (
        "京发改规〔2023〕12号",
        ("北京市发展和改革委员会",),
        "2023-09-26",
    )
    assert (second.number, second.basis, second.region) == (None, None, "北京市")
    assert len({one.id for one in documents}) == 3
    assert {one.file for one in documents} == {"导引.pdf"}


def test_the_fields_of_a_card_are_headings_and_go_on_across_pages(tmp_path):
    (tmp_path / "导引.pdf").write_bytes(files.cards(CARDS))
    first = read_documents(tmp_path / "导引.pdf")[0][1]
    found = {
        one.heading_path: first.text[one.start : one.end] for one in outline(first) if one.kind != "heading"
    }
    assert found["条件要求",] == "项目需产权清晰、有明确产业定位，并建立运营管理机制和准入标准。"
    assert found["联络方式",] == "北京市发展和改革委员会：55590088"
    assert found["服务内容", "1．改造目标"] == "入驻率应不低于70%，改造项目应当符合区域功能定位和发展方向。"


def test_a_place_in_the_text_knows_its_page(tmp_path):
    (tmp_path / "导引.pdf").write_bytes(files.cards(CARDS))
    first = read_documents(tmp_path / "导引.pdf")[0][1]
    assert first.page_at(first.text.index("1．改造目标")) == 3
    assert first.page_at(first.text.index("55590088")) == 4
    plain = read(tmp_path, "a.pdf", files.pdf(TITLE, BLOCKS))
    assert [
        plain.page_at(plain.text.index(words)) for words in (TITLE, "| 小微", "3.银行流水", "某市商务局")
    ] == [1, 2, 2, 3]
    assert read(tmp_path, "a.txt", files.txt(TITLE, BLOCKS)).page_at(0) is None


def test_a_page_laid_out_with_tables_gives_its_text_alone():
    text = "第一条 " + "为了促进发展，制定本办法。" * 40
    page = f"<table><tr><td><a href='/'>首页</a><a href='/b'>政务公开</a></td><td><p>{text}</p><p>第二条 略，不表。</p></td></tr></table>"
    assert extract(page.encode(), "a.html")[0].text == f"{text}\n第二条 略，不表。\n"


def test_the_table_of_contents_and_page_numbers_of_a_collection_are_listed():
    found = extract(files.cards(CARDS), "a.pdf")
    reasons = {dropped.reason for one in found for dropped in one.dropped}
    assert reasons == {"目录", "页码", "篇章标题", "序号"}
