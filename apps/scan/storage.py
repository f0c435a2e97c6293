"""The folder that a scan writes to, wherever fsspec reaches: whole files, put in place at once.

Below everything that is written: shards, errors, records of what is done. A file is written under
another name and then moved, so that a kill leaves the old file or the new one and never half of one.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from glob import has_magic
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from misplaced.errors import MissingExtraError, UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where a scan keeps what is not a result. Readers of whole folders (Spark, DuckDB, Arrow) pass over
#: names that begin with an underscore.
STATE = "_scan"
#: What no scan needs when it begins or ends.
ASIDE = f"{STATE}/partial"


def filesystem(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of a path or URL, and the path in it.

    Raises
    ------
    MissingExtraError
        Without fsspec, or the package that it needs for this kind of URL.
    UsageError
        If nothing is known of this kind of URL.
    """
    try:
        from fsspec.core import url_to_fs
    except ModuleNotFoundError:
        raise MissingExtraError("fsspec", "scan") from None
    try:
        found, path = url_to_fs(url)
    except ImportError as error:
        raise UsageError(f"cannot be opened: {error}", where=url) from None
    except ValueError as error:
        raise UsageError(str(error), where=url, hint="name a local path or a URL that fsspec knows") from None
    return found, str(path)


def is_local(files: Any) -> bool:
    """Whether an fsspec file system is this machine's."""
    from fsspec.implementations.local import LocalFileSystem

    return isinstance(files, LocalFileSystem)


class Storage:
    """An output folder.

    Parameters
    ----------
    url : str
        A local path or an fsspec URL; made on the first write.

    Attributes
    ----------
    url : str
        Without a closing slash; what messages call the folder.
    root : str
        Its path in :attr:`files`.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") or url
        self.files, root = filesystem(url)
        self.root = root.rstrip("/")
        self._local = is_local(self.files)

    def path(self, name: str) -> str:
        """Path of a file, by its name in the folder."""
        return f"{self.root}/{name}"

    def create(self) -> tuple[IO[bytes], str]:
        """Open a new file aside.

        Returns
        -------
        stream : binary file
            To be closed by the caller.
        aside : str
            What :meth:`place` and :meth:`drop` take.
        """
        aside = self.path(f"{ASIDE}/{uuid.uuid4().hex}")
        self.files.makedirs(self.files._parent(aside), exist_ok=True)
        return self.files.open(aside, "wb"), aside

    def place(self, aside: str, name: str) -> None:
        """Put a closed file in its place, over what is there."""
        target = self.path(name)
        self.files.makedirs(self.files._parent(target), exist_ok=True)
        if self._local:
            with Path(aside).open("rb") as stream:
                os.fsync(stream.fileno())
            Path(aside).replace(target)
            return
        if self.files.exists(target):
            self.files.rm_file(target)
        self.files.mv(aside, target)

    def drop(self, aside: str) -> None:
        """Remove a file that is not wanted after all; it may be gone."""
        with suppress(OSError):
            self.files.rm_file(aside)

    def write(self, name: str, data: bytes) -> None:
        """Write a small file whole."""
        stream, aside = self.create()
        with stream:
            stream.write(data)
        self.place(aside, name)

    def read(self, name: str) -> bytes | None:
        """Read a small file; None where there is none."""
        try:
            return bytes(self.files.cat_file(self.path(name)))
        except FileNotFoundError:
            return None

    def read_all(self, folder: str) -> dict[str, bytes]:
        """Read every file below a folder, by its name in that folder."""
        base = self.path(folder)
        try:
            paths = [path for path in self.files.find(base) if path.startswith(f"{base}/")]
        except FileNotFoundError:
            return {}
        if self.files.async_impl and not any(map(has_magic, paths)):
            found = self.files.cat(paths, on_error="omit") if paths else {}  # all at the same time
        else:
            found = {path: self.files.cat_file(path) for path in paths}
        return {path[len(base) + 1 :]: bytes(data) for path, data in found.items()}

    def sizes(self) -> dict[str, int]:
        """Return the size of every file below the folder, by its name in it."""
        try:
            found = self.files.find(self.root, detail=True)
        except FileNotFoundError:
            return {}
        prefix = f"{self.root}/"
        return {
            path[len(prefix) :]: int(info["size"] or 0)
            for path, info in found.items()
            if path.startswith(prefix)
        }

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; they may be gone."""
        for name in names:
            with suppress(FileNotFoundError):
                self.files.rm_file(self.path(name))

    def sweep(self) -> None:
        """Remove what interrupted scans have left aside."""
        with suppress(FileNotFoundError):
            self.files.rm(self.path(ASIDE), recursive=True)


def open_to_read(url: str) -> IO[bytes]:
    """Open a file.

    Raises
    ------
    UnreadableError
        In plain words, whatever the file system raises.
    """
    files, path = filesystem(url)
    try:
        return files.open(path, "rb")  # type: ignore[no-any-return]
    except Exception as error:  # each file system has errors of its own
        raise UnreadableError(f"cannot be opened: {reason(error)}", where=url) from None


def reason(error: BaseException) -> str:
    """Say on one line what an exception of a library says."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    text = " ".join(str(error).split())[:200].rstrip(".")
    return text or type(error).__name__
