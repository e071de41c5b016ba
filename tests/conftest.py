"""Fixtures of the end-to-end tests: somebody's folder, a web site on loopback, a first scan."""

import pytest

from desk import HOUR, NOW, Desk, item
from loopback import Loopback


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    for name in ("EREPUTATION_CONFIG", "EREPUTATION_DATABASE", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


@pytest.fixture
def web():
    with Loopback() as site:
        yield site


@pytest.fixture
def press(desk):
    """A desk with one feed of three documents, scanned once at ``NOW``."""
    url = desk.feed(
        "press",
        item(
            "Air France : grève lundi", "Les pilotes d'Air France sont en grève. Un scandale.", guid="strike"
        ),
        item("KLM ajoute des vols", "Merci à KLM, un service excellent.", guid="klm", at=NOW - 2 * HOUR),
        item("La météo du jour", "Un œuf, une sœur, du soleil.", guid="weather", at=NOW - 3 * HOUR),
    )
    desk.configure({"name": "Press", "url": url}, brands=["Air France", "KLM"])
    desk.scan()
    return desk
