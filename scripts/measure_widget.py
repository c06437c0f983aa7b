"""How soon the widget is there, and how soon it shows an answer: a real browser against a server that runs already.

    .venv/bin/python scripts/measure_widget.py [--url http://127.0.0.1:8000] [--runs 9] [--max-ready-ms 150] [--max-answer-ms 300]

Ready: from the page's load event to the bubble on the page (0 where it was there before). Answer: from the Enter key
to the frame in which the answer is painted. Medians and worst of the runs, each in a fresh profile; with a limit the
exit status is 1 where the median goes past it.
"""

import argparse
import statistics
import sys
import urllib.request

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
QUESTION = "扶持办法的注意事项有哪些？"
BUDGET = 40 * 1024  # bytes

WATCH_READY = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("zhengwen-chat")) return;
  window.readyAt = performance.now();
  watch.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
WATCH_ANSWER = """() => {
  const root = document.querySelector("zhengwen-chat").shadowRoot;
  root.querySelector("textarea").addEventListener("keydown", (event) => (window.askedAt = event.timeStamp), true);
  new MutationObserver((_, watch) => {
    if (!root.querySelector("article.answer")) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.paintedAt = performance.now())));
  }).observe(root, { childList: true, subtree: true });
}"""


def measure(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds until the widget is ready, and until its first answer is painted."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH_READY)
    page.goto(f"{url}/demo")
    page.wait_for_function(
        "() => window.readyAt && performance.getEntriesByType('navigation')[0].loadEventEnd"
    )
    ready = page.evaluate("readyAt - performance.getEntriesByType('navigation')[0].loadEventEnd")
    page.get_by_role("button", name="问政策").click()
    page.evaluate(WATCH_ANSWER)
    page.get_by_label("您的问题").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.paintedAt")
    answer = page.evaluate("paintedAt - askedAt")
    context.close()
    return max(0.0, float(ready)), float(answer)


def main() -> int:
    """Measure and print; 1 where a limit was passed."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--max-ready-ms", type=float, default=float("inf"))
    options.add_argument("--max-answer-ms", type=float, default=float("inf"))
    given = options.parse_args()
    url = str(given.url).rstrip("/")
    with urllib.request.urlopen(f"{url}/widget.js") as response:
        size = len(response.read())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        runs = [measure(browser, url) for _ in range(max(1, given.runs))]
        browser.close()
    ready, answer = ([run[place] for run in runs] for place in (0, 1))
    print(f"组件大小      {size / 1024:.1f} KiB（上限 {BUDGET // 1024} KiB）")
    print(f"页面载入到可用  中位 {statistics.median(ready):.0f} ms，最慢 {max(ready):.0f} ms")
    print(f"回车到显示答复  中位 {statistics.median(answer):.0f} ms，最慢 {max(answer):.0f} ms")
    late = statistics.median(ready) > given.max_ready_ms or statistics.median(answer) > given.max_answer_ms
    return int(late or size > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
