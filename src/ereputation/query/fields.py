"""Fields: what their values mean, and whether a document has them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ereputation.model import Document

_SENTIMENTS = {
    "negative": "negative",
    "negatif": "negative",
    "neutral": "neutral",
    "neutre": "neutral",
    "positive": "positive",
    "positif": "positive",
}
_HAS = {"link": "link", "lien": "link", "image": "image", "reply": "reply", "reponse": "reply"}
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")
_HOST = re.compile(r"[^/?#]*")
_LINK = re.compile(r"https?://[^\s]|\bwww\.\w", re.IGNORECASE)
_LONGEST = 500


class BadValueError(ValueError):
    """A field cannot have this value; the argument says what it can be."""


def value_of(name: str, written: str) -> str:
    """The value to compare, folded; BadValueError when it makes no sense."""
    value = " ".join(fold(written).split())
    if name == "site":
        value = host(value).removeprefix("*.").strip(".")
    elif name == "tag":
        value = value.removeprefix("#")
    elif name == "sentiment":
        value = _known(value, _SENTIMENTS, _("negative, neutral or positive"))
    elif name == "has":
        value = _known(value, _HAS, _("link, image or reply"))
    if not value.strip("*?@ "):
        raise BadValueError(_("write a value after the colon"))
    if len(value) > _LONGEST:
        raise BadValueError(_("at most {limit} characters").format(limit=_LONGEST))
    return value


def _known(value: str, table: dict[str, str], expected: str) -> str:
    if value not in table:
        raise BadValueError(f"expected {expected}")
    return table[value]


def host(address: str) -> str:
    """The host of a URL, or of what is written like one: folded, without ``www.``, user or port."""
    bare = _SCHEME.sub("", fold(address))
    match = _HOST.match(bare)
    assert match is not None
    return match[0].rpartition("@")[2].partition(":")[0].removeprefix("www.")


@lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """A wildcard as a regular expression that never backtracks far: ``*`` any run, ``?`` one character."""
    first, *others = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(first + middle + (f".*{others[-1]}" if others else ""), re.DOTALL)


def equals(value: str, wanted: str) -> bool:
    """Whether a folded value is the one wanted, which may hold wildcards."""
    if "*" in wanted or "?" in wanted:
        return glob(wanted).fullmatch(value) is not None
    return value == wanted


def _site(document: Document, wanted: str) -> bool:
    hosts = (host(document.site), host(document.url))
    return any(name == wanted or name.endswith(f".{wanted}") for name in hosts)


def _author(document: Document, wanted: str) -> bool:
    """A handle, a name, or whole words of a name; ``@`` asks for the handle."""
    handle = fold(document.author_handle).removeprefix("@")
    bare = wanted.removeprefix("@")
    if handle and (equals(handle, bare) or equals(re.split("[@.]", handle, maxsplit=1)[0], bare)):
        return True
    if wanted.startswith("@"):
        return False
    name = re.findall(r"[^\W_]+", fold(document.author_name))
    words = re.findall(r"[^\W_*?]+(?:[*?]+[^\W_*?]*)*", bare)
    if "".join(name) == "".join(words):
        return bool(words)
    starts = range(len(name) - len(words) + 1)
    return bool(words) and any(
        all(equals(part, word) for part, word in zip(name[start:], words, strict=False)) for start in starts
    )


def _has(document: Document, wanted: str) -> bool:
    if wanted == "link":
        return _LINK.search(document.content) is not None
    return bool(document.media if wanted == "image" else document.reply_to)


def _lang(document: Document, wanted: str) -> bool:
    lang = fold(document.lang).replace("_", "-")
    wanted = wanted.replace("_", "-")
    return lang == wanted or lang.startswith(f"{wanted}-")


_TESTS: dict[str, Callable[[Document, str], bool]] = {
    "author": _author,
    "has": _has,
    "lang": _lang,
    "sentiment": lambda document, wanted: document.label == wanted,
    "site": _site,
    "source": lambda document, wanted: equals(" ".join(fold(document.source).split()), wanted),
    "tag": lambda document, wanted: any(equals(fold(tag).removeprefix("#"), wanted) for tag in document.tags),
    "type": lambda document, wanted: equals(fold(document.type), wanted),
    "url": lambda document, wanted: wanted in fold(document.url),
}


def holds(name: str, wanted: str, document: Document, brands: Collection[str], status: str) -> bool:
    """Whether the document has the field; ``brands`` and ``status`` are known of mentions only."""
    if name == "brand":
        return any(equals(fold(brand), wanted) for brand in brands)
    if name == "status":
        return equals(fold(status), wanted)
    return _TESTS[name](document, wanted)
