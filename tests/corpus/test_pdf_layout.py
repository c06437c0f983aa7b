"""The layout of printed pages: columns, what is drawn twice, signs of radicals, watermarks, cells merged by ruled lines."""

import pytest

from app.corpus import outline, read_document
from app.corpus.formats.pdf_glyphs import is_slanted, meant
from app.corpus.formats.reading import extract

from .files import pdf_of

SIZE = 12.0
TITLE = "某旗渠道清淤细则"
ARTICLES = [
    "第一条 为疏通渠道，依照自治区有关规定，结合本旗实际，制定本细则。",
    "第二条 承担清淤的农户，每清理一百米补助四十元，同一渠段每年只补助一次，最高不超过八百元。",
    "第三条 农户应当在开工前五日内向嘎查委员会登记，并说明渠段起止。",
    "第四条 嘎查委员会应当在完工后十日内查看，合格的当场签字，不合格的限期返工。",
    "第五条 补助资金由旗水务局直接打入农户账户，任何单位不得代领。",
    "第六条 本细则由旗水务局解释，自公布之日起施行，试行两年。",
]


def shown(words: str, x: float, y: float, size: float = SIZE, turn: str = "1 0 0 1") -> str:
    return f"BT /F1 {size} Tf {turn} {x:.2f} {y:.2f} Tm <{words.encode('utf-16-be').hex()}> Tj ET"


def set_in(articles: list[str], width: int) -> list[str]:
    """Lines of a column: each article begins a line."""
    return [words[at : at + width] for words in articles for at in range(0, len(words), width)]


def columned(count: int, by_row: bool, number: str = "") -> bytes:
    """A page of columns under a title, drawn column by column, or row by row as some programs do."""
    width = {2: 16, 3: 11}[count]
    lines = set_in(ARTICLES, width)
    per = -(-len(lines) // count)
    pitch = (width + 2) * SIZE
    drawn = [(60 + (at // per) * pitch, 700 - (at % per) * 18, words) for at, words in enumerate(lines)]
    if by_row:
        drawn.sort(key=lambda one: (-one[1], one[0]))
    middle = 60 + (count * pitch - 24) / 2
    page = [shown(TITLE, middle - 9 * len(TITLE), 750, 18.0)]
    page += [shown(words, x, y) for x, y, words in drawn]
    if number:
        page.append(shown(number, middle - 12, 40, 9.0))
    return pdf_of(["\n".join(page)])


@pytest.mark.parametrize("by_row", [False, True])
@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_one_after_the_other(tmp_path, count, by_row):
    (tmp_path / "a.pdf").write_bytes(columned(count, by_row))
    document = read_document(tmp_path / "a.pdf")
    articles = [
        document.text[clause.start : clause.end] for clause in outline(document) if clause.kind == "article"
    ]
    assert ["".join(words.split()) for words in articles] == ["".join(words.split()) for words in ARTICLES]
    assert document.title == TITLE


def test_the_number_of_a_page_in_columns_is_left_out():
    (found,) = extract(columned(2, by_row=False, number="- 7 -"), "a.pdf")
    assert "7" not in found.text
    assert [one.reason for one in found.dropped] == ["页码"]


def test_a_list_of_names_and_numbers_is_no_page_of_columns():
    rows = [
        ("镇东所", "5551"),
        ("镇西所", "5552"),
        ("镇南所", "5553"),
        ("镇北所", "5554"),
        ("镇中所", "5555"),
    ]
    page = [
        shown(words, 60 + 300 * at, 700 - 18 * row)
        for row, pair in enumerate(rows)
        for at, words in enumerate(pair)
    ]
    (found,) = extract(pdf_of(["\n".join(page)]), "a.pdf")
    assert "".join(found.text.split()) == "".join(f"{name}{number}" for name, number in rows)


@pytest.mark.parametrize("shift", [0.0, 0.35, 0.6])
@pytest.mark.parametrize("by_letter", [False, True])
def test_what_is_drawn_twice_for_weight_is_read_once(shift, by_letter):
    words = "第一条 每人每年补助1100元。"
    page = [
        shown(TITLE, 60, 740),
        *([] if by_letter else [shown(words, 60, 700), shown(words, 60 + shift, 700)]),
    ]
    if by_letter:
        x = 60.0
        for char in words:
            page += [shown(char, x, 700), shown(char, x + shift, 700 + shift / 2)]
            x += SIZE
    (found,) = extract(pdf_of(["\n".join(page)]), "a.pdf")
    assert "".join(found.text.split()) == TITLE + "第一条每人每年补助1100元。"


def test_words_that_stand_aslant_are_a_watermark():
    aslant = shown("内部资料请勿外传", 150, 450, 36.0, "0.82 0.57 -0.57 0.82")
    (found,) = extract(
        pdf_of(["\n".join([shown(ARTICLES[0], 60, 700), aslant, shown(ARTICLES[4], 60, 600)])]), "a.pdf"
    )
    assert [line.replace(" ", "") for line in found.text.splitlines()] == [
        ARTICLES[0].replace(" ", ""),
        ARTICLES[4].replace(" ", ""),
    ]
    assert found.dropped == (("内部资料请勿外传", "水印"),)
    assert [is_slanted(angle) for angle in (0.0, 0.02, 0.7, 1.5708, 6.27)] == [
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("sign", "char"),
    [("⼯", "工"), ("⽇", "日"), ("⻚", "页"), ("⻓", "长"), ("⾦", "金"), ("工", "工"), ("a", "a")],
)
def test_signs_of_radicals_are_read_as_the_characters_they_look_like(sign, char):
    assert meant(sign) == char


def test_cells_merged_by_ruled_lines_are_repeated():
    xs, ys = [60, 160, 260, 360], [700, 680, 660, 640]
    page = [f"{xs[0]} {y} {xs[-1] - xs[0] if y != 660 else 200} 0.5 re f" for y in ys if y != 660]
    page += ["160 660 200 0.5 re f", *(f"{x} 640 0.5 60 re f" for x in xs)]
    words = [
        ("类别", 0, 0),
        ("项目", 1, 0),
        ("金额", 2, 0),
        ("低保", 0, 1),
        ("火化", 1, 1),
        ("五元", 2, 1),
        ("寄存", 1, 2),
        ("两元", 2, 2),
    ]
    page += [shown(word, xs[column] + 5, ys[row] - 15) for word, column, row in words]
    (found,) = extract(pdf_of(["\n".join(page)]), "a.pdf")
    assert found.text.splitlines() == [
        "| 类别 | 项目 | 金额 |",
        "| 低保 | 火化 | 五元 |",
        "| 低保 | 寄存 | 两元 |",
    ]
