"""The command ``baseline``: options to :func:`misplaced.apps.baselining.update` and nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from misplaced.apps.failure import FAILED, reported, warner
from misplaced.apps.level import Level

_SETTINGS = {"help_option_names": ["-h", "--help"]}

baseline = typer.Typer(
    name="baseline", add_completion=False, context_settings=_SETTINGS, invoke_without_command=True
)


@baseline.callback()
def _baseline(context: typer.Context) -> None:
    """Keep the findings that are there quiet, so that only new ones count."""
    if context.invoked_subcommand is None:
        # With rich, the help is written when it is asked for, and nothing is returned.
        if text := context.get_help():
            typer.echo(text)
        raise typer.Exit(FAILED)


@baseline.command(context_settings=_SETTINGS)
@reported()
def update(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="Articles, folders, glob patterns. By default the current folder.",
        ),
    ] = None,
    path: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="PATH",
            help="The file to make or update.",
            show_default="that of the settings, else .misplaced-baseline.json",
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="0..1", help="As for detect."),
    ] = None,
    sentence_threshold: Annotated[
        float | None,
        typer.Option(metavar="0..1", help="As for detect."),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="FOLDER", help="As for detect.")] = None,
    level: Annotated[
        Level | None,
        typer.Option(metavar="paragraph|sentence", help="As for detect.", show_default="paragraph"),
    ] = None,
    second_look: Annotated[
        bool | None,
        typer.Option("--second-look/--no-second-look", help="As for detect.", show_default="yes"),
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Load a model that can run code. Only if you know who made it.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Read the settings from this file alone.")
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no settings file.")] = False,
) -> None:
    """Make the baseline what is flagged now: new findings go in, those that are no more go out.

    What it knows of files that are not judged this time stays.
    """
    from misplaced.apps.baselining import Options
    from misplaced.apps.baselining import update as do
    from misplaced.apps.known import DEFAULT_NAME
    from misplaced.apps.loading import load_detector
    from misplaced.apps.settings import Resolver
    from misplaced.apps.settings.selection import Selection

    resolver = Resolver(
        {
            "threshold": threshold,
            "sentence-threshold": sentence_threshold,
            "model": model,
            "level": level,
            "second-look": second_look,
            "baseline": path,
        },
        config=config,
        isolated=isolated,
        warn=warner(quiet=quiet),
    )
    settings = resolver.run
    options = Options(
        inputs=tuple(files or (".",)),
        path=settings["baseline"] or Path(DEFAULT_NAME),
        threshold=settings["threshold"],
        sentence_threshold=settings["sentence-threshold"],
        thresholds=resolver.thresholds,
        choice=Selection(resolver),
        level=Level(settings["level"]),
        quiet=quiet,
        is_set=resolver.run.values["baseline"].kind in ("file", "environment"),
    )

    raise typer.Exit(
        do(
            options,
            lambda: load_detector(
                settings["model"], trusted=trust, quiet=quiet, second_look=settings["second-look"]
            ),
        )
    )
