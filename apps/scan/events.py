"""What an engine tells while it works; the same from every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from misplaced.apps.scan.judging import Counts
    from misplaced.apps.scan.shards import Shard


@dataclass(frozen=True, slots=True)
class Advanced:
    """Some of a shard is judged.

    Attributes
    ----------
    shard : Shard
    documents : int
        Since the last time.
    consumed : int
        Bytes of the shard so far.
    """

    shard: Shard
    documents: int
    consumed: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The results of a shard are in their place."""

    shard: Shard
    counts: Counts


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard has no results, and why."""

    shard: Shard
    cause: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something is worth knowing about the model."""

    line: str


Event = Advanced | Finished | Failed | Warned
