"""The reader beside the same network in float32, cut in one piece as in training."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.embed import Judgement, Passage, Reader
from app.embed.reader import UNREAD, WINDOWS
from app.errors import ModelError

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from encoder_training.onnx_export import read_reader, write_reader

READS, ASKED = 48, 12
SHORT = Passage("条例|总则|", ("企业贷款贴息。", "游戏企业。"))
LONG = Passage("条例|总则|", tuple(f"企业贷款{'贴息' * (n % 7)}。" for n in range(40)))


def layers(body: Path, folder: Path) -> Any:
    import torch
    from transformers import BertModel

    torch.manual_seed(1)
    model = torch.nn.ModuleDict({"body": BertModel.from_pretrained(str(body), add_pooling_layer=False)})
    model["inner"], model["pair"] = torch.nn.Linear(64, 32), torch.nn.Linear(32, 2)
    model["token"] = torch.nn.Linear(32, 1)
    write_reader(model.state_dict(), body, folder, READS, ASKED, "»")
    return model.eval()


@pytest.fixture(scope="module")
def network(tiny_body: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("reader")
    return layers(tiny_body, folder), folder


@pytest.fixture(scope="module")
def reader(network: tuple[Any, Path]) -> Reader:
    return Reader.open(network[1], threads=1)


def in_floats(network: tuple[Any, Path], question: str, passage: Passage) -> Judgement:
    """The pair as training cuts it: at READS tokens, sentences by where their tokens start."""
    import torch
    from tokenizers import Tokenizer

    model, folder = network
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    asked = tokenizer.encode(question, add_special_tokens=False).ids[-ASKED:]
    clause = tokenizer.encode(passage.head + "".join(passage.sentences), add_special_tokens=False)
    ids = [0, *asked, 2, 2, *clause.ids, 2][: READS - 1]
    ids = [*ids[:-1], 2] if len(ids) < READS - 1 else [*ids, 2]
    with torch.inference_mode():
        states = model["body"](torch.tensor([ids])).last_hidden_state[0]
        pooled = torch.tanh(model["inner"](torch.cat([states[0], states.mean(0)])))
        pair, tokens = model["pair"](pooled).numpy(), model["token"](states)[:, 0].numpy()
    at, means = len(passage.head), []
    for part in passage.sentences:
        held = [
            len(asked) + 3 + n for n, (start, _) in enumerate(clause.offsets) if at <= start < at + len(part)
        ]
        means.append(float(tokens[held].mean()) if held else UNREAD)
        at += len(part)
    return Judgement(float(pair[0]), float(pair[1]), tuple(means))


def logits(judgement: Judgement) -> list[float]:
    return [judgement.answers, judgement.related, *judgement.sentences]


@pytest.mark.parametrize("question", ["贷款贴息吗", "", "游戏企业" * 9, "🙂"])
def test_8_bits_stay_beside_float32(network: tuple[Any, Path], reader: Reader, question: str) -> None:
    for passage in (SHORT, Passage("", ("贷款",)), Passage("条例|", ())):
        wanted = in_floats(network, question, passage)
        np.testing.assert_allclose(logits(reader.read(question, [passage])[0]), logits(wanted), atol=0.05)


def test_a_judgement_depends_on_no_neighbour_and_no_thread_count(
    network: tuple[Any, Path], reader: Reader
) -> None:
    passages = [SHORT, LONG, Passage("", ("",)), SHORT]
    alone = [reader.read("贷款", [passage])[0] for passage in passages]
    assert reader.read("贷款", passages) == alone
    assert Reader.open(network[1], threads=3).read("贷款", passages) == alone


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    assert reader.read("贷款", []) == []


def test_a_sentence_without_tokens_is_not_read_and_never_nan(reader: Reader) -> None:
    said = reader.read("贷款", [Passage("条例|", ("", "贷款。", ""))])[0].sentences
    assert [each == UNREAD for each in said] == [True, False, True]


def test_a_lone_surrogate_is_read_over(reader: Reader) -> None:
    assert reader.read("贷\ud800款", [Passage("条\udc00例|", ("贷款\ud800。",))]) == reader.read(
        "贷款", [Passage("条例|", ("贷款。",))]
    )


def test_every_sentence_of_a_long_clause_is_read(reader: Reader) -> None:
    said = reader.read("贷款", [LONG])[0]
    assert len(said.sentences) == 40
    assert np.isfinite(logits(said)).all()


def test_what_answers_best_in_a_long_clause_speaks_for_it(network: tuple[Any, Path], reader: Reader) -> None:
    windows = reader._cutter.cut("贷款", LONG)
    assert 1 < len(windows) <= WINDOWS
    assert all(len(window.ids) <= READS for window in windows)
    assert reader.read("贷款", [LONG])[0].answers == max(reader._judge(window)[0] for window in windows)


@pytest.mark.parametrize(
    "sentences", [("企业贷款贴息" * 3_400,), ("贷款。",) * 6_700, ("。" * 20_000,), ("龘" * 20_000,)]
)
def test_a_clause_of_20_000_characters_takes_no_more_than_its_windows(
    reader: Reader, sentences: tuple[str, ...]
) -> None:
    passage = Passage("条例|", sentences)
    assert 0 < len(reader._cutter.cut("贷款", passage)) <= WINDOWS
    said = reader.read("贷款", [passage])[0]
    assert len(said.sentences) == len(sentences)
    assert np.isfinite([said.answers, said.related, said.sentences[0]]).all()


def test_a_head_longer_than_a_window_leaves_room_for_the_clause(reader: Reader) -> None:
    assert np.isfinite(logits(reader.read("贷款", [Passage("条例" * 300, ("贷款。", "贴息。"))])[0])).all()
    assert np.isfinite(reader.read("贷款", [Passage("条例" * 300, ())])[0].answers)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="贷款贴息企业游戏 ?", max_size=40),
    st.text(alphabet="贷款企业|", max_size=60),
    st.lists(st.text(alphabet="贷款贴息企业游戏 \n。㍿", max_size=60), max_size=12),
)
def test_whatever_is_read_has_a_logit_per_sentence_and_no_nan(
    reader: Reader, question: str, head: str, sentences: list[str]
) -> None:
    said = reader.read(question, [Passage(head, tuple(sentences))])[0]
    assert len(said.sentences) == len(sentences)
    assert not np.isnan(logits(said)).any()
    assert np.isfinite([said.answers, said.related]).all()


def test_the_fingerprint_follows_the_files_and_not_the_card(
    network: tuple[Any, Path], tmp_path: Path
) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(network[1], copy)
    (copy / "README.md").write_text("card", encoding="utf-8")
    before = Reader.open(network[1]).fingerprint
    assert Reader.open(copy).fingerprint == before
    (copy / "reader.json").write_text('{"reads": 40, "asked": 12, "turn": "»"}', encoding="utf-8")
    assert Reader.open(copy).fingerprint != before


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "reader.json"])
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]", b"\x00\xff broken"])
def test_a_damaged_file_is_named_with_its_remedy(
    network: tuple[Any, Path], tmp_path: Path, name: str, content: bytes | None
) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(network[1], copy)
    (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"模型文件夹“{copy}”中的 {name}.*请重新安装"):
        Reader.open(copy)


@pytest.mark.parametrize("told", [{"reads": 600}, {"reads": 4}, {"asked": 40}, {"asked": 0}, {"reads": "x"}])
def test_settings_that_do_not_fit_are_refused(
    network: tuple[Any, Path], tmp_path: Path, told: dict[str, object]
) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(network[1], copy)
    whole = {"reads": READS, "asked": ASKED, "turn": "»"} | told
    (copy / "reader.json").write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(ModelError, match=r"reader\.json"):
        Reader.open(copy)


def test_an_encoder_is_no_reader(network: tuple[Any, Path], tiny_encoder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(network[1], copy)
    shutil.copyfile(tiny_encoder / "model.onnx", copy / "model.onnx")
    with pytest.raises(ModelError, match=r"model\.onnx.*不是 reader 模型"):
        Reader.open(copy)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="找不到模型文件夹"):
        Reader.open(tmp_path / "absent")


def test_numbers_that_are_none_are_not_handed_on(tiny_body: Path, tmp_path: Path) -> None:
    model = layers(tiny_body, tmp_path)
    state = model.state_dict()
    state["pair.bias"] = state["pair.bias"] * float("nan")
    write_reader(state, tiny_body, tmp_path, READS, ASKED, "»")
    with pytest.raises(ModelError, match="无效数值"):
        Reader.open(tmp_path).read("贷款", [SHORT])


def test_a_finished_reader_is_trained_on_from_what_it_was(network: tuple[Any, Path], tmp_path: Path) -> None:
    from reader_training.model import Reader as Network

    model, folder = network
    whole, back = model.state_dict(), read_reader(folder)
    assert {name: tuple(array.shape) for name, array in back.items() if "token_type" not in name} == {
        name: tuple(tensor.shape) for name, tensor in whole.items() if "token_type" not in name
    }
    for name in ("inner.weight", "pair.weight", "token.bias"):
        np.testing.assert_allclose(back[name], whole[name].numpy())
    layers_kept = sum(name.endswith("intermediate.dense.weight") for name in back)
    trained = Network(folder, layers_kept, 0)
    write_reader(trained.state_dict(), folder, tmp_path, READS, ASKED, "»")
    again = Reader.open(tmp_path, threads=1).read("贷款", [SHORT])[0]
    first = Reader.open(folder, threads=1).read("贷款", [SHORT])[0]
    assert again.answers == pytest.approx(first.answers, abs=0.05)


def test_the_card_names_every_training_in_its_order(tmp_path: Path) -> None:
    from reader_training import card

    first = {"layers": 8, "pairs": 50, "seed": 7}
    (tmp_path / "reader.json").write_text("{}", "utf-8")
    card.write(tmp_path, {"layers": 8, "pairs": 18, "seed": 11, "start": first})
    page = (tmp_path / "README.md").read_text("utf-8")
    assert page.index("--start START --out READER1 --pairs 50 --seed 7") < page.index("--start READER1")
    assert card.facts_of(tmp_path)["start"] == first
    assert card.facts_of(tmp_path / "absent") == {}
