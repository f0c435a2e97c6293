"""Writing a file aside and putting it in place at once, so that no failure leaves half a file.

Used wherever a file is written: results, fixed articles, corpora, models.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file to write in place of another; it takes its place when the body succeeds.

    A symbolic link is written through to its target; an existing file's permissions are kept;
    what is not a regular file (a device, a named pipe) is written directly.

    Parameters
    ----------
    path : str or Path

    Yields
    ------
    IO[bytes]
        Written in the same folder; removed when the body raises.

    Raises
    ------
    OSError
        If the folder is missing or cannot be written, or the disk is full; names `path`.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    descriptor, name = _open_aside(target, shown=path)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        aside.chmod(_mode(target))
        aside.replace(target)
    except BaseException as error:
        aside.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG):
            error.filename = os.fspath(path)  # a full disk is reported without a name
        raise


def _open_aside(target: Path, *, shown: str | Path) -> tuple[int, str]:
    try:
        return tempfile.mkstemp(prefix=".misplaced-", suffix=".tmp", dir=target.parent)
    except OSError as error:
        # The message must name the file the user asked for, not the one beside it.
        raise type(error)(error.errno, error.strerror, os.fspath(shown)) from None


def _mode(target: Path) -> int:
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
