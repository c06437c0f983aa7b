"""Training pairs (query, passage) from labelled questions and from bare articles, and batches of them.

A passage is shown to the encoder as the index will show it: sometimes behind its title and headings, sometimes alone.
"""

import json
import lzma
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from encoder_training.statutes import Article

Texts = tuple[list[str], list[str]]
LONGEST_QUERY = 72
SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]?")


@dataclass(frozen=True, slots=True)
class Pair:
    """`group` names the passage: two pairs of one group never share a batch, they would be false negatives."""

    query: str
    title: str
    text: str
    group: str


def simplified() -> Callable[[str], str]:
    """繁→简, as the service does to questions before they reach the encoder."""
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def rows(path: Path) -> list[dict[str, object]]:
    """The objects of a `.jsonl` or `.jsonl.xz` file."""
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def colloquial(path: Path) -> list[Pair]:
    """Five ways of asking for each article."""
    plain, made = simplified(), []
    for row in rows(path):
        queries, chapter = row["queries"], row["chapter"] or ""
        assert isinstance(queries, list)
        head = f"{row['title']} {chapter}".strip()
        made += [Pair(plain(str(q)), head, str(row["text"]), f"c{row['id']}") for q in queries]
    return made


def labelled(path: Path, sources: Sequence[str]) -> list[Pair]:
    """The pairs of `path` whose source starts with one of `sources`."""
    plain = simplified()
    chosen = (r for r in rows(path) if str(r["source"]).startswith(tuple(sources)))
    return [Pair(plain(str(r["query"])), "", plain(str(r["positive"])), f"l{hash_of(r)}") for r in chosen]


def hash_of(row: dict[str, object]) -> str:
    """What tells two positives apart: their first 80 characters."""
    return str(row["positive"])[:80]


def cloze(article: Article, rng: random.Random) -> Pair:
    """One sentence, or a part of one, as the query; the rest of the article as the passage (inverse cloze)."""
    sentences = [s for s in SENTENCE.findall(article.text) if len(s) > 5]
    group = article.title + article.text[:40]
    head = f"{article.title} {article.chapter}".strip()
    if len(sentences) < 2:
        return Pair(head, "", article.text, group)
    chosen = rng.randrange(len(sentences))
    query = sentences[chosen].strip()
    parts = [p for p in re.split(r"[，、：]", query) if 5 <= len(p) <= 24]
    if parts and rng.random() < 0.5:
        query = rng.choice(parts)
    keep = rng.random() < 0.15
    rest = "".join(s for i, s in enumerate(sentences) if keep or i != chosen)
    return Pair(query, head, rest, group)


def topic(article: Article, rng: random.Random) -> Pair:
    """Title and chapter as the query, the article as the passage."""
    return Pair(f"{article.title}{article.chapter}", "", article.text, article.title + article.chapter)


def passage(pair: Pair, rng: random.Random, with_title: float = 0.6) -> str:
    """The passage as text, in `with_title` of the cases behind its title and headings."""
    return f"{pair.title}\n{pair.text}" if pair.title and rng.random() < with_title else pair.text


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of pairs and its share of the batches; a batch holds one kind only, so its negatives are hard.

    `block` neighbours are drawn together: articles of one law are the hardest negatives for each other.
    """

    name: str
    share: float
    size: int
    draw: Callable[[int, random.Random], Pair]
    block: int = 1

    def deck(self, rng: random.Random) -> list[int]:
        """All numbers once, block by block."""
        starts = range(0, self.size, self.block)
        return [i for s in rng.sample(starts, len(starts)) for i in range(s, min(s + self.block, self.size))]


def source(name: str, share: float, pairs: Sequence[Pair]) -> Source:
    """Pairs already made."""
    return Source(name, share, len(pairs), lambda index, rng: pairs[index])


def batches(sources: Sequence[Source], size: int, seed: int) -> Iterator[Texts]:
    """Endless batches of (queries, passages), no two passages of one group in a batch; the seed fixes them all."""
    rng = random.Random(seed)
    decks: dict[str, list[int]] = {s.name: [] for s in sources}
    while True:
        chosen = rng.choices(sources, [s.share for s in sources])[0]
        drawn: list[Pair] = []
        groups: set[str] = set()
        for _ in range(4 * size):
            if not decks[chosen.name]:
                decks[chosen.name] = chosen.deck(rng)
            pair = chosen.draw(decks[chosen.name].pop(), rng)
            if pair.group not in groups and pair.query and pair.text:
                groups.add(pair.group)
                drawn.append(pair)
            if len(drawn) == size:
                break
        yield [p.query[:LONGEST_QUERY] for p in drawn], [passage(p, rng) for p in drawn]
