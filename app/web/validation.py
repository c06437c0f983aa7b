"""What pydantic finds wrong with a request, as Chinese sentences, one for each field."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.web.problems import Problem, http_problem

NAMES = {
    "question": "问题",
    "query": "检索内容",
    "session_id": "会话编号",
    "as_of": "日期",
    "document_id": "文件编号",
    "channel": "来源渠道",
    "limit": "返回条数",
    "answer_id": "答复编号",
    "helpful": "有没有用",
    "reason": "原因",
    "comment": "意见",
    "site": "站点编号",
    "said": "已告知",
    "notes": "备注",
    "outcome": "通话结果",
}
_KINDS = {
    "missing": "没有填写，请补上",
    "string_type": "应为文字（字符串）",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
}


def validation_problem(found: Sequence[Mapping[str, Any]]) -> Problem:
    """A problem (422) that names each field once and never repeats what was sent."""
    faults = [{"field": field_of(error), "message": message_of(error)} for error in found[:20]]
    return http_problem(422, "".join(fault["message"] for fault in faults), errors=faults)


def field_of(error: Mapping[str, Any]) -> str:
    """The name of the field at fault, or “body” for the whole."""
    names = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    # The last part wins; /search has a field that is itself called “query”.
    return names[-1] if names else str(error["loc"][-1])


def message_of(error: Mapping[str, Any]) -> str:
    """The Chinese sentence for one error."""
    field = field_of(error)
    if field == "body":
        return '请求体应为一个 JSON 对象，如 {"question": "注意事项有哪些？"}。'
    return f"{field}（{NAMES.get(field, '字段')}）{_expected(error)}。"


def _expected(error: Mapping[str, Any]) -> str:
    limits = error.get("ctx", {})
    kind = error["type"]
    if kind in ("greater_than_equal", "less_than_equal"):
        return "应在 1 到 50 之间"
    if kind == "string_too_long":
        return f"太长，最多 {limits.get('max_length')} 个字符"
    if kind == "literal_error":
        return "只能是 widget、hotline、wechat 或 api"
    return _KINDS.get(kind, "写法不对，请按接口说明填写")
