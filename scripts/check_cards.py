"""Read a PDF of policy cards, compare the cards with its table of contents, and count their fields.

    python scripts/check_cards.py GUIDE.pdf

Also counts every character of a plain extraction that is neither in a document nor listed as left out. Exit status 1 when the
table of contents and the cards differ, or characters are lost.
"""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.corpus.extract import Extract
from app.corpus.formats.reading import extract

ENTRY = re.compile(r"^\d{1,3}[.．]\s*(.+?)[.．…]+\s*\d+$")


def squeezed(words: str) -> str:
    """Letters, digits and Chinese characters only."""
    return re.sub(r"[\W_]+", "", words)


def contents(found: list[Extract]) -> list[str]:
    """The titles in the table of contents; one that is broken over two lines is made whole."""
    titles, held = [], ""
    for dropped in (dropped for one in found for dropped in one.dropped if dropped.reason == "目录"):
        fresh = re.match(
            r"\d{1,3}[.．]|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|目录", dropped.words
        )
        held = dropped.words if fresh else held + dropped.words
        if entry := ENTRY.match(held):
            titles.append(squeezed(entry[1]))
            held = ""
    return titles


def lost(data: bytes, found: list[Extract]) -> Counter[str]:
    """Characters of the plain text, by how many more of each it has than the documents and what was left out."""
    import pypdfium2 as pdfium

    plain: Counter[str] = Counter()
    document = pdfium.PdfDocument(data)
    for at in range(len(document)):
        plain.update(squeezed(document[at].get_textpage().get_text_range().replace("\ufffe", "")))
    kept = Counter(squeezed("".join(one.text + "".join(d.words for d in one.dropped) for one in found)))
    return plain - kept


def main() -> int:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="政策卡片的 PDF")
    data = parser.parse_args().file.read_bytes()
    found = extract(data, "guide.pdf")
    cards = [one for one in found if one.facts.get("种类") == "指南"]
    listed, titles = contents(found), [squeezed(one.facts["标题"]) for one in cards]
    fields = Counter(label for one in cards for label in re.findall(r"^## (.+)$", one.text, re.M))
    print(f"目录\t{len(listed)}\n卡片\t{len(cards)}")
    for label, count in fields.most_common():
        print(f"  {label}\t{count}")
    missing, extra = Counter(listed) - Counter(titles), Counter(titles) - Counter(listed)
    for words in (*missing, *(f"+{title}" for title in extra)):
        print(f"目录与卡片不符：{words}")
    gone = lost(data, found)
    print(f"丢失字符\t{sum(gone.values())}\t{''.join(gone)[:60]}")
    return int(bool(missing or extra or gone))


if __name__ == "__main__":
    sys.exit(main())
