"""What a request means before the dialogue or the retriever gets it: the day, the document, the channel."""

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app import clock
from app.errors import BlankQuestion, InvalidDate, InvalidSetting, QuestionTooLong
from app.web.services import Snapshot

QUESTION_LIMIT = 500  # code points
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Says which day it is where the policies apply."""

    zone: ZoneInfo

    def today(self) -> date:
        """The present day in the zone."""
        return clock.today(self.zone)

    def day(self, text: str | None) -> date:
        """The day written YYYY-MM-DD, or today where none is given. Raises `InvalidDate`."""
        return self.today() if text is None or text == "" else parse_day(text)


def calendar(timezone: str) -> Calendar:
    """The calendar of a time zone. Raises `InvalidSetting` for a name that is no zone."""
    try:
        return Calendar(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSetting(
            f"ZHENGWEN_TIMEZONE 的值“{timezone}”不是可用的时区，请改为 Asia/Shanghai 这样的时区名。"
        ) from None


def parse_day(text: str) -> date:
    """The calendar day written YYYY-MM-DD. Raises `InvalidDate`."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # such as 2025-02-30: the right form, no such day
    raise InvalidDate(f"日期“{shorten(text)}”不存在或写法不对，请写成 2025-01-31 这样的公历日期。")


def chosen_document(snapshot: Snapshot, document_id: str | None) -> str | None:
    """The id where one is given and known. Raises `DocumentNotFound`."""
    return snapshot.document(document_id).id if document_id else None


def checked_query(query: str) -> str:
    """The query, if there is something to look for. Raises `BlankQuestion` and `QuestionTooLong`."""
    if len(query) > QUESTION_LIMIT:
        raise QuestionTooLong(f"检索内容有 {len(query)} 字，超过 {QUESTION_LIMIT} 字的上限，请删减后再试。")
    if not any(character.isalnum() for character in query):
        raise BlankQuestion("检索内容里没有文字或数字，请写下要找的内容。")
    return query


def shorten(text: str, length: int = 40) -> str:
    """The text on one line, cut after `length` code points: what people sent is never echoed whole."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= length else line[:length] + "…"
