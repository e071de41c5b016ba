"""What holds of every query and every document."""

from __future__ import annotations

import contextlib
import sqlite3
import unicodedata
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ereputation.errors import QueryError
from ereputation.model import Document
from ereputation.query import (
    All,
    AnyOf,
    Matcher,
    Phrase,
    Term,
    combine,
    filters,
    index_terms,
    keyword,
    parse,
    preselect,
    preselection,
    translate,
    words,
)
from ereputation.query.words import Zone, squeeze, tokens
from ereputation.text import fold, fold_with_offsets

NOW = datetime(2011, 3, 13, 18, tzinfo=UTC)

WORDS = [
    *(
        "air",
        "Air",
        "france",
        "France",
        "AIR",
        "grève",
        "greves",
        "journal",
        "journaux",
        "orange",
        "Orange",
        "AF",
    ),
    *(
        "d'Air",
        "l’orange",
        "aujourd’hui",
        "air-france",
        "airfrance",
        "AirFrance",
        "Wendy's",
        "S.N.C.F.",
        "sncf",
    ),
    *(
        "#AirFrance",
        "#airfrance",
        "@airfrance",
        "#Air_France_Greve",
        "@airfrance@a.social",
        "#日本",
        "日本",
        "航",
    ),
    *(
        "H&M",
        "Canal+",
        "https://x.fr/air",
        "a@air.fr",
        "cœur",
        "Ore\u0301al",
        "5G",
        "22:30",
        "👍🏽",
        "im\u00adpair",
        "हिन्दी",
    ),
]
GAPS = st.sampled_from([" ", " ", " ", ", ", "-", "’", "\n", " … ", " « ", "", "_", ".", "'"])
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS) | st.text(max_size=4), GAPS), max_size=14).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
LEAVES = st.sampled_from(
    [
        *(word for word in WORDS if word != "👍🏽"),
        *(
            '"air france"',
            '"orange air france"',
            '"air orange"~3',
            "air*",
            "#air*",
            "@airf*",
            "gr?ve",
            "fran*e",
        ),
        *(
            "{AF}",
            "{Air}",
            "{Air France}",
            "{#AirFrance}",
            '"air fran*"',
            '"merci @airfrance"',
            '"H&M"',
            '"日 本"',
        ),
        *(
            "title:air",
            'title:"air france"',
            "site:x.fr",
            "source:s",
            "lang:fr",
            "since:2011-03-11",
            "date:2011-03-13",
        ),
    ]
)
PLACED = LEAVES.filter(lambda leaf: ":" not in leaf or leaf.startswith(("title", "22", "http")))


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda two: f"({two[0]}) OR ({two[1]})"),
        pair.map(lambda two: f"({two[0]}) ({two[1]})"),
        pair.map(lambda two: f"({two[0]}) NOT ({two[1]})"),
    )


NEARS = st.builds(
    lambda left, word, gap, right: f"({left}) {word}/{gap} ({right})",
    PLACED,
    st.sampled_from(["NEAR", "ONEAR"]),
    st.integers(0, 5),
    PLACED
    | st.builds(lambda a, b: f"{a} OR {b}", PLACED, PLACED)
    | st.builds(lambda a, b: f"{a} NEAR {b}", PLACED, PLACED),
)
QUERIES = st.recursive(LEAVES | NEARS, combined, max_leaves=6).map(lambda text: parse(text, now=NOW))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return Document(
        source=draw(st.sampled_from(["s", "t"])),
        guid="g",
        published=NOW,
        first_seen=NOW,
        title=draw(st.just("") | TEXTS),
        text=draw(TEXTS),
        site=draw(st.sampled_from(["", "x.fr", "www.x.fr"])),
        lang=draw(st.sampled_from(["", "fr"])),
    )


ANYTHING = st.text() | st.lists(
    st.sampled_from(
        [
            *'()"{}~*?#@-:<> ',
            "<<<",
            ">>>",
            " AND ",
            " OR ",
            " NOT ",
            " NEAR/2 ",
            "title:",
            "date:",
            "«",
            *WORDS,
        ]
    )
).map("".join)


@given(ANYTHING)
@example("\ud800")
@example("-" * 5000 + "a")
@example("(" * 5000)
def test_reading_a_query_ends_in_a_query_or_a_query_error(text):
    for read in (parse, keyword):
        with contextlib.suppress(QueryError):
            str(read(text))


@given(ANYTHING)
def test_what_is_printed_reads_back_as_the_same_tree(text):
    for read in (parse, keyword):
        with contextlib.suppress(QueryError):
            query = read(text)
            assert parse(str(query)) == query


@given(QUERIES)
def test_a_query_from_the_grammar_reads_back_as_the_same_tree(query):
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)
    assert query.tree()


@given(st.text(alphabet="ab9 .'#@_-&+*?/:!\n") | TEXTS, st.booleans())
def test_a_simple_text_is_cut_as_any_other(text, wild):
    folded = "".join(filter(str.isascii, fold(text)))
    cut = words._pattern(folded, wild=wild)
    starred = wild and ("*" in folded or "?" in folded)
    full = words._compile(wild=starred, addresses=starred or "@" in folded, simple=False)
    assert cut is not full
    told = [
        [
            (found.span(), {kind: said for kind, said in found.groupdict().items() if said is not None})
            for found in pattern.finditer(folded)
        ]
        for pattern in (cut, full)
    ]
    assert told[0] == told[1]


@given(st.text() | TEXTS)
def test_words_lie_inside_the_text_in_order(text):
    previous = 0
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= previous
        previous = token.start
        if token.kind in {"word", "part", "tag", "handle"}:
            assert token.form
            assert token.form in squeeze(fold(text))


@given(st.text() | TEXTS)
@example("\u00bc\u0300")  # a quarter: two words of one character, and its accent
def test_a_combining_mark_stays_with_its_letter(text):
    for token in tokens(text):
        assert not unicodedata.combining(text[token.end : token.end + 1] or " ")


@given(st.text())
def test_folding_keeps_the_way_back(text):
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert folded.length == len(text)
    places = [folded.start(position) for position in range(len(folded.text))]
    assert places == sorted(places)
    assert all(fold(text[place]) for place in places)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(QUERIES, documents())
def test_spans_lie_inside_the_content_sorted_and_apart(query, document):
    spans = query.find(document) or ()
    previous = 0
    for start, end in spans:
        assert previous <= start < end <= len(document.content)
        previous = end


@given(st.lists(QUERIES, min_size=1, max_size=8), documents())
def test_many_queries_at_once_find_what_each_finds_alone(queries, document):
    alone = [(n, spans) for n, query in enumerate(queries) if (spans := query.find(document)) is not None]
    assert Matcher(dict(enumerate(queries))).find(document) == alone


def holds(pre: All | AnyOf | Term | Phrase, terms: list[str]) -> bool:
    match pre:
        case Term(text, prefix):
            return any(term.startswith(text) if prefix else term == text for term in terms)
        case Phrase(words):
            return any(tuple(terms[at : at + len(words)]) == words for at in range(len(terms)))
        case All(parts):
            return all(holds(part, terms) for part in parts)
        case AnyOf(parts):
            return any(holds(part, terms) for part in parts)


@given(QUERIES, documents())
def test_the_index_never_loses_a_match(query, document):
    pre = preselection(query)
    if query.find(document) is not None and pre is not None:
        assert holds(pre, index_terms(document).split(" "))


@given(QUERIES, documents())
def test_the_conditions_for_the_database_never_lose_a_match(query, document):
    if query.find(document) is None:
        return
    needed = filters(query)
    assert needed.since is None or document.published >= needed.since
    assert needed.before is None or document.published < needed.before
    assert not needed.sources or document.source in needed.sources
    assert not needed.langs or document.lang in needed.langs
    assert not needed.sites or document.site.removeprefix("www.") in needed.sites


@given(st.text() | TEXTS)
def test_every_index_term_is_one_word_for_sqlite(text):
    terms = index_terms(Document(source="s", guid="g", published=NOW, first_seen=NOW, text=text))
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE words USING fts5 (terms, tokenize = 'unicode61')")
        db.execute("CREATE VIRTUAL TABLE seen USING fts5vocab (words, instance)")
        db.execute("INSERT INTO words VALUES (?)", (terms,))
        assert db.execute("SELECT count(*) FROM seen").fetchone()[0] == len(terms.split())
    finally:
        db.close()


@given(ANYTHING, st.sampled_from(["brandwatch", "meltwater", "talkwalker"]))
def test_a_translation_can_be_read(text, dialect):
    with contextlib.suppress(QueryError):
        translation = translate(text, dialect)
        if translation.query:
            parse(translation.query)


def test_brands_that_share_a_word_do_not_wake_each_other():
    names = ("Nord", "Sud", "Est", "Ouest", "Centre", "Littoral")
    many = Matcher({n: combine([keyword(f"Banque {n}"), keyword(f"#banque{n}")], None, None) for n in names})
    text = "La Banque Nord et la banque Sud, #banqueest"
    document = Document(source="s", guid="g", published=NOW, first_seen=NOW, text=text)
    assert [name for name, _ in many.find(document)] == ["Nord", "Sud", "Est"]
    assert len(many._candidates(index_terms(document))) == 3


PIECES = st.sampled_from(
    ["l'été", "aujourd'hui", "U.S.A.", "www.x.fr/a?b=c", "https://e.org/a.", "x@y.fr", "R&D", "a & b", "C++", "#tag", "@me",
     "state-of", "l’", "'s", "it's", "1,5", "é", "™", "\u00a0", "\u2028", "東京", "😀", "œ", " ", "＆", "＃t", "prud'homme", "J.-C."]
) | st.text(max_size=5)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PIECES, st.sampled_from([" ", "", "\n"])), max_size=8))
def test_an_index_of_pieces_is_an_index_of_the_whole(parts):
    text = "".join(part for pair in parts for part in pair)
    made = Document(source="", guid="-", title="", text=text, published=NOW, first_seen=NOW)
    zone = Zone(text)
    words = [*zone.forms, *(form for token in zone.wholes for form in (token.form, token.full))]
    assert index_terms(made) == " ".join(filter(None, map(preselect.indexed, words)))
