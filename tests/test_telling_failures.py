"""Channels that fail: tried again, told elsewhere, said on standard error; and what `check --notify` finds out."""

import json
from datetime import UTC, datetime

import pytest

from ereputation import config as configuration
from ereputation.cli import main
from loopback import Loopback
from postoffice import PostOffice
from showcase import SILENCE
from switchboard import HOUR, MINUTE, NOON, Switchboard, ladder

SECRET = "s3cr3t-Tok3n-0123456789"


@pytest.fixture
def board(tmp_path):
    with Loopback() as web:
        yield Switchboard(tmp_path, web)


# --- failing ---------------------------------------------------------------------------------------------------


def test_a_channel_that_fails_is_tried_again_later_and_later(board):
    board.configure(board.hook("name: hook"))
    board.status = 500
    board.decide()
    tried = []
    for minute in (*range(8), 20, 21, 22, 79, 80, 81, 82):
        for delivery in board.deliveries(NOON + minute * MINUTE):
            if delivery.status == "failed":
                tried.append(minute)
                assert (delivery.error, delivery.alerts) == (
                    "127.0.0.1: the server is in trouble (500)",
                    ("a1",),
                )
    assert tried == [0, 1, 5, 21, 81]
    board.status = 200
    assert board.tell(NOON + 141 * MINUTE) == [("hook", "sent", ("a1",))]
    assert board.tell(NOON + 200 * MINUTE) == []


def test_what_is_critical_and_new_does_not_wait_for_the_pause(board):
    board.configure(board.hook("name: hook"))
    board.status = 500
    board.decide()
    for minute in (0, 1, 5, 21):
        board.tell(NOON + minute * MINUTE)
    board.status = 200
    assert board.tell(NOON + 30 * MINUTE) == [("hook", "deferred", ("a1",))]
    board.decide(at=NOON + 31 * MINUTE, severity="critical", like=SILENCE)
    assert board.tell(NOON + 31 * MINUTE) == [("hook", "sent", ("a1", "a2"))]


def test_a_server_may_ask_for_a_pause_but_not_for_ever(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.status, board.headers = 429, {"Retry-After": "7200"}
    (delivery,) = board.deliveries()
    assert delivery.retry_at == NOON + 2 * HOUR
    board.headers = {"Retry-After": "864000"}
    (delivery,) = board.deliveries(NOON + 2 * HOUR)
    assert delivery.retry_at == NOON + 8 * HOUR


def test_a_clock_that_was_set_back_does_not_silence_a_channel(board):
    board.configure(board.hook("name: hook"))
    board.status = 500
    board.decide()
    board.tell(NOON + 1000 * HOUR)
    board.status = 200
    assert board.tell(NOON) == [("hook", "sent", ("a1",))]


def test_a_failure_is_told_once_on_another_channel(board):
    board.configure(board.hook("name: hook"), board.hook("name: other", path="/other"))
    board.status = 401
    board.decide()
    first, second = board.deliveries()
    assert (first.status, first.failure_told, second.status) == ("failed", True, "sent")
    board.tell(NOON + 10 * MINUTE)
    alert, notice = board.bodies("/other")
    assert [a["id"] for a in alert["alerts"]] == ["a1"]
    assert (notice["alerts"], notice["subject"]) == ([], "[WARNING] Alerts do not get through: hook")
    assert notice["failures"] == [
        {"channel": "hook", "error": "127.0.0.1: refuses us (401): check the token in `headers:` or in the address", "waiting": 1}
    ]  # fmt: skip
    board.status = 200
    board.tell(NOON + HOUR)
    board.status = 401
    board.decide(at=NOON + 2 * HOUR, like=SILENCE)
    board.tell(NOON + 2 * HOUR)
    assert (
        len([body for body in board.bodies("/other") if not body["alerts"]]) == 2
    )  # each stretch of failures is news


@pytest.mark.parametrize(("severity", "told"), [("warning", 0), ("critical", 1)])
def test_a_failure_wakes_nobody_at_night_unless_something_critical_waits(board, severity, told):
    board.configure(
        board.hook("name: hook"),
        board.hook("name: other, kinds: [source_failure], quiet_hours: 22:00-07:00", path="/other"),
    )
    board.status = 500
    night = datetime(2026, 3, 3, 23, tzinfo=UTC)
    board.decide(at=night, severity=severity)
    board.tell(night)
    assert board.web.count("/other") == told
    board.tell(night + 8 * HOUR)
    assert board.web.count("/other") == 1


def test_a_failure_is_told_to_the_chief_when_there_is_nobody_else(board):
    ladder(board)
    board.status = 500
    board.decide()
    board.tell()
    (notice,) = board.bodies("/chief")
    assert notice["failures"][0]["channel"] == "team"


def test_one_broken_channel_does_not_keep_the_others_waiting(board):
    with PostOffice(says="554 no") as office:
        board.configure(
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}", board.hook("name: hook")
        )
        board.decide()
        told = board.tell()
    assert told == [("email", "failed", ("a1",)), ("hook", "sent", ("a1",))]


# --- the commands ----------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_a_scan_says_on_standard_error_what_did_not_get_through_and_ends_well(board, capsys):
    board.configure(f'name: hook, kind: webhook, url: "{board.web.url("/" + SECRET)}", secret: {SECRET}')
    board.decide()
    arguments = [
        "-q",
        "scan",
        "--offline",
        "--config",
        str(board.folder / "c.yaml"),
        "--now",
        NOON.isoformat(),
    ]
    assert main([*arguments, "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["deliveries"] == [
        {"channel": "hook", "status": "failed", "alerts": ["a1"], "error": "127.0.0.1: nothing is there (404): check the address", "retry_at": "2026-03-03T13:01:00+01:00", "failure_told": False}
    ]  # fmt: skip
    assert said.err == (
        "ereputation: warning: notify: hook: 127.0.0.1: nothing is there (404): check the address;"
        " 1 alert kept for it, next try after Tue 3 Mar 13:01\n"
    )
    assert main(arguments) == 0
    assert capsys.readouterr() == ("", "")  # it rests, which is no news
    assert SECRET.encode() not in board.database.read_bytes()


def test_check_knocks_at_the_mail_server_without_sending_anything(board, capsys):
    with PostOffice() as office:
        board.configure(
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}",
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}, user: me, password: {SECRET}",
            "kind: email, to: [c@b.fr], port: 1",
        )
        assert main(["check", "--config", str(board.folder / "c.yaml"), "--format", "json"]) == 1
    assert office.mails == []
    told = {f["what"]: (f["state"], f["says"]) for f in json.loads(capsys.readouterr().out)["findings"]}
    assert told["channel email"][0] == "ok"
    assert "takes no login" in told["channel email (2)"][1]
    assert "no mail server on this machine: add `host:" in told["channel email (3)"][1]


def test_check_sends_a_labelled_sample_through_every_channel(board, capsys):
    with PostOffice() as office:
        board.configure(
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}, escalate: {{after: 1h, to: chief@b.fr}}",
            board.hook("name: hook"),
        )
        command = ["check", "--offline", "--config", str(board.folder / "c.yaml"), "--now", NOON.isoformat()]
        assert main(command) == 0
        assert "sends a sample" in capsys.readouterr().out
        assert (office.mails, board.web.requests) == ([], [])
        assert main([*command, "--notify"]) == 0
        assert "channel hook: a sample was sent to 127.0.0.1, not signed" in capsys.readouterr().out
    assert [to for _, to in office.envelopes] == [("a@b.fr",), ("chief@b.fr",)]
    assert office.subjects[0].startswith("[SAMPLE] [WARNING] Air France: Volume spike, 42 mentions")
    assert office.text().startswith("This is a sample")
    assert "This is a sample" in office.html()
    assert board.bodies()[0]["sample"] is True
    board.status = 500
    assert main([*command, "--notify"]) == 1
    assert "FAILED   channel hook: 127.0.0.1: the server is in trouble (500)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("notify", "said"),
    [
        ("[{kind: email, to: [a@b.fr], name: a}, {kind: webhook, url: 'https://a.fr', name: a}]", "is already the name of notify.0"),
        ("[{kind: email, to: [a@b.fr], brands: [Air Frnace]}]", 'no brand is called "Air Frnace": did you mean'),
        ("[{kind: email, to: [a@b.fr], escalate: {after: 30m, to: cheif}}, {kind: email, to: [c@b.fr], name: chief}]", 'no other channel is called "cheif": did you mean'),
        ("[{kind: webhook, url: 'https://a.fr', escalate: {after: 30m, to: c@b.fr}}]", "no other channel is called"),
        ("[{kind: email, to: [a@b.fr], name: me, escalate: {after: 30m, to: me}}]", "no other channel is called"),
        ("[{kind: email, to: [a@b.fr], name: a, escalate: {after: 1h, to: b}}, {kind: email, to: [b@b.fr], name: b, escalate: {after: 1h, to: a}}]", "others escalate to this channel"),
        ("[{kind: email, to: [a@b.fr], digest: hourly}]", 'expected a time such as `daily 08:00`, not "hourly"'),
        ("[{kind: email, to: [a@b.fr], digest: 'daily 25:00'}]", "expected a time such as `daily 08:00`"),
        ("[{kind: email, to: [a@b.fr], quiet_hours: nights}]", "expected hours such as"),
        ("[{kind: email, to: [a@b.fr], cooldown: often}]", "expected a duration such as 15m"),
        ("[{kind: email, to: [a@b.fr], min_severity: high}]", "expected info, warning or critical"),
        ("[{kind: email, to: [a@b.fr], frm: c@b.fr}]", 'unknown key "frm": did you mean from'),
    ],
)  # fmt: skip
def test_a_channel_that_cannot_work_is_a_fault_of_the_file(tmp_path, capsys, notify, said):
    path = tmp_path / "c.yaml"
    path.write_text(f"brands: [{{name: Air France}}]\nnotify: {notify}\n")
    assert main(["check", "--offline", "--config", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_every_key_of_a_channel_is_in_the_schema():
    properties = configuration.json_schema()["$defs"]["Email"]["properties"]
    assert {"to", "from", "host", "password", "quiet_hours", "digest", "cooldown", "escalate"} <= set(
        properties
    )
    assert all("description" in field for field in properties.values())
