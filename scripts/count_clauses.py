"""Parse every text of a folder or .tar.xz, check that no character is lost, and print what was found.

    python scripts/count_clauses.py corpus/policies
    python scripts/count_clauses.py laws.tar.xz --chunks

Exit status 1 when a character is lost, or when a line that begins with 第X条 is not an article clause.
"""

import argparse
import re
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.corpus import Clause, Document, chunks, outline, read_corpus
from app.text import Analyzer

# Written apart from the parser on purpose: this is the slower truth it is compared with.
ARTICLE = re.compile(
    r"^[ \t\u3000]*(?:#+ +)?第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?(?=\s|$)", re.M
)


def lost(document: Document, clauses: Iterable[Clause]) -> int:
    """How many non-space characters are in no clause, or in two."""
    text, at, missing = document.text, 0, 0
    for clause in clauses:
        missing += len("".join(text[at : clause.start].split())) + max(0, at - clause.start)
        at = max(at, clause.end)
    return missing + len("".join(text[at:].split()))


def count(folder: Path, with_chunks: bool) -> int:
    """Print the table for a folder; the exit status."""
    corpus = read_corpus(folder)
    for note in corpus.notes:
        print("注：" + note)
    kinds: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    analyzer = Analyzer() if with_chunks else None
    begun = time.perf_counter()
    for document in corpus.documents:
        clauses = outline(document)
        kinds.update(clause.kind for clause in clauses)
        figures["items"] += sum(len(clause.items) for clause in clauses)
        figures["lost"] += lost(document, clauses)
        expected = len(ARTICLE.findall(document.text))
        found = sum(clause.kind == "article" for clause in clauses)
        figures.update(expected=expected, articles=found, longest=0)
        if found != expected:
            print(f"条数不符：{document.file}：应有 {expected}，得到 {found}")
        if analyzer:
            figures["chunks"] += len(chunks(document, clauses, analyzer.count_tokens))
    print_table(len(corpus.documents), kinds, figures, time.perf_counter() - begun)
    return 1 if figures["lost"] or figures["articles"] < figures["expected"] else 0


def print_table(files: int, kinds: Counter[str], figures: Counter[str], seconds: float) -> None:
    """One figure a line."""
    rows: list[tuple[str, object]] = [("文件", files), ("条款", sum(kinds.values()))]
    rows += [(f"  {kind}", number) for kind, number in kinds.most_common()]
    rows += [("款项（条款内）", figures["items"]), ("分块", figures["chunks"] or "未计")]
    rows += [("第X条", f"{figures['articles']} / {figures['expected']}"), ("丢失字符", figures["lost"])]
    for name, value in [*rows, ("秒", f"{seconds:.1f}")]:
        print(f"{name}\t{value}")


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="文件夹或 .tar.xz")
    parser.add_argument("--chunks", action="store_true", help="同时分块（较慢）")
    asked = parser.parse_args()
    if asked.source.is_dir():
        return count(asked.source, asked.chunks)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(asked.source) as archive:
            archive.extractall(folder, filter="data")
        return count(Path(folder), asked.chunks)


if __name__ == "__main__":
    sys.exit(main())
