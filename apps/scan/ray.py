"""The engine ``ray``: whole shards to the actors of a Ray cluster, each with a model of its own.

What flows through Ray Data are the names of shards; actors read and write the files themselves, so
that nothing large passes through the object store or the driver. Ray gives the shard of an actor that
dies to another one, which writes it from its beginning.
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from misplaced.apps.failure import describe
from misplaced.apps.scan.chunks import read_chunks
from misplaced.apps.scan.events import Advanced, Failed, Finished, Warned
from misplaced.apps.scan.judging import Counts, load_judge
from misplaced.apps.scan.output import ShardOutput
from misplaced.apps.scan.pool import WorkerLostError
from misplaced.apps.scan.shards import Shard
from misplaced.apps.scan.storage import ASIDE, Storage
from misplaced.errors import MisplacedError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from misplaced.apps.scan.events import Event
    from misplaced.apps.scan.settings import Settings

#: How many actors a shard may cost before it is taken for the cause of their deaths. Ray itself would
#: go on for ever.
_ATTEMPTS = 4


def scan_ray(
    shards: Sequence[Shard], storage: Storage, settings: Settings, *, workers: int | None, address: str | None
) -> Iterator[Event]:
    """Scan shards with the actors of a Ray cluster.

    Parameters
    ----------
    shards : sequence of Shard
        Files that every node of the cluster can read under these names.
    storage : Storage
        A folder that every node can write to.
    settings : Settings
    workers : int or None
        Actors, of one processor each; None for as many as the cluster has processors.
    address : str or None
        Of a running cluster; None for the one that ``RAY_ADDRESS`` names or that runs on this machine,
        else one that is started for this scan.

    Yields
    ------
    Event

    Raises
    ------
    MissingExtraError
    MisplacedError
        If the cluster cannot be reached, or the model cannot be loaded there.
    """
    with _cluster(address) as ray:
        actors = min(workers or max(1, int(ray.cluster_resources().get("CPU", 1))), len(shards))
        waiting = {shard.name: shard for shard in shards}
        for outcome in _outcomes(ray, shards, storage, settings, actors):
            if outcome.get("fatal"):
                raise MisplacedError(outcome["fatal"])
            shard = waiting.pop(outcome["name"])
            yield from map(Warned, outcome["warnings"])
            if outcome["error"] is not None:
                yield Failed(shard, outcome["error"])
            else:
                counts = Counts(**outcome["counts"])
                yield Advanced(shard, counts.documents, shard.size)
                yield Finished(shard, counts)
        for shard in waiting.values():
            yield Failed(shard, f"{shard.shown}: Ray has lost it; see its logs")


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    try:
        import ray
        import ray.data
    except ModuleNotFoundError:
        raise MissingExtraError("ray", "scan") from None
    _check_address(address)
    # A cluster that is started for this scan reports to nobody.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
    except ValueError as error:
        if address is not None or "existing cluster" not in str(error):
            raise MisplacedError(f"no Ray cluster to use: {error}") from None
        ray.init(log_to_driver=False, logging_level=logging.ERROR)  # one runs: it has its dashboard
    except (ConnectionError, RuntimeError) as error:
        raise MisplacedError(
            f"no Ray cluster can be reached: {error}",
            hint="see that it runs; where it wants a token, set RAY_AUTH_MODE=token",
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_address(address: str | None) -> None:
    """Refuse at once an address at which nobody answers: Ray itself tries for minutes."""
    found = re.fullmatch(r"(?:ray://)?\[?([^/]+?)\]?:(\d+)", address or "")
    if found is None:
        return
    try:
        socket.create_connection((found[1], int(found[2])), timeout=10).close()
    except OSError as error:
        raise MisplacedError(
            f"nobody answers: {error.strerror or error}",
            where=str(address),
            hint="give the address that 'ray start --head' has shown",
        ) from None


def _outcomes(
    ray: Any, shards: Sequence[Shard], storage: Storage, settings: Settings, actors: int
) -> Iterator[dict[str, Any]]:
    """Run the scan on the cluster; a shard that no actor survives has no outcome."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1
    # An actor may as well be killed while it loads the model.
    context.max_consecutive_actor_init_deaths = _ATTEMPTS * actors
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    items = [{"shard": json.dumps(asdict(shard))} for shard in shards]
    dataset = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
        ShardScanner,
        fn_constructor_kwargs={"output": storage.url, "settings": settings},
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=actors, max_tasks_in_flight_per_actor=1),
        num_cpus=1,
    )
    for row in dataset.iter_rows():
        yield json.loads(row["outcome"])


class ShardScanner:
    """What an actor holds: the model, and the way to the output folder.

    Parameters
    ----------
    output : str
        URL of the output folder.
    settings : Settings
    """

    def __init__(self, output: str, settings: Settings) -> None:
        self._storage = Storage(output)
        self._settings = settings
        self._judge = load_judge(settings)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """Scan the shards of a batch."""
        return {"outcome": [json.dumps(self._scan(Shard(**json.loads(each)))) for each in batch["shard"]]}

    def _scan(self, shard: Shard) -> dict[str, Any]:
        if isinstance(self._judge, str):
            return {"fatal": self._judge}
        output = None
        warnings: list[str] = []
        try:
            self._count_attempt(shard)
            output = ShardOutput(shard, self._storage, self._settings)
            for chunk in read_chunks(shard, self._settings):
                judged = self._judge.judge(chunk, shard.shown)
                warnings += judged.warnings
                output.add(judged)
            counts = asdict(output.commit().counts)
        except Exception as error:
            if output is not None:
                output.discard()
            return {"name": shard.name, "warnings": warnings, "error": describe(error)}
        return {"name": shard.name, "warnings": warnings, "error": None, "counts": counts}

    def _count_attempt(self, shard: Shard) -> None:
        """Refuse a shard that has cost several actors, which cannot tell so themselves."""
        name = f"{ASIDE}/attempts/{shard.name}"
        attempts = int(self._storage.read(name) or 0)
        if attempts == _ATTEMPTS:
            raise WorkerLostError(
                "the actor that scans it is killed each time",
                where=shard.shown,
                hint="if memory is short, lower --workers or --limit-chars",
            )
        self._storage.write(name, str(attempts + 1).encode())
