"""CSV that a spreadsheet opens rightly and without running anything.

A cell that begins with =, +, -, @, a tab or a line break is a formula to Excel and WPS: an apostrophe in front makes
it a text (OWASP, CSV Injection). A byte order mark tells them that it is UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: object) -> str:
    """The cell as a text that no spreadsheet runs; numbers stay numbers."""
    if isinstance(cell, int | float):
        return str(cell)
    text = "" if cell is None else str(cell).replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The rows as lines of a file, every cell harmless; the first line carries the byte order mark."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write(BOM)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield page.getvalue().encode("utf-8", "replace")
        page.seek(0)
        page.truncate()
