"""``mark`` and ``show``: what people decide, what it changes, and one thing in full."""

import json

import pytest
import yaml

from desk import HOUR, NOW, Desk, item
from ereputation.store import Store

DISPATCH = "Air France : catastrophe évitée grâce à l'équipage, un sauvetage salué par les passagers"


@pytest.fixture
def newsroom(tmp_path):
    """A dispatch in three outlets, and another story."""
    desk = Desk(tmp_path)
    outlets = [
        item(DISPATCH, guid=f"d{n}", url=f"https://outlet{n}.example/a", at=NOW - n * HOUR)
        for n in range(1, 4)
    ]
    other = item("Air France est nulle, un scandale", guid="other", at=NOW - 5 * HOUR)
    desk.configure({"name": "Press", "url": desk.feed("press", *outlets, other)})
    desk.scan()
    return desk


def mentions(desk, *more):
    return desk.run("export", "--format", "ndjson", "--now", NOW.isoformat(), *more).lines


def number_of(desk, title):
    return next(m["mention_id"] for m in mentions(desk) if m["title"].startswith(title))


def test_status_note_and_by_are_kept_and_shown(newsroom):
    number = number_of(newsroom, "Air France est")
    ran = newsroom.run("mark", number, "--status", "handled", "--note", "rappelée", "--by", "Léa")
    assert (ran.code, ran.out) == (0, "1 mention marked\n")
    shown = newsroom.run("show", number).out
    assert "Status: handled, by Léa" in shown
    assert "Note: rappelée" in shown
    assert [m["status"] for m in mentions(newsroom)].count("handled") == 1


def test_a_correction_reaches_the_near_duplicates_and_the_counts_and_can_be_taken_back(newsroom):
    before = {m["mention_id"]: m["sentiment"] for m in mentions(newsroom)}
    number = number_of(newsroom, "Air France : cata")
    label = "neutral" if before[number] == "negative" else "negative"
    ran = newsroom.run("mark", number, "--sentiment", label)
    assert "1 mention marked, and 2 near-duplicates with the same story" in ran.out
    after = {m["mention_id"]: m["sentiment"] for m in mentions(newsroom)}
    assert sum(after[n] == label for n in after if after[n] != before[n]) == 3
    with Store.open(newsroom.folder / "ereputation.db", read_only=True) as store:
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")
    assert "set by a person" in newsroom.run("show", number).out
    newsroom.run("mark", number, "--forget")
    assert {m["mention_id"]: m["sentiment"] for m in mentions(newsroom)} == before
    with Store.open(newsroom.folder / "ereputation.db", read_only=True) as store:
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")


def test_a_copy_that_comes_later_takes_the_correction_over(newsroom):
    number = number_of(newsroom, "Air France : cata")
    newsroom.run("mark", number, "--sentiment", "positive")
    later = item(DISPATCH, guid="late", url="https://late.example/a", at=NOW + HOUR)
    newsroom.configure({"name": "Press", "url": newsroom.feed("press", later)})
    newsroom.scan(NOW + 2 * HOUR)
    copies = [m for m in mentions(newsroom) if m["title"] == DISPATCH]
    assert [m["sentiment"] for m in copies] == ["positive"] * 4
    with Store.open(newsroom.folder / "ereputation.db", read_only=True) as store:
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")


def test_the_words_that_decided_wrongly_are_offered_as_yaml_that_loads(newsroom):
    number = number_of(newsroom, "Air France est")
    out = newsroom.run("mark", number, "--sentiment", "neutral").out
    snippet = yaml.safe_load(out[out.index("brands:") :])
    (brand,) = snippet["brands"]
    assert brand["name"] == "Air France"
    assert any("scandale" in word for word in brand["neutral"])
    path = newsroom.folder / "ereputation.yaml"
    config = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**config, **snippet}))
    newsroom.run("mark", number, "--forget")
    newsroom.scan(NOW + 2 * HOUR)
    assert next(m for m in mentions(newsroom) if m["mention_id"] == number)["sentiment"] == "neutral"


def test_several_corrections_make_one_piece_of_yaml_that_names_each_brand_and_word_once(tmp_path):
    desk = Desk(tmp_path)
    posts = (
        "Air France, quel scandale, siège cassé",
        "Un Scandale chez Air France ce matin à Orly",
        "KLM en retard",
    )
    desk.configure(
        {"name": "Press", "url": desk.feed("press", *(item(text, guid=text) for text in posts))},
        brands=[{"name": "Air France"}, {"name": "KLM"}],
    )
    desk.scan()
    out = desk.run("mark", "1-3", "--sentiment", "neutral").out
    assert out.count("brands:") == 1
    brands = {
        brand["name"]: brand["neutral"] for brand in yaml.safe_load(out[out.index("brands:") :])["brands"]
    }
    assert set(brands) == {"Air France", "KLM"}
    assert [word.casefold() for word in brands["Air France"]].count("scandale") == 1
    learnt = desk.run("mark", "3", "--sentiment", "neutral").out
    assert "'retard'" in learnt or "'en retard'" in learnt


def test_a_word_that_was_learnt_is_shown_as_it_is_written(tmp_path):
    desk = Desk(tmp_path)
    desk.configure(desk.feed("press", item("Siège cassé chez Air France")))
    desk.scan()
    ran = desk.run("mark", "1", "--sentiment", "neutral")
    assert "'cassé' weighs 67%" in ran.out
    assert "'casse'" not in ran.out


def test_a_whole_story_is_marked_by_its_id(newsroom):
    story = next(m["story_id"] for m in mentions(newsroom) if m["copies"] == 3)
    ran = newsroom.run("mark", f"s{story}", "--status", "ignored", "--format", "json").json
    assert (len(ran["mentions"]), ran["near_duplicates"]) == (3, [])
    assert len(newsroom.run("show", f"s{story}", "--format", "ndjson").lines) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("mark", "1"),
        ("mark", "1", "--sentiment", "positive", "--forget"),
        ("mark", "1", "99999", "--status", "seen"),
        ("mark", "s99999", "--status", "seen"),
        ("mark", "one", "--status", "seen"),
        ("mark", "1" * 40, "--status", "seen"),
        ("mark", "1", "--status", "lost"),
        ("show", "99999"),
        ("show", "a99999"),
        ("show", "é"),
        ("show", "1", "--format", "csv"),
    ],
)
def test_what_cannot_be_marked_or_shown_is_said_and_changes_nothing(newsroom, arguments):
    ran = newsroom.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert {m["status"] for m in mentions(newsroom)} == {"new"}


def test_show_says_everything_in_every_format(newsroom, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    number = number_of(newsroom, "Air France est")
    plain = newsroom.run("show", number, "--now", NOW.isoformat()).out
    table = newsroom.run("show", number, "--now", NOW.isoformat(), "--format", "table").out
    assert max(map(len, table.splitlines())) <= 80
    for word in ("scandale", "Press", "Because of", "Story", "Status"):
        assert word in plain
        assert word in table
    (record,) = json.loads(newsroom.run("show", number, "--format", "json").out)["mentions"]
    assert (record["mention_id"], record["corrected"], record["response"]) == (number, False, None)


def test_hostile_text_is_harmless_in_show_and_in_snippets(tmp_path):
    desk = Desk(tmp_path)
    text = 'Air France [bold red]scandale[/] \x1b[31m\u202e une "honte": #x\n  - y'
    desk.configure({"name": "Press", "url": desk.feed("press", item(text, "scandale " * 50))})
    desk.scan()
    number = mentions(desk)[0]["mention_id"]
    for form in ("plain", "table"):
        shown = desk.run("show", number, "--format", form, "--color", "never").out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    out = desk.run("mark", number, "--sentiment", "positive").out
    assert yaml.safe_load(out[out.index("brands:") :])["brands"][0]["name"] == "Air France"


# --- ranges and the way back -----------------------------------------------------------------------------------


def states(desk):
    return {m["mention_id"]: (m["status"], m["note"], m["sentiment"]) for m in mentions(desk)}


def test_a_range_names_what_is_there_between_two_ids(newsroom):
    assert newsroom.run("mark", "1-900", "--status", "seen").out == "4 mentions marked\n"
    assert newsroom.run("mark", "2..3", "S1-s9", "--status", "new").code == 0
    assert {status for status, _, _ in states(newsroom).values()} == {"new"}


@pytest.mark.parametrize(
    ("name", "says"),
    [("9-3", "lower"), ("1-99999", "10,000"), ("800-900", "no mention 800-900"), ("a1", "alerts ack a1"),
     ("s800", "no story"), ("x", "412-418"), ("1-s3", "412-418")],
)  # fmt: skip
def test_a_range_that_names_nothing_is_a_usage_error(newsroom, name, says):
    ran = newsroom.run("mark", name, "--status", "seen")
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_undo_puts_everything_back_that_one_command_changed(newsroom):
    before = states(newsroom)
    number = number_of(newsroom, "Air France : cata")
    newsroom.run("mark", number, "--status", "handled", "--note", "fait", "--sentiment", "negative")
    changed = states(newsroom)
    assert sum(changed[n] != before[n] for n in before) == 3
    shown = newsroom.run("show", number, "--format", "json").json["mentions"][0]["history"]
    assert [(one["status"], one["note"], one["sentiment"]) for one in shown] == [("new", "", None)]
    assert "before: new" in newsroom.run("show", number).out
    newsroom.run("mark", number, "--status", "ignored")
    assert newsroom.run("mark", number, "--undo").out == "1 mention put back\n"
    assert states(newsroom) == changed
    assert newsroom.run("mark", number, "--undo").out == "3 mentions put back\n"
    assert states(newsroom) == before
    with Store.open(newsroom.folder / "ereputation.db", read_only=True) as store:
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")
    ran = newsroom.run("mark", number, "--undo")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing to undo" in ran.err


def test_a_later_change_of_a_copy_outlives_the_undo_of_an_earlier_one(newsroom):
    number = number_of(newsroom, "Air France : cata")
    newsroom.run("mark", number, "--sentiment", "negative")
    other = next(n for n, state in states(newsroom).items() if state[2] == "negative" and n != number)
    newsroom.run("mark", other, "--status", "handled")
    newsroom.run("mark", number, "--undo")
    after = states(newsroom)
    assert after[other][::2] == ("handled", "negative")
    assert after[number][2] != "negative"


def test_undo_stands_alone(newsroom):
    assert newsroom.run("mark", "1", "--undo", "--status", "seen").code == 2


def test_what_is_pruned_leaves_no_history(newsroom):
    newsroom.run("mark", "1-9", "--note", "nom d'une personne")
    newsroom.run("prune", "--older-than", "1m", "--now", NOW.isoformat())
    with Store.open(newsroom.folder / "ereputation.db", read_only=True) as store:
        assert store.db.value("SELECT count(*) FROM marks") == 0
