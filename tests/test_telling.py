"""Which alerts reach whom, and when: stored alerts, real channels on loopback, and a clock that is handed in."""

import re
import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ereputation import scan
from ereputation.store import Store
from loopback import Answer, Loopback
from postoffice import PostOffice
from showcase import NEGATIVE, SILENCE
from switchboard import HOUR, MINUTE, NOON, Switchboard, failure, ladder


@pytest.fixture
def board(tmp_path):
    with Loopback() as web:
        yield Switchboard(tmp_path, web)


# --- once ------------------------------------------------------------------------------------------------------


def test_one_message_tells_all_that_is_due_and_the_next_scan_nothing(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.decide(like=NEGATIVE)
    assert board.tell() == [("hook", "sent", ("a1", "a2"))]
    assert board.tell() == []
    assert board.took() == [["a1", "a2"]]


def test_a_new_channel_has_no_history_to_tell(board):
    board.configure(board.hook("name: hook"))
    board.decide()
    board.configure(board.hook("name: hook"), board.hook("name: other", path="/other"))
    board.decide(like=NEGATIVE)
    board.tell()
    assert (board.took("/hook"), board.took("/other")) == ([["a1", "a2"]], [["a2"]])


def test_a_channel_without_a_name_may_change_its_secret(board):
    board.configure(board.hook("secret: a"))
    board.decide()
    board.configure(board.hook("secret: b"))
    assert board.tell() == [("webhook 127.0.0.1", "sent", ("a1",))]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise shims it where it is gone
def test_each_alert_reaches_each_channel_exactly_once_over_fifty_scans(board):
    with PostOffice() as office:
        board.configure(
            board.hook(),
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}",
            f'kind: apprise, url: "json://127.0.0.1:{board.web.port}/other"',
        )
        for number in range(50):
            now = NOON + number * 15 * MINUTE
            if number % 3 == 0:
                board.decide(at=now, started=now - HOUR, severity="critical" if number % 2 else "info")
            result = scan.run(board.config, board.database, now=now, offline=True)
            assert all(delivery.status == "sent" for delivery in result.deliveries)
    alerts = [[f"a{n}"] for n in range(1, 18)]
    assert board.took() == alerts
    assert len(office.mails) == board.web.count("/other") == len(alerts)
    assert len({mail["Message-ID"] for mail in office.mails}) == len(alerts)


def test_a_scan_killed_before_it_could_record_repeats_and_loses_nothing(board, desk):
    """The receivers kill the scan while it hands over: after the message came, before it was recorded."""
    kills, running = [1, 1], []

    def strike(which):
        if kills[which] and running:
            kills[which] -= 1
            running[0].kill()

    def hook(_request):
        strike(0)
        return Answer()

    with PostOffice(before=lambda: strike(1)) as office:
        board.web.serve("/hook", hook)
        board.configure(
            board.hook("name: hook"), f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}"
        )
        board.decide()
        board.decide(like=SILENCE)
        codes = []
        while len(codes) < 12 and (not codes or codes[-1] != 0):
            running[:] = [desk.fork("-c", "c.yaml", "scan", "--offline", "--now", NOON.isoformat())]
            codes.append(running[0].finish().code)
    assert codes[-1] == 0
    assert -signal.SIGKILL in codes
    assert set(map(tuple, board.took())) == {("a1", "a2")}
    assert len(board.took()) <= len(codes)
    assert 1 <= len(office.mails) <= len(codes)
    assert len({request.headers["x-ereputation-delivery"] for request in board.web.requests}) == 1
    assert board.tell() == []
    with Store.open(board.database) as store:
        assert store.faults() == []


def test_who_honours_the_ids_is_told_each_alert_once_whatever_was_killed_and_came_in_between(board, desk):
    """Scans are killed as soon as a receiver has its message, and before the next one something new has happened."""
    scans, running = 20, []
    deadly = {"hook": {2, 3, 9, 10, 16}, "mail": {5, 9, 13}}  # 9: both have it, and nobody knows

    def strike(which):
        if len(running) in deadly[which]:
            running[-1].kill()

    def hook(_request):
        strike("hook")
        return Answer()

    with PostOffice(before=lambda: strike("mail")) as office:
        board.web.serve("/hook", hook)
        board.configure(board.hook(), f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}")
        codes = []
        for number in range(scans):
            now = NOON + number * 15 * MINUTE
            board.decide(at=now, started=now - HOUR, severity="critical" if number % 3 else "info")
            running.append(desk.fork("-c", "c.yaml", "scan", "--offline", "--now", now.isoformat()))
            codes.append(running[-1].finish().code)
    assert codes.count(-signal.SIGKILL) >= 5
    ids = [request.headers["x-ereputation-delivery"] for request in board.web.requests]
    told = [alert for ids in dict(zip(ids, board.took(), strict=True)).values() for alert in ids]
    assert len(ids) > len(set(ids))
    assert sorted(told, key=lambda name: int(name[1:])) == [f"a{n}" for n in range(1, scans + 1)]
    mails = {mail["Message-ID"]: str(mail["Subject"]) for mail in office.mails}
    assert len(office.mails) > len(mails)
    more = [int(found[1]) for subject in mails.values() if (found := re.search(r"\+(\d+) more", subject))]
    assert len(mails) + sum(more) == scans


# --- for whom --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", ["a1", "a2", "a3", "a4"]),
        ("min_severity: warning", ["a2", "a3", "a4"]),
        ("min_severity: critical", ["a3"]),
        ("brands: [KLM]", ["a3"]),
        ("kinds: [brand_silence, source_failure]", ["a2", "a4"]),
        ("brands: [KLM], kinds: [source_failure]", ["a4"]),
        ("brands: [KLM], min_severity: critical", ["a3"]),
    ],
)
def test_a_channel_hears_what_it_asked_for(board, keys, told):
    board.configure(board.hook(keys))
    board.decide(severity="info")
    board.decide(like=SILENCE)
    board.decide(brand="KLM", severity="critical")
    board.decide(**failure("Le Monde"))
    board.tell()
    assert sorted(name for names in board.took() for name in names) == told


def test_nobody_wants_the_end_of_a_story_they_never_heard(board):
    board.configure(board.hook("min_severity: critical"), board.hook(path="/other"))
    board.decide()
    board.tell()
    board.decide(at=NOON + HOUR, reason="closed")
    board.tell(NOON + HOUR)
    assert (board.took("/hook"), board.took("/other")) == ([], [["a1"], ["a2"]])


def test_who_was_told_the_beginning_is_told_the_end_however_mild(board):
    board.configure(board.hook("min_severity: warning"))
    board.decide(**failure("Le Monde"))
    board.decide(**failure("Libération", reason="closed"))
    board.tell()
    board.decide(**failure("Le Monde", reason="closed"), severity="info", started=NOON, at=NOON + HOUR)
    board.tell(NOON + HOUR)
    assert board.took() == [["a1"], ["a3"]]


# --- when ------------------------------------------------------------------------------------------------------


def test_quiet_hours_defer_and_never_drop(board):
    board.configure(board.hook("name: hook, quiet_hours: 22:00-07:00"))
    night = datetime(2026, 3, 3, 23, tzinfo=UTC)  # midnight in Paris
    board.decide(at=night)
    assert board.tell(night) == [("hook", "deferred", ("a1",))]
    assert board.tell(night + 5 * HOUR + 59 * MINUTE) == [("hook", "deferred", ("a1",))]
    board.decide(at=night + 6 * HOUR, reason="closed")
    assert board.tell(night + 7 * HOUR) == [("hook", "sent", ("a1", "a2"))]


def test_critical_pierces_quiet_hours_and_takes_its_story_along(board):
    board.configure(board.hook("quiet_hours: 22:00-07:00, digest: 'daily 08:00', cooldown: 1d"))
    night = datetime(2026, 3, 3, 23, tzinfo=UTC)
    board.decide(at=night)
    board.decide(at=night, like=SILENCE)
    board.tell(night)
    board.decide(at=night + HOUR, severity="critical", reason="escalated")
    board.tell(night + HOUR)
    assert board.took() == [["a1", "a3"]]
    board.decide(at=night + 2 * HOUR, severity="critical", reason="closed")
    board.tell(night + 2 * HOUR)  # an end can wait
    assert board.took() == [["a1", "a3"]]


def test_a_digest_gathers_until_its_hour_struck(board):
    board.configure(board.hook("name: hook, digest: daily 08:00"))
    eight = datetime(2026, 3, 4, 7, tzinfo=UTC)
    board.decide(at=NOON)
    board.decide(at=NOON + HOUR, like=NEGATIVE)
    assert board.tell(NOON + 2 * HOUR) == [("hook", "deferred", ("a1", "a2"))]
    assert board.tell(eight - MINUTE) == [("hook", "deferred", ("a1", "a2"))]
    board.decide(at=eight + MINUTE, like=SILENCE)
    assert board.tell(eight + 5 * MINUTE) == [("hook", "sent", ("a1", "a2")), ("hook", "deferred", ("a3",))]
    assert board.tell(eight + 23 * HOUR) == [("hook", "deferred", ("a3",))]
    assert board.tell(eight + 24 * HOUR) == [("hook", "sent", ("a3",))]


def test_a_digest_is_daily_by_the_clock_on_the_wall(board):
    board.configure(board.hook("digest: daily 08:00"))
    channel, zone = board.config.notify[0], board.config.timezone
    days = [datetime(2026, 3, 27, 12, tzinfo=UTC) + timedelta(days=n) for n in range(4)]
    struck = [channel.gathered_until(day, zone) for day in days]
    assert [at.astimezone(zone).hour for at in struck] == [8] * 4
    assert [b - a for a, b in pairwise(struck)] == [
        24 * HOUR,
        23 * HOUR,
        24 * HOUR,
    ]  # clocks change on the 29th


def test_a_cooldown_holds_the_same_back_and_nothing_else(board):
    board.configure(board.hook("cooldown: 1h"))
    board.decide()
    board.tell()
    soon = NOON + 30 * MINUTE
    board.decide(at=soon, reason="escalated")
    board.decide(at=soon, like=SILENCE)
    board.decide(at=soon, brand="KLM")
    board.tell(soon)
    assert board.took() == [["a1"], ["a3", "a4"]]
    board.tell(NOON + HOUR)
    assert board.took()[2:] == [["a2"]]


# --- the ladder ------------------------------------------------------------------------------------------------


def test_an_alert_nobody_reacts_to_climbs_the_ladder_once(board):
    ladder(board)
    board.decide()
    assert board.tell() == [("team", "sent", ("a1",)), ("team > chief", "deferred", ("a1",))]
    assert board.tell(NOON + 29 * MINUTE) == [("team > chief", "deferred", ("a1",))]
    assert board.tell(NOON + 30 * MINUTE) == [("team > chief", "sent", ("a1",))]
    assert board.tell(NOON + 60 * MINUTE) == []
    (told,) = board.bodies("/chief")
    assert told["lead"].startswith("Nobody has reacted for 30 minutes: ")


def test_the_chief_hears_the_end_of_what_climbed_and_of_nothing_else(board):
    ladder(board)
    board.decide()
    board.decide(like=SILENCE)
    board.tell()
    board.decide(at=NOON + MINUTE, like=SILENCE, reason="closed")
    board.tell(NOON + 40 * MINUTE)
    board.decide(at=NOON + HOUR, reason="closed")
    board.tell(NOON + HOUR)
    assert board.took("/chief") == [["a1"], ["a4"]]


def test_nothing_climbs_when_the_brand_speaks(board):
    ladder(board)
    board.decide()
    board.tell()
    board.speak(NOON + 10 * MINUTE)
    assert board.tell(NOON + 40 * MINUTE) == []
    assert board.took("/chief") == []


def test_a_failed_source_is_nothing_for_the_chief(board):
    ladder(board)
    board.decide(**failure("Le Monde"))
    board.tell()
    board.tell(NOON + HOUR)
    assert (board.took(), board.took("/chief")) == ([["a1"]], [])


def test_a_critical_alert_climbs_although_the_first_step_is_broken(board):
    ladder(board)
    board.status = 500
    board.decide(severity="critical")
    board.tell()
    board.tell(NOON + 30 * MINUTE)
    assert [names for names in board.took("/chief") if names] == [["a1"]]


def test_a_ladder_of_addresses(board):
    with PostOffice() as office:
        board.configure(
            f"kind: email, to: [a@b.fr], host: 127.0.0.1, port: {office.port}, "
            "escalate: [{after: 30m, to: chief@b.fr}, {after: 2h, to: boss@b.fr}]"
        )
        board.decide()
        for minutes in (0, 15, 30, 60, 120, 240):
            board.tell(NOON + minutes * MINUTE)
    assert [to for _, to in office.envelopes] == [("a@b.fr",), ("chief@b.fr",), ("boss@b.fr",)]
