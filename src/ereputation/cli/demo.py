"""``demo``: the week-end of March 2011, replayed in front of you."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.config import Config

_PACE = 0.35
"""Seconds a scene stays on screen with --slow."""


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="ereputation-demo-") as name:
            yield Path(name)
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise UsageError(
            _("--keep: {keep} is there already; name a folder that is empty or does not exist").format(
                keep=keep
            )
        )
    keep.mkdir(parents=True, exist_ok=True)
    yield keep


def demo(
    ctx: typer.Context,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Keep the play's configuration, feeds and database here.")
    ] = None,
    slow: Annotated[bool, typer.Option("--slow", help="Replay at a pace one can follow.")] = False,
) -> None:
    """Replay the Air France week-end of 11-14 March 2011 (a reconstruction), offline, through the real pipeline."""
    common = options.asked(ctx, output=output, color=color, quiet=quiet)
    from ereputation import demo as theatre
    from ereputation import tables

    chosen = options.form_without_csv(common, "demo")
    with _folder(keep) as folder:
        config = theatre.stage(folder)
        if chosen in {"json", "ndjson"}:
            _as_data(folder, config, lines=chosen == "ndjson")
            return
        view = tables.Play(
            options.console(common), config.timezone, plain=chosen == "plain", hours=not common.quiet
        )
        view.begin()
        for scene in theatre.play(folder, config):
            view.scene(scene.now, scene.result.alerts, scene.posted)
            if slow:
                sys.stdout.flush()
                time.sleep(_PACE)
        drawn = theatre.curve(config)
        view.end(drawn.buckets, [(p.expected, p.high) for p in drawn.points])
        if keep:
            typer.echo(
                "\n"
                + _("Kept in {folder}. Look around:").format(folder=keep)
                + f"  ereputation -c {keep}/ereputation.yaml search 'Tokyo NEAR/8 euros'"
            )


def _as_data(folder: Path, config: Config, *, lines: bool) -> None:
    """The alerts of the play as JSON, labelled as the reconstruction they are."""
    from ereputation import demo as theatre
    from ereputation import export

    told = [alert for scene in theatre.play(folder, config) for alert in scene.result.alerts]
    records = ({**export.alert_record(alert, config.timezone), "data": theatre.LABEL} for alert in told)
    export.write_json(sys.stdout, records, schema="demo", key="alerts", lines=lines, data=theatre.LABEL)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(demo)
