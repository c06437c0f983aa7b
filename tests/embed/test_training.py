"""The pieces of `scripts/train_encoder.py` that need neither weights nor dictionaries."""

import itertools
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from encoder_training import evaluation, material, pairs, statutes, vocabulary
from encoder_training.contrast import Plan, Trainer
from encoder_training.glosses import clean

LAW = """# 某市促进条例

2024年1月1日 公布

<!-- INFO END -->

## 第一章 总则

第一条 为了促进产业发展，制定本条例。

第二条 本市对企业贷款给予贴息。

贴息比例为百分之三十。按照第一条规定执行。
"""


def test_articles_carry_title_and_chapter_and_drop_their_number(tmp_path: Path) -> None:
    path = tmp_path / "law.md"
    path.write_text(LAW, encoding="utf-8")
    found = list(statutes.articles(path))
    assert [(a.title, a.chapter) for a in found] == [("某市促进条例", "第一章 总则")] * 2
    assert found[1].text == "本市对企业贷款给予贴息。\n贴息比例为百分之三十。按照第一条规定执行。"


@pytest.mark.parametrize(
    ("gloss", "left"),
    [
        ("to subsidize (a price)", "subsidize"),
        ("CL:個|个[ge4]", ""),
        ("surname Li", ""),
        ("to lend sth to sb", "lend something to somebody"),
        ("", ""),
    ],
)
def test_glosses_keep_only_what_can_be_embedded(gloss: str, left: str) -> None:
    assert clean(gloss) == left


@given(st.integers(0, 99), st.integers(1, 9))
def test_no_batch_holds_two_questions_of_one_passage(seed: int, size: int) -> None:
    made = [pairs.Pair(f"问{i}", "", f"答{i // 5}", f"g{i // 5}") for i in range(60)]
    for queries, passages in itertools.islice(pairs.batches([pairs.source("s", 1, made)], size, seed), 8):
        assert len(queries) == len(passages) == size
        assert len(set(passages)) == size


def test_the_seed_fixes_the_batches() -> None:
    made = [pairs.Pair(f"问{i}", "标题", f"答{i}", f"g{i}") for i in range(30)]
    first, second = (
        list(itertools.islice(pairs.batches([pairs.source("s", 1, made)], 4, 3), 20)) for _ in "ab"
    )
    assert first == second


def test_a_cloze_asks_for_an_article_by_one_of_its_sentences() -> None:
    article = statutes.Article("条例", "总则", "对企业贷款给予贴息。贴息比例为百分之三十。")
    pair = pairs.cloze(article, random.Random(1))
    assert pair.query.rstrip("。") in article.text
    assert pair.title == "条例 总则"


def test_the_tokenizer_cuts_into_the_likeliest_words() -> None:
    share = {"贷款": 0.1, "贷": 0.001, "款": 0.001, "贴息": 0.05, "首": 0.01}
    cutter = vocabulary.tokenizer(list(share), share)
    assert cutter.encode("首贷款贴息").tokens == ["首", "贷款", "贴息"]
    assert cutter.encode("Ａ").tokens != []


def test_glossed_words_count_double_and_addresses_stay_out() -> None:
    share = {"贷": 0.1, "企业": 0.02, "贷款": 0.015, "第三条": 0.5}
    room = len(vocabulary.SPECIAL) + len(set(vocabulary.ALWAYS)) + 2
    kept = vocabulary.choose(share, ["贷款"], room)
    assert "贷款" in kept
    assert not {"企业", "第三条"} & set(kept)


def test_figures_follow_their_formulas() -> None:
    questions = [evaluation.Question("甲", frozenset({1})), evaluation.Question("乙", frozenset({0, 2}))]
    trial = evaluation.Trial("t", ["a", "b", "c"], ["", "", ""], questions)
    scores = np.array([[3, 2, 1], [3, 2, 1]], np.float32)
    # first: rank 2 -> 1/2; second: ranks 1 and 3 -> 1/1. recall 1/1 and 2/2.
    assert evaluation.figures(trial, lambda n: scores[n]) == {"hit1": 0.5, "recall10": 1.0, "mrr10": 0.75}


def _trainer(folder: Path, key: str, steps: int) -> Trainer:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    torch.manual_seed(0)
    words = list("甲乙丙丁戊己庚辛")
    cutter = vocabulary.tokenizer(words, dict.fromkeys(words, 0.1))
    table = StaticEmbedding(cutter, embedding_dim=4)
    model = SentenceTransformer(modules=[table, Normalize()], device="cpu")
    return Trainer(model, table.embedding.weight, Plan(steps, None, 0.1, 0.0), folder, key)


def test_training_lowers_the_loss_and_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    words = "甲乙丙丁戊己庚辛"
    made = [pairs.Pair(word, "", words[7 - i], word) for i, word in enumerate(words)]
    seen: list[tuple[int, float]] = []
    for steps in (30, 60):
        trainer = _trainer(tmp_path, "run", steps)
        trainer.resume()
        batches = material.batches([pairs.source("s", 1, made)], 4, 1)
        trainer.fit(batches, lambda step, done, loss: seen.append((step, loss)))
    assert [step for step, _ in seen] == list(range(1, 61))
    assert seen[-1][1] < seen[0][1]


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    _trainer(tmp_path, "one", 1).save()
    with pytest.raises(ValueError, match="另一组参数"):
        _trainer(tmp_path, "two", 1).resume()
