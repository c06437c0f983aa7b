"""Trained BERTs written as ONNX graphs in 8 bits: one text per call, no batch and no mask.

Matrices are 8 bits with one scale per output, activations are quantised as they come (Jacob et al. 2018); the word table is
8 bits with one scale per row. Processors without VNNI add products of neighbours in 16 bits, so the scale of an output keeps
two neighbours of one sign within 128: 7 bits and a sign would do as well and err five times as much.

One scale for all tokens loses what most of them need: in an e5 the first token is ten times larger than others where the
feed-forward part begins and ends, so there each token is brought to the same height first, and back behind the product.

The graph is drawn by hand: an exporter's trace of the same BERT must first be matched against fusions, and two of them are
slower than the operators they replace (SkipLayerNormalization six times, BiasGelu by a third).
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

Array = NDArray[Any]
State = Mapping[str, Any]

GRAPH, WEIGHTS = "model.onnx", "model.safetensors"
OPSET, IR = 18, 8
MICROSOFT = "com.microsoft"
LEAST = 0.2
WORDS = "embeddings.word_embeddings"
HEADS = ("inner", "pair", "token")
THREE = ("query", "key", "value")
MODULES = (
    ("", "base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformer.modules.pooling.Pooling"),
)
SETTINGS = ("config.json", "tokenizer.json", "tokenizer_config.json")


def write_encoder(state: State, start: Path, out: Path, prompts: Mapping[str, str], reads: int) -> None:
    """A folder that `Encoder.open` reads: the mean of the last layer's tokens.

    `state` is that of a `BertModel` whose `config.json` and tokenizer lie in `start`; `prompts` are what stands before a
    "query" and a "document"; texts are cut at `reads` tokens.
    """
    config = _settings(start, out, state)
    _mean(state, config, out)
    listed = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.{kind}"}
        for i, (path, kind) in enumerate(MODULES)
    ]
    _write(out / "modules.json", listed)
    (out / "1_Pooling").mkdir(exist_ok=True)
    _write(
        out / "1_Pooling/config.json", {"embedding_dimension": config["hidden_size"], "pooling_mode": "mean"}
    )
    similar = {"prompts": dict(prompts), "default_prompt_name": None, "similarity_fn_name": "cosine"}
    _write(out / "config_sentence_transformers.json", similar)
    _write(
        out / "tokenizer_config.json",
        json.loads(_read(start / "tokenizer_config.json")) | {"model_max_length": reads},
    )


def write_reader(state: State, start: Path, out: Path, reads: int, asked: int, turn: str) -> None:
    """A folder that `app.embed.Reader.open` reads: two logits of the pair and one per token.

    `state` names the `BertModel` of `start` (with as many layers as there are) `body.…`, beside `inner`, `pair`, `token`.
    A pair is cut at `reads` tokens, `asked` of them for the question; `turn` stands between the turns of a conversation.
    """
    whole = {name: np.asarray(array, np.float32) for name, array in state.items()}
    body = {name.removeprefix("body."): array for name, array in whole.items() if name.startswith("body.")}
    config = _settings(start, out, body, SETTINGS[:2])
    graph = _Graph()
    states = _body(graph, body, config)
    first = graph.add("Slice", [states, graph.numbers([0]), graph.numbers([1]), graph.numbers([1])])
    mean = graph.add("ReduceMean", [states, graph.numbers([1])], keepdims=1)
    both = graph.add("Squeeze", [graph.add("Concat", [first, mean], axis=-1), graph.numbers([1])])
    inner = graph.add("Tanh", [graph.plain(both, "inner", whole)])
    graph.name(graph.plain(inner, "pair", whole), "pair", [1, 2])
    marks = graph.add("Squeeze", [graph.plain(states, "token", whole), graph.numbers([-1])])
    graph.name(marks, "tokens", [1, "length"])
    graph.save(out / GRAPH, _facts(body, "reader"))
    _write(out / "reader.json", {"reads": reads, "asked": asked, "turn": turn})


def is_plain(folder: Path) -> bool:
    """Whether a saved `SentenceTransformer` is a BERT of the original shape whose tokens are averaged."""
    if not (folder / "config.json").is_file() or not (folder / "1_Pooling/config.json").is_file():
        return False
    pooling = json.loads(_read(folder / "1_Pooling/config.json"))
    mean = pooling.get("pooling_mode", "mean" if pooling.get("pooling_mode_mean_tokens") else "") == "mean"
    return mean and _is_bert(json.loads(_read(folder / "config.json")))


def add_graph(folder: Path) -> None:
    """Write the graph beside the weights of a saved `SentenceTransformer` that `is_plain`."""
    _mean(load_file(str(folder / WEIGHTS)), json.loads(_read(folder / "config.json")), folder)


def add_weights(folder: Path, out: Path) -> None:
    """Copy an encoder that has a graph alone to `out`, the graph turned back into weights, to train on from it."""
    shutil.copytree(folder, out, ignore=shutil.ignore_patterns(GRAPH), dirs_exist_ok=True)
    save_file(read_state(folder), str(out / WEIGHTS), metadata={"format": "pt"})


def read_state(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The `BertModel` state of a folder that `write_encoder` made, as near as 8 bits are: to train on from it."""
    return _body_state(_held(folder))


def read_reader(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The state that `write_reader` was given, as near as 8 bits are: to train on from it."""
    held = _held(folder)
    heads = {f"{name}.{part}": held.pop(f"{name}.{part}") for name in HEADS for part in ("weight", "bias")}
    heads = {
        name: np.ascontiguousarray(array.T) if name.endswith("weight") else array
        for name, array in heads.items()
    }
    return {f"body.{name}": array for name, array in _body_state(held).items()} | heads


def _held(folder: Path) -> dict[str, NDArray[Any]]:
    return {one.name: numpy_helper.to_array(one) for one in onnx.load(str(folder / GRAPH)).graph.initializer}


def _body_state(held: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    made: dict[str, NDArray[np.float32]] = {}
    for name, array in held.items():
        if name.endswith((".bias", ".weight")) and array.dtype == np.float32:
            made[name] = array
        elif name == f"{WORDS}.rows":
            made[f"{WORDS}.weight"] = array * held[f"{WORDS}.scales"]
        elif name.endswith(".rows"):
            stem = name.removesuffix(".rows")
            made[f"{stem}.weight"] = np.ascontiguousarray((array * held[f"{stem}.scales"]).T)
    for name in [name for name in made if ".self.all." in name]:
        parts = np.split(made.pop(name), len(THREE))
        made |= {name.replace(".all.", f".{part}."): array for part, array in zip(THREE, parts, strict=True)}
    places = made["embeddings.position_embeddings.weight"]
    made["embeddings.token_type_embeddings.weight"] = np.zeros((2, places.shape[1]), np.float32)
    return made


def _mean(state: State, config: Mapping[str, Any], out: Path) -> None:
    graph = _Graph()
    mean = graph.add("ReduceMean", [_body(graph, state, config), graph.numbers([1])], keepdims=0)
    graph.name(mean, "vector", [1, config["hidden_size"]])
    graph.save(out / GRAPH, _facts(state, "encoder"))


@dataclass(frozen=True, slots=True)
class _Eight:
    """A matrix in 8 bits: int8 rows and the scales that give its values back."""

    rows: NDArray[np.int8]
    scales: NDArray[np.float32]


def _eight(matrix: Array, paired: bool) -> _Eight:
    """One scale per row of `matrix`: its largest value becomes 127, or, where `paired`, that of any two neighbours together."""
    top = np.abs(matrix).max(axis=1)
    if paired and matrix.shape[1] > 1:
        left, right = matrix[:, : matrix.shape[1] // 2 * 2 : 2], matrix[:, 1::2]
        top = np.maximum(top, np.where(left * right > 0, np.abs(left + right), 0).max(axis=1))
    scales = np.maximum(top[:, None], 1e-8) / 127
    return _Eight(np.rint(matrix / scales).astype(np.int8), scales.astype(np.float32))


class _Graph:
    """Nodes and constants as they are added; every value has a name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._held: dict[str, Array] = {}
        self._outputs: list[onnx.ValueInfoProto] = []

    def add(self, kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **options: Any) -> str:
        """The name of the first output; others are named alike with `.1`, `.2`."""
        stem = f"{kind}_{len(self._nodes)}"
        names = [stem, *(f"{stem}.{n}" for n in range(1, outputs))]
        self._nodes.append(helper.make_node(kind, inputs, names, name=stem, domain=domain, **options))
        return stem

    def hold(self, name: str, array: Array) -> str:
        """A constant."""
        self._held[name] = np.ascontiguousarray(array)
        return name

    def numbers(self, values: list[int]) -> str:
        """Whole numbers that say where and along which axis."""
        return self.hold("numbers_" + "_".join(map(str, values)), np.array(values, np.int64))

    def name(self, value: str, name: str, shape: list[int | str]) -> None:
        """`value` is an output of the graph."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=name))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def plain(self, value: str, name: str, state: State) -> str:
        """A linear layer in float32."""
        weight = self.hold(f"{name}.weight", np.asarray(state[f"{name}.weight"], np.float32).T)
        bias = self.hold(f"{name}.bias", np.asarray(state[f"{name}.bias"], np.float32))
        return self.add("Add", [self.add("MatMul", [value, weight]), bias])

    def times(self, value: str, name: str, weight: Array, bias: str = "") -> str:
        """A product in 8 bits with `weight` [out, in], and a bias added that is held already."""
        made = _eight(weight, paired=True)
        rows, scales = self.hold(f"{name}.rows", made.rows.T), self.hold(f"{name}.scales", made.scales[:, 0])
        inputs = [value, rows, scales, *(["", bias] if bias else [])]
        return self.add("DynamicQuantizeMatMul", inputs, domain=MICROSOFT)

    def times_by_token(self, value: str, height: str, name: str, weight: Array) -> str:
        """The same with tokens brought to one height: `height` holds numbers whose largest is that of each token."""
        top = self.add("ReduceMax", [height, self.numbers([-1])], keepdims=1)
        top = self.add("Max", [top, self.hold("least", np.array(LEAST, np.float32))])
        return self.add("Mul", [self.times(self.add("Div", [value, top]), name, weight), top])

    def save(self, path: Path, facts: Mapping[str, str]) -> None:
        """Write the model, its `facts` beside it in the same file."""
        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "length"])
        held = [numpy_helper.from_array(array, name) for name, array in self._held.items()]
        graph = helper.make_graph(self._nodes, "bert", [ids], self._outputs, held)
        sets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=IR, producer_name="zhengwen")
        helper.set_model_props(model, dict(facts))
        path.write_bytes(model.SerializeToString())


def _body(graph: _Graph, state: State, config: Mapping[str, Any]) -> str:
    """The states [1, length, size] after the last layer of Devlin et al. 2019, without dropout."""
    floats = {name: np.asarray(array, np.float32) for name, array in state.items()}
    words = _eight(floats[f"{WORDS}.weight"], paired=False)
    rows = graph.add("Gather", [graph.hold(f"{WORDS}.rows", words.rows), "ids"])
    scales = graph.add("Gather", [graph.hold(f"{WORDS}.scales", words.scales), "ids"])
    table = (
        floats["embeddings.position_embeddings.weight"] + floats["embeddings.token_type_embeddings.weight"][0]
    )
    length = graph.add("Shape", ["ids"], start=1, end=2)
    places = [
        graph.hold("embeddings.position_embeddings.weight", table),
        graph.numbers([0]),
        length,
        graph.numbers([0]),
    ]
    word = graph.add("Mul", [graph.add("Cast", [rows], to=TensorProto.FLOAT), scales])
    value = _normed(graph, word, graph.add("Slice", places), "embeddings.LayerNorm", floats, config)
    for number in range(_layers(floats)):
        value = _layer(graph, value, f"encoder.layer.{number}", floats, config)
    return value


def _layer(
    graph: _Graph, value: str, name: str, floats: Mapping[str, Array], config: Mapping[str, Any]
) -> str:
    inner = f"{name}.attention.self"
    weight = np.concatenate([floats[f"{inner}.{part}.weight"] for part in THREE])
    bias = graph.hold(f"{inner}.all.bias", np.concatenate([floats[f"{inner}.{part}.bias"] for part in THREE]))
    stem = graph.add("Split", [graph.times(value, f"{inner}.all", weight, bias)], 3, axis=-1, num_outputs=3)
    heads = {"num_heads": config["num_attention_heads"], "domain": MICROSOFT}
    mixed = graph.add("MultiHeadAttention", [stem, f"{stem}.1", f"{stem}.2"], **heads)
    out, wide, narrow = (f"{name}.{part}.dense" for part in ("attention.output", "intermediate", "output"))
    biases = {part: graph.hold(f"{part}.bias", floats[f"{part}.bias"]) for part in (out, wide, narrow)}
    mixed = graph.times(mixed, out, floats[f"{out}.weight"], biases[out])
    value = _normed(graph, mixed, value, f"{name}.attention.output.LayerNorm", floats, config)
    fed = graph.times_by_token(value, graph.add("Abs", [value]), wide, floats[f"{wide}.weight"])
    fed = graph.add("Gelu", [graph.add("Add", [fed, biases[wide]])], domain=MICROSOFT)
    fed = graph.times_by_token(
        fed, fed, narrow, floats[f"{narrow}.weight"]
    )  # below zero Gelu stays within LEAST
    fed = graph.add("Add", [fed, biases[narrow]])
    return _normed(graph, fed, value, f"{name}.output.LayerNorm", floats, config)


def _normed(
    graph: _Graph, one: str, other: str, name: str, floats: Mapping[str, Array], config: Mapping[str, Any]
) -> str:
    parts = [graph.hold(f"{name}.{part}", floats[f"{name}.{part}"]) for part in ("weight", "bias")]
    inputs = [graph.add("Add", [one, other]), *parts]
    return graph.add("LayerNormalization", inputs, epsilon=config["layer_norm_eps"], axis=-1)


def _layers(state: State) -> int:
    return 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))


def _facts(state: State, kind: str) -> dict[str, str]:
    """What the service compares with the tokenizer and the folder's settings."""
    words, places = (len(state[f"embeddings.{part}_embeddings.weight"]) for part in ("word", "position"))
    return {"kind": kind, "words": str(words), "places": str(places)}


def _settings(start: Path, out: Path, state: State, names: Sequence[str] = SETTINGS) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        if (start / name).resolve() != (out / name).resolve():
            shutil.copyfile(start / name, out / name)
    config: dict[str, Any] = json.loads(_read(start / "config.json"))
    if not _is_bert(config):
        raise ValueError(f"not a BERT of the original shape: {start}")
    config["num_hidden_layers"] = _layers(state)
    _write(out / "config.json", config)
    return config


def _is_bert(config: Mapping[str, Any]) -> bool:
    plain = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    return all(config.get(name, wanted) == wanted for name, wanted in plain.items())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
