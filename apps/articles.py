"""The articles of a run: the user's inputs read one after the other, failures told and remembered.

Between :mod:`misplaced.reading` and the detector; yields only what can be judged.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from misplaced.apps.failure import describe
from misplaced.apps.reporters.escaping import message
from misplaced.apps.reporters.failed_input import FailedInput
from misplaced.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from misplaced.document import Document
    from misplaced.inputs import Choice


class Articles:
    """What the inputs hold.

    Parameters
    ----------
    inputs : sequence of str
        Files, folders, glob patterns, ``-`` for standard input.
    stdin_filename : str, optional
        What to call standard input.
    quiet : bool, default=False
        Leave warnings out.
    choice : Choice, optional
        Which files are taken of those that inputs stand for.

    Attributes
    ----------
    paths : list of str
        The files found (``-`` among them), in input order.
    errors : list of FailedInput
        A line for everything that failed so far, in input order; each was written to standard error
        when it happened.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        stdin_filename: str | None = None,
        *,
        quiet: bool = False,
        choice: Choice | None = None,
    ) -> None:
        from misplaced.reading import expand

        self._found = list(expand(inputs, choice))
        self._stdin_filename = stdin_filename
        self._quiet = quiet
        if inputs and not self._found:
            self.warn("no file is left to judge; the settings exclude all that were named and found")
        self.paths = [found for found in self._found if isinstance(found, str)]
        self.errors: list[FailedInput] = []

    def documents(self, on_file_done: Callable[[], None] = lambda: None) -> Iterator[Document]:
        """Read the documents.

        Parameters
        ----------
        on_file_done : callable, optional
            Called after each file.

        Yields
        ------
        Document
            In input order; what cannot be read is passed to :meth:`fail` in its place.
        """
        for found in self._found:
            if not isinstance(found, str):
                self.fail(FailedInput.of(describe(found), found))
                continue
            for document in self._read(found):
                if isinstance(document, Exception):
                    self.fail(FailedInput.of(describe(document), document, self._name(found)))
                else:
                    yield document
            on_file_done()

    def fail(self, failed: FailedInput) -> None:
        """Tell of a failure that ends the work on one input, and remember it."""
        self.errors.append(failed)
        message(f"error: {failed}")

    def is_stdin(self, path: str | None) -> bool:
        """Whether documents of this path came from standard input."""
        from misplaced.reading import STDIN

        return STDIN in self.paths and path == self._name(STDIN)

    def _name(self, path: str) -> str:
        from misplaced.reading import STDIN

        return self._stdin_filename or STDIN if path == STDIN else path

    def _read(self, path: str) -> Iterator[Document | Exception]:
        from misplaced.reading import STDIN, read, read_stdin

        if path == STDIN:
            if sys.stdin is None:
                closed = UnreadableError(
                    "standard input is closed", where=self._name(path), hint="name a file"
                )
                return iter([closed])
            return read_stdin(sys.stdin.buffer, self._stdin_filename, warn=self.warn)
        return read(path, warn=self.warn)

    def warn(self, line: str) -> None:
        """Tell of something that the user should know and that ends nothing."""
        if not self._quiet:
            message(f"warning: {line}")
