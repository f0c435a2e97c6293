"""Which settings file a folder goes by: the closest one, looking upwards."""

from __future__ import annotations

import os
from pathlib import Path

from misplaced.apps.settings.patterns import absolute
from misplaced.apps.settings.source import OWN_NAME, SHARED_NAME, SettingsFile, read_settings


class Discovery:
    """Finds settings files, and reads each once."""

    def __init__(self) -> None:
        self._of_folder: dict[str, SettingsFile | None] = {}

    def closest(self, folder: str) -> SettingsFile | None:
        """Return the settings file of a folder.

        Parameters
        ----------
        folder : str
            It is the first to be looked into, then those above it. In each, ``misplaced.toml`` comes
            before ``pyproject.toml``, and a ``pyproject.toml`` without ``[tool.misplaced]`` is passed over.

        Returns
        -------
        SettingsFile or None
            Its path is from the working directory where that is shorter.

        Raises
        ------
        SettingsError
            If it cannot be used.
        """
        folder = absolute(folder)
        waiting: list[str] = []
        while folder not in self._of_folder:
            waiting.append(folder)
            found = _in_folder(folder)
            above = os.path.dirname(folder)  # noqa: PTH120 - as text, once for every folder of a run
            if found is not None or above == folder:
                self._of_folder[folder] = found
                break
            folder = above
        found = self._of_folder[folder]
        self._of_folder.update(dict.fromkeys(waiting, found))
        return found


def _in_folder(folder: str) -> SettingsFile | None:
    for name in (OWN_NAME, SHARED_NAME):
        path = Path(folder, name)
        if os.path.isfile(path):  # noqa: PTH113 - false, too, where one may not look
            found = read_settings(shortest(path))
            if found is not None:
                return found
    return None


def shortest(path: Path) -> Path:
    """Return a path as it is shortest to write: from the working directory or from the root."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # another drive, or a working directory that is gone
        return path
    return Path(relative) if len(relative) < len(str(path)) else path
