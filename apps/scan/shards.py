"""What the user named to the shards that are meant, and what each one's results are called.

First step of a scan. Names of results keep the folders below the named one, so that shards of the
same name in different folders stay apart.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from misplaced.apps.scan.storage import filesystem, is_local, reason
from misplaced.errors import MisplacedError, UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from misplaced.apps.scan.storage import Storage

Kind = Literal["jsonl", "parquet"]

#: Compression -> how names of it end.
_PACKED = {"gz": (".gz",), "zst": (".zst", ".zstd")}
#: What is found in folders. ``.json`` alone may be one object of any kind there, and has to be named.
_LINES = (".jsonl", ".ndjson")
_TABLES = (".parquet", ".pq")
_EXPECTED = ".jsonl, .jsonl.gz, .jsonl.zst or .parquet"


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of a corpus.

    Attributes
    ----------
    name : str
        What its results are called: the path below the named folder, without suffixes.
    url : str
        What fsspec opens.
    shown : str
        What messages call it.
    kind : {"jsonl", "parquet"}
    packed : str or None
        ``gz`` or ``zst``.
    size : int
        In bytes.
    stamp : str
        What changes when the file does: its tag, else its time.
    """

    name: str
    url: str
    shown: str
    kind: Kind
    packed: str | None
    size: int
    stamp: str


def find_shards(inputs: Iterable[str], storage: Storage) -> tuple[list[Shard], list[UnreadableError]]:
    """Find the shards meant by files, folders and patterns, local or by URL.

    Parameters
    ----------
    inputs : iterable of str
        Of a folder the files below it that end with a known suffix, without those whose name, or whose
        folder's name, begins with ``.`` or ``_``.
    storage : Storage
        Where results go; what lies in there is not found by folders and patterns.

    Returns
    -------
    shards : list of Shard
        In the order of `inputs` and by name, each once.
    errors : list of UnreadableError
        What cannot be found.

    Raises
    ------
    UsageError
        If two shards would have results of one name, or results would go among shards.
    """
    shards: dict[str, Shard] = {}
    errors: list[UnreadableError] = []
    for text in inputs:
        try:
            for shard in _find(text, storage):
                shards.setdefault(shard.url, shard)
        except UnreadableError as error:
            errors.append(error)
    _refuse_collisions(shards.values())
    return list(shards.values()), errors


def _find(text: str, storage: Storage) -> Iterator[Shard]:
    files, path = filesystem(text)
    try:
        if files.isfile(path):
            yield _shard(files, path, files.info(path), PurePosixPath(path).name, text)
            return
        if files.isdir(path):
            found, base, shown = files.find(path, detail=True), path.rstrip("/"), text.rstrip("/")
        elif glob.has_magic(path):
            found, base, shown = _matches(files, path), _fixed_part(path), _fixed_part(text)
        else:
            raise UnreadableError("no such file or folder", where=text, hint="check the path")
    except MisplacedError:
        raise
    except Exception as error:  # each file system has errors of its own
        raise UnreadableError(f"cannot be looked into: {reason(error)}", where=text) from None
    own = _own_results(files, base, storage)
    some = False
    for each in sorted(found):
        below = each[len(base) :].lstrip("/")
        if _is_meant(files, each, found[each], below, own):
            some = True
            yield _shard(files, each, found[each], below, f"{shown}/{below}" if shown else below)
    if not some:
        raise UnreadableError("no shard of a corpus in there", where=text, hint=f"looked for {_EXPECTED}")


def _matches(files: Any, pattern: str) -> dict[str, Any]:
    """Files that match a pattern, and those below the folders that do."""
    found: dict[str, Any] = {}
    for path, info in files.glob(pattern, detail=True).items():
        if info["type"] == "directory":
            found.update(files.find(path, detail=True))
        else:
            found[path] = info
    return found


def _fixed_part(pattern: str) -> str:
    parts = pattern.split("/")
    first = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    return "/".join(parts[:first])


def _own_results(files: Any, base: str, storage: Storage) -> str | None:
    """Return the folder that is not looked into, because results go there."""
    if type(files) is not type(storage.files):
        return None
    if base == storage.root:
        raise UsageError(
            "results would go among the shards", where=storage.url, hint="choose another output folder"
        )
    return f"{storage.root}/" if storage.root.startswith(f"{base}/") else None


def _is_meant(files: Any, path: str, info: dict[str, Any], below: str, own: str | None) -> bool:
    if any(part.startswith((".", "_")) for part in below.split("/")):
        return False
    if own is not None and path.startswith(own):
        return False
    if _form(path, named=False) is None:
        return False
    return info["type"] == "file" or bool(info.get("islink") and files.isfile(path))


def _form(path: str, *, named: bool) -> tuple[str, Kind, str | None] | None:
    """Divide a path into its stem, what it holds and how that is packed; None where it is no shard."""
    packed = next((name for name, ends in _PACKED.items() if path.lower().endswith(ends)), None)
    inner = path[: path.rindex(".")] if packed else path
    suffix = PurePosixPath(inner).suffix.lower()
    if suffix in _TABLES and not packed:
        return inner[: -len(suffix)], "parquet", None
    if suffix in _LINES or (suffix == ".json" and (named or packed)):
        return inner[: -len(suffix)], "jsonl", packed
    return (inner, "jsonl", packed) if packed and named else None


def _shard(files: Any, path: str, info: dict[str, Any], below: str, shown: str) -> Shard:
    form = _form(below, named=True)
    if form is None:
        raise UnreadableError("is no shard of a corpus", where=shown, hint=f"expected {_EXPECTED}")
    stem, kind, packed = form
    tags = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "created")
    stamp = next((str(info[tag]) for tag in tags if info.get(tag)), "")
    url = path if is_local(files) else files.unstrip_protocol(path)
    return Shard(stem, url, shown, kind, packed, int(info.get("size") or 0), stamp)


def _refuse_collisions(shards: Iterable[Shard]) -> None:
    taken: dict[str, Shard] = {}
    for shard in shards:
        other = taken.setdefault(shard.name, shard)
        if other is not shard:
            raise UsageError(
                f"{other.shown} and {shard.shown} would both have results named {shard.name!r}",
                hint="name the folder that holds both, or scan them into different folders",
            )
