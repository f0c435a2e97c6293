"""The command ``init``: a settings file to start from, every setting in it as a comment."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from misplaced.apps.failure import reported

if TYPE_CHECKING:
    from misplaced.apps.settings.schema import Setting

#: What to show for settings that are nothing by default.
_EXAMPLES: dict[str, object] = {
    "threshold": 0.9,
    "sentence-threshold": 0.95,
    "model": "path/to/model",
    "baseline": ".misplaced-baseline.json",
    "include": ["*.md", "*.txt"],
    "exclude": ["drafts/", "CHANGELOG.md"],
}


@reported()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", show_default=False, help="By default the current folder.")
    ] = Path(),
    standalone: Annotated[
        bool,
        typer.Option("--standalone", help="Write misplaced.toml even where there is a pyproject.toml."),
    ] = False,
) -> None:
    """Write a settings file to start from.

    Adds a table tool.misplaced to the folder's pyproject.toml, of which every
    other byte stays, or writes misplaced.toml where there is none. Every
    setting is in it as a comment: nothing changes yet.
    """
    from misplaced.apps.reporters.escaping import message

    message(f"wrote {write(folder, standalone=standalone)}; see it in force with 'misplaced config'")


def write(folder: Path, *, standalone: bool = False) -> str:
    """Write the settings file of a folder.

    Parameters
    ----------
    folder : Path
    standalone : bool, default=False
        Leave a ``pyproject.toml`` alone.

    Returns
    -------
    str
        What was written, in words.

    Raises
    ------
    SettingsError
        If there are settings already, or the ``pyproject.toml`` cannot be added to.
    OSError
        If it cannot be written; a file that was there is as it was then.
    """
    from misplaced.apps.settings.source import OWN_NAME, SHARED_NAME
    from misplaced.errors import SettingsError, UnreadableError
    from misplaced.replacing import replacing

    if not folder.is_dir():
        raise UnreadableError("no such folder", where=str(folder), hint="make it first")
    own, shared = folder / OWN_NAME, folder / SHARED_NAME
    if own.exists():
        raise SettingsError("is there already", where=str(own), hint="nothing was written")
    if shared.exists() and not standalone:
        data = _added(shared)
        with replacing(shared) as out:
            out.write(data)
        return f"[tool.misplaced] to {shared}"
    with replacing(own) as out:
        out.write(template().encode())
    return str(own)


def template(*, table: str = "") -> str:
    """Return the text of a settings file in which everything is a comment.

    Parameters
    ----------
    table : str, default=""
        The table that it is in, in a file that holds other things too.
    """
    from misplaced.apps.settings.schema import FILES, OVERRIDABLE, OVERRIDES, SETTINGS

    lines = [f"[{table}]" if table else "# Settings of misplaced; 'misplaced config' shows what is in force."]
    for setting in SETTINGS:
        value = _EXAMPLES.get(setting.name, setting.default)
        lines += ["", f"# {setting.help}{_values(setting)}", f"# {setting.name} = {_toml(value)}"]
    name = f"{table}.{OVERRIDES}" if table else OVERRIDES
    lines += ["", f"# Other settings for some files ({', '.join(OVERRIDABLE)}); a later override wins."]
    lines += [f"# [[{name}]]", f'# {FILES} = ["archive/**"]', f"# {OVERRIDABLE[0]} = 0.95"]
    return "\n".join(lines) + "\n"


def _added(path: Path) -> bytes:
    """Return the bytes of a ``pyproject.toml`` with a table for this program at its end."""
    from misplaced.apps.settings.source import TABLE, read_settings
    from misplaced.errors import SettingsError

    if read_settings(path) is not None:
        raise SettingsError(f"has [{TABLE}] already", where=str(path), hint="nothing was written")
    before = path.read_bytes()
    text = before.decode("utf-8-sig")
    line_end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else line_end if text.endswith("\n") else 2 * line_end
    addition = gap + template(table=TABLE).replace("\n", line_end)
    try:
        made: dict[str, Any] = tomllib.loads(text + addition)
    except tomllib.TOMLDecodeError:
        made = {}
    if made.get("tool", {}).get("misplaced") != {}:
        raise SettingsError(
            f"[{TABLE}] cannot be added at its end",
            where=str(path),
            hint="use 'misplaced init --standalone'",
        )
    return before + addition.encode()


def _values(setting: Setting) -> str:
    if setting.kind == "choice":
        return f" One of {', '.join(setting.choices)}."
    return f" By default {setting.default_text}." if setting.default_text else ""


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
