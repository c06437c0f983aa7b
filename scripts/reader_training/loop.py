"""The training loop: batches of about the same number of tokens, rates that fall with the pairs seen, checkpoints."""

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from reader_training.example import Example
from reader_training.material import Material
from reader_training.model import Batch, Cutter, Reader, losses

POOL = 1_024  # examples among which those of one length are gathered


@dataclass(frozen=True, slots=True)
class Plan:
    """`pairs` are trained in all; `tokens` is what a batch holds, filling included."""

    pairs: int
    body_rate: float = 8e-5
    head_rate: float = 5e-4
    warm: float = 0.04
    tokens: int = 3_600
    save_every: int = 100
    device: str = "cpu"
    seed: int = 7


class Trainer:
    """Trains `reader`; `work` holds the checkpoint and `key` tells one run's checkpoint from another's."""

    def __init__(self, reader: Reader, cutter: Cutter, plan: Plan, work: Path, key: str) -> None:
        self.reader, self.cutter, self.plan = reader.to(plan.device), cutter, plan
        self.work, self.key = work, key
        heads = [*reader.inner.parameters(), *reader.pair.parameters(), *reader.token.parameters()]
        body = [p for p in reader.body.parameters() if p.requires_grad]
        groups = [{"params": body, "lr": plan.body_rate}, {"params": heads, "lr": plan.head_rate}]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        self.step, self.seconds, self.pairs = 0, 0.0, 0

    def resume(self) -> None:
        """Go on from the checkpoint in `work`, if there is one. Raises ValueError when it is another run's."""
        path = self.work / "checkpoint.pt"
        if not path.exists():
            return
        saved = torch.load(path, map_location="cpu", weights_only=True)
        if saved["key"] != self.key:
            raise ValueError(f"{path} 是另一组参数或数据的检查点：请换一个 --work 文件夹，或删除它后重来。")
        self.reader.load_state_dict(saved["reader"])
        self.optimizer.load_state_dict(saved["optimizer"])
        for group in self.optimizer.param_groups:
            group["fused"] = True
        self.step, self.seconds, self.pairs = saved["step"], saved["seconds"], saved["pairs"]

    def save(self) -> None:
        """Write the checkpoint beside the old one and put it in its place."""
        self.work.mkdir(parents=True, exist_ok=True)
        state = {
            "reader": self.reader.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "key": self.key,
        }
        facts = {"step": self.step, "seconds": self.seconds, "pairs": self.pairs}
        torch.save({**state, **facts}, self.work / "checkpoint.tmp")
        os.replace(self.work / "checkpoint.tmp", self.work / "checkpoint.pt")

    @property
    def done(self) -> float:
        """The share of the plan that is behind us, 0..1."""
        return min(1.0, self.pairs / self.plan.pairs)

    def fit(self, material: Material, report: Callable[[int, int, float, float], None]) -> None:
        """Train to the plan's end; `report` gets (step, pairs, share done, running mean of the loss)."""
        self.reader.train()
        mean = 0.0
        for number, examples in self._batches(material):
            if number < self.step:
                continue
            if self.done >= 1.0:
                break
            began = time.monotonic()
            loss = self._learn(self.cutter.batch(examples))
            mean = 0.99 * mean + 0.01 * loss if mean else loss
            self.step += 1
            self.pairs += len(examples)
            self.seconds += time.monotonic() - began
            if self.step % self.plan.save_every == 0:
                self.save()
            report(self.step, self.pairs, self.done, mean)
        self.save()

    def _learn(self, batch: Batch) -> float:
        factor = min(1.0, self.done / self.plan.warm + 0.02) * max(0.02, 1.0 - self.done)
        rates = (self.plan.body_rate, self.plan.head_rate)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor
        self.optimizer.zero_grad(set_to_none=True)
        pair, tokens = self.reader(batch.ids.to(self.plan.device), batch.mask.to(self.plan.device))
        loss = losses(pair, tokens, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.reader.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _batches(self, material: Material) -> Iterator[tuple[int, list[Example]]]:
        number = 0
        for epoch in range(1_000):
            for examples in gathered(
                material.epoch(self.plan.seed, epoch), self.plan.tokens, self.plan.seed + epoch
            ):
                yield number, examples
                number += 1


def gathered(examples: list[Example], tokens: int, seed: int) -> Iterator[list[Example]]:
    """The examples in batches of about `tokens` tokens, those of one length together, in random order."""
    rng = random.Random(seed)
    for start in range(0, len(examples), POOL):
        pool = sorted(examples[start : start + POOL], key=_size)
        batches: list[list[Example]] = [[]]
        for example in reversed(pool):  # the longest first: a batch is filled up to its first
            if batches[-1] and (len(batches[-1]) + 1) * _size(batches[-1][0]) > tokens:
                batches.append([])
            batches[-1].append(example)
        rng.shuffle(batches)
        yield from batches


def _size(example: Example) -> int:
    """About how many tokens the pair has: two characters are three halves of a token, more or less."""
    return 4 + round(0.68 * (len(example.question) + len(example.head) + sum(map(len, example.sentences))))
