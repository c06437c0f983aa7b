import pytest

from app.errors import KeyNotFound, SiteNotFound, StoreUnavailable
from app.store import Access, Site


@pytest.fixture
def access(url):
    opened = Access.open(url)
    yield opened
    opened.close()


def test_a_site_comes_back_as_it_was_kept_until_it_is_revoked(access):
    site = access.add_site(Site("某区政府网", ("https://www.example.gov.cn", "https://*.park.cn"), 5000))
    assert access.site(site.id) == site
    access.revoke_site(site.id)
    assert access.site(site.id) is None
    assert [each.id for each in access.sites()] == [site.id]
    with pytest.raises(SiteNotFound, match=site.id):
        access.revoke_site(site.id)


def test_a_key_opens_with_its_secret_alone_until_it_is_revoked(access):
    key, secret = access.add_key("热线", ("ask", "search"), 600)
    assert access.key(secret) == key
    for wrong in (
        secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        key.id,
        f"zw_{key.id}_",
        "",
        "zw__",
        "a_b_c",
    ):
        assert access.key(wrong) is None
    access.revoke_key(key.id)
    assert access.key(secret) is None
    with pytest.raises(KeyNotFound):
        access.revoke_key("nobody")


def test_the_secret_of_a_key_is_kept_nowhere(tmp_path):
    access = Access.open(f"sqlite:///{tmp_path}/access.sqlite3")
    _, secret = access.add_key("热线", ("ask",), 60)
    access.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"api_keys" in kept
    assert secret.encode() not in kept
    assert secret.split("_")[2].encode() not in kept


def test_a_database_that_is_away_is_said_to_be(tmp_path):
    (tmp_path / "no").write_text("a file where a folder should be")
    access = Access.open(f"sqlite:///{tmp_path}/no/access.sqlite3")
    with pytest.raises(StoreUnavailable):
        access.site("site-1")
