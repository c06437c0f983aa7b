"""The body that training starts from: reading the weights file, and cutting its vocabulary."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from encoder_training import assemble, pretrained, start, tuning
from encoder_training.contrast import Plan, Trainer
from encoder_training.draw import Batch

from . import tiny_e5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pretrained.Pretrained:
    path = tmp_path_factory.mktemp("e5") / "e5-small-q4.bin"
    tiny_e5.write(path, tiny_e5.tensors())
    return pretrained.read(path)


@pytest.fixture(scope="module")
def body(whole: pretrained.Pretrained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    start.body(whole, start.kept(whole, ["企业贷款"] * 3), folder, 20)
    return folder


def test_a_weights_file_is_read_as_it_was_written(whole: pretrained.Pretrained) -> None:
    wanted = tiny_e5.tensors()
    assert whole.pieces == tiny_e5.PIECES
    assert whole.scores.tolist() == [-float(n) for n in range(len(tiny_e5.PIECES))]
    assert whole.shape["hidden"] == tiny_e5.HIDDEN
    assert whole.shape["layers"] == tiny_e5.LAYERS
    assert whole.weights.keys() == wanted.keys()
    for name, array in wanted.items():
        np.testing.assert_array_equal(whole.weights[name], array, err_msg=name)


def test_a_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(ValueError, match="不是 E5S1"):
        pretrained.read(tmp_path / "a")
    tiny_e5.write(tmp_path / "b", {}, block=64)
    with pytest.raises(ValueError, match="量化块是 64"):
        pretrained.read(tmp_path / "b")


def test_the_cut_vocabulary_keeps_ascii_chinese_and_what_is_used(whole: pretrained.Pretrained) -> None:
    kept = [whole.pieces[n] for n in start.kept(whole, ["企业要贷款", "贷款", "贷款"])]
    assert kept[:4] == list(pretrained.SPECIAL)
    assert {chr(n) for n in range(33, 127)} <= set(kept)
    assert set("企业贷款政策问") <= set(kept)
    assert start.TURN in kept
    assert "贷款" in kept
    assert not {"企业", *tiny_e5.FOREIGN} & set(kept)  # seen once, or never


def test_no_text_of_kept_characters_is_unknown(body: Path) -> None:
    from tokenizers import Tokenizer

    cutter = Tokenizer.from_file(str(body / "tokenizer.json"))
    ascii_ = "".join(map(chr, range(33, 127)))
    for text in (ascii_, "企业 贷款»政策问", "ＡＢ，１２"):
        found = cutter.encode(text)
        assert "<unk>" not in found.tokens
        assert (found.tokens[0], found.tokens[-1]) == ("<s>", "</s>")
    assert cutter.encode("企业贷款").tokens[1:-1] == ["▁", "企业", "贷款"]


def test_a_row_of_the_embeddings_moves_with_its_piece(whole: pretrained.Pretrained, body: Path) -> None:
    model = assemble.pretrained(body, 16)
    table = model[0].auto_model.embeddings.word_embeddings.weight.detach().numpy()
    for piece, row in model.tokenizer.get_vocab().items():
        np.testing.assert_array_equal(table[row], whole.weights["emb.word"][whole.pieces.index(piece)])


def test_the_body_is_pooled_by_its_mean_and_has_the_prefixes_of_e5_as_prompts(
    body: Path, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    made = assemble.pretrained(body, 16)
    assert made.prompts == {"query": "query: ", "document": "passage: "}
    made.save(str(tmp_path), create_model_card=False)
    again = SentenceTransformer(str(tmp_path), device="cpu")
    ways = [again.encode_query("贷款"), again.encode("query: 贷款"), made.encode("query: 贷款")]
    assert np.allclose(ways[0], ways[1])
    assert np.allclose(ways[0], ways[2])
    assert np.linalg.norm(ways[0]) == pytest.approx(1, abs=1e-5)
    assert not np.allclose(again.encode_document("贷款"), ways[0])


def test_training_puts_the_prefixes_in_front_and_leaves_frozen_layers_alone(
    body: Path, tmp_path: Path
) -> None:
    model = assemble.pretrained(body, 16)
    assemble.freeze(model, 1)
    seen: list[str] = []
    preprocess = model.preprocess
    model.preprocess = lambda texts: seen.extend(texts) or preprocess(texts)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    plan = Plan(2, None, 0.0, 1e-3, scale=50.0, longest=(12, 14), together=1)
    batch = Batch.paired(["企业", "问策"], ["贷款", "政策"])
    Trainer(model, None, plan, tmp_path, "run").fit(iter([batch, batch]), lambda *_: None)
    assert set(seen) == {"query: 企业", "query: 问策", "passage: 贷款", "passage: 政策"}
    moved = {name for name, p in model.named_parameters() if not p.equal(before[name])}
    assert not any("embeddings" in name or "layer.0." in name for name in moved)
    assert any("layer.1." in name for name in moved)


def test_every_string_is_counted_and_no_name_of_a_field() -> None:
    assert list(tuning.strings({"a": ["甲", {"b": "乙"}], "n": 3, "c": None})) == ["甲", "乙"]
