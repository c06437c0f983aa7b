"""Old versions: they answer for their own days, and no answer of today changes because of them."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.answer import Answer, Composer
from app.corpus import History, corpus_fingerprint, read_corpus
from app.index import Sources, build_index, open_snapshot
from app.web.wire import citation_json
from tests.answer.desk import analyzer, composer_of, encoder
from tests.index.tiny import write_corpus

LOAN = (
    "某市首次贷款贴息办法\n一、支持内容：对首次从银行取得贷款的企业，按百分之二给予贴息。\n"
    "二、申报材料必须真实、完整。\n三、奖励上市企业一百万元。\n"
)
NEWER = LOAN.replace("百分之二", "百分之五").replace("三、奖励上市企业一百万元。\n", "")
GAME = "某市游戏产业措施\n第一条 支持游戏电竞产业发展。\n第二条 首次上线运营的游戏给予支持。\n"
SHOP = "某市商业网点规定\n第一条 新开的便利店给予房租补助。\n第二条 便利店应当明码标价。\n"
CHANGED, BEFORE, AFTER = date(2025, 6, 1), date(2025, 3, 1), date(2025, 7, 1)


def build(index: Path, corpus: Path, day: date) -> Composer:
    words = analyzer()
    build_index(
        index,
        lambda: read_corpus(corpus),
        lambda: Sources(corpus_fingerprint(corpus), words.fingerprint, encoder().fingerprint),
        words,
        encoder(),
        lambda *_: None,
        history=History(corpus, day),
    )
    return composer_of(open_snapshot(index))


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    folder = tmp_path_factory.mktemp("versions")
    corpus = write_corpus(folder / "corpus", loan=LOAN, game=GAME, shop=SHOP)
    build(folder / "index", corpus, date(2025, 1, 1))
    write_corpus(corpus, loan=NEWER)
    (corpus / "game.txt").unlink()
    return build(folder / "index", corpus, CHANGED)


def test_a_day_is_answered_from_the_version_that_was_in_force_and_the_answer_says_so(
    composer: Composer,
) -> None:
    old = composer.answer("首次贷款的贴息是多少", as_of=BEFORE)
    assert "百分之二" in old.citations[0].quote
    assert "旧版本，适用至2025年5月31日" in old.text
    assert old.citations[0].in_force
    new = composer.answer("首次贷款的贴息是多少", as_of=CHANGED)
    assert "百分之五" in new.citations[0].quote
    assert "旧版本" not in new.text
    assert old.citations[0].sha256 != new.citations[0].sha256
    assert f"&version={new.citations[0].sha256[:12]}#quote" in new.citations[0].url


def test_only_a_citation_of_an_old_version_says_what_it_is_a_version_of(composer: Composer) -> None:
    old, new = (
        citation_json(composer.answer("首次贷款的贴息是多少", as_of=day).citations[0])
        for day in (BEFORE, AFTER)
    )
    assert (old["version_of"], old["last_day"]) == (new["document_id"], "2025-05-31")
    assert set(old) - set(new) == {"version_of", "last_day"}


def test_a_document_that_is_asked_by_its_id_answers_in_the_version_of_the_day(composer: Composer) -> None:
    (current,) = {c.document_id for c in composer.answer("首次贷款的贴息是多少", as_of=AFTER).citations}
    old = composer.answer("首次贷款的贴息是多少", as_of=BEFORE, document_id=current)
    assert old.citations[0].document_id == f"{current}@1"


def test_what_only_an_old_version_says_is_not_stated_and_names_the_present_one(composer: Composer) -> None:
    assert composer.answer("上市企业奖励多少", as_of=BEFORE).status == "answered"
    today = composer.answer("上市企业奖励多少", as_of=AFTER)
    assert today.status == "not_stated"
    assert "未载明" in today.text
    assert "旧版本" in today.text
    assert "已由现行版本替代" in today.text
    assert [citation.in_force for citation in today.citations] == [False]


def test_what_only_a_removed_document_says_is_not_stated_and_says_until_when_it_applied(
    composer: Composer,
) -> None:
    assert composer.answer("首次上线的游戏有支持吗", as_of=BEFORE).status == "answered"
    today = composer.answer("首次上线的游戏有支持吗", as_of=AFTER)
    assert (today.status, "已不再有效（适用至2025年5月31日）" in today.text) == ("not_stated", True)


def test_an_expired_document_names_the_one_that_repealed_it(tmp_path: Path) -> None:
    old = "---\nexpires_on: 2024-12-31\npublished_on: 2020-01-01\n---\n" + GAME
    new = (
        "---\npublished_on: 2025-01-01\n---\n某市数字娱乐若干规定\n第一条 鼓励音乐和影视创作。\n"
        "第二条 本规定自2025年1月1日起施行。《某市游戏产业措施》同时废止。\n"
    )
    asked = build(tmp_path / "index", write_corpus(tmp_path / "corpus", old=old, new=new, shop=SHOP), AFTER)
    assert asked.answer("首次上线运营的游戏给予支持吗", as_of=date(2024, 6, 1)).status == "answered"
    today = asked.answer("首次上线运营的游戏给予支持吗", as_of=AFTER)
    assert today.status == "not_stated"
    assert "适用至2024年12月31日" in today.text
    assert "现由《某市数字娱乐若干规定》替代" in today.text


def test_a_document_that_has_yet_to_begin_is_named_with_its_first_day(tmp_path: Path) -> None:
    future = "---\neffective_from: 2030-01-01\n---\n" + GAME
    asked = build(tmp_path / "index", write_corpus(tmp_path / "corpus", game=future, shop=SHOP), AFTER)
    told = asked.answer("首次上线运营的游戏给予支持吗", as_of=AFTER)
    assert told.status == "not_stated"
    assert "尚未施行，自2030年1月1日起施行" in told.text


def test_old_versions_change_no_answer_of_today(tmp_path: Path, composer: Composer) -> None:
    plain = build(tmp_path / "index", write_corpus(tmp_path / "corpus", loan=NEWER, shop=SHOP), AFTER)
    for question in (
        "首次贷款的贴息是多少", "便利店有什么补助", "申报材料有什么要求", "第二条", "便利店", "天气怎么样",
        "支持内容有哪些", "某市商业网点规定第二条", "房租补助多少钱", "贷款贴息怎么申请",
    ):  # fmt: skip
        with_past = composer.answer(question, as_of=AFTER)
        assert unversioned(with_past) == plain.answer(question, as_of=AFTER), question


def unversioned(answer: Answer) -> Answer:
    """The answer with links that do not name the version: all that a past adds."""
    return replace(
        answer,
        citations=tuple(replace(c, url=re.sub("&version=[0-9a-f]+", "", c.url)) for c in answer.citations),
    )
