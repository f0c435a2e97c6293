"""Processes that judge chunks, each with a model of its own; the death of one loses no chunk.

Below :mod:`misplaced.apps.scan.local`. A process that is killed takes its whole pool with it. The next
pool is given the chunks that were under way one by one, which shows whether one of them is the cause.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.apps.scan.judging import load_judge
from misplaced.errors import MisplacedError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from misplaced.apps.scan.chunks import Chunk
    from misplaced.apps.scan.judging import Judge, Judged
    from misplaced.apps.scan.settings import Settings

#: How often a chunk is judged that its process does not survive, and how many pools in a row may die
#: without a result before the fault is not one chunk's.
_ATTEMPTS, _DEATHS = 3, 8


class WorkerLostError(MisplacedError):
    """The processes that judge a chunk are killed, again and again."""


@dataclass(slots=True)
class Task:
    """A chunk that is being judged."""

    chunk: Chunk
    shown: str
    future: Future[Judged]
    generation: int


class Pool:
    """Worker processes.

    Parameters
    ----------
    settings : Settings
    workers : int
    """

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings, self._workers = settings, workers
        self._generation = self._deaths = 0
        self._executor = self._start()

    def submit(self, chunk: Chunk, shown: str) -> Task:
        """Have a chunk judged."""
        try:
            future = self._executor.submit(_judge, chunk, shown)
        except BrokenProcessPool:
            self._restart()
            future = self._executor.submit(_judge, chunk, shown)
        return Task(chunk, shown, future, self._generation)

    def result(self, task: Task) -> Judged:
        """Wait for a chunk's results.

        Raises
        ------
        WorkerLostError
            If its processes are killed each time.
        MisplacedError
            If the model cannot be loaded, or no process lives long enough to judge anything.
        """
        for attempt in range(_ATTEMPTS + 1):
            try:
                judged = task.future.result()
            except BrokenProcessPool:
                if task.generation == self._generation:
                    self._restart()
                if attempt < _ATTEMPTS:
                    again = self.submit(task.chunk, task.shown)
                    task.future, task.generation = again.future, again.generation
            else:
                self._deaths = 0
                return judged
        first, last = task.chunk.records[0].position, task.chunk.records[-1].position
        raise WorkerLostError(
            f"the process that judges records {first} to {last} is killed each time",
            where=task.shown,
            hint="if memory is short, lower --workers or --limit-chars",
        )

    def stop(self) -> None:
        """End all processes, whatever they are at."""
        for process in multiprocessing.active_children():
            process.terminate()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _restart(self) -> None:
        self._deaths += 1
        if self._deaths > _DEATHS:
            raise MisplacedError(
                f"worker processes were killed {self._deaths} times before any could judge anything",
                hint="if memory is short, lower --workers",
            )
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._generation += 1
        self._executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self._settings,),
        )


_loaded: Judge | str = "not loaded"


def _begin(settings: Settings) -> None:
    """Make a process ready to judge."""
    global _loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _loaded = load_judge(settings)


def _end_with_parent() -> None:
    """End with the parent, however that ends: nobody else would, and the model stays in memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judge(chunk: Chunk, shown: str) -> Judged:
    if isinstance(_loaded, str):
        raise MisplacedError(_loaded)
    return _loaded.judge(chunk, shown)
