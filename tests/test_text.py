"""Text from outside: HTML to text, folding with its way back, what is safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation import text as texts
from ereputation.markup import html_to_text
from ereputation.text import fold, fold_with_offsets, neutralise, one_line, snippet

HTML = [
    ("plain\n\n text\tx", "plain\ntext x"),
    ("<p>Hello <b>w</b>orld<br>again</p><p>End</p>", "Hello world\nagain\nEnd"),
    ("<p>un\nseul\nparagraphe</p>", "un seul paragraphe"),
    ("<ul><li>un<li>deux</ul>fin", "- un\n- deux\nfin"),
    (
        "<table><tr><th>Vol</th><th>État</th></tr><tr><td>AF447</td><td>perdu</td></tr></table>",
        "Vol | État\nAF447 | perdu",
    ),
    ('voir <a href="https://e.org">le lien</a>.', "voir le lien."),
    ('<img src=x alt="l\'avion &gt; 2"> atterrit', "l'avion > 2 atterrit"),
    ("<IMG ALT='vu' SRC='a>b'>!", "vu !"),
    ("a<script>alert('<b>')</script>b<style>p{}</style>c<STYLE>x</STYLE>d", "abcd"),
    ("fin<!-- caché <b> -->!", "fin!"),
    ("&eacute;t&#233; &#x20AC; &amp;lt;3", "été € <3"),
    ("l&amp;#39;avion &amp;amp; moi", "l'avion & moi"),
    ("&lt;p&gt;double &amp;eacute;&lt;/p&gt;&lt;p&gt;fin&lt;/p&gt;", "double é\nfin"),
    ("<![CDATA[deux <b>fois</b>]]>", "deux fois"),
    ("a < b && c <3", "a < b && c <3"),
    (
        "écrire à <moi@example.org> ou <https://example.org>",
        "écrire à <moi@example.org> ou <https://example.org>",
    ),
    ("coupé <a href='x", "coupé <a href='x"),
    ("<q>Non</q> dit-elle", "“Non” dit-elle"),
    ("&#" + "9" * 6000 + ";", "\ufffd"),
    ("<p title=\"don't\">it's</p>", "it's"),
    ("a\u00a0\u00a0b<br/><br/>c", "a b\nc"),
]
HOSTILE = [
    "<div>",
    "<b>",
    "<",
    "<a ",
    '<a "',
    "<a \"'",
    "<!--",
    "<script>",
    "<svg>",
    "&",
    "&#1",
    "<img alt='",
    "</",
    "<?",
]


@pytest.mark.parametrize(("markup", "expected"), HTML)
def test_html_says_as_text_what_a_reader_sees(markup, expected):
    assert html_to_text(markup) == expected


@pytest.mark.parametrize("piece", HOSTILE)
def test_endless_markup_costs_linear_time(piece):
    html_to_text(piece * (500_000 // len(piece)))  # anything worse would take hours


@given(st.text(alphabet=st.sampled_from("<>&;/!-#'\"= \nabpé31x")))
def test_any_markup_becomes_tidy_text(markup):
    lines = html_to_text(markup).splitlines()
    assert all(line == line.strip() and line for line in lines)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="<&"), max_size=60))
def test_text_without_markup_keeps_every_word(text):
    assert html_to_text(text).split() == text.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GRÈVE", "greve"),
        ("cœur", "coeur"),
        ("Straße", "strasse"),
        ("l’été", "l'ete"),
        ("e\u0301", "e"),
        ("ﬁn", "fin"),
    ],
)
def test_folding_forgets_case_accents_and_ligatures(text, expected):
    assert fold(text) == expected


@given(st.text(max_size=80))
def test_every_folded_stretch_leads_back_into_the_text(text):
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    starts = [folded.start(position) for position in range(len(folded.text) + 1)]
    assert starts == sorted(starts)
    assert all(0 <= start <= len(text) for start in starts)
    assert all(folded.end(position) <= len(text) for position in range(len(folded.text) + 1))


def test_a_found_word_is_cut_out_of_the_original():
    text = "Mon cœur, la GRE\u0300VE !"
    folded = fold_with_offsets(text)
    at = folded.text.index("greve")
    assert text[folded.start(at) : folded.end(at + 5)] == "GRE\u0300VE"


@given(st.text())
def test_neutral_text_cannot_drive_a_terminal(text):
    safe = neutralise(text)
    assert not set(safe) & {"\x1b", "\x07", "\x9b", "\u202e", "\r"}
    assert neutralise(safe) == safe


def test_one_line_is_one_line():
    assert one_line(" a\r\n\tb\x1b[31m\u2028c ") == "a b[31mc"


def test_a_snippet_is_cut_between_words_around_a_place():
    text = "un deux trois quatre cinq six sept huit neuf dix"
    assert snippet(text, 20) == "un deux trois…"
    assert snippet(text, 20, around=text.index("huit")).startswith("…")
    assert snippet("court", 20) == "court"


def test_folding_remembers_no_more_than_living_scripts_need():
    every = "".join(map(chr, range(0x1F000, 0x110000)))
    assert len(fold(every)) > 900_000
    assert max(texts._TABLE) < 0x20000
