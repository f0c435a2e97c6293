"""A bar on standard error for what takes long; the same for every command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


def track(items: Iterable[T], total: int, description: str, *, transient: bool = True) -> Iterable[T]:
    """Show how far an iteration has come, where standard error is a terminal.

    Parameters
    ----------
    items : iterable
    total : int
        How many items it has.
    description : str
    transient : bool
        Whether the bar goes away at the end.
    """
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track as rich_track

    return rich_track(items, description, total, console=Console(stderr=True), transient=transient)
