"""Known findings: a file of those that were there when somebody decided to live with them.

Beside the reporters. A finding is known by its file and the wording of its paragraph
(:mod:`misplaced.fingerprint`), as often as it was there: moved within the file it stays known, changed
or copied it is new.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters.escaping import escape_json
from misplaced.apps.reporters.excerpt import cut_at_word
from misplaced.document import fold
from misplaced.errors import SettingsError
from misplaced.fingerprint import fingerprint
from misplaced.inputs import STDIN
from misplaced.replacing import replacing
from misplaced.report import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from misplaced.report import Report, ScoredParagraph, ScoredSentence

#: What ``misplaced baseline update`` writes where nothing else is said.
DEFAULT_NAME = ".misplaced-baseline.json"
#: Version of the file's layout.
VERSION = 1
#: Characters of a paragraph kept, for people who read the file's differences.
_EXCERPT = 60

#: A file, from the baseline's folder, and the fingerprint of a paragraph in it.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A finding of a baseline.

    Attributes
    ----------
    count : int
        How often it stands in the file, at least 1.
    label : str
    excerpt : str
        The paragraph's first words; for people, and not compared.
    """

    count: int
    label: str
    excerpt: str


class Baseline:
    """Known findings.

    Parameters
    ----------
    path : Path
        The file; paths in it start from its folder.
    findings : mapping of Key to Known, optional

    Attributes
    ----------
    path : Path
    findings : dict of Key to Known
    """

    def __init__(self, path: Path, findings: Mapping[Key, Known] | None = None) -> None:
        self.path = path
        self.findings = dict(findings or {})
        self._folder = os.path.realpath(path.parent)

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a baseline.

        Raises
        ------
        SettingsError
            If it is missing or not one.
        """
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            hint = f"make it with 'misplaced baseline update --baseline {path}'"
            raise SettingsError("no such baseline", where=str(path), hint=hint) from None
        except UnicodeDecodeError:
            raise _damaged(path, "it is not UTF-8") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingsError(f"the baseline cannot be read: {reason}", where=str(path)) from None
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise _damaged(f"{path}:{error.lineno}", error.msg) from None
        except (ValueError, RecursionError) as error:
            raise _damaged(path, str(error)) from None
        version = value.get("version") if isinstance(value, dict) else None
        if isinstance(version, int) and version != VERSION:
            what = f"the baseline has version {version}, not {VERSION}"
            hint = "update misplaced, or make it again with 'misplaced baseline update'"
            raise SettingsError(what, where=str(path), hint=hint)
        try:
            return cls(path, _findings(value))
        except ValueError as error:
            raise _damaged(path, str(error)) from None

    def key(self, path: str | None, text: str) -> Key:
        """Return what a finding in a file is known by."""
        return self.place(path), fingerprint(text)

    def place(self, path: str | None) -> str:
        """Return an article's path from the baseline's folder, with slashes; ``-`` for standard input."""
        if path is None or path == STDIN:
            return STDIN
        folder, name = os.path.split(path)
        whole = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - as text, as it was written
        try:
            return Path(os.path.relpath(whole, self._folder)).as_posix()
        except ValueError:  # another drive
            return Path(whole).as_posix()

    def is_gone(self, place: str) -> bool:
        """Whether a file of the baseline is no longer there."""
        return place != STDIN and not Path(self._folder, place).exists()

    def write(self) -> None:
        """Write the file anew, sorted, a finding a line.

        Raises
        ------
        OSError
            The file is as it was then.
        """
        lines = []
        for (path, digest), known in sorted(self.findings.items()):
            value = {
                "path": path,
                "fingerprint": digest,
                "count": known.count,
                "label": known.label,
                "excerpt": known.excerpt,
            }
            lines.append("    " + escape_json(json.dumps(value, ensure_ascii=False)))
        body = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
        with replacing(self.path) as out:
            out.write(f'{{\n  "version": {VERSION},\n  "findings": {body}\n}}\n'.encode())


class Recognition:
    """Knows the findings of a run again.

    Parameters
    ----------
    baseline : Baseline
    """

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._left = Counter({key: known.count for key, known in baseline.findings.items()})
        self._checked: set[str] = set()

    def check(self, path: str | None) -> None:
        """Remember that a file was judged, with findings or without."""
        self._checked.add(self._baseline.place(path))

    def knows(self, path: str | None, text: str) -> bool:
        """Whether a finding is known; each time it is asked for counts as one more copy."""
        key = self._baseline.key(path, text)
        if self._left[key] <= 0:
            return False
        self._left[key] -= 1
        return True

    def stale(self) -> Iterator[str]:
        """Yield a line for each finding that is no more, in files that were judged or are gone."""
        for (place, digest), left in sorted(self._left.items()):
            gone = left > 0 and self._baseline.is_gone(place)
            if left <= 0 or not (gone or place in self._checked):
                continue
            known = self._baseline.findings[place, digest]
            why = "the file is gone" if gone else "it is found no more"
            times = "" if left == 1 else f" ({left} times)"
            yield f'{self._baseline.path}: {place}: {known.label} "{known.excerpt}"{times}: {why}'


def gather(baseline: Baseline, reports: Iterable[Report]) -> tuple[dict[Key, Known], set[str]]:
    """Gather the findings of a run.

    Parameters
    ----------
    baseline : Baseline
        Whose folder the paths start from.
    reports : iterable of Report
        Those of every document.

    Returns
    -------
    findings : dict of Key to Known
    places : set of str
        The files that were judged.
    """
    findings: dict[Key, Known] = {}
    places: set[str] = set()
    for report in reports:
        places.add(baseline.place(report.document.path))
        of_report: list[ScoredParagraph | ScoredSentence] = [*report.findings, *report.sentence_findings]
        for found in of_report:
            key = baseline.key(report.document.path, found.text)
            before = findings.get(key)
            findings[key] = Known((before.count if before else 0) + 1, found.label, excerpt(found))
    return findings, places


def excerpt(found: ScoredParagraph | ScoredSentence) -> str:
    """Return the first words of a finding."""
    folded = fold(found.text)
    return folded if len(folded) <= _EXCERPT else cut_at_word(folded, _EXCERPT) + "…"


def _findings(value: Any) -> dict[Key, Known]:
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise ValueError('"version" is missing')
    if not isinstance(value.get("findings"), list):
        raise ValueError('"findings" must be a list')
    findings: dict[Key, Known] = {}
    for entry in value["findings"]:
        if not isinstance(entry, dict):
            raise ValueError("a finding must be an object")
        count = entry.get("count", 1)
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise ValueError('"count" must be a whole number from 1')
        path, digest, label = entry.get("path"), entry.get("fingerprint"), entry.get("label", LABELS[1])
        if not (isinstance(path, str) and isinstance(digest, str) and isinstance(label, str)):
            raise ValueError('"path", "fingerprint" and "label" must be strings')
        before = findings.get((path, digest))  # twice after a careless merge
        count += before.count if before else 0
        findings[path, digest] = Known(count, label, str(entry.get("excerpt", "")))
    return findings


def _damaged(where: object, what: str) -> SettingsError:
    hint = "mend it, or make it again with 'misplaced baseline update'"
    return SettingsError(f"is not a baseline: {what}", where=str(where), hint=hint)
