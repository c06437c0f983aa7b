"""A console over the real corpus, whose reviewed answers come from its own database; and the steps people take in it."""

import re
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import httpx2

from app.answer import Renderer
from app.clock import today
from app.converse import Dialogue, ReviewedAnswers
from app.retrieve import Retriever
from app.settings import ROOT, Settings
from app.store import Reviewed
from app.web import Services
from tests.answer.desk import analyzer, encoder, huairou
from tests.converse.approved import clause_with, sameness

QUESTION = "首次贷款能享受什么支持？"
WORDS = "支持中小企业融资中的首次贷款"
HERE = ZoneInfo(Settings().timezone)


@lru_cache(maxsize=1)
def retriever():
    """Over the corpus; it learns how the words of the corpus are written, which takes longer than most tests."""
    return Retriever(huairou()[0], analyzer(), encoder())


def reviewing_services(url, snapshot=None):
    """Services over the corpus, and a book of reviewed answers in this database."""
    given, composer = huairou()
    answers = ReviewedAnswers(
        Reviewed.open(url), snapshot or given, Renderer(ROOT / "prompts"), analyzer(), sameness()
    )
    dialogue = Dialogue(composer, analyzer(), given, reviewed=answers)
    return Services(given, retriever(), dialogue, reviewed=answers)


@contextmanager
def following(services):
    """The services follow their book, as those of a running process do."""
    services.reviewed.watch.look()
    services.reviewed.watch.start()
    yield services
    services.reviewed.watch.close()


def next_year():
    """A day of next year, as forms have it, counted from today where the policies apply."""
    return str(today(HERE) + timedelta(days=300))


def fields(question=QUESTION, words=WORDS, **more):
    """A form that can be handed in."""
    return {
        "question": question,
        "similar": "首贷有哪些扶持",
        "counters": "首次贷款的利率是多少",
        "point": [clause_with(words).id],
        "spoken": "首次贷款有贴息和担保费支持。",
        "department": "某区经信局",
        "expires_on": next_year(),
    } | more


def stamp(page):
    """What the forms of a page say that their person has seen."""
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    return found[1] if found else ""


def drafted(client, act="submit", **more):
    """The address of a new entry."""
    made = client.post("/hotline/reviewed", data=fields(**more) | {"act": act})
    assert made.status_code == 303, made.text
    return made.headers["location"]


def approved(desk, **more):
    """The address of an entry that an editor drafted and a reviewer approved."""
    address = drafted(desk.editor, **more)
    seen = stamp(desk.reviewer.get(f"{address}/review"))
    done = desk.reviewer.post(f"{address}/approve", data={"seen": seen, "acknowledged": "1"})
    assert done.status_code == 303, done.text
    return address


def answered(desk, question=QUESTION):
    """What the services answer now."""
    return desk.app.state.parts.opening.services().dialogue.reply(question, as_of=today(HERE))


def answered_by(address, question):
    """Which entry a running server answers the question with."""
    asked = httpx2.post(f"{address}/api/v1/ask", json={"question": question})
    return asked.json()["reviewed"]
