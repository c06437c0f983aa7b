"""Facts that publishers, collections and pages state in many ways: front matter, force, place, kind, repeal."""

from datetime import date
from pathlib import Path

import pytest

from app.corpus import read_corpus, read_documents, read_metadata

HEAD = "{title}\n各镇人民政府：\n现印发给你们，请遵照执行。\n{body}\n{signed}\n2021年3月1日\n"


def read(title="关于印发某办法的通知", body="一、总则", signed="某市商务局", facts=None):
    return read_metadata(HEAD.format(title=title, body=body, signed=signed), facts)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


FOREIGN = """---
标题: 关于发放沙棘种植补贴的通知
发文字号: 沪沙发〔2024〕3号
发布单位: 上海市沙棘管理局
发布日期: 2024-05-20
生效时间: 2024年6月1日
原文链接: https://example.cn/a
状态: {state}
摘录人: 某人
---
# 关于发放沙棘种植补贴的通知

每亩补贴八十元。

市沙棘管理局、市财政局

2024年5月18日
"""


def test_chinese_keys_of_foreign_front_matter_are_facts_and_only_the_unknown_one_is_told(tmp_path):
    (document,), notes = read_documents(written(tmp_path, "a.md", FOREIGN.format(state="有效")))
    assert (document.title, document.number) == ("关于发放沙棘种植补贴的通知", "沪沙发〔2024〕3号")
    assert document.issuers == ("上海市沙棘管理局", "上海市财政局")
    assert (document.published_on, document.effective_from) == (date(2024, 5, 20), date(2024, 6, 1))
    assert (document.region, document.source_url) == ("上海市", "https://example.cn/a")
    assert len(notes) == 1
    assert "摘录人" in notes[0]
    assert "标题、" not in notes[0]


@pytest.mark.parametrize(
    ("state", "serves"),
    [
        ("有效", True),
        ("现行有效", True),
        ("未废止", True),
        ("废止", False),
        ("已废止", False),
        ("失效", False),
    ],
)
def test_what_its_publisher_calls_repealed_applies_on_no_day(tmp_path, state, serves):
    (document,), _ = read_documents(written(tmp_path, "a.md", FOREIGN.format(state=state)))
    assert document.in_force(date(2024, 7, 1)) is serves
    assert type(document).from_json(document.to_json()) == document


@pytest.mark.parametrize(
    ("body", "begins", "ends"),
    [
        (
            "本办法自2025年1月20日起公布，2025年2月20日起施行，有效期至2028年2月19日。",
            "2025-02-20",
            "2028-02-19",
        ),
        (
            "《措施》自2026年1月1日起施行，有效期至2027年12月31日，原《某办法》同时废止。",
            "2026-01-01",
            "2027-12-31",
        ),
        ("（三）本《实施办法》（试行）自2025年3月16日起施行，有效期2年。", "2025-03-16", "2027-03-15"),
        (
            "本办法适用于新建项目，自2022年12月15日起实施，有效期至2026年12月31日。",
            "2022-12-15",
            "2026-12-31",
        ),
        ("本实施办法自2024年10月1日起施行，有效期至2027年12月31日为止。", "2024-10-01", "2027-12-31"),
        ("第 2 6 条  本政策自发布之日起施行，暂定三年有效期。", "2021-03-01", "2024-02-29"),
        (
            "本政策自印发之日起施行，有效期到2022年12月31日，相关实施细则另行制定。",
            "2021-03-01",
            "2022-12-31",
        ),
        ("结合实际，制定本意见，政策期限为2016年至2018年。", "2016-01-01", "2018-12-31"),
        (
            "本办法自2021年9月1日起施行，有效期至2026年8月31日，《关于延长<某办法>有效期的通知》同时废止。",
            "2021-09-01",
            "2026-08-31",
        ),
        # Another thing's days, or days that leave a part out.
        ("房票自2025年3月1日起使用，有效期至2026年2月28日。", None, None),
        ("本办法自2021年9月1日起施行，有效期至2026年8月31日，其中第三条另行规定。", "2021-09-01", None),
        ("企业与银行的协议期限为2016年至2018年。", None, None),
    ],
)
def test_force_is_read_in_all_its_spellings(body, begins, ends):
    found = read(body=body)
    assert (found.effective_from and str(found.effective_from.value)) == begins
    assert (found.expires_on and str(found.expires_on.value)) == ends


@pytest.mark.parametrize(
    ("title", "signed", "region", "level"),
    [
        ("鹿城区促进外贸的若干意见", "", "鹿城区", "区"),
        ("金山区房管局关于某事的通知", "上海市金山区住房保障和房屋管理局", "上海市金山区", "区"),
        ("关于优化本市住房限购政策的通知", "市住房局", None, None),
        ("关于某事的通知", "人民银行上海市分行", "上海市", "市"),
        ("关于某事的通知", "中国（上海）自由贸易试验区临港新片区管理委员会", "上海市", "市"),
        ("关于某事的通知", "上海市浦东新区张江镇人民政府", "上海市浦东新区张江镇", "镇"),
        ("关于印发《南京江北新区促进软件产业的若干措施》的通知", "", "南京江北新区", "区"),
        ("关于松江区房票安置的批复", "上海市人民政府", "松江区", "市"),
        ("柳河县加快重点产业的意见", "", "柳河县", "县"),
        ("工业园区管理办法", "", None, None),
    ],
)
def test_a_place_is_one_of_the_list_or_a_county_that_a_name_begins_with(title, signed, region, level):
    found = read(title=title, signed=signed)
    assert (found.region and found.region.value, found.level and found.level.value) == (region, level)


def test_a_text_that_keeps_naming_a_place_is_of_the_narrowest_one():
    found = read_metadata(
        "办事指南\n在鹿城区登记的企业可以申请。\n向温州市鹿城区经信局提交。\n鹿城区经信局审核，报鹿城区政府。\n"
    )
    assert found.region
    assert found.region.value == "鹿城区"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("某区促进总部经济发展扶持办法｜某区人民政府\n正文。", "原文"),
        ("作品登记资助申请条件及流程\n正文。", "指南"),
        ("企业落户\n申报条件\n在本区登记。\n申报材料\n营业执照。\n", "指南"),
        ("企业落户\n问：谁可以申请？\n答：企业。\n问：多久？\n答：三天。", "问答"),
        ("企业落户\n第一条 总则。\n第二条 条件。\n第三条 奖励。", "原文"),
        ("企业落户\n欢迎。", "其他"),
    ],
)
def test_the_body_shows_the_kind_where_the_title_does_not(text, kind):
    assert read_metadata(text).kind.value == kind


def test_the_day_on_which_a_page_was_put_up_again_is_not_that_of_publication():
    signed = HEAD.format(title="关于某事的通知", body="一、总则", signed="某市商务局")
    later, soon = (
        read_metadata(signed, {"网页日期": "2021-09-25"}),
        read_metadata(signed, {"网页日期": "2021-03-05"}),
    )
    assert later.published_on
    assert soon.published_on
    assert later.published_on.value == date(2021, 3, 1)
    assert soon.published_on.value == date(2021, 3, 5)


def test_another_document_gives_a_later_last_day(tmp_path):
    written(
        tmp_path,
        "a.txt",
        "沙棘补贴办法\n某沙规〔2021〕1号\n本办法自2021年1月1日起施行，有效期至2025年12月31日。\n2020年12月1日\n",
    )
    written(
        tmp_path,
        "b.txt",
        "关于延长《沙棘补贴办法》有效期的通知\n某沙规〔2025〕2号\n经评估，《沙棘补贴办法》（某沙规〔2021〕1号）需继续实施，有效期延长至2027年12月31日。\n2025年11月20日\n",
    )
    old, new = read_corpus(tmp_path).documents
    assert (old.expires_on, new.expires_on) == (date(2027, 12, 31), None)


def test_a_repeal_by_number_is_not_of_another_document_of_that_title(tmp_path):
    written(
        tmp_path,
        "a.txt",
        "关于调整《沙棘补贴细则》部分内容的通知\n某沙规〔2023〕5号\n一、标准调整。\n2023年5月1日\n",
    )
    written(
        tmp_path,
        "b.txt",
        "关于印发《沙棘补贴新细则》的通知\n某沙规〔2024〕9号\n《沙棘补贴细则》（某沙规〔2024〕6号）同时废止。\n2024年9月1日\n",
    )
    assert read_corpus(tmp_path).documents[0].serves_until is None
