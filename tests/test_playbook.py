"""The built-in advice: for every kind of alert, with the brand's own promise, and only where the configuration is silent."""

import typing

import pytest

from desk import HOUR, NOW, item
from ereputation import playbook
from ereputation.model import Kind


@pytest.mark.parametrize("kind", typing.get_args(Kind))
def test_every_kind_of_alert_has_rules_that_fit_a_screen(kind):
    said = playbook.advice(kind, promise=5400)
    assert 50 < len(said) < 500
    assert "{" not in said
    if kind != "source_failure":
        assert "within 1 h 30 min" in said
        assert "Never" in said


@pytest.mark.parametrize(
    ("plays", "said"),
    [
        ([], "Never"),
        ([{"when": {"kind": "volume_spike"}, "do": "Ring Claire."}], "Ring Claire."),
        ([{"when": {"kind": "brand_silence"}, "do": "Ring Claire."}], "Never"),
    ],
)
def test_the_configuration_decides_and_the_built_in_rules_fill_the_gap(desk, plays, said):
    calm = [item(f"Air France, jour {n}", at=NOW - n * 24 * HOUR) for n in range(1, 9)]
    storm = [item(f"Air France {n} {n * n}", f"mot{n}", at=NOW) for n in range(40)]
    url = desk.feed("press", *calm)
    desk.configure(url, playbook=plays, response_time="90m")
    for hours in range(100, 0, -20):
        desk.scan(NOW - hours * HOUR, "--force")
    desk.feed("press", *calm, *storm)
    alerts = desk.scan(NOW + HOUR, "--force")["alerts"]
    [advice] = [alert["advice"] for alert in alerts if alert["kind"] == "volume_spike"]
    assert said in advice
    assert ("Never" in advice) == (said == "Never")
