"""``--fix`` on a web page: its text without what is flagged, written beside the page.

Beside :mod:`misplaced.apps.fixing`, which changes files in place. A page is never changed, and a file
that stands where its text would go is replaced only where the user says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from misplaced.apps.fixing import cleaned
from misplaced.errors import UsageError
from misplaced.inputs import PAGE_SUFFIXES, cleaned_path
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from misplaced.report import Report


def clean_page(path: str, report: Report, *, overwrite: bool = False) -> str:
    """Write the extracted text of a page, title first, without its findings.

    Parameters
    ----------
    path : str
        The page.
    report : Report
        With or without findings.
    overwrite : bool, default=False
        Replace a file that is there and holds something else.

    Returns
    -------
    str
        Where the text is: ``a.cleaned.txt`` for ``a.html``.

    Raises
    ------
    UsageError
        If a file is there that holds something else, or a second page beside this one would be cleaned
        into the same file.
    OSError
        If it cannot be written.
    """
    target = cleaned_path(path)
    text = cleaned(report).strip("\n")
    data = f"{text}\n".encode() if text else b""
    _refuse_namesakes(Path(path), target)
    if Path(target).exists():
        if Path(target).read_bytes() == data:
            return target
        if not overwrite:
            raise UsageError(
                f"its cleaned text is not written: {target} exists and holds something else",
                where=path,
                hint="move that file away, or replace it with --overwrite",
            )
    with replacing(target) as out:
        out.write(data)
    return target


def _refuse_namesakes(page: Path, target: str) -> None:
    for other in page.parent.iterdir():
        if other.stem == page.stem and other.suffix.lower() in PAGE_SUFFIXES and other.name != page.name:
            raise UsageError(
                f"its cleaned text is not written: that of {other.name} would be {target} too",
                where=str(page),
                hint="rename one of the pages",
            )
