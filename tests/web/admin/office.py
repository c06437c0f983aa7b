"""A desk where files are brought in, and what people do there."""

import re
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.corpus import Shelf, read_corpus
from app.errors import CorpusEmpty
from app.index import Changes
from app.store import Publications
from app.web.services import Intake
from tests.web.hotline.conftest import desk_of

RULES = "某市停车管理办法\n\n第一条 为规范停车秩序，制定本办法。\n第二条 首小时收费不超过五元。\n\n某市人民政府\n2025年4月1日\n"
UPLOAD = "/admin/documents/uploads"


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "old.txt").write_text("某市旧办法\n第一条 本办法供测试之用。\n", "utf-8")
    return folder


@pytest.fixture
def office(services, url, corpus, monkeypatch):
    """A desk with a way in; `built` counts how often the index was brought up to date, `changes` is what that tells, `fails` makes it fail."""
    changes = Changes(("某市停车管理办法",), (), (), rebuilt=True)
    made = SimpleNamespace(corpus=corpus, built=0, fails=None, changes=changes)

    def build(progress):
        progress("划分条款", 1, 2)
        if made.fails is not None:
            raise made.fails
        made.built += 1
        return made.changes

    def served():
        try:
            return read_corpus(corpus).documents
        except CorpusEmpty:
            return ()

    with desk_of(services, url, file_limit=200_000) as desk:
        desk.app.state.parts = replace(
            desk.app.state.parts, intake=Intake(Shelf(corpus, served, 200_000), build)
        )
        made.desk = desk
        yield made
        settle()


def settle():
    for thread in threading.enumerate():
        if thread.name.startswith("publish-"):
            thread.join(20)


def send(client, text=RULES, name="停车管理办法.txt", **data):
    content = text.encode() if isinstance(text, str) else text
    return client.post(UPLOAD, files={"file": (name, content)}, data=data)


def publish(client, address, seen=None):
    return client.post(f"{address}/publish", data={"seen": stamp(client, address) if seen is None else seen})


def stamp(client, address):
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(address).text)
    return found[1] if found else ""


def waiting(office):
    return Publications(office.desk.console.database).waiting()
