"""What a text does to others, and how the documents of a corpus stand to each other."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Document, Relations, read_corpus, read_metadata


def of(text: str, document_id: str = "d") -> Document:
    read = read_metadata(text)
    found = {name: getattr(read, name) for name in ("number", "published_on", "effective_from", "interprets")}
    return Document(
        document_id, f"{document_id}.txt", read.title.value, text, document_id, read.kind.value,
        **{name: one.value for name, one in found.items() if one},
        repeals=read.repeals, amends=read.amends,
    )  # fmt: skip


OLD = "某市停车管理办法\n某政发〔2018〕4号\n第一条 白天每小时五元。\n某市人民政府\n2018年3月1日\n"
NEW = (
    "某市停车管理办法\n某政发〔2024〕9号\n第一条 白天每小时八元。\n"
    "第二条 本办法自2024年6月1日起施行。《某市停车管理办法》（某政发〔2018〕4号）同时废止。\n某市人民政府\n2024年5月6日\n"
)
EXPLAINED = "《某市停车管理办法》政策解读\n为什么调整收费？因为车多了。\n2024年5月8日\n"


@pytest.mark.parametrize(
    ("sentence", "repeals"),
    [
        ("《甲市养犬办法》（甲政发〔2019〕1号）同时废止。", [("甲市养犬办法", "甲政发〔2019〕1号")]),
        ("甲政发〔2019〕1号文件同时废止。", [(None, "甲政发〔2019〕1号")]),
        ("原《甲市养犬办法》及《甲市养犬细则》即行废止。", [("甲市养犬办法", None), ("甲市养犬细则", None)]),
        ("经研究，决定废止《甲市养犬办法》。", [("甲市养犬办法", None)]),
        ("《关于印发〈甲市养犬办法〉的通知》停止执行。", [("关于印发〈甲市养犬办法〉的通知", None)]),
        ("《甲市养犬办法》第三条同时废止。", []),
        ("根据《甲市立法条例》，原有关规定同时废止。", []),
        ("本办法有效期三年，期满自动废止，《甲市养犬办法》另行修订。", []),
        ("国家对《甲市养犬办法》另有规定的，本办法相应废止。", []),
        ("有人问：“《甲市养犬办法》废止了吗？”", []),
        ("《甲市养犬办法》继续有效，其他文件废止。", []),
    ],
)
def test_a_document_is_repealed_where_a_sentence_says_so(
    sentence: str, repeals: list[tuple[str | None, str | None]]
) -> None:
    read = read_metadata(f"甲市养猫办法\n第一条 为了养猫，制定本办法。\n第二条 {sentence}\n")
    assert [(one.title, one.number) for one in read.repeals] == repeals


def test_each_name_has_the_place_where_it_stands() -> None:
    one = of(NEW).repeals[0]
    assert NEW[one.start : one.end] == "《某市停车管理办法》（某政发〔2018〕4号）"


def test_a_part_taken_back_and_a_decision_to_amend_amend() -> None:
    part = of("甲市养猫办法\n第一条 《甲市养犬办法》第三条同时废止。\n")
    assert [one.title for one in part.amends] == ["甲市养犬办法"]
    decided = of("甲市人民政府关于修改《甲市养犬办法》的决定\n一、第三条修改为：“犬只应当登记。”\n")
    assert [one.title for one in decided.amends] == ["甲市养犬办法"]
    assert decided.repeals == ()


def test_the_entries_of_a_list_of_repealed_documents_are_repealed() -> None:
    text = (
        "甲市人民政府关于废止部分行政规范性文件的决定\n根据《甲市立法条例》，决定废止下列文件：\n"
        "1.《甲市养犬办法》（甲政发〔2019〕1号）\n2.《甲市养鸟办法》（甲政发〔2020〕2号）\n"
    )
    assert [one.number for one in of(text).repeals] == ["甲政发〔2019〕1号", "甲政发〔2020〕2号"]


def test_an_interpretation_repeals_nothing() -> None:
    assert of("《某市停车管理办法》政策解读\n新办法施行后，《某市停车收费办法》同时废止。\n").repeals == ()


def test_a_repealed_document_knows_its_successor_and_the_day() -> None:
    relations = Relations.of([of(OLD, "old"), of(NEW, "new"), of(EXPLAINED, "explained")])
    assert relations.successor("old") == "new"
    assert relations.replaced["old"].since == date(2024, 6, 1)
    assert relations.successor("new") is None


def test_the_successor_of_a_successor_is_the_one_in_its_place_today() -> None:
    newest = "某市停车管理办法\n某政发〔2026〕1号\n第一条 《某市停车管理办法》（某政发〔2024〕9号）同时废止。\n某市人民政府\n2026年1月2日\n"
    relations = Relations.of([of(newest, "newest"), of(OLD, "old"), of(NEW, "new")])
    assert relations.successor("old") == "newest"


def test_a_name_that_no_document_bears_stays_a_name() -> None:
    relations = Relations.of([of(NEW, "new")])
    assert relations.named == {}
    assert relations.successor("new") is None


def test_an_interpretation_is_of_the_newest_document_of_that_name() -> None:
    relations = Relations.of([of(OLD, "old"), of(NEW, "new"), of(EXPLAINED, "explained")])
    assert relations.explained == {"explained": "new"}
    assert relations.explaining("new") == ("explained",)


def test_an_interpretation_may_name_it_by_number_alone() -> None:
    text = "停车收费调整问答\n问：依据哪份文件？答：依据某政发〔2018〕4号。\n"
    assert Relations.of([of(OLD, "old"), of(text, "asked")]).explained == {"asked": "old"}


def test_a_title_without_brackets_is_read_from_an_interpretation() -> None:
    read = read_metadata("关于某市停车管理办法的政策解读\n为什么调整？\n")
    assert read.interprets
    assert read.interprets.value == "某市停车管理办法"


@given(st.text(alphabet="《》〈〉（）()〔〕〈〉废止修改同时对作如下号令20第条。；\n甲办法", max_size=200))
def test_whatever_the_text_names_stand_where_they_are_said_to(text: str) -> None:
    read = read_metadata(f"甲市办法\n{text}")
    for one in (*read.repeals, *read.amends):
        words = f"甲市办法\n{text}"[one.start : one.end]
        assert (one.title or one.number or "?")[:4] in words
    Relations.of([of(f"甲市办法\n{text}"), of(OLD, "old")])


def test_a_repealed_document_applies_until_the_day_before_its_successor(tmp_path: Path) -> None:
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    old = next(one for one in read_corpus(tmp_path).documents if one.file == "old.txt")
    assert old.in_force(date(2024, 5, 31))
    assert not old.in_force(date(2024, 6, 1))
