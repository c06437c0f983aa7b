import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from app.embed import Encoder
from app.embed.bert import BertRuntime
from app.embed.encoder import SentenceTransformerRuntime
from app.embed.folder import read_folder
from app.embed.static import unit
from app.errors import ModelError

TEXTS = ["企业贷款贴息", "游戏", "贷款", "🙂", "游戏企业"]


def test_any_sentence_transformer_folder_can_be_opened(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (5, 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_questions_and_passages_of_another_model_are_encoded_alike(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    np.testing.assert_allclose(encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS), atol=1e-5)


def test_8_bits_stay_beside_float32(tiny_transformer: Path) -> None:
    eight = BertRuntime(read_folder(tiny_transformer), threads=2)
    whole = SentenceTransformerRuntime(str(tiny_transformer), threads=1, offline=True)
    assert (eight.encode(TEXTS) * whole.encode(TEXTS)).sum(axis=1).min() > 0.99


def test_in_8_bits_a_vector_does_not_depend_on_its_neighbours(tiny_transformer: Path) -> None:
    eight = BertRuntime(read_folder(tiny_transformer), threads=2)
    alone = np.concatenate([eight.encode([text]) for text in TEXTS])
    assert eight.encode(TEXTS).tobytes() == alone.tobytes()


def test_a_model_of_our_own_script_computes_in_8_bits_and_says_so_in_its_fingerprint(
    tiny_transformer: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_transformer, copy)
    (copy / "training.json").write_text("{}", encoding="utf-8")
    ours, other = Encoder.open(str(copy), threads=1), Encoder.open(str(tiny_transformer), threads=1)
    assert ours.revision == other.revision
    assert ours.fingerprint != other.fingerprint
    assert (ours.encode_queries(TEXTS) * other.encode_queries(TEXTS)).sum(axis=1).min() > 0.99


def test_blank_texts_are_zero_whatever_the_model(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    assert not encoder.encode_queries(["", " \n"]).any()
    assert encoder.encode_passages(["", "贷款"]).any(axis=1).tolist() == [False, True]


def test_a_transformer_has_no_token_vectors_and_says_so(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    assert not encoder.supports_tokens
    with pytest.raises(ModelError, match="不提供逐词向量"):
        encoder.token_vectors("贷款")


def test_a_transformer_without_its_weights_is_refused(tiny_transformer: Path, tmp_path: Path) -> None:
    for file in tiny_transformer.iterdir():
        if file.is_file() and file.name != "model.safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelError, match="无法加载"):
        Encoder.open(str(tmp_path), threads=1)


def test_a_union_scores_the_weighted_mean_of_its_parts_cosines(
    tiny_model: Path, tiny_transformer: Path, tmp_path: Path
) -> None:
    shutil.copytree(tiny_model, tmp_path / "fast")
    shutil.copytree(tiny_transformer, tmp_path / "deep")
    parts = [{"folder": "fast", "weight": 0.25}, {"folder": "deep", "weight": 0.75, "size": 16}]
    (tmp_path / "joined.json").write_text(json.dumps(parts), encoding="utf-8")
    union = Encoder.open(str(tmp_path), threads=1)
    fast, deep = (Encoder.open(str(tmp_path / part["folder"]), threads=1) for part in parts)
    assert union.dimension == 3 + 16
    left, right = ["企业贷款", "游戏"], ["贷款贴息", "企业"]
    cut = [unit(deep.encode_queries(texts)[:, :16]) for texts in (left, right)]
    wanted = 0.25 * (fast.encode_queries(left) * fast.encode_passages(right)).sum(axis=1)
    wanted += 0.75 * (cut[0] * cut[1]).sum(axis=1)
    got = (union.encode_queries(left) * union.encode_passages(right)).sum(axis=1)
    np.testing.assert_allclose(got, wanted, atol=1e-5)
    assert union.token_vectors("企业贷款")[0] == fast.token_vectors("企业贷款")[0]


@pytest.mark.parametrize(
    "listed",
    [
        "{}",
        "[]",
        '[{"folder": "fast"}]',
        '[{"folder": "fast", "weight": 2}, {"folder": "fast", "weight": 1}]',
    ],
)
def test_a_broken_list_of_parts_is_named(tiny_model: Path, tmp_path: Path, listed: str) -> None:
    shutil.copytree(tiny_model, tmp_path / "fast")
    (tmp_path / "joined.json").write_text(listed, encoding="utf-8")
    with pytest.raises(ModelError, match=r"joined\.json"):
        Encoder.open(str(tmp_path), threads=1)
