import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from encoder_training.onnx_export import add_graph, add_weights, is_plain, read_state
from onnx import numpy_helper

from app.embed import Encoder
from app.embed.encoder import SentenceTransformerRuntime
from app.embed.folder import read_folder
from app.embed.onnx import EncoderRuntime
from app.embed.static import unit
from app.errors import ModelError

TEXTS = ["企业贷款贴息", "游戏", "贷款", "🙂", "游戏企业"]


def test_any_sentence_transformer_folder_can_be_opened(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (5, 32)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_questions_and_passages_stand_behind_the_prompts_of_their_model(
    tiny_transformer: Path, tiny_encoder: Path
) -> None:
    whole, eight = (Encoder.open(str(folder), threads=1) for folder in (tiny_transformer, tiny_encoder))
    for other in (whole, eight):
        assert (eight.encode_queries(TEXTS) * other.encode_queries(TEXTS)).sum(axis=1).min() > 0.99
        assert (eight.encode_passages(TEXTS) * other.encode_passages(TEXTS)).sum(axis=1).min() > 0.99
        assert (other.encode_passages(TEXTS) * other.encode_queries(TEXTS)).sum(axis=1).min() < 0.98


def test_8_bits_stay_beside_float32(tiny_transformer: Path, tiny_encoder: Path) -> None:
    eight = EncoderRuntime(read_folder(tiny_encoder), threads=2)
    whole = SentenceTransformerRuntime(str(tiny_transformer), threads=1, offline=True)
    texts = [*TEXTS, "", "贷款" * 500]
    assert (unit(eight.encode(texts)) * whole.encode(texts)).sum(axis=1).min() > 0.99


def test_in_8_bits_a_vector_depends_on_no_neighbour_and_no_thread_count(tiny_encoder: Path) -> None:
    one, three = (EncoderRuntime(read_folder(tiny_encoder), threads=n) for n in (1, 3))
    alone = np.concatenate([one.encode([text]) for text in TEXTS])
    assert one.encode(TEXTS).tobytes() == three.encode(TEXTS).tobytes() == alone.tobytes()


def test_weights_beside_the_graph_change_the_fingerprint_alone(
    tiny_encoder: Path, tiny_transformer: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_encoder, copy)
    shutil.copyfile(tiny_transformer / "model.safetensors", copy / "model.safetensors")
    both, graph = Encoder.open(str(copy), threads=1), Encoder.open(str(tiny_encoder), threads=1)
    assert both.fingerprint != graph.fingerprint
    assert both.encode_queries(TEXTS).tobytes() == graph.encode_queries(TEXTS).tobytes()


def test_weights_that_were_not_exported_are_left_to_sentence_transformers(
    tiny_transformer: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_transformer, copy)
    (copy / "training.json").write_text("{}", encoding="utf-8")
    whole = Encoder.open(str(tiny_transformer), threads=1)
    np.testing.assert_allclose(
        Encoder.open(str(copy), threads=1).encode_queries(TEXTS), whole.encode_queries(TEXTS), atol=1e-6
    )


@pytest.mark.parametrize(
    "name",
    [
        "model.onnx",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "config_sentence_transformers.json",
        "modules.json",
    ],
)
@pytest.mark.parametrize("content", [None, b"", b"[]", b"\x00\xff broken"])
def test_a_damaged_file_is_named_with_its_remedy(
    tiny_encoder: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_encoder, copy)
    (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"模型文件夹“{copy}”(中的 {name})?.*(请重新安装|default)"):
        Encoder.open(str(copy), threads=1)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("config.json", '"hidden_size": 32', '"hidden_size": 31'),
        ("tokenizer_config.json", '"model_max_length": 32', '"model_max_length": 7'),
        ("config_sentence_transformers.json", '"query": "企业"', '"query": 3'),
        ("tokenizer.json", '["<pad>",', '["甲", -9.0], ["<pad>",'),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(
    tiny_encoder: Path, tmp_path: Path, name: str, old: str, new: str
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_encoder, copy)
    told = json.dumps(json.loads((copy / name).read_text("utf-8")), ensure_ascii=False)
    assert old in told
    (copy / name).write_text(told.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelError, match=r"模型文件夹.*中的.*请重新安装"):
        Encoder.open(str(copy), threads=1)


def test_a_saved_model_is_given_its_graph_and_a_graph_its_weights(
    tiny_transformer: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    copy, back = tmp_path / "model", tmp_path / "back"
    shutil.copytree(tiny_transformer, copy)
    (copy / "training.json").write_text("{}", encoding="utf-8")
    assert is_plain(copy)
    add_graph(copy)
    (copy / "model.safetensors").unlink()
    add_weights(copy, back)
    assert not (back / "model.onnx").exists()
    eight, whole = Encoder.open(str(copy), threads=1), Encoder.open(str(back), threads=1)
    assert type(eight._runtime) is EncoderRuntime
    assert type(whole._runtime) is SentenceTransformerRuntime
    assert (eight.encode_queries(TEXTS) * whole.encode_queries(TEXTS)).sum(axis=1).min() > 0.99


def test_a_static_model_is_no_plain_bert(tiny_model: Path) -> None:
    assert not is_plain(tiny_model)


def test_a_graph_is_turned_back_into_weights_as_near_as_8_bits_are(
    tiny_body: Path, tiny_encoder: Path
) -> None:
    from safetensors.numpy import load_file

    whole, eight = load_file(str(tiny_body / "model.safetensors")), read_state(tiny_encoder)
    assert whole.keys() == eight.keys()
    kinds = "embeddings.token_type_embeddings.weight", "embeddings.position_embeddings.weight"
    for name in whole.keys() - set(kinds):
        np.testing.assert_allclose(
            eight[name], whole[name], atol=float(np.abs(whole[name]).max() / 120 + 1e-6)
        )
    wanted = whole[kinds[1]] + whole[kinds[0]][0]
    np.testing.assert_allclose(eight[kinds[1]] + eight[kinds[0]][0], wanted, atol=1e-6)


def test_no_two_neighbours_overflow_16_bits_where_there_is_no_vnni(tiny_encoder: Path) -> None:
    held = onnx.load(str(tiny_encoder / "model.onnx")).graph.initializer
    matrices = {
        each.name: numpy_helper.to_array(each).astype(int) for each in held if each.name.endswith(".rows")
    }
    products = [array for name, array in matrices.items() if name.startswith("encoder.layer.")]
    assert len(products) == 2 * 4
    for array in products:
        pairs = array.reshape(-1, 2, array.shape[1])
        assert (255 * np.maximum(pairs, 0).sum(axis=1)).max() < 2**15
        assert (255 * np.minimum(pairs, 0).sum(axis=1)).min() >= -(2**15)


def test_blank_texts_are_zero_whatever_the_model(tiny_transformer: Path) -> None:
    encoder = Encoder.open(str(tiny_transformer), threads=1)
    assert not encoder.encode_queries(["", " \n"]).any()
    assert encoder.encode_passages(["", "贷款"]).any(axis=1).tolist() == [False, True]


def test_a_transformer_without_its_weights_is_refused(tiny_transformer: Path, tmp_path: Path) -> None:
    for file in tiny_transformer.iterdir():
        if file.is_file() and file.name != "model.safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelError, match="无法加载"):
        Encoder.open(str(tmp_path), threads=1)
