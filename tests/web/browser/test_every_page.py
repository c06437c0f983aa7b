"""Every page of the console, from its own route table, at the sizes it is made for: nothing cut, nothing too low to press."""

import re
from dataclasses import replace
from types import SimpleNamespace

import httpx2
import pytest

from app.clock import now
from app.corpus import Shelf, read_corpus
from app.index import Changes
from app.store import Calls, Gap, Gaps, Origin, Outcome, Role, csrf_of
from app.web.hotline.guard import COOKIE
from app.web.services import Intake
from tests.converse.approved import sameness
from tests.web.browser.conftest import outside, policy_breach
from tests.web.browser.reach import over_the_edge, too_low
from tests.web.browser.test_widget_access import AXE
from tests.web.hotline.conftest import PASSWORD
from tests.web.hotline.reviewing import fields, following, reviewing_services, stamp
from tests.web.test_server import served

RULES = "某市停车管理办法\n\n第一条 为规范停车秩序，制定本办法。\n第二条 首小时收费不超过五元。\n"
SIZES = {"wide": (1440, 900), "laptop": (1280, 720), "phone": (390, 844)}


@pytest.fixture(scope="module")
def office(chromium, tmp_path_factory):
    """A running console in which everything was done once: a call, a gap, a reviewed answer in two versions, an upload."""
    folder = tmp_path_factory.mktemp("pages")
    url = f"sqlite:///{folder}/desk.sqlite3"
    (folder / "corpus").mkdir()
    (folder / "corpus" / "old.txt").write_text("某市旧办法\n第一条 本办法供测试之用。\n", "utf-8")
    services = replace(reviewing_services(url), sameness=sameness())
    running = served(services, database_url=url, secret="a secret for the tests alone")
    with following(services), running as address, pytest.MonkeyPatch.context() as patch:
        for name, value in (("PASSES", 1), ("MEMORY", 8), ("LANES", 1)):
            patch.setattr(f"app.store.password.{name}", value)
        shelf = Shelf(folder / "corpus", lambda: read_corpus(folder / "corpus").documents)
        intake = Intake(shelf, lambda progress: Changes((), (), (), rebuilt=True))
        running.app.state.parts = replace(running.app.state.parts, intake=intake)
        held = running.app.state.console
        people = {
            role: held.people.add(
                role.value, PASSWORD, name=role.label, role=role, department="某区经信局", must_change=False
            )
            for role in Role
        }
        made = SimpleNamespace(
            address=address, held=held, token=lambda role: held.sign_ins.open(people[role])
        )
        made.known = _worked(made, people) | {"document_id": next(iter(services.snapshot.documents))}
        yield made


def _worked(office, people):
    """What fills the parameters of the routes."""
    calls, gaps = Calls(office.held.database), Gaps(office.held.database)
    call = calls.begin(people[Role.ADMIN], "首次贷款能享受什么支持？")
    calls.end(call.id, people[Role.ADMIN], Outcome.ANSWERED)
    for question in ("办公用房租金能补贴多少钱", "办公用房的租金补贴是多少"):
        gaps.record(Gap(question, "widget", now(), origin=Origin.NOT_STATED, status="not_stated"))
    with _client(office, Role.EDITOR) as editor, _client(office, Role.REVIEWER) as reviewer:
        editor.get("/hotline/gaps")  # gathers them
        address = editor.post("/hotline/reviewed", data=fields() | {"act": "submit"}).headers["location"]
        seen = stamp(reviewer.get(f"{address}/review"))
        reviewer.post(f"{address}/approve", data={"seen": seen, "acknowledged": "1"})
        latest = stamp(editor.get(f"{address}/edit"))
        editor.post(address, data=fields(similar="首贷怎么支持") | {"act": "submit", "seen": latest})
        file = {"file": ("停车管理办法.txt", RULES.encode())}
        upload = editor.post("/admin/documents/uploads", files=file).headers["location"]
    return {
        "call_id": call.id,
        "ticket_id": gaps.tickets()[0].id,
        "entry_id": address.rsplit("/", 1)[1],
        "publication_id": upload.split("?")[0].rsplit("/", 1)[1],
    }


def _client(office, role):
    token = office.token(role)
    headers = {"x-csrf-token": csrf_of(token), "origin": office.address, "accept": "text/html"}
    return httpx2.Client(base_url=office.address, cookies={COOKIE: token}, headers=headers, timeout=60)


def pages_of(office):
    """The address of every page that can be opened, and of the sign-in page."""
    filled = [
        re.sub(r"\{(\w+)(:path)?\}", lambda found: office.known.get(found[1], "none-such"), route.path)
        for route in office.held.routes
        if "GET" in route.methods
    ]
    with _client(office, Role.ADMIN) as client:
        html = [path for path in filled if "text/html" in client.get(path).headers.get("content-type", "")]
    return [*html, "/hotline/gaps?state=solved", "/admin/audit?since=2030-01-01"]


@pytest.fixture
def page(chromium, office):
    """A page of the administrator's; the test fails where it complained."""
    context = chromium.new_context(locale="zh-CN")
    context.add_cookies([{"name": COOKIE, "value": office.token(Role.ADMIN), "url": office.address}])
    opened, wrong = context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: policy_breach(message.text, wrong))
    opened.on("request", lambda request: outside(request.url, wrong))
    yield opened
    context.close()
    assert wrong == []


def every(page, office):
    """Opens one page after the other with all that it folds away, the sign-in page last; gives the address."""
    pages = pages_of(office)
    assert len(pages) > 20
    for path in [*pages, "/hotline/sign-in"]:
        if path == "/hotline/sign-in":
            page.context.clear_cookies()
        page.goto(office.address + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        yield path


def test_nothing_is_cut_on_any_page_and_on_a_phone_nothing_is_too_low_to_press(page, office):
    wrong = []
    for path in every(page, office):
        for name, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            wrong += [(path, name, each) for each in complaints(page, name)]
    assert wrong == []


def test_axe_finds_nothing_on_any_page_in_light_or_dark(page, office):
    run = "axe.run(document, {resultTypes: ['violations']})"
    wrong = []
    for path in every(page, office):
        page.evaluate(AXE)
        for look in ("light", "dark"):
            page.emulate_media(color_scheme=look)
            told = page.evaluate(
                f"{run}.then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))]))"
            )
            wrong += [(path, look, each) for each in told]
    assert wrong == []


def complaints(page, size):
    """What is wrong with the page that is open, and with each of its dialogs."""
    wrong = []
    for dialog in [None, *page.locator("dialog").all()]:
        if dialog is not None:
            dialog.evaluate("each => each.showModal()")
        wrong += over_the_edge(page)
        if size == "phone":
            wrong += too_low(page)
        if dialog is not None:
            dialog.evaluate("each => each.close()")
    return wrong
