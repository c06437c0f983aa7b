from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import Document
from app.retrieve import Weights
from app.retrieve.elsewhere import Elsewhere
from tests.retrieve.desk import analyzer_of, retriever_of

REGIONS = (("甲省", "中国"), ("乙省", "中国"), ("子市", "甲省"), ("丑区", "子市"), ("寅市", "乙省"))
DAY = date(2026, 1, 1)


def documents(*regions: str | None) -> list[Document]:
    return [Document(f"d{n}", f"{n}.txt", "t", "t", "", region=region) for n, region in enumerate(regions)]


def test_a_text_is_held_back_by_the_share_of_the_other_provinces() -> None:
    made = Elsewhere(documents("甲省", "丑区", "子市", "寅市", None), REGIONS).of("怎样停车")
    np.testing.assert_allclose(made, [0.25, 0.25, 0.25, 0.75, 0.0])


def test_nothing_is_held_back_where_all_texts_are_of_one_province() -> None:
    assert not Elsewhere(documents("甲省", "丑区", None), REGIONS).of("怎样停车").any()


def test_nothing_is_held_back_once_a_place_is_named() -> None:
    made = Elsewhere(documents("甲省", "寅市"), REGIONS)
    assert made.of("怎样停车").any()
    assert not made.of("丑区怎样停车").any()


def test_a_place_in_no_list_lies_in_the_one_its_name_begins_with() -> None:
    made = Elsewhere(documents("甲省卯新区", "甲省", "寅市"), REGIONS).of("怎样停车")
    assert made[0] == made[1] < made[2]


@given(st.lists(st.sampled_from([None, "甲省", "乙省", "子市", "丑区", "寅市", "无名"]), max_size=12))
def test_the_share_is_between_0_and_1_and_that_of_the_whole_country_0(regions: list[str | None]) -> None:
    made = Elsewhere(documents(*regions), REGIONS).of("怎样停车")
    assert ((made >= 0) & (made < 1)).all()
    assert not made[[n for n, region in enumerate(regions) if region in (None, "无名")]].any()


def test_places_that_lie_in_each_other_end() -> None:
    made = Elsewhere(documents("甲省", "乙省"), (("甲省", "乙省"), ("乙省", "甲省")))
    assert len(made.of("怎样停车")) == 2


def test_a_law_of_the_country_comes_before_the_same_words_of_one_province_of_many() -> None:
    words = "第一条 车辆应当停放在停车泊位内。\n"
    texts = {name: f"---\nregion: {name}\n---\n{name}停车办法\n{words}" for name in ("甲省", "寅市")}
    retriever = retriever_of(analyzer_of(regions=REGIONS), **texts, zhong=f"停车条例\n{words}")
    first = retriever.search("车辆停放在哪里", as_of=DAY)[0]
    assert first.document.title == "停车条例"
    assert retriever.search("寅市车辆停放在哪里", as_of=DAY)[0].document.region == "寅市"
    off = retriever.weighing(Weights(elsewhere=0.0)).search("车辆停放在哪里", as_of=DAY)
    assert {hit.document.title: hit.score for hit in off}["甲省停车办法"] > 0
