"""JSON that can always be written: whatever reached us, a response is encodable."""

import json
from typing import TypeAlias

from starlette.responses import Response

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


def to_json(content: Json) -> bytes:
    """Compact JSON in UTF-8; a lone surrogate becomes “?”. Raises ValueError for NaN and infinities."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")


def json_response(content: Json, status: int = 200) -> Response:
    """A response of `application/json`."""
    return Response(to_json(content), status_code=status, media_type="application/json")
