import pytest

from tests.answer.desk import TODAY, ask, composer_for, huairou

LEADS = [
    "对“专精特新”企业聚集支持", "支持企业参与资质认定及标准制定", "支持优质项目落地", "支持企业升规", "对稳运行企业给予支持",
    "支持游戏电竞产业发展", "支持高端仪器装备和传感器企业扩大规模", "支持新能源、新材料应用", "支持生物医药产业发展",
    "支持企业技改升级", "支持人工智能示范应用", "支持中小企业融资", "支持特色园区发展",
]  # fmt: skip


NOTES = ("注意事项有哪些", "申请这个政策有什么注意事项？请完整列出", "注意事项一项不漏地说全")


@pytest.mark.parametrize("question", NOTES)
def test_all_five_notes_are_given_in_full(question: str) -> None:
    answer = ask(question)
    assert [c.label for c in answer.citations] == ["（一）", "（二）", "（三）", "（四）", "（五）"]
    snapshot, _ = huairou()
    assert all(c.quote == snapshot.text(snapshot.clause(c.clause_id)) for c in answer.citations)


@pytest.mark.parametrize("question", ["支持哪些方向", "主要内容里的支持方向有哪些，一项不漏"])
def test_all_thirteen_leads_are_given_without_their_bodies(question: str) -> None:
    assert [c.quote for c in ask(question).citations] == LEADS


@pytest.mark.parametrize(
    "question",
    [
        "一共有哪些支持项，列个清单",
        "扶持事项列个清单",
        "怀柔的奖励政策一共有哪些，列出来",
        "都要注意什么，全部列出来",
    ],
)
def test_of_a_list_all_is_told_or_nothing(question: str) -> None:
    answer = ask(question)
    if answer.status == "answered":
        assert len(answer.citations) in (5, 13)


def test_all_three_terms_are_given() -> None:
    assert [c.label for c in ask("关键词诠释有哪些").citations] == ["（一）", "（二）", "（三）"]


def test_every_list_of_the_corpus_is_complete_when_asked_for_by_its_heading() -> None:
    snapshot, composer = huairou()
    for clause in snapshot.clauses:
        children = [c for c in snapshot.children(clause) if c.kind != "paragraph"]
        if clause.kind == "heading" and len(children) > 1:
            heading = snapshot.text(clause)
            answer = composer.answer(f"{heading}请全部列出", as_of=TODAY)
            assert [c.clause_id for c in answer.citations] == [c.id for c in children], heading


def test_a_list_inside_an_article_is_quoted_whole_with_its_lead() -> None:
    law = "补贴办法\n第一条 本办法适用于小微企业。\n第二条 申请补贴应当同时符合下列条件：\n（一）依法登记；\n（二）按时纳税；\n（三）无违法记录。\n"
    answer = composer_for(law=law).answer("申请补贴要符合哪些条件", as_of=TODAY)
    assert answer.citations[0].quote.startswith("第二条 申请补贴应当同时符合下列条件")
    assert answer.citations[0].quote.endswith("（三）无违法记录。")


def test_the_short_forms_are_bounded_and_say_what_they_leave_out() -> None:
    answer = ask("注意事项有哪些")
    assert "（三）真实性和完整性；" in answer.text_spoken
    assert "\n" not in answer.text_spoken
    assert len(answer.text_chat.encode()) <= 2048
    long = composer_for(long="长文办法\n第一条 " + "支持企业技术改造，给予奖励。" * 120 + "\n").answer(
        "第一条", as_of=TODAY
    )
    assert len(long.text_chat.encode()) <= 2048
    assert long.text_chat.endswith("。")


def test_an_entry_is_told_by_what_it_calls_itself() -> None:
    snapshot, composer = huairou()
    for listing in ("注意事项有哪些", "支持哪些方向"):
        for citation in ask(listing).citations:
            clause = snapshot.clause(citation.clause_id)
            name = snapshot.text(clause).removeprefix("（").split("）")[-1].split("：")[0].split("。")[0]
            named = composer.answer(name, as_of=TODAY)
            assert named.status == "answered"
            assert clause.id in {c.clause_id for c in named.citations}
