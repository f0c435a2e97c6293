"""How help is written: plain, options under their headings, without loading what draws boxes.

Between typer and the terminal. Typer's own coloured help imports rich's Markdown and its lexers, which
takes longer than all else that ``--help`` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

_ARGUMENTS, _OPTIONS = "Arguments", "Options"


class GroupedCommand(TyperCommand):
    """A command whose plain help keeps the panels that its options name."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, one section for each panel in order of appearance."""
        for heading, rows in self._sections(ctx):
            with formatter.section(heading):
                formatter.write_dl(rows)

    def _sections(self, ctx: Any) -> Sequence[tuple[str, list[tuple[str, str]]]]:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = parameter.param_type_name == "argument"
            if is_argument:  # its type is said in words
                record = (record[0].split(" <")[0], record[1])
            heading = getattr(parameter, "rich_help_panel", None)
            sections.setdefault(heading or (_ARGUMENTS if is_argument else _OPTIONS), []).append(record)
        # What every command has, such as --help, comes last.
        return sorted(sections.items(), key=lambda section: section[0] == _OPTIONS)


def write_commands(commands: Sequence[Any], formatter: Any) -> None:
    """Write a list of commands, each with the first paragraph of its help, wrapped and not cut off."""
    rows = [(command.name, " ".join((command.help or "").split("\n\n")[0].split())) for command in commands]
    with formatter.section("Commands"):
        formatter.write_dl(rows)
