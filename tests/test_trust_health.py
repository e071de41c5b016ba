"""How sources fare over many runs: changes are told once, answers much shorter than usual are told at all."""

from datetime import timedelta

import pytest

from desk import HOUR, NOW, item, rss
from loopback import Answer

DAY = timedelta(days=1)


def posts(count, day):
    return [item(f"Note {day} {n}", at=NOW + day * DAY - n * HOUR) for n in range(count)]


@pytest.mark.parametrize(
    ("before", "today", "warned"),
    [
        ([30] * 6, 3, True),
        ([30] * 6, 0, True),
        ([30] * 6, 20, False),
        ([30] * 6, 8, False),
        ([30, 30, 30, 4, 30, 30], 3, False),
        ([30] * 3, 3, False),
        ([5] * 6, 0, False),
        ([30, 30, 30, 30, 30, 0], 0, False),
    ],
    ids=[
        "far less",
        "nothing",
        "less",
        "a quarter",
        "as once before",
        "too new",
        "never much",
        "the day after",
    ],
)
def test_an_answer_far_shorter_than_usual_is_a_warning(desk, before, today, warned):
    desk.configure(desk.feed("press", *posts(before[0], 0)))
    for day, count in enumerate(before):
        desk.feed("press", *posts(count, day))
        desk.outcome(NOW + day * DAY)
    desk.feed("press", *posts(today, len(before)))
    outcome = desk.outcome(NOW + len(before) * DAY)
    assert (f"only {today} documents, where 30 are usual" in (outcome.get("warning") or "")) == warned


def test_every_change_of_health_is_told_once_however_many_runs_there_are(desk, web):
    """One run a day for three weeks: it fails, it is dead, it recovers; each is told by one run."""
    desk.configure(
        {"name": "press", "url": web.serve("/feed", rss(item("Air France")))},
        desk.feed("calm", item("Nothing")),
    )
    told = []
    for day in range(24):
        web.serve(
            "/feed", rss(item(f"Air France {day}")) if day in {0, 1, 20, 21, 22, 23} else Answer(status=500)
        )
        ran = desk.run("scan", "-q", "--now", (NOW + day * DAY).isoformat())
        if "press" in ran.out:
            told.append(day)
    assert len(told) == 3
    assert told[0] == 4  # the third failure in a row
    assert told[2] == 20
    assert 15 <= told[1] <= 18  # fourteen days of failing
