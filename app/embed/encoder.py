"""The encoder: the only importer of sentence-transformers.

Importing that library takes seconds and hundreds of megabytes, so it happens in a constructor, and not at all for the
embedded models, which `app.embed.static` reads with numpy and `app.embed.onnx` with ONNX Runtime. Where torch is needed it goes
first: faiss brings an OpenMP of its own.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.embed.folder import ModelFolder, read_folder
from app.embed.onnx import EncoderRuntime, is_exported
from app.embed.static import StaticRuntime, Vectors, is_light, unit
from app.embed.weights import writable
from app.errors import ModelError

MODELS = Path(__file__).parent / "model"
READER = MODELS / "reader"
EMBEDDED = {"default": MODELS / "deep", "fast": MODELS / "fast"}
BATCH = 256

Progress = Callable[[int], None]


class Runtime(Protocol):
    """What turns texts into vectors [n, dimension]."""

    dimension: int

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension]; `query` says that the texts are questions."""


class SentenceTransformerRuntime:
    """Any model that sentence-transformers can load, on the CPU in float32."""

    def __init__(self, name: str, threads: int, offline: bool) -> None:
        self._model = _load(name, threads, offline)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension]; models with prompts of their own get the right one."""
        embed = self._model.encode_query if query else self._model.encode_document
        made = embed(texts, batch_size=32, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(made, dtype=np.float32).reshape(len(texts), self.dimension)


def _load(name: str, threads: int, offline: bool) -> Any:
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import torch

    torch.set_num_threads(threads)
    from sentence_transformers import SentenceTransformer

    try:
        # fp16 weights are computed in float32: processors without fp16 arithmetic are many times slower with it
        kinds = {"dtype": torch.float32}
        made = SentenceTransformer(name, device="cpu", local_files_only=offline, model_kwargs=kinds)
        return made.float().eval()
    except Exception as fault:  # each library beneath raises its own kind
        raise _unusable(name, offline, fault) from fault


class Encoder:
    """Texts to unit vectors. `fingerprint` changes whenever the vectors could."""

    def __init__(self, runtime: Runtime, name: str, revision: str) -> None:
        self._runtime = runtime
        self.name, self.revision = name, revision
        self.dimension = runtime.dimension
        told = f"{revision}\0{self.dimension}\0{type(runtime).__name__}"
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()

    @classmethod
    def open(cls, model: str, threads: int = 2, offline: bool = True) -> "Encoder":
        """The encoder named by `model`: `default`, `fast` (a static table), a folder, or a name on the model hub
        (only with offline=False, unless it has been downloaded before).

        Raises ModelError when there is no such model or it is damaged.
        """
        _settle_environment(threads, offline)
        path = EMBEDDED.get(model) or Path(model).expanduser()
        if model in EMBEDDED or (model.strip() and path.is_dir()):
            folder = read_folder(path)
            name = model if model in EMBEDDED else path.name
            return cls(_runtime(folder, threads, offline), name, folder.revision)
        if not model.strip() or model[0] in "/.~" or "\\" in model:
            raise ModelError(
                f"找不到模型文件夹“{model}”。请检查 ZHENGWEN_MODEL，或设为 default 使用随附模型。"
            )
        runtime = SentenceTransformerRuntime(model, threads, offline)
        return cls(runtime, model, _hub_revision(model))

    @property
    def is_static(self) -> bool:
        """Whether it is a table of words alone, which embeds about as fast as vectors are read from a disk."""
        return isinstance(self._runtime, StaticRuntime)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions as float32 [n, dimension] of length 1; all zero where nothing in a text is known."""
        return self._encode(texts, True)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Passages as float32 [n, dimension] of length 1; `progress` is told how many each batch added."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            vectors[start : start + len(batch)] = self._encode(batch, False)
            if progress is not None:
                progress(len(batch))
        return vectors

    def _encode(self, texts: Sequence[str], query: bool) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        clean = [writable(text) for text in texts]
        rows = [
            row for row, text in enumerate(clean) if text.strip()
        ]  # nothing to read: zero, whatever the model
        if rows:
            vectors[rows] = self._runtime.encode([clean[row] for row in rows], query)
        if not np.isfinite(vectors).all():
            raise ModelError(f"模型“{self.name}”算出了无效数值，权重可能已损坏。请换用完好的模型后重建索引。")
        return unit(vectors)


def _runtime(folder: ModelFolder, threads: int, offline: bool) -> Runtime:
    if is_light(folder):
        return StaticRuntime(folder)
    if is_exported(folder):
        return EncoderRuntime(folder, threads)
    return SentenceTransformerRuntime(str(folder.path), threads, offline)


def _settle_environment(threads: int, offline: bool) -> None:
    # Read once, when the libraries are imported; what a person has set stays.
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")


def _unusable(name: str, offline: bool, fault: Exception) -> ModelError:
    kind = type(fault).__name__
    if Path(name).is_dir():
        return ModelError(
            f"模型文件夹“{name}”无法加载（{kind}）。请换用完好的模型文件夹，或设为 default 使用随附模型。"
        )
    remedy = "当前禁止联网；请把 ZHENGWEN_OFFLINE 设为 false 后重试" if offline else "请检查名称与网络"
    return ModelError(f"无法取得模型“{name}”（{kind}）。{remedy}，或设为 default 使用随附模型。")


def _hub_revision(name: str) -> str:
    """The commit of the snapshot that was loaded, which is the name of its folder in the cache."""
    from huggingface_hub import try_to_load_from_cache

    found = (try_to_load_from_cache(name, file) for file in ("modules.json", "config.json"))
    return next((Path(path).parent.name for path in found if isinstance(path, str)), name)
