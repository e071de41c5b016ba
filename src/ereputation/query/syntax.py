"""From symbols to a tree: NOT binds tighter than NEAR, then AND, then OR; a space is AND."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ereputation.errors import QueryError
from ereputation.query.dates import BadDateError, period
from ereputation.query.faults import fault, where
from ereputation.query.fields import BadValueError, value_of
from ereputation.query.lexer import symbols
from ereputation.query.nodes import (
    Field,
    Item,
    Near,
    Node,
    Or,
    Words,
    branch_depth,
    conjunction,
    disjunction,
    is_negative,
    negation,
)
from ereputation.query.words import Token, exact, tokens
from ereputation.speech import _
from ereputation.text import fold
from ereputation.words import count as number

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from ereputation.query.lexer import Symbol

MAX_LENGTH = 100_000
MAX_NESTED = 100
MAX_DEPTH = 220
MAX_WILD = 100
_OPERAND = frozenset({"open", "field", "value", "phrase", "exact", "word"})
_LOWER = frozenset({"and", "or", "not", "et", "ou", "sauf"})
_STRAY_WILD = re.compile(r"(?:^|[^\w*?])[*?]")
_FUZZY = re.compile(r"^[^/]*~[0-9]*$")
_STRAY_STAR = re.compile(r"(?:^|[^\w*])\*(?=\w)")


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that does not stop a query but is often a mistake."""

    code: str
    """W01: AND and OR mixed; W02: NEAR over 20; W03: an operator in lower case."""
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.code} {self.message}"


@dataclass(slots=True)
class Parser:
    """Reads one query; QueryError when it cannot be read."""

    text: str
    now: datetime | None
    timezone: tzinfo
    symbols: list[Symbol] = field(default_factory=list)
    warnings: list[Caution] = field(default_factory=list)
    _next: int = 0
    _nested: int = 0
    _field: str = ""

    def parse(self) -> Node:
        """The tree of the whole text."""
        if len(self.text) > MAX_LENGTH:
            raise QueryError(
                _("the query is longer than {limit} characters").format(limit=number(MAX_LENGTH)),
                hint=_("split it into several"),
            )
        self.symbols = symbols(self.text)
        if not self.symbols:
            raise fault(self.text, 0, _("the query is empty"), _('write a word or a "phrase"'))
        root = self._or()
        if self._peek() is not None:
            raise self._unexpected()
        if branch_depth(root) > MAX_DEPTH:
            raise QueryError(
                _("the query is nested more than {limit} levels deep").format(limit=MAX_DEPTH),
                hint=_("split it into several"),
            )
        if is_negative(root):
            raise self._negative()
        return root

    def _peek(self) -> Symbol | None:
        return self.symbols[self._next] if self._next < len(self.symbols) else None

    def _accept(self, kind: str) -> Symbol | None:
        symbol = self._peek()
        if symbol is None or symbol.kind != kind:
            return None
        self._next += 1
        return symbol

    def _warn(self, code: str, position: int, message: str) -> None:
        line, column = where(self.text, position)
        self.warnings.append(Caution(code, line, column, message))

    def _or(self) -> Node:
        node, mixed = self._and()
        parts, first = [node], None
        while operator := self._accept("OR"):
            first = first or operator
            node, several = self._and()
            mixed |= several
            parts.append(node)
        if first and mixed:
            self._warn(
                "W01", first.position, _("AND binds tighter than OR; add parentheses to show what you mean")
            )
        return disjunction(parts)

    def _and(self) -> tuple[Node, bool]:
        """A conjunction, and whether it has several terms."""
        parts = [self._near()]
        while symbol := self._peek():
            if symbol.kind == "AND":
                self._next += 1
            elif symbol.kind != "NOT" and symbol.kind not in _OPERAND:
                break
            parts.append(self._near())
        return conjunction(parts), len(parts) > 1

    def _near(self) -> Node:
        node = self._not()
        chained = 0
        while operator := self._accept("near"):
            chained += 1
            if self._nested + chained > MAX_NESTED:
                raise self._too_deep(operator)
            if operator.number > 20:
                self._warn(
                    "W02",
                    operator.position,
                    _("{shown}: so wide a distance is almost AND").format(shown=operator.shown),
                )
            node = Near(node, self._not(), operator.number, operator.ordered)
            if self._field not in {"", "title"} or not (_has_place(node.left) and _has_place(node.right)):
                raise fault(
                    self.text,
                    operator.position,
                    _(
                        "{shown} takes words, phrases, tags and groups of them with OR, not AND, NOT or fields"
                    ).format(shown=operator.shown),
                    _("use parentheses: (a NEAR/5 b) AND c"),
                )
        return node

    def _not(self) -> Node:
        negative = False
        while self._accept("NOT"):
            negative = not negative
        node = self._term()
        return negation(node) if negative else node

    def _term(self) -> Node:
        symbol = self._peek()
        if symbol is None or symbol.kind not in _OPERAND:
            raise self._unexpected()
        self._next += 1
        if symbol.kind == "open":
            return self._group(symbol)
        if symbol.kind == "field":
            return self._in_field(symbol)
        if self._field not in {"", "title"}:
            return self._value(symbol)
        if symbol.kind == "word" and symbol.value in _LOWER:
            message = _("{word} is read as a word; the operator is {operator}, in capitals").format(
                word=symbol.value, operator=symbol.value.upper()
            )
            self._warn("W03", symbol.position, message)
        return words(self.text, symbol, title=self._field == "title")

    def _group(self, opening: Symbol) -> Node:
        self._enter(opening)
        node = self._or()
        if not self._accept("close"):
            if self._peek() is not None:
                raise self._unexpected()
            raise fault(
                self.text, opening.position, _("this parenthesis is never closed"), _("add a closing )")
            )
        self._nested -= 1
        return node

    def _in_field(self, symbol: Symbol) -> Node:
        self._enter(symbol)
        outside, self._field = self._field, symbol.value
        node = self._term()
        self._field = outside
        self._nested -= 1
        return node

    def _enter(self, symbol: Symbol) -> None:
        self._nested += 1
        if self._nested > MAX_NESTED:
            raise self._too_deep(symbol)

    def _too_deep(self, symbol: Symbol) -> QueryError:
        message = _("the query is nested more than {limit} levels deep").format(limit=MAX_NESTED)
        return fault(self.text, symbol.position, message, _("split it into several"))

    def _value(self, symbol: Symbol) -> Node:
        written = symbol.text if symbol.kind == "word" else symbol.value
        try:
            if self._field in {"since", "before", "date"}:
                return period(self._field, written.strip(), now=self.now, timezone=self.timezone)
            return Field(self._field, value_of(self._field, written))
        except BadDateError as error:
            raise fault(
                self.text, symbol.position, _("{shown} is no date").format(shown=symbol.shown), str(error)
            ) from error
        except BadValueError as error:
            raise fault(
                self.text,
                symbol.position,
                _("{field}: cannot be {shown}").format(field=self._field, shown=symbol.shown),
                str(error),
            ) from error

    def _unexpected(self) -> QueryError:
        """The error for what stands (or is missing) at the next symbol."""
        symbol = self._peek()
        before = self.symbols[self._next - 1] if self._next else None
        dangling = before is not None and before.kind in {"AND", "OR", "NOT", "near", "field"}
        if dangling and before is not None and (symbol is None or symbol.kind not in _OPERAND):
            hint = _('to search for the word itself, write "{shown}"').format(shown=before.shown)
            return fault(
                self.text,
                before.position,
                _("{shown} has nothing on its right").format(shown=before.shown),
                hint,
            )
        if symbol is None:
            return fault(self.text, len(self.text), _("the query ends too early"))
        if symbol.kind == "close":
            if before is not None and before.kind == "open":
                return fault(self.text, symbol.position, _("these parentheses are empty"))
            return fault(
                self.text, symbol.position, _("this closing parenthesis was never opened"), _("remove it")
            )
        hint = _('to search for the word itself, write "{shown}"').format(shown=symbol.shown)
        return fault(
            self.text, symbol.position, _("{shown} has nothing on its left").format(shown=symbol.shown), hint
        )

    def _negative(self) -> QueryError:
        first = next(symbol for symbol in self.symbols if symbol.kind == "NOT")
        message = _("the query only says what to leave out, so almost everything would match")
        return fault(self.text, first.position, message, _("add a word to find, in every branch of OR"))


def _has_place(node: Node) -> bool:
    """Whether a match of it stands somewhere in a text, so that a distance can be measured."""
    if isinstance(node, Or):
        return all(map(_has_place, node.parts))
    return isinstance(node, (Words, Near))


def words(text: str, symbol: Symbol, *, title: bool = False) -> Words:
    """The leaf a word, a phrase or an exact term stands for."""
    if symbol.kind == "word" and _FUZZY.search(symbol.value):
        hint = _('write "several words"~5, or a wildcard: word*')
        raise fault(
            text, symbol.position, _("~ follows quotes only, not {shown}").format(shown=symbol.shown), hint
        )
    inside = symbol.value.replace("?", " ") if symbol.kind == "phrase" else symbol.value
    found = [t for t in tokens(inside, wild=symbol.kind != "exact") if t.kind != "part"]
    if symbol.kind != "exact":
        _check_stray(text, symbol, inside, found)
    if not found:
        what = (
            _("the quotes are empty")
            if symbol.kind == "phrase"
            else _("nothing to search for in {shown}").format(shown=symbol.shown)
        )
        raise fault(text, symbol.position, what, _("write at least one word"))
    if symbol.kind == "exact":
        items = tuple(replace(_item(token), exact=exact(token.written)) for token in found)
    else:
        _check_wildcards(text, symbol, found)
        items = tuple(map(_item, found))
    first = items[0]
    single = len(items) == 1
    if (
        single
        and symbol.kind == "word"
        and found[0].kind == "word"
        and not first.wild
        and symbol.value.islower()
    ):
        items = (replace(first, plural=True),)
    return Words(items, 0 if single else symbol.number, title, symbol.text)


def _item(token: Token) -> Item:
    sign = {"tag": "#", "handle": "@"}.get(token.kind, "")
    form = token.full or token.form
    wild = token.kind != "opaque" and ("*" in form or "?" in form)
    return Item(form, sign, wild=wild)


def _check_stray(text: str, symbol: Symbol, inside: str, found: list[Token]) -> None:
    if any(token.kind == "opaque" for token in found):
        return
    stray = _STRAY_STAR if symbol.kind == "phrase" else _STRAY_WILD
    if stray.search(fold(inside)):
        hint = _("a wildcard stands inside or at the end of a word: gréviste* or gr?ve")
        raise fault(
            text, symbol.position, _("{shown} starts with a wildcard").format(shown=symbol.shown), hint
        )


def _check_wildcards(text: str, symbol: Symbol, found: list[Token]) -> None:
    for token in found:
        if token.kind == "opaque":
            continue
        letters, star, _rest = token.form.partition("*")
        if star and len(letters.replace("?", "")) < 3:
            hint = _("write out more of the word, or use ? for one letter: {letters}?").format(
                letters=letters[:20]
            )
            raise fault(
                text,
                symbol.position,
                _("* needs at least 3 letters before it in {shown}").format(shown=symbol.shown),
                hint,
            )
        if len(token.form) > MAX_WILD and ("*" in token.form or "?" in token.form):
            raise fault(
                text,
                symbol.position,
                _("a word with wildcards has at most {limit} characters").format(limit=MAX_WILD),
            )
