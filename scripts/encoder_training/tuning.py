"""What the transformer is tuned on: the labelled sets and their shares, and the statutes behind them."""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from encoder_training import draw, held, labelled, pairs, statutes
from encoder_training.documents import Asked, Document, Passage, head, is_held
from encoder_training.near import mined
from encoder_training.statutes import Article

UNREAD = ("thuocl_terms", "confusion_chars")  # lists of words: they say nothing about what texts use


class Share(NamedTuple):
    """A set's share of the batches, how many questions of a document are drawn at a time, how many wrong passages stand
    beside them, and whether those are of the same document or of any."""

    share: float
    most: int
    beside: int = 0
    own: bool = False


SHARES = {
    "policy": Share(0.22, 3, 2),
    "siblings": Share(0.17, 8, 6, own=True),
    "colloquial": Share(0.22, 2, 1),
    "dialogues": Share(0.06, 3, 2),
    "regulations": Share(0.01, 1, 1, own=True),
    "legal": Share(0.12, 1),
    "reading": Share(0.09, 2, 1, own=True),
    "cards": Share(0.01, 1),
    "search": Share(0.03, 1),
}
CLOZE, TOPIC = 0.06, 0.01


def sources(sets: Mapping[str, Sequence[Document]], articles: Sequence[Article]) -> list[draw.Source]:
    """The labelled sets with their hard negatives, and the articles of the statutes."""
    made = []
    for name, plan in SHARES.items():
        hard = mined(sets[name], plan.own) if plan.beside else {}
        made.append(draw.made(name, plan.share, sets[name], plan.most, plan.beside, hard))
    made += [
        draw.Source("cloze", CLOZE, len(articles), lambda i, rng: cloze(articles[i], rng), block=8),
        draw.Source("topic", TOPIC, len(articles), lambda i, _: topic(articles[i])),
    ]
    return [source for source in made if source.size]


def articles(folder: Path) -> list[Article]:
    """The articles below `folder`, without those of held-out documents."""
    found = (a for path in statutes.files(folder) for a in statutes.articles(path))
    return [article for article in found if not is_held(article.title)]


def cloze(article: Article, rng: random.Random) -> Document:
    """An article that one of its sentences asks for."""
    pair = pairs.cloze(article, rng)
    asked = Asked((pair.query,), (0,), (pair.text,))
    return Document(pair.group, (Passage(pair.title, pair.text),), (asked,))


def topic(article: Article) -> Document:
    """An article without its title, which asks for it; one of a law at a time."""
    asked = Asked((head(article.title, article.chapter),), (0,), (article.text,))
    return Document(article.title, (Passage("", article.text),), (asked,))


def texts(laws: Path, folder: Path) -> Iterator[str]:
    """All there is to read, for counting pieces: the lines of the statutes, and every string of the labelled sets."""
    for path in statutes.files(laws):
        yield from path.read_text(encoding="utf-8", errors="replace").split("\n")
    for path in sorted(folder.glob("train*/*.jsonl.xz")):
        if not path.name.startswith(UNREAD):
            for row in pairs.rows(path):
                yield from strings(row)


def strings(value: Any) -> Iterator[str]:
    """The strings of a value read from JSON; names of fields are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def tables(folder: Path) -> dict[str, Path]:
    """The labelled files that are read, by name."""
    return {name: folder / f"{name}.jsonl.xz" for name in labelled.FILES}


def counts(made: Sequence[draw.Source], sets: Mapping[str, Sequence[Document]]) -> str:
    """One line a set: documents, passages, questions."""
    lines = []
    for source in made:
        found = sets.get(source.name)
        if found is None:
            lines.append(f"{source.name}: {source.size} 条")
        else:
            passages, asked = sum(len(d.passages) for d in found), sum(len(d.asked) for d in found)
            lines.append(f"{source.name}: {len(found)} 份，{passages} 段，{asked} 问")
    return "\n".join(lines)


def noted(path: Path, found: Callable[[], held.Figures]) -> held.Figures:
    """What an earlier start of the same run noted at `path`, or what is found now."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found()), encoding="utf-8")
    made: held.Figures = json.loads(path.read_text(encoding="utf-8"))
    return made
