"""What a scan remembers in its output folder: its settings, and which shards are done.

Read before a scan, so that it goes on where it was stopped and never mixes results of two settings.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from misplaced import __version__
from misplaced.apps.scan.judging import Counts
from misplaced.apps.scan.rows import SCHEMA
from misplaced.apps.scan.storage import STATE
from misplaced.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from misplaced.apps.scan.settings import Settings
    from misplaced.apps.scan.shards import Shard
    from misplaced.apps.scan.storage import Storage

MANIFEST = f"{STATE}/manifest.json"
ERRORS = f"{STATE}/errors"
_DONE = f"{STATE}/done"
_ELSE = "choose another folder, or --overwrite it"


def result_name(shard: str, settings: Settings) -> str:
    """Name of a shard's results in the output folder."""
    return f"{shard}.{settings.output_format.value}"


def errors_name(shard: str) -> str:
    """Name of a shard's errors file."""
    return f"{ERRORS}/{shard}.jsonl"


def done_name(shard: str) -> str:
    """Name of the record that a shard is done."""
    return f"{_DONE}/{shard}.json"


@dataclass(frozen=True, slots=True)
class Done:
    """That a shard is done.

    Attributes
    ----------
    url, size, stamp
        Of the shard; see :class:`misplaced.apps.scan.shards.Shard`.
    result : str
        Name of the results.
    result_size : int
        Their bytes.
    counts : Counts
    """

    url: str
    size: int
    stamp: str
    result: str
    result_size: int
    counts: Counts

    def encode(self) -> bytes:
        """Return the record as JSON."""
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def decode(cls, data: bytes) -> Done | None:
        """Read a record; None where it is none."""
        try:
            found = json.loads(data)
            return cls(**{**found, "counts": Counts(**found["counts"])})
        except (ValueError, TypeError, KeyError):
            return None


class State:
    """What is known of earlier scans into an output folder.

    Parameters
    ----------
    storage : Storage
    settings : Settings
    model : str
        Digest of the model's manifest, which names the digests of its files.
    """

    def __init__(self, storage: Storage, settings: Settings, model: str) -> None:
        self._storage, self._settings = storage, settings
        self._wanted = _recorded(settings, model)

    def begin(self, shards: Sequence[Shard], *, overwrite: bool) -> dict[str, Done]:
        """Make the folder ready.

        Parameters
        ----------
        shards : sequence of Shard
            What is to be scanned.
        overwrite : bool
            Remove what an earlier scan has written.

        Returns
        -------
        dict of str to Done
            The shards that are done already, by name; one that has changed since is not.

        Raises
        ------
        UsageError
            If the folder holds the results of other settings, of other shards under the same names, or
            files that no scan has written.
        """
        found = self._storage.read(MANIFEST)
        if overwrite:
            self._clear()
        elif found is not None:
            self._compare(found)
        else:
            self._refuse_foreign(shards)
        if overwrite or found is None:
            self._storage.write(MANIFEST, json.dumps(self._wanted, indent=1).encode())
            return {}
        self._storage.sweep()
        return self._finished(shards)

    def _compare(self, found: bytes) -> None:
        try:
            have = json.loads(found)
        except ValueError:
            have = None
        if not isinstance(have, dict):
            raise UsageError(f"{MANIFEST} is damaged", where=self._storage.url, hint=_ELSE)
        for key, wanted in self._wanted.items():
            if have.get(key) != wanted:
                what = f"{key.replace('_', ' ')} {_show(have.get(key))}, not {_show(wanted)}"
                raise UsageError(
                    f"holds a scan with {what}", where=self._storage.url, hint=f"use that, or {_ELSE}"
                )

    def _refuse_foreign(self, shards: Sequence[Shard]) -> None:
        there = self._storage.sizes()
        for shard in shards:
            if (name := result_name(shard.name, self._settings)) in there:
                raise UsageError(
                    f"holds {name} already, which is no scan's", where=self._storage.url, hint=_ELSE
                )

    def _finished(self, shards: Sequence[Shard]) -> dict[str, Done]:
        records, there = self._storage.read_all(_DONE), self._storage.sizes()
        finished = {}
        for shard in shards:
            done = Done.decode(records.get(f"{shard.name}.json", b""))
            if done is None:
                continue
            if done.url != shard.url:
                raise UsageError(
                    f"holds the results of {done.url} under the name of {shard.shown}",
                    where=self._storage.url,
                    hint=_ELSE,
                )
            same = (done.size, done.stamp) == (shard.size, shard.stamp)
            if same and there.get(done.result) == done.result_size:
                finished[shard.name] = done
        return finished

    def _clear(self) -> None:
        """Remove what earlier scans have written, and nothing else."""
        records = self._storage.read_all(_DONE)
        results = [done.result for data in records.values() if (done := Done.decode(data)) is not None]
        errors = [f"{ERRORS}/{name}" for name in self._storage.read_all(ERRORS)]
        # Records go first: without them, what is left of the rest is written again.
        self._storage.remove([f"{_DONE}/{name}" for name in records])
        self._storage.remove([*results, *errors])
        self._storage.sweep()


def _recorded(settings: Settings, model: str) -> dict[str, Any]:
    columns = asdict(settings.columns)
    return {
        "schema": SCHEMA,
        "misplaced": __version__,
        "model": model,
        "threshold": settings.threshold,
        "second_look": settings.second_look,
        **{f"{name}_column": column for name, column in columns.items()},
        "output_format": settings.output_format.value,
        "with_text": settings.with_text,
        "limit_chars": settings.limit_chars,
        "limit_paragraphs": settings.limit_paragraphs,
    }


def _show(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:12] if len(text) == 64 else text


def model_digest(folder: Path) -> str:
    """Return the digest of a model: of its manifest, which holds those of its files."""
    from misplaced.manifest import MANIFEST as MODEL_MANIFEST

    return hashlib.sha256((folder / MODEL_MANIFEST).read_bytes()).hexdigest()
