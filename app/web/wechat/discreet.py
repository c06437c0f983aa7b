"""Keeping addresses out of the logs: the HTTP client logs whole URLs, and WeChat wants secrets in them."""

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")
LOGGERS = ("httpx2", "httpcore2", "uvicorn.access")


class WithoutQueries(logging.Filter):
    """Replaces whatever follows a question mark in an address by three dots."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, without queries."""
        said = record.getMessage()
        if "?" in said:
            record.msg, record.args = _QUERY.sub("?…", said), None
        return True


def be_discreet() -> None:
    """Have the loggers of the HTTP client and server leave queries out; a second call changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, WithoutQueries) for each in logger.filters):
            logger.addFilter(WithoutQueries())
