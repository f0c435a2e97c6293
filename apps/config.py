"""The command ``config``: what is in force, and who said so."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from misplaced.apps.failure import reported

if TYPE_CHECKING:
    from misplaced.apps.settings import Resolved


class Form(StrEnum):
    """What ``--output-format`` takes here."""

    FULL = "full"
    JSON = "json"


@reported()
def config(
    path: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="An article or folder, existing or not; by default the current folder.",
        ),
    ] = None,
    output_format: Annotated[
        Form, typer.Option("--output-format", "-f", metavar="FORMAT", help="full, or json for programs.")
    ] = Form.FULL,
    config_file: Annotated[
        Path | None,
        typer.Option("--config", metavar="PATH", help="Read the settings from this file alone."),
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no settings file.")] = False,
) -> None:
    """Show every setting that is in force, and where it comes from.

    Flags of other commands win over what is shown.
    """
    import sys

    from misplaced.apps.reporters.escaping import tolerate_unencodable
    from misplaced.apps.settings import Resolver

    resolver = Resolver(config=config_file, isolated=isolated)
    tolerate_unencodable(sys.stdout, encoding="utf-8" if output_format is Form.JSON else None)
    typer.echo(_show(resolver, path, output_format))


def _show(resolver: Any, path: str | None, form: Form) -> str:
    is_folder = path is None or Path(path).is_dir()
    local = resolver.of_folder(path or ".") if is_folder else resolver.of_file(path)
    from misplaced.apps.settings.schema import SETTINGS

    rows = []
    for setting in SETTINGS:
        # What holds for a whole run never comes from the settings of one of its files.
        found = (local if setting.per_file else resolver.run).values[setting.name]
        rows.append((setting, found))
    excluded = None if is_folder else _excluded(local, str(path))
    if form is Form.JSON:
        return _json(rows, local, path, excluded)
    return _table(rows, local, path, excluded)


def _excluded(resolved: Resolved, path: str) -> bool:
    patterns = resolved["exclude"]
    return bool(patterns) and bool(patterns.match(path))


def _plain(value: Any) -> Any:
    """Return a setting's value in JSON's types."""
    from misplaced.apps.settings.patterns import Patterns

    if isinstance(value, Patterns):
        return list(value.lines)
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def _json(rows: list[Any], resolved: Resolved, path: str | None, excluded: bool | None) -> str:
    from misplaced.apps.reporters.jsonl import SCHEMA, encode

    return encode(
        {
            "schema": SCHEMA,
            "path": path,
            "settings_file": None if resolved.file is None else str(resolved.file.path),
            **({} if excluded is None else {"excluded": excluded}),
            "settings": {
                setting.name: {"value": _plain(found.value), "kind": found.kind, "where": found.where}
                for setting, found in rows
            },
        }
    )


def _table(rows: list[Any], resolved: Resolved, path: str | None, excluded: bool | None) -> str:
    from misplaced.apps.reporters.escaping import escape

    shown = [(setting.name, _shown(setting, found.value), _where(found)) for setting, found in rows]
    widths = [max(len(row[column]) for row in shown) for column in (0, 1)]
    file = "no settings file" if resolved.file is None else str(resolved.file.path)
    lines = [f"Settings for {path or 'this folder'}: {file}", ""]
    lines += [f"{name:<{widths[0]}}  {value:<{widths[1]}}  {where}" for name, value, where in shown]
    if excluded:
        lines += ["", f"{path} is excluded: it is passed over where folders and patterns are searched."]
    return "\n".join(escape(line).rstrip() for line in lines)


def _shown(setting: Any, value: Any) -> str:
    import json

    plain = _plain(value)
    if plain is None:
        return f"({setting.default_text})"
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _where(found: Any) -> str:
    return f"{found.where} (override)" if found.kind == "override" else str(found.where)
