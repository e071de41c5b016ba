"""What came instead of a feed, in a sentence: a consent page, a bot check, a login, an error in JSON, nothing."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urljoin

from ereputation.markup import html_to_text
from ereputation.speech import N_, _
from ereputation.text import snippet

_HEAD = 100_000
_FURTHEST = 1_000_000
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"<link\s[^<>]{0,1000}application/(?:rss|atom|feed)\+(?:xml|json)[^<>]{0,1000}>", re.IGNORECASE
)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]{0,40})")
_KINDS = (
    (
        re.compile(
            r"consent\.(?:google|youtube|yahoo)|guce\.|id=.?(?:didomi|onetrust|sp_message)|cookie(?:-|_| )?(?:consent|wall)"
            r"|avant d.acc[ée]der|before you continue|accepter (?:les|et) ",
            re.IGNORECASE,
        ),
        N_("a page that asks for consent to cookies, not a feed: look for another address of this feed"),
    ),
    (
        re.compile(
            r"just a moment|attention required|cf-chl|challenge-platform|captcha|are you (?:a robot|human)"
            r"|ddos.?guard|access denied|incapsula|datadome|checking your browser|enable javascript and cookies",
            re.IGNORECASE,
        ),
        N_(
            "a check against robots, not a feed: the site refuses automated readers; ask it, or look for another feed of it"
        ),
    ),
    (
        re.compile(r"type=[\"']?password", re.IGNORECASE),
        N_("a login page, not a feed: give a token in `headers:`, or another address"),
    ),
)


def _page(text: str, url: str) -> str:
    head = text[:_HEAD]
    for pattern, sentence in _KINDS:
        if pattern.search(head):
            return _(sentence)
    title = snippet(html_to_text(found[1]), 60) if (found := _TITLE.search(head)) else ""
    said = _('a web page ("{title}")').format(title=title) if title else _("a web page")
    if named := named_feeds(head, url):
        return _("{said}, not a feed; the page names this feed: {named}").format(
            said=said, named=snippet(named[0], 200)
        )
    return _("{said}, not a feed: check the address").format(said=said)


def named_feeds(text: str, url: str) -> list[str]:
    """The feeds a web page at ``url`` names in its head, each once, in its order."""
    found: dict[str, None] = {}
    for link in _FEED_LINK.finditer(text[:_FURTHEST]):
        if href := _HREF.search(link[0]):
            address = unescape(href[1])
            try:
                found[urljoin(url, address)] = None
            except ValueError:
                found[address] = None
    return list(found)


def json_error(payload: object) -> str:
    """What a JSON answer that is no feed says of itself."""
    said: object = ""
    if isinstance(payload, dict):
        said = next(
            (payload[key] for key in ("error", "message", "error_message", "detail") if payload.get(key)), ""
        )
        if isinstance(said, dict):
            said = said.get("message") or said.get("info") or said.get("code") or said
    words = snippet(said if isinstance(said, str) else json.dumps(said)[:500], 120) if said else ""
    return (
        _('an error instead of a feed: "{words}"').format(words=words)
        if words
        else _("JSON, but not a JSON Feed: check the address")
    )


def why_no_feed(text: str, url: str) -> str:
    """One sentence for a body in which no feed was found."""
    text = text.strip("\ufeff \t\r\n\x00")
    if not text:
        return _("an empty answer: it will be tried again")
    head = text[:2000].lower()
    if "<html" in head or "<!doctype html" in head or "<head" in head or "<body" in head:
        return _page(text, url)
    if text.startswith("<"):
        element = next((found[1] for found in _ELEMENT.finditer(text[:_HEAD])), "")
        return _("XML, but not a feed (it begins with <{element}>): check the address").format(
            element=element
        )
    if (
        "\x00" in text[:2000]
        or sum(not char.isprintable() and not char.isspace() for char in text[:2000]) > 100
    ):
        return _("binary data, not a feed: check the address")
    return _('plain text, not a feed: "{text}"').format(text=snippet(text, 120))
