"""Changes of what is published, on both databases."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from app.errors import PublicationChanged, PublicationNotFound
from app.store import Audit, Database, Person, Publication, Publications, Role
from tests.store.rows import together

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WANG = Person("p1", "wang", "王芳", Role.EDITOR, "热线", False, NOW, NOW)
ZHAO = Person("p2", "zhao", "赵敏", Role.REVIEWER, "热线", False, NOW, NOW)


@pytest.fixture
def database(url):
    with closing(Database(url)) as opened:
        yield opened


def test_a_file_waits_is_published_and_is_told_of(database):
    changes = Publications(database)
    one = changes.add(
        Publication("加入", "办法.docx", "王芳", size=1234, digest="ab"), WANG, address="203.0.113.7"
    )
    assert [each.id for each in changes.waiting()] == [one.id]
    assert changes.start(one.id, ZHAO).done_by == "赵敏"
    changes.progress(one.id, "划分条款", 3, 10)
    under_way = changes.publication(one.id)
    assert (under_way.state, under_way.stage, under_way.done, under_way.total) == (
        "working",
        "划分条款",
        3,
        10,
    )
    changes.finish(one.id, "新增 1 份。")
    assert changes.waiting() == ()
    assert [(each.state, each.sentence) for each in changes.recent()] == [("done", "新增 1 份。")]
    assert [each.action for each in Audit(database).records()] == ["发布文件", "上传文件"]


def test_one_of_many_takes_a_change_up(url, database):
    one = Publications(database).add(Publication("加入", "办法.docx", "王芳"), WANG)
    taken = []

    def start():
        with closing(Database(url)) as mine:
            try:
                Publications(mine).start(one.id, ZHAO)
                taken.append(True)
            except PublicationChanged:
                taken.append(False)

    together(*[start] * 5)
    assert sorted(taken) == [False] * 4 + [True]


def test_what_has_ended_is_not_taken_up_again_and_what_failed_or_was_abandoned_is(database):
    changes = Publications(database, lambda: NOW)
    done, failed, left, gone = (changes.add(Publication("加入", f"{n}.txt", "王芳"), WANG) for n in range(4))
    for each in (done, failed, left):
        changes.start(each.id, ZHAO)
    changes.finish(done.id, "好了。")
    changes.finish(failed.id, "磁盘已满。", failed=True)
    changes.withdraw(gone.id, WANG)
    for each in (done, left, gone):
        with pytest.raises(PublicationChanged, match=each.subject):
            changes.start(each.id, ZHAO)
    for each in (done, gone):
        with pytest.raises(PublicationChanged, match=each.subject):
            changes.start(each.id, ZHAO, abandoned=True)
    assert changes.start(failed.id, ZHAO).sentence == ""
    assert changes.start(left.id, ZHAO, abandoned=True).state == "working"
    with pytest.raises(PublicationChanged):
        changes.withdraw(left.id, WANG)
    assert changes.withdraw(left.id, WANG, abandoned=True).state == "withdrawn"


def test_a_change_nobody_knows_is_not_found(database):
    for publication_id in ("none", "' OR 1=1 --", "x" * 500):
        with pytest.raises(PublicationNotFound):
            Publications(database).start(publication_id, ZHAO)
