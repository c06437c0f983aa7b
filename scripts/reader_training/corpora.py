"""The documents held out, as folders that the service can be started on, with questions in the form of the benches.

siblings/   near twins: the right clauses among all of all documents, and four kinds of silence
policy/     real notices and regulations, five questions each, and four kinds of silence
talks/      the dialogues over `siblings`
deleted/N/  `policy` without the sentences that answer one question of each document
exchanged/  questions of `siblings` from a place that no document is about
"""

import html
import json
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from reader_training.material import Material, Row
from reader_training.places import Places, told

SILENT = ("not_stated", "abstain", "abstain", "out_of_scope")
_BEGINS = re.compile(
    r"^(?:第[一二三四五六七八九十百]+[章条节]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．])"
)
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百]+条")
_ADDRESS = re.compile(r"^第[一二三四五六七八九十百]+[条项款]")
DELETED = 3
AMONG = 700  # documents that training has seen, among which those held out are sought
OTHERS = 400  # articles that training has seen, beside those held out


def write(material: Material, folder: Path) -> None:
    """Write all sets below `folder`."""
    siblings, policy = material.held["siblings"], material.held["policy"]
    others = next(source.rows for source in material.sources if source.name == "colloquial")
    _colloquial(material.held["colloquial"], others[:OTHERS], folder / "colloquial")
    _siblings(siblings, folder / "siblings")
    _talks(material.held["sibling_dialogues"], siblings, folder / "talks")
    _exchanged(siblings, material.places, folder / "exchanged")
    _policy(policy, folder / "policy")
    rest = next(source.rows for source in material.sources if source.name == "policy")[:AMONG]
    _among([*policy, *rest], policy, "answered", folder / "among")
    _among(rest, policy, "abstain", folder / "absent")
    for number in range(DELETED):
        _deleted(policy, number, folder / "deleted" / str(number))


def _siblings(rows: Sequence[Row], folder: Path) -> None:
    _corpus(folder, ((row["id"], _tree(row)) for row in rows))
    asked = [
        question(f"{row['id']}-{n}", "answered", text, [row["clauses"][i][1] for i in right])
        for row in rows
        for n, (text, right) in enumerate(row["answers"])
    ]
    asked += [
        question(f"{row['id']}-s{n}", SILENT[n], text, [])
        for row in rows
        for n, text in enumerate(row["silent"])
    ]
    _questions(folder, asked)


def _colloquial(rows: Sequence[Row], others: Sequence[Row], folder: Path) -> None:
    _corpus(folder, ((row["id"], _article(row)) for row in [*rows, *others]))
    asked = [
        question(f"{row['id']}-{n}", "answered", text, [row["text"]])
        for row in rows
        for n, text in enumerate(row["queries"])
    ]
    asked += [question(f"{row['id']}-s0", "abstain", row["unanswerable"], []) for row in rows]
    _questions(folder, asked)


def _talks(rows: Sequence[Row], siblings: Sequence[Row], folder: Path) -> None:
    _corpus(folder, ((row["id"], _tree(row)) for row in siblings))
    asked = []
    for row in rows:
        for n, talk in enumerate(row["dialogues"]):
            gold = [row["clauses"][i][1] for i in talk["answers"]]
            status = "answered" if gold else "abstain"
            asked.append(
                question(f"{row['id']}-d{n}", status, talk["question"], gold, talk["turns"])
                | {"whole": talk["whole"]}
            )
    _questions(folder, asked)


def _exchanged(rows: Sequence[Row], places: Places, folder: Path) -> None:
    _corpus(folder, ((row["id"], _tree(row)) for row in rows))
    rng = random.Random(11)
    asked = []
    for row in rows:
        for n, (text, _) in enumerate(row["answers"]):
            other = places.other(row["region"], rng)
            swapped = text.replace(row["region"], other) if row["region"] in text else told(other, text, rng)
            asked.append(question(f"{row['id']}-x{n}", "abstain", swapped, []))
    _questions(folder, asked[:300])


def _policy(rows: Sequence[Row], folder: Path) -> None:
    _corpus(folder, ((row["id"], _flat(row["title"], row["sentences"])) for row in rows))
    asked = [
        question(f"{row['id']}-{n}", "answered", text, [row["sentences"][i] for i in marks])
        for row in rows
        for n, (text, marks) in enumerate(row["answers"])
    ]
    asked += [
        question(f"{row['id']}-s{n}", SILENT[n], text, [])
        for row in rows
        for n, text in enumerate(row["silent"])
    ]
    _questions(folder, asked)


def _among(pages: Sequence[Row], asked: Sequence[Row], status: str, folder: Path) -> None:
    _corpus(folder, ((row["id"], _flat(row["title"], row["sentences"])) for row in pages))
    rows = [
        question(
            f"{row['id']}-{n}", status, text, [row["sentences"][i] for i in marks if status == "answered"]
        )
        for row in asked
        for n, (text, marks) in enumerate(row["answers"])
    ]
    _questions(folder, rows)


def _deleted(rows: Sequence[Row], number: int, folder: Path) -> None:
    asked, pages = [], []
    for row in rows:
        text, marks = row["answers"][number]
        left = [part for i, part in enumerate(row["sentences"]) if i not in marks]
        if left:
            pages.append((row["id"], _flat(row["title"], left)))
            asked.append(question(f"{row['id']}-x{number}", "abstain", text, []))
    _corpus(folder, pages)
    _questions(folder, asked)


def question(
    name: str, status: str, text: str, gold: Sequence[str], turns: Sequence[str] = ()
) -> dict[str, Any]:
    """A question as the benches write it."""
    document, _, kind = name.rpartition("-")
    head = {"id": name, "kind": kind, "document": document}
    return head | {"turns": [*turns], "question": text, "status": status, "gold": [*gold]}


def _tree(row: Row) -> str:
    title = html.escape(row["title"])
    lines, above = [f"<h1>{title}</h1>"], list[str]()
    for path, text in row["clauses"]:
        steps = path.split(" > ") if path else []
        own = steps.pop() if steps and _ARTICLE.match(steps[-1]) else None
        steps = [
            step for step in steps if not _ADDRESS.match(step)
        ]  # 第九条 > 第一项: the text says so itself
        for depth, step in enumerate(steps):
            if above[: depth + 1] != steps[: depth + 1]:
                lines.append(f"<h{depth + 2}>{html.escape(step)}</h{depth + 2}>")
        above = steps
        lines.append(f"<p>{html.escape(f'{own}　{text}' if own else text)}</p>")
    return "\n".join(lines)


def _article(row: Row) -> str:
    head = "".join(
        f"<h{n}>{html.escape(text)}</h{n}>\n"
        for n, text in enumerate((row["title"], row["chapter"]), 1)
        if text
    )
    return head + "\n".join(f"<p>{html.escape(line)}</p>" for line in row["text"].splitlines())


def _flat(title: str, parts: Iterable[str]) -> str:
    paragraphs: list[str] = []
    for part in parts:
        if paragraphs and not _BEGINS.match(part):
            paragraphs[-1] += part
        else:
            paragraphs.append(part)
    body = "\n".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    return f"<h1>{html.escape(title)}</h1>\n{body}"


def _corpus(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for name, body in pages:
        page = f'<!doctype html><html lang="zh"><meta charset="utf-8"><body>\n{body}\n</body></html>\n'
        (folder / "corpus" / f"{name}.html").write_text(page, "utf-8")


def _questions(folder: Path, asked: Sequence[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in asked)
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
