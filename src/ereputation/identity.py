"""When two readings speak of one document: its keys, in order of trust.

A document stays one when its guid, its URL or its title changes. Every key is an 8-byte BLAKE2b digest as a signed
integer, so that a store keeps and finds it in an ordinary integer index.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from ereputation.model import Document

DAY = 86_400
TITLE_DAYS = 2
"""A title names a document for so many days around its publication; the same title later is another document."""
_SAME_TITLE = 12 * 3600  # seconds; recurring titles come once a day or less often
_LONGEST_URL = 8_192
_DAY_STEP = 0x9E3779B97F4A7C15
"""Between the digests of one title on two days; odd, so that none meets another."""
_FEWEST_WORDS, _FEWEST_CHARACTERS = 4, 20
_READ = 2_000  # characters of a title

_GLOBAL_GUID = re.compile(r"(?:https?://|tag:|at://|urn:)", re.IGNORECASE)
_NAMED = re.compile(
    r"urn:", re.IGNORECASE
)  # given out once and never again (RFC 8141): two of them are two documents
_PLAIN_URL = re.compile(r"https?://([\w.-]+)((?:/[^\s?#]*)?)(?:\?([^\s#]*))?(?:#(\S*))?", re.ASCII)
_BARE_HOST = re.compile(r"https?://[^/?#]*/?", re.IGNORECASE)
_PLAIN_PATH = re.compile(r"[\w/.,:!$&'()*+=@~-]*", re.ASCII)
_TRACKING = re.compile(
    r"(?:utm_|at_|ns_|pk_|mtm_|piwik_|hsa_|xt(?:or|ref|cr|mc|s)$|fbclid$|gclid$|gclsrc$|dclid$|gbraid$|wbraid$|msclkid$"
    r"|yclid$|twclid$|ttclid$|igshid$|igsh$|mc_cid$|mc_eid$|mkt_tok$|_hsenc$|_hsmi$|wt_mc$|cmpid$|cmp_id$|cmp$|s_cid$"
    r"|ocid$|ncid$|smid$|smtyp$|ito$|spm$|vero_id$|oly_enc_id$|oly_anon_id$|__twitter_impression$|amp$|outputtype$)",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"(?:ref|source|from|partner|via|origin|src|feature)$", re.IGNORECASE)
_ORIGIN_VALUE = re.compile(
    r"(?:rss|feed|atom|twitter|facebook|linkedin|newsletter|share|social)", re.IGNORECASE
)
_SESSION = re.compile(r";jsessionid=[^/?]*", re.IGNORECASE)
_AMP = re.compile(r"(?:/amp|\.amp)(?=$|\.html?$)", re.IGNORECASE)
_MEANT_FRAGMENT = re.compile(r"(?:[!/]|(?:comment|reply|post|answer|msg)|[cp]\d)", re.IGNORECASE)
_HOMEPAGE = re.compile(
    r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?)?/?(?:(?:index|default|home|accueil)(?:\.\w{2,5})?)?/?", re.IGNORECASE
)
_TITLED = frozenset({"article", "video", "podcast"})
_SUFFIX = re.compile(r"\s(?:[-–—|·»]|::)\s(?=\S)")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """The keys of the documents of one reading, each in the document's place, and the keys that name none of them.

    A document has a guid, an address and a title for names, and what it says where these say too little.
    """

    guids: tuple[int, ...]
    """0: none."""
    urls: tuple[int, ...]
    """0: none."""
    contents: tuple[int, ...]
    """0: none."""
    titles: tuple[int, ...]
    """0: none; ``around`` it may be kept what bears the same title."""
    shared: frozenset[int]
    """What several of them would answer to that are different documents."""

    def names(self, place: int) -> tuple[int, ...]:
        """Everything the document at ``place`` answers to; never empty."""
        own = self.guids[place], self.urls[place], self.titles[place], self.contents[place]
        return tuple(filter(None, own))

    def digests(self, *, titles: bool = True) -> Iterator[int]:
        """Everything that has to be looked up to know the documents; without ``titles`` those of a source never read."""
        yield from filter(None, chain(self.guids, self.urls, self.contents, self.shared))
        if titles:
            yield from chain.from_iterable(map(around, filter(None, self.titles)))


def digest(*parts: str) -> int:
    """Eight bytes of BLAKE2b over ``parts`` as a signed integer; parts never run into each other."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(joined, digest_size=8).digest(), "big", signed=True)


@lru_cache(maxsize=1_024)  # a reading is looked up before it is stored
def canonical_url(url: str) -> str:
    """What stays of a web address when scheme, ``www.``, tracking, order and fragment are gone; "" when it names no page.

    A home page is the address of many documents, so it names none. Other schemes (``at://``) stay as they are.
    """
    url = url.strip()
    if len(url) > _LONGEST_URL:
        return url
    if found := _PLAIN_URL.fullmatch(url):  # nearly always, and much faster
        name, path, query, fragment = found.groups(default="")
        port = None
    else:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # a broken host or port still tells this address from others
            return url
        scheme = parts.scheme.lower()
        if scheme not in {"http", "https"}:
            return url if scheme and (parts.netloc or parts.path) else ""
        name, path, query, fragment = parts.hostname or "", parts.path, parts.query, parts.fragment
    host = _host(name)
    if not host:
        return ""
    if port and port not in {80, 443}:
        host = f"{host}:{port}"
    path = _path(path)
    query = _query(query) if query else ""
    if not _MEANT_FRAGMENT.match(fragment):
        fragment = ""
    if not query and not fragment and _HOMEPAGE.fullmatch(path):
        return ""
    return host + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _host(host: str) -> str:
    host = host.lower().rstrip(".").removeprefix("www.")
    first, _, rest = host.partition(".")
    return rest if first in {"m", "amp", "mobile"} and "." in rest else host


def _path(path: str) -> str:
    if not _PLAIN_PATH.fullmatch(path):
        path = _SESSION.sub("", path)
        path = quote(unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=", errors="surrogateescape")
    path = path.rstrip("/")
    return _AMP.sub("", path).rstrip("/")


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(sorted(pair for pair in pairs if not _is_tracking(*pair)))


def _is_tracking(name: str, value: str) -> bool:
    return bool(_TRACKING.match(name) or (_ORIGIN.match(name) and _ORIGIN_VALUE.match(value)))


@lru_cache(maxsize=1_024)
def title_key(title: str, publisher: str = "") -> str:
    """The words of a title, folded, without the publisher's name at its end; "" when too short to name anything."""
    words = _words(_without_publisher(title, publisher) if publisher else title)
    return words if len(words) >= _FEWEST_CHARACTERS and words.count(" ") >= _FEWEST_WORDS - 1 else ""


def _words(text: str) -> str:
    return _NOT_WORD.sub(" ", fold(text[:_READ])).strip()


def _without_publisher(title: str, publisher: str) -> str:
    cuts = list(_SUFFIX.finditer(title[-80:]))
    if not cuts:
        return title
    start = max(0, len(title) - 80)
    tail = _words(title[start + cuts[-1].end() :]).replace(" ", "")
    known = _words(publisher).replace(" ", "")
    return title[: start + cuts[-1].start()] if tail and (tail in known or known in tail) else title


def guid_digest(guid: str, source: str) -> int:
    """What the id a source gives a document is kept under: a URI means the same everywhere."""
    return digest("guid", "" if _GLOBAL_GUID.match(guid) else source, guid)


def title_digest(document: Document) -> int:
    """Where a document is kept by its title and its day; 0: nowhere.

    People give their posts and reviews the same titles ("Do not buy this"): those name nothing.
    """
    if document.type not in _TITLED or not (title := title_key(document.title, document.site)):
        return 0
    # The site, too: an aggregator brings the same title from many publishers.
    base = digest("title", document.source, document.site, title)
    return _signed(base + int(document.published.timestamp()) // DAY * _DAY_STEP)


def around(title: int) -> list[int]:
    """Where the same title is kept on the days around: its own day first, the others by nearness."""
    return [_signed(title + near * _DAY_STEP) for near in (0, -1, 1, -2, 2)]


def _signed(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def keys_of(documents: Sequence[Document]) -> Reading:
    """The keys of one reading's documents, without those that entries of different titles share.

    A guid is worth as much as its source, unless it is a URI and so means the same everywhere. A title names a document
    only within its source and near its day. Where neither URL nor title says anything, what is said has to do, unless the
    guid is a URN. Feeds exist where every entry links to the same page, or where all have the same guid.
    """
    titles = tuple(map(title_digest, documents))
    guids, urls = list(map(_guid_key, documents)), list(map(_url_key, documents))
    named: defaultdict[int, list[Document]] = defaultdict(list)
    for document, guid, url in zip(documents, guids, urls, strict=True):
        named[guid].append(document)
        named[url].append(document)
    shared = frozenset(key for key, sharing in named.items() if key and len(sharing) > 1 and _differ(sharing))
    none = shared | {0}
    contents = (
        _content_key(document)
        if not title and ((guid in none and url in none) or (not url and _speaks_for_itself(document)))
        else 0
        for document, title, guid, url in zip(documents, titles, guids, urls, strict=True)
    )
    return Reading(
        tuple(0 if guid in shared else guid for guid in guids),
        tuple(0 if url in shared else url for url in urls),
        tuple(contents),
        titles,
        shared,
    )


def _guid_key(document: Document) -> int:
    guid = document.guid.strip()
    return guid_digest(guid, document.source) if guid and not _BARE_HOST.fullmatch(guid) else 0


def _url_key(document: Document) -> int:
    url = canonical_url(document.url)
    return digest("url", url) if url else 0


def _content_key(document: Document) -> int:
    return digest("content", document.source, document.title, document.text)


def _speaks_for_itself(document: Document) -> bool:
    """Whether what it says tells it from others, and its guid may not."""
    return not _NAMED.match(document.guid.strip()) and bool(title_key(document.content[:_READ]))


def _differ(documents: Sequence[Document]) -> bool:
    """Whether documents bear different titles, or say different things where they have none."""
    return len({_words(one.title) or _words(one.text[:200]) for one in documents}) > 1


def same_title_same_document(
    new: Document, old_published: datetime, *, old_trusted: bool, old_opening: str
) -> bool:
    """Whether two documents of one source and one title, neither guid nor URL in common, are one.

    Within half a day they are. Within two days they are if the text opens alike, or if a date is only a guess and there
    is no text to compare: "Les titres du jour" comes back every morning with other words.
    """
    apart = abs((new.published - old_published).total_seconds())
    if apart > TITLE_DAYS * DAY:
        return False
    if apart <= _SAME_TITLE:
        return True
    opening = text_opening(new.text)
    if opening and old_opening:
        return opening == old_opening
    return not old_trusted or new.date_confidence == "first_seen"


def text_opening(text: str) -> str:
    """The first words of a text, folded: enough to tell an edit from another text."""
    return _words(text[:160])


def content_digest(document: Document) -> int:
    """Changes when an edit of the document is worth storing."""
    return digest(
        document.title,
        document.text,
        document.url,
        str(document.updated or ""),
        document.author_name,
        document.author_handle,
        *document.tags,
        *_pairs(document.engagement.items()),
        "guessed" if document.date_confidence == "first_seen" else "dated",
    )


def _pairs(items: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name}={value}" for name, value in sorted(items)]
