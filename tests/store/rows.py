"""Turns for tests, and strategies that make all kinds of them."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from app.store import CitedSpan, Turn

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
SESSION = "会话-1"


def turn(question="注意事项有哪些？", **changed):
    values = {
        "session_id": SESSION,
        "answer_id": "a1",
        "question": question,
        "interpreted_as": question,
        "status": "answered",
        "intent": "notes",
        "citations": (CitedSpan("doc#1", 3, 14),),
        "confidence": 0.75,
        "index_version": "v1",
        "channel": "api",
        "latency_ms": 3.25,
        "created_at": NOW,
    }
    return Turn(**values | changed)


def asked(turns):
    return [turn.question for turn in turns]


def together(*works):
    """Run the works at the same time, each in a thread; what one raises is raised here."""
    failures, gate = [], threading.Barrier(len(works))

    def run(work):
        try:
            gate.wait()
            work()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


# No digits and no @: nothing to mask, so that what comes back must be what was given.
words = st.text(st.characters(exclude_categories=("Cs", "Nd"), exclude_characters="\0@＠\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # fmt: skip
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001  hypothesis takes its bounds without a zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
spans = st.builds(CitedSpan, words, st.integers(0, 2**40), st.integers(0, 2**40))
turns = st.builds(
    Turn,
    session_id=st.just(""),
    answer_id=words,
    question=words,
    interpreted_as=words,
    status=st.sampled_from(["answered", "not_stated", "out_of_scope", "clarify"]),
    intent=st.sampled_from(["support", "other"]),
    citations=st.lists(spans, max_size=4).map(tuple),
    confidence=st.floats(0, 1),
    index_version=words,
    channel=st.sampled_from(["widget", "hotline", "wechat", "api"]),
    latency_ms=st.floats(0, 1e6),
    created_at=moments,
    options=st.lists(words, max_size=3).map(tuple),
)


def in_session(said, session_id):
    """The turns as those of one session, numbered from 1, with ids of their own."""
    return [
        replace(turn, session_id=session_id, number=number, id=f"{session_id[-20:]}-{number}")
        for number, turn in enumerate(said, 1)
    ]
