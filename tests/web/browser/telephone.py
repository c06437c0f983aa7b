"""A clerk at the look-up of a town, in a real browser. A test file imports the three fixtures and has `office`, `clerk`, `desk`."""

from dataclasses import replace
from datetime import date
from itertools import count
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from app.store import Calls, Gaps, Role
from app.web.hotline.guard import COOKIE
from tests.web.browser.conftest import outside, policy_breach
from tests.web.hotline.texts import town
from tests.web.test_server import served

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module", name="office")
def office_of_town(chromium, tmp_path_factory):
    """The served town; `clerk()` is a new clerk each time, `calls` and `gaps` are its stores."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hotline')}/hotline.sqlite3"
    running = served(replace(town()), database_url=url, secret="a secret for the tests alone")
    with running as address, pytest.MonkeyPatch.context() as patch:
        # The cost of a password is not what is tested here.
        patch.setattr("app.store.password.PASSES", 1)
        patch.setattr("app.store.password.MEMORY", 8)
        patch.setattr("app.store.password.LANES", 1)
        running.app.state.parts.opening.services().dialogue.preview(
            "停车多久免费", session_id=None, as_of=date(2026, 1, 1), document_id=None, channel="hotline"
        )
        console = running.app.state.console
        numbers = count()

        def clerk():
            account = f"clerk{next(numbers)}"
            return console.people.add(
                account,
                "a long password 1",
                name="王敏",
                role=Role.CLERK,
                department="南屏热线",
                must_change=False,
            )

        yield SimpleNamespace(
            address=address,
            clerk=clerk,
            token=console.sign_ins.open,
            calls=Calls(console.database),
            gaps=Gaps(console.database),
        )


@pytest.fixture(name="clerk")
def new_clerk(office):
    """A clerk of this test alone."""
    return office.clerk()


@pytest.fixture(name="desk")
def desk_of_clerk(chromium, office, clerk):
    """Opens the look-up for the clerk, at a size; the test fails where the page itself complained."""
    complaints, contexts = [], []

    def opened(width=1440, height=900, path="/hotline", **more):
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, locale="zh-CN", **more)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_cookies([{"name": COOKIE, "value": office.token(clerk), "url": office.address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: policy_breach(message.text, complaints))
        page.on("request", lambda request: outside(request.url, complaints))
        page.set_default_timeout(30_000)
        page.goto(office.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def type_in(page, text):
    """As an input method does it: a few characters at a time."""
    for start in range(0, len(text), 2):
        page.keyboard.insert_text(text[start : start + 2])


def ask(page, text):
    """Type a question, press Enter, and wait for the answer."""
    type_in(page, text)
    page.keyboard.press("Enter")
    expect(page.locator("#option-answer .status")).not_to_be_empty()
    expect(page.locator("#list")).to_be_focused()


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")
