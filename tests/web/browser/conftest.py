"""A headless Chromium, where there is one: tests that need it skip with the reason where there is none."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.store import Access, Health, Site
from tests.web.browser.host import Host
from tests.web.corpus import tiny_services
from tests.web.test_server import served

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip
CHROMIUM = "/usr/bin/chromium"


def missing():
    """Why no browser test can run here, or None."""
    if not os.access(CHROMIUM, os.X_OK):
        return f"{CHROMIUM} is not installed (apt-get install chromium)"
    fonts = shutil.which("fc-list")
    found = subprocess.run([fonts, ":lang=zh"], capture_output=True, check=False).stdout if fonts else b""
    return None if found.strip() else "no Chinese font is installed (apt-get install fonts-noto-cjk)"


@pytest.fixture(scope="session")
def chromium():
    reason = missing()
    if reason:
        pytest.skip(reason)
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install .[test])"
    )
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page of 1280 x 900; the test fails where the page itself complained or reached outside."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: policy_breach(message.text, complaints))
    opened.on("request", lambda request: outside(request.url, complaints))
    opened.set_default_timeout(20_000)
    yield opened
    context.close()
    assert complaints == []


def policy_breach(text, complaints):
    if "Content Security Policy" in text:
        complaints.append(text)


def outside(url, complaints):
    if not url.startswith(("http://127.0.0.1:", "data:", "about:")):
        complaints.append(f"asked for {url}")


@pytest.fixture(scope="session")
def build():
    """The folder for screenshots."""
    folder = Path(__file__).resolve().parents[3] / "build"
    folder.mkdir(exist_ok=True)
    return folder


PICTURES = Path(__file__).resolve().parents[3] / "app" / "web" / "pictures"
COLOURS = 128  # enough for text and flat surfaces; a third of the bytes


@pytest.fixture(scope="session")
def picture(build):
    """Takes a screenshot into the build folder, and renews the one of that name in a README where one asks for it."""

    def taken(page, name):
        page.screenshot(path=build / f"{name}.png")
        if os.environ.get("ZHENGWEN_UPDATE_SCREENSHOTS") == "1":
            image = pytest.importorskip("PIL.Image").open(build / f"{name}.png").convert("RGB")
            image.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)

    return taken


class FakeStore:
    """Keeps what people said."""

    def __init__(self):
        self.said = []

    def feedback(self, feedback, session_id=None):
        self.said.append(feedback)

    def health(self):
        return Health("ok", "会话记录正常。")


@pytest.fixture(scope="session")
def desk(chromium, tmp_path_factory):
    """The services, their address, a host site of another origin that is registered, and the access to it all."""
    folder = tmp_path_factory.mktemp("widget")
    url = f"sqlite:///{folder}/access.sqlite3"
    services = replace(tiny_services(), store=FakeStore())
    settings = {"database_url": url, "secret": "a secret for the tests alone", "handoff_phone": "010-12345678",
                "handoff_hours": "工作日 9:00—17:00", "address_per_minute": 100_000, "session_per_minute": 100_000}  # fmt: skip
    running = served(services, **settings)
    with running as address, Host(address) as host:
        access = Access.open(url)
        host.site = access.add_site(Site("园区", (host.origin,), 1_000_000)).id
        yield SimpleNamespace(
            services=services,
            address=address,
            host=host,
            access=access,
            forget_sites=running.app.state.parts.admission.book.forget,
        )
        access.close()
