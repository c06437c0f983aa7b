"""A site of another origin that carries the widget, and what its tests say to the widget."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STRICT = "default-src 'self'; script-src 'self' {ours}; connect-src 'self' {ours}; frame-src {ours}; object-src 'none'; base-uri 'none'; require-trusted-types-for 'script'"


class Host:
    """Serves pages by path from a free port; each is (body, headers, type)."""

    def __init__(self, ours):
        self.ours = ours
        self.pages = {}
        self.site = ""
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body, headers, kind = pages.get(self.path.partition("?")[0], ("", {}, "text/plain"))
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def tag(self, **data):
        """The script tag, with data-… attributes."""
        data = {"site": self.site} | data
        shown = "".join(f' data-{name}="{escaped(value)}"' for name, value in data.items())
        return f'<script defer src="{self.ours}/widget.js"{shown}></script>'

    def page(self, path, inner, *, head="", policy="", script=""):
        """Put a page at a path; its address. `script` is a file of the page's own."""
        if script:
            self.pages[f"{path}.js"] = (script, {}, "text/javascript")
            head = f'<script src="{path}.js"></script>{head}'
        html = f"<!doctype html><html lang=zh-CN><head><meta charset=utf-8><title>园区</title>{head}</head><body><main><h1>园区</h1>{inner}</main></body></html>"
        headers = {"Content-Security-Policy": policy.format(ours=self.ours)} if policy else {}
        self.pages[path] = (html, headers, "text/html")
        return self.origin + path


def escaped(value):
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def open_widget(page):
    page.get_by_role("button", name="问政策").click()
    page.get_by_role("dialog").wait_for()


def ask(page, question):
    """Ask by typing, and wait for what comes of it."""
    before = page.locator("article.answer").count()
    page.get_by_label("您的问题").fill(question)
    page.get_by_label("您的问题").press("Enter")
    page.locator("article.answer").nth(before).wait_for()
    return page.locator("article.answer").nth(before)


def focused(page):
    """The element with the focus, inside the widget's root where it is there, as its text or label."""
    return page.evaluate(
        """() => { const outer = document.activeElement, inner = outer.shadowRoot && outer.shadowRoot.activeElement;
        return inner ? inner.getAttribute('aria-label') || inner.id || inner.textContent : outer.id || outer.tagName }"""
    )
