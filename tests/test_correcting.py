"""The command `correct` as an editor meets it, and what the interface shows of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.corpus import Relations, read_corpus
from app.errors import DocumentNotFound, InvalidRequest
from app.web.document_view import detail_json
from app.web.schemas import DocumentDetail
from tests.web.corpus import FakeSnapshot

OLD = "某市停车办法\n某政发〔2018〕4号\n第一条 白天每小时五元。\n某市人民政府\n2018年3月1日\n"
NEW = (
    "某市停车办法\n某政发〔2024〕9号\n第一条 白天每小时八元。\n第二条 本办法自2024年6月1日起施行，有效期三年。"
    "《某市停车办法》（某政发〔2018〕4号）和《某市占道办法》同时废止。\n某市人民政府\n2024年5月6日\n"
)
EXPLAINED = "---\nid: why\n---\n《某市停车办法》政策解读\n为什么调整收费？因为车多了。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "old.txt").write_text(f"---\nid: old\nnumber: 某政发〔2018〕4号\n---\n{OLD}", "utf-8")
    (corpus / "new.txt").write_text(f"---\nid: new\n---\n{NEW}", "utf-8")
    (corpus / "why.txt").write_text(EXPLAINED, "utf-8")
    return corpus


def run(folder: Path, *arguments: str) -> str:
    options = ["--corpus", str(folder), "--index", str(folder.parent / "index")]
    done = CliRunner().invoke(cli, ["correct", *arguments, *options], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def detail(folder: Path, document_id: str) -> dict[str, object]:
    documents = {one.id: one for one in read_corpus(folder).documents}
    snapshot = FakeSnapshot(documents, {})
    body = detail_json(documents[document_id], snapshot, Relations.of(documents.values()))
    DocumentDetail.model_validate(body, strict=True)
    return body


def test_a_document_is_shown_with_the_place_of_each_value(folder: Path) -> None:
    shown = run(folder, "new")
    assert "某政发〔2024〕9号（正文 " in shown
    assert "source_url     官方网址：—" in shown
    assert "（文件头）" in run(folder, "old")


def test_a_correction_is_kept_and_shown_beside_what_was_read(folder: Path) -> None:
    shown = run(folder, "new", "文号=某规〔2024〕9号", "region=", "--editor", "王编辑")
    assert "某规〔2024〕9号（" in shown
    assert "王编辑更正，文中读作：某政发〔2024〕9号）" in shown
    assert json.loads(run(folder, "new", "--json"))["number"] == "某规〔2024〕9号"
    assert detail(folder, "new")["corrected"]["number"]["read"] == "某政发〔2024〕9号"  # type: ignore[index]
    assert "某政发〔2024〕9号（正文" in run(folder, "new", "--undo", "number")


def test_what_cannot_be_corrected_is_said_in_a_sentence(folder: Path) -> None:
    for change, told in (
        ("number", "发布日期=2024-05-01"),
        ("effective_from=昨天", "施行日期的值“昨天”不是日期"),
        ("失效日期=2027-02-30", "失效日期的值“2027-02-30”不是日期.*真实存在"),
        ("nummer=1", "没有“nummer”这一项.*文号（number）"),
    ):
        with pytest.raises(InvalidRequest, match=told):
            run(folder, "new", change)
    with pytest.raises(InvalidRequest, match="地区没有更正过"):
        run(folder, "new", "--undo", "地区")
    with pytest.raises(DocumentNotFound, match="python -m app list"):
        run(folder, "nobody", "number=1")


def test_the_interface_tells_where_a_value_was_read(folder: Path) -> None:
    body = detail(folder, "new")
    read = body["read_from"]
    assert read["number"]["text"] == "某政发〔2024〕9号"  # type: ignore[index]
    assert "有效期三年" in read["expires_on"]["text"]  # type: ignore[index]
    assert body["expires_on"] == "2027-05-31"
    assert detail(folder, "old")["read_from"]["number"]["place"] == "文件头"  # type: ignore[index]
    assert body["corrected"] == {}


def test_the_interface_tells_what_replaced_what_and_what_explains_it(folder: Path) -> None:
    new, old, why = (detail(folder, one) for one in ("new", "old", "why"))
    assert [(one["title"], one["document_id"]) for one in new["repeals"]] == [  # type: ignore[index, attr-defined]
        ("某市停车办法", "old"),
        ("某市占道办法", None),
    ]
    assert old["replaced_by"] == {
        "document_id": "new",
        "title": "某市停车办法",
        "number": "某政发〔2024〕9号",
    }
    assert old["replaced_from"] == "2024-06-01"
    assert new["explained_by"] == ["why"]
    assert why["interprets"] == {"document_id": "new", "title": "某市停车办法", "number": "某政发〔2024〕9号"}
