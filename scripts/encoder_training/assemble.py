"""Untrained models: a static table started from glosses, and a small English transformer given a Chinese vocabulary.

The second is vocabulary transfer as in WECHSEL (Minixhofer et al. 2022), with CC-CEDICT as the bridge.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, processors

from encoder_training import teacher
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


def transferred(
    cutter: Tokenizer, glosses: Mapping[str, list[str]], folder: Path, layers: int, length: int, seed: int
) -> Any:
    """A `SentenceTransformer` with MiniLM's body and a table of Chinese tokens that start from their glosses."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    model, english = teacher.body()
    source = model.embeddings.word_embeddings.weight.detach().numpy()
    known = {word: _mean(source, english, found[:1]) for word, found in glosses.items()}
    tokens = _tokens(cutter)
    own = english.get_vocab()
    table, filled = composed(tokens, known, source.shape[1])
    for row, token in enumerate(tokens):
        if token in own:
            table[row], filled[row] = source[own[token]], True
    middle, spread = source.mean(0), source.std(0)
    noise = np.random.default_rng(seed).normal(0, 1, table.shape) * spread * 0.5 + middle
    table = np.where(filled[:, None], table, noise).astype(np.float32)
    model.resize_token_embeddings(len(tokens), mean_resizing=False)
    with torch.no_grad():
        model.embeddings.word_embeddings.weight.copy_(torch.from_numpy(table))
    model.encoder.layer = model.encoder.layer[:layers]
    model.config.num_hidden_layers = layers
    # No dropout: the run is shorter than its data, and a fifth faster without.
    model.config.hidden_dropout_prob = model.config.attention_probs_dropout_prob = 0.0
    _write(model, cutter, folder, length)
    body = Transformer(str(folder), max_seq_length=length)
    return SentenceTransformer(
        modules=[body, Pooling(model.config.hidden_size, "mean"), Normalize()], device="cpu"
    )


def _write(model: Any, cutter: Tokenizer, folder: Path, length: int) -> None:
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer.from_str(cutter.to_str())
    marks = [(name, SPECIAL.index(name)) for name in ("[CLS]", "[SEP]")]
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]", marks)
    names = dict(
        zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True)
    )
    wrapped: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, model_max_length=length, **names
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.config.pad_token_id = 0
    model.save_pretrained(str(folder))
    wrapped.save_pretrained(str(folder))


def _mean(source: Vectors, english: Any, glosses: list[str]) -> Vectors:
    ids = english(glosses[0], add_special_tokens=False)["input_ids"]
    mean: Vectors = source[ids].mean(0) if ids else source.mean(0)
    return mean


def _tokens(cutter: Tokenizer) -> list[str]:
    return [piece for piece, _ in json.loads(cutter.to_str())["model"]["vocab"]]
