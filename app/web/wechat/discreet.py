"""Keeping addresses out of the logs: the HTTP client logs whole URLs, and WeChat wants secrets in them."""

import logging
import re
from typing import Any

_QUERY = re.compile(r"\?[^\s\"']*")
LOGGERS = ("httpx2", "httpcore2", "uvicorn.access")


class WithoutQueries(logging.Filter):
    """Replaces whatever follows a question mark in an address by three dots."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without queries."""
        record.msg = _without(record.msg)
        if isinstance(record.args, tuple):
            # One by one: uvicorn's own formatter counts them.
            record.args = tuple(_without(each) for each in record.args)
        return True


def _without(value: Any) -> Any:
    """The value as text without queries, where it has one; otherwise as it is."""
    said = str(value)
    return _QUERY.sub("?…", said) if "?" in said else value


def be_discreet() -> None:
    """Have the loggers of the HTTP client and server leave queries out; a second call changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, WithoutQueries) for each in logger.filters):
            logger.addFilter(WithoutQueries())
