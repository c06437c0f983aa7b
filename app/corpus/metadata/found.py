"""What was read, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from app.corpus.document import Kind, Named, Prolonged

T = TypeVar("T")
Span = tuple[int, int]

Facts = Mapping[str, str]
"""What a file says outside its text, by the word printed for it: 标题, 文号, 发布机构, 发布日期, 成文日期, 实施日期, 失效日期, 依据文件, 种类, 状态, 地区 as
stated in a card or an information box; 网页标题, 网页日期, 来源, 网站, 网址 as a page's meta tags give them."""


class Found(NamedTuple, Generic[T]):
    """A value and the span of the text it was read from, or None where it stands outside the text."""

    value: T
    span: Span | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a text states about itself. What it does not state is None; nothing is guessed."""

    title: Found[str]
    kind: Found[Kind]
    number: Found[str] | None = None
    issuers: Found[tuple[str, ...]] | None = None
    published_on: Found[date] | None = None
    effective_from: Found[date] | None = None
    expires_on: Found[date] | None = None
    region: Found[str] | None = None
    level: Found[str] | None = None
    source_url: Found[str] | None = None
    interprets: Found[str] | None = None
    basis: Found[str] | None = None
    repeals: tuple[Named, ...] = ()
    amends: tuple[Named, ...] = ()
    prolongs: tuple[Prolonged, ...] = ()
    repealed: bool = False
