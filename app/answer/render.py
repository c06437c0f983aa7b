"""Answers in words: the sentences stand in `prompts/`, the rest is quotes. The only importer of jinja2 below web."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from app.answer.answer import Citation, Intent, Status
from app.errors import PromptError


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything a template may speak of: what was asked, how it stands, and the verified quotes.

    `reason` names the template sentence within a status (`list`, `address`, `region` …). `title` is the document's it is
    about and `subject` the address or place asked for: metadata, never free text.
    """

    status: Status
    intent: Intent
    reason: str
    title: str
    subject: str
    citations: Sequence[Citation]
    options: Sequence[str] = ()


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
        self._environment.filters.update(titled=titled, lines=_one_line)

    def text(self, finding: Finding) -> str:
        """The plain form, with [1] marks."""
        return self._fill("answer.txt.j2", finding)

    def markdown(self, finding: Finding) -> str:
        """The Markdown form; quotes stand in block quotes."""
        return self._fill("answer.md.j2", finding)

    def disclaimer(self) -> str:
        """The sentence under every answer."""
        return self._fill_plain("disclaimer.j2")

    def _fill(self, name: str, finding: Finding) -> str:
        groups = [
            {"document": citations[0], "citations": citations}
            for citations in (list(g) for _, g in groupby(finding.citations, key=lambda c: c.document_id))
        ]
        return self._fill_plain(name, finding=finding, groups=groups)

    def _fill_plain(self, name: str, **values: object) -> str:
        try:
            return self._environment.get_template(name).render(**values).strip()
        except TemplateError as error:
            raise PromptError(
                f"答复模板 {name} 无法使用（{error}），请改正 prompts 文件夹中的模板或恢复原文件。"
            ) from error


def titled(title: str) -> str:
    """A title in 《》, unless it carries its own."""
    return title if "《" in title else f"《{title}》"


def _one_line(text: str) -> str:
    return " ".join(text.split())
