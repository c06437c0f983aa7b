"""Templates of the pages. The only importer of jinja2 in this room: undefined names are errors, all values escaped."""

from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.answer import titled
from app.web.wire import page_url

FOLDER = Path(__file__).parent / "templates"


class Pages:
    """Renders pages."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(day=chinese_day, segment=segment, titled=titled, web_link=web_link)
        self._templates.globals.update(page_url=page_url)

    def page(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        """The template of that name as a response."""
        html = self._templates.get_template(name).render(**values)
        return HTMLResponse(html.encode("utf-8", errors="replace"), status_code=status)


def chinese_day(value: date) -> str:
    """As official texts write it: 2024年12月1日."""
    return f"{value.year}年{value.month}月{value.day}日"


def segment(value: str) -> str:
    """Percent-encoded as one segment of a path."""
    return quote(value, safe="")


def web_link(value: str | None) -> str | None:
    """The link where it leads to a web page; anything else, such as javascript:, is not a link."""
    if value is None:
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else None
