"""What the transformer is tuned on: documents, mined negatives, batches, the loss."""

import itertools
import json
import lzma
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from app.corpus import chunks, outline
from app.index import indexed_text

from ..corpus.texts import REGULATION, document

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from encoder_training import card, contrast, draw, held, labelled, near, tuning
from encoder_training.documents import Asked, Document, Passage, cut, head, is_held
from encoder_training.statutes import Article

SEEN = [name for name in map("某市第{}号办法".format, range(60)) if not is_held(name)]
KEPT_BACK = [name for name in map("某市第{}号办法".format, range(60)) if is_held(name)]


def _rows() -> dict[str, list[dict[str, Any]]]:
    """A few rows of every set; the words of each carry the name of their document."""
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in labelled.FILES}
    for name in (*SEEN[:6], *KEPT_BACK[:3]):
        parts = [
            f"{name}的贷款按三成贴息。",
            f"{name}由甲局受理，先到先得。",
            f"{name}自公布之日起施行，有效期三年。",
        ]
        said = {"turns": ["问下", name], "question": "贴多少", "whole": f"{name}贴息多少", "answers": ["A0"]}
        made["train/colloquial"].append(
            {
                "id": name,
                "title": name,
                "chapter": "第一章  总则",
                "text": parts[0],
                "queries": [f"{name}能贴吗"],
            }
        )
        made["train3/policy"].append(
            {
                "id": name,
                "title": name,
                "sentences": parts,
                "answers": [[f"{name}贴几成", [0]], [f"{name}哪里办", [1]]],
            }
        )
        made["train3/dialogues"].append(
            {"id": name, "title": name, "A": parts[:1], "B": parts[1:], "dialogues": [said]}
        )
        made["train3/siblings"].append(
            {
                "id": name,
                "title": name,
                "clauses": [
                    ["一、标准 > 甲", parts[0]],
                    ["一、标准 > 乙", parts[0].replace("三成", "两成")],
                    ["二、程序", parts[1]],
                ],
                "answers": [
                    [f"{name}甲档贴几成", [0]],
                    [f"{name}乙档贴几成", [1]],
                    [f"{name}全部标准", [0, 1]],
                ],
            }
        )
        made["train3/sibling_dialogues"].append(
            {"id": name, "dialogues": [{**said, "answers": [2]}, {**said, "answers": []}]}
        )
        made["train2/whbench_regulations"].append(_read(name, "".join(parts), "先到先得", doc=name))
    passage = "事项名称：开办超市\n实施机关：甲局\n到现场次数：0次"
    made["train2/gd_service_cards"].append(_read("谁办开办超市", passage, "甲局"))
    made["train2/drcd"].append(_read("山多高", "山在东边。它高三百米。", "三百米"))
    made["train2/drcd"].append(
        {**_read("山多高呀", "山在東邊。它高三百米。", "三百米"), "source": "DRCD/dev/hant"}
    )
    made["train2/xquad_zh"].append({**_read("河多长", "河在西边。", ""), "answerable": False})
    made["train/pairs"] += [
        {"source": "lawyer-llama/a", "query": "欠薪怎么办", "positive": "可以投诉。"},
        {"source": "lawyer-llama/a", "query": "不发工资呢", "positive": "可以投诉。"},
        {"source": "cmrc2018/dev", "query": "谁写的", "positive": "此书乙写。", "answer": "乙"},
    ]
    made["train2/lawbench_retrieval"].append(
        {"source": "LawBench/1-1 article number→text", "query": "x", "positive": "y"}
    )
    made["train2/dureader2_demo_retrieval"].append(
        {"source": "DuReader", "query": "怎么做饭", "positive": "先淘米。"}
    )
    return made


def _read(question: str, passage: str, answer: str, **more: str) -> dict[str, Any]:
    told = {"question": question, "passage": passage, "answers": [answer], "start": [passage.find(answer)]}
    return {"source": "s", "answerable": True, **told, **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shared")
    for name, rows in _rows().items():
        path = made / f"{name}.jsonl.xz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(lzma.compress("\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()))
    return made


def _words(sets: Mapping[str, list[Document]]) -> str:
    found = [d for documents in sets.values() for d in documents]
    return "\n".join(
        t for d in found for t in (*(p.shown for p in d.passages), *(f for a in d.asked for f in a.forms))
    )


def test_a_tenth_is_held_out_by_name() -> None:
    share = sum(is_held(str(n)) for n in range(5_000)) / 5_000
    assert share == pytest.approx(0.1, abs=0.02)
    assert [n for n in range(40) if is_held(f"s1_{n:02}")] == [0, 3, 10, 13, 25, 32, 33]


def test_held_documents_are_in_no_set_that_training_reads(folder: Path) -> None:
    seen, kept = _words(labelled.read(folder)), _words(labelled.held(folder))
    assert all(name in seen and name not in kept for name in SEEN[:6])
    assert all(name in kept and name not in seen for name in KEPT_BACK[:3])


def test_held_documents_are_in_no_batch_and_none_of_their_articles(folder: Path, tmp_path: Path) -> None:
    for name in (SEEN[0], KEPT_BACK[0]):
        text = f"# {name}\n\n第一条 {name}为了发展。\n\n第二条 {name}给予贴息，先到先得。\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    articles = tuning.articles(tmp_path)
    assert {a.title for a in articles} == {SEEN[0]}
    sources = tuning.sources(labelled.read(folder), articles)
    for batch in itertools.islice(draw.batches(sources, 8, 1), 60):
        assert not any(name in text for name in KEPT_BACK for text in (*batch.questions, *batch.passages))


def test_the_sets_are_read_with_their_right_passages(folder: Path) -> None:
    sets = labelled.read(folder)
    one = sets["siblings"][0]
    assert [p.head for p in one.passages] == [
        f"{SEEN[0]} 一、标准 甲",
        f"{SEEN[0]} 一、标准 乙",
        f"{SEEN[0]} 二、程序",
    ]
    assert [a.right for a in one.asked] == [
        (0,),
        (1,),
        (0, 1),
        (2,),
    ]  # the dialogue without an answer is left out
    assert one.asked[-1].forms == (f"问下»{SEEN[0]}»贴多少", f"{SEEN[0]}贴息多少")
    assert [d.passages[0].text for d in sets["legal"]] == ["可以投诉。"]
    assert [a.forms for a in sets["legal"][0].asked] == [("欠薪怎么办",), ("不发工资呢",)]
    assert len(sets["reading"]) == 2  # the traditional original and the unanswerable one are left out
    assert [d.passages[0].head for d in sets["cards"]] == ["开办超市"]
    assert [d.asked[0].forms for d in sets["search"]] == [("怎么做饭",)]
    assert sets["colloquial"][0].passages[0].head == f"{SEEN[0]} 第一章 总则"


def test_a_question_behind_long_turns_keeps_its_end() -> None:
    said = {"turns": ["前" * 80, "再" * 40], "question": "贴多少", "whole": "贴息多少"}
    joined, _ = labelled.forms(said, str)
    assert len(joined) == labelled.TALK
    assert joined.endswith("再»贴多少")


def test_a_passage_looks_as_the_index_shows_it() -> None:
    made = document(REGULATION, "某市促进条例")
    clauses = {clause.id: clause for clause in outline(made)}
    for chunk in chunks(made, clauses.values(), len):
        told = head(made.title, *clauses[chunk.clause_id].heading_path)
        assert Passage(told, chunk.text).shown == indexed_text(chunk)


@given(st.lists(st.text("字。", min_size=1, max_size=40), max_size=12), st.integers(1, 60))
def test_windows_hold_every_sentence_once_and_only_a_single_one_is_too_long(
    parts: list[str], longest: int
) -> None:
    spans = cut(parts, longest)
    assert [n for span in spans for n in span] == list(range(len(parts)))
    assert all(len(span) == 1 or sum(len(parts[n]) for n in span) <= longest for span in spans)


WORDS = st.sampled_from(["贷款贴息三成", "贷款贴息两成", "由甲局受理", "由乙局受理", "三年有效", "租金减半"])


@st.composite
def _documents(draw_: st.DrawFn) -> list[Document]:
    made = []
    for number in range(draw_(st.integers(1, 6))):
        texts = draw_(st.lists(WORDS, min_size=1, max_size=5))
        asked = []
        for right in draw_(st.lists(st.sets(st.sampled_from(range(len(texts))), min_size=1), max_size=4)):
            marks = tuple(texts[n] for n in right)
            asked.append(Asked((f"问{number}{len(asked)}{marks[0][:3]}",), tuple(sorted(right)), marks))
        made.append(Document(f"d{number}", tuple(Passage(f"题{number}", t) for t in texts), tuple(asked)))
    return made


@given(_documents(), st.booleans())
def test_a_mined_passage_is_never_a_right_one(documents: list[Document], own: bool) -> None:
    for (d, q), found in near.mined(documents, own).items():
        asked = documents[d].asked[q]
        for other, passage in found:
            assert (other == d) or not own
            assert not (other == d and passage in asked.right)
            assert not asked.may_be_answered_by(documents[other].passages[passage].text)


@given(_documents(), st.booleans(), st.integers(1, 8), st.integers(0, 9))
def test_in_a_batch_what_answers_is_never_wrong_and_no_passage_stands_twice(
    documents: list[Document], own: bool, size: int, seed: int
) -> None:
    if not any(d.asked for d in documents):
        return
    source = draw.made("s", 1.0, documents, most=3, beside=2, hard=near.mined(documents, own))
    known = {a.forms[0]: (d, a) for d in documents for a in d.asked}
    for batch in itertools.islice(draw.batches([source], size, seed), 4):
        assert len(set(batch.passages)) == len(batch.passages)
        assert len(set(batch.questions)) == len(batch.questions) <= size
        assert not (batch.right & batch.unsure).any()
        for row, question in enumerate(batch.questions):
            mine, asked = known[question]
            shown = {batch.passages[n].split("\n")[-1] for n in np.flatnonzero(batch.right[row])}
            assert shown == {mine.passages[n].text for n in asked.right}
            wrong = np.flatnonzero(~(batch.right[row] | batch.unsure[row]))
            assert not any(asked.may_be_answered_by(batch.passages[n]) for n in wrong)


def test_a_passage_that_says_the_same_in_another_place_is_not_mined() -> None:
    same = "开矿的企业应当建立治理恢复基金，用于矿山地质环境的保护和综合治理"
    asked = (Asked(("开矿要攒钱修山吗",), (0,), (same,)),)
    documents = [
        Document("a", (Passage("甲省办法", same),), asked),
        Document("b", (Passage("乙省办法", same.replace("应当", "要")),), ()),
        Document("c", (Passage("丙省办法", "开矿要办许可证，矿山不许转让"),), ()),
    ]
    assert near.mined(documents, own=False)[0, 0] == ((2, 0),)


def test_the_same_words_asked_of_two_documents_stand_once() -> None:
    documents = [
        Document(f"d{n}", (Passage("", f"答{n}"),), (Asked(("咋办",), (0,), (f"答{n}",)),)) for n in range(3)
    ]
    batch = next(draw.batches([draw.made("s", 1.0, documents)], 3, 0))
    assert (len(batch.questions), len(batch.passages)) == (1, 1)


def test_the_loss_is_that_of_sentence_transformers_where_every_question_has_one_right_passage() -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(0)
    queries, passages = (torch.nn.functional.normalize(torch.randn(6, 5), dim=1) for _ in "ab")
    slow = MultipleNegativesRankingLoss(
        SentenceTransformer(modules=[torch.nn.Identity()], device="cpu"),
        scale=20.0,
        directions=("query_to_doc", "doc_to_query"),
        partition_mode="per_direction",
    )
    wanted = slow.compute_loss_from_embeddings([queries, passages], torch.empty(0))
    none = torch.zeros(6, 6, dtype=torch.bool)
    found = contrast.contrast(queries, passages, torch.eye(6, dtype=torch.bool), none, 20.0)
    assert found.item() == pytest.approx(wanted.item(), abs=1e-5)


def test_what_is_unsure_moves_nothing_and_a_question_with_two_right_passages_counts_once() -> None:
    queries = torch.tensor([[1.0, 0.0]])
    passages = torch.tensor([[0.6, 0.8], [0.8, 0.6], [0.0, 1.0], [1.0, 0.0]], requires_grad=True)
    right = torch.tensor([[True, True, False, False]])
    unsure = torch.tensor([[False, False, False, True]])
    loss = contrast.contrast(queries, passages, right, unsure, 10.0)
    by_hand = sum(np.log1p(np.exp(10 * (0.0 - score))) for score in (0.6, 0.8)) / 2
    assert loss.item() == pytest.approx(
        by_hand / 2, abs=1e-4
    )  # the other direction has no wrong question: nothing
    loss.backward()
    assert passages.grad is not None
    assert passages.grad[3].tolist() == [0.0, 0.0]
    assert torch.isfinite(passages.grad).all()


def test_held_trials_search_a_known_policy_or_everything(folder: Path) -> None:
    found = {each.trial.name: each for each in held.trials(labelled.held(folder))}
    assert {"siblings", "policy", "colloquial", "sibling_dialogues", "dialogues"} == found.keys()
    single, talks = found["siblings"], found["sibling_dialogues"]
    assert (len(single.trial.questions), len(talks.trial.questions)) == (9, 3)
    assert single.homes is not None
    assert single.homes.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert single.of.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert found["policy"].homes is None
    assert single.trial.questions[5].relevant == {3, 4}


def test_a_question_within_one_policy_is_not_told_of_others(folder: Path) -> None:
    def alike(texts: list[str]) -> Any:
        """Every text the same: the first clause searched comes first."""
        return np.ones((len(texts), 2), np.float32)

    found = held.measured(held.trials(labelled.held(folder)), alike, alike)
    assert found["siblings"]["hit1"] == pytest.approx(
        2 / 3, abs=1e-3
    )  # right: clauses 0 · 1 · 0 and 1 of each
    assert found["siblings"]["mrr10"] == pytest.approx((1 + 1 / 2 + 1) / 3, abs=1e-3)


def test_an_article_never_holds_the_sentence_that_asks_for_it_unless_by_design() -> None:
    article = Article("某市条例", "总则", "对企业贷款给予贴息。贴息比例为百分之三十。由甲局受理。")
    made = [tuning.cloze(article, random.Random(seed)) for seed in range(40)]
    assert {d.passages[0].head for d in made} == {"某市条例 总则"}
    within = sum(d.asked[0].forms[0] in d.passages[0].text for d in made)
    assert 0 < within < 20  # a few keep it, so that words are not held against a passage
    assert tuning.topic(article).passages[0].shown == article.text


def test_the_card_of_the_transformer_names_weights_data_and_licences() -> None:
    figures = {"policy": {"hit1": 0.5, "mrr10": 0.6, "recall10": 0.7, "questions": 10, "passages": 20}}
    facts = {"options": {"batch": 64}, "held": {"before": figures, "after": figures}}
    told = card.text("tune", facts, {})
    for wanted in (
        "multilingual-e5-small",
        "MIT",
        "DRCD",
        "CC BY-SA 3.0",
        "XQuAD",
        "CMRC",
        "CC BY-SA 4.0",
        "--batch 64",
    ):
        assert wanted in told
    assert "| policy | 10 / 20 | 0.500 → 0.500 | 0.600 → 0.600 |" in told
    assert "CC-CEDICT" not in told
    assert "model.onnx" in told
    assert "CC-CEDICT" in card.text("static", {}, {})
