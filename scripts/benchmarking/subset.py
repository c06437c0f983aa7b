"""A part of a corpus: whole files, chosen the same way every time, until there are enough clauses."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from judging import squeeze

from benchmarking.server import CannotMeasureError

if TYPE_CHECKING:
    from app.corpus import Document

SEED = 20260101
START = 60  # of a passage, as the judge compares it


def subset(corpus: Path, folder: Path, clauses: int, wanted: Sequence[str] = ()) -> int:
    """Copy files of `corpus` into `folder` until these hold so many clauses; how many they hold.

    Files that hold one of the squeezed passages `wanted` come first. A folder that is there already is left as it is, so
    that its index can be used again.

    Raises:
        CannotMeasureError: the whole corpus holds fewer.
    """
    from app.corpus import outline, read_corpus

    documents = read_corpus(corpus).documents
    order = list(dict.fromkeys(document.file for document in documents))
    random.Random(SEED).shuffle(order)
    by_file: dict[str, list[Document]] = {}
    for document in documents:
        by_file.setdefault(document.file, []).append(document)
    if wanted:
        order.sort(key=lambda file: not _holds([each.text for each in by_file[file]], wanted))
    held, chosen = 0, []
    for file in order:
        if held >= clauses:
            break
        chosen.append(file)
        held += sum(len(outline(document)) for document in by_file[file])
    if held < clauses:
        raise CannotMeasureError(f"文件夹 {corpus} 只有 {held} 个条款，不足 {clauses} 个，请减小数目。")
    for file in chosen:
        target = folder / file
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(corpus / file, target)
    return held


def _holds(texts: Sequence[str], wanted: Sequence[str]) -> bool:
    squeezed = [squeeze(text) for text in texts]
    return any(passage[:START] in text for passage in wanted for text in squeezed)
