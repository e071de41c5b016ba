"""YAML text -> plain data, with the place in the file of every key and value.

Scalars stay text (``no``, ``22:30`` and ``012`` are what was typed); the models give them their type. Only an empty
value, ``~`` and ``null`` are None.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.composer import Composer, ComposerError
from yaml.resolver import BaseResolver

from ereputation.config import hazards
from ereputation.config.faults import Fault, Path, quoted
from ereputation.speech import _

MAX_BYTES = 1_000_000
_MAX_DEPTH = 40
_MAX_NODES = 100_000  # after aliases are followed: ten lines of them can stand for a billion values
_PLAIN_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"}
_NOTHING = {"", "~", "null"}
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")


_STRICT = re.compile("[\t\ufeff]|[|>][-+0-9]*#")
"""Where libyaml takes what PyYAML's own scanner refuses, or counts otherwise."""


class _Bounded(Composer):
    """Composes nodes; no scalar has another type than text, and nesting is bounded."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to say which types it guesses
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """``yaml.Composer.compose_node``, but not deeper than anybody writes by hand."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[attr-defined]  # of the parser beside it
            raise ComposerError(
                None, None, _("nested more than {max_depth} levels deep").format(max_depth=_MAX_DEPTH), mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Loader(_Bounded, yaml.SafeLoader):
    """Its errors are those ``hazards`` explains."""


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    class _Quick(_Bounded, CParser, BaseResolver):
        """Ten times faster: what a thousand sources need. What it refuses, the other reads again."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            BaseResolver.__init__(self)

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            """The same nodes as the other's."""
            node = super().compose_node(parent, index)
            if isinstance(node, yaml.ScalarNode) and not node.style:
                node.style = None
                odd = not node.value or "?" in node.value
                if odd and isinstance(parent, yaml.CollectionNode) and parent.flow_style:
                    raise yaml.YAMLError  # the other sees it elsewhere, or not at all
            return node


def _composed(text: str) -> yaml.Node | None:
    if yaml.__with_libyaml__ and not _STRICT.search(text):
        with suppress(yaml.YAMLError, UnicodeError):
            return _Quick(text).get_single_node()
    return _Loader(text).get_single_node()


@dataclass(slots=True)
class Tree:
    """The data of a file and where each piece of it stands. Places are (line, column), from 1."""

    text: str
    data: Any = None
    faults: list[Fault] = field(default_factory=list)
    values: dict[Path, yaml.Node] = field(default_factory=dict)
    keys: dict[Path, yaml.Node] = field(default_factory=dict)
    lost: set[Path] = field(default_factory=set)
    """Where a value is missing from the data because of a fault that is told already."""
    _line_starts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._line_starts = [0, *(found.end() for found in re.finditer("\n", self.text))]

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Of the value at ``path`` (of its key if asked), or of the nearest thing around it."""
        for length in range(len(path), -1, -1):
            node = self.keys.get(path[:length]) if key else self.values.get(path[:length])
            node = node or self.keys.get(path[:length])
            if node is not None:
                return self.place_of(node.start_mark.index)
        return (1, 1)

    def place_of(self, index: int) -> tuple[int, int]:
        """Line and column of a character of the file."""
        line = bisect_right(self._line_starts, index)
        return line, index - self._line_starts[line - 1] + 1

    def place_inside(self, path: Path, line: int, column: int) -> tuple[int, int]:
        """Where in the file the character at ``line:column`` of the text value at ``path`` was typed."""
        node = self.values.get(path)
        if not isinstance(node, yaml.ScalarNode):
            return self.place(path)
        value = str(node.value)
        lines = value.split("\n")
        offset = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
        return self.place_of(_origins(self.text, node)[max(0, min(offset, len(value)))])

    def typed(self, path: Path, instead: Any) -> Any:
        """The text that stands at ``path``; ``instead`` where it is no text."""
        node = self.values.get(path)
        return node.value if isinstance(node, yaml.ScalarNode) and instead is not None else instead

    def rest_of_line(self, index: int) -> str:
        """What follows a character on its line."""
        end = self.text.find("\n", index)
        return self.text[index : end if end >= 0 else len(self.text)]

    def fault(self, path: Path, message: str, *, key: bool = False) -> Fault:
        """A fault at the place of ``path``."""
        return Fault(*self.place(path, key=key), path, message)


def _origins(source: str, node: yaml.ScalarNode) -> list[int]:
    """For each character of a scalar's value, and for its end, the index in the source it came from."""
    value, end = str(node.value), node.end_mark.index
    at = node.start_mark.index
    properties = _PROPERTIES.match(source, at, end)
    at = properties.end() if properties else at
    if node.style in {"|", ">"}:
        at = source.find("\n", at) + 1
    elif node.style:
        at += 1
    origins: list[int] = []
    for char in value:
        if char.isspace():
            origins.append(at)
            at += at < end and source[at].isspace()
            continue
        while at < end and source[at] != char:
            if node.style == '"' and source[at] == "\\" and source[at + 1 : at + 2] in {"x", "u", "U"}:
                break
            at += 1
        origins.append(at)
        at += (
            {"x": 4, "u": 6, "U": 10}.get(source[at + 1 : at + 2], 1)
            if source[at : at + 1] == "\\" != char
            else 1
        )
    return [min(origin, end) for origin in (*origins, at)]


def read(text: str) -> Tree:
    """The tree of a YAML text. Faults are in ``tree.faults``; ``data`` is None when nothing could be read."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    tree = Tree(text)
    try:
        node = _composed(text)
    except yaml.YAMLError as error:
        index, message = hazards.explain(text, error)
        tree.faults.append(Fault(*tree.place_of(index), (), message))
        return tree
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in _NOTHING):
        tree.faults.append(
            Fault(1, 1, (), _("the file is empty: `ereputation init --force` writes one to start from"))
        )
    elif not isinstance(node, yaml.MappingNode):
        found = (
            _("a list")
            if isinstance(node, yaml.SequenceNode)
            else _("text, {text}").format(text=quoted(node.value))
        )
        message = _('expected keys such as "brands:" at the left margin, found {found}{node}').format(
            found=found, node=hazards.missing_space(node)
        )
        tree.faults.append(Fault(*tree.place_of(node.start_mark.index), (), message))
    else:
        tree.data = _Reader(tree).plain(node, ())
    return tree


class _Reader:
    """Nodes -> data, noting places and faults in the tree on the way."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.count = 0
        self.above: list[yaml.Node] = []

    def plain(self, node: yaml.Node, path: Path) -> Any:
        """The data of a node; None where it cannot be used (the fault is noted)."""
        if self.spent(node, path):
            return None
        self.tree.values.setdefault(path, node)
        if node in self.above:
            self.fault(node, path, _("an alias (*name) that stands for what it is inside of"))
            return None
        if node.tag not in _PLAIN_TAGS:
            self.fault(node, path, hazards.tag(node.tag))
            return None
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in _NOTHING else node.value
        self.above.append(node)
        data = self.mapping(node, path) if isinstance(node, yaml.MappingNode) else self.sequence(node, path)
        self.above.pop()
        return data

    def spent(self, node: yaml.Node, path: Path) -> bool:
        """Count one more value; True when there are too many to go on."""
        self.count += 1
        if self.count == _MAX_NODES + 1:
            self.fault(
                node,
                path,
                _("more than {max_nodes} values: write fewer, or fewer aliases (*name)").format(
                    max_nodes=_MAX_NODES
                ),
            )
        return self.count > _MAX_NODES

    def fault(self, node: yaml.Node, path: Path, message: str) -> None:
        self.tree.faults.append(Fault(*self.tree.place_of(node.start_mark.index), path, message))
        self.tree.lost.add(path)

    def sequence(self, node: yaml.Node, path: Path) -> list[Any]:
        return [self.plain(item, (*path, index)) for index, item in enumerate(node.value)]

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, path, hazards.braces(self.tree.rest_of_line(node.start_mark.index)))
            elif key.value == "<<" and key.style is None:
                merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
            elif key.value in data:
                line, _rest = self.tree.place((*path, key.value), key=True)
                place = self.tree.place_of(key.start_mark.index)
                message = _("this key is already given at line {line}: keep one of them").format(line=line)
                self.tree.faults.append(Fault(*place, (*path, key.value), message))
            else:
                self.tree.keys.setdefault((*path, key.value), key)
                data[key.value] = self.plain(value, (*path, key.value))
        for source in merged:
            data |= {key: value for key, value in self.merge(source, path).items() if key not in data}
        return data

    def merge(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        """What ``<<: *name`` brings in; keys already given win."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, path, _("expected a mapping after <<, such as *name"))
            return {}
        if node in self.above or self.spent(node, path):
            return {}
        self.above.append(node)
        data = self.mapping(node, path)
        self.above.pop()
        return data
