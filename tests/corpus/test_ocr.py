"""Scanned pages: named with the remedy without the extra `ocr`, read page by page with it."""

import io
import subprocess
from pathlib import Path

import pytest

from app.corpus import Document, outline, read_documents
from app.corpus.apart import Child
from app.corpus.formats import ocr, pdf
from app.corpus.formats.pdf_parts import Box, TextLine
from app.errors import FileRefused
from tests.corpus import files

PAGES = (
    (
        "某县节水奖励办法",
        "某水发〔2024〕5号",
        "第一条 节水企业奖励三万元。",
        "第二条 申请人向县水务局提出申请。",
    ),
    ("第三条 本办法自2024年7月1日起施行。", "某县水务局", "2024年6月3日"),
)
needs_ocr = pytest.mark.skipif(
    not ocr.is_installed(), reason="没有安装文字识别组件：pip install 'zhengwen[ocr]'"
)


def font() -> str:
    """A Chinese font of the system."""
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        listed = ""
    found = sorted(line.split(":")[0] for line in listed.splitlines() if "Regular" in line)
    if not found:
        pytest.skip("系统中没有中文字体（例如 fonts-noto-cjk）")
    return found[0]


def scan(pages: tuple[tuple[str, ...], ...]) -> bytes:
    """A PDF of pictures of printed pages."""
    image = pytest.importorskip("PIL.Image", reason="没有安装 Pillow")
    from PIL import ImageDraw, ImageFont

    letters = ImageFont.truetype(font(), 30)
    pictures = []
    for lines in pages:
        picture = image.new("L", (800, 420), 255)
        draw = ImageDraw.Draw(picture)
        for at, line in enumerate(lines):
            draw.text((60, 50 + 80 * at), line, font=letters, fill=0)
        pictures.append(picture)
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=96)
    return out.getvalue()


def of(folder: Path, data: bytes) -> tuple[Document, tuple[str, ...]]:
    (folder / "节水.pdf").write_bytes(data)
    documents, notes = read_documents(folder / "节水.pdf", folder)
    return documents[0], notes


def test_a_scanned_file_is_refused_with_the_remedy_where_nothing_can_read_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    with pytest.raises(FileRefused, match=r"2 页没有文字.*zhengwen\[ocr\]"):
        pdf.read_pdf(scan(PAGES), "节水.pdf")


def test_a_blank_file_is_refused() -> None:
    with pytest.raises(FileRefused, match="没有文字"):
        pdf.read_pdf(files.pdf_of(["", ""]), "空白.pdf")


@needs_ocr
def test_a_scanned_file_is_read_with_its_pages_and_a_note(tmp_path: Path) -> None:
    document, notes = of(tmp_path, scan(PAGES))
    clauses = {clause.label: document.text[clause.start : clause.end] for clause in outline(document)}
    assert "节水企业奖励三万元" in clauses["第一条"]
    assert "县水务局提出申请" in clauses["第二条"]
    assert (document.title, str(document.effective_from)) == ("某县节水奖励办法", "2024-07-01")
    assert document.page_at(document.text.index("第二条")) == 1
    assert document.page_at(document.text.index("2024年6月3日")) == 2
    assert "第1、2页是扫描件" in notes[0]


class Blind:
    """A recognizer that sees the same line on every page."""

    def lines(self, page: object) -> list[TextLine]:
        return [TextLine("某县节水奖励办法，共三条。", Box(0, 0, 100, 10), 10)]


def test_each_page_has_the_time_limit_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: True)
    monkeypatch.setattr(ocr, "Recognizer", Blind)
    seen: list[int] = []
    pdf.read_pdf(scan(PAGES), "节水.pdf", lambda: seen.append(1))
    assert len(seen) == 2


class Slow(Child):
    """A child that tells twice that it is alive before it answers."""

    def __init__(self) -> None:
        self.replies = [{"ready": True}, {"alive": True}, {"alive": True}, {"documents": [], "notes": []}]
        self.limits: list[float] = []
        super().__init__("a.pdf")

    def _reply(self, name: str, limit: float) -> dict[str, object]:
        self.limits.append(limit)
        return self.replies.pop(0)


def test_the_parent_waits_anew_after_each_sign_of_life() -> None:
    slow = Slow()
    try:
        assert slow.read("a.pdf", b"", None, 90.0) == ((), ())
    finally:
        slow.close()
    assert slow.limits[1:] == [90.0, 90.0, 90.0]
