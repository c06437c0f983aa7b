"""Publishing in a thread: files are put in place, the index is brought up to date, and how far it is can be seen.

Answers go on meanwhile over the index that serves; every process takes up the new one by itself within seconds.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from app.answer import titled
from app.corpus import Delivery, Document, correct
from app.errors import (
    DocumentNotFound,
    FileRefused,
    IndexUnusable,
    StoreUnavailable,
    ZhengwenError,
    reason_of,
)
from app.store import Publication, Publications
from app.web.admin.underway import Claim
from app.web.admin.waiting import Preview, drop, file_of, previewed, renew
from app.web.services import Intake

log = logging.getLogger("zhengwen.web")

TELL = 0.5  # seconds between two notes of how far it is


def publish(publications: Publications, intake: Intake, taken: Claim, home: Path, preview: Preview) -> None:
    """Put a reviewed upload in its place and index it, in a thread. `preview` is what the reviewer saw."""
    publication = taken.publication

    def work() -> str:
        with intake.shelf.receive(file_of(home), as_id=publication.as_id or None) as delivery:
            _check_same(preview, delivery)
            _check_place(preview, delivery, intake.shelf.folder, home)
            intake.shelf.place(delivery)
            _correct(intake, preview, delivery)
        return _built(publications, intake, publication)

    # The file goes once it is known what came of it: whoever takes up an interrupted publication needs it.
    _in_thread(publications, taken, work, lambda: drop(home))


def rebuild(publications: Publications, intake: Intake, taken: Claim, before: Callable[[], str]) -> None:
    """Do what `before` does to the corpus folder and bring the index up to date, in a thread."""

    def work() -> str:
        told = before()
        return told + _built(publications, intake, taken.publication)

    _in_thread(publications, taken, work)


def again(publications: Publications, intake: Intake, taken: Claim) -> None:
    """Take up once more, in a thread, what was put right or was to be taken out and did not come to its end."""
    publication = taken.publication

    def before() -> str:
        if publication.kind != "移出":
            return ""  # what was put right is kept already, and the index is what lags behind
        try:
            file, found = intake.shelf.find(publication.as_id)
        except DocumentNotFound:
            file, found = "", ()  # it is out already
        if not publication.as_id or (file and subject_of(file, found) != publication.subject):
            raise FileRefused(
                f"要移出的{publication.subject}现在不能确定是哪一份，请撤回后在文件页重新移出。"
            )
        return take_out(intake, file, publication.subject)

    rebuild(publications, intake, taken, before)


def take_out(intake: Intake, file: str, subject: str) -> str:
    """Take a file out where it is still in; what is told of it."""
    if file and (intake.shelf.folder / file).is_file():
        intake.shelf.remove(file)
    return f"已移出{subject}，原件仍保留。"


def subject_of(file: str, documents: Sequence[Document]) -> str:
    """What a file is called where it is taken out: its titles, or its name where nothing of it is served."""
    return "、".join(titled(each.title) for each in documents) or file


def _built(publications: Publications, intake: Intake, publication: Publication) -> str:
    try:
        changes = intake.build(_teller(publications, publication))
        # Another publication that ended a moment before took this one's file along.
        return changes.sentence() if changes.rebuilt else "已经生效，索引已是最新。"
    except ZhengwenError as error:
        raise IndexUnusable(
            f"政策文件夹已经改好，但索引没有更新：{str(error).rstrip('。')}。可再试一次，或在命令行运行 python -m app build。"
        ) from None


def _in_thread(
    publications: Publications,
    taken: Claim,
    work: Callable[[], str],
    after: Callable[[], None] = lambda: None,
) -> None:
    threading.Thread(
        target=_run,
        args=(publications, taken, work, after),
        name=f"publish-{taken.publication.id[:8]}",
        daemon=True,
    ).start()


def _run(
    publications: Publications, taken: Claim, work: Callable[[], str], after: Callable[[], None]
) -> None:
    publication, failed = taken.publication, True
    try:
        sentence, failed = work(), False
    except ZhengwenError as error:
        sentence = str(error)
    except OSError as error:
        sentence = f"读写磁盘失败（{reason_of(error)}），请检查磁盘空间和权限后再发布。"
    except Exception:
        log.exception("publication %s failed", publication.id)
        sentence = "出现意外错误，已记在服务日志中；请再试一次，仍不行请联系管理员。"
    try:
        publications.finish(publication.id, sentence, failed=failed)
        if not failed:
            after()
    except StoreUnavailable as error:
        log.error("what came of publication %s cannot be kept: %s", publication.id, error)
    finally:
        taken.let_go()


def _check_same(preview: Preview, delivery: Delivery) -> None:
    """What was reviewed is what is published, whatever happened to the file or the program in between."""
    shown = [each.document.sha256 for each in preview.documents]
    if shown != [document.sha256 for parcel in delivery.parcels for document in parcel.documents]:
        raise FileRefused("现在读到的内容与审核时看到的不同，没有发布，请撤回后重新上传。")


def _check_place(preview: Preview, delivery: Delivery, folder: Path, home: Path) -> None:
    """It replaces what the reviewer was told it would; otherwise the preview is renewed, to be looked at again."""
    now = previewed(delivery)
    placed = {
        parcel.name
        for parcel in delivery.parcels
        if (folder / parcel.name).is_file()
        and (folder / parcel.name).read_bytes() == (delivery.staging / parcel.name).read_bytes()
    }  # an attempt before this one put them there
    for each, fresh in zip(preview.documents, now.documents, strict=True):
        if fresh.file not in placed and (each.file, each.stands) != (fresh.file, fresh.stands):
            renew(home, preview, now)
            raise FileRefused(
                f"“{fresh.file}”的位置在审核之后有了变化，现在发布会"
                + ("替换另一份文件" if fresh.stands else "成为新文件")
                + "，没有发布。下面是新的预览，请再看一遍后发布；不想替换时请撤回，改名后重新上传。"
            )


def _correct(intake: Intake, preview: Preview, delivery: Delivery) -> None:
    """What was put right while it waited, in the name of whoever did it."""
    found = [document for parcel in delivery.parcels for document in parcel.documents]
    for each, document in zip(preview.documents, found, strict=True):
        by: dict[tuple[str, str], dict[str, str]] = {}
        for one in each.document.corrections:
            if one.field in each.changes:
                by.setdefault((one.editor, one.day), {})[one.field] = each.changes[one.field]
        for (editor, day), changes in by.items():
            document = correct(
                intake.shelf.folder, document, changes, editor=editor, day=date.fromisoformat(day)
            )


def _teller(publications: Publications, publication: Publication) -> Callable[[str, int, int], None]:
    told_at = 0.0
    told_stage = ""

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal told_at, told_stage
        now = time.monotonic()
        if stage == told_stage and now - told_at < TELL:
            return
        told_at, told_stage = now, stage
        try:
            publications.progress(publication.id, stage, done, total)
        except StoreUnavailable:
            log.warning("how far publication %s is cannot be kept", publication.id)

    return tell
