"""Feeds to documents: dialects, faults, and what is no feed."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.errors import ContentError
from ereputation.sources.feed.parse import parse

DATA = Path(__file__).parent / "data" / "feeds"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'


def read(payload: bytes | str, **options):
    if isinstance(payload, str):
        payload = payload.encode()
    return parse(payload, url="https://feeds.example/dir/feed.xml", now=NOW, source="S", **options)


def rss(*items: str) -> str:
    return RSS.format("".join(f"<item>{item}</item>" for item in items))


def only(item: str, **options):
    [found] = read(rss(item), **options).documents
    return found


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)


def test_rss_with_everything_in_it():
    parsed = read((DATA / "rss.xml").read_bytes(), timezone="Europe/Paris")
    first, second, third = parsed.documents
    assert (parsed.title, parsed.encoding, parsed.whole, parsed.warning) == (
        "Le Courrier du Ciel",
        "utf-8",
        True,
        "",
    )
    assert first.title == "Air France : la grève s’étend & dure"
    assert first.text == "Le texte entier.\nUne file d'attente"
    assert first.url == "https://www.courrier.example/2011/03/greve?a=1&b=2"
    assert (first.guid, first.site, first.lang, first.source) == ("cc-101", "courrier.example", "fr", "S")
    assert (first.published, first.date_confidence) == (utc(2011, 3, 11, 5, 46, 23), "stated")
    assert (first.author_name, first.tags) == ("Jeanne Dupont", ("Transport", "Social"))
    assert first.media == ("https://www.courrier.example/son/101.mp3",)
    assert (first.thread, first.engagement) == ("https://www.courrier.example/101#comments", {"comments": 12})
    assert (second.title, second.guid) == ("Deux mots seulement", "https://www.courrier.example/102")
    assert (second.published, second.date_confidence) == (utc(2016, 6, 29, 13, 7, 41), "assumed_zone")
    assert (third.title, third.text, third.url, third.site) == (
        "",
        "Ni titre ni date.",
        "",
        "courrier.example",
    )
    assert (third.published, third.date_confidence, third.guid[:7]) == (NOW, "first_seen", "sha256:")


def test_atom_with_bases_languages_and_updates():
    first, second = read((DATA / "atom.xml").read_bytes()).documents
    assert (first.title, first.text) == ("Stranded in Tokyo", "No answer from the airline.")
    assert (first.url, first.media) == (
        "https://blog.example/notes/tokyo",
        ("https://blog.example/notes/tokyo.mp3",),
    )
    assert (first.published, first.updated) == (utc(2011, 3, 12, 0, 30), utc(2011, 3, 13, 10))
    assert (first.author_name, first.lang) == ("Ann Author", "en")
    assert (second.text, second.lang, second.author_name) == ("1 < 2, vraiment", "fr", "Marc")
    assert (second.published, second.updated) == (utc(2011, 3, 13, 11), None)


def test_rdf():
    parsed = read((DATA / "rdf.xml").read_bytes())
    [only_one] = parsed.documents
    assert (parsed.title, only_one.title, only_one.author_name) == ("Old News", "First", "Bob")
    assert only_one.published == utc(2011, 3, 11, 5, 46, 23)


def test_json_feed():
    parsed = read((DATA / "feed.json").read_bytes())
    first, second = parsed.documents
    assert parsed.title == "JSON Journal"
    assert (first.title, first.text, first.lang) == ("Refunds & delays", "They never answered.", "en")
    assert (first.url, first.author_name, first.tags) == (
        "https://journal.example/1",
        "The Journal",
        ("travel",),
    )
    assert first.media == ("https://journal.example/pictures/1.jpg", "https://journal.example/1.mp3")
    assert (first.published, first.updated) == (utc(2011, 3, 12, 7), utc(2011, 3, 12, 10))
    assert (second.guid, second.url, second.text) == ("2", "https://else.example/2", "Plain <text>.")
    assert (second.author_name, second.site, second.date_confidence) == ("Zoé", "else.example", "first_seen")


TITLES = [
    ("AT&amp;T", "AT&T"),
    ("AT&T", "AT&T"),
    ("<![CDATA[AT&T & <b>Co</b>]]>", "AT&T & Co"),
    ("R&amp;amp;D &amp;eacute;tendue", "R&D étendue"),
    ("caf&eacute; &hellip;", "café …"),
    ("1 &lt; 2", "1 < 2"),
    ("&#146;&#1;&#x0;&#xFFFFFFF;x", "’x"),
    ("a\x00\x08b", "ab"),
    ("&nope; x", "&nope; x"),
    ("  deux\n lignes ", "deux lignes"),
    ("[/red] =cmd|' /C calc'!A0 \x1b[31m", "[/red] =cmd|' /C calc'!A0 [31m"),
    ("lâ€™Ã©tÃ©", "l’été"),
    ("SÃO PAULO", "SÃO PAULO"),
    ("x" * 5_000, "x" * 1_000),
]


@pytest.mark.parametrize(("stated", "title"), TITLES)
def test_titles_are_plain_text_on_one_line(stated, title):
    assert only(f"<title>{stated}</title>").title == title


def test_json_cannot_smuggle_in_what_no_text_holds():
    bad = "a\\ud800\\u0000b"
    item = ",".join(f'"{key}": "{bad}"' for key in ("title", "content_text", "url", "id", "date_published"))
    [found] = read(f'{{"items": [{{{item}, "tags": ["{bad}"], "author": {{"name": "{bad}"}}}}]}}').documents
    assert (found.title, found.text, found.guid, found.tags, found.author_name) == (
        "ab",
        "ab",
        "ab",
        ("ab",),
        "ab",
    )
    assert found.url.endswith("/ab")


@pytest.mark.parametrize(
    "payload",
    [
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>a</a:title></a:entry></a:feed>',
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>a</title></entry></feed>',
        "<RSS VERSION='0.91'><CHANNEL><ITEM><TITLE>a</TITLE></ITEM></CHANNEL></RSS>",
        "<rss><channel></channel><item><title>a</title></item></rss>",
        "<channel><item><title>a</title></item></channel>",
        '<?xml version="1.0"?><CHANNEL HREF="http://x.example/"><ITEM HREF="/1"><TITLE>a</TITLE></ITEM></CHANNEL>',  # CDF
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">YQ==</title></entry></feed>',
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://my.netscape.com/rdf/simple/0.9/"><item><title>a</title></item></rdf:RDF>',
    ],
)
def test_rare_dialects_are_read(payload):
    assert [one.title for one in read(payload).documents] == ["a"]


LINKS = [
    ("https://e.org/a b", "https://e.org/ab"),
    ("javascript:alert(1)", ""),
    ("data:text/html,x", ""),
    ("mailto:me@e.org", ""),
    ("//cdn.example/x", "https://cdn.example/x"),
    ("other.html", "https://feeds.example/dir/other.html"),
    ("http://[bad", ""),
    ("", ""),
]


@pytest.mark.parametrize(("link", "url"), LINKS)
def test_only_web_addresses_are_kept(link, url):
    assert only(f"<link>{link}</link>").url == url


def test_a_permalink_guid_stands_in_for_a_missing_link():
    assert only("<guid>https://e.org/1</guid>").url == "https://e.org/1"


@pytest.mark.parametrize(
    ("date", "published", "confidence"),
    [
        ("Sat, 01 Jan 2097 00:00:00 GMT", NOW, "first_seen"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", NOW, "first_seen"),
        ("2011-03-11", utc(2011, 3, 11), "assumed_zone"),
        ("soon", NOW, "first_seen"),
    ],
)
def test_dates_beyond_belief_become_the_moment_of_first_sight(date, published, confidence):
    found = only(f"<pubDate>{date}</pubDate>")
    assert (found.published, found.date_confidence) == (published, confidence)


FRENCH = rss("<title>L’été « cœur » à 3 €</title>")
WIDE = f'<?xml version="1.0" encoding="{{}}"?>{FRENCH}'


@pytest.mark.parametrize(
    ("payload", "content_type", "encoding"),
    [
        (FRENCH.encode(), "", "utf-8"),
        (FRENCH.encode("utf-8-sig"), "", "utf-8"),
        (b"\xef\xbb\xbf" * 2 + FRENCH.encode(), "", "utf-8"),
        (FRENCH.encode(), "text/xml; charset=iso-8859-1", "utf-8"),
        (WIDE.format("iso-8859-1").encode(), "", "utf-8"),
        (WIDE.format("utf-8").encode("cp1252"), "application/xml; charset=utf-8", "cp1252"),
        (WIDE.format("iso-8859-1").encode("cp1252"), "", "cp1252"),
        (FRENCH.encode("cp1252"), "", "cp1252"),
        (WIDE.format("iso-8859-15").encode("iso-8859-15", "xmlcharrefreplace"), "", "iso8859-15"),
        (FRENCH.encode("utf-16"), "", "utf-16-le"),
        (FRENCH.encode("utf-16-be"), "", "utf-16-be"),
        (WIDE.format("utf-16").encode("utf-16-le"), "", "utf-16-le"),
        (FRENCH.encode("utf-32"), "", "utf-32-le"),
        (WIDE.format("utf-32").encode("utf-32-be"), "text/xml; charset=utf-8", "utf-32-be"),
        (WIDE.format("cp500").encode("cp500", "xmlcharrefreplace"), "", "cp500"),
        (WIDE.format("ebcdic-cp-us").encode("cp037", "xmlcharrefreplace"), "", "cp037"),
        (FRENCH.encode("ascii", "xmlcharrefreplace"), "text/xml; charset=nonsense", "ascii"),
        (gzip.compress(FRENCH.encode(), mtime=0), "application/gzip", "utf-8"),
        (zlib.compress(FRENCH.encode()), "", "utf-8"),
    ],
)
def test_the_encoding_that_fits_wins_over_the_one_that_is_claimed(payload, content_type, encoding):
    parsed = read(payload, content_type=content_type)
    assert (parsed.documents[0].title, parsed.encoding) == ("L’été « cœur » à 3 €", encoding)


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("koi8-r", "Привет, мир"),
        ("shift_jis", "航空会社の沈黙"),
        ("gb2312", "航空公司沉默"),
        ("gb18030", "航空公司"),
    ],
)
def test_encodings_from_further_away_are_read_when_declared(label, title):
    document = rss(f"<title>{title}</title>")
    assert read(document.encode(label), content_type=f"text/xml; charset={label}").documents[0].title == title
    assert (
        read(f'<?xml version="1.0" encoding="{label}"?>{document}'.encode(label)).documents[0].title == title
    )


def test_a_stray_byte_does_not_spoil_a_document_in_utf_8():
    payload = (
        rss("<title>été, hiver, printemps à Orly</title>", "<title>l@an</title>")
        .encode()
        .replace(b"@", b"\x92")
    )
    assert [one.title for one in read(payload).documents] == ["été, hiver, printemps à Orly", "l’an"]


MALFORMED = [
    ("<br />\n<b>Warning</b>: mysql in <b>/x.php</b><br />\n" + rss("<title>a</title>"), ""),
    (rss("<title>a</title>") + "<!-- cached --><script>x()</script>", ""),
    ("\n\n  " + rss("<title>a</title>"), ""),
    (rss("<title>a</title><b>"), "malformed XML"),
    (rss("<title>a</title><media:x/>"), "malformed XML"),
    (rss("<title>a</title>").removesuffix("</channel></rss>"), "cut document"),
    (rss("<title>a</title>", "<title>half").removesuffix("</item></channel></rss>"), "cut document"),
    ('<!DOCTYPE rss PUBLIC "x" "http://127.0.0.1:1/x.dtd">' + rss("<title>a</title>"), ""),
    (
        '<!DOCTYPE html PUBLIC "x" "http://x.example/"><rss><channel><item><title>a</title></item></channel></rss>',
        "",
    ),
    ('<!DOCTYPE rss [<!ENTITY letter "a">]>' + rss("<title>&letter;</title>"), ""),
    ('{"items": [{"id": "1", "title": "a"}, {"id": "2", "ti', "cut document"),
    ('{"items":\0 [\x0b{"id": "1",\0\0 "title": "\0a"}]}', ""),
]


@pytest.mark.parametrize(("payload", "warning"), MALFORMED)
def test_malformed_feeds_yield_what_is_whole_and_say_so(payload, warning):
    parsed = read(payload)
    assert [one.title for one in parsed.documents] == ["a"]
    assert parsed.warning.startswith(warning)
    assert bool(parsed.warning) == bool(warning)
    assert parsed.whole == (warning != "cut document")


def test_a_cut_compressed_file_is_not_whole():
    payload = gzip.compress(rss(*[f"<title>{number} {number**9}</title>" for number in range(50)]).encode())
    parsed = read(payload[: len(payload) // 2])
    assert not parsed.whole
    assert 0 < len(parsed.documents) < 50


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
NO_FEEDS = [
    (b"", "an empty answer"),
    (b"\xef\xbb\xbf", "an empty answer"),
    (b" \n\t", "an empty answer"),
    (b'{"error": {"message": "quota exceeded"}}', '"quota exceeded"'),
    (b'{"hello": 1}', "not a JSON Feed"),
    (b"[1, 2]", "not a JSON Feed"),
    (b"[" * 100_000, "cannot be read"),
    (
        b"<!doctype html><html><title>Avant d'acc\xc3\xa9der</title><form action='https://consent.google.com/save'>",
        "consent",
    ),
    (b"<!doctype html><html><head><title>Just a moment...</title></head></html>", "check against robots"),
    (b"<html><form><input type='password'></form></html>", "login page"),
    (b"<html><head><title>Bonjour</title></head></html>", 'a web page ("Bonjour"), not a feed'),
    (
        b"<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>",
        "names this feed: https://feeds.example/rss",
    ),
    (b"<?xml version='1.0'?><urlset><url/></urlset>", "begins with <urlset>"),
    (b"Too many requests, slow down", 'plain text, not a feed: "Too many requests'),
    (bytes(range(256)) * 9, "binary data"),
    ((LAUGHS + rss("<title>&b;</title>")).encode(), "XML bomb"),
    ((f'<!DOCTYPE q [<!ENTITY a "{"A" * 9999}">]>' + rss("<title>&a;&a;</title>")).encode(), "XML bomb"),
    (
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>&x;</title>").encode(),
        "XML bomb",
    ),
    (b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/">%x;]>' + rss("").encode(), "XML bomb"),
    (
        rss("<title>Bridge returned error 404! (20000)</title>").encode(),
        'the bridge says "Bridge returned error 404!',
    ),
    ((RSS.format("<a>" * 400_000)).encode(), "more markup than any feed needs"),
    (
        RSS.format("<a " + " ".join(f'x{n}="1"' for n in range(9_000)) + "/>").encode(),
        "more markup than any feed needs",
    ),
    (
        RSS.format("".join(f'<a xmlns:n{n}="u"/>' for n in range(200))).encode(),
        "more markup than any feed needs",
    ),
    (RSS.format("&" * 1_000_001).encode(), "more markup than any feed needs"),
    (b"<feed " + b"x" * 99_000, "more markup than any feed needs"),
    (gzip.compress(b"<rss>" + b"0" * 20_000_000, mtime=0), "larger than 10 MB"),
    (b"\x1f\x8bnot really", "cannot be opened"),
]


@pytest.mark.parametrize(("payload", "sentence"), NO_FEEDS)
def test_what_is_no_feed_is_told_in_a_sentence(payload, sentence):
    with pytest.raises(ContentError) as caught:
        read(payload)
    assert sentence in str(caught.value)


def test_bridge_errors_among_entries_are_no_documents():
    parsed = read(rss("<title>a</title>", "<title>Bridge returned error 500!</title>"))
    assert [one.title for one in parsed.documents] == ["a"]
    assert "bridge says" in parsed.warning


def test_a_feed_without_entries_is_a_feed():
    assert read(RSS.format("")).documents == ()


def test_a_feed_of_a_hundred_thousand_entries_is_read_up_to_a_point():
    parsed = read(rss(*["<guid>a</guid>"] * 100_000))
    assert len(parsed.documents) == 5_000
    assert parsed.warning == "more than 5000 entries: the last 95000 were left out"


def test_every_entry_is_a_document_even_when_ids_repeat():
    titles = [
        one.title for one in read(rss(*[f"<guid>same</guid><title>{n}</title>" for n in range(3)])).documents
    ]
    assert titles == ["0", "1", "2"]


def test_an_enormous_text_is_cut():
    assert len(only(f"<description>{'é ' * 300_000}</description>").text) == 100_000


PIECES = [
    "<rss version='2.0'>",
    "<channel>",
    "<item>",
    "</item>",
    "<title>",
    "&",
    "]]>",
    "<![CDATA[",
    "<feed xmlns='",
    "</rss>",
]


@given(
    st.lists(
        st.sampled_from(
            [*PIECES, "é", "<", ">", "'", '{"items":[', "{}", "\x00", "<!DOCTYPE a [", "<!ENTITY"]
        )
        | st.text(max_size=5)
    )
)
def test_any_text_is_documents_or_a_content_error(pieces):
    with suppress(ContentError):
        read("".join(pieces).encode("utf-8", "replace"))


@given(st.binary(max_size=400))
def test_any_bytes_are_documents_or_a_content_error(payload):
    with suppress(ContentError):
        read(payload)


def test_cutting_a_feed_anywhere_never_invents_a_document():
    payload = (DATA / "rss.xml").read_bytes()
    whole = {one.guid: one for one in read(payload).documents}
    for length in range(0, len(payload), 17):
        try:
            found = read(payload[:length]).documents
        except ContentError:
            continue
        assert all(one.guid in whole and one.text == whole[one.guid].text for one in found)
