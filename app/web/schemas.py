"""The shapes that cross the wire, as pydantic models: requests are validated by them, replies documented.

Unknown fields are passed over, so that a newer client can talk to an older server. The length and the wording of
a question are the dialogue's business: it knows what is left after normalising.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.web.placed import Placed

Channel = Literal["widget", "hotline", "wechat", "api"]
Identifier = Annotated[str, Field(max_length=200)]
DateText = Annotated[str, Field(max_length=32, json_schema_extra={"format": "date"}, examples=["2025-01-31"])]


class AskRequest(BaseModel):
    """A question. `as_of` is the day on which the answer should hold (default: today)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "注意事项有哪些？"}]})

    question: str = Field(description="问题，最多 500 字")
    session_id: Identifier | None = Field(None, description="会话编号：上一次答复给出的，用于追问")
    as_of: DateText | None = Field(None, description="按哪一天的有效文件作答（默认今天）")
    document_id: Identifier | None = Field(None, description="只在这份文件中查找")
    channel: Channel | None = Field(None, description="来源渠道（默认 api）")


class SearchRequest(BaseModel):
    """A query for clauses."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "贷款贴息", "limit": 5}]})

    query: str = Field(description="检索词或句子，最多 500 字")
    limit: int = Field(10, ge=1, le=50, strict=True, description="最多返回几条")
    as_of: DateText | None = Field(None, description="按哪一天的有效文件检索（默认今天）")
    document_id: Identifier | None = Field(None, description="只在这份文件中查找")


class FeedbackRequest(BaseModel):
    """What a person says of an answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answer_id": "…", "helpful": False, "reason": "没有答到点上"}]}
    )

    answer_id: Identifier = Field(description="提问时得到的 answer_id")
    helpful: bool = Field(strict=True, description="有没有用")
    session_id: Identifier | None = Field(
        None, description="得到答复的会话编号；网页必填，每次会话对一次答复只算最后一次评价"
    )
    reason: str | None = Field(None, max_length=200, description="原因，最多 200 字")
    comment: str | None = Field(None, max_length=1000, description="意见或纠错，最多 1000 字")


class FeedbackReply(BaseModel):
    """The feedback was taken."""

    answer_id: str
    accepted: bool


class SessionRequest(BaseModel):
    """The widget of a site asks to begin."""

    site: str = Field("", max_length=64, description="站点编号（data-site）；本机可不填")


class SessionReply(BaseModel):
    """A token for the widget, good for `expires_in` seconds, and what it shows first."""

    token: str
    expires_in: int
    examples: list[str]
    phone: str
    hours: str


class HandoffRequest(BaseModel):
    """A person wants to talk to a person."""

    question: str = Field(description="想问的问题，最多 500 字")
    answer_id: Identifier | None = Field(None, description="没有答好的那次答复")
    session_id: Identifier | None = Field(None, description="会话编号")
    channel: Channel | None = Field(None, description="来源渠道（默认 api）")


class HandoffReply(BaseModel):
    """Where a person answers, and whether the question was written down for the editors."""

    phone: str
    hours: str
    message: str
    recorded: bool


class CitationOut(Placed):
    """A quote, word for word, and its address: code points `start` to `end` of the document's text.

    `page` and `locator` are where it begins in the file. `version_of` and `last_day` are there only where an
    old version is quoted: the document it is a version of, and the last day on which it applied.
    """

    mark: int
    clause_id: str
    document_id: str
    document_title: str
    document_number: str | None
    issuer: str | None
    heading_path: list[str]
    label: str
    quote: str
    start: int
    end: int
    sha256: str
    url: str
    in_force: bool
    effective_from: str | None
    expires_on: str | None
    kind: str
    version_of: str | None = None
    last_day: str | None = None


class ReviewedOut(BaseModel):
    """The reviewed answer (已审口径) that this is: approved by people for the question."""

    id: str
    question: str
    department: str
    reviewed_on: str | None
    expires_on: str | None


class AskReply(BaseModel):
    """An answer: template sentences and quotes, nothing else."""

    answer_id: str
    session_id: str
    session_started: bool
    status: Literal["answered", "not_stated", "out_of_scope", "clarify"]
    interpreted_as: str
    intent: str
    text: str
    markdown: str
    citations: list[CitationOut]
    confidence: float
    matched_terms: list[str]
    suggestions: list[str]
    options: list[str]
    disclaimer: str
    text_spoken: str
    text_chat: str
    reviewed: ReviewedOut | None = Field(None, description="经人工审核的口径；不是时为 null")


class HitOut(Placed):
    """A clause found; a clause of more than 500 code points comes as its best chunk."""

    clause_id: str
    document_id: str
    document_title: str
    heading_path: list[str]
    label: str
    text: str
    start: int
    end: int
    score: float
    matched_terms: list[str]


class SearchReply(BaseModel):
    """Hits, best first."""

    hits: list[HitOut]


class DocumentOut(Placed):
    """A document; null where its text does not say."""

    id: str
    file: str
    title: str
    number: str | None
    issuers: list[str]
    kind: str
    published_on: str | None
    effective_from: str | None
    expires_on: str | None
    region: str | None
    level: str | None
    sha256: str
    source_url: str | None


class OtherDocument(BaseModel):
    """Another document; `document_id` is null where it is not in the corpus."""

    document_id: str | None
    title: str | None
    number: str | None


class NamedDocument(OtherDocument):
    """Another document as the text names it, at code points `start` to `end`."""

    start: int
    end: int


class ReadFrom(BaseModel):
    """Where a value was read: code points `start` to `end` of the text, or outside it."""

    place: Literal["正文", "文件头", "文件信息"]
    start: int | None
    end: int | None
    text: str | None


class Corrected(BaseModel):
    """A value that an editor put in place of the one read."""

    read: str | list[str] | None
    value: str | list[str] | None
    editor: str
    day: str


class VersionOut(BaseModel):
    """A version of a document: its id, and on which days it answers; `answers` is false for one that only other metadata
    or another file told apart.
    """

    id: str
    sha256: str
    current: bool
    serves_from: str | None
    serves_until: str | None
    answers: bool


class VersionName(BaseModel):
    """Which version."""

    id: str
    sha256: str


class MarkOut(BaseModel):
    """Words of both versions, of the old one alone, or of the new one alone."""

    side: Literal["both", "old", "new"]
    text: str


class ChangeOut(BaseModel):
    """A clause that was added, removed or changed."""

    what: Literal["added", "removed", "changed"]
    old_clause: str | None
    new_clause: str | None
    label: str
    heading_path: list[str]
    marks: list[MarkOut]


class ChangeCounts(BaseModel):
    """How many clauses were added, removed, changed, or stayed the same."""

    added: int
    removed: int
    changed: int
    same: int


class DifferenceOut(BaseModel):
    """What differs between two versions, in the order of the text."""

    old: VersionName
    new: VersionName
    counts: ChangeCounts
    changes: list[ChangeOut]


class DocumentDetail(DocumentOut):
    """A document with where each value was read, what editors put right, and how it stands to others.

    `replaced_by` is the document that is in its place today, `replaced_from` the day on which it was first replaced.
    `version_of` is the document this is an old version of; `serves_from` and `serves_until` are the first and the last day on
    which this version answers, where others precede or follow it.
    """

    basis: str | None
    interprets: OtherDocument | None
    explained_by: list[str]
    repeals: list[NamedDocument]
    amends: list[NamedDocument]
    replaced_by: OtherDocument | None
    replaced_from: str | None
    version_of: str | None
    serves_from: str | None
    serves_until: str | None
    versions: list[VersionOut]
    read_from: dict[str, ReadFrom]
    corrected: dict[str, Corrected]


class DocumentList(BaseModel):
    """All documents, in corpus order."""

    documents: list[DocumentOut]


class ItemOut(BaseModel):
    """An entry of an enumeration inside a clause."""

    label: str
    start: int
    end: int
    text: str


class NeighbourOut(BaseModel):
    """The clause before or after."""

    id: str
    label: str
    text: str


class ClauseOut(Placed):
    """A clause with its words, its address and its neighbours."""

    id: str
    document_id: str
    document_title: str
    kind: str
    label: str
    address: list[str]
    heading_path: list[str]
    parent: str | None
    position: int
    start: int
    end: int
    sha256: str
    text: str
    items: list[ItemOut]
    previous: NeighbourOut | None
    next: NeighbourOut | None
    url: str


class StoreHealth(BaseModel):
    """How conversations are being kept."""

    state: Literal["ok", "degraded"]
    sentence: str


class WechatState(BaseModel):
    """Whether the WeChat channel is on; `missing` names the settings that are absent."""

    state: Literal["on", "off"]
    missing: list[str]
    sentence: str


class ReadyReply(BaseModel):
    """What is being served; `trouble` says why a newer index is not. For strangers the status alone."""

    status: Literal["ready"]
    documents: int | None = None
    clauses: int | None = None
    index_version: str | None = None
    notes: list[str] | None = None
    trouble: str | None = None
    store: StoreHealth | None = None
    wechat: WechatState | None = None


class FieldError(BaseModel):
    """One field at fault."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
