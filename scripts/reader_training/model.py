"""The reader: a cross-encoder over question and clause with three outputs.

Two of them are logits of the pair (does the clause answer; is it of the same matter), read off its first token and the mean
of all; the third is one logit per token, whose mean over a sentence says whether that sentence answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from encoder_training.onnx_export import read_reader
from torch import nn

from reader_training.example import Example

READS = 256  # tokens of a pair
ASKED = 72  # tokens of them for the question and the turns before it
TURN = "»"  # stands between the turns of a conversation


@dataclass(frozen=True, slots=True)
class Batch:
    """Tokens [n, length]; `spans[i]` are the sentences of pair i as token ranges; targets hold nan where not known."""

    ids: torch.Tensor
    mask: torch.Tensor
    spans: list[list[tuple[int, int]]]
    answers: torch.Tensor
    related: torch.Tensor
    marks: list[list[float] | None]


class Reader(nn.Module):
    """`body` is a BERT of `layers` layers; embeddings and the `frozen` lowest layers keep what they learned before.

    `start` holds a body, or a finished reader to train on from, as near as its 8 bits are.
    """

    def __init__(self, start: Path, layers: int, frozen: int) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        finished = (start / "reader.json").is_file()
        if finished:
            self.body: Any = BertModel(BertConfig.from_pretrained(str(start)), add_pooling_layer=False)
        else:
            self.body = BertModel.from_pretrained(str(start), add_pooling_layer=False)
        self.body.encoder.layer = self.body.encoder.layer[:layers]
        self.body.config.num_hidden_layers = layers
        size = self.body.config.hidden_size
        self.inner = nn.Linear(2 * size, size)
        self.pair = nn.Linear(size, 2)
        self.token = nn.Linear(size, 1)
        if finished:
            state = {name: torch.tensor(array) for name, array in read_reader(start).items()}
            self.load_state_dict(state)
        self.body.embeddings.requires_grad_(False)
        for layer in self.body.encoder.layer[:frozen]:
            layer.requires_grad_(False)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the pairs [n, 2] and of their tokens [n, length]."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask[..., None].to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        pooled = torch.tanh(self.inner(torch.cat([states[:, 0], mean], dim=1)))
        return self.pair(pooled), self.token(states)[..., 0]


class Cutter:
    """Pairs to tokens: the question is cut at ASKED tokens, the clause where the whole reaches READS."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def cut(self, example: Example) -> tuple[list[int], list[tuple[int, int]]]:
        """Token numbers, and for each sentence its range of tokens (empty where it was cut off)."""
        asked = self._tokenizer.encode(example.question, add_special_tokens=False).ids[-ASKED:]
        clause = self._tokenizer.encode(example.head + "".join(example.sentences), add_special_tokens=False)
        ids = [0, *asked, 2, 2]
        room = READS - len(ids) - 1
        spans, at = [], len(example.head)
        starts = [span[0] for span in clause.offsets[:room]]
        for part in example.sentences:
            first = sum(1 for s in starts if s < at) if at else 0
            last = sum(1 for s in starts if s < at + len(part))
            spans.append((len(ids) + first, len(ids) + last))
            at += len(part)
        return [*ids, *clause.ids[:room], 2], spans

    def batch(self, examples: Sequence[Example]) -> Batch:
        """The examples side by side, filled up to the longest."""
        cut = [self.cut(example) for example in examples]
        longest = max(len(ids) for ids, _ in cut)
        ids = torch.ones(len(cut), longest, dtype=torch.long)
        mask = torch.zeros(len(cut), longest, dtype=torch.long)
        for row, (numbers, _) in enumerate(cut):
            ids[row, : len(numbers)] = torch.tensor(numbers)
            mask[row, : len(numbers)] = 1
        nan = float("nan")
        related = [nan if e.related is None else float(e.related) for e in examples]
        return Batch(
            ids,
            mask,
            [spans for _, spans in cut],
            torch.tensor([float(e.answers) for e in examples]),
            torch.tensor(related),
            [
                None if e.marks is None else [float(n in e.marks) for n in range(len(e.sentences))]
                for e in examples
            ],
        )


def losses(pair: torch.Tensor, tokens: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Binary cross entropies of the three outputs, each over what is known; the sentences' counted half."""
    entropy = nn.functional.binary_cross_entropy_with_logits
    total = entropy(pair[:, 0], batch.answers.to(pair.device))
    known = ~torch.isnan(batch.related)
    if known.any():
        total = total + 0.5 * entropy(pair[known, 1], batch.related[known].to(pair.device))
    logits, wanted = [], []
    for row, marks in enumerate(batch.marks):
        for span, mark in zip(batch.spans[row], marks or (), strict=False):
            if span[1] > span[0]:
                logits.append(tokens[row, span[0] : span[1]].mean())
                wanted.append(mark)
    if logits:
        total = total + 0.5 * entropy(torch.stack(logits), torch.tensor(wanted, device=pair.device))
    return total
