from app.web.schemas import ClauseOut, DocumentDetail, DocumentList

from .corpus import TEXT


def test_the_list_holds_documents_with_null_for_what_is_not_stated(client):
    body = client.get("/api/v1/documents").json()
    DocumentList.model_validate(body, strict=True)
    document = body["documents"][0]
    assert list(document) == [
        "id", "file", "title", "number", "issuers", "kind", "published_on", "effective_from", "expires_on", "region",
        "level", "sha256", "source_url", "page", "locator",
    ]  # fmt: skip
    assert (document["file"], document["issuers"], document["published_on"]) == ("new-energy.txt", [], None)
    assert DocumentDetail.model_validate(client.get("/api/v1/documents/new-energy").json()).id == "new-energy"


def test_the_text_is_the_canonical_text_to_the_byte(client):
    response = client.get("/api/v1/documents/new-energy/text")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.content == TEXT.encode()
    assert b"\r\n" in response.content


def test_a_clause_comes_with_its_words_its_address_and_its_neighbours(client):
    body = client.get("/api/v1/clauses/new-energy:2").json()
    ClauseOut.model_validate(body, strict=True)
    assert body["text"] == TEXT[body["start"] : body["end"]] == "鼓励企业升规。对首次升规的企业给予支持。"
    assert body["heading_path"] == ["一、支持事项"]
    assert body["previous"]["id"] == "new-energy:1"
    assert body["next"]["id"] == "new-energy:3"


def test_the_first_clause_has_none_before_it_and_the_last_none_after(client):
    assert client.get("/api/v1/clauses/new-energy:0").json()["previous"] is None
    assert client.get("/api/v1/clauses/new-energy:6").json()["next"] is None
