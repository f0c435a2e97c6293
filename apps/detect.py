"""The command ``detect``: options to :class:`misplaced.apps.detection.Options` and nothing more."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from misplaced import __version__
from misplaced.apps.failure import reported, warner
from misplaced.apps.level import Level
from misplaced.apps.reporters import Format

_INPUT, _OUTPUT, _MODEL, _CHANGE = "Input", "Output", "Model", "Change files"
_SETTINGS, _QUIET = "Settings", "Living with findings"

# A paragraph a line: they are wrapped to the terminal, but for the one that \b begins.
HELP = """Flag the paragraphs of articles that do not belong in them.

Every paragraph is scored for topical coherence with the rest of its article: \
teasers of other stories, "READ MORE" lines and page furniture stand out. \
Blank lines divide paragraphs; of a .jsonl file each line is an article: \
{"title"?, "text" or "paragraphs"}.

\b
Examples:
  detect article.txt
  detect -f concise articles/ "more/**/*.md"
  curl -s URL | detect - --stdin-filename page.html
  detect -f jsonl corpus.jsonl -o scored.jsonl --exit-zero
  detect --level sentence article.txt
  detect --diff article.txt
  detect --fix article.txt
"""
EPILOG = (
    "Exit status: 0 nothing is flagged (or --fix removed it all), 1 something is flagged, "
    "2 an error (the other inputs are still judged), 130 interrupted, 141 output closed early. "
    "Settings are read from the closest misplaced.toml or pyproject.toml, and from MISPLACED_THRESHOLD "
    "and the like; flags win; 'misplaced config' shows what is in force. "
    "MISPLACED_DEBUG=1 shows the traceback of an unexpected error."
)


def show_version(wanted: bool) -> None:
    """Print the version and end, for ``--version``."""
    if wanted:
        typer.echo(f"misplaced {__version__}")
        raise typer.Exit


@reported()
def detect(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="Articles: .txt, .md, .html, .jsonl; folders; glob patterns; - for standard input.",
        ),
    ] = None,
    stdin_filename: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What to call standard input; its suffix decides the format.",
            rich_help_panel=_INPUT,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Pass over what matches, in folders and among what patterns stand for.",
            rich_help_panel=_INPUT,
        ),
    ] = None,
    force_exclude: Annotated[
        bool | None,
        typer.Option(
            "--force-exclude/--no-force-exclude",
            help="Also pass over excluded files that are named.",
            show_default="no",
            rich_help_panel=_INPUT,
        ),
    ] = None,
    output_format: Annotated[
        Format | None,
        typer.Option(
            "--output-format",
            "-f",
            metavar="FORMAT",
            help="full: for people; concise: one finding a line; json: one object for all; "
            "jsonl: one object a document; sarif, github, gitlab, junit: for code scanners, reviews and "
            "build servers.",
            show_default="full",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    output_file: Annotated[
        Path | None,
        typer.Option(
            "--output-file",
            "-o",
            metavar="PATH",
            help="Write results here, all at once at the end.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    statistics: Annotated[
        bool,
        typer.Option("--statistics", help="Show counts in place of findings.", rich_help_panel=_OUTPUT),
    ] = False,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="Findings and errors only: no totals, warnings, progress.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False,
    exit_zero: Annotated[
        bool | None,
        typer.Option(
            "--exit-zero/--no-exit-zero",
            help="Exit with 0 when something is flagged.",
            show_default="no",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="0..1",
            help="Flag where 1 - coherence reaches this; lower flags more. Default: the model's.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    sentence_threshold: Annotated[
        float | None,
        typer.Option(
            metavar="0..1",
            help="The same for sentences. Default: --threshold, or the model's.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FOLDER",
            help="Use this model, not the bundled one; fast: a small bundled one for first passes over "
            "large corpora.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    second_look: Annotated[
        bool | None,
        typer.Option(
            "--second-look/--no-second-look",
            help="Read doubtful paragraphs again between their neighbours.",
            show_default="yes",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    trust: Annotated[
        bool,
        typer.Option(
            "--trust",
            help="Load a model that can run code. Only if you know who made it.",
            rich_help_panel=_MODEL,
        ),
    ] = False,
    level: Annotated[
        Level | None,
        typer.Option(
            metavar="paragraph|sentence",
            help="sentence: also point at foreign sentences within paragraphs; takes up to twice as long.",
            show_default="paragraph",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Keep the findings of this file quiet; 'misplaced baseline update' makes it.",
            rich_help_panel=_QUIET,
        ),
    ] = None,
    no_baseline: Annotated[
        bool,
        typer.Option("--no-baseline", help="Report known findings, too.", rich_help_panel=_QUIET),
    ] = False,
    ignores: Annotated[
        bool,
        typer.Option(
            "--ignores/--no-ignores",
            help="Heed <!-- misplaced: ignore --> and the like in the articles.",
            rich_help_panel=_QUIET,
        ),
    ] = True,
    report_unused: Annotated[
        bool | None,
        typer.Option(
            "--report-unused/--no-report-unused",
            help="Report ignores that silence nothing and known findings that are no more; exit with 1.",
            show_default="no",
            rich_help_panel=_QUIET,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Read the settings from this file alone.", rich_help_panel=_SETTINGS
        ),
    ] = None,
    isolated: Annotated[
        bool, typer.Option("--isolated", help="Read no settings file.", rich_help_panel=_SETTINGS)
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff",
            help="Show what --fix would change, as a diff in place of findings; change nothing.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="Remove flagged paragraphs (and sentences) from the files; every other byte stays. "
            "Of a web page, the cleaned text is written beside it: a.html, a.cleaned.txt.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="With --fix: replace another text that stands where that of a web page would go.",
            rich_help_panel=_CHANGE,
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Flag the paragraphs of articles that do not belong in them; :data:`HELP` is what users read."""
    from misplaced.apps.detection import Options, run
    from misplaced.apps.loading import load_detector
    from misplaced.apps.settings import Resolver
    from misplaced.apps.settings.selection import Selection
    from misplaced.errors import UsageError

    if baseline is not None and no_baseline:
        raise UsageError("--baseline and --no-baseline exclude each other", hint="choose one")
    if diff and output_format is None:
        output_format = Format.FULL  # a format that settings name is for findings, which a diff replaces
    resolver = Resolver(
        {
            "threshold": threshold,
            "sentence-threshold": sentence_threshold,
            "model": model,
            "level": level,
            "second-look": second_look,
            "output-format": output_format,
            "exclude": exclude or None,
            "force-exclude": force_exclude,
            "baseline": baseline,
            "report-unused": report_unused,
            "exit-zero": exit_zero,
        },
        config=config,
        isolated=isolated,
        warn=warner(quiet=quiet),
    )
    settings = resolver.run
    options = Options(
        inputs=tuple(files or ()),
        stdin_filename=stdin_filename,
        output_format=Format(settings["output-format"]),
        output_file=output_file,
        threshold=settings["threshold"],
        sentence_threshold=settings["sentence-threshold"],
        thresholds=resolver.thresholds,
        choice=Selection(resolver),
        level=Level(settings["level"]),
        baseline=None if no_baseline else settings["baseline"],
        ignores=ignores,
        report_unused=settings["report-unused"],
        exit_zero=settings["exit-zero"],
        diff=diff,
        fix=fix,
        overwrite=overwrite,
        statistics=statistics,
        quiet=quiet,
    )

    raise typer.Exit(
        run(
            options,
            lambda: load_detector(
                settings["model"], trusted=trust, quiet=quiet, second_look=settings["second-look"]
            ),
        )
    )
