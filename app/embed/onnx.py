"""The quick path for a small BERT: ONNX Runtime, its matrices in 8 bits, one text at a time.

One text is bound by how fast weights reach the core. Activations are quantised as they come, one scale per matrix, so what
stands beside a text in a batch would change its numbers: each text is a call of its own, on one core, and texts are spread
over threads here. `scripts/encoder_training/onnx_export.py` writes the graphs; tests hold them against sentence-transformers.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from app.embed.folder import ModelFolder, damaged, read_json
from app.embed.static import Vectors
from app.embed.weights import TOKENIZER, WEIGHTS, read_tokenizer

GRAPH = "model.onnx"
MODULES = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))
PROMPTS = "config_sentence_transformers.json"
SETTINGS = "tokenizer_config.json"

Item = TypeVar("Item")
Made = TypeVar("Made")


def is_exported(folder: ModelFolder) -> bool:
    """Whether this is an encoder of our own making, written as a graph.

    Without graph and weights alike it is one as well: then the graph is what is missing.
    """
    if not folder.ours or folder.modules not in MODULES:
        return False
    return (folder.path / GRAPH).is_file() or not (folder.path / WEIGHTS).is_file()


class Graph:
    """`model.onnx` of a folder: token numbers in, at most `places` of them, float32 arrays out. Safe to call from many threads."""

    def __init__(self, path: Path, kind: str) -> None:
        """Raises ModelError when the file is missing, damaged, or not of this `kind` (encoder, reader)."""
        self._path = path
        self._session = _session(path)
        facts = self._session.get_modelmeta().custom_metadata_map
        try:
            self._words, self.places = int(facts["words"]), int(facts["places"])
        except (KeyError, ValueError) as fault:
            raise damaged(path, GRAPH, fault) from fault
        if facts.get("kind") != kind:
            raise damaged(path, GRAPH, f"不是 {kind} 模型")

    def output(self, name: str, dimensions: int) -> list[Any]:
        """The shape of the output `name`. Raises ModelError when there is none with so many dimensions."""
        shape: list[Any] = next((each.shape for each in self._session.get_outputs() if each.name == name), [])
        if len(shape) != dimensions:
            raise damaged(self._path, GRAPH, f"没有输出 {name}")
        return list(shape)

    def fit(self, tokenizer: Any, reads: int, told: str) -> None:
        """Raises ModelError when the tokenizer knows more words than the table, or `reads` of file `told` more places."""
        if tokenizer.get_vocab_size() > self._words:
            raise damaged(self._path, TOKENIZER, "词数多于向量数")
        if not 8 <= reads <= self.places:
            raise damaged(self._path, told, f"读取的词数 {reads} 不在 8 至 {self.places} 之间")

    def run(self, names: list[str], ids: list[int]) -> list[Vectors]:
        """The outputs `names` for one text, each without its first dimension, which is 1."""
        made = self._session.run(names, {"ids": np.array([ids], np.int64)})
        return [array[0] for array in made]


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what it would print is raised as well
    # The next level joins Add and LayerNormalization into one operator that takes six times as long.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    try:
        return onnxruntime.InferenceSession(str(path / GRAPH), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # the library has a class per kind of damage and no common one but this
        raise damaged(path, GRAPH, fault) from fault


def spread(work: Callable[[Item], Made], items: Iterable[Item], threads: int) -> list[Made]:
    """`work` of each item, in order; one item needs no thread."""
    listed = list(items)
    if len(listed) < 2 or threads < 2:
        return [work(item) for item in listed]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, listed))


class EncoderRuntime:
    """Vectors from a folder with a graph. A text's vector does not depend on its neighbours, nor on any thread count."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        path = folder.path
        self._graph = Graph(path, "encoder")
        self._tokenizer = read_tokenizer(path)
        reads = min(_number(path, SETTINGS, "model_max_length"), self._graph.places)
        self._graph.fit(self._tokenizer, reads, SETTINGS)
        self._tokenizer.enable_truncation(reads)
        self._query, self._document = _prompts(path)
        self._threads = threads
        self.dimension = _dimension(path, self._graph)

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension], of any length, with what the model wants before a question or a passage."""
        before = self._query if query else self._document
        made = spread(lambda text: self._one(before + text), texts, self._threads)
        return np.stack(made) if made else np.zeros((0, self.dimension), np.float32)

    def _one(self, text: str) -> Vectors:
        return self._graph.run(["vector"], self._tokenizer.encode(text).ids)[0]


def _dimension(path: Path, graph: Graph) -> int:
    size, wanted = graph.output("vector", 2)[1], _number(path, "config.json", "hidden_size")
    if size != wanted:
        raise damaged(path, GRAPH, f"向量维数 {size} 与 config.json 的 {wanted} 不符")
    return wanted


def _prompts(path: Path) -> tuple[str, str]:
    """What stands before questions and before passages, as sentence-transformers keeps it."""
    settings = read_json(path / PROMPTS)
    prompts = settings.get("prompts", {}) if isinstance(settings, dict) else None
    if not isinstance(prompts, dict) or not all(isinstance(each, str) for each in prompts.values()):
        raise damaged(path, PROMPTS, "prompts 不是文字")
    return prompts.get("query", ""), prompts.get("document", "")


def _number(path: Path, file: str, name: str) -> int:
    settings = read_json(path / file)
    found = settings.get(name) if isinstance(settings, dict) else None
    if not isinstance(found, int):
        raise damaged(path, file, f"没有 {name}")
    return found
