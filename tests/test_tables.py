"""What people see, at every width, with and without colour, from friends and from vandals."""

import io
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from ereputation import tables, words
from ereputation.cli import options
from ereputation.model import Document, Outcome
from showcase import (
    ACCOUNT,
    AIR_FRANCE,
    ALERTS,
    ARTICLE,
    CURVES,
    HEALTH,
    HITS,
    KLM,
    MENTIONS,
    NEGATIVE,
    NOW,
    OUTCOMES,
    PARIS,
    SILENCE,
    SPIKE,
    STATS,
    TONE,
    at,
    week,
)
from vandals import HOSTILE, UNSAFE, hits, hostile_alert

SCREENS = Path(__file__).parent / "screens"


def console(width=80, *, colour=False, encoding="utf-8"):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", write_through=True)
    return Console(
        file=file,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="256" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )


def said(screen):
    screen.file.flush()
    return screen.file.buffer.getvalue().decode(screen.file.encoding)


VIEWS = {
    "alerts": lambda c, plain: tables.print_alerts(
        c, ALERTS, now=NOW, zone=PARIS, curves=CURVES, plain=plain
    ),
    "list": lambda c, plain: tables.print_alert_list(
        c, ALERTS, now=NOW, zone=PARIS, plain=plain, curves=CURVES
    ),
    "documents": lambda c, plain: tables.print_documents(c, HITS, zone=PARIS, plain=plain),
    "account": lambda c, plain: tables.print_account(c, ACCOUNT, zone=PARIS, plain=plain),
    "scan": lambda c, plain: tables.print_scan(
        c, OUTCOMES, [], new_mentions=2, now=NOW, zone=PARIS, health=HEALTH, plain=plain
    ),
    "explain": lambda c, plain: tables.print_explain(c, ARTICLE, "fr", TONE, [AIR_FRANCE, KLM], plain=plain),
    "stats": lambda c, plain: tables.print_stats(c, STATS, zone=PARIS, plain=plain),
    "chart": lambda c, plain: tables.print_chart(
        c, list(week()), zone=PARIS, title="Air France", plain=plain
    ),
}


def compare(name, text):
    """The screen as it stands in its file; ``UPDATE_SCREENS=1`` writes it anew."""
    text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    file = SCREENS / f"{name}.txt"
    if os.environ.get("UPDATE_SCREENS"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("view", VIEWS)
def test_a_screen_looks_as_it_did(view, width):
    screen = console(width)
    VIEWS[view](screen, plain=False)
    compare(f"{view}-{width}", said(screen))


@pytest.mark.parametrize("view", VIEWS)
def test_plain_text_looks_as_it_did_and_does_not_depend_on_the_width(view):
    narrow, wide = console(40), console(200)
    VIEWS[view](narrow, plain=True)
    VIEWS[view](wide, plain=True)
    assert said(narrow) == said(wide)
    compare(f"{view}-plain", said(narrow))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("view", VIEWS)
def test_no_line_is_wider_than_the_screen_but_an_address_that_can_be_copied(view, width):
    screen = console(width)
    VIEWS[view](screen, plain=False)
    assert [s for s in said(screen).splitlines() if cell_len(s) > width and "       https://" not in s] == []


def test_every_fact_of_the_table_is_in_the_plain_text():
    told = tables.facts(SPIKE, NOW, PARIS)
    plain = "\n".join(tables.alert_lines(SPIKE, NOW, PARIS))
    facts = [
        told.headline,
        told.advice,
        told.brand,
        told.kind,
        *(s for _, s in told.rows),
        *(t for t, _, _ in told.examples),
    ]
    assert [fact for fact in facts if fact not in plain] == []


def test_severity_and_tone_are_told_in_colours_where_there_are_colours():
    screen = console(80, colour=True)
    tables.print_alerts(screen, [SPIKE], now=NOW, zone=PARIS)
    tables.print_documents(screen, HITS[:1], zone=PARIS)
    text = said(screen)
    assert "\x1b[1;38;5;166m■ CRITICAL" in text
    assert re.search(r"\x1b\[1;4mAir France\x1b\[0m", text), "matches are bold and underlined"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("view", VIEWS)
def test_a_terminal_of_the_nineties_is_served_too(view, plain, encoding):
    screen = console(80, encoding=encoding)
    VIEWS[view](screen, plain)
    assert said(screen)


def test_without_unicode_the_alert_is_drawn_in_ascii():
    screen = console(80, encoding="latin-1")
    tables.print_alerts(screen, [SPIKE], now=NOW, zone=PARIS, curves=CURVES)
    top, *_ = said(screen).splitlines()
    assert top.startswith("+- !! CRITICAL")
    assert "####" in said(screen)


@pytest.mark.parametrize(
    ("requested", "is_tty", "term", "expected"),
    [
        (None, True, "xterm", "table"),
        (None, False, "xterm", "plain"),
        (None, True, "dumb", "plain"),
        ("json", True, "xterm", "json"),
        ("table", False, "xterm", "table"),
    ],
)
def test_the_format_is_a_table_on_a_terminal_and_plain_elsewhere(
    monkeypatch, requested, is_tty, term, expected
):
    monkeypatch.setenv("TERM", term)
    assert options.choose_format(requested, is_tty=is_tty) == expected


@pytest.mark.parametrize(
    ("color", "environment", "expected"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_no_color_beats_force_color_and_the_flag_beats_both(
    monkeypatch, capsys, color, environment, expected
):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    tables.print_alerts(tables.stdout_console(color), [SPIKE], now=NOW, zone=PARIS)
    assert ("\x1b" in capsys.readouterr().out) is expected


def test_a_quiet_calm_scan_says_nothing():
    for plain in (True, False):
        screen = console()
        tables.print_scan(screen, OUTCOMES, [], new_mentions=2, now=NOW, zone=PARIS, plain=plain, quiet=True)
        assert said(screen) == ""


def test_a_quiet_scan_tells_alerts_and_changes_of_health():
    screen = console()
    tables.print_scan(
        screen, OUTCOMES, [SPIKE], new_mentions=2, now=NOW, zone=PARIS, health=HEALTH, plain=True, quiet=True
    )
    assert "203 mentions" in said(screen)
    assert "source La Gazette: fails" in said(screen)
    assert "Read 3" not in said(screen)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "Agrees: counted again 203 observed, 13.6 expected"),
        ({"agrees": False}, "DIFFERS: counted again 203 observed"),
        ({"episode": None}, "DIFFERS: with what is stored today"),
        ({"episode": None, "points": ()}, "Nothing to count again"),
    ],
)
def test_an_account_says_whether_the_database_still_agrees(changed, verdict):
    *_, last = tables.account_lines(replace(ACCOUNT, **changed), PARIS)
    assert last.startswith(verdict)


def test_an_account_of_a_negative_spike_says_what_its_hours_count():
    first, *_ = tables.account_lines(replace(ACCOUNT, alert=NEGATIVE), PARIS)
    assert first == "Stories of any tone, by the hour:"
    assert not next(iter(tables.account_lines(ACCOUNT, PARIS))).startswith("Stories")


def test_who_waits_and_how_long_the_brand_is_silent_are_of_one_moment_which_is_named():
    later = NOW + timedelta(days=3)
    told = tables.facts(SILENCE, later, PARIS)
    assert "for 46 hours" in told.headline
    rows = dict(told.rows)
    assert rows["As of"] == "Sun 13 Mar 16:00 (3 days ago)"
    assert rows["Waiting"] == "37 questions or complaints without an answer, the oldest for 7 hours"
    assert rows["Brand"] == "last spoke Fri 11 Mar 17:42 (46 hours before)"
    fresh = dict(tables.facts(SILENCE, SILENCE.at, PARIS).rows)
    assert "As of" not in fresh
    assert fresh["Brand"] == "last spoke Fri 11 Mar 17:42 (46 hours ago)"


@pytest.mark.parametrize(
    ("kind", "ended", "headline"),
    [
        ("brand_silence", None, "the brand has said nothing for 46 hours while"),
        ("brand_silence", NOW, "the brand speaks again, after 8 hours"),
        ("source_failure", None, "could not be read for 8 hours"),
        ("source_failure", NOW, "is read again after 8 hours"),
    ],
)
def test_what_is_no_count_has_its_own_headline(kind, ended, headline):
    last = at(11, 16, 45)
    told = tables.facts(
        replace(SPIKE, kind=kind, ended=ended, last_owned=last), NOW.replace(minute=40), PARIS
    )
    assert told.headline.startswith(headline)


def test_print_mentions_shows_one_brand_each():
    screen = console()
    assert tables.print_mentions(screen, MENTIONS, zone=PARIS, plain=True) == 3
    assert len(said(screen).splitlines()) == 3


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([0, 0], "▁▁"),
        ([0, 1, 7], "▁▂█"),
        ([1, float("nan"), 2], "▅ █"),
        ([float("inf"), 3], " █"),
        ([-1, 2], "▁█"),
    ],
)
def test_a_sparkline_has_one_block_a_value(values, line):
    assert tables.sparkline(values) == line
    assert tables.sparkline(values, ascii_only=True).isascii()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 minutes"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (9000, "2 h 30 min"),
        (30000, "8 hours"),
        (-5, "0 minutes"),
        (172800, "48 hours"),
        (260000, "3 days"),
        (1e9, "11,574 days"),
    ],
)
def test_durations_are_no_finer_than_one_cares(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("p_value", "text"),
    [
        (1.0, ""),
        (float("nan"), ""),
        (0.05, "about 1 in 20 (p = 0.05)"),
        (4e-5, "about 1 in 25,000 (p = 4e-05)"),
        (2e-7, "less than 1 in a million (p = 2e-07)"),
        (0.0, "less than 1 in a trillion (p < 1e-300)"),
    ],
)
def test_a_p_value_is_said_in_words_and_as_a_number(p_value, text):
    assert words.chance(p_value) == text


@pytest.mark.parametrize(
    ("observed", "expected", "text"),
    [
        (203, 14, "14 times as many"),
        (5, 2, "2.5 times as many"),
        (2, 2, "as many as expected"),
        (1, 4, "75% fewer"),
        (3, 0, ""),
        (float("nan"), 3, ""),
    ],
)
def test_a_ratio_is_said_only_where_it_means_something(observed, expected, text):
    assert words.times(observed, expected) == text


@settings(max_examples=60, deadline=None)
@given(hit=hits(), text=HOSTILE, width=st.integers(40, 130), plain=st.booleans())
def test_no_text_from_outside_drives_the_terminal_or_breaks_the_layout(hit, text, width, plain):
    screen = console(width)
    document, (mention,), _ = hit
    shown = hostile_alert(text)
    tables.print_documents(screen, [hit], zone=PARIS, plain=plain)
    tables.print_explain(screen, document, text, mention.match.sentiment, [mention.match], plain=plain)
    boxed = len(said(screen))
    tables.print_alerts(screen, [shown], now=NOW, zone=PARIS, plain=plain)
    alert = said(screen)[boxed:]
    tables.print_alert_list(screen, [shown], now=NOW, zone=PARIS, plain=plain)
    failed = Outcome(source=text, kind="feed", status="failed", error=text)
    tables.print_scan(screen, [failed], [], new_mentions=0, now=NOW, zone=PARIS, plain=plain)
    assert UNSAFE.findall(said(screen)) == []
    if not plain:
        assert {cell_len(line) for line in alert.split("\n")[:-1]} == {width}


@given(hit=hits())
def test_a_plain_search_result_is_one_line(hit):
    (line,) = tables.document_lines([hit], PARIS)
    assert "\n" not in line
    assert len(line.split("  ")) >= 7


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_a_huge_text_is_shown_in_part(size):
    document = Document(
        source="s", guid="1", title="t" * size, text="w " * (size // 2), published=NOW, first_seen=NOW
    )
    screen = console()
    tables.print_documents(screen, [(document, (), ((size + 500, size + 505),))], zone=PARIS)
    assert len(said(screen)) < 2_000


@pytest.mark.parametrize(
    ("stories", "copies", "top", "outlets", "said"),
    [
        (9, 55, 46, 46, "9 different stories in 55 documents; 84% of it is one story in 46 outlets"),
        (9, 55, 46, 1, "9 different stories in 55 documents; 84% of it is one story"),
        (50, 55, 3, 3, "50 different stories in 55 documents"),
        (1, 46, 46, 46, "one story in 46 copies"),
    ],
)
def test_a_repeated_story_is_told_apart_from_many(stories, copies, top, outlets, said):
    alert = replace(
        ALERTS[0], stories=stories, copies=copies, top_story_copies=top, top_story_outlets=outlets
    )
    assert dict(tables.facts(alert, NOW, PARIS).rows)["Stories"] == said


class Status:
    def __init__(self):
        self.said = []

    def update(self, text):
        self.said.append(str(text))


def test_progress_tells_what_is_read_and_what_is_looked_at():
    status = Status()
    progress = tables.Progress(status, total=3)
    progress(OUTCOMES[0])
    progress(OUTCOMES[2])
    for number in range(1, 401):
        progress.looked(number)
    assert status.said == [
        "1 of 3 read  Le Quotidien",
        "2 of 3 read, 1 failed  La Gazette",
        "200 stored documents looked at",
        "400 stored documents looked at",
    ]
    silent = tables.Progress(None)
    silent(OUTCOMES[0])
    silent.looked(200)
