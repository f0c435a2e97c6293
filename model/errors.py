"""Every error this package raises on purpose.

::

    MisplacedError
    ├── InputError            an article that cannot be read
    │   ├── UnreadableError   the file: missing, no permission, a folder without articles
    │   ├── BinaryError       the bytes: not text
    │   ├── RecordError       the record: one malformed line of a .jsonl file
    │   └── TableError        the array: what an estimator was given holds no texts
    ├── ArtifactError         a model folder that cannot be trusted or used
    ├── EncoderError          an encoder that cannot be built or does not fit the model
    ├── CorpusError           labelled data that cannot be trained or measured on
    ├── SettingsError         a settings file or environment variable that cannot be used
    ├── MissingExtraError     an optional dependency that the call needs
    └── UsageError            options that contradict each other

Catch :class:`MisplacedError` for all of them. ``str(error)`` is one line that says what is wrong,
where, and what to do; it is what the commands print.
"""

from __future__ import annotations


class MisplacedError(Exception):
    """Base class of the errors raised on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in a clause.
    where : str, optional
        The file, or ``file:line``.
    hint : str, optional
        What the user can do about it.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        line = self.what if self.where is None else f"{self.where}: {self.what}"
        line = line if self.hint is None else f"{line}; {self.hint}"
        return " ".join(line.split())


class InputError(MisplacedError):
    """An article that cannot be read."""


class UnreadableError(InputError):
    """A path that cannot be opened: missing, forbidden, or a folder without articles."""


class BinaryError(InputError):
    """Bytes that are not text."""


class RecordError(InputError):
    """A malformed record, named by file and line."""


class TableError(InputError, ValueError):
    """An array that holds no texts, for hosts that expect a :class:`ValueError` of it."""


class ArtifactError(MisplacedError):
    """A model folder that is missing, damaged, of another format, or not trusted."""


class EncoderError(MisplacedError):
    """An encoder that cannot be built, or whose embeddings do not fit the model."""


class CorpusError(MisplacedError):
    """Labelled data that cannot be used, named by file and line where it has one."""


class SettingsError(MisplacedError):
    """Settings that cannot be used, named by file, line and key."""


class MissingExtraError(MisplacedError):
    """An optional dependency is needed and not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            hint=f"install it with: pip install 'misplaced[{extra}]'",
        )


class UsageError(MisplacedError):
    """Options that contradict each other or are out of range."""
