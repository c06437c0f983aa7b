import logging

import pytest

from scripts.fake_wechat import FakeWechat

from .office import SECRETS, office


class Listener(logging.Handler):
    """Writes down whatever is logged, as it would be written, tracebacks too."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def logged():
    """All that is logged in a test, at the finest level; after it, no secret may be there."""
    listener, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield listener.lines
    root.setLevel(before)
    root.removeHandler(listener)
    assert [line for line in listener.lines if any(secret in line for secret in SECRETS)] == []


@pytest.fixture
def fake():
    with FakeWechat() as running:
        yield running


@pytest.fixture
def client(tmp_path, fake):
    with office(tmp_path, fake) as opened:
        yield opened
