"""The rule before what explains it, and one's own place before the wider one."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import Composer
from app.answer.prefer import preferred
from app.corpus import Chunk, Clause, Document
from app.question import Gazetteer
from app.read import Reading
from app.retrieve import Hit
from tests.answer.desk import TODAY, ask, composer_of, snapshot_of

RULE = (
    "---\nid: rule\nkind: 原文\n---\n某区冰雪场馆开放补助办法\n某体发〔2025〕7号\n第一条 本办法所称冰雪场馆，是指对公众开放的室内外滑冰场。\n"
    "第二条 冰雪场馆每开放一天补助九百元。\n"
)
WHY = (
    "---\nid: why\nkind: 解读\n---\n《某区冰雪场馆开放补助办法》政策解读\n一、冰雪场馆是指什么？\n冰雪场馆，是指对公众开放的室内外滑冰场。\n"
    "二、补助多少？\n冰雪场馆每开放一天补助九百元。\n"
)
OTHER = "---\nid: other\nkind: 原文\n---\n某区图书馆延时开放规定\n第一条 图书馆晚上开放到九点。\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    folder: Path = tmp_path_factory.mktemp("kinds")
    for name, text in (("why", WHY), ("rule", RULE), ("other", OTHER)):
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return composer_of(snapshot_of(folder))


def test_an_amount_is_quoted_from_the_rule_and_said_to_be(desk: Composer) -> None:
    answer = desk.answer("冰雪场馆开放一天补助多少钱", as_of=TODAY)
    assert [citation.kind for citation in answer.citations] == ["原文"]
    assert "》（原文）这样说" in answer.text


def test_where_all_documents_are_of_one_kind_none_is_told() -> None:
    assert "（解读）" not in ask("注意事项有哪些").text


def hit(document_id: str, score: float, **facts: str) -> Reading:
    document = Document(document_id, f"{document_id}.txt", document_id, "文", document_id, **facts)  # type: ignore[arg-type]
    clause = Clause(document_id, document_id, "paragraph", "", (), (), None, 0, 0, 1)
    found = Hit(clause, Chunk(0, document_id, document_id, 0, 1, "文", ""), document, score, {}, ())
    return Reading(found, score, ())


PLACES = Gazetteer.of(
    [("怀柔区", "北京市"), ("海淀区", "北京市"), ("北京市", "中国"), ("北京", "中国"), ("上海市", "中国")]
)
NATION = hit("nation", 1.0, level="国家")
CITY = hit("city", 0.97, region="北京市", level="市")
OWN = hit("own", 0.93, region="北京市怀柔区", level="区")
BESIDE = hit("beside", 0.99, region="北京市海淀区", level="区")
WORSE = hit("worse", 0.5, region="北京市怀柔区", level="区")
HITS = [NATION, BESIDE, CITY, OWN, WORSE]


def names(question: str, hits: list[Reading] = HITS) -> list[str]:
    return [one.hit.document.id for one in preferred(hits, PLACES.named(question), PLACES)]


def test_the_place_asked_about_goes_before_the_wider_and_the_nation() -> None:
    assert names("怀柔区补多少") == ["own", "city", "nation", "beside", "worse"]
    assert names("北京市补多少") == ["city", "beside", "own", "nation", "worse"]
    assert names("补多少") == ["nation", "beside", "city", "own", "worse"]


def test_what_is_plainly_better_stays_first() -> None:
    assert names("怀柔区补多少", [NATION, hit("far", 0.6, region="北京市怀柔区", level="区")])[0] == "nation"


@given(st.lists(st.floats(0.01, 1), max_size=8))
def test_readings_of_one_kind_and_place_keep_their_order(scores: list[float]) -> None:
    hits = [
        hit(str(n), score, kind="解读", region="北京市")
        for n, score in enumerate(sorted(scores, reverse=True))
    ]
    assert preferred(hits, ["北京市"], PLACES) == hits
