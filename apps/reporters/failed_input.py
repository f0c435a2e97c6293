"""An input that could not be read, for the reporters that have a place for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.errors import RecordError

if TYPE_CHECKING:
    from typing import Self


class FailedInput(str):
    """The line that tells a user what is wrong with an input, which knows the input too.

    Attributes
    ----------
    path : str or None
        As the user named it.
    record_line : int or None
        For a malformed record of a ``.jsonl`` file: its line in that file, from 1.
    """

    __slots__ = ("path", "record_line")

    path: str | None
    record_line: int | None

    def __new__(cls, line: str, path: str | None = None, record_line: int | None = None) -> Self:
        """Make it of the line and what is known of the input."""
        made = super().__new__(cls, line)
        made.path, made.record_line = path, record_line
        return made

    @classmethod
    def of(cls, line: str, error: Exception, path: str | None = None) -> Self:
        """Make it of the line and the exception that the line was made from.

        Parameters
        ----------
        line : str
        error : Exception
        path : str, optional
            The file that was being read; by default the place that the error names.
        """
        where = getattr(error, "where", None)
        if path is None:
            return cls(line, where)
        if isinstance(error, RecordError) and where is not None:
            number = where.removeprefix(f"{path}:")
            return cls(line, path, int(number) if number.isdecimal() else None)
        return cls(line, path)
