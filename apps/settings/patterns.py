"""Patterns of file names, as in ``.gitignore``, that start from a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from misplaced.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pathspec import GitIgnoreSpec


def absolute(path: str | Path) -> str:
    """Return a path from the root, without ``..``; links stay, so that it is where the user sees it."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve follows links


@dataclass(frozen=True, slots=True)
class Patterns:
    """Some patterns.

    Attributes
    ----------
    lines : tuple of str
        ``*.md`` at any depth, ``docs/`` with all below it, ``/drafts/*.txt`` from the folder on, ``**``
        for any depth; the last that matches decides, and one that begins with ``!`` takes back.
    folder : str
        Absolute; no file elsewhere is matched.
    """

    lines: tuple[str, ...]
    folder: str
    _spec: GitIgnoreSpec = field(repr=False, compare=False)

    @classmethod
    def of(cls, lines: Iterable[str], folder: Path, *, where: str) -> Patterns:
        """Compile patterns; :class:`SettingsError`, at `where`, for one that is none."""
        from pathspec import GitIgnoreSpec

        lines = tuple(lines)
        for line in lines:
            try:
                GitIgnoreSpec.from_lines([line])
            except ValueError:
                raise SettingsError(f"{line!r} is no pattern of files", where=where) from None
        return cls(lines, absolute(folder), GitIgnoreSpec.from_lines(lines))

    def match(self, path: str, *, folder: bool = False) -> bool:
        """Whether a file, or a folder, is meant."""
        whole = absolute(path)
        base = self.folder.rstrip(os.sep) + os.sep
        if not whole.startswith(base):
            return False
        relative = PurePath(whole[len(base) :]).as_posix()
        return self._spec.match_file(f"{relative}/" if folder else relative)
