"""The short way through an ordinary feed leads to the documents feedparser leads to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ereputation.errors import ContentError
from ereputation.sources.feed import quick
from ereputation.sources.feed.parse import parse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
FEEDS = sorted(path for path in DATA.rglob("*") if path.suffix in {".xml", ".rss", ".atom", ".rdf"})
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)


def read(body: bytes, **how):
    try:
        return parse(body, url="https://example.org/feed", now=NOW, source="wire", **how)
    except ContentError as error:
        return str(error)


def agree(body: bytes) -> None:
    assert read(body) == read(body, refine=lambda document, _entry: document)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_recorded_feeds_come_out_the_same(path):
    agree(path.read_bytes())


def test_many_recorded_feeds_need_no_long_way(monkeypatch):
    taken = {}
    shortly = quick.read

    def watched(xml, timezone):
        found = shortly(xml, timezone)
        taken[path] |= found is not None
        return found

    monkeypatch.setattr(quick, "read", watched)
    for path in FEEDS:
        taken[path] = False
        read(path.read_bytes())
    assert sum(taken.values()) > len(FEEDS) / 3


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


WORDS = some.sampled_from(
    ["", " ", "Grève chez Air France", "<b>bold</b> &amp; more", "a < b > c", "lâ€™Ã©tÃ©", "œuvre — 😀", "x\n\ty", "&eacute;t&eacute;",
     "Ã©", "\x85", "AT&T", "<p>One</p><p>Two <img src='a' alt='picture'></p>", "(brackets)"]
) | some.text(max_size=12)  # fmt: skip
LINKS = some.sampled_from(
    [
        "",
        "/relative",
        "https://example.org/a?b=1&c=2",
        "http:///odd",
        "ftp://x.org/",
        "https://example.org/é ü",
    ]
)
DATES = some.sampled_from(
    ["", "Sun, 01 Mar 2026 08:00:00 GMT", "2026-03-01T08:00:00Z", "hier", "1 mars 2026 à 8h", "2031-01-01"]
)


def element(name: str, text, attributes: str = ""):
    wrapped = some.booleans()
    return some.tuples(text, wrapped).map(
        lambda drawn: (
            f"<{name}{attributes}><![CDATA[{drawn[0].replace(']]>', '')}]]></{name}>"
            if drawn[1]
            else f"<{name}{attributes}>{escaped(drawn[0])}</{name}>"
        )
    )


BOTH = (
    element("dc:creator", WORDS), element("dc:date", DATES), element("dc:subject", WORDS),
    element("content:encoded", WORDS), element("slash:comments", some.sampled_from(["3", "", "many"])),
    element("media:description", WORDS), element("media:title", WORDS), element("unknown", WORDS),
    element("feedburner:origLink", LINKS), element("post-id", WORDS, ' xmlns="com-wordpress:feed-additions:1"'),
    WORDS.map(lambda t: f'<media:content url="{escaped(t)}"><media:description type="plain">{escaped(t)}</media:description></media:content>'),
    LINKS.map(lambda u: f'<media:thumbnail url="{escaped(u)}"/>'),
)  # fmt: skip
PICTURE = some.tuples(WORDS, some.sampled_from(["", ' type="plain"', ' type="html"'])).map(
    lambda d: f"<media:content><media:description{d[1]}>{escaped(d[0])}</media:description></media:content>"
)
ACCOUNTS = some.permutations(["description", "content:encoded"]).flatmap(
    lambda names: some.tuples(*(element(name, WORDS) for name in names), PICTURE).map("".join)
)
RSS = (
    ACCOUNTS,
    element("title", WORDS), element("link", LINKS), element("description", WORDS), element("guid", LINKS | WORDS),
    element("guid", WORDS, ' isPermaLink="false"'), element("pubDate", DATES), element("author", WORDS),
    element("category", WORDS), element("category", WORDS, ' domain="d"'), element("comments", LINKS),
    LINKS.map(lambda u: f'<enclosure url="{escaped(u)}" type="image/png" length="1"/>'), *BOTH,
)  # fmt: skip
ATOM = (
    element("title", WORDS), element("title", WORDS, ' type="html"'), element("id", LINKS | WORDS),
    element("published", DATES), element("updated", DATES), element("summary", WORDS),
    element("summary", WORDS, ' type="html"'), element("content", WORDS, ' type="html"'), element("content", WORDS),
    WORDS.map(lambda n: f"<author><name>{escaped(n)}</name><uri>https://e.org</uri></author>"),
    WORDS.map(lambda n: f'<category term="{escaped(n)}" label=""/>'),
    some.tuples(LINKS, some.sampled_from(["alternate", "self", "enclosure", "Alternate"])).map(
        lambda d: f'<link rel="{d[1]}" href="{escaped(d[0])}"/>'
    ),
    LINKS.map(lambda u: f'<link href="{escaped(u)}" type="text/plain"/>'), *BOTH,
)  # fmt: skip


LANGUAGES = some.sampled_from(["", " ", "fr", "en-GB", "<b>de</b>", "klingon"])
RSS_HEAD = (
    element("title", WORDS), element("link", LINKS), element("description", WORDS), element("language", LANGUAGES),
    element("category", WORDS), element("image", some.just("")), element("managingEditor", WORDS),
    element("atom:title", WORDS), element("site", WORDS, ' xmlns="com-wordpress:feed-additions:1"'), element("dc:language", LANGUAGES), element("sy:updatePeriod", some.just("hourly")),
    WORDS.map(lambda t: f"<image><title>{escaped(t)}</title><url>/logo.png</url><link>/about</link></image>"),
    some.tuples(LINKS, some.sampled_from(["alternate", "self", "hub"])).map(
        lambda d: f'<atom:link rel="{d[1]}" href="{escaped(d[0])}"/>'
    ),
)  # fmt: skip
RDF_HEAD = (
    element("title", WORDS), element("link", LINKS), element("description", WORDS), element("dc:language", LANGUAGES),
    element("dc:creator", WORDS), element("dc:subject", WORDS), element("dc:date", DATES), element("dc:rights", WORDS),
    element("dc:publisher", WORDS), element("sy:updatePeriod", some.just("hourly")), element("dc:title", WORDS),
    LINKS.map(lambda u: f'<image rdf:resource="{escaped(u)}"/>'),
    LINKS.map(lambda u: f'<admin:generatorAgent rdf:resource="{escaped(u)}"/>'),
    LINKS.map(lambda u: f'<items><rdf:Seq><rdf:li rdf:resource="{escaped(u)}"/></rdf:Seq></items>'),
)  # fmt: skip
RDF = (
    element("title", WORDS), element("link", LINKS), element("description", WORDS), element("dc:date", DATES),
    element("dc:creator", WORDS), element("dc:subject", WORDS), element("content:encoded", WORDS),
)  # fmt: skip
ATOM_HEAD = (
    element("title", WORDS), element("title", WORDS, ' type="html"'), element("id", LINKS | WORDS),
    element("subtitle", WORDS), element("updated", DATES), element("rights", WORDS), element("dc:creator", WORDS),
    WORDS.map(lambda n: f"<author><name>{escaped(n)}</name><email>a@e.org</email></author>"),
    some.tuples(LINKS, some.sampled_from(["alternate", "self", "hub"])).map(
        lambda d: f'<link rel="{d[1]}" href="{escaped(d[0])}"/>'
    ),
)  # fmt: skip


def feeds(parts, head, opening: str, entry: str, closing: str):
    one = some.lists(some.one_of(parts), max_size=6).map(lambda p: f"<{entry}>{''.join(p)}</{entry}>")
    said = some.lists(some.one_of(head), max_size=5)
    return some.tuples(said, some.lists(one, min_size=1, max_size=3), said).map(
        lambda drawn: opening + "".join(part for parts in drawn for part in parts) + closing
    )


@some.composite
def rdf(draw):
    """RSS 1.0: what it says of itself is closed before its entries begin."""
    head = "".join(draw(some.lists(some.one_of(RDF_HEAD), max_size=6)))
    links = draw(some.lists(LINKS, min_size=1, max_size=3))
    items = [
        f'<item rdf:about="{escaped(link)}">{"".join(draw(some.lists(some.one_of(RDF), max_size=5)))}</item>'
        for link in links
    ]
    lang = draw(some.sampled_from(["", ' xml:lang="en"']))
    picture = draw(some.sampled_from(["", "<image><title>t</title><link>/a</link></image>"]))
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:admin="http://webns.net/mvcb/" {SPACES}{lang}><channel rdf:about="https://e.org/">{head}</channel>'
        f"{picture}{''.join(items)}</rdf:RDF>"
    )


@settings(max_examples=60, deadline=None)
@given(
    feeds(RSS, RSS_HEAD, f'<rss version="2.0" {SPACES}><channel>', "item", "</channel></rss>")
    | feeds(RSS, RSS_HEAD, f'<rss version="2.0" xml:lang="en" {SPACES}><channel>', "item", "</channel></rss>")
    | rdf()
    | feeds(ATOM, ATOM_HEAD, f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr-FR" {SPACES}>', "entry", "</feed>")
)  # fmt: skip
def test_invented_feeds_come_out_the_same(text):
    agree(text.encode("utf-8", "replace"))


ENTRY = "<item><title>Grève chez Air France</title><guid>{}</guid></item>"
HEAD = "<title>Le fil</title><link>https://example.org/</link>"


@pytest.mark.parametrize(
    "text",
    [
        f'<rss version="2.0"><channel>{HEAD}{ENTRY.format(1)}</channel>{ENTRY.format(2)}</rss>',
        f'<rss version="2.0"><channel>{HEAD}<image>{ENTRY.format(2)}</image>{ENTRY.format(1)}</channel></rss>',
        f'<rss version="2.0"><channel>{HEAD}<docs>{ENTRY.format(2)}</docs>{ENTRY.format(1)}</channel></rss>',
        f'<rss version="2.0"><channel>{HEAD}<x><entry><title>Un</title></entry></x>{ENTRY.format(1)}</channel></rss>',
        f'<rss version="2.0"><channel>{HEAD}<docs xml:base="/a/">x</docs>{ENTRY.format("/1")}</channel></rss>',
        f'<rss version="2.0" {SPACES}><channel>{HEAD}<item><media:thumbnail url="/2"/><media:content url="/1"/></item></channel></rss>',
        f'<rss version="2.0" {SPACES}><channel>{HEAD}<item>{"<media:content>" * 2_000}{"</media:content>" * 2_000}</item></channel></rss>',
        f'<rss version="2.0"><channel>{HEAD}<item><title>a&#150;b</title><enclosure url="/&#x96;"/></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><author><name>a&#150;b</name></author></entry></feed>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><summary>a&#13;&#xD;\nb</summary></entry></feed>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><entry><category label="a"/><dc:subject>b</dc:subject></entry></feed>',
    ],
)  # fmt: skip
def test_odd_feeds_come_out_the_same(text):
    agree(text.encode())
