"""``check``: the doctor. Configuration, clock, database, lock, every channel and every source."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.checking import Finding

_MARKS = {"ok": N_("ok"), "warning": N_("warning"), "failed": N_("FAILED")}
_HEADS = {
    "version": N_("version"),
    "configuration": N_("configuration"),
    "clock": N_("clock"),
    "database": N_("database"),
    "lock": N_("lock"),
    "channels": N_("channels"),
    "channel": N_("channel"),
    "brand": N_("brand"),
    "source": N_("source"),
}


def check(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of the configuration, for editors.")
    ] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="Send a sample, labelled as such, through every channel.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Reach no source.")] = False,
    now: options.Now = None,
) -> None:
    """Validate the configuration, reach every source, and look at clock, database, lock and channels."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    from ereputation import export

    if schema:
        from ereputation.config import json_schema

        typer.echo(export.dump(json_schema(), indent=True))
        return
    chosen = options.form_without_csv(common, "check")
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import checking

    findings = []
    for finding in checking.findings(
        loaded, options.database(common, loaded), now=moment, offline=offline, notify=notify
    ):
        findings.append(finding)
        if chosen in {"table", "plain"} and not (common.quiet and finding.state == "ok"):
            _print(finding)
    if chosen in {"json", "ndjson"}:
        records = (
            {
                "what": f.what,
                "state": f.state,
                "says": f.says,
                "seconds": None if f.seconds is None else round(f.seconds, 3),
            }
            for f in findings
        )
        export.write_json(
            sys.stdout,
            records,
            schema="check",
            key="findings",
            lines=chosen == "ndjson",
            versions=checking.versions(),
        )
    raise typer.Exit(checking.exit_code(findings))


def _print(finding: Finding) -> None:
    from ereputation.text import one_line

    wide = max(len(_(mark)) for mark in _MARKS.values())
    head, space, name = one_line(finding.what).partition(" ")
    what = f"{_(_HEADS.get(head, head))}{space}{name}"
    typer.echo(f"{_(_MARKS[finding.state]):<{wide}}  {words.labelled(what, one_line(finding.says))}")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(check)
