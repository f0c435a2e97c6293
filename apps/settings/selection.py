"""Which of the files that inputs stand for are taken: ``include``, ``exclude`` and ``force-exclude``.

Given to :func:`misplaced.inputs.expand`; asks the closest settings file of each file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.inputs import KnownSuffixes

if TYPE_CHECKING:
    from misplaced.apps.settings.patterns import Patterns
    from misplaced.apps.settings.resolver import Resolver


class Selection:
    """Takes files as the settings say.

    Parameters
    ----------
    resolver : Resolver

    Attributes
    ----------
    left_out : int
        Files and folders that were passed over because they are excluded.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known = KnownSuffixes()
        self.left_out = 0

    def named(self, path: str) -> bool:
        """Whether a file that was named is taken."""
        return not (self._resolver.run["force-exclude"] and self._excluded(path))

    def matched(self, path: str) -> bool:
        """Whether a file that a pattern stands for is taken."""
        return not self._excluded(path)

    def found(self, path: str) -> bool:
        """Whether a file found in a folder is taken."""
        include: Patterns | None = self._resolver.of_file(path)["include"]
        wanted = self._known.found(path) if include is None else include.match(path)
        return wanted and not self._excluded(path)

    def enters(self, folder: str) -> bool:
        """Whether a folder found in a folder is looked into."""
        return not self._excluded(folder, folder=True)

    def _excluded(self, path: str, *, folder: bool = False) -> bool:
        exclude: Patterns | None = self._resolver.of_file(path)["exclude"] or None
        excluded = exclude is not None and exclude.match(path, folder=folder)
        self.left_out += excluded
        return excluded
