"""The quick path for a small BERT: torch alone, its matrices in 8 bits, one text at a time.

One text is bound by how fast weights reach the core. Weights are quantised once per row, activations as they come (Jacob et
al. 2018; ONNX Runtime calls it dynamic int8). `sentence-transformers` computes the same in float32, takes five times as long
for a question and seven seconds to import; a test holds the two against each other.
"""

import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from app.embed.folder import ModelFolder, damaged, read_json
from app.embed.static import Vectors
from app.embed.weights import read_tokenizer, read_weights

MODULES = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))
PLAIN = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
LONGEST = 512


def is_plain_bert(folder: ModelFolder) -> bool:
    """Whether this is a BERT of our own making, of the original shape, whose tokens are averaged.

    Others may have prompts, other pooling or other names for their weights, and are left to sentence-transformers.
    """
    if not folder.ours or folder.modules not in MODULES or not (folder.path / "config.json").is_file():
        return False
    config = read_json(folder.path / "config.json")
    pooling = read_json(folder.path / "1_Pooling/config.json")
    mean = pooling.get("pooling_mode", "mean" if pooling.get("pooling_mode_mean_tokens") else "") == "mean"
    return mean and all(config.get(name, wanted) == wanted for name, wanted in PLAIN.items())


class BertRuntime:
    """Vectors of length 1 from a BERT folder. A text's vector does not depend on its neighbours, on any thread count."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        config = read_json(folder.path / "config.json")
        self._tokenizer = read_tokenizer(folder.path)
        settings = read_json(folder.path / "tokenizer_config.json")
        self._tokenizer.enable_truncation(min(int(settings.get("model_max_length", LONGEST)), LONGEST))
        self._body = _body(folder.path, config, self._tokenizer.get_vocab_size())
        self.dimension = int(config["hidden_size"])
        self._threads = threads

    def encode(self, texts: list[str], query: bool = False) -> Vectors:
        """Vectors [n, dimension]; questions and passages alike."""
        if len(texts) == 1:
            return self._one(texts[0])[None]
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._one, texts)))

    def _one(self, text: str) -> Vectors:
        made: Vectors = self._body(self._tokenizer.encode(text).ids)
        return made


def _body(path: Path, config: Mapping[str, Any], words: int) -> Any:
    weights = read_weights(path)
    try:
        if words > len(weights["embeddings.word_embeddings.weight"]):
            raise damaged(path, "tokenizer.json", "词数多于向量数")
        return _Body(weights, int(config["num_hidden_layers"]), int(config["num_attention_heads"]))
    except (KeyError, ValueError, RuntimeError) as fault:
        raise damaged(path, "model.safetensors", fault) from fault


class _Body:
    """The forward pass of Devlin et al. 2019 for one text, without dropout; the mean of the last layer's tokens."""

    def __init__(self, weights: Mapping[str, Vectors], layers: int, heads: int) -> None:
        import torch

        # Texts are spread over threads here; torch's own would wait for each other.
        torch.set_num_threads(1)
        self._torch, self._heads = torch, heads
        floats = {name: torch.from_numpy(array) for name, array in weights.items()}
        self._words = floats["embeddings.word_embeddings.weight"]
        places = floats["embeddings.position_embeddings.weight"]
        self._places = places + floats["embeddings.token_type_embeddings.weight"][0]
        self._norm = _norm(floats, "embeddings.LayerNorm")
        self._layers = [_layer(floats, f"encoder.layer.{number}") for number in range(layers)]

    def __call__(self, ids: list[int]) -> Vectors:
        torch = self._torch
        with torch.inference_mode():
            state = self._normed(self._words[ids] + self._places[: len(ids)], self._norm)
            for layer in self._layers:
                state = self._normed(state + self._attention(state, layer), layer["first"])
                inner = torch.nn.functional.gelu(_times(state, layer["wide"]))
                state = self._normed(state + _times(inner, layer["narrow"]), layer["second"])
            mean = state.mean(dim=0)
        made: Vectors = mean.numpy()
        return made

    def _attention(self, state: Any, layer: Mapping[str, Any]) -> Any:
        length, size = state.shape
        joined = _times(state, layer["attention"]).view(length, 3, self._heads, size // self._heads)
        query, key, value = joined.permute(1, 2, 0, 3)
        mixed = self._torch.nn.functional.scaled_dot_product_attention(query[None], key[None], value[None])[0]
        return _times(mixed.transpose(0, 1).reshape(length, size), layer["output"])

    def _normed(self, state: Any, norm: tuple[Any, Any]) -> Any:
        return self._torch.nn.functional.layer_norm(state, state.shape[-1:], *norm, eps=1e-12)


def _layer(floats: Mapping[str, Any], name: str) -> dict[str, Any]:
    import torch

    three = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    weight = torch.cat([floats[f"{part}.weight"] for part in three])
    bias = torch.cat([floats[f"{part}.bias"] for part in three])
    return {
        "attention": _packed(weight, bias),
        "output": _linear(floats, f"{name}.attention.output.dense"),
        "wide": _linear(floats, f"{name}.intermediate.dense"),
        "narrow": _linear(floats, f"{name}.output.dense"),
        "first": _norm(floats, f"{name}.attention.output.LayerNorm"),
        "second": _norm(floats, f"{name}.output.LayerNorm"),
    }


def _norm(floats: Mapping[str, Any], name: str) -> tuple[Any, Any]:
    return floats[f"{name}.weight"], floats[f"{name}.bias"]


def _linear(floats: Mapping[str, Any], name: str) -> Any:
    return _packed(floats[f"{name}.weight"], floats[f"{name}.bias"])


def _packed(weight: Any, bias: Any) -> Any:
    """A matrix [out, in] in 8 bits, one scale per row, packed as this processor likes it."""
    import torch

    scales = weight.abs().amax(dim=1).clamp(min=1e-8).double() / 127
    zeros = torch.zeros(len(scales), dtype=torch.long)
    with warnings.catch_warnings():  # torch announces that these operators will move to another package
        warnings.simplefilter("ignore")
        rows = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
        return torch.ops.quantized.linear_prepack(rows, bias)


def _times(state: Any, packed: Any) -> Any:
    import torch

    # reduce_range: processors without VNNI add 16-bit products, which full range would overflow.
    return torch.ops.quantized.linear_dynamic(state, packed, True)
