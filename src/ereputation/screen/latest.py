"""A thread that works on what was asked last: a newer question breaks off the work on an older one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from ereputation.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ereputation.store import Store

Job = TypeVar("Job")


class Turn:
    """The work on one question, as seen by who does it."""

    def __init__(self, number: int, open_store: Callable[[], Store]) -> None:
        self.number = number
        self._open = open_store
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._over = threading.Event()
        self._more = threading.Event()

    @property
    def over(self) -> bool:
        """Whether somebody asked something else meanwhile: the answer interests nobody."""
        return self._over.is_set()

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """A store of one's own for this work; what it reads is broken off when the turn is over."""
        with self._open() as store:
            with self._lock:
                self._store = store
            try:
                yield store
            finally:
                with self._lock:
                    self._store = None

    def wait(self) -> None:
        """Until more is wanted, or the turn is over."""
        self._more.wait()
        self._more.clear()

    def go_on(self) -> None:
        """Let who waits go on."""
        self._more.set()

    def end(self) -> None:
        """End the turn, from another thread."""
        self._over.set()
        self._more.set()
        # A server may take its time to be told: who asks the next question does not wait for that.
        threading.Thread(target=self._break_off, name="break off", daemon=True).start()

    def _break_off(self) -> None:
        with self._lock:
            if self._store is not None:
                self._store.interrupt()


class Latest(Generic[Job]):
    """One worker, one question at a time: the last one asked."""

    def __init__(
        self,
        work: Callable[[Job, Turn], None],
        open_store: Callable[[], Store],
        failed: Callable[[Turn, str], None],
        crashed: Callable[[BaseException], None],
    ) -> None:
        """``work`` runs in the thread; ``failed`` is told there why the store could not be read, ``crashed`` of a bug."""
        self._work, self._open, self._failed, self._crashed = work, open_store, failed, crashed
        self._news = threading.Condition()
        self._job: tuple[Job, Turn] | None = None
        self._turn = Turn(0, open_store)
        self._closed = False
        # A daemon: who quits in the middle of a long statement does not wait for it.
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)

    def ask(self, job: Job) -> int:
        """Work on this, and on nothing asked before; the number of the turn."""
        with self._news:
            self._turn.end()
            self._turn = Turn(self._turn.number + 1, self._open)
            self._job = (job, self._turn)
            if not self._thread.is_alive():
                self._thread.start()
            self._news.notify()
            return self._turn.number

    def go_on(self) -> None:
        """More of the last answer is wanted."""
        self._turn.go_on()

    def close(self, patience: float = 1.0) -> None:
        """End the work, and wait for it that many seconds."""
        with self._news:
            self._closed = True
            self._turn.end()
            self._news.notify()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _run(self) -> None:
        while True:
            with self._news:
                while self._job is None and not self._closed:
                    self._news.wait()
                if self._closed or self._job is None:
                    return
                job, turn = self._job
                self._job = None
            try:
                self._work(job, turn)
            except StoreError as error:
                if not turn.over:  # what was broken off is no failure
                    self._failed(turn, str(error))
            except Exception as error:  # noqa: BLE001 - shown where tracebacks can be seen
                self._crashed(error)
