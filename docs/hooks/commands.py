"""The reference of the commands, written from the commands themselves while the site is built.

A hook of mkdocs: on ``reference/cli.md``, ``<!-- commands -->`` is replaced by a section for each command.
It also shows the roles in docstrings (``:class:`Report` ``) as the names that they hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer

from misplaced.apps.cli import COMMANDS, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = "<!-- commands -->"
_ROLE = re.compile(r":(?:py:)?(?:class|func|meth|mod|data|attr|exc):(<code>)~?")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Write the commands where the page asks for them."""
    if page.file.src_uri != "reference/cli.md":
        return markdown
    return markdown.replace(_MARK, "\n".join(reference()))


def on_page_content(html: str, **_: Any) -> str:
    """Leave the names of roles out."""
    return _ROLE.sub(r"\1", html)


def reference() -> Iterator[str]:
    """Yield the sections of all commands, in the order of ``misplaced --help``."""
    group = LazyGroup()
    context = typer.Context(group, info_name="misplaced")
    for name in COMMANDS:
        command = group.get_command(context, name)
        if command is not None:
            yield from _section(name, command)


def _section(name: str, command: Any) -> Iterator[str]:
    shown = "detect" if name == "detect" else f"misplaced {name}"
    yield f"## {shown}\n"
    yield f"```text\n{shown} {' '.join(command.collect_usage_pieces(typer.Context(command)))}\n```\n"
    yield from _help(command.help or "")
    panels: dict[str, list[Any]] = {}
    for parameter in command.params:
        panels.setdefault(getattr(parameter, "rich_help_panel", None) or "Options", []).append(parameter)
    for panel, parameters in panels.items():
        if len(panels) > 1:
            yield f"**{panel}**\n"
        yield "| option | what it does |\n| --- | --- |"
        yield from (_row(parameter) for parameter in parameters)
        yield ""
    if command.epilog:
        yield f"{command.epilog}\n"


def _help(text: str) -> Iterator[str]:
    """Lines that are indented are commands, all others prose."""
    for block in re.split(r"\n(?=\S)|(?<=\S)\n(?=  )", text.replace("\b\n", "").strip()):
        indented = block.startswith("  ")
        lines = [line.strip() for line in block.strip().splitlines()]
        yield ("```text\n" + "\n".join(lines) + "\n```\n") if indented else " ".join(lines) + "\n"


def _row(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    if parameter.param_type_name == "argument":
        names = f"`{parameter.metavar or parameter.name.upper()}`"
    elif parameter.metavar:
        names += f" {parameter.metavar}"
    told = [getattr(parameter, "help", "") or ""]
    default = parameter.default
    if default not in (None, False, True, ()) and parameter.show_default and not callable(default):
        told.append(f"Default: `{getattr(default, 'value', default)}`.")
    if parameter.envvar:
        told.append(f"Environment: `{parameter.envvar}`.")
    return f"| {_cell(names)} | {_cell(' '.join(told))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
