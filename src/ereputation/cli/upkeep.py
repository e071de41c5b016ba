"""``prune`` and ``forget``: retention, and a person who wants to be left out."""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _, n_

Wait = Annotated[str | None, typer.Option("--wait", help="Wait this long for a scan to end: 30s, 5m.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Only say how much it would be.")]


def _documents(count: int) -> str:
    return words.amount(count, "document", "documents")


def _told(form: str, command: str, *, dry_run: bool, **record: Any) -> bool:
    """Whether the outcome was wanted as data, and has been printed."""
    if form not in {"json", "ndjson"}:
        return False
    from ereputation import export

    said = {"schema": f"ereputation/{command}/1", **record, "dry_run": dry_run}
    typer.echo(export.dump(said, indent=form == "json"))
    return True


def prune(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", help="Such as 365d; by default, the configuration's retention."),
    ] = None,
    dry_run: DryRun = False,
    wait: Wait = None,
    now: options.Now = None,
) -> None:
    """Drop old documents and their mentions; counts stay, and nothing dropped comes back as new."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    form = options.form_without_csv(common, "prune")
    loaded = options.load(common)
    age = options.seconds(older_than, option="--older-than") if older_than else loaded.retention
    try:
        before = options.moment(now) - timedelta(seconds=age)
    except OverflowError:
        raise UsageError(
            _("--older-than: {older_than!r} lies before the calendar begins").format(older_than=older_than)
        ) from None
    day = f"{before.astimezone(loaded.timezone):%Y-%m-%d %H:%M}"
    told = partial(
        _told, form, "prune", before=before.astimezone(loaded.timezone).isoformat(timespec="seconds")
    )
    if dry_run:
        with options.open_store(common, loaded, read_only=True) as store:
            found = store.older_than(before)
        if told(dry_run=True, documents=found):
            return
        typer.echo(
            _("{documents} from before {day} would be dropped").format(documents=_documents(found), day=day)
        )
        return
    from ereputation.store import scan_lock

    patience = options.seconds(wait, option="--wait")
    with (
        options.open_store(common, loaded) as store,
        scan_lock(options.database(common, loaded), wait=patience),
    ):
        dropped = store.prune(before)
    if not told(dry_run=False, documents=dropped) and not common.quiet:
        typer.echo(
            n_(
                "{documents} from before {day} dropped", "{documents} from before {day} dropped", dropped
            ).format(documents=_documents(dropped), day=day)
        )


def forget(
    ctx: typer.Context,
    handle: Annotated[
        str, typer.Argument(help="The author's handle, as stored: @marie, @marie@mastodon.social.")
    ],
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    wait: Wait = None,
) -> None:
    """Erase everything stored of an author; only digests stay, so that nothing of it comes back."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    form = options.form_without_csv(common, "forget")
    if not handle.strip().lstrip("@"):
        raise UsageError(_("forget: give a handle such as @marie"))
    loaded = options.load(common)
    from ereputation.store import scan_lock
    from ereputation.text import one_line

    shown = f"@{one_line(handle).strip().lstrip('@')}"
    with options.open_store(common, loaded, read_only=True) as store:
        found = store.authored_by(handle)
    told = partial(_told, form, "forget", author=shown)
    if (dry_run or not found) and told(dry_run=dry_run, documents=found):
        return
    if not found:
        typer.echo(_("nothing of {author} is stored").format(author=shown))
        return
    if dry_run:
        typer.echo(
            _("{documents} of {author} would be erased").format(documents=_documents(found), author=shown)
        )
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                _("forget: {documents} of {author} would be erased for good; confirm with --yes").format(
                    documents=_documents(found), author=shown
                )
            )
        question = _("Erase {documents} of {author} for good? [y/N]").format(
            documents=_documents(found), author=shown
        )
        if options.ask(question).lower() not in {"y", "yes", "o", "oui"}:
            raise typer.Exit(1)
    patience = options.seconds(wait, option="--wait")
    with (
        options.open_store(common, loaded) as store,
        scan_lock(options.database(common, loaded), wait=patience),
    ):
        dropped = store.forget(handle)
    if not told(dry_run=False, documents=dropped) and not common.quiet:
        typer.echo(
            n_("{documents} of {author} erased", "{documents} of {author} erased", dropped).format(
                documents=_documents(dropped), author=shown
            )
        )


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(prune)
    app.command()(forget)
