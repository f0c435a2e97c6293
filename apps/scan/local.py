"""The engine ``local``: this process reads and writes, worker processes judge, a few chunks ahead.

Several workers share a shard, so that one large file keeps all of them busy. Chunks come back in the
order in which they were read.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from misplaced.apps.scan.chunks import read_chunks
from misplaced.apps.scan.events import Advanced, Failed, Finished, Warned
from misplaced.apps.scan.output import ShardOutput
from misplaced.apps.scan.pool import Pool, Task, WorkerLostError
from misplaced.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from misplaced.apps.scan.events import Event
    from misplaced.apps.scan.settings import Settings
    from misplaced.apps.scan.shards import Shard
    from misplaced.apps.scan.storage import Storage

#: Chunks that are under way for each worker: while one is judged, others wait or are done already.
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class _End:
    """No more of a shard will come."""

    shard: Shard
    error: str | None


def scan_local(
    shards: Sequence[Shard], storage: Storage, settings: Settings, *, workers: int
) -> Iterator[Event]:
    """Scan shards with processes of this machine.

    Parameters
    ----------
    shards : sequence of Shard
    storage : Storage
    settings : Settings
    workers : int

    Yields
    ------
    Event

    Raises
    ------
    MisplacedError
        If nothing can be judged at all.
    OSError
        If the results cannot be written.
    """
    pool = Pool(settings, workers)
    yield from _Local(shards, storage, settings).events(pool, workers)


class _Local:
    def __init__(self, shards: Sequence[Shard], storage: Storage, settings: Settings) -> None:
        self._shards, self._storage, self._settings = shards, storage, settings
        self._output: ShardOutput | None = None
        self._failed: set[str] = set()

    def events(self, pool: Pool, workers: int) -> Iterator[Event]:
        waiting: deque[tuple[Shard, Task] | _End] = deque()
        try:
            for item in self._submitted(pool):
                waiting.append(item)
                while len(waiting) > workers * _AHEAD:
                    yield from self._settle(waiting.popleft(), pool)
            while waiting:
                yield from self._settle(waiting.popleft(), pool)
        finally:
            pool.stop()
            if self._output is not None:
                self._output.discard()

    def _submitted(self, pool: Pool) -> Iterator[tuple[Shard, Task] | _End]:
        for shard in self._shards:
            error = None
            try:
                for chunk in read_chunks(shard, self._settings):
                    if shard.name in self._failed:
                        break
                    yield shard, pool.submit(chunk, shard.shown)
            except InputError as failure:
                error = str(failure)
            yield _End(shard, error)

    def _settle(self, item: tuple[Shard, Task] | _End, pool: Pool) -> Iterator[Event]:
        if isinstance(item, _End):
            yield from self._end(item)
            return
        shard, task = item
        if shard.name in self._failed:
            task.future.cancel()
            return
        try:
            judged = pool.result(task)
        except WorkerLostError as error:
            self._failed.add(shard.name)
            yield Failed(shard, str(error))
            return
        self._opened(shard).add(judged)
        yield from map(Warned, judged.warnings)
        yield Advanced(shard, judged.counts.documents, task.chunk.consumed)

    def _end(self, item: _End) -> Iterator[Event]:
        if item.shard.name in self._failed or item.error is not None:
            self._drop()
            if item.error is not None and item.shard.name not in self._failed:
                yield Failed(item.shard, item.error)
            return
        output = self._opened(item.shard)
        done = output.commit()
        self._output = None
        yield Finished(item.shard, done.counts)

    def _opened(self, shard: Shard) -> ShardOutput:
        if self._output is None:
            self._output = ShardOutput(shard, self._storage, self._settings)
        return self._output

    def _drop(self) -> None:
        if self._output is not None:
            self._output.discard()
            self._output = None
