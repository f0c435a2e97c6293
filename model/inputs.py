"""What the user named on the command line to the files that are meant.

First step of the data's way; its paths go to :func:`misplaced.reading.read` one by one. Paths keep the
form in which they were written or found, and what cannot be found is reported in its place.
"""

from __future__ import annotations

import glob
import os
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING

from misplaced.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Standard input.
STDIN = "-"

#: What a file must end with to be found in a folder, in any case.
SUFFIXES = (".txt", ".md", ".markdown", ".jsonl", ".html", ".htm")

#: Those of web pages, and how the file ends that ``--fix`` writes beside one.
PAGE_SUFFIXES = (".html", ".htm")
CLEANED = ".cleaned.txt"


def expand(inputs: Iterable[str]) -> Iterator[str | UnreadableError]:
    """Find the files meant by files, folders, patterns and ``-``.

    Parameters
    ----------
    inputs : iterable of str
        A file is taken whatever its name ends with. A folder stands for the files below it that end
        with one of :data:`SUFFIXES`, by name, hidden files and folders left out, links to folders not
        followed, and no cleaned text beside its page. A pattern (``*``, ``?``, ``[...]``, ``**`` for any
        depth) that is not the name of a file stands for what it matches. ``-`` stands for itself.

    Yields
    ------
    str or UnreadableError
        In the order of `inputs`; a file named twice, under whatever name, is yielded once. The error
        stands in place of what does not exist, cannot be looked into, or holds no article.
    """
    seen: set[object] = set()
    for name in inputs:
        for found in _expand_one(name):
            if isinstance(found, UnreadableError):
                yield found
                continue
            identity = _identity(found)
            if identity not in seen:
                seen.add(identity)
                yield found


def cleaned_path(page: str) -> str:
    """Name the file that holds the cleaned text of a web page, beside it: ``a.html``, ``a.cleaned.txt``."""
    return str(PurePath(page).with_suffix(CLEANED))


def unreadable(path: str, error: OSError | ValueError) -> UnreadableError:
    """Say in plain words why the operating system did not give the file or folder `path`."""
    if isinstance(error, FileNotFoundError):
        return UnreadableError("no such file or folder", where=path or "''", hint="check the path")
    if isinstance(error, PermissionError):
        return UnreadableError("no permission to read it", where=path, hint="check its access rights")
    if isinstance(error, IsADirectoryError):
        return UnreadableError("is a folder, not a file", where=path)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnreadableError(f"cannot be read: {reason}", where=path.replace("\x00", "\\x00"))


def _expand_one(name: str) -> Iterator[str | UnreadableError]:
    if name == STDIN:
        yield name
        return
    try:
        mode = os.stat(name)  # noqa: PTH116 - a path is reported as it was written
    except (OSError, ValueError) as error:
        yield from _matches(name, unreadable(name, error))
        return
    if not _is_folder(mode):
        yield name
        return
    empty = True
    for found in _walk(name):
        empty = False
        yield found
    if empty:
        expected = ", ".join(sorted(SUFFIXES))
        yield UnreadableError("the folder has no article", where=name, hint=f"looked for {expected}")


def _matches(pattern: str, missing: UnreadableError) -> Iterator[str | UnreadableError]:
    if not glob.has_magic(pattern) or "\x00" in pattern:
        yield missing
        return
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - pathlib rewrites the paths
    if not matches:
        yield UnreadableError("no file matches the pattern", where=pattern, hint="check the path")
    for match in matches:
        # A folder that a pattern happens to match may well hold no article.
        if os.path.isdir(match):  # noqa: PTH112
            yield from _walk(match)
        else:
            yield match


def _walk(folder: str) -> Iterator[str | UnreadableError]:
    """Yield the articles below a folder in the order of their names, without recursion."""
    waiting: list[tuple[str, bool]] = [(folder, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                found = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield unreadable(path, error)
            continue
        names = [PurePath(entry.name) for entry in found]
        cleaned = {name.stem + CLEANED for name in names if name.suffix.lower() in PAGE_SUFFIXES}
        for entry in found:
            if entry.name.startswith(".") or entry.name in cleaned:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, True))
            elif PurePath(entry.name).suffix.lower() in SUFFIXES and _may_be_file(entry):
                waiting.append((entry.path, False))


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file or a dangling link, which is worth an error; pipes and sockets are not."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:
        return True


def _is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode)


def _identity(path: str) -> object:
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return path
    return (status.st_dev, status.st_ino)
