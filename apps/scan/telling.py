"""What people see of a scan: progress on a terminal, and one line at the end.

After the engines; nothing here touches results.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters.tally import count
from misplaced.apps.scan.events import Advanced, Failed, Finished
from misplaced.apps.scan.judging import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from misplaced.apps.scan.events import Event
    from misplaced.apps.scan.shards import Shard


class Summary:
    """What has come of a scan so far.

    Parameters
    ----------
    earlier : sequence of Counts
        Of the shards that were done before.

    Attributes
    ----------
    counts : Counts
        Of all shards that are done.
    failed : int
        Shards that are not.
    """

    def __init__(self, earlier: Sequence[Counts]) -> None:
        self._started = time.monotonic()
        self._earlier = len(earlier)
        self._shards = 0
        self._documents = 0
        self.counts = sum(earlier, Counts())
        self.failed = 0

    def take(self, event: Event) -> None:
        """Take what an engine tells."""
        if isinstance(event, Finished):
            self._shards += 1
            self._documents += event.counts.documents
            self.counts += event.counts
        elif isinstance(event, Failed):
            self.failed += 1

    def line(self, output: str) -> str:
        """Say it all in one line."""
        seconds = max(time.monotonic() - self._started, 1e-9)
        total = self.counts
        parts = [
            f"{count(self._shards + self._earlier, 'shard')} in {output}: "
            f"{count(total.documents, 'document')}, {count(total.paragraphs, 'paragraph')}, "
            f"{total.flagged:,} flagged"
        ]
        if self._earlier:
            parts.append(f"{count(self._earlier, 'shard')} done before")
        if total.errors:
            parts.append(f"{count(total.errors, 'record')} not judged")
        if self.failed:
            parts.append(f"{count(self.failed, 'shard')} failed")
        if self._shards:
            parts.append(f"{self._documents / seconds:,.1f} documents/s for {seconds:,.0f} s")
        return "; ".join(parts)


@contextmanager
def progress(shards: Sequence[Shard], *, quiet: bool) -> Iterator[Callable[[Event], None]]:
    """Show how far the scan has come, where standard error is a terminal.

    Parameters
    ----------
    shards : sequence of Shard
        Those that are still to be done.
    quiet : bool

    Yields
    ------
    callable
        Takes what the engine tells.
    """
    if quiet or not shards or not sys.stderr.isatty():
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Scanning"),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%"),
        TextColumn("{task.fields[done]}/{task.fields[shards]} shards"),
        TextColumn("{task.fields[documents]:,} documents, {task.fields[rate]:,.1f}/s"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        total = sum(shard.size for shard in shards)
        task = bar.add_task("Scanning", total=total, done=0, shards=len(shards), documents=0, rate=0.0)
        yield _Follower(bar, task).take


class _Follower:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task = bar, task
        self._started = time.monotonic()
        self._read: dict[str, int] = {}
        self._done = self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, Advanced):
            self._documents += event.documents
            self._read[event.shard.name] = min(event.consumed, event.shard.size)
        elif isinstance(event, Finished | Failed):
            self._done += 1
            self._read[event.shard.name] = event.shard.size
        self._bar.update(
            self._task,
            completed=sum(self._read.values()),
            done=self._done,
            documents=self._documents,
            rate=self._documents / max(time.monotonic() - self._started, 1e-9),
        )
