"""``search`` from the outside."""

import io

import pytest

from desk import HOUR, NOW, item
from ereputation.text import one_line


@pytest.mark.parametrize(
    "query",
    ["grève", "greve", "GREVE", "Grève", '"greve lundi"', "gre*", "lundi NEAR/3 grève", "lundi NEAR greve"],
)
def test_accents_case_and_distance_do_not_hide_a_document(press, query):
    assert press.titles(query) == ["Air France : grève lundi"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("oeuf soeur", ["La météo du jour"]),
        ("pilote", ["Air France : grève lundi"]),
        ("#AirFrance", []),
        ("grève OR vols", ["Air France : grève lundi", "KLM ajoute des vols"]),
        ("grève OU météo", ["Air France : grève lundi", "La météo du jour"]),
        ("vols OR grève -lundi", ["KLM ajoute des vols"]),
        ("(vols OR grève) SAUF lundi", ["KLM ajoute des vols"]),
        ("title:grève", ["Air France : grève lundi"]),
        ("titre:scandale", []),
        ("sentiment:negative", ["Air France : grève lundi"]),
        ("source:press", ["Air France : grève lundi", "KLM ajoute des vols", "La météo du jour"]),
        ("site:paper.example soleil", ["La météo du jour"]),
        ("site:example.org", []),
        ("lundi ONEAR/3 grève", []),
        ("", ["Air France : grève lundi", "KLM ajoute des vols", "La météo du jour"]),
    ],
)
def test_a_query_finds_what_it_says_newest_first(press, query, titles):
    assert press.titles(query) == titles


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (("--brand", "klm"), ["KLM ajoute des vols"]),
        (("--brand", "KLM", "--brand", "air france"), ["Air France : grève lundi", "KLM ajoute des vols"]),
        (("--sentiment", "negative"), ["Air France : grève lundi"]),
        (("--sentiment", "positive"), ["KLM ajoute des vols", "La météo du jour"]),
        (("--since", "90m"), ["Air France : grève lundi"]),
        (("--until", "2026-03-10T11:30"), ["KLM ajoute des vols", "La météo du jour"]),
        (("--since", "2026-03-10T10:30", "--until", "2026-03-10T11:30"), ["KLM ajoute des vols"]),
        (("--since", "2026-03-11"), []),
        (("--source", "press"), ["Air France : grève lundi", "KLM ajoute des vols", "La météo du jour"]),
        (("--status", "new"), ["Air France : grève lundi", "KLM ajoute des vols"]),
        (("--status", "handled", "--status", "seen"), []),
        (("--limit", "1"), ["Air France : grève lundi"]),
        (("-n", "2"), ["Air France : grève lundi", "KLM ajoute des vols"]),
        (("-n", "0"), ["Air France : grève lundi", "KLM ajoute des vols", "La météo du jour"]),
        (("-n", "99999999999999999999"), ["Air France : grève lundi", "KLM ajoute des vols", "La météo du jour"]),
    ],
)  # fmt: skip
def test_options_narrow_what_is_found(press, options, titles):
    assert press.titles("", *options) == titles


def test_spans_point_into_title_and_text(press):
    (document,) = press.found("grève scandale")
    content = f"{document['title']}\n{document['text']}"
    assert [content[start:end] for start, end in document["spans"]] == ["grève", "grève", "scandale"]
    (mention,) = document["mentions"]
    assert [content[start:end] for start, end in mention["spans"]] == ["Air France", "Air France"]
    assert mention["brand"] == "Air France"


def test_json_says_what_was_asked(press):
    found = press.run("search", "grève", "--format", "json").json
    assert (found["schema"], found["query"]) == ("ereputation/search/1", "grève")
    assert [document["published"] for document in found["documents"]] == ["2026-03-10T12:00:00+01:00"]


def test_nothing_found_is_no_error(press):
    ran = press.run("search", "zzz")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "ereputation: nothing stored matches\n"
    assert press.run("search", "zzz", "-q") == (0, "", "")
    assert press.run("search", "zzz", "--format", "json").json["documents"] == []
    assert press.run("search", "zzz", "--format", "ndjson") == (0, "", "")


@pytest.mark.parametrize(
    ("query", "caret"),
    [('grève ("Air', 8), ("NOT grève", 1), ("gr*", 1), ("titel:x", 1), ("a AND", 3), ("(a OR b", 1)],
)
def test_a_query_that_cannot_be_read_is_shown_with_a_caret(press, query, caret):
    ran = press.run("search", query)
    assert (ran.code, ran.out) == (2, "")
    first, shown, mark, *_ = ran.err.splitlines()
    assert first.startswith(f"ereputation: 1:{caret}: ")
    assert shown == query
    assert mark == " " * (caret - 1) + "^"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--brand", "Air Frnace"), "did you mean 'Air France'?"),
        (("--brand", "Lufthansa"), "known brands: Air France, KLM"),
        (("--since", "yesterday"), "expected 2d, 12h, 2011-03-11"),
        (("--since", "999999w"), "outside the calendar"),
        (("--since", "0001-01-01"), "outside the calendar"),
        (("--until", "9999-12-31T23:59-14:00"), "outside the calendar"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "does not lie before the end of the period"),
        (("--limit", "-1"), "--limit"),
        (("--sentiment", "angry"), "--sentiment"),
        (("--source", "Pres"), "did you mean 'Press'?"),
        (("--source", "Zzz"), "known sources: Press"),
        (("--status", "done"), "--status"),
        (("--format", "xml"), "--format"),
        (("--nope",), "--nope"),
    ],
)
def test_an_option_that_cannot_be_used_says_which_and_why(press, arguments, says):
    ran = press.run("search", "grève", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_without_a_database_search_says_what_creates_one(desk):
    desk.configure()
    ran = desk.run("search", "x")
    assert (ran.code, ran.out) == (1, "")
    assert '"ereputation scan" creates' in ran.err


HOSTILE = "[/red][link=x] \x1b[31mred\x1b]0;t\x07 =cmd|' /C calc'!A0 \u202egnp.exe\u2066 \u200bAir\u00a0France\r\nend"


@pytest.mark.parametrize("form", ["table", "plain", "csv"])
@pytest.mark.parametrize("color", ["never", "always"])
def test_no_text_from_the_network_drives_the_terminal(desk, form, color):
    calm = HOSTILE.replace("\x1b", "&#27;").replace("\x07", "&#7;")
    desk.configure(desk.feed("Evil", item("x", "y").replace("<title>x", f"<title>{calm}")))
    desk.scan()
    ran = desk.run("search", "Air", "--format", form, "--color", color)
    assert ran.code == 0
    assert "[/red][link=x]" in ran.out.replace("\n       ", "")
    assert not set("\x07\u202e\u2066\u200b\r") & set(ran.out.replace("\r\n", "\n"))
    assert "\x1b]0" not in ran.out
    if color == "never" or form != "table":
        assert "\x1b" not in ran.out


def test_hostile_text_is_kept_whole_in_json_but_harmless(desk):
    desk.configure(desk.feed("Evil", item("[/red] Air France \u202egnp")))
    desk.scan()
    ran = desk.run("search", "Air", "--format", "json")
    assert one_line(ran.json["documents"][0]["title"]).startswith("[/red] Air France")
    assert "\x1b" not in ran.out


def test_plain_output_is_one_whole_line_a_document(press):
    ran = press.run("search", "--format", "plain")
    lines = ran.out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("2026-03-10 12:00")
    assert "Les pilotes d'Air France sont en grève. Un scandale." in lines[0]


def test_csv_of_documents_is_read_again_whole(press):
    import csv

    rows = list(csv.DictReader(io.StringIO(press.run("search", "--format", "csv").out)))
    assert [row["title"] for row in rows] == press.titles()


def test_search_and_the_brand_agree(desk):
    titles = [
        "Air France",
        "d’Air France on parle",
        "#AirFranceGreve",
        "airfrance",
        "Air Franceville",
        "Air-France",
    ]
    desk.configure(desk.feed("p", *(item(title, at=NOW - n * HOUR) for n, title in enumerate(titles))))
    desk.scan()
    assert desk.titles('"Air France"') == desk.titles("", "--brand", "Air France") == [*titles[:3], titles[5]]


def test_two_brands_in_one_name_are_told_apart(desk):
    desk.configure(
        desk.feed("p", item("Orange Bank ferme"), item("Orange augmente")),
        brands=["Orange", {"name": "Orange Bank", "keywords": ["Orange Bank"]}],
    )
    desk.scan()
    assert desk.titles("", "--brand", "Orange Bank") == ["Orange Bank ferme"]
    assert sorted(desk.titles("", "--brand", "Orange")) == ["Orange Bank ferme", "Orange augmente"]


def test_source_and_status_keep_what_they_name(desk):
    feeds = [{"name": name, "url": desk.feed(name, item(f"Air France, {name}"))} for name in ("One", "Two")]
    desk.configure(*feeds)
    desk.scan()
    assert desk.titles("", "--source", "two") == desk.titles("source:Two") == ["Air France, Two"]
    assert len(desk.titles("", "--source", "One", "--source", "Two")) == 2
    (number,) = [m["mention_id"] for m in desk.found("source:One")[0]["mentions"]]
    assert desk.run("mark", number, "--status", "handled").code == 0
    assert desk.titles("", "--status", "handled") == desk.titles("status:handled") == ["Air France, One"]
    assert desk.titles("", "--status", "new", "--status", "handled", "--source", "Two") == ["Air France, Two"]
    assert desk.titles("status:handled", "--source", "Two") == []
