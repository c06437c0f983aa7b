"""What guides, notices and reposting sites put around and between their clauses."""

from pathlib import Path

from app.corpus import Document, chunks, outline, read_documents
from tests.corpus.test_outline import document


def rows(text: str) -> list[tuple[str, str, tuple[str, ...], str]]:
    made = document(text)
    return [(c.kind, c.label, c.heading_path, made.text[c.start : c.end]) for c in outline(made)]


def test_a_chapter_behind_articles_is_never_swallowed():
    found = rows(
        "某区奖励办法\n一、 外资\n第一条 奖励外资。\n二 、外贸\n第二条 奖励外贸。\n附 则\n1．本办法适用于企业。\n2．本办法自印发之日起施行。\n"
    )
    assert [(kind, label) for kind, label, _, _ in found if kind in ("heading", "article", "item")][-7:] == [
        ("heading", "一、"),
        ("article", "第一条"),
        ("heading", "二、"),
        ("article", "第二条"),
        ("heading", ""),
        ("item", "1．"),
        ("item", "2．"),
    ]
    assert found[-1][2] == ("附 则",)


def test_an_unnumbered_subhead_heads_what_follows():
    found = rows(
        "异地就医\n可以在网上办理。\n办理指引\n步骤1：打开页面。\n步骤2：提交申请。\n温馨提示\n（1）无须选点。\n（2）两地都可结算。\n"
    )
    assert [path for _, _, path, words in found if words.startswith("步骤")] == [("办理指引",)] * 2
    assert [path for _, _, path, words in found if words.startswith("（")] == [("温馨提示",)] * 2


def test_the_sections_of_a_notice_are_clauses_of_their_own():
    found = rows(
        "关于某事的通知\n现将有关事项通知如下：\n一、提高标准，每人每月六百元。\n二、按月发放，每月十日前到账。\n"
    )
    assert [label for kind, label, _, _ in found if kind == "item"] == ["一、", "二、"]


FORM = (
    "奖励指南\n奖励二十万元。\n申请日期\t    年   月   日\n单位名称\n开户银行\t\t开户帐号\n联系人：\n负责人（签字）：\n（单位盖章）\n"
    "地址：____________\n"
)


def test_a_blank_form_is_one_clause_and_never_evidence():
    made = document(FORM)
    clauses = outline(made)
    assert [clause.kind for clause in clauses].count("form") == 1
    form = next(clause for clause in clauses if clause.kind == "form")
    assert "开户银行" in made.text[form.start : form.end]
    assert all(chunk.clause_id != form.id for chunk in chunks(made, clauses, len))
    assert "奖励二十万元。" not in made.text[form.start : form.end]


def test_fields_that_are_filled_in_are_no_form():
    assert "form" not in {
        row[0] for row in rows("某局\n地址：某路1号\n电话：12345678\n时间：周一至周五\n受理部门：某局\n")
    }


def test_lines_of_a_collection_and_a_site_are_not_of_the_text(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text(
        "> 本文正文由脚本自公开页面提取，仅供检索查阅。\n> 依著作权法，不适用著作权。\n\n# 某办法\n\n> 引用的话来源于实践。\n\n第一条 补八十元。\n\n下一篇：另一办法\n版权所有 某局\n",
        encoding="utf-8",
    )
    (read,), _ = read_documents(path)
    assert isinstance(read, Document)
    for words in ("脚本", "依著作权法", "下一篇", "版权所有"):
        assert words not in read.text
    assert "引用的话" in read.text
    assert "补八十元" in read.text
