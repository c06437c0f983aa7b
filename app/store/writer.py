"""The thread that writes: it takes what was recorded in batches, and turns to the spool while the database is away."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.errors import StoreUnavailable
from app.store.database import Database
from app.store.recent import Recent
from app.store.rows import try_to_write
from app.store.spool import Spool
from app.store.turn import Health, Row, Turn

log = logging.getLogger("zhengwen.store")

QUEUE = 1000  # rows
BATCH = 200  # rows to a transaction
PATIENCE = 3.0  # s a person waits for the database before the row goes to the spool
RETRY = 0.5  # s between two looks at a database that is away, or at the spool
CATCH_UP = 20  # attempts to find the spool empty
PROBE = 5.0  # s after which an idle database is asked whether it still takes writes


@dataclass(eq=False, slots=True)
class Ticket:
    """A row on its way. `kept` is whether it is on a disk, None until that is known."""

    row: Row
    kept: bool | None = None


class Writer:
    """Owns the queue, the spool and the thread. `put` never raises and never waits for the database."""

    def __init__(self, database: Database, spool: Spool, recent: Recent, tidy: Callable[[], None]) -> None:
        """Starts at once. `tidy` is called in the thread now and then, while the database is well."""
        self._database, self._spool, self._recent, self._tidy = database, spool, recent, tidy
        self._changed = threading.Condition()
        self._queue: list[Ticket] = []
        self._writing: list[Ticket] = []  # taken from the queue, and not known to be kept
        self._put = self._settled = self._flushed = self._dropped = 0
        self._away: str | None = None  # why the database is not used at the moment
        self._direct = (
            True  # rows go to the queue; once one had to go to the spool, all that follow go there too
        )
        self._closing = self._hurry = False
        self._cramped = ""  # why rows could not all wait in the spool
        self._asked = self._looked = float("-inf")
        self._look()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, row: Row) -> Ticket:
        """Take a row: to the queue, or straight to the spool while the database is away or the queue is full."""
        ticket = Ticket(row)
        with self._changed:
            if isinstance(row, Turn):
                self._recent.add(row)
            self._put += 1
            self._direct = self._direct and len(self._queue) < QUEUE and not self._closing
            if self._direct:
                self._queue.append(ticket)
                self._changed.notify_all()
            else:
                self._settled += 1
                self._set_aside([ticket])
        return ticket

    def is_kept(self, ticket: Ticket) -> bool:
        """Wait until it is known whether the row is on a disk, in the database or in the spool; whether it is."""
        with self._changed:
            self._changed.wait_for(lambda: ticket.kept is not None, PATIENCE)
            if ticket.kept is None:
                self._leave("数据库没有回应", "it does not respond")
            return bool(ticket.kept)

    def flush(self, timeout: float) -> bool:
        """Wait until all that was put before is in the database; whether it is."""
        with self._changed:
            goal, self._hurry = self._put, True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._settled >= goal, timeout)
            # Rows that did not go through the queue wait in the spool: once more, for them.
            flushed, self._hurry = self._flushed, True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._flushed > flushed, timeout)
            return self._settled >= goal and self._away is None and not self._spool.size()

    def behind(self) -> bool:
        """Whether the database lacks rows that wait in the spool, or is away."""
        return self._away is not None or self._spool.size() > 0

    def health(self) -> Health:
        """How things are, from memory: nothing is asked of the database."""
        with self._changed:
            away, waiting, dropped, cramped = self._away, self._spool.size(), self._dropped, self._cramped
        if away is None:
            told = f"会话记录写得进数据库，但{cramped}。" if cramped else "会话记录正常。"
        elif waiting or not cramped:
            kept = f"记录暂存在本机（{waiting} 字节），恢复后自动补写" if waiting else "新的记录将暂存在本机"
            told = f"{away}，{kept}。"
        else:
            told = f"{away}，{cramped}，新的记录可能存不下。"
        lost = f"本进程启动以来有 {dropped} 条记录未能保存。" if dropped else ""
        well = away is None and not cramped and not dropped
        return Health("ok" if well else "degraded", told + lost, waiting, dropped)

    def close(self, timeout: float) -> None:
        """Write or set aside all that was put, and stop the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        with self._changed:
            # Only a database that hangs leaves anything here.
            self._set_aside([*self._writing, *self._queue])
            self._queue = []

    def _run(self) -> None:
        while True:
            batch, urgent = self._take()
            try:
                self._save(batch)
                if urgent or time.monotonic() - self._looked > RETRY:
                    self._look()
            except Exception:
                # The thread must outlive whatever it meets: a dead writer would lose every later row.
                log.exception("rows were not written")
                with self._changed:
                    self._set_aside(batch)
            with self._changed:
                self._settled += len(batch)
                self._flushed += urgent
                self._writing = []
                self._changed.notify_all()
                if self._closing and not self._queue:
                    return

    def _take(self) -> tuple[list[Ticket], bool]:
        """The next rows, and whether somebody waits for all of them; no rows when it is time to look around.

        Whatever came while others were being committed shares the next commit.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing or self._hurry, RETRY)
            batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
            urgent, self._hurry, self._writing = self._hurry, False, batch
            return batch, urgent

    def _save(self, batch: Sequence[Ticket]) -> None:
        if not batch:
            return
        if self._away is not None:
            with self._changed:
                self._set_aside(batch)
            return
        try:
            self._database.prepare()
            refused = self._write([ticket.row for ticket in batch])
        except StoreUnavailable as error:
            self._turn_away(error, batch)
            return
        with self._changed:
            for ticket in batch:
                ticket.kept = ticket.row not in refused
            self._changed.notify_all()

    def _look(self) -> None:
        """See whether the database is well, and write what waits in the spool."""
        self._looked = time.monotonic()
        try:
            if self._away is not None or self._looked - self._asked > PROBE:
                self._database.prepare()
                with self._database.writing() as connection:
                    try_to_write(connection)
                self._asked = time.monotonic()
            self._catch_up()
            self._tidy()
        except StoreUnavailable as error:
            self._turn_away(error, [])
        except OSError as error:
            unreadable = StoreUnavailable("暂存文件不能读写")
            unreadable.__cause__ = error
            self._turn_away(unreadable, [])
        self._cramped = self._spool.reserve()

    def _catch_up(self) -> None:
        """Write what waits and return to the queue; under load more comes in meanwhile, so it takes some turns."""
        if self._queue and not self._direct:
            return  # what is queued came before what waits
        for _ in range(CATCH_UP):
            if self._spool.size():
                self._dropped += self._spool.drain(self._write)
            if self._come_back():
                return

    def _write(self, rows: Sequence[Row]) -> list[Row]:
        """Write the rows; those that the database will never take."""
        refused = self._database.write(rows)
        self._dropped += len(refused)
        self._recent.written(rows)
        self._asked = time.monotonic()
        return refused

    def _turn_away(self, reason: StoreUnavailable, batch: Sequence[Ticket]) -> None:
        self._database.renew()
        with self._changed:
            self._leave(str(reason), reason.__cause__ or reason, batch)

    def _leave(self, reason: str, cause: object, batch: Sequence[Ticket] = ()) -> None:
        """Use the spool from now on; called with the lock held."""
        if self._away is None:
            log.warning("the database is not used for now: %s", cause)
        self._away, self._direct = reason, False
        # What is being written and what is queued go along: in the spool they outlive this process.
        self._set_aside([*(batch or self._writing), *self._queue])
        self._settled += len(self._queue)
        self._queue = []

    def _come_back(self) -> bool:
        """Whether nothing waits in the spool: what waits goes first, so that turns keep their order."""
        with self._changed:
            if self._spool.size():
                return False
            if self._away is not None:
                log.warning("the database is used again")
            self._away, self._direct = None, not self._closing
            if not self._queue:
                self._recent.all_written()
            return True

    def _set_aside(self, tickets: Sequence[Ticket]) -> None:
        """To the spool what is not kept yet; called with the lock held, so that rows keep their order."""
        waiting = [ticket for ticket in tickets if ticket.kept is None]
        kept = self._spool.append([ticket.row for ticket in waiting]) if waiting else 0
        for number, ticket in enumerate(waiting):
            ticket.kept = number < kept
        self._dropped += len(waiting) - kept
        self._changed.notify_all()
