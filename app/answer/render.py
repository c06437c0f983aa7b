"""Answers in words: the sentences stand in `prompts/`, the rest is quotes. The only importer of jinja2 below web."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from app.answer.answer import Citation, Status
from app.corpus import in_words
from app.errors import PromptError
from app.text import sentence_spans

_LEAD_END = re.compile(r"[：:。；;]")
_MARKUP = re.compile(r"[\\\\`*_\[\]<>#|~!]|(?<=\d)[.)](?=\s)|^[-+](?=\s)", re.MULTILINE)
SPOKEN = 160  # characters that can be read out in half a minute
MARGIN = 64  # bytes for the mark and the note beside a cut quote
CHAT = 2048  # bytes that WeChat takes in one message


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything a template may speak of: what was asked, how it stands, and the verified quotes.

    `intent` is the kind of the question and `asked` how an answer speaks of what it asks for.
    `reason` names the template sentence within a status (`list`, `address`, `region` …). `title` is the document's it is
    about and `subject` the address or place asked for: metadata, never free text. `labelled` when the kinds of the documents
    are told, because an 原文 and a 解读 stand beside each other in the corpus.
    """

    status: Status
    intent: str
    asked: str
    reason: str
    title: str
    subject: str
    citations: Sequence[Citation]
    options: Sequence[str] = ()
    labelled: bool = False


class Renderer:
    """Fills the templates of one folder. `text` is plain, `markdown` the same for rich clients."""

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self._environment.filters.update(
            titled=titled, pages=_pages, places=_places, day=_day, lines=_one_line, lead=_lead, md=_escaped
        )

    def text(self, finding: Finding) -> str:
        """The plain form, with [1] marks."""
        return self._fill("answer.txt.j2", finding)

    def markdown(self, finding: Finding) -> str:
        """The Markdown form; quotes stand in block quotes."""
        return self._fill("answer.md.j2", finding)

    def spoken(self, finding: Finding) -> str:
        """A form to be read out: at most `SPOKEN` characters of quotes, but never less than the first quote."""
        told = [_lead(c.quote) if finding.reason == "list" else c.quote for c in finding.citations]
        shown = _fitting([len(quote) for quote in told], SPOKEN)
        return _one_line(self._fill("spoken.txt.j2", finding, shown=max(1, shown)))

    def chat(self, finding: Finding) -> str:
        """A form of at most `CHAT` bytes, cut at the end of a quote, or of a sentence where the first is too long.

        What is left out is said. A cut quote stays verbatim as far as it goes.
        """
        sizes = [len(f"[{c.mark}] {c.quote}\n".encode()) for c in finding.citations]
        frame = len(self._fill("chat.txt.j2", finding, shown=0, cut="").encode())
        shown = _fitting(sizes, CHAT - frame)
        if shown or not sizes:
            return self._fill("chat.txt.j2", finding, shown=shown, cut="")
        return self._fill(
            "chat.txt.j2", finding, shown=0, cut=_cut(finding.citations[0].quote, CHAT - frame - MARGIN)
        )

    def disclaimer(self) -> str:
        """The sentence under every answer."""
        return self._fill_plain("disclaimer.j2")

    def _fill(self, name: str, finding: Finding, **values: object) -> str:
        groups = [
            {"document": citations[0], "citations": citations}
            for citations in (list(g) for _, g in groupby(finding.citations, key=lambda c: c.document_id))
        ]
        return self._fill_plain(name, finding=finding, groups=groups, **values)

    def _fill_plain(self, name: str, **values: object) -> str:
        try:
            return self._environment.get_template(name).render(**values).strip()
        except TemplateError as error:
            raise PromptError(
                f"答复模板 {name} 无法使用（{error}），请改正 prompts 文件夹中的模板或恢复原文件。"
            ) from error


def _fitting(lengths: Sequence[int], room: int) -> int:
    """How many of the first entries fit into the room."""
    return sum(total <= room for total in accumulate(lengths))


def _cut(quote: str, room: int) -> str:
    """The beginning of a quote that fits into so many bytes of UTF-8: whole sentences, or whole characters."""
    fitting = quote.encode()[: max(room, 0)].decode(errors="ignore")
    ends = [end for _, end in sentence_spans(quote) if end <= len(fitting)]
    return fitting[: ends[-1]] if ends else fitting


def titled(title: str) -> str:
    """A title in 《》, unless it carries its own."""
    return title if "《" in title else f"《{title}》"


def _pages(citations: Sequence[Citation]) -> str:
    """The pages on which quotes begin, in order: 91、92; "" where the file has none."""
    return "、".join(str(page) for page in sorted({c.page for c in citations if c.page is not None}))


def _places(citations: Sequence[Citation]) -> str:
    """Where quotes stand in their file: 第91、92页, 工作表“政策清单”B5单元格; "" where the file has neither pages nor tables."""
    return in_words(citation.locator for citation in citations)


def _lead(quote: str) -> str:
    """The beginning of a list's entry, up to its colon or first stop: what names it."""
    return _LEAD_END.split(quote, maxsplit=1)[0]


def _escaped(text: str) -> str:
    """A text as Markdown that shows just its characters: nothing of it is taken for markup."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _one_line(text: str) -> str:
    return " ".join(text.split())
