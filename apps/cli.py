"""The command line: which commands there are, and what the scripts ``misplaced`` and ``detect`` run.

A command's module is imported when the command is used or listed, so that none slows down or breaks
another.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from misplaced.apps.detect import EPILOG, HELP, detect, show_version
from misplaced.apps.failure import FAILED, INTERRUPTED, PIPE_CLOSED, report_failure
from misplaced.apps.help import GroupedCommand, write_commands
from misplaced.apps.reporters.escaping import message

if TYPE_CHECKING:
    from collections.abc import Callable

#: Commands whose module (or package) ``misplaced.apps.<name>`` holds a function, or a group, of that name.
COMMANDS = (
    "detect",
    "config",
    "init",
    "baseline",
    "scan",
    "train",
    "evaluate",
    "corrupt",
    "finetune",
    "export",
)

_SETTINGS = {"help_option_names": ["-h", "--help"]}


def _single(name: str, function: Callable[..., None]) -> typer.Typer:
    """Make an application of one command."""
    single = typer.Typer(add_completion=False, context_settings=_SETTINGS, rich_markup_mode=None)
    is_detect = name == "detect"
    single.command(
        name,
        cls=GroupedCommand,
        help=HELP if is_detect else None,
        epilog=EPILOG if is_detect else None,
        context_settings=_SETTINGS,
    )(function)
    return single


class LazyGroup(TyperGroup):
    """A group that builds a command from its module on first use."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands in the order of their use."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands in the help."""
        found = [self.get_command(ctx, name) for name in COMMANDS]
        write_commands([command for command in found if command is not None], formatter)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            module = f"misplaced.apps.{cmd_name}"
            try:
                function = getattr(import_module(module), cmd_name)
            except ModuleNotFoundError as error:
                if error.name == module:  # an installation without this command
                    return None
                raise
            application = function if isinstance(function, typer.Typer) else _single(cmd_name, function)
            self.commands[cmd_name] = typer.main.get_command(application)
        return self.commands[cmd_name]


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings=_SETTINGS,
    epilog="'misplaced COMMAND --help' tells more. 'detect FILE...' is short for 'misplaced detect FILE...'.",
)
detect_app = _single("detect", detect)


@app.callback()
def misplaced(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Find the paragraphs of an article that do not belong in it."""
    if context.invoked_subcommand is None:
        # With rich, the help is written when it is asked for, and nothing is returned.
        if text := context.get_help():
            typer.echo(text)
        raise typer.Exit(FAILED)


def main() -> None:
    """Run the script ``misplaced``."""
    sys.exit(_status(app, "misplaced"))


def detect_main() -> None:
    """Run the script ``detect``."""
    sys.exit(_status(detect_app, "detect"))


def _status(application: typer.Typer, name: str) -> int:
    """Run an application and return its exit status, errors told in one line."""
    _open_missing_streams()
    try:
        status = application(prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        message("error: interrupted")
        return INTERRUPTED
    except SystemExit:
        # Within typer, which otherwise never exits by itself here: nobody reads the help any more.
        return PIPE_CLOSED
    except Exception as error:
        return report_failure(error)
    return status if isinstance(status, int) else 0


def _open_missing_streams() -> None:
    """Send what is written to a closed standard stream (``>&-``) nowhere, so that the status still tells."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
            setattr(sys, name, nowhere)
