"""Compare the metadata read from web pages with what a person read off them, and print the table.

    python scripts/evaluate_metadata.py PAGES_DIR METADATA.json

METADATA.json is a list of {"file", "title", "issuer", "number", "published", "url"}. What a person noted may describe another page
than the one saved: such a row is named and not counted where the page states its own address. A value that stands nowhere on the page is counted apart, and so is a “number” that is only mentioned
(依据…, in brackets). Titles and numbers are right when one holds the other, issuers when one is short for the other.
Exit status 1 when a share of what the page states is below the mark.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.corpus import read_document
from app.corpus.document import Document

MARKS = {"title": 0.95, "number": 0.95, "published": 0.90, "issuer": 0.90}


def squeezed(words: str) -> str:
    """Letters, digits and Chinese characters only."""
    return re.sub(r"[\W_]+", "", words)


def holds(one: str, other: str) -> bool:
    """Whether one of two names is the other, or lies in it."""
    one, other = squeezed(one), squeezed(other)
    return bool(one and other) and (one in other or other in one)


def shortens(short: str, long: str) -> bool:
    """Whether the characters of a short name stand in the long one in the same order (市人社局, 市人力资源和社会保障局)."""
    rest = iter(squeezed(long))
    return bool(short) and all(char in rest for char in squeezed(short))


def right(field: str, read: Document, noted: str) -> bool:
    """Whether a value read is the value noted."""
    if field == "title":
        return holds(read.title, noted)
    if field == "number":
        return holds(read.number or "", noted)
    if field == "published":
        return str(read.published_on) == noted
    names = [part for part in re.split(r"[、，（）()]", noted) if part]
    return any(shortens(a, b) or shortens(b, a) for a in read.issuers for b in names)


def stated(field: str, noted: str, page: str, read: Document) -> bool:
    """Whether the page says what was noted."""
    if field == "published":
        year, month, day = (int(part) for part in noted.split("-"))
        printed = rf"{year}\s*(?:年|-|/|\.)\s*0?{month}\s*(?:月|-|/|\.)\s*0?{day}(?!\d)"
        return bool(re.search(printed, page))
    if field == "number":
        return bool(re.match(r"[^（(依据]*(?:[〔\[]\d{4}[〕\]]\d+号|令第?\d+号)$", noted)) and squeezed(
            noted
        ) in squeezed(page)
    return field == "issuer" or squeezed(noted) in squeezed(page)


def is_another_page(read: Document, url: str) -> bool:
    """Whether the page states an address of its own and it is not the one noted."""
    return bool(read.source_url) and str(read.source_url).rsplit("/", 1)[-1] != url.rsplit("/", 1)[-1]


def main() -> int:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path, help="网页文件夹")
    parser.add_argument("metadata", type=Path, help="人工读出的元数据（JSON）")
    asked = parser.parse_args()
    rows: list[dict[str, Any]] = json.loads(asked.metadata.read_text("utf-8"))
    counts = {field: [0, 0, 0] for field in MARKS}
    for row in rows:
        path = asked.pages / row["file"]
        read, page = read_document(path), path.read_text("utf-8", "replace")
        if is_another_page(read, row["url"]):
            print(f"另一网页\t{row['file']}\t{row['url']}\t{read.source_url}")
            continue
        for field, count in counts.items():
            judge(field, read, str(row[field]), page, count)
    print("field\tright\tstated\tshare\tnot on the page")
    for field, (good, said, absent) in counts.items():
        print(f"{field}\t{good}\t{said}\t{good / max(said, 1):.3f}\t{absent}")
    return int(any(good < MARKS[field] * said for field, (good, said, _) in counts.items()))


def judge(field: str, read: Document, noted: str, page: str, count: list[int]) -> None:
    """Count one value and print it when it differs."""
    value = {
        "title": read.title,
        "number": read.number,
        "published": read.published_on,
        "issuer": read.issuers,
    }[field]
    if not stated(field, noted, page, read) and not right(field, read, noted):
        count[2] += 1
        print(f"页面未载\t{read.file}\t{field}\t{noted}\t{value}")
        return
    count[1] += 1
    if right(field, read, noted):
        count[0] += 1
    else:
        print(f"不符\t{read.file}\t{field}\t{noted}\t{value}")


if __name__ == "__main__":
    sys.exit(main())
