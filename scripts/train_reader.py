#!/usr/bin/env python3
"""Train the reader that decides whether a clause answers a question, and fit what makes probabilities of its logits.

    train_reader.py fit        --train DIR --start DIR --out DIR     from the body of `train_encoder.py start`; hours on two cores
    train_reader.py hold       --train DIR --out DIR                 the documents held out, as corpora with questions
    train_reader.py calibrate  --held DIR [--write]                  the calibration, on the documents held out
    train_reader.py adapt      --corpus DIR --questions FILE …       the calibration, on a deployment's own questions

A run that was cut off goes on from its last checkpoint when it is started again with the same `--work`.
"""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Annotated

os.environ.setdefault("HF_HUB_OFFLINE", "1")
import typer

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help=__doc__.split("\n\n")[0] if __doc__ else None
)
ROOT = Path(__file__).resolve().parents[1]
REGIONS = ROOT / "corpus/lexicon/regions.txt"
CALIBRATION = ROOT / "app/read/calibration.json"
SETS = ("siblings", "policy", "among", "absent", "deleted/0", "deleted/1", "deleted/2")

Train = Annotated[Path, typer.Option("--train", exists=True, help="装有 train、train2、train3 的文件夹")]
Start = Annotated[
    Path, typer.Option("--start", exists=True, help="train_encoder.py start 裁好的模型，或训练好的阅读模型")
]
Work = Annotated[Path, typer.Option("--work", help="检查点文件夹；同一文件夹再次运行即续训")]
Out = Annotated[Path, typer.Option("--out", help="保存到哪个文件夹")]
Model = Annotated[str, typer.Option("--reader", help="阅读模型：default 或文件夹")]
Strict = Annotated[float, typer.Option("--strictness", min=0.0, help="一个误答抵几个正确答复")]


@app.command()
def fit(
    train: Train,
    start: Start,
    out: Out,
    work: Work = Path("build/reader"),
    layers: int = 8,
    frozen: int = 2,
    pairs: Annotated[int, typer.Option("--pairs", min=1, help="共训练多少对")] = 72_000,
    threads: Annotated[int, typer.Option("--threads", min=1)] = 2,
    device: Annotated[str, typer.Option("--device", help="cpu 或 cuda")] = "cpu",
    seed: int = 7,
) -> None:
    """Train from the start body, or on from a finished reader; print a line every half minute; write the model in 8 bits."""
    import torch
    from encoder_training import onnx_export
    from reader_training import card, loop, material, model
    from tokenizers import Tokenizer

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    plan = loop.Plan(pairs, device=device, seed=seed)
    facts = {"layers": layers, "frozen": frozen, "seed": seed}
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    cutter = model.Cutter(Tokenizer.from_file(str(start / "tokenizer.json")))
    trainer = loop.Trainer(model.Reader(start, layers, frozen), cutter, plan, work, key)
    try:
        trainer.resume()
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--work") from fault
    last = [0.0]

    def report(step: int, seen: int, done: float, mean: float) -> None:
        if time.monotonic() - last[0] > 30:
            last[0] = time.monotonic()
            print(f"第 {step} 步，{seen} 对，{done:.1%}，损失 {mean:.3f}", flush=True)

    trainer.fit(material.read(train, REGIONS), report)
    state = {name: tensor.cpu().numpy() for name, tensor in trainer.reader.state_dict().items()}
    onnx_export.write_reader(state, start, out, model.READS, model.ASKED, model.TURN)
    before = card.facts_of(start)
    told = {**facts, "pairs": trainer.pairs, "steps": trainer.step}
    card.write(out, told | ({"start": before} if before else {}))
    print(f"已写入 {out}")


@app.command()
def hold(train: Train, out: Out) -> None:
    """Write the documents that no training sees as corpora, each with its questions."""
    from reader_training import corpora, material

    corpora.write(material.read(train, REGIONS), out)
    print(f"已写入 {out}")


@app.command()
def calibrate(
    held: Annotated[Path, typer.Option("--held", exists=True, help="hold 写出的文件夹")],
    reader: Model = "default",
    strictness: Strict = 0.9,
    write: Annotated[bool, typer.Option("--write", help=f"写入 {CALIBRATION.name}")] = False,
) -> None:
    """Fit the calibration on the documents held out; print how it does on documents left out of that too."""
    from reader_training import calibrating

    rows = [
        row
        for name in SETS
        for row in calibrating.read(held / name / "corpus", held / name / "questions.jsonl", name, reader)
    ]
    fields, table = calibrating.fitted(rows, strictness)
    print(table)
    if write:
        CALIBRATION.write_text(json.dumps(fields, indent=1) + "\n", "utf-8")
        print(f"已写入 {CALIBRATION.name}")


@app.command()
def adapt(
    corpus: Annotated[Path, typer.Option("--corpus", exists=True, help="贵单位的政策文件夹")],
    questions: Annotated[
        list[Path], typer.Option("--questions", exists=True, help="问题文件（JSON Lines），可重复")
    ],
    out: Annotated[Path, typer.Option("--out", help="写出的校准文件；用 ZHENGWEN_CALIBRATION 指向它")] = Path(
        "calibration.json"
    ),
    reader: Model = "default",
    strictness: Strict = 0.9,
) -> None:
    """Fit the calibration on your own questions; a tenth is held out, and figures before and after are printed for it."""
    from reader_training import calibrating

    from app.read import load_calibration

    rows = [row for file in questions for row in calibrating.read(corpus, file, file.stem, reader)]
    held = [row for row in rows if calibrating.is_held(row.group)]
    used = [row for row in rows if not calibrating.is_held(row.group)]
    kept = load_calibration()
    try:
        fields, _ = calibrating.fitted(used, strictness, kept)
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--questions") from fault
    print(f"用 {len(used)} 个问题拟合，另留 {len(held)} 个检验：")
    print("之前：" + calibrating.figures(held, kept))
    print("之后：" + calibrating.figures(held, calibrating.of(fields)))
    out.write_text(json.dumps(fields, indent=1) + "\n", "utf-8")
    print(f"已写入 {out}；启动时设 ZHENGWEN_CALIBRATION={out}")


if __name__ == "__main__":
    app()
