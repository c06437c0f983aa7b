"""An app whose WeChat channel is on, with a fake WeChat behind it and answers that are known."""

import secrets
import uuid
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient

from app.clock import now
from app.converse import Reply
from app.settings import Settings
from app.store import CitedSpan, Store, Turn
from app.store.database import Database
from app.web import create_app
from scripts.fake_wechat import APPID, SECRET, as_xml, stamped

from ..corpus import FakeDialogue, tiny_services

PUSH_TOKEN = "PushTokenForTests0123"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SIGNING = "signing-secret-for-tests-0123456789abcdef"
SECRETS = (SECRET, PUSH_TOKEN, AES_KEY, SIGNING, "openid-", "session-key-of", "access-token-")


class Talk(FakeDialogue):
    """Answers like `FakeDialogue`, in a new session unless one is given, and records the turn as the real one does."""

    store: Store | None = None
    gate = None  # an event that each answer waits for

    def reply(self, utterance, **given):
        if self.gate is not None:
            self.gate.wait(30)
        given["session_id"] = given["session_id"] or f"s-{secrets.token_hex(6)}"
        reply = super().reply(utterance, **given)
        if self.store is not None:
            self.store.record(turn_of(utterance, reply, given["channel"]))
        return reply


def turn_of(utterance: str, reply: Reply, channel: str) -> Turn:
    answer = reply.answer
    return Turn(
        session_id=reply.session_id, answer_id=reply.answer_id, question=utterance,
        interpreted_as=answer.interpreted_as, status=answer.status, intent=answer.intent,
        citations=tuple(CitedSpan(c.clause_id, c.start, c.end) for c in answer.citations), confidence=0.9,
        index_version="v", channel=channel, latency_ms=1.0, created_at=now(),
    )  # fmt: skip


class Client(TestClient):
    """Sees to it that no secret goes out, except back to WeChat itself."""

    def request(self, method, url, **more):
        response = super().request(method, url, **more)
        if "/push" not in str(url):
            shown = response.text + str(response.headers)
            assert [secret for secret in SECRETS if secret in shown] == []
        return response


def settings_of(folder, fake, **more):
    given = {
        "database_url": f"sqlite:///{folder}/store.sqlite3", "spool": folder / "spool",
        "wechat_appid": APPID, "wechat_secret": SECRET, "wechat_signing_secret": SIGNING,
        "wechat_push_token": PUSH_TOKEN, "wechat_api": fake.url if fake else "http://127.0.0.1:9",
    }  # fmt: skip
    return Settings(**(given | more))


def services_of(store, answers=None):
    services = tiny_services()
    talk = Talk(services.dialogue.answers | (answers or {}))
    talk.store = store
    return replace(services, dialogue=talk, store=store)


@cache
def empty_database():
    """A database with its tables, as bytes: bringing one up to date takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        with closing(Database(f"sqlite:///{file}")) as database:
            database.prepare()
        return file.read_bytes()


@contextmanager
def office(folder, fake, answers=None, **more):
    """A client, its app and its dialogue."""
    settings = settings_of(folder, fake, **more)
    if not (folder / "store.sqlite3").exists():
        (folder / "store.sqlite3").write_bytes(empty_database())
    with Store.open(settings.database_url, spool=settings.spool) as store:
        services = services_of(store, answers)
        app = create_app(settings, lambda: services)
        app.state.parts.opening.start()
        app.state.parts.opening.wait(10)
        here = ("127.0.0.1", 50000)
        with Client(app, "http://127.0.0.1:8000", raise_server_exceptions=False, client=here) as client:
            client.talk, client.store, client.app_ = services.dialogue, store, app
            yield client


def login(client, name="anna", **more):
    """Headers of a person who is logged in."""
    response = client.post("/wechat/v1/login", json={"code": f"code-{name}.{uuid.uuid4().hex}"}, **more)
    assert response.status_code == 200, response.text
    return {"authorization": f"Bearer {response.json()['token']}"}


def pushed(client, fields, token=PUSH_TOKEN, **stamp):
    """The response to a message pushed in the clear."""
    query = stamped(token, **stamp)
    return client.post("/wechat/v1/push", params=query, content=as_xml(fields))
