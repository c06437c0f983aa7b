import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import read_metadata
from app.corpus.formats.reading import extract
from app.corpus.metadata.days import read_day, years_later

NOTICE = "关于印发某市办法的通知\n{number}\n各区人民政府：\n现印发给你们。\n{body}\n广州市商务局\n广州市财政局\n2021年1月1日\n"


def notice(body: str = "特此通知。", number: str = "某商规〔2021〕16号") -> str:
    return NOTICE.format(number=number, body=body)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("京发改规〔2024〕16号", "京发改规〔2024〕16号"),
        ("京发改规[2024]16号", "京发改规[2024]16号"),
        ("京发改规（2024）16 号", "京发改规（2024）16号"),
        ("（穗府办规〔2021〕19号）", "穗府办规〔2021〕19号"),
        ("文号：渝府办发〔2020〕15号", "渝府办发〔2020〕15号"),
        ("2024年第16号", "2024年第16号"),
        ("财政部公告2020年第6号", "财政部公告2020年第6号"),
        ("第746号令", "第746号令"),
        ("某市人民政府令\n第179号", "某市人民政府令第179号"),
        ("（2021年7月27日中华人民共和国国务院令第746号公布）", "中华人民共和国国务院令第746号"),
        ("根据某府〔2020〕1号文件精神", None),
        ("第3号", None),
    ],
)
def test_a_number_of_its_own_is_read_in_every_spelling(line, number):
    found = read_metadata(notice(number=line)).number
    assert (found and found.value) == number


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("财政部\n税务总局\n关于支持防控的公告\n现公告如下", "关于支持防控的公告"),
        ("财政部\n税务总局关于支持防控的公告\n现公告如下", "财政部 税务总局关于支持防控的公告"),
        ("国家税务总局关于充分发挥税收职能作用\n助力打赢疫情防控阻击战若干措施的通知\n各省税务局：", None),
        ("交通运输部\n某交运〔2020〕1号\n关于做好运输工作的通知\n各省：", "关于做好运输工作的通知"),
        ("原标题：\n重庆出台援企稳岗返还政策\n正文。", "重庆出台援企稳岗返还政策"),
        ("铜川市人民政府\n为做好防控工作，现通告如下。", "铜川市人民政府"),
        ("一个普通的标题\n正文。", "一个普通的标题"),
    ],
)
def test_the_title_is_the_line_that_names_the_document(head, title):
    lines = head.split("\n")
    assert read_metadata(head).title.value == (title or lines[0] + lines[1])


def test_issuers_are_those_who_sign():
    found = read_metadata(notice())
    assert found.issuers
    assert found.issuers.value == ("广州市商务局", "广州市财政局")
    assert found.region
    assert (found.region.value, found.level and found.level.value) == ("广州市", "市")
    assert found.published_on
    assert found.published_on.value == date(2021, 1, 1)


@pytest.mark.parametrize(
    ("title", "issuers"),
    [
        ("广州市教育局广州市财政局关于某事的通知", ("广州市教育局", "广州市财政局")),
        ("商务部办公厅 财政部办公厅关于某事的通知", ("商务部办公厅", "财政部办公厅")),
        ("某市卫生健康委等4部门关于某事的通知", ("某市卫生健康委",)),
        ("国务院关于某事的决定", ("国务院",)),
        ("进一步做好关于某事的通知", None),
    ],
)
def test_issuers_are_read_from_the_title_where_nobody_signs(title, issuers):
    found = read_metadata(f"{title}\n正文。").issuers
    assert (found and found.value) == issuers


@pytest.mark.parametrize(
    ("sentence", "begins", "ends"),
    [
        ("本办法自2021年1月1日起施行，有效期5年。", "2021-01-01", "2025-12-31"),
        ("第九条 本办法自2021年2月1日起施行，有效期三年。", "2021-02-01", "2024-01-31"),
        ("本办法自发布之日起30日后施行，有效期至2027年12月31日。", "2021-01-31", "2027-12-31"),
        ("五、本通知由市商务局负责解释，自印发之日起施行，有效期两年。", "2021-01-01", "2022-12-31"),
        ("本办法自印发之日起试行，试行两年。", "2021-01-01", "2022-12-31"),
        ("本政策自发布之日起施行，施行期暂定为6个月。", "2021-01-01", "2021-06-30"),
        ("本通知自发布之日起执行至2021年6月30日止。", "2021-01-01", "2021-06-30"),
        ("本通知有效期自2021年1月1日至2023年12月31日。", "2021-01-01", "2023-12-31"),
        ("本政策实施期限为2021年1月1日至2021年12月31日。", "2021-01-01", "2021-12-31"),
        ("本办法从2021年5月1日起执行，暂定三年。", "2021-05-01", "2024-04-30"),
        ("本办法自2021年5月1日起试行，试行期2年。", "2021-05-01", "2023-04-30"),
        ("本办法自二〇二一年三月一日起施行。", "2021-03-01", None),
        ("《某市办法》已经市政府同意，现予公布，自2021年5月1日起施行。", "2021-05-01", None),
        # What follows speaks of something else, or leaves the day open: no expiry may come of it.
        ("本通知自印发之日起施行，有效期至全省一级响应解除。", "2021-01-01", None),
        ("本公告自2020年1月1日起施行，截止日期视疫情情况另行公告。", "2020-01-01", None),
        ("《另一办法》自2019年1月1日起施行，有效期至2020年12月31日。", None, None),
        ("评定结果有效期三年。", None, None),
        ("许可证有效期至2020年12月31日。", None, None),
        ("报名截止日期为2020年12月31日。", None, None),
        ("本办法所称证书有效期至2020年12月31日。", None, None),
        ("原政策执行期限由疫情防控期间延长至2020年6月30日。", None, None),
        ("将第九条修改为：“本办法自2019年1月1日起施行，有效期至2020年12月31日。”", None, None),
        ("“本办法自2019年1月1日起施行，有效期至2020年12月31日。”", None, None),
        ("本办法自2021年1月1日起施行，部分条款有效期至2021年12月31日。", "2021-01-01", None),
        ("本通知自印发之日起实施，有效期至2020年底。", "2021-01-01", None),
    ],
)
def test_only_what_the_text_says_of_itself_limits_its_force(sentence, begins, ends):
    found = read_metadata(notice(sentence))
    assert (found.effective_from and str(found.effective_from.value)) == begins
    assert (found.expires_on and str(found.expires_on.value)) == ends


def test_contradicting_expiries_leave_it_open():
    body = "本通知自2021年1月1日起施行，有效期至2021年12月31日。\n本办法自2021年1月1日起施行，有效期至2022年12月31日。"
    assert read_metadata(notice(body)).expires_on is None


def test_a_reading_of_another_document_has_no_expiry_of_its_own():
    text = "《某市办法》政策解读\n本办法自2021年1月1日起施行，有效期至2022年12月31日。"
    found = read_metadata(text)
    assert (found.kind.value, found.interprets and found.interprets.value) == ("解读", "某市办法")
    assert found.expires_on is None


def test_a_period_without_a_beginning_gives_no_expiry():
    text = "某市办法\n第一条 甲。\n第二条 本办法自印发之日起施行，有效期5年。"
    found = read_metadata(text)
    assert (found.effective_from, found.expires_on) == (None, None)


def test_a_box_goes_before_the_text_and_the_text_before_a_page():
    text = notice("本办法自2021年1月1日起施行，有效期5年。")
    found = read_metadata(
        text, {"失效日期": "2029年12月31日", "网页日期": "2021-02-03", "来源": "某市教育局"}
    )
    assert found.expires_on
    assert str(found.expires_on.value) == "2029-12-31"
    assert found.expires_on.span is None
    assert found.issuers
    assert found.issuers.value[0] == "广州市商务局"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("《某办法》解读", "解读"),
        ("失业保险常见问题解答", "问答"),
        ("公寓申请指南", "指南"),
        ("关于开通公交的通告", "通告"),
        ("某市管理办法（试行）", "原文"),
        ("集结湖北！", "其他"),
    ],
)
def test_the_kind_is_read_from_the_title(title, kind):
    assert read_metadata(f"{title}\n正文。").kind.value == kind


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2024年5月1日", date(2024, 5, 1)),
        ("二〇二四年十二月三十一日", date(2024, 12, 31)),
        ("二○二○年二月十日", date(2020, 2, 10)),
        ("2024-05-01 09:00", date(2024, 5, 1)),
        ("2024.5.1", date(2024, 5, 1)),
        ("2024年2月30日", None),
        ("去年", None),
    ],
)
def test_days_are_read_in_every_spelling(words, day):
    assert read_day(words) == day


def test_a_period_ends_on_the_day_before_its_anniversary():
    assert years_later(date(2021, 1, 1), 5) == date(2025, 12, 31)
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(9999, 1, 1), 5) is None


PIECES = ["关于某事的通知", "某市商务局", "2021年1月1日", "本办法自印发之日起施行", "，有效期", "5年", "《", "》", "〔2021〕", "1号", "令", "第", "\n", "。"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=80))
def test_every_value_stands_where_its_span_says(text):
    found = read_metadata(text)
    for name in ("title", "number", "issuers", "region"):
        value = getattr(found, name)
        if value and value.span:
            start, end = value.span
            assert 0 <= start <= end <= len(text)
            words = value.value if isinstance(value.value, str) else value.value[0]
            if name != "region":
                assert set(words) <= set(text) | {" "}


@pytest.mark.parametrize(
    "text",
    [
        "本办法自印发之日起施行，有效期" * 50_000,
        "施行" * 200_000,
        "通知" + "1" * 100_000,
        "某市" * 100_000 + "关于",
        "2021年1月1日\n" * 50_000,
        "某市商务局\n" * 50_000 + "2021年1月1日",
        "《" * 100_000,
        "关于《\n" * 50_000,
    ],
)
def test_metadata_is_read_in_time_that_grows_with_the_text(text):
    assert read_metadata(text).title.value


def test_a_district_is_named_whole_by_the_site_it_is_published_on():
    found = read_metadata(
        "学位申请指引\n正文。", {"来源": "天河区教育局", "网站": "广州市天河区人民政府门户网站"}
    )
    assert found.region
    assert found.region.value == "广州市天河区"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("关于公布绿色工厂名单的通知_工作动态_某市经信局", "<h2>关于公布绿色工厂名单的通知</h2>"),
        ("某区加装电梯补贴实施细则--某区政府在线", "<div>某区加装电梯补贴实施细则</div>"),
        ("某区加装电梯补贴实施细则_政策文件_通知公告", "<p>某区加装电梯补贴实施细则</p>"),
    ],
)
def test_a_window_title_is_cut_to_the_title_that_the_page_shows(title, shown):
    page = f"<html><head><title>{title}</title></head><body>{shown}<p>第一条 为了推进工作，制定本细则，请遵照执行。</p></body></html>"
    (found,) = extract(page.encode(), "a.html")
    assert re.sub("<.*?>", "", shown) == read_metadata(found.text, found.facts).title.value


def test_a_line_of_time_and_source_gives_day_and_office():
    page = (
        "<html><body><h1>高龄津贴怎么领</h1><p>时间：2025年3月8日 来源：某市民政局 字号：【大 中 小】</p>"
        "<div class='TRS_Editor'><p>年满八十周岁的老年人，可以申领高龄津贴，请到街道办理。</p></div></body></html>"
    )
    (found,) = extract(page.encode(), "a.html")
    read = read_metadata(found.text, found.facts)
    assert (str(read.published_on.value), read.issuers.value) == ("2025-03-08", ("某市民政局",))


def test_an_announcement_is_numbered_on_the_line_below_its_name():
    read = read_metadata(
        "某局公告\n第五九一号\n关于调整收费的公告\n现公告如下：\n一、减缴。\n某局\n2024年7月15日\n"
    )
    assert read.number.value == "某局公告第五九一号"


def test_what_explains_applies_where_the_explained_does():
    read = read_metadata("【政策解读】一图读懂《苏州市人才乐居工程实施办法》\n一、背景\n为了吸引人才。\n")
    assert (read.region.value, read.level.value) == ("苏州市", "市")


def test_what_a_card_states_has_its_place_in_the_text():
    text = "某市厂房改造\n\n## 发文机构\n\n某市发改委、某市财政局\n\n## 发文字号\n\n某发〔2023〕2号\n\n## 发布日期\n\n2023-09-26\n"
    facts = {
        "标题": "某市厂房改造",
        "发文机构": "某市发改委、某市财政局",
        "文号": "某发〔2023〕2号",
        "发布日期": "2023-09-26",
    }
    read = read_metadata(text, facts)
    spans = (read.issuers.span, read.number.span, read.published_on.span)
    assert [text[slice(*span)] for span in spans] == [
        "某市发改委、某市财政局",
        "某发〔2023〕2号",
        "2023-09-26",
    ]
