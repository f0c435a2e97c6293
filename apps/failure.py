"""How commands fail: one line on standard error and the exit status, never a traceback.

Around every command: errors raised anywhere below become ``error: what, where, what to do``.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from misplaced.apps.reporters.escaping import message
from misplaced.errors import MisplacedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Nothing flagged (or the gate passed), something flagged (or the gate failed), any error.
OK, FLAGGED, FAILED = 0, 1, 2
#: What shells expect of a program ended by Ctrl-C and of one whose output nobody reads any more.
INTERRUPTED, PIPE_CLOSED = 130, 141

#: Set to ``1`` to see the traceback of an unexpected error.
DEBUG_VARIABLE = "MISPLACED_DEBUG"


@contextmanager
def reported() -> Iterator[None]:
    """Turn whatever the body raises into one line on standard error and an exit status.

    As a context manager or a decorator (``@reported()``): errors and uncaught exceptions end in
    ``typer.Exit(2)``, Ctrl-C in 130, an output pipe closed by its reader silently in 141.
    ``typer.Exit`` passes through.

    Raises
    ------
    typer.Exit
    """
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        message("error: interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        raise typer.Exit(report_failure(error)) from None


def warner(*, quiet: bool = False) -> Callable[[str], None]:
    """Return a function that writes a warning's line; one that does nothing where all is to be quiet."""
    return (lambda line: None) if quiet else (lambda line: message(f"warning: {line}"))


def report_failure(error: Exception) -> int:
    """Write the line for an exception and return the exit status it stands for.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    int
        2, or 141 where the reader of the output has gone.
    """
    if _is_closed_pipe(error):
        _discard_output()
        return PIPE_CLOSED
    if os.environ.get(DEBUG_VARIABLE) == "1":
        sys.stderr.write("".join(traceback.format_exception(error)))
    message(f"error: {describe(error)}")
    return FAILED


def describe(error: Exception) -> str:
    """Say in one line what went wrong, for any exception.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    str
        What is wrong, where, and what to do; without ``error:``.
    """
    if isinstance(error, MisplacedError):
        return str(error)
    format_message = getattr(error, "format_message", None)  # the command line parser's errors
    if format_message is not None:
        return " ".join(str(format_message()).split()).rstrip(".")
    if isinstance(error, OSError) and error.strerror:
        what = error.strerror[0].lower() + error.strerror[1:]
        return what if error.filename is None else f"{os.fsdecode(error.filename)}: {what}"
    detail = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
    return f"unexpected {detail}; set {DEBUG_VARIABLE}=1 to see where it comes from"


def _is_closed_pipe(error: Exception) -> bool:
    # Windows reports EINVAL for a pipe without a reader.
    closed = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)
    return isinstance(error, OSError) and error.filename is None and error.errno in closed


def _discard_output() -> None:
    # The interpreter flushes standard output at exit and would complain once more.
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, descriptor)
    os.close(devnull)
