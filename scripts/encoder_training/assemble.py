"""Models before training: a static table started from glosses, and a transformer around pretrained weights."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from encoder_training.documents import PASSAGE, QUERY
from encoder_training.vocabulary import SPECIAL

Vectors = NDArray[np.float32]


def composed(tokens: list[str], known: Mapping[str, Vectors], size: int) -> tuple[Vectors, NDArray[np.bool_]]:
    """A vector per token: its own, or the mean of those of its longest known parts; and which tokens have one."""
    table, filled = np.zeros((len(tokens), size), np.float32), np.zeros(len(tokens), bool)
    for row, token in enumerate(tokens):
        parts = _parts(token, known)
        if parts:
            table[row], filled[row] = np.mean([known[p] for p in parts], axis=0), True
    return table, filled


def _parts(token: str, known: Mapping[str, Vectors]) -> list[str]:
    found, at = [], 0
    while at < len(token):
        end = next((e for e in range(len(token), at, -1) if token[at:e] in known), None)
        if end is not None:
            found.append(token[at:end])
        at = end or at + 1
    return found


def static(
    cutter: Tokenizer, share: Mapping[str, float], known: Mapping[str, Vectors], size: int, seed: int
) -> Any:
    """A `SentenceTransformer` of one static table [vocabulary, size]: gloss vectors turned to their main axes,
    frequent words made short (Arora et al. 2017), and unit output."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    tokens = _tokens(cutter)
    table, filled = composed(tokens, known, len(next(iter(known.values()))))
    table[filled] -= table[filled].mean(0)
    axes = np.linalg.svd(table[filled], full_matrices=False)[2][:size]
    table = table @ axes.T
    noise = np.random.default_rng(seed).normal(0, 0.02, table.shape)
    table = np.where(filled[:, None], table / (np.linalg.norm(table, axis=1, keepdims=True) + 1e-6), noise)
    weight = np.array([1e-3 / (1e-3 + share.get(t, 0.0)) for t in tokens])[:, None]
    table = (table * weight).astype(np.float32)
    table[: len(SPECIAL)] = 0.0
    return SentenceTransformer(
        modules=[StaticEmbedding(cutter, embedding_weights=table), Normalize()], device="cpu"
    )


def pretrained(folder: Path, longest: int) -> Any:
    """A `SentenceTransformer` around the body that `start` wrote into `folder`, in float32: the mean of its tokens, unit
    output, and the prefixes it was pretrained with as its prompts."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    body = Transformer(str(folder), max_seq_length=longest, model_kwargs={"add_pooling_layer": False})
    modules = [body, Pooling(body.get_embedding_dimension(), "mean"), Normalize()]
    return SentenceTransformer(
        modules=modules, device="cpu", prompts={"query": QUERY, "document": PASSAGE}
    ).float()


def freeze(model: Any, layers: int) -> None:
    """Keep the embeddings and the lowest `layers` of a transformer as they are."""
    body = model[0].auto_model
    for part in (body.embeddings, *body.encoder.layer[:layers]):
        part.requires_grad_(False)


def _tokens(cutter: Tokenizer) -> list[str]:
    return [piece for piece, _ in json.loads(cutter.to_str())["model"]["vocab"]]
