"""Log lines of a kind, once a second."""

import logging

from app.web.repeated import OncePerSecond


def test_a_line_of_a_kind_is_written_once_a_second_and_the_next_says_how_many_were_not(caplog):
    now = [0.0]
    logger = logging.getLogger("zhengwen.test-repeated")
    caplog.handler.addFilter(limit := OncePerSecond(clock=lambda: now[0]))
    try:
        for number in range(1000):
            logger.warning("stranger %d", number)
        logger.warning("another kind")
        now[0] = 1.5
        for number in range(2):
            _again(logger, number)
        now[0] = 3.0
        _again(logger, 7)
    finally:
        caplog.handler.removeFilter(limit)
    assert caplog.messages == ["stranger 0", "another kind", "again 0", "again 7 [1 more like this left out]"]


def _again(logger, number):
    logger.warning("again %d", number)
