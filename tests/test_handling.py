"""``alerts ack|snooze|resolve|reopen``: who takes care, what is told meanwhile, and what opens it again."""

from datetime import timedelta

import pytest

from desk import Desk
from ereputation import monitoring, scan
from ereputation.store import Store
from loopback import Loopback
from showcase import NEGATIVE, SILENCE
from switchboard import HOUR, MINUTE, NOON, Switchboard, failure, ladder


@pytest.fixture
def board(tmp_path):
    with Loopback() as web:
        yield Switchboard(tmp_path, web)


def run(board, *arguments, now=NOON):
    return Desk(board.folder).run("alerts", *arguments, "-c", "c.yaml", "--now", now.isoformat())


def handling(board, alert, now=NOON):
    listed = run(board, "list", "--format", "ndjson", now=now).lines
    return next(one["handling"] for one in listed if one["id"] == alert)


# --- acknowledged ----------------------------------------------------------------------------------------------


def test_who_acknowledges_stops_the_ladder(board):
    ladder(board)
    board.decide(severity="critical")
    board.tell()
    ran = run(board, "ack", "a1", "--by", "Léa", "--note", "on it", now=NOON + 10 * MINUTE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "a1  Air France: Volume spike: acknowledged by Léa, Tue 3 Mar 13:10: on it\n"
    for minutes in (31, 60, 600):
        board.tell(NOON + minutes * MINUTE)
    assert (board.took("/hook"), board.took("/chief")) == ([["a1"]], [])
    assert handling(board, "a1") == {
        "action": "acknowledged",
        "at": "2026-03-03T13:10:00+01:00",
        "by": "Léa",
        "note": "on it",
        "until": None,
    }


def test_what_gets_more_serious_after_it_was_acknowledged_climbs_again(board):
    ladder(board)
    board.decide()
    board.tell()
    run(board, "ack", "a1", "--by", "Léa")
    board.decide(at=NOON + 20 * MINUTE, reason="escalated")  # worse, and no more serious than Léa knows
    board.tell(NOON + 20 * MINUTE)
    board.tell(NOON + 2 * HOUR)
    assert board.took("/chief") == []
    board.decide(at=NOON + 3 * HOUR, reason="escalated", severity="critical")
    board.tell(NOON + 3 * HOUR)
    board.tell(NOON + 4 * HOUR)
    assert board.took("/hook") == [["a1"], ["a2"], ["a3"]]
    assert "a3" in board.took("/chief")[0]
    assert handling(board, "a3")["action"] == "reopened"
    assert "opened again" in Desk(board.folder).run("show", "a1", "-c", "c.yaml").out


def test_an_acknowledged_alert_is_still_told_over(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.tell()
    run(board, "ack", "a1")
    board.decide(at=NOON + HOUR, reason="closed")
    board.tell(NOON + HOUR)
    assert board.took() == [["a1"], ["a2"]]
    assert board.bodies()[1]["alerts"][0]["handling"]["action"] == "acknowledged"


# --- snoozed ---------------------------------------------------------------------------------------------------


def test_nothing_is_told_of_what_is_snoozed_until_the_hour_and_then_all_of_it(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.tell()
    ran = run(board, "snooze", "a1", "--for", "2h", "--by", "Léa")
    assert "snoozed until Tue 3 Mar 15:00 by Léa" in ran.out
    board.decide(at=NOON + HOUR, reason="escalated")
    board.decide(at=NOON + HOUR, like=NEGATIVE)  # another matter
    board.tell(NOON + HOUR)
    board.tell(NOON + 119 * MINUTE)
    assert board.took() == [["a1"], ["a3"]]
    board.tell(NOON + 2 * HOUR)
    assert board.took() == [["a1"], ["a3"], ["a2"]]
    assert "was snoozed until" in run(board, now=NOON + 3 * HOUR).out


def test_a_snooze_ends_when_it_gets_more_serious(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.tell()
    run(board, "snooze", "a1", "--until", "18:00")
    board.decide(at=NOON + HOUR, reason="escalated", severity="critical")
    board.tell(NOON + HOUR)
    assert board.took() == [["a1"], ["a2"]]


def test_a_snooze_holds_the_ladder_and_lets_go_of_it(board):
    ladder(board)
    board.decide(severity="critical")
    board.tell()
    run(board, "snooze", "a1", "--for", "3h")
    board.tell(NOON + HOUR)
    assert board.took("/chief") == []
    board.tell(NOON + 3 * HOUR)
    assert board.took("/chief") == [["a1"]]


@pytest.mark.parametrize(
    ("arguments", "until"),
    [
        (("--until", "18:00"), "2026-03-03T18:00:00+01:00"),
        (("--until", "8h30"), "2026-03-04T08:30:00+01:00"),  # the next one
        (("--until", "2026-03-05"), "2026-03-05T00:00:00+01:00"),
        (("--until", "2026-03-05T07:00Z"), "2026-03-05T08:00:00+01:00"),
        (("--for", "30m"), "2026-03-03T13:30:00+01:00"),
    ],
)
def test_when_a_snooze_ends(board, arguments, until):
    board.configure(board.hook("name: hook"))
    board.decide()
    assert (
        run(board, "snooze", "a1", *arguments, "--format", "json").json["alerts"][0]["handling"]["until"]
        == until
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("snooze", "a1"), "--for 2h or --until"),
        (("snooze", "a1", "--for", "2h", "--until", "18:00"), "--for 2h or --until"),
        (("snooze", "a1", "--for", "soon"), "--for"),
        (("snooze", "a1", "--for", "40d"), "31 days"),
        (("snooze", "a1", "--until", "2026-03-03T12:00"), "over already"),
        (("snooze", "a1", "--until", "never"), "18:00"),
        (("ack", "a9"), "no alert 'a9'"),
        (("resolve", "412x"), "no alert"),
        (("ack",), "ID"),
        (("ack", "a1", "--format", "csv"), "--format"),
    ],
)
def test_what_cannot_be_decided_is_a_usage_error_and_changes_nothing(board, arguments, says):
    board.configure(board.hook("name: hook"))
    board.decide()
    ran = run(board, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert handling(board, "a1") is None


# --- resolved --------------------------------------------------------------------------------------------------


def test_what_is_resolved_is_told_no_more_and_is_not_open(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.tell()
    board.decide(like=NEGATIVE)
    ran = run(board, "resolve", "a1", "--by", "Léa", "--note", "réponse publiée")
    assert "resolved by Léa, Tue 3 Mar 13:00: réponse publiée" in ran.out
    board.decide(at=NOON + HOUR, reason="closed")
    board.tell(NOON + HOUR)
    assert board.took() == [["a1"], ["a2"]]
    still_open = run(board, "list", "--open", "--format", "ndjson").lines
    assert {alert["id"] for alert in still_open} == {"a2"}


def test_options_may_stand_before_list_as_well(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    run(board, "resolve", "a1")
    assert run(board, "--open", "list").out == ""
    assert "a1" in run(board, "list").out
    assert run(board, "--brand", "KLM", "list").out == ""


def test_what_is_resolved_is_not_counted_as_open(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    seen = []
    for _ in range(2):
        with Store.open(board.database, read_only=True) as store:
            done = scan.Result(started=NOON, finished=NOON)
            lines = list(monitoring.figures(board.config, store, done, succeeded=True, before=None))
        seen.append('ereputation_open_alerts{severity="warning"} 1' in lines)
        run(board, "resolve", "a1")
    assert seen == [True, False]


def test_what_gets_worse_after_it_was_resolved_opens_again(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.tell()
    run(board, "resolve", "a1", "--by", "Léa")
    board.decide(at=NOON + HOUR, reason="escalated")
    board.tell(NOON + HOUR)
    assert board.took() == [["a1"], ["a2"]]
    assert [a["id"] for a in run(board, "--open", "--format", "ndjson").lines] == ["a2", "a1"]
    assert [d["action"] for d in Desk(board.folder).run("show", "a2", "-c", "c.yaml", "--format", "json").json["decisions"]] == ["resolved", "reopened"]  # fmt: skip


def test_a_decision_can_be_taken_back(board):
    ladder(board)
    board.decide(severity="critical")
    board.tell()
    run(board, "ack", "a1", "--by", "Léa")
    assert "opened again by Max" in run(board, "reopen", "a1", "--by", "Max").out
    board.tell(NOON + 31 * MINUTE)
    assert board.took("/chief") == [["a1"]]


# --- what one decision is about --------------------------------------------------------------------------------


def test_a_decision_is_about_the_episode_whichever_of_its_alerts_is_named(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.decide(at=NOON + HOUR, reason="escalated", severity="critical")
    board.decide(started=NOON - timedelta(days=3))  # the same brand and kind, days before
    ran = run(board, "ack", "a1", "a2", "--by", "Léa", now=NOON + HOUR)
    assert ran.out.count("acknowledged") == 1
    assert [handling(board, name) is not None for name in ("a1", "a2", "a3")] == [True, True, False]


def test_two_sources_that_failed_at_once_are_two_matters(board):
    board.configure(board.hook("name: hook"))
    board.decide(**failure("Le Monde"))
    board.decide(**failure("Libération"))
    run(board, "resolve", "a1", "--by", "Léa")
    board.tell()
    assert board.took() == [["a2"]]


def test_who_is_logged_in_decides_unless_said_otherwise(board, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ana")
    board.configure(board.hook("name: hook"))
    board.decide(like=SILENCE)
    run(board, "ack", "a1", "-q")
    assert handling(board, "a1")["by"] == "ana"


def test_decisions_are_in_the_export(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    run(board, "ack", "a1", "--by", "=cmd()", "--note", "\x1b[31mred")
    header, row = Desk(board.folder).run("export", "alerts", "-c", "c.yaml", "--now", (NOON + HOUR).isoformat()).out.splitlines()[:2]  # fmt: skip
    assert header.endswith(",at,handling,handled_by,handled_at,snoozed_until,handling_note")
    assert row.endswith(",acknowledged,'=cmd(),2026-03-03T13:00:00+01:00,,[31mred")
