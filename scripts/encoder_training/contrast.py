"""The training loop: sentence-transformers' own contrastive loss, a schedule, and checkpoints that can be resumed.

Henderson et al. 2017 (in-batch negatives); the loss is `MultipleNegativesRankingLoss` in both directions.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

Batch = tuple[list[str], list[str]] | None
Further = Callable[[int], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast. With `minutes` the rates follow the clock and `steps` is only an upper bound."""

    steps: int
    minutes: float | None
    table_rate: float
    body_rate: float
    warm: float = 0.05
    scale: float = 20.0
    autocast: bool = False
    parts: int = 1
    save_every: int = 100
    device: str = "cpu"


class Trainer:
    """Trains one `SentenceTransformer`; `work` holds the checkpoint, `key` tells one run's checkpoint from another's."""

    def __init__(self, model: Any, table: Any, plan: Plan, work: Path, key: str) -> None:
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        self.model, self.plan, self.work, self.key = model.to(plan.device), plan, work, key
        self.loss = MultipleNegativesRankingLoss(
            model,
            scale=plan.scale,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
        body = [p for p in model.parameters() if p is not table]
        groups: list[dict[str, Any]] = [{"params": [table], "lr": plan.table_rate, "weight_decay": 0.0}]
        groups += [{"params": body, "lr": plan.body_rate, "weight_decay": 0.01}] if body else []
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

    def fit(
        self,
        batches: Iterator[Batch],
        report: Callable[[int, float, float], None],
        also: Further | None = None,
    ) -> None:
        """Train to the plan's end. `also` gives a further loss per step, the only one where the batch is None;
        `report` gets (step, share done, running mean of the loss)."""
        self.model.train()
        mean = 0.0
        for batch in itertools.islice(batches, self.step, None):
            if self.done() >= 1.0:
                break
            began = time.monotonic()
            loss = self._learn(batch, also)
            mean = 0.98 * mean + 0.02 * loss if mean else loss
            self.step += 1
            self.seconds += time.monotonic() - began
            if self.step % self.plan.save_every == 0:
                self.save()
            report(self.step, self.done(), mean)
        self.save()

    def _learn(self, batch: Batch, also: Further | None) -> float:
        done = self.done()
        factor = min(1.0, done / self.plan.warm + 0.02) * max(0.02, 1.0 - done)
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        self.optimizer.zero_grad(set_to_none=True)
        losses = [self._loss(*batch)] if batch else []
        losses += [also(self.step)] if also else []
        total = torch.stack(losses).sum()
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return float(losses[0].detach())

    def _loss(self, queries: list[str], passages: list[str]) -> torch.Tensor:
        unused = torch.empty(0)  # the loss takes labels and does not look at them
        loss: torch.Tensor = self.loss.compute_loss_from_embeddings(
            [self.vectors(queries), self.vectors(passages)], unused
        )
        return loss

    def vectors(self, texts: list[str]) -> torch.Tensor:
        """Unit vectors [n, dimension] with gradients; short and long texts go apart, so that little is padded."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        size = -(-len(texts) // self.plan.parts)
        groups = [order[i : i + size] for i in range(0, len(order), size)]
        with torch.autocast(self.plan.device, dtype=torch.bfloat16, enabled=self.plan.autocast):
            made = [
                self.model(self.features([texts[i] for i in g]))["sentence_embedding"].float() for g in groups
            ]
        back = torch.argsort(torch.tensor(order, device=made[0].device))
        return torch.cat(made)[back]

    def features(self, texts: list[str]) -> dict[str, Any]:
        """Tokens of `texts` on the training device."""
        made = self.model.preprocess(texts)
        return {k: v.to(self.plan.device) if isinstance(v, torch.Tensor) else v for k, v in made.items()}
