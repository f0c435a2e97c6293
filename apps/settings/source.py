"""A settings file: read, checked, every value with its line.

After :mod:`~misplaced.apps.settings.discovery` has found it. Nothing half-understood comes out of
here: an unknown key or a value of the wrong kind is an error that names the file, the line and the key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from misplaced.apps.settings.patterns import Patterns
from misplaced.apps.settings.schema import BY_NAME, FILES, OVERRIDABLE, OVERRIDES, from_toml, suggest
from misplaced.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Holds settings and nothing else.
OWN_NAME = "misplaced.toml"
#: Holds them in a table of their own.
SHARED_NAME = "pyproject.toml"
TABLE = "tool.misplaced"

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""")
_AT_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a settings file and the line it stands on, None where that cannot be told."""

    value: Any
    line: int | None


@dataclass(frozen=True, slots=True)
class Override:
    """Settings for some files.

    Attributes
    ----------
    patterns : Patterns
        Which files.
    values : dict of str to Located
    """

    patterns: Patterns
    values: dict[str, Located]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a settings file says.

    Attributes
    ----------
    path : Path
        As it was found or named.
    values : dict of str to Located
        Checked; patterns and paths as they were written.
    overrides : tuple of Override
        In order: a later one is laid over an earlier one.
    """

    path: Path
    values: dict[str, Located]
    overrides: tuple[Override, ...]

    @property
    def folder(self) -> Path:
        """The folder that its patterns and paths start from."""
        return self.path.parent


def read_settings(path: Path, *, required: bool = False) -> SettingsFile | None:
    """Read a settings file.

    Parameters
    ----------
    path : Path
        A ``pyproject.toml``, of which the table ``[tool.misplaced]`` is read, or any other file, which
        holds settings and nothing else.
    required : bool, default=False
        The user has named it.

    Returns
    -------
    SettingsFile or None
        None for a ``pyproject.toml`` that says nothing about this program.

    Raises
    ------
    SettingsError
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError("is not UTF-8", where=str(path), hint="save it as UTF-8") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"cannot be read: {reason}", where=str(path)) from None
    shared = path.name == SHARED_NAME
    if shared and not required and "misplaced" not in text:
        return None
    table = _parse(text, path)
    if shared:
        found = _child(_child(table, "tool"), "misplaced")
        if found is None and required:
            raise SettingsError(f"has no table [{TABLE}]", where=str(path), hint="'misplaced init' adds one")
        if found is None:
            return None
        table = found
    return _Reader(path, _lines(text, TABLE if shared else "")).read(table)


def _child(table: dict[str, Any] | None, name: str) -> dict[str, Any] | None:
    found = None if table is None else table.get(name)
    return found if isinstance(found, dict) else None


def _parse(text: str, path: Path) -> dict[str, Any]:
    import tomllib  # most runs have no settings file

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _AT_LINE.search(str(error))
        what = str(error).partition(" (at ")[0]
        where = f"{path}:{found[1]}" if found else str(path)
        raise SettingsError(f"is not valid TOML: {what[:1].lower()}{what[1:]}", where=where) from None


class _Reader:
    """Checks the values of one file."""

    def __init__(self, path: Path, lines: Mapping[tuple[int | None, str], int]) -> None:
        self._path = path
        self._lines = lines

    def read(self, table: dict[str, Any]) -> SettingsFile:
        overrides = table.get(OVERRIDES, [])
        if not isinstance(overrides, list) or not all(isinstance(each, dict) for each in overrides):
            self._refuse(f"{OVERRIDES} must be tables", None, OVERRIDES, f"write [[{self._name(OVERRIDES)}]]")
        values = {
            key: self._value(key, value, None, tuple(BY_NAME))
            for key, value in table.items()
            if key != OVERRIDES
        }
        made = tuple(self._override(each, number) for number, each in enumerate(overrides))
        return SettingsFile(self._path, values, made)

    def _override(self, table: dict[str, Any], number: int) -> Override:
        files = table.get(FILES)
        if isinstance(files, str):
            files = [files]
        if not isinstance(files, list) or not files or not all(isinstance(each, str) for each in files):
            self._refuse(
                f"an override needs {FILES}, a list of patterns", number, FILES, f'add {FILES} = ["docs/**"]'
            )
        values = {
            key: self._value(key, value, number, (FILES, *OVERRIDABLE))
            for key, value in table.items()
            if key != FILES
        }
        line = self._lines.get((number, FILES))
        return Override(self._patterns(files, line), values)

    def _value(self, key: str, value: object, number: int | None, known: tuple[str, ...]) -> Located:
        if number is not None and key in BY_NAME and key not in OVERRIDABLE:
            self._refuse(
                f"{key} cannot be set for some files only",
                number,
                key,
                f"overrides take {', '.join(OVERRIDABLE)}",
            )
        if key not in BY_NAME:
            names = known if number is not None else (*known, OVERRIDES)
            self._refuse(f"unknown setting {key!r}", number, key, suggest(key, names))
        line = self._lines.get((number, key))
        try:
            checked = from_toml(BY_NAME[key], value)
        except ValueError as error:
            self._refuse(str(error), number, key)
        if BY_NAME[key].kind == "patterns":
            checked = self._patterns(checked, line)
        return Located(checked, line)

    def _patterns(self, lines: list[str] | tuple[str, ...], line: int | None) -> Patterns:
        where = str(self._path) if line is None else f"{self._path}:{line}"
        return Patterns.of(lines, self._path.parent, where=where)

    def _name(self, key: str) -> str:
        return f"{TABLE}.{key}" if self._path.name == SHARED_NAME else key

    def _refuse(self, what: str, number: int | None, key: str, hint: str | None = None) -> NoReturn:
        line = self._lines.get((number, key)) or self._lines.get((number, ""))
        raise SettingsError(
            what, where=str(self._path) if line is None else f"{self._path}:{line}", hint=hint
        )


def _lines(text: str, prefix: str) -> dict[tuple[int | None, str], int]:
    """Find the line of each key; by (number of the override or None, key), and "" for the header itself.

    The parser does not tell. Keys in inline tables and dotted keys are not found, which costs no more
    than a line number in a message.
    """
    overrides = f"{prefix}.{OVERRIDES}" if prefix else OVERRIDES
    current, count = "", -1
    found: dict[tuple[int | None, str], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            current = re.sub(r"[\s\"']", "", header[2])
            count += header[1] == "[[" and current == overrides
            if current == overrides:
                found[count, ""] = number
            elif current == prefix:
                found[None, ""] = number
            else:
                found.setdefault((None, current.removeprefix(f"{prefix}.").partition(".")[0]), number)
        elif current in (prefix, overrides) and (key := _KEY.match(line)):
            where = count if current == overrides else None
            found.setdefault((where, key[1] or key[2] or key[3]), number)
    return found
