"""``demo``: the week-end of March 2011, once, through the real pipeline; its folder is kept and looked at."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from desk import Desk
from ereputation import tables
from showcase import NEGATIVE, SILENCE, SPIKE

PARIS = ZoneInfo("Europe/Paris")
MONDAY = "2011-03-14T12:00:00+01:00"


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    """The folder of the play, and what the newcomer read."""
    folder = tmp_path_factory.mktemp("demo") / "play"
    ran = Desk(folder.parent).run("demo", "--format", "plain", "--keep", folder)
    assert (ran.code, ran.err) == (0, "")
    return Desk(folder), ran.out


@pytest.fixture(scope="module")
def told(play):
    """The alerts of the play, in the order they were told."""
    alerts = play[0].run("alerts", "--format", "ndjson", "--now", MONDAY).lines
    return list(reversed(alerts))


def first(told, kind, reason="opened"):
    return next(alert for alert in told if (alert["kind"], alert["reason"]) == (kind, reason))


def moment(text):
    return datetime.fromisoformat(text).astimezone(PARIS)


@pytest.mark.parametrize("kind", ["volume_spike", "negative_spike", "brand_silence"])
def test_sunday_morning_rings(told, kind):
    at = moment(first(told, kind)["at"])
    assert (at.month, at.day) == (3, 13)
    assert 10 <= at.hour <= 12


def test_the_readme_shows_what_the_play_shows(play):
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    headline, tone = (
        re.search(rf"│  {what}", readme)[1] for what in (r"(24 mentions .*?)  ", r"Tone +(.*?)  ")
    )
    assert headline in play[1]
    assert f"Tone: {tone}" in play[1]


@pytest.mark.parametrize("width", [60, 120])
def test_what_is_told_in_an_hour_is_never_cut(width):
    screen = Console(width=width, file=io.StringIO())
    alerts = [replace(one, reason="opened") for one in (NEGATIVE, SPIKE, SILENCE)]
    tables.Play(console=screen, zone=PARIS).scene(datetime(2011, 3, 13, 11, tzinfo=PARIS), alerts, 25)
    shown = screen.file.getvalue()
    for kind in ("Negative spike", "Volume spike", "Brand silence"):
        assert f"◀ {kind} (new)" in shown
    assert max(map(len, shown.splitlines())) <= width


def test_before_sunday_nothing_rings_and_each_thing_opens_once(told):
    assert min(moment(alert["at"]) for alert in told).day == 13
    opened = [alert["kind"] for alert in told if alert["reason"] == "opened"]
    assert sorted(opened) == ["brand_silence", "negative_spike", "volume_spike"]


def test_the_silence_ends_when_the_brand_speaks_on_monday(told):
    closed = first(told, "brand_silence", "closed")
    assert (
        datetime(2011, 3, 14, 8, 40, tzinfo=UTC)
        <= moment(closed["ended"])
        <= datetime(2011, 3, 14, 9, tzinfo=UTC)
    )
    assert moment(closed["at"]) <= datetime(2011, 3, 14, 9, tzinfo=UTC)


def test_the_spike_says_what_was_expected_and_who_waits(told):
    spike = first(told, "volume_spike")
    assert spike["observed"] > 3 * spike["expected"] > 0
    assert spike["off_hours"]
    assert moment(spike["last_owned"]).day == 11
    assert spike["waiting"]["count"] > 5
    assert first(told, "negative_spike")["negative_share"] > 0.5
    assert (
        max(alert["observed"] / (alert["window"] / 3600) for alert in told if alert["kind"] == "volume_spike")
        > 100
    )


def test_the_alerts_can_be_recomputed(play, told):
    for alert in told:
        account = play[0].run("alerts", "explain", alert["id"], "--format", "json")
        assert account.json["agrees"] is True, alert


def test_the_play_is_labelled_as_a_reconstruction_on_screen_and_in_the_data(play):
    desk, screen = play
    assert "reconstruction" in screen.splitlines()[0]
    documents = desk.found("", "-n", "20")
    assert all("reconstruction" in document["source"] for document in documents)
    assert all("reconstruction" in document["tags"] for document in documents)
    assert all("reconstruction.invalid" in document["url"] for document in documents)


def test_the_screen_shows_the_hours_and_the_alerts(play):
    _, screen = play
    assert "Volume spike" in screen
    assert "Negative spike" in screen
    assert "Brand silence" in screen
    assert "Sun 13 Mar" in screen
    assert "expected" in screen
    assert "\x1b" not in screen


def test_what_is_kept_can_be_searched(play):
    desk, screen = play
    assert f"ereputation -c {desk.folder}/ereputation.yaml search 'Tokyo NEAR/8 euros'" in screen
    assert desk.titles("Tokyo NEAR/8 euros")


def test_the_play_never_overwrites_what_is_there(play):
    ran = play[0].run("demo", "--keep", ".")
    assert (ran.code, ran.out) == (2, "")
    assert "--keep" in ran.err
