"""How far a scan is, on a terminal's standard error only, and gone when it ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, n_
from ereputation.tables.consoles import stderr_console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ereputation.model import Outcome


@contextmanager
def progress(*, shown: bool, total: int = 0) -> Iterator[Callable[[Outcome], None]]:
    """A function to call with each outcome as it comes; it draws one line while ``shown``, else nothing."""
    if not shown:
        yield lambda _outcome: None
        return
    from rich.text import Text

    read = failed = 0
    with stderr_console().status(Text(_("reading..."))) as status:

        def tell(outcome: Outcome) -> None:
            nonlocal read, failed
            read += 1
            failed += outcome.status == "failed"
            said = (
                _("{read} of {total} read").format(read=words.count(read), total=words.count(total))
                if total
                else _("{read} read").format(read=words.count(read))
            )
            if failed:
                said = _("{said}, {failed} failed").format(said=said, failed=words.count(failed))
            status.update(Text(f"{said}  {words.shown(outcome.source, 40)}"))

        yield tell


@contextmanager
def counting(*, shown: bool) -> Iterator[Callable[[int], None]]:
    """A function to call with how many rows are written; it draws one line while ``shown``, else nothing."""
    if not shown:
        yield lambda _number: None
        return
    from rich.text import Text

    with stderr_console().status(Text(_("writing..."))) as status:

        def tell(number: int) -> None:
            if number % 500 == 0:
                said = n_("{count} row written", "{count} rows written", number)
                status.update(Text(said.format(count=words.count(number))))

        yield tell


@contextmanager
def working(*, shown: bool) -> Iterator[Callable[[str], None]]:
    """A function to call with what is being worked on; it draws one line on standard error while ``shown``, else nothing."""
    if not shown:
        yield lambda _what: None
        return
    from rich.text import Text

    with stderr_console().status(Text("...")) as status:
        yield lambda what: status.update(Text(words.shown(what, 60)))
