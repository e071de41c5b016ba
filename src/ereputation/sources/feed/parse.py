"""Bytes to documents: the pure half of the feed source."""

from __future__ import annotations

import io
import re
from calendar import timegm
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ereputation import words
from ereputation.errors import ContentError
from ereputation.fetch.decode import TooLarge, Undecodable, inflate_file
from ereputation.sources.encodings import decode
from ereputation.sources.feed import jsonfeed, quick
from ereputation.sources.feed.cutting import split
from ereputation.sources.feed.entries import (
    Context,
    Raw,
    dates,
    document,
    first,
    language,
    number,
    plain_title,
    web_url,
)
from ereputation.sources.feed.quick import About
from ereputation.sources.feed.refused import why_no_feed
from ereputation.sources.feed.tidy import MOST_ENTRIES, Tidy, tidy, untouched
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeAlias

    from ereputation.model import Document
    from ereputation.sources.dates import Dated

    Refine: TypeAlias = Callable[[Document, Mapping[str, Any]], Document | None]

MOST_BYTES = 10_000_000
_BRIDGE_ERROR = "bridge returned error"
_CUT = N_("cut document: only whole entries were read")
_TEXT_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "")
_PACKED = "application/octet-stream"
"""What feedparser calls a text that came as base64, whatever it holds."""
_MAIL_AND_NAME = re.compile(r"\S{1,200}@\S{1,200}\s\(([^()]{1,200})\)")
_PUBLISHED = ("published", "created", "updated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a feed holds."""

    documents: tuple[Document, ...]
    """One for each entry, in the order of the feed."""
    title: str
    encoding: str
    """The one that won."""
    whole: bool = True
    """False when the end was missing."""
    warning: str = ""


def _theirs(entry: dict[str, Any], key: str) -> Dated | None:
    """What feedparser made of a date; None when it made nothing of it."""
    parsed = dict.get(
        entry, f"{key}_parsed"
    )  # past feedparser's own look-up, which falls back on other fields
    try:
        return (datetime.fromtimestamp(timegm(parsed), UTC), "assumed_zone") if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _dates(entry: dict[str, Any], keys: Iterable[str], timezone: str | None) -> list[Dated | None]:
    stated = {key: dict.get(entry, key) for key in keys}
    return dates(
        ((text, _theirs(entry, key)) for key, text in stated.items() if isinstance(text, str)), timezone
    )


def _body(entry: dict[str, Any]) -> tuple[str, bool, str, str]:
    """The fullest account of an entry: text, is it HTML, its language, its base."""
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    accounts = [
        (
            detail["value"],
            detail.get("type") != "text/plain",
            detail.get("language") or "",
            detail.get("base") or "",
        )
        for detail in details
        if detail.get("value", "").strip() and detail.get("type", "") in _TEXT_TYPES
    ]
    stated = first(entry, "summary", "description")
    return max((*accounts, (stated, True, "", "")), key=lambda account: len(account[0]))


def _link(entry: dict[str, Any]) -> str:
    """The page of the entry: its alternate link, its link, or a guid that is one."""
    links = [link for link in entry.get("links", ()) if link.get("href")]
    pages = [link for link in links if link.get("rel") == "alternate"]
    html = [link for link in pages if "html" in link.get("type", "")]
    for link in (*html, *pages):
        return str(link["href"])
    if stated := first(entry, "link"):
        return stated
    identity = first(entry, "id")
    return identity if identity.startswith(("http://", "https://")) else ""


def _media(entry: dict[str, Any]) -> list[str]:
    named = [*entry.get("media_content", ()), *entry.get("media_thumbnail", ())]
    image = entry.get("image") or {}
    return [
        *(str(one.get("href", "")) for one in entry.get("enclosures", ())),
        *(str(one.get("url", "")) for one in named),
        str(image.get("href", "")),
    ]


def _author(entry: dict[str, Any]) -> str:
    """Names without mail addresses. feedparser cuts ``me@long.industries (Me)`` in the middle: seen and undone."""
    names = [first(person, "name") for person in entry.get("authors", ()) if person]
    stated = first(entry, "author")
    if any(name.count("(") != name.count(")") for name in names) and (found := _MAIL_AND_NAME.match(stated)):
        return found[1]
    return ", ".join(dict.fromkeys(name for name in names if name)) or stated


def _raw(entry: dict[str, Any], timezone: str | None) -> Raw:
    body, is_html, lang, base = _body(entry)
    title = entry.get("title_detail") or {}
    updated = _dates(entry, ("updated",), timezone)
    replied = entry.get("thr_in-reply-to") or {}
    return Raw(
        id=first(entry, "id"),
        link=_link(entry),
        base=base or title.get("base") or "",
        title=first(entry, "title"),
        title_is_html=title.get("type") != "text/plain",
        body=body,
        body_is_html=is_html,
        published=_dates(entry, _PUBLISHED, timezone),
        updated=updated[0] if updated else None,
        author=_author(entry),
        lang=lang or title.get("language") or "",
        tags=[str(tag.get("label") or tag.get("term") or "") for tag in entry.get("tags", ())],
        media=_media(entry),
        comments_url=first(entry, "comments"),
        comments=number(entry.get("slash_comments") or entry.get("thr_total") or ""),
        reply_to=str(replied.get("ref", "")) if isinstance(replied, dict) else "",
    )


def _by_feedparser(xml: bytes) -> Any:
    """Feedparser's account of a tidy document; it gets bytes in memory and can fetch nothing."""
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(xml),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser has no error class of its own, and its input comes from anybody
        raise ContentError(
            _("a feed that cannot be read ({name}): check it in a browser").format(name=type(error).__name__)
        ) from error


def _documents(
    pairs: Iterable[tuple[Raw, Mapping[str, Any]]], context: Context, refine: Refine | None
) -> tuple[Document, ...]:
    """A document for each entry, less those that ``refine`` finds to be none."""
    if refine is None:
        return tuple(document(raw, context) for raw, _entry in pairs)
    refined = (refine(document(raw, context), entry) for raw, entry in pairs)
    return tuple(one for one in refined if one is not None)


def _about(result: Any) -> About:
    """What a feed says of itself, by feedparser."""
    feed = result.feed
    return About(
        title=first(feed, "title"),
        link=first(feed, "link"),
        lang=language(first(feed, "language"))
        or language((feed.get("title_detail") or {}).get("language") or ""),
        author=_author(feed) if result.version.startswith("atom") else "",
    )


def _within(about: About, context: Context) -> Context:
    """The context of the entries of a feed that says this of itself."""
    return replace(
        context,
        site_url=web_url(about.link, context.url),
        lang=about.lang or context.lang,
        author=plain_title(about.author, is_html=True),
    )


def _read_shortly(xml: bytes, context: Context) -> Parsed | None:
    """An ordinary feed, of which feedparser reads at most the head; None: it has to read all."""
    found = quick.read(xml, context.timezone)
    if found is None:
        return None
    about = found.about
    if about is None:
        parts = split(xml)
        head = tidy((parts[0] + parts[2]).decode()) if parts and len(parts[1]) == len(found.raws) else None
        if head is None:
            return None
        result = _by_feedparser(head.xml)
        if result.bozo or result.entries:  # these are called otherwise, or hide
            return None
        about = _about(result)
    context = _within(about, context)
    documents = tuple(document(raw, context) for raw in found.raws)
    return Parsed(documents=documents, title=plain_title(about.title, is_html=True), encoding="")


def _read_tidied(tidied: Tidy, context: Context, refine: Refine | None, *, mended: bool) -> Parsed:
    """A feed that the short way did not read as it is; ``mended``: it may be read so now."""
    if mended and not tidied.left_out and (shortly := _read_shortly(tidied.xml, context)):
        return replace(shortly, whole=False, warning=_(_CUT)) if tidied.cut else shortly
    result = _by_feedparser(tidied.xml)
    about = _about(result)
    pairs = ((_raw(entry, context.timezone), entry) for entry in result.entries)
    found = _documents(pairs, _within(about, context), refine)
    faults = [_(_CUT)] if tidied.cut else []
    if tidied.left_out:
        faults.append(
            _("more than {most_entries} entries: the last {left_out} were left out").format(
                most_entries=MOST_ENTRIES, left_out=tidied.left_out
            )
        )
    if result.bozo and not tidied.cut:
        faults.append(_("malformed XML, read as far as possible"))
    title = plain_title(about.title, is_html=True)
    return Parsed(
        documents=found, title=title, encoding="", whole=not tidied.cut, warning=words.joined(faults)
    )


def _read_json(text: str, context: Context, refine: Refine | None) -> Parsed:
    feed, whole = jsonfeed.load(text)
    context = replace(
        context,
        site_url=web_url(first(feed, "home_page_url"), context.url),
        lang=language(first(feed, "language")) or context.lang,
        author=plain_title(jsonfeed.feed_author(feed), is_html=False),
    )
    items = [item for item in feed["items"] if isinstance(item, dict)]
    faults = [] if whole else [_(_CUT)]
    if len(items) > MOST_ENTRIES:
        faults.append(
            _("more than {most_entries} entries: the last {count} were left out").format(
                most_entries=MOST_ENTRIES, count=len(items) - MOST_ENTRIES
            )
        )
    pairs = ((jsonfeed.raw(item, context.timezone), item) for item in items[:MOST_ENTRIES])
    found = _documents(pairs, context, refine)
    title = plain_title(first(feed, "title"), is_html=False)
    return Parsed(documents=found, title=title, encoding="", whole=whole, warning=words.joined(faults))


def _without_bridge_errors(parsed: Parsed) -> Parsed:
    """Bridges publish their own failures as entries: those are no documents."""
    errors = [one.title for one in parsed.documents if one.title.lower().startswith(_BRIDGE_ERROR)]
    if not errors:
        return parsed
    kept = tuple(one for one in parsed.documents if one.title not in errors)
    if not kept:
        raise ContentError(
            _('the bridge says "{errors}": check what it reads').format(errors=errors[0][:100])
        )
    faults = [parsed.warning, _('the bridge says "{errors}"').format(errors=errors[0][:100])]
    return replace(parsed, documents=kept, warning=words.joined(faults))


def parse(
    payload: bytes,
    *,
    url: str,
    now: datetime,
    source: str,
    content_type: str = "",
    timezone: str | None = None,
    lang: str = "",
    refine: Refine | None = None,
) -> Parsed:
    """The documents of a feed, whatever its dialect and its faults. Raises ContentError for what is no feed.

    ``refine`` makes of a document and its entry, as feedparser has it, what a certain network means by them; without it
    the entries of ordinary feeds are read by a shorter way, to the same documents.
    """
    try:
        payload, inflated = inflate_file(payload, MOST_BYTES)
    except TooLarge as error:
        raise ContentError(
            _("larger than {most_bytes} MB when unpacked: refused").format(most_bytes=MOST_BYTES // 1000000)
        ) from error
    except Undecodable as error:
        raise ContentError(
            _("a compressed file that cannot be opened: {error}").format(error=error)
        ) from error
    text, encoding = decode(payload, content_type)
    context = Context(source=source, url=url, now=now, timezone=timezone, lang=language(lang))
    head = text[:100].lstrip("\ufeff \t\r\n\x00")
    if head.startswith(("{", "[")):
        parsed = _read_json(text, context, refine)
    else:
        bare = untouched(text) if refine is None else b""
        shortly = _read_shortly(bare, context) if bare else None
        if shortly is None:
            tidied = tidy(text)
            if tidied is None:
                raise ContentError(why_no_feed(text, context.url))
            mended = refine is None and tidied.xml != bare  # else the short way was tried
            del text, payload, bare  # each may take 40 MB, and feedparser needs its share
            shortly = _read_tidied(tidied, context, refine, mended=mended)
        parsed = shortly
    return replace(_without_bridge_errors(parsed), encoding=encoding, whole=parsed.whole and inflated)
