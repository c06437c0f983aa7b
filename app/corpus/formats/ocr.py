"""Pages that are pictures: RapidOCR on onnxruntime reads their lines. An optional extra, and the only importer of rapidocr.

Its models come inside the package, nothing is downloaded. A page of 150 lines takes a few seconds on one core.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from app.corpus.formats.pdf_parts import Box, TextLine

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_SCALE = 2.0  # pixels a point: 144 dots an inch tell printed characters well apart
_MOST_PIXELS = 4000  # of the longer side; a poster is made smaller
_SETTINGS = {
    "Global.log_level": "error",
    "Global.use_cls": False,  # pages stand upright: a scan that lies on its side is turned by its page entry
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def is_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


class Recognizer:
    """Reads the lines of pages; the models are loaded once."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(params=_SETTINGS)

    def lines(self, page: "PdfPage") -> list[TextLine]:
        """The lines of a page from top to bottom, with their places in points."""
        width, height = page.get_size()
        scale = min(_SCALE, _MOST_PIXELS / max(width, height, 1.0))
        bitmap = page.render(scale=scale)
        try:
            read = self._engine(bitmap.to_numpy()[:, :, :3].copy())
        finally:
            bitmap.close()
        if read.txts is None:
            return []
        found = []
        for corners, words in zip(read.boxes, read.txts, strict=True):
            xs, ys = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
            if words.strip():
                box = Box(min(xs), height - max(ys), max(xs), height - min(ys))
                found.append(TextLine(words.strip(), box, 0.8 * (box.top - box.bottom)))
        return _in_rows(found)


def _in_rows(lines: list[TextLine]) -> list[TextLine]:
    """From top to bottom, and from left to right what stands on one height."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: -(line.box.top + line.box.bottom)):
        middle = (line.box.top + line.box.bottom) / 2
        if rows and rows[-1][0].box.bottom <= middle <= rows[-1][0].box.top:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]
