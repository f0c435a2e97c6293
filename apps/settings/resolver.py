"""Flags over environment over overrides over settings files over defaults.

What commands ask: :attr:`Resolver.run` for what holds for the whole run, :meth:`Resolver.of_file` for
what holds for one article.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from misplaced.apps.settings.discovery import Discovery
from misplaced.apps.settings.patterns import Patterns, absolute
from misplaced.apps.settings.schema import BY_NAME, SETTINGS, Setting, from_text
from misplaced.apps.settings.source import SettingsFile, read_settings
from misplaced.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Value:
    """A setting's value and where it was said.

    Attributes
    ----------
    value : object
        Patterns as :class:`Patterns`, paths from the folder they are relative to.
    kind : {"flag", "environment", "override", "file", "default"}
    where : str
        ``--threshold``, ``MISPLACED_THRESHOLD``, ``misplaced.toml:3`` or ``default``.
    """

    value: Any
    kind: Literal["flag", "environment", "override", "file", "default"]
    where: str


class Resolved:
    """Every setting with its value.

    Attributes
    ----------
    values : dict of str to Value
        By name, in the order of :data:`~misplaced.apps.settings.schema.SETTINGS`.
    file : SettingsFile or None
        The settings file that was read for it.
    """

    def __init__(self, values: dict[str, Value], file: SettingsFile | None) -> None:
        self.values = values
        self.file = file

    def __getitem__(self, name: str) -> Any:
        return self.values[name].value


class Resolver:
    """Lays what was said in different places over each other.

    Parameters
    ----------
    flags : mapping of str to object, optional
        What was given on the command line, by the setting's name; None for what was not.
    config : Path, optional
        The one settings file to read, for every article.
    isolated : bool, default=False
        Read no settings file.
    environment : mapping of str to str, optional
        By default that of the process. An empty variable is one that is not set.
    warn : callable, optional
        Takes a line for each thing in a settings file that has no effect.

    Raises
    ------
    UsageError
        For `config` with `isolated`.
    """

    def __init__(
        self,
        flags: Mapping[str, object] | None = None,
        *,
        config: Path | None = None,
        isolated: bool = False,
        environment: Mapping[str, str] | None = None,
        warn: Callable[[str], None] = lambda line: None,
    ) -> None:
        if config is not None and isolated:
            raise UsageError("--config and --isolated exclude each other", hint="--isolated reads no file")
        self._flags = {name: value for name, value in (flags or {}).items() if value is not None}
        self._config = config
        self._isolated = isolated
        self._environment = os.environ if environment is None else environment
        self._warn = warn
        self._discovery = Discovery()
        self._of_folder: dict[str, Resolved] = {}
        self._told: set[tuple[Path, str]] = set()

    @cached_property
    def run(self) -> Resolved:
        """What holds for the whole run: the settings of the working directory.

        Raises
        ------
        SettingsError
        """
        return self.of_folder(os.curdir)

    def of_folder(self, folder: str) -> Resolved:
        """Return what holds in a folder, overrides left aside."""
        folder = absolute(folder)
        if folder not in self._of_folder:
            file = self._file(folder)
            self._of_folder[folder] = self._resolve(file, None)
            if folder != absolute(os.curdir):
                self._tell_of_no_effect(file)
        return self._of_folder[folder]

    def of_file(self, path: str) -> Resolved:
        """Return what holds for an article.

        Parameters
        ----------
        path : str
            Need not exist. The closest settings file counts, and of its overrides those that match.

        Raises
        ------
        SettingsError
        """
        resolved = self.of_folder(os.path.dirname(path) or os.curdir)  # noqa: PTH120
        if resolved.file is None or not any(each.patterns.match(path) for each in resolved.file.overrides):
            return resolved
        return self._resolve(resolved.file, path)

    def thresholds(self, path: str | None) -> tuple[float | None, float | None]:
        """Return an article's threshold and that of its sentences, None for the model's."""
        resolved = self.run if path is None else self.of_file(path)
        return resolved["threshold"], resolved["sentence-threshold"]

    @cached_property
    def _base(self) -> SettingsFile | None:
        return None if self._config is None else read_settings(self._config, required=True)

    def _file(self, folder: str) -> SettingsFile | None:
        if self._isolated:
            return None
        return self._base if self._config is not None else self._discovery.closest(folder)

    def _resolve(self, file: SettingsFile | None, path: str | None) -> Resolved:
        return Resolved({setting.name: self._value(setting, file, path) for setting in SETTINGS}, file)

    def _value(self, setting: Setting, file: SettingsFile | None, path: str | None) -> Value:
        if setting.name in self._flags:
            return self._flag(setting)
        if self._environment.get(setting.variable):
            return self._variable(setting)
        if file is not None:
            for override in reversed(file.overrides if path is not None else ()):
                if setting.name in override.values and path is not None and override.patterns.match(path):
                    return _of_file(setting, override.values[setting.name], file, "override")
            if setting.name in file.values:
                return _of_file(setting, file.values[setting.name], file, "file")
        return Value(setting.default, "default", "default")

    def _flag(self, setting: Setting) -> Value:
        value, where = self._flags[setting.name], f"--{setting.name}"
        if setting.kind == "patterns" and isinstance(value, list | tuple):
            value = Patterns.of(value, Path.cwd(), where=where)
        return Value(value, "flag", where)

    def _variable(self, setting: Setting) -> Value:
        try:
            value = from_text(setting, self._environment[setting.variable])
        except ValueError as error:
            raise SettingsError(str(error), where=setting.variable) from None
        if setting.kind == "patterns":
            value = Patterns.of(value, Path.cwd(), where=setting.variable)
        return Value(Path(value) if setting.kind == "path" else value, "environment", setting.variable)

    def _tell_of_no_effect(self, file: SettingsFile | None) -> None:
        """Warn of what another project's settings say about the run, which goes by its own."""
        if file is None or file is self.run.file:
            return
        for name, located in file.values.items():
            setting = BY_NAME[name]
            if setting.per_file or (file.path, name) in self._told:
                continue
            self._told.add((file.path, name))
            if _of_file(setting, located, file, "file").value != self.run[name]:
                where = file.path if located.line is None else f"{file.path}:{located.line}"
                self._warn(f"{where}: {name} has no effect; it holds for a run, not for a file of it")


def _of_file(setting: Setting, located: Any, file: SettingsFile, kind: Literal["override", "file"]) -> Value:
    value = located.value
    if setting.kind == "path":
        value = file.folder / value
    elif setting.kind == "name":
        value = _model(value, file.folder)
    return Value(value, kind, str(file.path) if located.line is None else f"{file.path}:{located.line}")


def _model(value: str, folder: Path) -> str:
    """Return a model's folder, from the settings file on; a bare word that is no folder there is a name."""
    path = folder / Path(value).expanduser()
    bare = not any(separator in value for separator in ("/", "\\"))
    return value if bare and not path.exists() else str(path)
