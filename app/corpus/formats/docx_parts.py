"""What stands in other parts of a Word file and is seen in its text: footnotes, inserted files, diagrams, page heads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.corpus.extract import Dropped, Extract

if TYPE_CHECKING:
    from docx.document import Document as WordFile

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
DIAGRAM = f"{_DIAGRAM}relIds"
INSERTED = f"{_W}altChunk"


def footnotes(word: "WordFile") -> dict[tuple[str, str], Any]:
    """The elements of footnotes and endnotes by kind and id."""
    from docx.oxml import parse_xml

    found: dict[tuple[str, str], Any] = {}
    for relation in word.part.rels.values():
        kind = relation.reltype.rsplit("/", 1)[-1]
        if kind in ("footnotes", "endnotes") and not relation.is_external:
            for note in parse_xml(relation.target_part.blob):
                found[(kind[:-1], note.get(f"{_W}id") or "")] = note
    return found


def diagram_lines(word: "WordFile", element: Any) -> list[str]:
    """The words of the boxes of a SmartArt diagram, in the order of its outline."""
    from docx.oxml import parse_xml

    blob = _blob(word, element.get(f"{_R}dm"))
    if blob is None:
        return []
    boxes = (
        "".join(words.text or "" for words in box.iter(f"{_A}t"))
        for box in parse_xml(blob).iter(f"{_DIAGRAM}pt")
    )
    return [" ".join(box.split()) for box in boxes if box.strip()]  # fmt: skip


def inserted_text(
    word: "WordFile", element: Any, name: str, read_word: Callable[[bytes, str], Sequence[Extract]]
) -> Extract | None:
    """The text of a file that Word shows in this place (HTML, Word or plain text); None for other kinds and damaged ones.

    `read_word` reads one that is a Word file itself.
    """
    from app.errors import FileRefused

    blob = _blob(word, element.get(f"{_R}id"))
    if blob is None:
        return None
    with suppress(FileRefused):
        if blob.startswith(b"PK"):
            return read_word(blob, name)[0]
        if b"<" in blob[:2000] and not blob.startswith(b"{\\rtf"):
            from app.corpus.formats.html import read_html

            return read_html(blob, name)[0]
    return None


def _blob(word: "WordFile", key: str | None) -> bytes | None:
    relation = word.part.rels.get(key or "")
    return None if relation is None or relation.is_external else bytes(relation.target_part.blob)


def heads(word: "WordFile") -> Iterator[Dropped]:
    """The words of page heads and feet, each once."""
    met: set[str] = set()
    for section in word.sections:
        for kind in ("header", "footer", "first_page_header", "first_page_footer"):
            words = ""
            with suppress(KeyError):  # a head whose part is not in the file
                lines = (paragraph.text.strip() for paragraph in getattr(section, kind).paragraphs)
                words = " ".join(filter(None, lines))
            if words and words not in met:
                met.add(words)
                yield Dropped(words, "页眉页脚")
