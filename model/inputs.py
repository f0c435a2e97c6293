"""What the user named on the command line to the files that are meant.

First step of the data's way; its paths go to :func:`misplaced.reading.read` one by one. Paths keep the
form in which they were written or found, and what cannot be found is reported in its place.
"""

from __future__ import annotations

import glob
import os
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

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


class Choice(Protocol):
    """Decides which files are taken of those that inputs stand for."""

    left_out: int
    """How many files and folders were passed over on purpose."""

    def named(self, path: str) -> bool:
        """Whether a file that was named is taken."""
        ...

    def matched(self, path: str) -> bool:
        """Whether a file that a pattern stands for is taken."""
        ...

    def found(self, path: str) -> bool:
        """Whether a file found in a folder is taken."""
        ...

    def enters(self, folder: str) -> bool:
        """Whether a folder found in a folder is looked into."""
        ...


class KnownSuffixes:
    """The choice of who has none: what is named or matched, and in folders what has a known suffix."""

    left_out = 0

    def named(self, path: str) -> bool:
        """Take it."""
        return True

    def matched(self, path: str) -> bool:
        """Take it."""
        return True

    def enters(self, folder: str) -> bool:
        """Look into it."""
        return True

    def found(self, path: str) -> bool:
        """Take a file that ends with one of :data:`SUFFIXES`, in any case."""
        return PurePath(path).suffix.lower() in SUFFIXES


def expand(inputs: Iterable[str], choice: Choice | None = None) -> Iterator[str | UnreadableError]:
    """Find the files meant by files, folders, patterns and ``-``.

    Parameters
    ----------
    inputs : iterable of str
        A file is taken whatever its name ends with. A folder stands for the files below it that end
        with one of :data:`SUFFIXES`, by name, hidden files and folders left out, links to folders not
        followed, and no cleaned text beside its page. A pattern (``*``, ``?``, ``[...]``, ``**`` for any
        depth) that is not the name of a file stands for what it matches. ``-`` stands for itself.
    choice : Choice, optional
        :class:`KnownSuffixes` by default.

    Yields
    ------
    str or UnreadableError
        In the order of `inputs`; a file named twice, under whatever name, is yielded once. The error
        stands in place of what does not exist, cannot be looked into, or holds no article.
    """
    seen: set[object] = set()
    choice = choice or KnownSuffixes()
    for name in inputs:
        for found in _expand_one(name, choice):
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


def _expand_one(name: str, choice: Choice) -> Iterator[str | UnreadableError]:
    if name == STDIN:
        yield name
        return
    try:
        mode = os.stat(name)  # noqa: PTH116 - a path is reported as it was written
    except (OSError, ValueError) as error:
        yield from _matches(name, unreadable(name, error), choice)
        return
    if not _is_folder(mode):
        if choice.named(name):
            yield name
        return
    empty, left_out = True, choice.left_out
    for found in _walk(name, choice):
        empty = False
        yield found
    if empty and choice.left_out == left_out:
        expected = ", ".join(sorted(SUFFIXES))
        yield UnreadableError("the folder has no article", where=name, hint=f"looked for {expected}")


def _matches(pattern: str, missing: UnreadableError, choice: Choice) -> Iterator[str | UnreadableError]:
    if not glob.has_magic(pattern) or "\x00" in pattern:
        yield missing
        return
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - pathlib rewrites the paths
    if not matches:
        yield UnreadableError("no file matches the pattern", where=pattern, hint="check the path")
    for match in matches:
        # A folder that a pattern happens to match may well hold no article.
        if os.path.isdir(match):  # noqa: PTH112
            yield from _walk(match, choice)
        elif choice.matched(match):
            yield match


def _walk(folder: str, choice: Choice) -> Iterator[str | UnreadableError]:
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
                if choice.enters(entry.path):
                    waiting.append((entry.path, True))
            elif choice.found(entry.path) and _may_be_file(entry):
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
