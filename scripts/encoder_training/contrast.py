"""The training loop: a contrastive loss in both directions, a schedule, and checkpoints that can be resumed.

The loss is that of Henderson et al. 2017 (in-batch negatives) as `MultipleNegativesRankingLoss` of sentence-transformers
computes it, but a question may have several right passages, and pairs that may be right after all are left out of the sum.

There is no gradient cache (Gao et al. 2021): it trades a second forward pass for memory. With a third of the layers frozen
a step is 1 forward + 4/3 backward passes, and 10/3 with a cache: two fifths more time, to save about a gigabyte.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from encoder_training.draw import Batch

FAR = (
    -1e4
)  # stands for minus infinity where a sum may be empty: a gradient through an empty logsumexp is not a number


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast. With `minutes` the rates follow the clock and `steps` is only an upper bound.

    `longest` are the tokens of questions and passages that are read, `together` how many texts go through the model at a time.
    """

    steps: int
    minutes: float | None
    table_rate: float
    body_rate: float
    warm: float = 0.05
    scale: float = 20.0
    longest: tuple[int, int] | None = None
    together: int = 1_024
    autocast: bool = False
    save_every: int = 100
    device: str = "cpu"


def contrast(
    queries: torch.Tensor, passages: torch.Tensor, right: torch.Tensor, unsure: torch.Tensor, scale: float
) -> torch.Tensor:
    """Mean cross-entropy of each right pair against the wrong passages of its question, and against the wrong questions of
    its passage; a question with several right passages counts once. `queries` [n, d], `passages` [m, d], masks [n, m]."""
    scores = queries @ passages.T * scale
    wrong = scores.masked_fill(right | unsure, FAR)
    both = sum(torch.nn.functional.softplus(wrong.logsumexp(side, keepdim=True) - scores) for side in (1, 0))
    weight = right / right.sum(1, keepdim=True).clamp(min=1)
    loss: torch.Tensor = (both * weight).sum() / (2 * len(queries))
    return loss


class Trainer:
    """Trains one `SentenceTransformer`, what is not frozen of it; `work` holds the checkpoint, `key` tells one run's
    checkpoint from another's. `table` has a rate of its own."""

    def __init__(self, model: Any, table: Any, plan: Plan, work: Path, key: str) -> None:
        self.model, self.plan, self.work, self.key = model.to(plan.device), plan, work, key
        body = [p for p in model.parameters() if p is not table and p.requires_grad]
        groups: list[dict[str, Any]] = []
        if table is not None:
            groups.append({"params": [table], "lr": plan.table_rate, "weight_decay": 0.0})
        if body:
            groups.append({"params": body, "lr": plan.body_rate, "weight_decay": 0.01})
        self.rates = [g["lr"] for g in groups]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        self.step, self.seconds = 0, 0.0

    def resume(self) -> None:
        """Continue from the checkpoint in `work`, if there is one. Raises ValueError when it is another run's."""
        path = self.work / "checkpoint.pt"
        if path.exists():
            saved = torch.load(path, map_location="cpu", weights_only=True)
            if saved.get("key") != self.key:
                raise ValueError(
                    f"{path} 是另一组参数或数据的检查点：请换一个 --work 文件夹，或删除它后重来。"
                )
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            for group in self.optimizer.param_groups:
                group["fused"] = True
            self.step, self.seconds = saved["step"], saved["seconds"]

    def save(self) -> None:
        """Write the checkpoint beside the old one and put it in its place."""
        self.work.mkdir(parents=True, exist_ok=True)
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(
            {**state, "key": self.key, "step": self.step, "seconds": self.seconds},
            self.work / "checkpoint.tmp",
        )
        os.replace(self.work / "checkpoint.tmp", self.work / "checkpoint.pt")

    def done(self) -> float:
        """The share of the plan that is behind us, 0..1."""
        if self.plan.minutes is None:
            return min(1.0, self.step / self.plan.steps)
        return min(1.0, max(self.seconds / (60 * self.plan.minutes), self.step / self.plan.steps))

    def fit(self, batches: Iterator[Batch], report: Callable[[int, float, float], None]) -> None:
        """Train to the plan's end; `report` gets (step, share done, running mean of the loss)."""
        self.model.train()
        mean = 0.0
        for batch in itertools.islice(batches, self.step, None):
            if self.done() >= 1.0:
                break
            began = time.monotonic()
            loss = self._learn(batch)
            mean = 0.98 * mean + 0.02 * loss if mean else loss
            self.step += 1
            self.seconds += time.monotonic() - began
            if self.step % self.plan.save_every == 0:
                self.save()
            report(self.step, self.done(), mean)
        self.save()

    def _learn(self, batch: Batch) -> float:
        done = self.done()
        factor = min(1.0, done / self.plan.warm + 0.02) * max(0.02, 1.0 - done)
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        self.optimizer.zero_grad(set_to_none=True)
        loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _loss(self, batch: Batch) -> torch.Tensor:
        right, unsure = (torch.from_numpy(mask).to(self.plan.device) for mask in (batch.right, batch.unsure))
        short, long = self.plan.longest or (None, None)
        queries = self.vectors(batch.questions, "query", short)
        passages = self.vectors(batch.passages, "document", long)
        return contrast(queries, passages, right, unsure, self.plan.scale)

    def vectors(self, texts: list[str], kind: str, longest: int | None) -> torch.Tensor:
        """Unit vectors [n, dimension] with gradients, behind the model's own prompt for `kind`; texts of one length go
        together, so that little is padded."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        groups = [order[i : i + self.plan.together] for i in range(0, len(order), self.plan.together)]
        prompt = self.model.prompts.get(kind) or ""
        if longest is not None:
            self.model.max_seq_length = longest
        with torch.autocast(self.plan.device, dtype=torch.bfloat16, enabled=self.plan.autocast):
            made = [self._encoded([prompt + texts[i] for i in group]) for group in groups]
        back = torch.argsort(torch.tensor(order, device=made[0].device))
        return torch.cat(made)[back]

    def _encoded(self, texts: list[str]) -> torch.Tensor:
        features = self.model.preprocess(texts)
        here = {k: v.to(self.plan.device) if isinstance(v, torch.Tensor) else v for k, v in features.items()}
        made: torch.Tensor = self.model(here)["sentence_embedding"].float()
        return made
