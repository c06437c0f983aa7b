"""Old versions over HTTP: readable, citable, told apart from the present one."""

from datetime import date

import pytest

from app.corpus import History, read_corpus
from app.index import build_index, open_snapshot
from app.web import Services
from app.web.schemas import DifferenceOut, DocumentDetail
from tests.index.tiny import ANALYZER, GAME, LOAN, HashEncoder, sources, write_corpus

from .conftest import serving
from .corpus import FakeDialogue, FakeRetriever

NEWER = LOAN.replace("贴息支持", "百分之五的贴息支持") + "三、新的一项。\n"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("versions")
    corpus = write_corpus(folder / "corpus", loan=f"---\nid: loan\n---\n{LOAN}", game=GAME)
    for day, text in ((date(2025, 1, 1), LOAN), (date(2025, 6, 1), NEWER)):
        write_corpus(corpus, loan=f"---\nid: loan\n---\n{text}")
        if text == NEWER:
            (corpus / "game.txt").unlink()
        build_index(
            folder / "index",
            lambda: read_corpus(corpus),
            lambda: sources(corpus),
            ANALYZER,
            HashEncoder(),
            lambda *_: None,
            history=History(corpus, day),
        )
    return open_snapshot(folder / "index")


@pytest.fixture
def client(snapshot):
    with serving(Services(snapshot, FakeRetriever([]), FakeDialogue({}))) as opened:
        yield opened


def test_a_document_lists_its_versions_with_the_days_on_which_they_answer(client):
    body = client.get("/api/v1/documents/loan").json()
    DocumentDetail.model_validate(body)
    assert [
        (one["id"], one["current"], one["serves_from"], one["serves_until"]) for one in body["versions"]
    ] == [("loan@1", False, None, "2025-05-31"), ("loan", True, "2025-06-01", None)]
    assert (body["version_of"], body["serves_from"]) == (None, "2025-06-01")


def test_an_old_version_is_read_by_its_hash_its_number_or_its_own_id(client, snapshot):
    sha = snapshot.document("loan@1").sha256
    for address in (f"loan?version={sha}", f"loan?version={sha[:12]}", "loan?version=1", "loan@1"):
        body = client.get(f"/api/v1/documents/{address}").json()
        assert (body["id"], body["version_of"], body["sha256"]) == ("loan@1", "loan", sha)
    assert client.get(f"/api/v1/documents/loan/text?version={sha}").content == LOAN.encode()
    assert client.get("/api/v1/documents/loan/text").content == NEWER.encode()


def test_a_citation_of_an_old_version_can_still_be_checked(client, snapshot):
    clause = snapshot.clauses_of("loan@1")[1]
    body = client.get(f"/api/v1/clauses/{clause.id}").json()
    text = client.get(f"/api/v1/documents/{body['document_id']}/text").text
    assert text[body["start"] : body["end"]] == body["text"]


@pytest.mark.parametrize("version", ["9", "abc", "0" * 64, "x" * 80, "@"])
def test_a_version_that_is_not_there_is_named(client, version):
    response = client.get(f"/api/v1/documents/loan?version={version}")
    assert (response.status_code, response.json()["code"]) == (404, "document_not_found")
    assert "没有版本" in response.json()["detail"]
    assert client.get(f"/documents/loan?version={version}").status_code == 404


def test_what_was_taken_out_is_still_read_but_no_longer_listed(client, snapshot):
    (gone,) = {document.version_of for document in snapshot.archived.values()} - {"loan"}
    assert client.get(f"/api/v1/documents/{gone}").json()["id"] == f"{gone}@1"
    assert [each["id"] for each in client.get("/api/v1/documents").json()["documents"]] == ["loan"]
    page = client.get(f"/documents/{gone}").text
    assert "旧版本，适用至2025年5月31日" in page
    assert "已移出" in page


def test_the_difference_lists_what_was_added_and_changed_with_the_words(client):
    body = client.get("/api/v1/documents/loan/diff").json()
    DifferenceOut.model_validate(body)
    assert body["counts"] == {"added": 1, "removed": 0, "changed": 1, "same": 2}
    changed, added = body["changes"]
    assert [mark for mark in changed["marks"] if mark["side"] != "both"] == [
        {"side": "new", "text": "百分之五的"}
    ]
    assert (added["what"], added["old_clause"]) == ("added", None)
    back = client.get("/api/v1/documents/loan/diff?old=1&new=1").json()
    assert back["counts"]["same"] == 3
    assert client.get("/api/v1/documents/loan@1/diff").json() == body


def test_a_document_of_one_version_has_nothing_to_be_compared_with(client, snapshot):
    (gone,) = {document.version_of for document in snapshot.archived.values()} - {"loan"}
    response = client.get(f"/api/v1/documents/{gone}/diff")
    assert response.status_code == 404
    assert "没有更早的版本" in response.json()["detail"]


def test_pages_say_which_version_they_show_and_lead_to_the_present_one(client):
    old = client.get("/documents/loan?version=1").text
    assert "旧版本，适用至2025年5月31日" in old
    assert 'href="/documents/loan"' in old
    assert 'href="/documents/loan/diff?old=1"' in old
    present = client.get("/documents/loan").text
    assert "现行版本，自2025年6月1日起" in present
    assert 'href="/documents/loan%401"' in present
    assert 'class="tag bad"' not in present


def test_a_link_from_before_the_change_leads_on_to_the_version_it_quoted(client, snapshot):
    page = client.get("/documents/loan?start=7&end=12").text
    assert 'href="/documents/loan%401?start=7&amp;end=12#quote"' in page
    sha = snapshot.document("loan").sha256[:12]
    assert "改动前的版本" not in client.get(f"/documents/loan?start=7&end=12&version={sha}").text
    assert "改动前的版本" not in client.get("/documents/loan").text
    assert (
        "<script" not in client.get('/documents/loan?start="><script>&end=9').text.split("改动前")[0][-400:]
    )


def test_the_page_of_differences_marks_words_and_counts_clauses(client):
    page = client.get("/documents/loan/diff").text
    assert '<ins class="new">百分之五的</ins>' in page
    assert "增加 1 条，删去 0 条，修改 1 条，不变 2 条" in page
    assert "条没有变化" in page
