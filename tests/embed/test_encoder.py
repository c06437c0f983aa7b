import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from encoder_training.onnx_export import add_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from app.embed import READER, Encoder
from app.embed.encoder import MODELS, SentenceTransformerRuntime
from app.errors import ModelError

DEEP, FAST = MODELS / "deep", MODELS / "fast"
MIB = 1024 * 1024
QUESTIONS = [
    "首贷有贴息吗",
    "厂里想上套MES，区里管不管",
    "做电竞的公司能申请扶持不",
    "",
    "🙂🙂",
    "a" * 500,
    "示波器2024年30%",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.open("fast", threads=1)


def test_the_light_path_equals_sentence_transformers_on_the_embedded_model(encoder: Encoder) -> None:
    slow = SentenceTransformerRuntime(str(FAST), threads=1, offline=True)
    np.testing.assert_allclose(
        encoder.encode_queries(QUESTIONS), slow.encode(QUESTIONS, query=True), atol=2e-6
    )
    np.testing.assert_allclose(encoder.encode_passages(QUESTIONS), slow.encode(QUESTIONS), atol=2e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="贷款贴息企业游戏x ，", max_size=20), min_size=1, max_size=5))
def test_the_light_path_equals_sentence_transformers_on_any_text(tiny_model: Path, texts: list[str]) -> None:
    light, slow = Encoder.open(str(tiny_model)), _slow(tiny_model)
    np.testing.assert_allclose(light.encode_passages(texts), slow.encode(texts), atol=1e-6)


_kept: dict[Path, SentenceTransformerRuntime] = {}


def _slow(folder: Path) -> SentenceTransformerRuntime:
    return _kept.setdefault(folder, SentenceTransformerRuntime(str(folder), threads=1, offline=True))


def test_a_text_is_the_mean_of_its_words_scaled_to_length_one(tiny_model: Path) -> None:
    # (1,0,0) + (.8,.6,0) = (1.8,.6,0); its length is sqrt(3.24 + .36) = 1.8974
    vector = Encoder.open(str(tiny_model)).encode_queries(["贷款贴息"])[0]
    np.testing.assert_allclose(vector, [1.8 / 1.8974, 0.6 / 1.8974, 0], atol=1e-3)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_every_vector_has_length_one_or_is_zero(encoder: Encoder, text: str) -> None:
    length = float(np.linalg.norm(encoder.encode_queries([text])[0]))
    assert length == pytest.approx(1, abs=1e-5) or length == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=6))
def test_the_same_text_gives_the_same_bytes_in_any_batch(encoder: Encoder, texts: list[str]) -> None:
    together = encoder.encode_passages(texts)
    assert together.shape == (len(texts), encoder.dimension)
    for row, text in zip(together, texts, strict=True):
        assert row.tobytes() == encoder.encode_queries([text])[0].tobytes()


def test_blank_and_unknown_texts_are_zero_and_never_nan(tiny_model: Path) -> None:
    assert not Encoder.open(str(tiny_model)).encode_queries(["", " ", "🙂", "\ud800"]).any()


def test_lone_surrogates_and_control_characters_are_read_over(encoder: Encoder) -> None:
    assert encoder.encode_queries(["首\ud800贷\x00"]).shape == (1, encoder.dimension)


def test_passages_report_their_progress(encoder: Encoder) -> None:
    seen: list[int] = []
    encoder.encode_passages(["首贷"] * 600, seen.append)
    assert sum(seen) == 600
    assert len(seen) > 1


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == encoder.encode_passages([]).shape == (0, encoder.dimension)


def test_meaning_shows_in_the_embedded_model(encoder: Encoder) -> None:
    query, near, far = encoder.encode_queries(
        ["老板借钱能少还点利息吗", "对企业贷款给予贴息支持", "禁止在河道内采砂"]
    )
    assert query @ near > query @ far + 0.1


def test_the_fingerprint_follows_the_weights_and_not_the_card(tiny_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "other-name"
    shutil.copytree(tiny_model, copy)
    (copy / "README.md").write_text("card", encoding="utf-8")
    assert Encoder.open(str(copy)).fingerprint == Encoder.open(str(tiny_model)).fingerprint
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 0x01
    (copy / "model.safetensors").write_bytes(weights)
    assert Encoder.open(str(copy)).fingerprint != Encoder.open(str(tiny_model)).fingerprint


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "modules.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x00\xff broken"])
def test_a_damaged_file_is_named_with_its_remedy(
    tiny_model: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(tiny_model, copy)
    (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"模型文件夹.*(ZHENGWEN_MODEL|default)"):
        Encoder.open(str(copy))


@pytest.mark.parametrize("model", ["/no/such/folder", "./absent", "", " ", "C:\\models\\x"])
def test_a_folder_that_is_not_there_is_named(model: str) -> None:
    with pytest.raises(ModelError, match="找不到模型文件夹"):
        Encoder.open(model)


def test_a_hub_name_that_was_never_downloaded_is_refused_while_offline() -> None:
    with pytest.raises(ModelError, match=r"无法取得模型“nobody/no-such-model”.*ZHENGWEN_OFFLINE"):
        Encoder.open("nobody/no-such-model", offline=True)


def test_a_table_with_nan_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    copy = tmp_path / "model"
    shutil.copytree(tiny_model, copy)
    save_file({"embedding.weight": np.full((5, 3), np.nan, np.float16)}, str(copy / "model.safetensors"))
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        Encoder.open(str(copy))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_the_static_table_is_small_and_says_where_it_comes_from() -> None:
    assert _size(FAST) <= 6 * MIB
    record = json.loads((FAST / "training.json").read_text(encoding="utf-8"))
    assert {"data", "versions", "options", "figures"} <= record.keys()
    card = (FAST / "README.md").read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in card
    assert "train_encoder.py" in card


def test_the_default_is_one_transformer_and_finds_the_clause_that_is_meant() -> None:
    default, fast, deep = (Encoder.open(name, threads=1) for name in ("default", "fast", str(DEEP)))
    assert (default.is_static, fast.is_static) == (False, True)
    assert default.fingerprint == deep.fingerprint
    query = default.encode_queries(["老板借钱能少还点利息吗"])[0]
    near, far = default.encode_passages(["对企业贷款给予贴息支持", "禁止在河道内采砂"])
    assert query @ near > query @ far


def test_the_models_stay_small_together_and_name_the_licences_of_what_they_were_made_from() -> None:
    assert _size(DEEP) <= 45 * MIB
    assert _size(READER) <= 40 * MIB
    assert _size(MODELS) <= 64 * MIB
    for folder in (DEEP, FAST, READER):
        told = (folder / "README.md").read_text(encoding="utf-8")
        assert [licence for licence in ("Apache-2.0", "MIT", "CC BY-SA 4.0") if licence not in told] == []


def test_encoding_and_reading_with_the_embedded_models_import_no_torch() -> None:
    code = (
        "import sys; from app.embed import READER, Encoder, Passage, Reader; "
        "[Encoder.open(name).encode_queries(['首贷']) for name in ('fast', 'default')]; "
        "Reader.open(READER).read('首贷', [Passage('', ('贴息',))]); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=MODELS.parents[2]
    )
    assert run.stdout.strip() == "[]"


def test_the_embedded_transformer_in_8_bits_stays_beside_its_own_weights_in_float32(tmp_path: Path) -> None:
    add_weights(DEEP, tmp_path)
    eight = Encoder.open("default", threads=1)
    whole = SentenceTransformerRuntime(str(tmp_path), threads=1, offline=True)
    texts = [text for text in QUESTIONS if text.strip()]
    # The weights are those of the graph, so what is measured is its arithmetic.
    assert (eight.encode_queries(texts) * whole.encode(texts, query=True)).sum(axis=1).min() > 0.99
