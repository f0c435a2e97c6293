"""Code Quality of GitLab: one JSON array of issues, written at the end so that it is always whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from misplaced.apps.reporters.issue import Issue, Issues
from misplaced.apps.reporters.jsonl import encode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from misplaced.report import Report


class GitlabReporter:
    """Gathers issues (as text, the smallest form) and writes the array."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._issues = Issues()
        self._written: list[str] = []

    def report(self, report: Report) -> None:
        """Keep the issues of one document."""
        self._written.extend(encode(_entry(issue)) for issue in self._issues.of(report))

    def end(self, errors: Sequence[str]) -> None:
        """Write the array. It has no place for errors: they are on standard error."""
        self._out.write("[" + ",".join("\n" + issue for issue in self._written) + "\n]\n")
        self._out.flush()


def _entry(issue: Issue) -> dict[str, Any]:
    return {
        "description": issue.message,
        "check_name": issue.rule.id,
        "fingerprint": _fingerprint(issue),
        "severity": issue.rule.severity,
        # Where only the file is known, its first line stands for it: the format demands one.
        "location": {"path": issue.path, "lines": {"begin": issue.line or 1}},
    }


def _fingerprint(issue: Issue) -> str:
    # GitLab compares nothing else between two runs, so the file has to be in it, and the line must not.
    identity = f"{issue.path}\0{issue.fingerprint}\0{issue.occurrence}"
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
