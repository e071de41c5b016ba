"""``explain`` from the outside: a line in, a record out."""

import json

import pytest

BRANDS = [
    {"name": "Air France", "keywords": ["Air France", "@airfrance"], "owned": ["airfrance.fr"], "negative": ["surbooking"]},
    {"name": "KLM"},
]  # fmt: skip


@pytest.fixture
def brands(desk):
    desk.configure(brands=BRANDS)
    return desk


def test_a_text_says_language_tone_and_where_each_brand_stands(brands):
    text = "Air France en grève : quel scandale, mais KLM est excellent."
    (record,) = brands.run("explain", text, "--format", "ndjson").lines
    assert list(record) == ["lang", "sentiment", "matches"]
    assert record["lang"] == "fr"
    by_brand = {match["brand"]: match for match in record["matches"]}
    assert [text[a:b] for a, b in by_brand["Air France"]["spans"]] == ["Air France"]
    assert [text[a:b] for a, b in by_brand["KLM"]["spans"]] == ["KLM"]
    assert by_brand["Air France"]["sentiment"]["label"] == "negative"
    assert by_brand["KLM"]["sentiment"]["label"] == "positive"
    for sentiment in (record["sentiment"], *(match["sentiment"] for match in record["matches"])):
        assert -1 <= sentiment["score"] <= 1
        for word in sentiment["words"]:
            assert text[word["start"] : word["end"]] == word["text"]


LINES = [
    ("Air France", ["Air France"]),
    ("", []),
    ("   ", []),
    ("rien", []),
    ('{"title": "KLM", "text": "un retard"}', ["KLM"]),
    ('{"text": "Air France et KLM", "lang": "fr"}', ["Air France", "KLM"]),
    ('{"title": "Communiqué", "url": "https://www.airfrance.fr/x"}', ["Air France"]),
    ('{"title": null, "text": 3, "url": ["KLM"]}', []),
    ("{}", []),
    ("{KLM, not JSON", ["KLM"]),
    ('["KLM"]', ["KLM"]),
    ("\ufeffKLM\r", ["KLM"]),
    ("a\x00KLM b", ["KLM"]),
    ('{"url": "http://[bad"}', []),
    ("[" * 5_000, []),
    ('{"a":' * 5_000, []),
]


def test_every_line_in_is_one_line_out_whatever_it_holds(brands):
    ran = brands.run("explain", "-", "--format", "ndjson", stdin="\n".join(line for line, _ in LINES) + "\n")
    assert (ran.code, ran.err) == (0, "")
    assert [[m["brand"] for m in record["matches"]] for record in ran.lines] == [names for _, names in LINES]


def test_bytes_that_are_no_text_are_still_a_line(brands):
    ran = brands.run("explain", "-", "--format", "ndjson", stdin=b"\xff\xfe KLM\n\xe9t\xe9\n")
    assert len(ran.lines) == 2
    assert [match["brand"] for match in ran.lines[0]["matches"]] == ["KLM"]


def test_nothing_in_is_nothing_out(brands):
    assert brands.run("explain", "-", "--format", "ndjson", stdin="") == (0, "", "")


def test_a_query_needs_no_configuration(desk):
    ran = desk.run("explain", "--query", "gr*", "--format", "ndjson", stdin="x\n")
    assert (ran.code, ran.out) == (2, "")
    ran = desk.run(
        "explain", "--query", "grève -météo", "--format", "ndjson", stdin="La GREVE\ngrève, météo\n"
    )
    assert [record["matches"] and record["matches"][0]["brand"] for record in ran.lines] == [None, []]
    assert ran.lines[0]["matches"][0]["spans"] == [[3, 8]]


def test_a_text_without_configuration_says_how_to_get_one(desk):
    ran = desk.run("explain", "Air France")
    assert (ran.code, ran.out) == (2, "")
    assert "ereputation.yaml" in ran.err


@pytest.mark.parametrize("form", ["plain", "table"])
def test_people_read_brand_tone_and_words(brands, form):
    ran = brands.run("explain", "Air France et ce surbooking [/red] \x1b[31m", "--format", form)
    assert ran.code == 0
    assert "Air France" in ran.out
    assert "surbooking" in ran.out
    assert "\x1b" not in ran.out


def test_a_tree_shows_how_a_query_is_understood(desk):
    ran = desk.run("explain", "--query", "a NEAR/3 b OR c", "--tree")
    assert ran.code == 0
    assert len(ran.out.splitlines()) >= 3
    assert desk.run("explain", "--query", "(a", "--tree").code == 2


@pytest.mark.parametrize("dialect", ["brandwatch", "meltwater", "talkwalker"])
def test_another_products_query_is_translated(desk, dialect):
    ran = desk.run("explain", "--query", '("air france" OR klm) AND NOT radio', "--from", dialect)
    assert ran.code == 0
    assert "air france" in ran.out
    assert desk.run("explain", "--query", ran.out.strip(), "klm", "--format", "ndjson").lines[0]["matches"]
    assert desk.run("explain", "x", "--from", dialect).code == 2


def test_json_of_one_text_is_a_whole_document(brands):
    told = json.loads(brands.run("explain", "KLM", "--format", "json").out)
    assert (told["schema"], told["matches"][0]["brand"]) == ("ereputation/explain/1", "KLM")
