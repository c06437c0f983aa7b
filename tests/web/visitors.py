"""Apps with a database of their own, and clients that come from elsewhere."""

from contextlib import contextmanager

from starlette.testclient import TestClient

from app.settings import Settings
from app.store import Access
from app.web import create_app

PUBLIC = "https://ask.example.gov.cn"
SECRET = "a secret for the tests alone"


@contextmanager
def public(services, folder, **settings):
    """An app and the access to its database."""
    url = f"sqlite:///{folder}/access.sqlite3"
    app = create_app(Settings(**{"database_url": url, "secret": SECRET} | settings), lambda: services)
    app.state.parts.opening.start()
    app.state.parts.opening.wait(10)
    access = Access.open(url)
    yield app, access
    access.close()
    app.state.parts.access.close()


def visitor(app, address="203.0.113.7", **headers):
    """A client at an address that is not this machine's."""
    return TestClient(
        app, PUBLIC, raise_server_exceptions=False, client=(address, 50000), headers=headers or None
    )


def at_home(app, base="http://127.0.0.1:8000", **headers):
    """A client on this machine."""
    return TestClient(
        app, base, raise_server_exceptions=False, client=("127.0.0.1", 50000), headers=headers or None
    )
