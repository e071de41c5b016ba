"""``schedule``: entries that cron, its shell and systemd take as they are meant."""

import os
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import NOW
from ereputation.errors import UsageError
from ereputation.starting import machine, schedule

PARIS = ZoneInfo("Europe/Paris")


def job(**more):
    given = {
        "command": ["/opt/e r/ereputation"], "options": ["-c", "/etc/e.yaml"], "zone": PARIS, "minutes": 15,
        "contact": "", "variables": (),
    }  # fmt: skip
    return schedule.Job(**given | more)


def entries(text):
    """(fields, command) of each line that runs something."""
    lines = [line for line in text.splitlines() if re.match(r"[\d*]", line)]
    return [(line.split()[:5], line.split(maxsplit=5)[5]) for line in lines]


def as_cron_does(command):
    """What reaches the shell: a bare % would end it, \\% is a %."""
    assert not re.search(r"(?<!\\)%", command)
    return command.replace("\\%", "%")


@pytest.mark.parametrize(
    ("every", "fields"),
    [
        ("1m", r"\* \* \* \* \*"),
        ("15m", r"(\d|1[0-4])-59/15 \* \* \* \*"),
        ("1h", r"[1-5]?\d \* \* \* \*"),
        ("6h", r"[1-5]?\d \*/6 \* \* \*"),
        ("1d", r"[1-5]?\d 6 \* \* \*"),
    ],
)
def test_any_sayable_interval_is_said(desk, every, fields):
    desk.configure()
    ran = desk.run("schedule", "cron", "--every", every)
    assert (ran.code, ran.err) == (0, "")
    ((scan, command), *_) = entries(ran.out)
    assert re.fullmatch(fields, " ".join(scan))
    assert shlex.split(as_cron_does(command))[-4:] == [
        "-q",
        "scan",
        "-c",
        str(desk.folder / "ereputation.yaml"),
    ]


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ("25m", "take 20m or 30m"),
        ("90m", "take 1h or 2h"),
        ("20s", "take 1m"),
        ("3d", "take 24h"),
        ("often", "15m"),
    ],
)
def test_what_cron_cannot_say_is_refused_with_what_it_can(desk, every, said):
    desk.configure()
    ran = desk.run("schedule", "cron", "--every", every)
    assert ran.code == 2
    assert said in ran.err


def test_what_is_printed_runs_this_very_installation(desk):
    desk.configure()
    ran = desk.run("schedule", "cron", "--database", "x.db")
    (_, scan), *_ = entries(ran.out)
    words = shlex.split(scan)
    assert Path(words[0]).is_absolute()
    assert words[-2:] == ["--database", str(desk.folder / "x.db")]
    assert desk.run("scan").code == 0
    done = subprocess.run(
        ["/bin/sh", "-c", as_cron_does(scan)], env={}, cwd="/", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


@given(st.text(min_size=1, max_size=20).filter(str.isprintable))
def test_no_path_changes_what_is_run(name):
    text = schedule.crontab(job(options=["-c", f"/{name}"]), system=PARIS, knows_zones=False, now=NOW)
    for _, command in entries(text):
        assert shlex.split(as_cron_does(command))[-2:] == ["-c", f"/{name}"]


@pytest.mark.parametrize(
    ("zone", "system", "knows", "fields"),
    [
        ("Europe/Paris", "Europe/Paris", False, ["0 17 * * 5"]),
        ("Europe/Paris", "UTC", True, ["0 17 * * 5"]),
        ("Europe/Paris", "UTC", False, ["0 15,16 * * 5"]),
        ("Asia/Kolkata", "UTC", False, ["30 11 * * 5"]),
        ("Europe/Paris", "Asia/Kolkata", False, ["30 20,21 * * 5"]),
        ("America/Los_Angeles", "Asia/Tokyo", False, ["0 9,10 * * 6"]),
        ("Pacific/Kiritimati", "UTC", False, ["0 3 * * 5"]),
        ("Pacific/Auckland", "America/Los_Angeles", False, ["0 20,21,22 * * 4"]),
    ],
)
def test_friday_evening_is_the_configurations_in_every_season(zone, system, knows, fields):
    text = schedule.crontab(job(zone=ZoneInfo(zone)), system=ZoneInfo(system), knows_zones=knows, now=NOW)
    found = entries(text)[1:]
    assert [" ".join(when) for when, _ in found] == fields
    assert (f"CRON_TZ={zone}\n" in text) == knows
    assert all(("date +" in command) == ("," in when[1]) for when, command in found)


@pytest.mark.parametrize("system", ["Europe/Paris", "UTC"])
def test_the_report_of_the_week_goes_with_it(system):
    page = "/srv/veille 100%/semaine.html"
    text = schedule.crontab(job(report=page), system=ZoneInfo(system), knows_zones=False, now=NOW)
    (_, (weekend, first), (evening, second)) = entries(text)
    assert weekend == evening
    assert "clock --weekend" in first
    assert shlex.split(as_cron_does(second))[-8:] == [
        "-q", "report", "--period", "week", "--out", page, "-c", "/etc/e.yaml",
    ]  # fmt: skip
    unit = schedule.units(job(report=page)).partition("weekend.service")[2].partition("END_OF_UNIT\n")[0]
    assert '-q report --period week --out "/srv/veille 100%%/semaine.html" -c /etc/e.yaml\n' in unit


def test_a_report_is_one_of_the_kinds_there_are(desk):
    desk.configure()
    assert (
        "--out " + str(desk.folder / "week.html") in desk.run("schedule", "cron", "--report", "week.html").out
    )
    ran = desk.run("schedule", "cron", "--report", "week.pdf")
    assert (ran.code, ran.out) == (2, "")
    assert "--report: expected a name that ends in .html" in ran.err


@pytest.mark.skipif(not Path("/usr/share/zoneinfo/Europe/Paris").exists(), reason="date(1) needs the zones")
@pytest.mark.parametrize(
    ("day", "runs"), [(datetime(2026, 1, 2, tzinfo=UTC), [16]), (datetime(2026, 7, 3, tzinfo=UTC), [15])]
)
def test_the_guard_lets_only_the_right_hour_pass(tmp_path, day, runs):
    """``date`` is told the time by a stand-in before it in the PATH."""
    text = schedule.crontab(job(command=["echo"]), system=ZoneInfo("UTC"), knows_zones=False, now=NOW)
    (when, command) = entries(text)[1]
    passed = []
    stand_in = tmp_path / "date"
    for hour in map(int, when[1].split(",")):
        moment = (day + timedelta(hours=hour)).timestamp()
        stand_in.write_text(f'#!/bin/sh\nexec {shutil.which("date")} -d @{moment:.0f} "$@"\n')
        stand_in.chmod(0o755)
        done = subprocess.run(
            ["/bin/sh", "-c", as_cron_does(command)],
            env={"PATH": f"{tmp_path}:{os.defpath}"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        passed += [hour] if "clock --weekend" in done.stdout else []
    assert passed == runs


def test_mail_and_what_the_environment_holds_are_thought_of(desk, monkeypatch):
    monkeypatch.setenv("PASS", "s3cret")
    desk.configure(
        notify=[
            {
                "kind": "email",
                "to": ["a@example.org"],
                "host": "h.example",
                "user": "u",
                "password": "${PASS}",
            }
        ]
    )
    cron, systemd = (desk.run("schedule", kind).out for kind in ("cron", "systemd"))
    assert "MAILTO=desk@example.org\n" in cron
    assert "\n#PASS=\n" in cron
    assert "#EnvironmentFile=" in systemd
    assert "s3cret" not in cron + systemd


def test_the_units_are_written_by_pasting_them(desk, tmp_path):
    desk.configure()
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "systemctl").write_text('#!/bin/sh\necho "$@"\n')
    (fake / "systemctl").chmod(0o755)
    script = desk.run("schedule", "systemd", "--every", "6h").out
    done = subprocess.run(
        ["/bin/sh", "-eu"], input=script, text=True, capture_output=True, check=True,
        env={"PATH": f"{fake}:{os.defpath}", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert "enable --now ereputation.timer" in done.stdout
    units = tmp_path / ".config/systemd/user"
    assert sorted(unit.name for unit in units.iterdir()) == [
        "ereputation-weekend.service", "ereputation-weekend.timer", "ereputation.service", "ereputation.timer",
    ]  # fmt: skip
    assert "SuccessExitStatus=3 75\n" in (units / "ereputation.service").read_text()
    assert "OnCalendar=0/6:00\n" in (units / "ereputation.timer").read_text()
    assert "OnCalendar=Fri 17:00 Europe/Paris\n" in (units / "ereputation-weekend.timer").read_text()
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", "--user", *map(str, units.iterdir())],
            capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        )  # fmt: skip
        assert "ereputation" not in checked.stderr


def test_percent_dollar_and_quotes_mean_themselves_to_systemd():
    text = schedule.units(job(options=["-c", '/a %h $HOME "q" \\.yaml']))
    assert 'ExecStart="/opt/e r/ereputation" -q scan -c "/a %%h $$HOME \\"q\\" \\\\.yaml"\n' in text


def test_a_path_with_a_line_break_is_refused(desk):
    (desk.folder / "a\nb").mkdir()
    path = desk.configure().rename(desk.folder / "a\nb" / "e.yaml")
    ran = desk.run("schedule", "cron", "-c", path)
    assert ran.code == 2
    assert "line break" in ran.err


@pytest.mark.parametrize(
    ("files", "knows"),
    [
        ({"crond": b"\x7fELF..cronie 1.5.7.."}, True),
        ({"cron": b"\x7fELF..debian.."}, False),
        ({"crond": b"\x7fELF..BusyBox.."}, False),
        ({}, False),
    ],
)
def test_only_cronie_knows_zones(tmp_path, files, knows):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o755)
    assert machine.cron_knows_zones(str(tmp_path)) is knows


def test_the_zone_of_daemons_is_the_machines(tmp_path):
    (tmp_path / "etc").mkdir()
    assert machine.system_zone(tmp_path).key == "UTC"
    zones = Path("/usr/share/zoneinfo/Europe/Paris")
    if zones.exists():
        shutil.copy(zones, tmp_path / "etc/localtime")
        summer = datetime(2026, 7, 1, tzinfo=UTC).astimezone(machine.system_zone(tmp_path))
        assert summer.utcoffset() == timedelta(hours=2)
    assert Path(machine.command()[0]).is_absolute()
    with pytest.raises(UsageError):
        schedule.interval(7 * 60)
