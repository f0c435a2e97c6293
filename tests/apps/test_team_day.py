"""A team's day, with the real commands, the bundled model and a git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

ARTICLE = """# Harbour bridge to close for eleven weeks

The harbour bridge will close to traffic for eleven weeks from the first of March while its bearings
are replaced, the council said on Monday.

Engineers found last autumn that the steel bearings under the northern span of the bridge had worn to
half their thickness.

Drivers will be sent over the upper bridge, which adds four kilometres to the journey between the
harbour and the station.

The council will pay for a shuttle ferry across the harbour while the bridge is closed, with boats every
twenty minutes.

The bridge was last closed in 1998, when its deck was laid again and its cables were painted.
"""
FURNITURE = "Sign up for our newsletter and never miss a story."
FOREIGN = "READ MORE: Ten gardens to visit this spring"


class Team:
    """A repository and the commands that are run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.page = folder / "docs" / "bridge.md"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MISPLACED_")}
        identity = {
            f"GIT_{who}_{what}": "team@team.example"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        self._environment = {**kept, **identity, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def misplaced(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        code = "from misplaced.apps.cli import main; main()"
        return self.run(sys.executable, "-P", "-c", code, *arguments)

    def line(self, paragraph: str) -> int:
        return self.page.read_text(encoding="utf-8").splitlines().index(paragraph) + 1

    def commit(self, message: str) -> None:
        assert self.run("git", "add", "-A").returncode == 0
        done = self.run("git", "commit", "-q", "-m", message)
        assert done.returncode == 0, done.stderr

    def ci(self) -> subprocess.CompletedProcess[str]:
        """What the team's pipeline runs: a fresh clone, and the one command."""
        clone = self.folder.parent / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        assert self.run("git", "clone", "-q", str(self.folder), str(clone)).returncode == 0
        return Team(clone).misplaced("detect", "docs")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_teams_day(tmp_path: Path) -> None:
    folder = tmp_path / "team"
    (folder / "docs").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "handbook"\n')
    team = Team(folder)
    team.page.write_text(ARTICLE.replace("\nThe bridge was", f"\n{FURNITURE}\n\nThe bridge was"))
    assert team.run("git", "init", "-q").returncode == 0
    team.commit("Start a handbook")

    # In the morning: settings, a first run, and a baseline for what is there.
    assert team.misplaced("init").returncode == 0
    edit(folder / "pyproject.toml", "# baseline = ", "baseline = ")
    edit(folder / "pyproject.toml", '# output-format = "full"', 'output-format = "concise"')
    missing = team.misplaced("detect", "docs")
    assert missing.returncode == 2
    assert "no such baseline; make it with 'misplaced baseline update" in missing.stderr
    first = team.misplaced("detect", "docs", "--no-baseline")
    assert first.returncode == 1
    assert [line.split(" ")[0] for line in first.stdout.splitlines()] == [
        f"docs/bridge.md:{team.line(FURNITURE)}:1:"
    ]
    assert team.misplaced("baseline", "update").returncode == 0
    team.commit("Check the handbook")
    quiet = team.ci()
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "1 known\n")

    # At noon: paragraphs are moved around, and a foreign one arrives.
    edit(team.page, f"\n{FURNITURE}\n", "")
    edit(team.page, "\nDrivers will", f"\n{FURNITURE}\n\nDrivers will")
    team.commit("Move a paragraph")
    assert team.ci().returncode == 0
    edit(team.page, "\nThe council will", f"\n{FOREIGN}\n\nThe council will")
    team.commit("Tell of the ferry")
    failed = team.ci()
    assert failed.returncode == 1
    assert len(failed.stdout.splitlines()) == 1
    assert failed.stdout.startswith(f"docs/bridge.md:{team.line(FOREIGN)}:1: ")
    assert FOREIGN[:20] in failed.stdout

    # In the evening: it is removed, and nothing else is.
    before = team.page.read_text()
    assert team.misplaced("detect", "docs", "--fix").returncode == 0
    assert team.page.read_text() == before.replace(f"{FOREIGN}\n\n", "")
    team.commit("Take out what does not belong")
    green = team.ci()
    assert (green.returncode, green.stdout) == (0, "")

    # Another day: the old finding is taken out, too, and the baseline is told.
    edit(team.page, f"{FURNITURE}\n\n", "")
    stale = team.misplaced("detect", "docs", "--report-unused")
    assert stale.returncode == 1
    assert "unused: .misplaced-baseline.json: docs/bridge.md: boilerplate" in stale.stderr
    assert team.misplaced("baseline", "update").returncode == 0
    assert team.misplaced("detect", "docs", "--report-unused").returncode == 0
