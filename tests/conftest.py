"""Fixtures of the end-to-end tests: somebody's folder, a web site on loopback, a folder after its first scan."""

# ruff: noqa: E402 - what is said before the imports is about them

import gc
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

# Dozens of processes start here; each would compile everything again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

import pytest
from hypothesis import settings

from desk import HOUR, NOW, Desk, item
from loopback import Loopback
from shared import SERVER, use

# A machine with other work to do is no failure; ``--hypothesis-profile thorough`` takes its time.
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.register_profile("loaded", deadline=None, max_examples=50)
settings.load_profile("loaded")


def pytest_xdist_auto_num_workers(config):
    """A process for each core and one more, for the waits, for the whole suite; none for what is named: no start to pay."""
    asked = [argument.partition("::") for argument in config.args]
    whole = all(not test and os.path.isdir(path) for path, _, test in asked)  # noqa: PTH112
    narrowed = any(
        getattr(config.option, name, None) for name in ("keyword", "markexpr", "lf", "collectonly")
    )
    return (os.cpu_count() or 1) + 1 if whole and not narrowed else 0


def pytest_make_parametrize_id(val):
    """What is long has a short name, the same in every process: packed bytes hold the moment they were packed."""
    if isinstance(val, bytes) and len(val) > 40:
        return f"{len(val)} bytes"
    return f"{val[:60]}..." if isinstance(val, str) and len(val) > 100 else None


@pytest.fixture(autouse=True, scope="session")
def _nobody():
    """No test sees the configuration, the language, the colours or the window of who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "EREPUTATION_CONFIG",
            "EREPUTATION_DATABASE",
            "EREPUTATION_LANGUAGE",
            "LC_ALL",
            "LC_MESSAGES",
            "COLUMNS",
            "NO_COLOR",
            "FORCE_COLOR",
            "TERM",
        ):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("XDG_CONFIG_HOME", "/nowhere")
        if SERVER:
            use(patch)
        yield


def pytest_collection_modifyitems(items):
    """On PostgreSQL, leave out what is about SQLite's files."""
    left_out = pytest.mark.skip(reason="about SQLite's files")
    for test in items:
        if SERVER and test.get_closest_marker("sqlite"):
            test.add_marker(left_out)


def pytest_collection_finish():
    """What was collected stays to the end: no search for garbage need walk through it again."""
    gc.freeze()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def web():
    with Loopback() as site:
        yield site


@pytest.fixture(scope="session")
def press(tmp_path_factory):
    """A feed of three documents and two brands, scanned once at ``NOW``; for tests that only look."""
    desk = Desk(tmp_path_factory.mktemp("press"))
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


@pytest.fixture
def nobody():
    """Without the powers of root, whom no permission stops."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no users here")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)
            with suppress(OSError):
                Path(folder).chmod(0o777)
