"""The labelled sets as examples, drawn anew for every epoch: windows, near twins, deleted answers, exchanged places.

A tenth of the documents, told by a hash of their title or number, is held out of every set: `Material.held` has it.
"""

import hashlib
import json
import lzma
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reader_training.example import Example, holding, sentences, window
from reader_training.model import TURN
from reader_training.near import Near
from reader_training.places import Places, told

Row = dict[str, Any]
Maker = Callable[[Row, random.Random], Iterator[Example]]
LONGEST = 260
LED = 70  # characters of an entry that a heading is shown with, as `app.read.passages` has it
LISTED = (
    "{}有哪些",
    "{}都包括什么？",
    "{}",
    "请问{}是怎么规定的",
    "把{}都列出来",
    "{}具体有几项，分别是什么？",
)
NUMBER = re.compile(r"^\W*(?:第?[一二三四五六七八九十\d]+[章节条部分、.．)）]+)\s*")
SAME, OTHER, NEXT, ELSEWHERE = range(4)  # the four kinds of silence of a row, in their order


def rows(path: Path) -> list[Row]:
    """The lines of a compressed JSON-lines file."""
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def is_held(name: str, share: int = 10) -> bool:
    """Whether a document is of the tenth that no training sees."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % share == 0


@dataclass(frozen=True, slots=True)
class Source:
    """A set: how many of its rows an epoch draws (None: all), and what a row gives."""

    name: str
    rows: Sequence[Row]
    make: Maker
    draw: int | None = None


@dataclass(slots=True)
class Material:
    """All sets, read once. `held` maps the names of sets to the rows that were kept back."""

    places: Places
    sources: list[Source] = field(default_factory=list)
    held: dict[str, list[Row]] = field(default_factory=dict)

    def epoch(self, seed: int, number: int) -> list[Example]:
        """All examples of one epoch, in random order; the same for the same seed and number."""
        rng = random.Random(f"{seed}:{number}")
        found: list[Example] = []
        for source in self.sources:
            drawn = source.rows
            if source.draw is not None and source.draw < len(drawn):
                drawn = rng.sample(drawn, source.draw)
            for row in drawn:
                found.extend(source.make(row, rng))
        rng.shuffle(found)
        return found


def read(shared: Path, regions: Path) -> Material:
    """Everything below `shared` (`train`, `train2`, `train3`); `regions` is the lexicon's list of places."""
    made = Material(Places.read(regions))
    policy = _parted(made, "policy", rows(shared / "train3/policy.jsonl.xz"), "title")
    made.sources.append(Source("policy", policy, _Policy(policy, made.places)))
    siblings = _parted(made, "siblings", rows(shared / "train3/siblings.jsonl.xz"), "id")
    made.sources.append(Source("siblings", siblings, _Siblings(made.places)))
    every = {row["id"]: row for row in [*siblings, *made.held["siblings"]]}
    talks = [
        {**every[r["id"]], **r}
        for r in rows(shared / "train3/sibling_dialogues.jsonl.xz")
        if r["id"] in every
    ]
    talks = _parted(made, "sibling_dialogues", talks, "id")
    made.sources.append(Source("sibling_dialogues", talks, _sibling_talk))
    dialogues = _parted(made, "dialogues", rows(shared / "train3/dialogues.jsonl.xz"), "title")
    made.sources.append(Source("dialogues", dialogues, _talk))
    colloquial = _parted(made, "colloquial", rows(shared / "train/colloquial.jsonl.xz"), "title")
    made.sources.append(Source("colloquial", colloquial, _Colloquial(colloquial, made.places)))
    pairs = rows(shared / "train/pairs.jsonl.xz")
    legal = [r for r in pairs if not r["source"].startswith("cmrc") and len(r["positive"]) < 500]
    made.sources.append(Source("legal", legal, _Legal(legal), 1_500))
    spans = [_spanned(r) for r in pairs if r["source"].startswith("cmrc")]
    made.sources.append(Source("cmrc", [r for r in spans if r], _reading, 700))
    for name, draw in READING:
        found = [r for r in rows(shared / f"train2/{name}.jsonl.xz") if len(r["passage"]) < 1_500]
        made.sources.append(Source(name, found, _reading, draw))
    cards = rows(shared / "train2/gd_service_cards.jsonl.xz")
    made.sources.append(Source("fields", cards, _Field(cards), 900))
    return made


READING = (
    ("whbench_regulations", None),
    ("gd_service_cards", 1_000),
    ("drcd", 1_200),
    ("drcd_unanswerable_constructed", 1_200),
    ("xquad_zh", 600),
    ("lawbench_reading", 200),
)


def _parted(made: Material, name: str, found: list[Row], key: str) -> list[Row]:
    made.held[name] = [row for row in found if is_held(row[key])]
    return [row for row in found if not is_held(row[key])]


class _Policy:
    """Passages of real notices and regulations with five questions they answer and four they do not."""

    def __init__(self, found: Sequence[Row], places: Places) -> None:
        self._rows, self._places = found, places
        self._near = Near(["".join(row["sentences"]) for row in found])

    def __call__(self, row: Row, rng: random.Random) -> Iterator[Example]:
        title, parts = row["title"], row["sentences"]
        place = self._places.of(title)
        for question, marks in row["answers"]:
            shown, kept = window(parts, marks, rng.randrange(4), rng.randrange(4), LONGEST)
            asked = question
            if rng.random() < 0.15:
                asked = told(place or rng.choice(self._places.names), question, rng)
            yield _varied(Example(asked, title, "", shown, 1, 1, kept), rng)
            left = [part for number, part in enumerate(parts) if number not in marks]
            if left and rng.random() < 0.45:
                yield _varied(Example(question, title, "", _cut(left, rng), 0, 1, ()), rng)
            if place and rng.random() < 0.15:
                other = self._places.other(place, rng)
                swapped = question.replace(place, other) if place in question else told(other, question, rng)
                yield _varied(Example(swapped, title, "", shown, 0, 1, ()), rng)
            if rng.random() < 0.8:
                yield self._unlike(question, row, rng)
        shown = _cut(parts, rng)
        for kind, question in enumerate(row["silent"]):
            related = {SAME: 1, OTHER: 1, NEXT: None, ELSEWHERE: 0}[kind]
            yield _varied(
                Example(question, title, "", shown if kind else tuple(parts)[:8], 0, related, ()), rng
            )

    def _unlike(self, question: str, row: Row, rng: random.Random) -> Example:
        found = [self._rows[i] for i in self._near.of(question, 12)]
        others = [other for other in found if other["title"] != row["title"]]
        other = rng.choice(others or self._rows)
        title = other["title"] if rng.random() < 0.7 else row["title"]
        return Example(
            question, title, "", _cut(other["sentences"], rng), 0, None if title == row["title"] else 0, ()
        )


class _Siblings:
    """Invented policies of near twins: the right clauses, those most alike, and one of the rest."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def __call__(self, row: Row, rng: random.Random) -> Iterator[Example]:
        clauses = row["clauses"]
        near = Near([f"{path} {text}" for path, text in clauses])
        for question, right in row["answers"]:
            asked = told(row["region"], question, rng) if row["region"] and rng.random() < 0.2 else question
            for number in right:
                yield _varied(_clause(asked, row, number, 1, 1), rng)
            wrong = [n for n in near.of(question, 5) if n not in right]
            rest = [n for n in range(len(clauses)) if n not in right and n not in wrong]
            for number in [*wrong[:3], *rng.sample(rest, min(1, len(rest)))]:
                yield _clause(asked, row, number, 0, 1 if number in wrong[:1] else None)
            if row["region"] and rng.random() < 0.12:
                other = self._places.other(row["region"], rng)
                swapped = asked.replace(row["region"], other)
                swapped = swapped if swapped != asked else told(other, asked, rng)
                yield _clause(swapped, row, right[0], 0, 1)
        for kind, question in enumerate(row["silent"]):
            for place, number in enumerate(near.of(question, 3)):
                related = {SAME: 1, OTHER: 1, NEXT: None, ELSEWHERE: 0}[kind]
                yield _clause(question, row, number, 0, related if place == 0 or kind == ELSEWHERE else None)

        yield from self._led(row, rng)

    def _led(self, row: Row, rng: random.Random) -> Iterator[Example]:
        """A heading with the beginnings of the clauses below it, as the service shows it: asked for by its name, or for one
        thing that stands elsewhere."""
        groups: dict[str, list[int]] = {}
        for number, (path, _) in enumerate(row["clauses"]):
            groups.setdefault(path.split(" > ")[0], []).append(number)
        groups = {head: below for head, below in groups.items() if len(below) > 1}
        for head, below in groups.items():
            leads = [sentences(row["clauses"][n][1])[0][:LED] for n in below]
            shown = (head, *leads)
            subject = NUMBER.sub("", head)
            asked = rng.choice(LISTED).format(subject)
            yield _varied(Example(asked, row["title"], head, shown, 1, 1, tuple(range(1, len(shown)))), rng)
            others = [n for n in range(len(row["clauses"])) if n not in below]
            if others:
                path, text = row["clauses"][rng.choice(others)]
                yield Example(asked, row["title"], path, sentences(text), 0, None, ())
            for question, right in row["answers"]:
                inside = [below.index(n) + 1 for n in right if n in below]
                if len(inside) > 1 and len(inside) == len(right):
                    yield _varied(Example(question, row["title"], head, shown, 1, 1, tuple(inside)), rng)
                elif not inside and rng.random() < 0.15:
                    yield Example(question, row["title"], head, shown, 0, None, ())


def _sibling_talk(row: Row, rng: random.Random) -> Iterator[Example]:
    clauses = row["clauses"]
    near = Near([f"{path} {text}" for path, text in clauses])
    for talk in row["dialogues"]:
        asked = _turns(talk, rng)
        for number in talk["answers"]:
            yield _clause(asked, row, number, 1, 1)
        wrong = [n for n in near.of(f"{talk['whole']} {talk['turns'][-1]}", 4) if n not in talk["answers"]]
        for number in wrong[:2]:
            yield _clause(asked, row, number, 0, None)


def _talk(row: Row, rng: random.Random) -> Iterator[Example]:
    for talk in row["dialogues"]:
        asked = _turns(talk, rng)
        for side in ("A", "B"):
            marks = tuple(int(name[1:]) for name in talk["answers"] if name.startswith(side))
            if marks:
                shown, kept = window(row[side], marks, rng.randrange(4), rng.randrange(4), LONGEST)
                yield _varied(Example(asked, row["title"], "", shown, 1, 1, kept), rng)
            else:
                yield _varied(Example(asked, row["title"], "", _cut(row[side], rng), 0, None, ()), rng)


def _turns(talk: Row, rng: random.Random) -> str:
    """The last utterance behind those before it, or what it means as a whole."""
    if rng.random() < 0.4:
        whole: str = talk["whole"]
        return whole
    return TURN.join([*talk["turns"][-2:], talk["question"]])


class _Colloquial:
    """Articles with five ways to ask for them and one question that they do not answer."""

    def __init__(self, found: Sequence[Row], places: Places) -> None:
        self._rows, self._places = found, places
        self._near = Near([row["text"] for row in found])

    def __call__(self, row: Row, rng: random.Random) -> Iterator[Example]:
        shown = sentences(row["text"])
        marks = (0,) if len(shown) == 1 else None
        for question in rng.sample(row["queries"], 3):
            yield _varied(Example(question, row["title"], row["chapter"], shown, 1, 1, marks), rng)
            others = [i for i in self._near.of(question, 6) if self._rows[i]["id"] != row["id"]]
            other = self._rows[rng.choice(others)] if others else rng.choice(self._rows)
            same = other["title"] == row["title"]
            wrong = Example(
                question,
                other["title"],
                other["chapter"],
                sentences(other["text"]),
                0,
                None if same else 0,
                (),
            )
            yield _varied(wrong, rng)
        yield _varied(Example(row["unanswerable"], row["title"], row["chapter"], shown, 0, 1, ()), rng)


class _Legal:
    """Lay questions with an article or advice that bears on them; which sentences answer is not known."""

    def __init__(self, found: Sequence[Row]) -> None:
        self._rows = found
        some = random.Random(0).sample(range(len(found)), min(4_000, len(found)))
        self._numbers = some
        self._near = Near([found[i]["positive"] for i in some])

    def __call__(self, row: Row, rng: random.Random) -> Iterator[Example]:
        question = row["query"][:150]
        yield Example(question, "", "", sentences(row["positive"]), 1, 1, None)
        found = self._near.of(question, 8)[3:]
        other = self._rows[self._numbers[rng.choice(found)]] if found else rng.choice(self._rows)
        if other["positive"] != row["positive"]:
            yield Example(question, "", "", sentences(other["positive"]), 0, None, ())


def _spanned(row: Row) -> Row | None:
    start = row["positive"].find(row["answer"]) if row.get("answer") else -1
    if start < 0:
        return None
    return {
        "question": row["query"],
        "passage": row["positive"],
        "answers": [row["answer"]],
        "start": [start],
        "answerable": True,
    }


def _reading(row: Row, rng: random.Random) -> Iterator[Example]:
    parts = sentences(row["passage"])
    if not row["answerable"]:
        yield Example(row["question"], "", "", _cut(parts, rng), 0, 1 if row.get("field") else None, ())
        return
    texts, starts = row.get("evidence") or row["answers"], row.get("evidence_start") or row["start"]
    texts, starts = (
        ([texts] if isinstance(texts, str) else texts),
        ([starts] if isinstance(starts, int) else starts),
    )
    spans = [(at, at + len(text)) for text, at in zip(texts, starts, strict=False) if at >= 0]
    marks = sorted({mark for span in spans for mark in holding(parts, *span)})
    if not marks:
        return
    shown, kept = window(parts, marks, rng.randrange(4), rng.randrange(4), LONGEST)
    yield Example(row["question"], "", "", shown, 1, 1, kept)


class _Field:
    """A service card as a document of headings: the field that is asked for, another of the same card, the same of another."""

    def __init__(self, found: Sequence[Row]) -> None:
        self._cards = [_fields(row["passage"]) for row in found]

    def __call__(self, row: Row, rng: random.Random) -> Iterator[Example]:
        card = _fields(row["passage"])
        title, wanted = card.pop("事项名称", ""), row.get("field")
        names = sorted(name for name in card if name != wanted)
        if row["answerable"] and wanted in card:
            parts = sentences(card[wanted])
            marks = (0,) if len(parts) == 1 else None
            yield Example(row["question"], title, wanted, parts, 1, 1, marks)
            other = rng.choice(self._cards)
            if wanted in other and other.get("事项名称") != title:
                heading = other.get("事项名称", "")
                yield Example(row["question"], heading, wanted, sentences(other[wanted]), 0, 0, ())
        for name in rng.sample(names, min(2, len(names))):
            yield Example(row["question"], title, name, sentences(card[name]), 0, None, ())


def _fields(passage: str) -> dict[str, str]:
    pairs = (line.partition("：") for line in passage.split("\n"))
    return {name: value for name, _, value in pairs if value}


def _clause(question: str, row: Row, number: int, answers: int, related: int | None) -> Example:
    path, text = row["clauses"][number]
    parts = sentences(text)
    marks = () if not answers else (0,) if len(parts) == 1 else None
    return Example(question, row["title"], path, parts, answers, related, marks)


def _cut(parts: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """Some sentences in a row, as a clause would hold them."""
    return window(parts, [rng.randrange(len(parts))], rng.randrange(4), rng.randrange(1, 5), LONGEST)[0]


def _varied(example: Example, rng: random.Random) -> Example:
    """The same under a title that is sometimes missing."""
    if rng.random() < 0.1:
        return Example(
            example.question,
            "",
            example.path,
            example.sentences,
            example.answers,
            example.related,
            example.marks,
        )
    return example
