import pytest
from limits.errors import StorageError

from app.errors import InvalidSetting, StoreUnavailable, TooManyRequests
from app.store import Access, Site
from app.web import admission as admission_module
from app.web.admission import Book, needs
from app.web.rates import Rates
from app.web.tokens import Tokens, open_tokens
from app.web.whence import read_proxies

from .corpus import tiny_services
from .visitors import PUBLIC, at_home, public, visitor

ASK = {"question": "注意事项有哪些？"}
HOST = "https://www.park.example.cn"


@pytest.fixture
def opened(tmp_path):
    with public(tiny_services(), tmp_path) as (app, access):
        yield app, access


@pytest.fixture
def site(opened):
    return opened[1].add_site(Site("园区", (HOST, "https://*.below.example.cn"), 1000))


def token_of(app, site, origin=HOST, **more):
    response = visitor(app, origin=origin, **more).post("/api/v1/session", json={"site": site.id})
    assert response.status_code == 200, response.text
    return response.json()["token"]


def test_this_machine_asks_without_a_key(opened):
    for base in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "http://0.0.0.0:80"):
        assert at_home(opened[0], base).post("/api/v1/ask", json=ASK).status_code == 200
    assert at_home(opened[0], origin="http://127.0.0.1:8000").post("/api/v1/ask", json=ASK).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/documents", "/metrics", "/api/v1/clauses/new-energy:1", "/api/v1/nothing"]
)
def test_another_machine_is_told_to_bring_a_key(opened, path):
    response = visitor(opened[0]).get(path)
    assert (response.status_code, response.json()["code"]) == (401, "key_required")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert visitor(opened[0]).post("/api/v1/ask", json=ASK).status_code == 401


def test_what_is_not_truly_this_machine_is_another(opened):
    """A proxy's visitor, a rebound name, a stranger's page: all of them come from a loopback address."""
    app = opened[0]
    for headers in ({"x-forwarded-for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}, {"x-real-ip": "::1"},
                    {"host": "evil.example"}, {"host": "localhost.evil.example"}, {"origin": "https://evil.example"},
                    {"origin": "null"}, {"origin": "http://127.0.0.1:9000"}):  # fmt: skip
        assert at_home(app, **headers).post("/api/v1/ask", json=ASK).status_code == 401, headers


def test_behind_a_trusted_proxy_even_a_bare_request_is_from_elsewhere(tmp_path):
    with public(tiny_services(), tmp_path, trusted_proxies="127.0.0.1, 10.0.0.0/8", address_per_minute=2) as (
        app,
        access,
    ):
        assert at_home(app).post("/api/v1/ask", json=ASK).status_code == 401
        site = access.add_site(Site("园区", (HOST,), 100))
        first = {"x-forwarded-for": "198.51.100.1, 10.1.1.1"}
        spoofed = {"x-forwarded-for": "9.9.9.9, 198.51.100.1"}
        for headers in (first, spoofed):
            assert (
                at_home(app, origin=HOST, **headers)
                .post("/api/v1/session", json={"site": site.id})
                .is_success
            )
        # The same visitor, whatever else the header claims: the proxy wrote the last part.
        refused = at_home(app, origin=HOST, **spoofed).post("/api/v1/session", json={"site": site.id})
        assert refused.status_code == 429
        other = {"x-forwarded-for": "198.51.100.2"}
        assert at_home(app, origin=HOST, **other).post("/api/v1/session", json={"site": site.id}).is_success


def test_a_proxy_that_writes_a_port_behind_the_address_does_not_make_each_connection_a_new_visitor(tmp_path):
    with public(tiny_services(), tmp_path, trusted_proxies="10.0.0.1", address_per_minute=2) as (app, access):
        site = access.add_site(Site("园区", (HOST,), 100))
        for written in ("198.51.100.1:{}", "[2001:db8::7]:{}"):
            seen = [
                visitor(app, "10.0.0.1", **{"x-forwarded-for": written.format(port), "origin": HOST})
                .post("/api/v1/session", json={"site": site.id})
                .status_code
                for port in (4001, 4002, 4003)
            ]
            assert seen == [200, 200, 429]


def test_a_setting_opens_the_interface_to_all_within_the_limit_of_an_address(tmp_path):
    with public(tiny_services(), tmp_path, open_to_all=True, address_per_minute=3) as (app, _):
        seen = [visitor(app).post("/api/v1/ask", json=ASK).status_code for _ in range(4)]
        assert seen == [200, 200, 200, 429]
        assert visitor(app, "203.0.113.8").post("/api/v1/ask", json=ASK).status_code == 200
        assert [visitor(app, f"2001:db8::{n}").post("/api/v1/ask", json=ASK).status_code for n in range(4)][
            -1
        ] == 429


def test_a_key_opens_what_it_is_for(opened):
    app, access = opened
    key, secret = access.add_key("热线", ("ask", "search"), 1000)
    client = visitor(app, authorization=f"Bearer {secret}")
    assert client.post("/api/v1/ask", json=ASK).status_code == 200
    assert client.post("/api/v1/search", json={"query": "技改"}).status_code == 200
    response = client.get("/api/v1/documents")
    assert (response.status_code, response.json()["code"]) == (403, "scope_not_allowed")
    assert "热线" in response.json()["detail"]
    wrong = visitor(app, authorization=f"Bearer {secret[:-2]}zz").post("/api/v1/ask", json=ASK)
    assert (wrong.status_code, secret in wrong.text) == (401, False)
    access.revoke_key(key.id)
    app.state.parts.admission.book.forget()
    assert client.post("/api/v1/ask", json=ASK).status_code == 401


def test_a_key_has_a_limit_of_its_own_that_says_when_to_come_again(opened):
    app, access = opened
    _, secret = access.add_key("热线", ("ask",), 2)
    client = visitor(app, authorization=f"Bearer {secret}")
    seen = [client.post("/api/v1/ask", json=ASK) for _ in range(3)]
    assert [each.status_code for each in seen] == [200, 200, 429]
    assert 1 <= int(seen[2].headers["Retry-After"]) <= 60
    assert seen[2].json()["code"] == "too_many_requests"
    assert "2 次" in seen[2].json()["detail"]
    assert "秒后再试" in seen[2].json()["detail"]


def test_the_widget_of_a_site_asks_with_a_token_that_is_good_for_little_else(opened, site):
    app = opened[0]
    client = visitor(app, origin=HOST, authorization=f"Bearer {token_of(app, site)}")
    response = client.post("/api/v1/ask", json=ASK)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == HOST
    assert "Origin" in response.headers["Vary"]
    assert client.get("/api/v1/clauses/new-energy:5").status_code == 200
    for refused in (
        client.post("/api/v1/search", json={"query": "技改"}),
        client.get("/api/v1/documents"),
        client.get("/metrics"),
    ):
        assert refused.status_code == 403


def test_an_origin_that_the_site_has_not_named_gets_no_session_and_may_read_why(opened, site):
    app, access = opened
    empty = access.add_site(Site("空", (), 10))
    for site_id, origin in ((site.id, "https://evil.example"), (site.id, "null"), (site.id, HOST + ".evil.cn"),
                            (empty.id, HOST), ("site-unknown", HOST)):  # fmt: skip
        response = visitor(app, origin=origin).post("/api/v1/session", json={"site": site_id})
        assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")
        assert response.headers["Access-Control-Allow-Origin"] == origin
    assert visitor(app).post("/api/v1/session", json={"site": site.id}).status_code == 403
    assert visitor(app, origin=HOST).post("/api/v1/session", json={}).status_code == 401


def test_a_token_serves_the_origin_it_was_given_to_and_is_void_when_old_forged_or_of_a_revoked_site(
    opened, site, monkeypatch
):
    app, access = opened
    token = token_of(app, site, "https://a.below.example.cn")
    elsewhere = visitor(app, origin=HOST, authorization=f"Bearer {token}")
    assert elsewhere.post("/api/v1/ask", json=ASK).status_code == 403
    forged = Tokens("another secret altogether").issue(site.id, HOST)
    for bad in (forged, token[:-1], "", "x.y.z", "Ä"):
        headers = {"origin": HOST, "authorization": f"Bearer {bad}".encode("latin-1")}
        response = visitor(app).post("/api/v1/ask", json=ASK, headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "token_expired")
    monkeypatch.setattr("app.web.tokens.LIFETIME", -1)
    old = visitor(app, origin="https://a.below.example.cn", authorization=f"Bearer {token}")
    assert old.post("/api/v1/ask", json=ASK).status_code == 401
    monkeypatch.undo()
    access.revoke_site(site.id)
    app.state.parts.admission.book.forget()
    assert old.post("/api/v1/ask", json=ASK).status_code == 403


def test_a_site_has_so_many_questions_a_day_and_a_session_so_many_a_minute(tmp_path):
    with public(tiny_services(), tmp_path, session_per_minute=2, address_per_minute=100) as (app, access):
        site = access.add_site(Site("园区", (HOST,), 3))
        seen = []
        for _ in range(2):
            client = visitor(app, origin=HOST, authorization=f"Bearer {token_of(app, site)}")
            seen.append([client.post("/api/v1/ask", json=ASK) for _ in range(3)])
        assert [[each.status_code for each in some] for some in seen] == [[200, 200, 429], [200, 429, 429]]
        assert "一次会话" in seen[0][2].json()["detail"]
        assert "每天最多 3 次" in seen[1][1].json()["detail"]
        assert int(seen[1][1].headers["Retry-After"]) <= 86400


def test_a_preflight_is_answered_for_origins_that_a_site_has_named(opened, site):
    app = opened[0]
    ask = {"Access-Control-Request-Method": "POST"}
    good = visitor(app, origin=HOST, **ask).options("/api/v1/ask")
    assert (good.status_code, good.headers["Access-Control-Allow-Origin"]) == (204, HOST)
    assert "authorization" in good.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in good.headers
    bad = visitor(app, origin="https://evil.example", **ask).options("/api/v1/ask")
    assert (bad.status_code, "Access-Control-Allow-Origin" in bad.headers) == (403, False)
    anybody = visitor(app, origin="https://evil.example", **ask).options("/api/v1/session")
    assert anybody.status_code == 204


def test_the_chat_page_may_be_framed_by_the_origins_of_its_site_alone(opened, site):
    app = opened[0]
    framed = visitor(app).get("/chat", params={"site": site.id})
    assert (
        f"frame-ancestors 'self' {HOST} https://*.below.example.cn"
        in framed.headers["Content-Security-Policy"]
    )
    assert "X-Frame-Options" not in framed.headers
    for other in ("", "site-unknown", '"><script>alert(1)</script>'):
        page = visitor(app).get("/chat", params={"site": other})
        assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"].split(";")[-1]
        assert "<script>alert" not in page.text
    assert visitor(app).get("/").headers["X-Frame-Options"] == "DENY"
    # The page in the frame is ours, so its requests come from our own origin.
    own = visitor(app, origin=PUBLIC).post("/api/v1/session", json={"site": site.id})
    assert own.status_code == 200


def test_the_pages_are_for_everybody_and_questions_on_them_are_counted(tmp_path):
    with public(tiny_services(), tmp_path, address_per_minute=2) as (app, _):
        assert [visitor(app).get("/", params={"q": "注意事项"}).status_code for _ in range(3)] == [
            200,
            200,
            429,
        ]
        for path in ("/", "/documents", "/healthz", "/widget.js", "/demo", "/chat", "/docs", "/openapi.json"):
            assert visitor(app).get(path).status_code == 200, path
        assert at_home(app).get("/", params={"q": "注意事项"}).status_code == 200


def test_a_person_who_asks_too_often_on_the_page_gets_a_page(tmp_path):
    with public(tiny_services(), tmp_path, address_per_minute=1) as (app, _):
        seen = [visitor(app, accept="text/html").get("/", params={"q": "注意事项"}) for _ in range(2)]
        assert seen[1].status_code == 429
        assert seen[1].headers["Content-Type"].startswith("text/html")
        assert "秒后再试" in seen[1].text
        assert int(seen[1].headers["Retry-After"]) > 0


def test_counting_goes_on_in_memory_while_redis_is_away(monkeypatch):
    rates = Rates()

    def gone(*_, **__):
        raise StorageError(ConnectionError("redis is away"))

    monkeypatch.setattr(rates._limiter, "hit", gone)
    rates.take("同一地址", "a", 1)
    with pytest.raises(TooManyRequests) as caught:
        rates.take("同一地址", "a", 1)
    assert 1 <= caught.value.seconds <= 60


def test_the_script_may_be_loaded_by_every_site_and_nothing_else_may(opened):
    response = visitor(opened[0]).get("/widget.js")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert visitor(opened[0]).get("/documents").headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_sites_are_remembered_while_the_database_is_away(tmp_path):
    access = Access.open(f"sqlite:///{tmp_path}/a.sqlite3")
    site = access.add_site(Site("园区", (HOST,), 10))
    now = [0.0]
    book = Book(access, clock=lambda: now[0])
    assert book.site(site.id) == site
    access.sites = lambda: (_ for _ in ()).throw(StoreUnavailable("数据库不在"))
    now[0] += admission_module.REMEMBER + 1
    assert book.site(site.id) == site
    never_read = Book(access)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="请稍后再试"):
            never_read.site(site.id)


def test_a_site_or_key_that_was_added_just_now_is_known_within_a_second(tmp_path):
    access, now = Access.open(f"sqlite:///{tmp_path}/a.sqlite3"), [0.0]
    book = Book(access, clock=lambda: now[0])
    assert book.site("site-unknown") is None
    site = access.add_site(Site("园区", (HOST,), 10))
    key, secret = access.add_key("热线", ("ask",), 10)
    now[0] += admission_module.LOOK_AGAIN
    assert (book.site(site.id), book.key(secret)) == (site, key)
    assert book.key(secret + "_") is None
    assert book.key("zw__") is None


def test_every_endpoint_of_the_interface_needs_something(opened):
    for path in opened[0].openapi()["paths"]:
        # WeChat's endpoints have logins and signatures of their own.
        if path in ("/healthz", "/readyz", "/api/v1/session") or path.startswith("/wechat/"):
            assert needs(path) is None
        else:
            assert needs(path), path


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("ZHENGWEN_TRUSTED_PROXIES", lambda: read_proxies("nginx")),
        ("ZHENGWEN_LIMITS_URL", lambda: Rates("carrier-pigeon://here")),
        ("ZHENGWEN_LIMITS_URL", lambda: Rates("")),
        ("ZHENGWEN_SECRET", lambda: open_tokens("short", None)),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name, make):
    with pytest.raises(InvalidSetting, match=name) as caught:
        make()
    assert "short" not in str(caught.value)


def test_the_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path):
    file = tmp_path / "data" / "secret"
    token = open_tokens("", file).issue("site", HOST)
    assert open_tokens("", file).read(token).origin == HOST
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in file.parent.iterdir()] == ["secret"]
    (tmp_path / "blocked").write_text("")
    assert open_tokens("", tmp_path / "blocked" / "secret").issue("site", HOST)
