"""The check that a command's output does not replace one of its own inputs.

Before anything is read: called by ``detect``, ``evaluate`` and ``corrupt``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def refuse_overwriting(output: Path | None, inputs: Iterable[str | Path]) -> None:
    """Refuse an output file that is one of the inputs, under whatever name.

    Parameters
    ----------
    output : Path or None
        None for standard output.
    inputs : iterable of str or Path
        Files to be read; those that do not exist are passed over.

    Raises
    ------
    UsageError
        Names the input.
    """
    if output is None or not output.is_file():
        return
    for path in inputs:
        if _same(output, path):
            raise UsageError("the output would replace an input", where=str(path), hint="choose another file")


def _same(output: Path, path: str | Path) -> bool:
    try:
        return output.samefile(path)
    except OSError:  # what cannot be looked at is reported when it is read
        return False
