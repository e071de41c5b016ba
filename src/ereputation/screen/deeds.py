"""What is decided on the screen, written one by one in a thread of its own, with what undoes it."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ereputation.errors import StoreError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ereputation.model import Label, Mention, Triage
    from ereputation.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What to note about a mention; None leaves a thing as it is."""

    mention: int
    status: Triage | None = None
    note: str | None = None
    label: Label | Literal[""] | None = None
    """Reaches the near-duplicates, as ``mark --sentiment`` does; "" takes a correction back."""
    story: bool = False
    """Whether a status counts for every copy of the story."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A deed with the mentions as they were and as they are."""

    deed: Deed
    before: tuple[Mention, ...] = ()
    after: tuple[Mention, ...] = ()
    undone: bool = False
    """True when ``after`` is what was before once more."""
    error: str = ""
    """Why it could not be written; empty when it was."""


def do(store: Store, deed: Deed) -> Done:
    """Write a deed in one short transaction."""
    copies = store.near_duplicates([deed.mention])
    numbers = copies if deed.story or deed.label is not None else [deed.mention]
    before = _read(store, numbers)
    store.mark(
        copies if deed.story else [deed.mention],
        status=deed.status,
        note=deed.note,
        label=deed.label,
        copies=copies,
        at=deed.at,
    )
    return Done(deed=deed, before=before, after=_read(store, numbers))


def undo(store: Store, done: Done) -> Done:
    """Put back what was before, unless somebody has decided something else meanwhile."""
    number = done.deed.mention
    if _decided(store.mention(number)) != _decided(next((m for m in done.after if m.id == number), None)):
        return Done(deed=done.deed, error=_("Somebody has changed it meanwhile: it stays as it is."))
    return Done(deed=done.deed, before=done.after, after=_read(store, store.unmark([number])), undone=True)


def _decided(mention: Mention | None) -> tuple[str, ...]:
    if mention is None:
        return ()
    label = mention.match.sentiment.label if mention.corrected else ""
    return mention.status, mention.note, mention.by, label


def _read(store: Store, numbers: Iterable[int]) -> tuple[Mention, ...]:
    return tuple(mention for number in numbers if (mention := store.mention(number)))


class Writer:
    """Writes deeds in the order they were given; waits for a scan that is writing, so that the screen need not."""

    def __init__(self, open_store: Callable[[], Store], tell: Callable[[Done], None]) -> None:
        """``tell`` is called in the thread that writes."""
        self._open, self._tell = open_store, tell
        self._deeds: queue.SimpleQueue[Deed | Done | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="deeds", daemon=True)

    def give(self, deed: Deed | Done) -> None:
        """Write a deed, or undo what was done."""
        if not self._thread.is_alive():
            self._thread.start()
        self._deeds.put(deed)

    def close(self, patience: float = 30.0) -> bool:
        """Wait that many seconds for what was given; whether all of it is written."""
        self._deeds.put(None)
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (given := self._deeds.get()) is not None:
            try:
                with self._open() as store:
                    done = undo(store, given) if isinstance(given, Done) else do(store, given)
            except StoreError as error:
                deed = given.deed if isinstance(given, Done) else given
                done = Done(deed=deed, error=str(error))
            self._tell(done)
