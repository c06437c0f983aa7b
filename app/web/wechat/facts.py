"""What the mini-program says of itself in headers. Recorded for whoever looks into a problem, never relied upon."""

import re
from collections.abc import Mapping

from app.web.asking import shorten

_REFERER = re.compile(r"https://servicewechat\.com/([A-Za-z0-9]{1,64})/([A-Za-z0-9._-]{1,32})/")
_PLAIN = ("x-wx-source", "x-wx-env", "x-wx-region")


def facts_of(headers: Mapping[str, str], appid: str, openid: str) -> dict[str, str]:
    """The facts by name. Of an openid that a header names only whether it is the person's: it is not to be kept."""
    referer = _REFERER.match(headers.get("referer", ""))
    found = {
        "referer": "absent" if referer is None else _same(referer[1], appid),
        "version": referer[2] if referer else "",
        "appid": _same(headers.get("x-wx-appid", ""), appid),
        "openid": _same(headers.get("x-wx-openid", ""), openid),
    }
    return found | {name: shorten(headers[name]) for name in _PLAIN if name in headers}


def _same(given: str, known: str) -> str:
    if not given:
        return "absent"
    return "match" if given == known else "other"
