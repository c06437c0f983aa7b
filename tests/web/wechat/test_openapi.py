"""Requests made up from the OpenAPI description, well-formed and not: nothing is answered with a 5xx."""

import warnings

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from app.settings import Settings
from app.web import create_app
from scripts.fake_wechat import FakeWechat, stamped

from .office import PUSH_TOKEN, login, office

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.generation import GenerationMode

EXAMPLES = 15  # of each kind for each operation: under a minute in all
FEW = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
DESCRIBED = create_app(Settings(), lambda: pytest.fail("nothing is opened here")).openapi()
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = [(method, path) for path, methods in DESCRIBED["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def on(tmp_path_factory):
    """An app with the channel on, and the headers of a person."""
    folder = tmp_path_factory.mktemp("openapi")
    with FakeWechat() as fake, office(folder, fake, wechat_person_per_day=0, wechat_per_day=0) as client:
        yield client, login(client)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["well-formed", "malformed"]
)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_is_answered_with_a_5xx(method, path, mode, on):
    client, headers = on

    @FEW
    @given(SCHEMA[path][method].as_strategy(generation_mode=mode))
    def ask(case):
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
        sent["headers"] = {**(sent.get("headers") or {}), **headers}
        if "data" in sent:
            sent["content"] = sent.pop("data")
        sent.pop("cookies", None)
        if path == "/wechat/v1/push":
            # With a good signature: what lies behind it is to be reached too.
            sent["params"] = {**(sent.get("params") or {}), **stamped(PUSH_TOKEN)}
        response = client.request(**sent)
        assert response.status_code < 500, response.text

    try:
        ask()
    except Unsatisfiable:
        # An operation without a body or a query cannot be called wrongly.
        assert mode is GenerationMode.NEGATIVE
