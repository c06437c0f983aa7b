"""The shapes of the WeChat channel's requests and replies."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.web.schemas import DateText, DocumentOut, Identifier

Token = Annotated[str, Field(min_length=1, max_length=1024)]


class LoginRequest(BaseModel):
    """The code that `wx.login()` gave; it is good once, for five minutes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "0a1B2c3D"}]})

    code: Annotated[str, Field(min_length=1, max_length=128)] = Field(description="wx.login() 得到的 code")


class RefreshRequest(BaseModel):
    """A refresh token; it is good once."""

    refresh_token: Token = Field(description="登录时得到的 refresh_token，只能用一次")


class LoginReply(BaseModel):
    """Tokens of ours. `expires_in` is in seconds."""

    token: str
    refresh_token: str
    expires_in: int


class WechatAskRequest(BaseModel):
    """A question of a person who is logged in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "注意事项有哪些？"}]})

    question: str = Field(description="问题，最多 500 字")
    session_id: Identifier | None = Field(None, description="会话编号：上一次答复给出的，用于追问")
    as_of: DateText | None = Field(None, description="按哪一天的有效文件作答（默认今天）")
    document_id: Identifier | None = Field(None, description="只在这份文件中查找")


class WechatFeedbackRequest(BaseModel):
    """What a person thinks of an answer."""

    answer_id: Identifier = Field(description="答复编号")
    helpful: bool = Field(description="是否有用")
    reason: Annotated[str, Field(max_length=100)] | None = Field(None, description="原因")
    comment: Annotated[str, Field(max_length=1000)] | None = Field(None, description="补充说明")


class Accepted(BaseModel):
    """It was taken."""

    accepted: bool


class PastCitation(BaseModel):
    """Where a citation stood: code points of its document's text."""

    clause_id: str
    start: int
    end: int


class PastTurn(BaseModel):
    """A question asked before. `asked_at` is in ISO 8601, UTC."""

    answer_id: str
    session_id: str
    question: str
    interpreted_as: str
    status: str
    intent: str
    citations: list[PastCitation]
    asked_at: str


class HistoryReply(BaseModel):
    """Questions, the latest first."""

    turns: list[PastTurn]


class Forgotten(BaseModel):
    """How many sessions and questions were removed."""

    sessions: int
    turns: int


class DocumentClause(BaseModel):
    """A clause on a document's page."""

    id: str
    kind: str
    label: str
    level: int
    text: str


class DocumentPage(DocumentOut):
    """A document and some of its clauses; `next` is the offset of those that follow, null at the end."""

    clauses: list[DocumentClause]
    total: int
    next: int | None
