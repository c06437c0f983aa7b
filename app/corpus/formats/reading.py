"""The reader for each suffix. Run inside the process apart; every failure of a library becomes a FileRefused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.corpus.extract import Extract
from app.corpus.formats.mhtml import is_archive
from app.errors import FileRefused

Alive = Callable[[], None]
_ENCRYPTED = b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e"
_PAGES = (".html", ".htm", ".mhtml", ".mht")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def extract(data: bytes, name: str, alive: Alive = lambda: None) -> list[Extract]:
    """The documents of a file, at least one; `alive` is called after each step of a long reading.

    Raises FileRefused with the remedy for whatever cannot be read.
    """
    with refusing(name):
        found = _read(name[name.rfind(".") :].lower(), data, name, alive)
    if not any(one.text.strip() for one in found):
        raise FileRefused(f"文件“{name}”中没有可读的文字，请补全内容或将其移出文件夹。")
    return found


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Turns whatever fails while a file is read into a FileRefused that names the remedy."""
    try:
        yield
    except FileRefused:
        raise
    except MemoryError as error:
        raise FileRefused(f"文件“{name}”展开后过大，内存不足，请拆分后重试。") from error
    except RecursionError as error:
        raise FileRefused(f"文件“{name}”的结构嵌套过深，请另存为 .txt 后重试。") from error
    except (
        Exception
    ) as error:  # a library's own errors are many; none may end the process or reach a person bare
        raise FileRefused(
            f"文件“{name}”已损坏或不完整（{type(error).__name__}），请重新导出后重试。"
        ) from error


def _read(suffix: str, data: bytes, name: str, alive: Alive) -> list[Extract]:
    if data.startswith(_OLE):
        raise FileRefused(_ole(suffix, data, name))
    if suffix in _PAGES or is_archive(data):
        from app.corpus.formats.html import read_html

        return read_html(data, name)
    if suffix == ".docx":
        from app.corpus.formats.docx import read_docx

        return read_docx(data, name)
    if suffix == ".pdf":
        from app.corpus.formats.pdf import read_pdf

        return read_pdf(data, name, alive)
    from app.corpus.formats.sheets import read_sheets

    return read_sheets(data, name, suffix)


def _ole(suffix: str, data: bytes, name: str) -> str:
    if _ENCRYPTED in data:
        return f"文件“{name}”已加密，请取消密码后重试。"
    return f"文件“{name}”虽以 {suffix} 为扩展名，实为旧版 Office 或 WPS 文件，请用 Word 或 WPS 另存为新格式后重试。"
