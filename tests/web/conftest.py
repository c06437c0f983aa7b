import pytest
from starlette.testclient import TestClient

from app.settings import Settings
from app.web import create_app

from .corpus import tiny_services

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def services():
    return tiny_services()


@pytest.fixture
def client(services):
    with serving(services) as opened:
        yield opened


def serving(services, **settings):
    """A client whose app has opened its services."""
    app = create_app(Settings(**settings), lambda: services)
    app.state.parts.opening.start()
    app.state.parts.opening.wait(10)
    return TestClient(app, HERE, raise_server_exceptions=False, client=("127.0.0.1", 50000))
