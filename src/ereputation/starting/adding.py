"""Further sources in a configuration: lines put in where somebody would have typed them, all else untouched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import yaml

from ereputation.config import nodes
from ereputation.errors import UsageError
from ereputation.fetch import redacted
from ereputation.speech import _
from ereputation.starting import writing
from ereputation.starting.entries import once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ereputation.config import Config
    from ereputation.starting.entries import Entry

_KEY = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of it."""

    added: tuple[Entry, ...]
    known: tuple[Entry, ...]
    """Read already: left as they are."""


class _UnusualError(Exception):
    """A file whose shape leaves no safe place for a line; the text says which shape."""


def add(config: Config, entries: Sequence[Entry], *, environ: Mapping[str, str]) -> Added:
    """Put ``entries`` under ``sources:`` in the file of ``config``; comments and formatting stay.

    The new file is read before it counts: it must say what it said, and these sources. Raises UsageError with the lines
    to paste where that cannot be had, and ConfigError for an entry that is none.
    """
    path = config.path
    known = {source.address() for source in config.sources}
    fresh = _renamed([entry for entry in entries if entry.url not in known], config)
    if fresh:
        original = path.read_bytes().decode("utf-8")

        def same(changed: Config) -> None:
            _check(config, changed, fresh)

        try:
            text = with_entries(original, [entry.line() for entry in fresh])
            private = any(entry.secret for entry in fresh)
            writing.write(path, text, environ=environ, private=private, force=True, accept=same)
        except _UnusualError as error:
            raise _by_hand(path, str(error), fresh) from None
    return Added(added=tuple(fresh), known=tuple(entry for entry in entries if entry.url in known))


def with_entries(text: str, lines: Sequence[str]) -> str:
    """``text`` with ``lines`` as the last entries of ``sources:``; raises for shapes that leave no safe place."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    ending = "\r\n" if "\r\n" in text else "\n"
    if text.count("\r") != text.count("\r\n") or text.count("\n") != text.count(ending):
        raise _UnusualError(_("its lines end in different ways"))
    plain = text.removeprefix(mark).replace("\r\n", "\n")
    place = _place(nodes.read(plain))
    start, end = place.gone
    before = plain[:start] + plain[end : place.at]
    before += "" if before.endswith("\n") else "\n"
    written = [*place.header, *(f"{' ' * place.indent}- {line}" for line in lines)]
    changed = before + "\n".join(written) + "\n" + plain[place.at :]
    if nodes.read(changed).faults:
        raise _UnusualError(_("an added line would not be part of it"))
    return mark + changed.replace("\n", ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where lines go."""

    at: int
    """After this many characters."""
    indent: int = 2
    header: tuple[str, ...] = ()
    """Lines before them."""
    gone: tuple[int, int] = (0, 0)
    """What gives way to them: an empty list."""


def _place(tree: nodes.Tree) -> _Place:
    root, node, key = tree.values.get(()), tree.values.get((_KEY,)), tree.keys.get((_KEY,))
    if isinstance(root, yaml.MappingNode) and (root.flow_style or root.start_mark.column):
        raise _UnusualError(_("it is not written with its keys at the left margin"))
    if node is None or key is None:
        return _Place(at=len(tree.text), header=(f"{_KEY}:",))
    if node.start_mark.index < key.end_mark.index:
        raise _UnusualError(_("its sources are an alias (*name)"))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _Place(at=_end_of_line(tree, _last(node)), indent=node.start_mark.column)
    if node.value and node.value != "~":
        raise _UnusualError(_("its sources stand between brackets"))
    span = (
        (node.start_mark.index, node.end_mark.index)
        if node.end_mark.index > node.start_mark.index
        else (0, 0)
    )
    return _Place(at=_end_of_line(tree, span[1] or key.end_mark.index), gone=span)


def _last(node: yaml.Node) -> int:
    """Where the last thing that is written in ``node`` ends; an outer node's own end lies behind comments."""
    while isinstance(node, yaml.SequenceNode | yaml.MappingNode) and not node.flow_style:
        last = node.value[-1]
        node = last if isinstance(node, yaml.SequenceNode) else last[1]
    return int(node.end_mark.index)


def _end_of_line(tree: nodes.Tree, index: int) -> int:
    """The end of the line in which the character before ``index`` stands, less empty lines before it."""
    index = len(tree.text[:index].rstrip())
    end = tree.text.find("\n", index)
    return len(tree.text) if end < 0 else end + 1


def _renamed(entries: Sequence[Entry], config: Config) -> list[Entry]:
    """Each address once, and no name that is taken."""
    taken = {source.id.casefold() for source in config.sources}
    return [replace(e, name="") if e.name.casefold() in taken else e for e in once(entries)]


def _check(before: Config, after: Config, fresh: Sequence[Entry]) -> None:
    """Raises when anything but the sources changed, or they are not those there were and the fresh ones."""
    others = (name for name in type(before).model_fields if name != _KEY)
    rest = all(getattr(before, name) == getattr(after, name) for name in others)
    kept = after.sources[: len(before.sources)] == before.sources
    if not rest or not kept or len(after.sources) != len(before.sources) + len(fresh):
        raise _UnusualError(_("an added line would change the meaning of others"))


def _by_hand(path: Path, why: str, fresh: Sequence[Entry]) -> UsageError:
    lines = "\n".join(f"  - {redacted(entry.url) if entry.secret else entry.line()}" for entry in fresh)
    return UsageError(
        _("{path} is left as it is, because {why}. Put these lines under sources: yourself:\n{lines}").format(
            path=path, why=why, lines=lines
        )
    )
