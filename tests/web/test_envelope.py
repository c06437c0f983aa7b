import re

import pytest

from app.web.envelope import SECURITY_HEADERS, inside

from .conftest import serving

EVERYWHERE = ["/", "/?q=甲", "/documents", "/documents/new-energy", "/docs", "/healthz", "/readyz", "/metrics",
              "/openapi.json", "/api/v1/documents", "/static/page.css", "/none", "/api/v1/ask"]  # fmt: skip


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_response_carries_security_headers_and_an_id(client, path):
    response = client.get(path)
    assert set(SECURITY_HEADERS) <= {name for name in SECURITY_HEADERS if name in response.headers}
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


def test_only_the_interface_page_may_set_styles_of_its_own(client):
    loose = [path for path in EVERYWHERE if "unsafe" in client.get(path).headers["content-security-policy"]]
    assert loose == ["/docs"]


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2_3", True), ("a" * 65, False), ("a b", False), ("甲", False)]
)
def test_an_id_given_by_the_caller_is_kept_where_it_is_plain(client, given, kept):
    response = client.get("/healthz", headers={b"x-request-id": given.encode()})
    assert (response.headers["x-request-id"] == given) is kept


def test_metrics_count_by_route_and_never_by_path(client):
    client.get("/api/v1/documents/new-energy")
    client.get("/secret-path")
    client.post("/api/v1/ask", json={"question": "甲"})
    client.get("/?q=补贴多少钱")
    client.request("BREW", "/")
    text = client.get("/metrics").text
    assert 'route="/api/v1/documents/{document_id}",status="200"} 1.0' in text
    assert 'route="unmatched",status="404"} 1.0' in text
    assert 'method="other"' in text
    assert "BREW" not in text
    assert "secret-path" not in text
    assert 'zhengwen_answers_total{status="answered"} 1.0' in text
    assert 'zhengwen_answers_total{status="not_stated"} 1.0' in text
    assert "zhengwen_documents 1.0" in text
    assert "zhengwen_clauses 7.0" in text
    assert 'zhengwen_http_request_seconds_bucket{le="0.05",route="/api/v1/ask"}' in text


def test_the_interface_page_and_its_files_come_from_here(client):
    page = client.get("/docs").text
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(file.startswith("/") for file in files)
    assert all(client.get(file).status_code == 200 for file in files)


def test_the_description_names_every_endpoint_of_the_contract(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {f"/api/v1/{name}" for name in ("ask", "ask/stream", "search", "documents")} <= set(paths)
    schema = client.get("/openapi.json").text
    assert "HTTPValidationError" not in schema


def test_over_tls_a_browser_is_told_to_stay_there_and_elsewhere_it_is_not(services, client):
    assert "strict-transport-security" not in client.get("/healthz").headers
    with serving(services, base_url="https://ask.example.gov.cn") as behind_a_proxy:
        assert behind_a_proxy.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"
    client.base_url = "https://127.0.0.1:8000"
    assert client.get("/healthz").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "path", ["/documents/", "/hotline/", "//evil.example/..//documents/", "/documents/?q=甲"]
)
def test_a_redirect_leads_to_a_path_of_this_server_whatever_the_host_says(client, path):
    response = client.get(path, headers={"host": "evil.example"}, follow_redirects=False)
    where = response.headers.get("location", "/")
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))


def test_a_place_is_made_a_path_and_a_path_stays():
    assert inside("http://evil.example/documents?q=1") == "/documents?q=1"
    assert inside("http://evil.example//other.example/x") == "/other.example/x"
    assert inside("//evil.example/x") == "/x"
    assert inside("/hotline/sign-in?next=/hotline") == "/hotline/sign-in?next=/hotline"
