"""What YAML makes of text that people type in good faith, and what to write instead.

Queries are full of characters YAML keeps for itself: ``#`` (comment), ``@`` and `````` (reserved), ``*`` (alias),
``&`` (anchor), ``!`` (tag), ``{`` (mapping), a quote at the start, a colon and a space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from yaml.reader import ReaderError

from ereputation.config.faults import is_secret, quoted, redact
from ereputation.speech import _
from ereputation.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = re.compile(r"\s*(?:- +)*[\"']?([\w-]{1,60})[\"']?\s*:")
_VALUE_BEFORE = re.compile(r"\s*(?:- +)*(?:[\w-]{1,60}:\s+|-\s+)?(?P<value>\S.*)")
_COMMENT_ITEM = re.compile(r"[\[,\s](#[^\s,#\]][^\s,\]]*)")
_CUT = re.compile(r"\s+(#[^\s#][^\n]*)")


def explain(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    """Where a syntax error stands (index into ``text``) and what to write instead."""
    if isinstance(error, ReaderError):
        return (
            error.position,
            _("the character {code} is not allowed in YAML: delete it").format(
                code=f"U+{ord(text[error.position]):04X}"
            ),
        )
    assert isinstance(error, yaml.MarkedYAMLError)
    assert error.problem_mark is not None
    index: int = error.problem_mark.index
    opened: int = error.context_mark.index if error.context_mark else index
    problem, context = error.problem or "", error.context or ""
    if "cannot start any token" in problem or context in {
        "while scanning an anchor",
        "while scanning an alias",
    }:
        return opened if context.endswith(("anchor", "alias")) else index, _reserved(text, index, opened)
    if "undefined alias" in problem:
        return index, _("* starts a YAML alias: put quotes around {text}").format(text=_token(text, index))
    if "mapping values are not allowed" in problem:
        return _colon(text, index)
    if "quoted scalar" in context and "escape" not in problem:
        return opened, _(
            "this quotation mark is never closed: close it, or put the whole text under `key: >-`"
        )
    if "escape" in problem or "escape" in context:
        return index, _("in double quotes a backslash starts an escape: use single quotes, or write it twice")
    if flow := "flow" in context:
        if opened >= index:
            opened = max(text.rfind("[", 0, index), text.rfind("{", 0, index), 0)
        if comment := _COMMENT_ITEM.search(text, opened, index):
            at = comment.start(1)
            return at, _("YAML read this as a comment: put quotes around {text}").format(
                text=_shown(text, at, comment[1])
            )
    if "block scalar" in context:
        return index, _("the text after > or | starts on the next line, indented")
    if "but found" in problem or "but got" in problem:
        return _unexpected(text, index, opened, problem, flow=flow)
    if "expected ':'" in problem:
        return opened, _no_colon(text, opened)
    if "sequence entries are not allowed" in problem:
        return index, _(
            "a list starts on the next line (- one item a line), or is written [a, b] on this one"
        )
    return index, redact(one_line(problem)) or _("this is not valid YAML")


def _line(text: str, index: int) -> tuple[int, str]:
    """Start of the line that holds ``index``, and the line."""
    start = text.rfind("\n", 0, index) + 1
    end = text.find("\n", index)
    return start, text[start : end if end >= 0 else len(text)]


def _shown(text: str, index: int, token: str) -> str:
    """``token`` in quotes, unless the key of its line says that it is a secret."""
    found = _KEY.match(_line(text, index)[1])
    return _("it") if found and is_secret((found[1],)) else quoted(token)


def _token(text: str, index: int) -> str:
    """What was typed at ``index``: up to the end of the item or of the line."""
    start, line = _line(text, index)
    in_list = "[" in line[: index - start]
    item = re.split(r"[,\]}]" if in_list else r"\s+#", line[index - start :], maxsplit=1)[0]
    return _shown(text, index, item.strip())


def _reserved(text: str, index: int, opened: int) -> str:
    if text[index : index + 1] == "\t":
        return _("a tab: YAML is indented with spaces only")
    at = opened if text[opened : opened + 1] in {"&", "*"} else index
    return _("{sign} is YAML's own sign at the start of a text: put quotes around {text}").format(
        sign=text[at : at + 1], text=_token(text, at)
    )


def _colon(text: str, index: int) -> tuple[int, str]:
    """A second ``: `` on the line, or a key that is indented more than the line above."""
    start, line = _line(text, index)
    before = line[: index - start]
    key = _KEY.match(before)
    found = _VALUE_BEFORE.fullmatch(before)
    if not found or (not key and "- " not in before):
        return start + len(before) - len(before.lstrip()), (
            _(
                "this key is not aligned with the line above: start it in the same column, or close the text above"
            )
        )
    at = start + (key.end() if key else found.start("value"))
    at += len(text[at:index]) - len(text[at:index].lstrip())
    return (
        at,
        _("a colon followed by a space starts a new key: put quotes around {text}").format(
            text=_shown(text, index, line[at - start :].strip())
        ),
    )


def _unexpected(text: str, index: int, opened: int, problem: str, *, flow: bool) -> tuple[int, str]:
    start, line = _line(text, index)
    before = text[:index].rstrip()[-1:]
    found = _KEY.match(line)
    key = found[1] if found else ""
    if before == "'" and text[index - 1] == "'":
        return index, _("an apostrophe inside single quotes: use double quotes around the text")
    if before in {'"', "'"} and index > start:
        if key and not flow:
            return index, _(
                "text follows the closing quotation mark: put the whole text under `{key}: >-`, indented"
            ).format(key=key)
        return index, _("text follows the closing quotation mark: put single quotes around the whole")
    if flow:
        bracket = text[opened : opened + 1]
        return (
            opened,
            _("{bracket} is not closed, or a comma is missing: {example}").format(
                bracket=bracket, example="{...}" if bracket == "{" else "[a, b]"
            ),
        )
    if problem.endswith(("']'", "'}'", "','")):
        return index, _("{bracket} without its opening bracket: put quotes around the text").format(
            bracket=text[index]
        )
    if before in {"]", "}"} and index > start and line[: index - start].strip():
        return index, _("text follows the closing bracket: put quotes around the whole text")
    if "incompatible" in problem or "directive" in problem:
        return index, redact(one_line(problem))
    if "another document" in problem:
        return index, _("a second document starts here (---): keep one document in the file")
    return index, _(
        "this line is not aligned with the lines above: keys of one block start in the same column"
    )


def _no_colon(text: str, index: int) -> str:
    _rest, line = _line(text, index)
    above = text[:index].rstrip()[-3:]
    if above.endswith((">", ">-", "|", "|-", ">+", "|+")):
        return _("the text under > or | must be indented more than its key")
    if re.match(r"\s*[\w-]+:\S", line):
        return _("expected a space after the colon")
    return _('expected "key: value"')


def nothing(rest: str, key: str) -> str:
    """Why a value is missing: what follows it on its line was read as a comment, or nothing was written."""
    text = rest.strip()
    if text[:1] == "#":
        said = _("YAML read {text} as a comment: write {better}")
    elif text[:1] == "&":
        said = _("YAML read {text} as an anchor: write {better}")
    else:
        return _("expected text, found nothing")
    return said.format(text=quoted(text), better=f"{key}{quoted(text)}")


def cut(rest: str) -> str:
    """A warning when a plain text was cut by ``#``; empty when it was not."""
    found = _CUT.match(rest)
    return (
        _("YAML read {text} as a comment: put quotes around the whole text if it belongs to it").format(
            text=quoted(found[1])
        )
        if found
        else ""
    )


def tag(name: str) -> str:
    """What to do about ``!name``."""
    shown = name.replace("tag:yaml.org,2002:", "!!")
    return _("{shown} is a YAML tag: put quotes around the text").format(shown=quoted(shown))


def braces(rest: str) -> str:
    """What to do about a key that is no text, such as ``{{AF}}``."""
    if rest.startswith("{"):
        return _('a key must be text: braces need quotes around them, "{AF}"')
    return _("a key must be text")


def lone_key(mapping: dict[str, object]) -> str:
    """What to write when text was expected and a mapping was found: ``{AF}`` or ``a: b`` without quotes."""
    if len(mapping) == 1:
        key, value = next(iter(mapping.items()))
        return quoted(f"{{{key}}}" if value is None else f"{key}: {value}")
    return ""


def missing_space(node: yaml.Node) -> str:
    """A hint for a file that is one text: ``name:value``."""
    glued = isinstance(node, yaml.ScalarNode) and re.match(r"[\w-]+:\S", str(node.value))
    return _(" (is a space missing after a colon?)") if glued else ""


def joined(words: Sequence[str]) -> str:
    """``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return _("{several} or {last}").format(several=", ".join(words[:-1]), last=words[-1])
