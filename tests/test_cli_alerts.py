"""Alerts from the outside: what opens, what is never told, and what can be recomputed."""

from datetime import timedelta

import pytest

from desk import HOUR, NOW, Desk, item, rss
from ereputation.export import ALERT_COLUMNS

PROMISED = [
    "id",
    "brand",
    "kind",
    "severity",
    "reason",
    "started",
    "peaked",
    "ended",
    "observed",
    "expected",
    "p_value",
    "stories",
    "copies",
    "negative_share",
    "coverage",
    "off_hours",
    "last_owned",
    "waiting",
    "rising_terms",
    "examples",
    "advice",
]


def quiet(hours=14 * 24, until=NOW):
    """One or two mentions every other hour, in different words."""
    return [
        item(
            f"Air France note {n} {n * 7919 % 1000}",
            f"Chronique numéro {n}, vol {n * 31}.",
            at=until - n * HOUR,
        )
        for n in range(1, hours, 2)
    ]


def crowd(size=60, at=NOW + HOUR, word="bondé"):
    """Many posts within the hour before ``at``, each in its own words."""
    return [
        item(
            f"Air France cri {n} {n * 104729 % 9973}",
            f"@airfrance personne ne répond, honte, vol {n * 17} {word} {n * n}, scandale !",
            at=at - timedelta(minutes=59 * n / size),
        )
        for n in range(size)
    ]


def publish(desk, *items):
    return desk.feed("press", *items)


@pytest.fixture(scope="module")
def spiked(tmp_path_factory):
    """Two quiet weeks read at ``NOW``, a crowd an hour later, then its end; with what each scan said."""
    desk = Desk(tmp_path_factory.mktemp("spiked"))
    before = quiet()
    desk.configure({"name": "Press", "url": publish(desk, *before)}, staffed="Mon-Fri 09:00-18:00")
    scans = [desk.scan()]
    publish(desk, *before, *crowd())
    scans.append(desk.scan(NOW + HOUR))
    account = desk.run("alerts", "explain", "a1", "--format", "json")
    scans.append(desk.scan(NOW + 1.5 * HOUR))
    for hours in range(2, 48, 5):
        publish(desk, *before, *crowd(), item(f"Air France encore {hours}", at=NOW + hours * HOUR))
        scans.append(desk.scan(NOW + hours * HOUR))
    return desk, scans, account


def told(scans, kind):
    return [
        (alert["reason"], n)
        for n, scan in enumerate(scans)
        for alert in scan["alerts"]
        if alert["kind"] == kind
    ]


def test_a_spike_opens_once_and_closes_once(spiked):
    _, scans, _ = spiked
    reasons = told(scans, "volume_spike")
    assert reasons[0] == ("opened", 1)
    assert [reason for reason, _ in reasons].count("opened") == 1
    assert reasons[-1][0] == "closed"
    assert [reason for reason, _ in reasons].count("closed") == 1
    assert scans[0]["alerts"] == []
    assert [reason for reason, _ in told(scans, "negative_spike")].count("opened") == 1


def test_an_alert_says_everything_it_promises(spiked):
    _, scans, _ = spiked
    alert = next(alert for alert in scans[1]["alerts"] if alert["kind"] == "volume_spike")
    assert list(alert)[: len(PROMISED)] == PROMISED
    assert (alert["brand"], alert["reason"], alert["ended"]) == ("Air France", "opened", None)
    assert alert["observed"] >= 55
    assert 0 < alert["expected"] < 5
    assert alert["p_value"] < 1e-6
    assert alert["started"] == "2026-03-10T13:00:00+01:00"
    assert (alert["coverage"], alert["off_hours"]) == (1, False)
    assert alert["negative_share"] > 0.5
    assert 1 <= len(alert["examples"]) <= 3
    assert set(alert["examples"][0]) == {"title", "url", "source", "published"}
    assert alert["advice"]
    assert "scandale" in " ".join(alert["rising_terms"]) or "honte" in " ".join(alert["rising_terms"])


def test_the_arithmetic_agrees_right_after(spiked):
    account = spiked[2]
    assert account.code == 0
    record = account.json
    assert record["agrees"] is True
    assert record["recomputed"]["observed"] == record["alert"]["observed"]
    assert record["recomputed"]["p_value"] == pytest.approx(record["alert"]["p_value"], rel=0.5)


def test_many_alerts_on_a_terminal_have_a_row_each_with_the_hours_before(spiked):
    desk, scans, _ = spiked
    later = ("--now", (NOW + 48 * HOUR).isoformat(), "--format", "table")
    count = sum(len(scan["alerts"]) for scan in scans)
    assert count > 3
    ran = desk.run("alerts", *later)
    assert ran.out.count("Air France · ") == count
    assert ran.out.count("█") >= count, "each with its sparkline"
    assert "ereputation show a" in ran.err
    assert "What to do" not in ran.out
    full = desk.run("alerts", "-v", *later)
    assert full.out.count("What to do") >= count
    assert "by hour" in full.out
    one = desk.run("show", "a1", *later)
    assert "by hour" in one.out


def test_past_alerts_are_listed_newest_first_in_every_form(spiked):
    desk, scans, _ = spiked
    later = ("--now", (NOW + 48 * HOUR).isoformat())
    whole = desk.run("alerts", "--format", "json", *later).json
    assert whole["schema"] == "ereputation/alerts/1"
    assert len(whole["alerts"]) == sum(len(scan["alerts"]) for scan in scans)
    assert [alert["at"] for alert in whole["alerts"]] == sorted(
        (a["at"] for a in whole["alerts"]), reverse=True
    )
    assert desk.run("alerts", "--format", "ndjson", *later).lines == whole["alerts"]
    csv = desk.run("alerts", "--format", "csv", *later).out.splitlines()
    assert csv[0].split(",") == list(ALERT_COLUMNS)
    assert len(csv) == len(whole["alerts"]) + 1
    assert desk.run("export", "alerts", *later).out.splitlines() == csv
    for form in ("plain", "table"):
        assert "Air France" in desk.run("alerts", "--format", form, *later).out


def test_an_alert_is_found_by_its_id_only(spiked):
    desk, _, _ = spiked
    for form in ("plain", "table", "json"):
        assert desk.run("alerts", "explain", "a1", "--format", form).code == 0
    ran = desk.run("alerts", "explain", "a999")
    assert (ran.code, ran.out) == (2, "")
    assert "a999" in ran.err


def test_quiet_scans_print_new_alerts_and_nothing_else(desk):
    before = quiet()
    desk.configure(publish(desk, *before))
    assert desk.run("scan", "-q", "--now", NOW.isoformat()) == (0, "", "")
    publish(desk, *before, *crowd())
    ran = desk.run("scan", "-q", "--now", (NOW + HOUR).isoformat())
    assert (ran.code, ran.err) == (0, "")
    assert "Air France" in ran.out
    assert desk.run("scan", "-q", "--now", (NOW + HOUR * 1.1).isoformat()) == (0, "", "")


@pytest.mark.parametrize(("level", "code"), [("critical", 10), (None, 0)])
def test_a_new_alert_decides_the_exit_code_when_asked(desk, level, code):
    before = quiet()
    desk.configure(publish(desk, *before))
    assert desk.scan()["code"] == 0
    publish(desk, *before, *crowd(200))
    scanned = desk.scan(NOW + HOUR, *(("--fail-on", level) if level else ()))
    assert {alert["severity"] for alert in scanned["alerts"]} >= {"critical"}
    assert scanned["code"] == code
    assert desk.scan(NOW + 1.1 * HOUR, "--fail-on", "info")["code"] == 0  # it is not new any more


def test_an_alert_wins_over_degraded_coverage_and_total_failure_over_an_alert(desk):
    before = quiet()
    desk.configure(publish(desk, *before), "file:///nowhere.xml")
    assert desk.scan()["code"] == 3
    publish(desk, *before, *crowd())
    assert desk.scan(NOW + HOUR, "--fail-on", "warning")["code"] == 10
    desk.configure("file:///nowhere.xml")
    assert desk.scan(NOW + 2 * HOUR, "--fail-on", "info")["code"] == 1


def test_the_first_reading_never_rings_even_when_it_holds_a_spike(desk):
    desk.configure(publish(desk, *quiet(until=NOW - HOUR), *crowd(at=NOW)))
    assert desk.scan(NOW)["alerts"] == []
    assert desk.scan(NOW + timedelta(minutes=10))["alerts"] == []
    assert desk.scan(NOW + HOUR)["alerts"] == []


def test_a_baseline_takes_what_is_abnormal_as_history_unless_it_grows(desk):
    before = quiet()
    desk.configure(publish(desk, *before))
    desk.scan()
    publish(desk, *before, *crowd())
    scanned = desk.scan(NOW + HOUR, "--baseline")
    assert (scanned["code"], scanned["mentions"]["new"], scanned["alerts"]) == (0, 60, [])
    assert desk.scan(NOW + 1.2 * HOUR)["alerts"] == []
    assert desk.run("alerts", "--format", "ndjson").out == ""
    publish(desk, *before, *crowd(), *crowd(600, at=NOW + 9 * HOUR, word="fermé"))
    assert {alert["reason"] for alert in desk.scan(NOW + 9 * HOUR)["alerts"]} >= {"escalated"}


def test_a_brand_added_later_never_rings_for_what_was_before(desk):
    url = publish(desk, *quiet(), *(i.replace("Air France", "KLM") for i in crowd(at=NOW)))
    desk.configure(url)
    desk.scan()
    desk.configure(url, brands=["Air France", "KLM"])
    scanned = desk.scan(NOW + HOUR)
    assert scanned["looked_back"] == {"KLM": 60}
    assert scanned["alerts"] == []
    assert desk.scan(NOW + 2 * HOUR)["alerts"] == []


def test_hours_in_which_a_source_failed_are_blind_not_calm(desk, web):
    before = quiet()
    url = web.serve("/feed", rss(*before))
    desk.configure({"name": "Press", "url": url})
    desk.scan()
    web.serve("/feed", status=500)
    for hours in range(1, 6):
        assert desk.scan(NOW + hours * HOUR)["outcomes"][0]["status"] in {"failed", "not_due"}
    buckets = desk.run("export", "buckets", "--since", NOW.isoformat(), "--format", "ndjson",
                       "--now", (NOW + 6 * HOUR).isoformat()).lines  # fmt: skip
    assert [(b["stories"], b["exposure"]) for b in buckets] == [(0, 0)] * 6
    failures = desk.run("alerts", "--format", "ndjson", "--now", (NOW + 6 * HOUR).isoformat()).lines
    assert {alert["kind"] for alert in failures} == {"source_failure"}


def test_a_monitor_that_was_off_is_blind_for_what_it_cannot_know(desk, web):
    url = web.serve("/feed", rss(*quiet()))
    desk.configure({"name": "Press", "url": url})
    desk.scan()
    fresh = [item(f"Air France tout neuf {n}", at=NOW + 47 * HOUR + timedelta(minutes=n)) for n in range(5)]
    web.serve("/feed", rss(*fresh))
    scanned = desk.scan(NOW + 48 * HOUR)
    assert scanned["alerts"] == []
    buckets = desk.run("export", "buckets", "--since", NOW.isoformat(), "--format", "ndjson",
                       "--now", (NOW + 48 * HOUR).isoformat()).lines  # fmt: skip
    assert {b["exposure"] for b in buckets[:46]} == {0}
    assert buckets[-1]["exposure"] == 1


def test_no_alert_so_far_is_said_on_standard_error(press):
    ran = press.run("alerts")
    assert (ran.code, ran.out) == (0, "")
    assert "no alert so far" in ran.err
    assert press.run("alerts", "-q") == (0, "", "")
    assert press.run("alerts", "--format", "json").json == {"schema": "ereputation/alerts/1", "alerts": []}
