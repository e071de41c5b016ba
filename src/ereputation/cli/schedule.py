"""``schedule``: entries for cron and systemd, ready to paste."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from ereputation.database import Database
    from ereputation.starting.schedule import Job


class _Scheduler(StrEnum):
    """Who starts the scans."""

    cron = "cron"
    systemd = "systemd"


def schedule(
    ctx: typer.Context,
    scheduler: Annotated[_Scheduler, typer.Argument(help="cron or systemd.")],
    every: Annotated[str, typer.Option("--every", help="How often to scan.")] = "15m",
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Also write the week's report here, on Friday evening (.html, .md)."),
    ] = None,
    config: options.ConfigFile = None,
    database: options.Database = None,
    now: options.Now = None,
) -> None:
    """Print what lets cron or systemd scan: absolute paths, this machine's zone, what its cron understands."""
    common = options.asked(ctx, config=config, database=database)
    moment = options.moment(now)
    from ereputation.starting import machine
    from ereputation.starting import schedule as timing

    job = _job(common, every, report)
    if scheduler is _Scheduler.systemd:
        typer.echo(timing.units(job), nl=False)
        return
    lines = timing.crontab(
        job, system=machine.system_zone(), knows_zones=machine.cron_knows_zones(), now=moment
    )
    typer.echo(lines, nl=False)


def _job(common: options.Common, every: str, report: Path | None) -> Job:
    from ereputation.starting import machine
    from ereputation.starting import schedule as timing

    minutes = timing.interval(options.seconds(every, option="--every"))
    loaded = options.load(common)
    given = ["-c", str(Path(loaded.path).absolute())]
    if common.database:
        given += ["--database", _written(options.database(common, loaded))]
    page = str(report.absolute()) if report else ""
    if report and report.suffix.lower() not in {".html", ".htm", ".md", ".markdown", ".json"}:
        raise UsageError(
            _("--report: expected a name that ends in .html, .md or .json, not {name!r}").format(
                name=str(report)
            )
        )
    words = [*machine.command(), *given, page]
    if not all(word.isprintable() for word in words):
        raise UsageError(
            _("schedule: a path with a line break or an unprintable character cannot stand in an entry")
        )
    return timing.Job(
        command=machine.command(),
        options=given,
        zone=loaded.timezone,
        minutes=minutes,
        contact=loaded.contact,
        variables=timing.variables(loaded.path),
        report=page,
    )


def _written(database: Database) -> str:
    if isinstance(database, Path):
        return str(database.absolute())
    if database.secrets():
        raise UsageError(
            _(
                "schedule: whoever lists the processes would read the password of this database:"
                " put it in ~/.pgpass, or the address in a ${NAME} of the configuration"
            )
        )
    return database.url


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(schedule)
