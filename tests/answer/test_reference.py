"""Where a quote is said to stand: the page of a PDF, and whether the document is the rule or explains it."""

from pathlib import Path

import pytest

from app.answer import Composer
from tests.answer.desk import TODAY, ask, composer_of, snapshot_of
from tests.corpus import files

PAGES = [
    ["某区产业政策汇编"],
    [
        "1.支持灯塔工厂建设办法",
        ["发文机构", "某区经济和信息化局"],
        ["发文字号", "某经信发〔2024〕8号"],
        ["发布日期", "2024-03-05"],
        ["服务内容", "对灯塔工厂一次性奖励80万元。"],
    ],
    [["条件要求", "产线全部联网。"], ["联络方式", "某区经济和信息化局：80001234"]],
    [
        "2.支持冷链仓库建设办法",
        ["发文机构", "某区商务局"],
        ["发文字号", "某商发〔2024〕9号"],
        ["发布日期", "2024-04-06"],
        ["服务内容", "按冷库容积每立方米补助60元。"],
        ["联络方式", "某区商务局：80005678"],
    ],
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    folder: Path = tmp_path_factory.mktemp("guide")
    (folder / "汇编.pdf").write_bytes(files.cards(PAGES))
    return composer_of(snapshot_of(folder))


@pytest.mark.parametrize(
    ("question", "page", "words"),
    [
        ("灯塔工厂奖励多少钱", 2, "80万元"),
        ("冷链仓库补助多少", 4, "60元"),
    ],
)
def test_an_answer_says_on_which_page_of_the_file_its_quote_stands(
    desk: Composer, question: str, page: int, words: str
) -> None:
    answer = desk.answer(question, as_of=TODAY)
    assert words in answer.citations[0].quote
    assert answer.citations[0].page == page
    row = answer.citations[0].locator.row
    assert all(
        f"》第{page}页第1个表第{row}行这样说" in told
        for told in (answer.text, answer.markdown, answer.text_chat)
    )
    assert f"》第{page}页这样说" in answer.text_spoken  # nobody listening looks for a row


def test_an_answer_from_a_list_of_policies_names_sheet_and_cell(tmp_path: Path) -> None:
    (tmp_path / "清单.xlsx").write_bytes(files.sheet(".xlsx"))
    answer = composer_of(snapshot_of(tmp_path)).answer("某市技改办法支持多少钱", as_of=TODAY)
    assert answer.citations[0].quote == "最高一百万元。"
    assert str(answer.citations[0].locator) == "工作表“Sheet”E2单元格"
    for told in (answer.text, answer.markdown, answer.text_chat):
        assert "《某市技改办法》工作表“Sheet”E2单元格这样说" in told
    assert "单元格" not in answer.text_spoken


def test_an_answer_from_a_table_names_table_and_rows(tmp_path: Path) -> None:
    rows = [["企业类型", "补贴比例"], ["灯塔工厂", "按设备投资的百分之五十给予补贴"]]
    (tmp_path / "办法.docx").write_bytes(files.docx("某区灯塔工厂补贴办法", ["补贴标准见下表。", rows]))
    answer = composer_of(snapshot_of(tmp_path)).answer("灯塔工厂补贴比例是多少", as_of=TODAY)
    citation = next(one for one in answer.citations if "百分之五十" in one.quote)
    assert (citation.page, citation.locator.table, citation.locator.last_row) == (None, 1, 2)
    assert str(citation.locator).startswith("第1个表第")


def test_a_file_without_pages_names_none() -> None:
    answer = ask("首次贷款是什么意思？")
    assert answer.citations[0].page is None
    assert "页" not in answer.text.replace(answer.citations[0].quote, "")
