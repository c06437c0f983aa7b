"""The whole product: `python -m app serve` on the policy text that comes with it, asked in a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from .host import ask, open_widget

ROOT = Path(__file__).resolve().parents[3]
QUESTION = "扶持办法的注意事项有哪些？"
PICTURES = ROOT / "app" / "web" / "pictures"
LOOKS = {
    "desktop": {"viewport": {"width": 1180, "height": 780}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "dark": {"viewport": {"width": 1180, "height": 780}, "color_scheme": "dark"},
    "large": {"viewport": {"width": 960, "height": 700}},
}
READY_WITHIN = 300  # seconds; the first start builds the index


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    """The address of a server of our own, ended by its process id."""
    folder = tmp_path_factory.mktemp("serve")
    port = free_port()
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--index", str(folder / "index")]
    kept = {
        "ZHENGWEN_DATABASE_URL": f"sqlite:///{folder}/store.sqlite3",
        "ZHENGWEN_SPOOL": str(folder / "spool"),
    }
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=os.environ | kept) as process,
    ):
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def test_a_question_leads_to_its_quote_in_the_official_text(page, address, build):
    page.goto(address)
    page.get_by_label("您的问题").fill(QUESTION)
    page.get_by_role("button", name="提问").click()
    page.locator('.turn[data-status="answered"]').wait_for()
    page.screenshot(path=build / "page.png")
    quote = page.locator(".source .quote").first.inner_text()
    page.locator(".source .original").first.click()
    page.locator("mark#quote").wait_for()
    marked = "".join(page.locator("mark").all_inner_texts())
    assert "".join(marked.split()) == "".join(quote.split())
    assert page.locator("mark#quote").is_visible()
    page.screenshot(path=build / "document.png")
    if os.environ.get("ZHENGWEN_UPDATE_SCREENSHOTS") == "1":
        shutil.copyfile(build / "page.png", PICTURES / "page.png")


def test_each_quote_is_the_text_between_its_offsets(address):
    answer = httpx2.post(f"{address}/api/v1/ask", json={"question": QUESTION}).json()
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        text = httpx2.get(f"{address}/api/v1/documents/{citation['document_id']}/text").content.decode()
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_every_example_on_the_page_is_answered(page, address):
    page.goto(address)
    examples = page.locator("#examples button").all_inner_texts()
    assert examples
    for example in examples:
        answer = httpx2.post(f"{address}/api/v1/ask", json={"question": example}).json()
        assert answer["status"] == "answered", example


@pytest.mark.parametrize("name", LOOKS)
def test_the_widget_on_the_demonstration_page_in_every_look(chromium, address, build, name):
    """Also takes the pictures of the README pages, when asked to."""
    context = chromium.new_context(**LOOKS[name])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{address}/demo")
    open_widget(page)
    if name == "large":
        page.get_by_role("button", name="大字版").click()
    answer = ask(page, "首次贷款是什么意思？" if name == "dark" else QUESTION)
    assert answer.get_attribute("data-status") == "answered"
    quote = answer.locator(".quote p").first.inner_text()
    citation = httpx2.post(
        f"{address}/api/v1/ask", json={"question": page.locator(".you").inner_text()}
    ).json()
    assert "".join(quote.split()) == "".join(citation["citations"][0]["quote"].split())
    if name in ("dark", "large"):
        answer.get_by_role("button", name="查看引文 1").click()
        page.locator(".drawer mark").wait_for()
    settle(page)
    page.screenshot(path=build / f"widget-{name}.png")
    context.close()
    if os.environ.get("ZHENGWEN_UPDATE_SCREENSHOTS") == "1":
        shutil.copyfile(build / f"widget-{name}.png", PICTURES / f"widget-{name}.png")


def test_the_pictures_of_the_widget_are_small():
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("widget-*.png")}
    assert set(sizes) == {f"widget-{name}.png" for name in LOOKS}
    assert {name: size for name, size in sizes.items() if size > 200 * 1024} == {}


def settle(page):
    """Wait until nothing moves; the pointer goes where it changes nothing."""
    page.mouse.move(1, 1)
    page.wait_for_function(
        "() => document.querySelector('zhengwen-chat').shadowRoot.getAnimations().length === 0"
    )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def wait_until_ready(address, process, log):
    for _ in range(READY_WITHIN * 4):
        if process.poll() is not None:
            pytest.fail(f"serve ended with {process.returncode}:\n{log.read_text(errors='replace')[-3000:]}")
        try:
            if httpx2.get(f"{address}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass  # it does not listen yet
        time.sleep(0.25)
    pytest.fail(f"not ready after {READY_WITHIN} s:\n{log.read_text(errors='replace')[-3000:]}")
