"""The labelled sets as documents, each with its questions, which are simplified as the service does before it embeds them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from encoder_training.documents import Asked, Document, Passage, head, holding, is_held, windows
from encoder_training.pairs import SENTENCE, rows, simplified
from encoder_training.start import TURN

Row = Mapping[str, Any]
Plain = Callable[[str], str]
TURNS = 2  # how many earlier turns stand before a question
TALK = 60  # characters of a question with its turns: the end of them, which says what is asked
READING = ("drcd", "xquad_zh")
PAIRS = ("lawbench_retrieval", "dureader2_demo_retrieval")
FILES = (
    "train/colloquial",
    "train/pairs",
    "train3/policy",
    "train3/siblings",
    "train3/sibling_dialogues",
    "train3/dialogues",
    "train2/whbench_regulations",
    "train2/gd_service_cards",
    *(f"train2/{name}" for name in (*READING, *PAIRS)),
)


def read(folder: Path) -> dict[str, list[Document]]:
    """Every set below `folder` (with `train`, `train2`, `train3`) that training sees, by name."""
    return _all(folder, held=False)


def held(folder: Path) -> dict[str, list[Document]]:
    """The held-out tenth of the sets whose documents have names."""
    return {name: found for name, found in _all(folder, held=True).items() if found}


def _all(folder: Path, held: bool) -> dict[str, list[Document]]:
    plain = simplified()
    table: dict[str, Sequence[Row]] = {name: rows(folder / f"{name}.jsonl.xz") for name in FILES}

    def named(name: str, key: str) -> list[Row]:
        return [row for row in table[name] if is_held(str(row[key])) == held]

    talks = {str(row["id"]): row for row in named("train3/sibling_dialogues", "id")}
    made = {
        "policy": [policy(row, plain) for row in named("train3/policy", "title")],
        "siblings": [
            siblings(row, talks.get(str(row["id"])), plain) for row in named("train3/siblings", "id")
        ],
        "colloquial": [colloquial(row, plain) for row in named("train/colloquial", "title")],
        "dialogues": [dialogues(row, plain) for row in named("train3/dialogues", "title")],
        "regulations": reading(named("train2/whbench_regulations", "doc"), plain),
    }
    return made if held else made | _unnamed(table, plain)


def _unnamed(table: Mapping[str, Sequence[Row]], plain: Plain) -> dict[str, list[Document]]:
    """The sets whose passages belong to no document by name; nothing of them is held out."""
    cmrc = [row for row in table["train/pairs"] if str(row["source"]).startswith("cmrc")]
    legal = [row for row in table["train/pairs"] if not str(row["source"]).startswith("cmrc")]
    paragraphs = [d for name in READING for d in reading(table[f"train2/{name}"], plain)]
    return {
        "legal": pairs(legal, plain),
        "reading": [*reading(map(spanned, cmrc), plain), *paragraphs],
        "cards": cards(table["train2/gd_service_cards"], plain),
        "search": [d for name in PAIRS for d in pairs(table[f"train2/{name}"], plain)],
    }


def policy(row: Row, plain: Plain) -> Document:
    """A stretch of a notice or regulation; its questions know the sentences that answer them."""
    parts: Sequence[str] = row["sentences"]
    spans, passages = windows(row["title"], parts)
    asked = (
        Asked((plain(question),), holding(spans, numbers), tuple(parts[n] for n in numbers))
        for question, numbers in row["answers"]
    )
    return Document(row["id"], passages, tuple(asked))


def siblings(row: Row, talk: Row | None, plain: Plain) -> Document:
    """A whole policy of near-twin clauses, with the dialogues over it behind its questions."""
    texts = [str(text) for _, text in row["clauses"]]
    passages = (Passage(head(row["title"], *path.split(" > ")), text) for path, text in row["clauses"])
    asked: list[tuple[tuple[str, ...], tuple[int, ...]]]
    asked = [((plain(question),), tuple(numbers)) for question, numbers in row["answers"]]
    for said in talk["dialogues"] if talk else ():
        asked.append((forms(said, plain), tuple(said["answers"])))
    made = (Asked(f, right, tuple(texts[n] for n in right)) for f, right in asked if right)
    return Document(row["id"], tuple(passages), tuple(made))


def dialogues(row: Row, plain: Plain) -> Document:
    """Two stretches of one document and the dialogues over them; a dialogue that they do not answer is left out."""
    parts, spans, passages = list[str](), list[range](), list[Passage]()
    starts: dict[str, int] = {}
    for side in ("A", "B"):
        starts[side] = len(parts)
        found, made = windows(row["title"], row[side])
        spans += [range(span.start + len(parts), span.stop + len(parts)) for span in found]
        passages += made
        parts += row[side]
    asked = []
    for said in row["dialogues"]:
        numbers = [starts[name[0]] + int(name[1:]) for name in said["answers"]]
        if numbers:
            marks = tuple(parts[n] for n in numbers)
            asked.append(Asked(forms(said, plain), holding(spans, numbers), marks))
    return Document(row["id"], tuple(passages), tuple(asked))


def forms(said: Row, plain: Plain) -> tuple[str, ...]:
    """The last utterance behind those before it, and what it means as a whole."""
    joined = TURN.join([*said["turns"][-TURNS:], said["question"]])
    return plain(joined[-TALK:]), plain(said["whole"])


def colloquial(row: Row, plain: Plain) -> Document:
    """An article and the five ways to ask for it."""
    passage = Passage(head(row["title"], row["chapter"] or ""), row["text"])
    asked = (Asked((plain(question),), (0,), (passage.text,)) for question in row["queries"])
    return Document(row["id"], (passage,), tuple(asked))


def pairs(found: Iterable[Row], plain: Plain) -> list[Document]:
    """Question and passage, the questions of one passage together. What asks for an article by its number is left out:
    no words lead from a number to a text."""
    grouped: dict[str, list[str]] = {}
    for row in found:
        if "article number" not in row["source"]:
            grouped.setdefault(plain(row["positive"]), []).append(plain(row["query"]))
    return [
        Document(text[:80], (Passage("", text),), tuple(Asked((q,), (0,), (text,)) for q in questions))
        for text, questions in grouped.items()
    ]


def reading(found: Iterable[Row], plain: Plain) -> list[Document]:
    """Paragraphs cut into passages, with the questions whose answer is marked; a law's name stands in front."""
    return _read(
        found,
        plain,
        lambda row: str(row.get("doc") or ""),
        lambda parts, numbers, _: [parts[n] for n in numbers],
    )


def cards(found: Iterable[Row], plain: Plain) -> list[Document]:
    """Service cards, cut between fields, the matter's name in front. Many cards have the same fields: the passage is the mark."""
    return _read(
        found,
        plain,
        lambda row: str(row["passage"]).split("\n")[0].partition("：")[2],
        lambda _, __, passages: [p.text for p in passages],
    )


def _read(
    found: Iterable[Row],
    plain: Plain,
    title: Callable[[Row], str],
    marks: Callable[[Sequence[str], Sequence[int], Sequence[Passage]], Sequence[str]],
) -> list[Document]:
    grouped: dict[str, list[Row]] = {}
    for row in found:
        if row["answerable"] and not str(row["source"]).endswith("/hant"):
            grouped.setdefault(row["passage"], []).append(row)
    made = []
    for text, asked_of in grouped.items():
        parts = SENTENCE.findall(text) or [text]
        spans, passages = windows(title(asked_of[0]), parts)
        asked = []
        for row in asked_of:
            numbers = _touched(text, parts, row)
            right = holding(spans, numbers)
            if right:
                kept = tuple(marks(parts, numbers, [passages[n] for n in right]))
                asked.append(Asked((plain(row["question"]),), right, kept))
        made.append(Document(text[:80], passages, tuple(asked)))
    return [document for document in made if document.asked]


def spanned(row: Row) -> Row:
    """A pair with an answer in the form of the reading sets."""
    answer = str(row.get("answer") or "")
    start = row["positive"].find(answer) if answer else -1
    return {
        "source": row["source"],
        "question": row["query"],
        "passage": row["positive"],
        "answers": [answer],
        "start": [start],
        "answerable": True,
    }


def _touched(text: str, parts: Sequence[str], row: Row) -> list[int]:
    """The sentences that the evidence, or the first answer, of a row lies in; alternatives of an answer are not added up."""
    evidence = row.get("evidence")
    texts, starts = (evidence, row["evidence_start"]) if evidence else (row["answers"][:1], row["start"][:1])
    touched, at = set(), 0
    spans = [(start, start + len(said)) for said, start in zip(texts, starts, strict=True) if start >= 0]
    for number, part in enumerate(parts):
        at = text.index(part, at)
        if any(start < at + len(part) and at < end for start, end in spans):
            touched.add(number)
        at += len(part)
    return sorted(touched)
