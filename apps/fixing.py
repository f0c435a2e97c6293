"""``--fix`` and ``--diff``: what is flagged out of the files it came from, every other byte as it was.

After the detector, beside the reporters. A file is read again, compared with what was judged, and
replaced at once; of a ``.jsonl`` file only the lines of affected records change. A web page is never
edited: see :mod:`misplaced.apps.cleaning`.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from misplaced.apps.removal import (
    element_cuts,
    element_spans,
    member_spans,
    paragraph_cuts,
    parse_object,
    string_cuts,
    without,
)
from misplaced.apps.reporters.tally import count_findings
from misplaced.apps.sentence_cuts import goes_whole, sentence_cuts
from misplaced.errors import InputError, UnreadableError, UsageError
from misplaced.inputs import cleaned_path
from misplaced.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from misplaced.decoding import Decoded
    from misplaced.report import Report, ScoredParagraph


def fix_file(path: str, reports: Sequence[Report]) -> int:
    """Remove the flagged paragraphs, and the flagged sentences of others, from a file, in place.

    Not from a web page: that is :func:`misplaced.apps.cleaning.clean_page`.

    Parameters
    ----------
    path : str
    reports : sequence of Report
        Those of the file's documents that have findings; may be empty, the file is not touched then.

    Returns
    -------
    int
        How many findings were removed.

    Raises
    ------
    UsageError
        For a web page: findings point into the extracted text, not into the file.
    InputError
        If the file is no longer what was judged.
    OSError
        If it cannot be read or replaced.
    """
    flagged = [report for report in reports if count_findings(report)]
    if not flagged:
        return 0
    _refuse_page(path, flagged[0])
    if flagged[0].document.record_line is None:
        decoded, fixed = _text_edit(path, flagged[0])
        with replacing(path) as out:
            out.write(decoded.encode(fixed))
    else:
        with Path(path).open("rb") as stream, replacing(path) as out:
            for edit in _record_edits(stream, path, flagged):
                out.write(edit.fixed_bytes())
    return sum(map(count_findings, flagged))


def diff_file(path: str, reports: Sequence[Report], *, stdin: bool = False) -> Iterator[str]:
    """Show what :func:`fix_file` would change.

    Parameters
    ----------
    path : str
    reports : sequence of Report
        As for :func:`fix_file`.
    stdin : bool, default=False
        The documents were read from standard input, there is no file.

    Yields
    ------
    str
        Lines of a unified diff, with their line ends; none if nothing changes.

    Raises
    ------
    UsageError
        For ``.jsonl`` on standard input.
    InputError, OSError
        As for :func:`fix_file`.
    """
    flagged = [report for report in reports if count_findings(report)]
    if not flagged:
        return
    before, after = path, path
    if flagged[0].document.record_line is None:
        document = flagged[0].document
        old, new = document.source, cleaned(flagged[0])
        if document.extracted:
            before, after = f"{path} (extracted text)", cleaned_path(path)
    elif stdin:
        raise UsageError("--diff cannot show records of standard input", where=path, hint="name the file")
    else:
        with Path(path).open("rb") as stream:
            texts = [edit.texts() for edit in _record_edits(stream, path, flagged)]
        old, new = ("".join(side) for side in zip(*texts, strict=True))
    for line in difflib.unified_diff(_lines(old), _lines(new), before, after):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _refuse_page(path: str, report: Report) -> None:
    from misplaced.reading import format_of

    if report.document.extracted or format_of(path) == "html":
        raise UsageError("a web page is not edited: findings point into its extracted text", where=path)


def cleaned(report: Report) -> str:
    """Return the document's source less what is flagged in it."""
    return without(report.document.source, _cuts(report))


def _text_edit(path: str, report: Report) -> tuple[Decoded, str]:
    from misplaced.reading import load

    decoded = load(path)
    if decoded.text != report.document.source:
        _refuse_changed(path)
    return decoded, without(decoded.text, _cuts(report))


@dataclass(frozen=True, slots=True)
class _Edit:
    """A stretch of a file as it is and, where that differs, as it should be."""

    data: bytes
    decoded: Decoded | None = None
    fixed: str | None = None

    def fixed_bytes(self) -> bytes:
        if self.decoded is None or self.fixed is None:
            return self.data
        return self.decoded.encode(self.fixed)

    def texts(self) -> tuple[str, str]:
        """Both sides as text, in the encoding of what is there now, with the byte order mark."""
        from misplaced.decoding import decode

        try:
            decoded = self.decoded or decode(self.data, "")
        except InputError:  # a line that was not judged and does not change
            text = self.data.decode("utf-8", "replace")
            return text, text
        mark = "\ufeff" if decoded.bom else ""
        return mark + decoded.text, mark + (decoded.text if self.fixed is None else self.fixed)


def _record_edits(stream: BinaryIO, path: str, reports: Sequence[Report]) -> Iterator[_Edit]:
    """Yield every line of a ``.jsonl`` file; UTF-16 and UTF-32 files as a whole."""
    from misplaced.decoding import decode, is_wide

    by_line = {report.document.record_line: report for report in reports}
    first = stream.readline()
    stream.seek(0)
    if is_wide(first):
        data = stream.read()
        decoded = decode(data, path)
        lines = _lines(decoded.text)
        for number, report in by_line.items():
            lines[_index(number, lines, path)] = _fixed_record(
                lines[_index(number, lines, path)], report, f"{path}:{number}"
            )
        yield _Edit(data, decoded, "".join(lines))
        return
    for number, line in enumerate(stream, start=1):
        report_of_line = by_line.pop(number, None)
        if report_of_line is None:
            yield _Edit(line)
        else:
            where = f"{path}:{number}"
            decoded = decode(line, where)
            yield _Edit(line, decoded, _fixed_record(decoded.text, report_of_line, where))
    if by_line:
        _refuse_changed(path)


def _index(number: int | None, lines: Sequence[str], path: str) -> int:
    if number is None or number > len(lines):
        _refuse_changed(path)
    return number - 1


def _fixed_record(record: str, report: Report, where: str) -> str:
    """Return a record's line without what is flagged; nothing else of it changes."""
    value = parse_object(record)
    if value is None:
        _refuse_changed(where)
    spans = member_spans(record)
    if value.get("paragraphs") is not None:
        paragraphs = value["paragraphs"]
        if paragraphs != [paragraph.text for paragraph in report.paragraphs]:
            _refuse_changed(where)
        removed = [p.index for p in report.paragraphs if goes_whole(p)]
        value["paragraphs"] = [
            without(p.text, _within(report, p)) for p in report.paragraphs if not goes_whole(p)
        ]
        cuts = element_cuts(record, spans["paragraphs"], removed)
        for element, p in zip(element_spans(record, spans["paragraphs"]), report.paragraphs, strict=True):
            if not goes_whole(p):
                cuts += string_cuts(record, element, _within(report, p))
        fixed = without(record, sorted(cuts))
    else:
        source = report.document.source
        if value.get("text") != source:
            _refuse_changed(where)
        cuts = _cuts(report)
        value["text"] = without(source, cuts)
        fixed = without(record, string_cuts(record, spans["text"], cuts))
    # A record is data that nobody may look at again: prove the edit before it is written.
    if json.loads(fixed) != value:
        raise InputError("the record cannot be edited in place", where=where, hint="it was left as it is")
    return fixed


def _cuts(report: Report) -> list[tuple[int, int]]:
    """Return the cuts into the document's source that remove its findings, in order."""
    from misplaced.reading import format_of

    document = report.document
    whole = [(p.start, p.end) for p in report.paragraphs if goes_whole(p)]
    cuts = paragraph_cuts(document.source, whole, markdown=format_of(document.path or "") == "markdown")
    for paragraph in report.paragraphs:
        if not goes_whole(paragraph):
            cuts += sentence_cuts(document.source, paragraph)
    return sorted(cuts)


def _within(report: Report, paragraph: ScoredParagraph) -> list[tuple[int, int]]:
    """Return the cuts that remove a paragraph's flagged sentences, counted from where it starts."""
    cuts = sentence_cuts(report.document.source, paragraph)
    return [(start - paragraph.start, end - paragraph.start) for start, end in cuts]


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _refuse_changed(where: str) -> NoReturn:
    raise UnreadableError("was changed while it was judged", where=where, hint="run the command again")
