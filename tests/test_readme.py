"""What the README and the documents show is what the program does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from misplaced.apps.cli import COMMANDS, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMATS = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

#: A processor's rounding may move the last digit that is shown.
TOLERANCE = 0.02

#: Options that other programs have of us.
OF_HOSTS = {"--misplaced"}
#: A line that names one of these may name its options.
OTHERS = {"benchmarks", "pip", "ruff", "pytest", "pre-commit", "mkdocs", "git", "ray", "spark-submit"}

_NUMBER = re.compile(r"-?\d+\.\d+|\d+(?=%)")


def block(text: str, marker: str) -> str:
    """Return the fenced block behind a marker."""
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w*\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"no block behind {marker!r}"
    return found[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from misplaced.apps.cli import detect_main; detect_main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_shown_output_is_real() -> None:
    shown, real = block(README, "output: detect examples/news.txt"), run("examples/news.txt").stdout
    assert _NUMBER.sub("#", shown).strip() == _NUMBER.sub("#", real).strip()
    for ours, theirs in zip(_NUMBER.findall(shown), _NUMBER.findall(real), strict=True):
        allowed = TOLERANCE if "." in ours else 100 * TOLERANCE
        assert float(ours) == pytest.approx(float(theirs), abs=allowed)


def test_shown_json_is_real() -> None:
    shown = json.loads(block(FORMATS, "output: jsonl"))
    real = json.loads(run("-f", "jsonl", "examples/batch.jsonl").stdout.splitlines()[-1])

    def matches(ours: Any, theirs: Any) -> bool:
        if isinstance(ours, dict):
            return list(ours) == list(theirs) and all(matches(ours[key], theirs[key]) for key in ours)
        if isinstance(ours, list):
            return len(ours) == len(theirs) and all(map(matches, ours, theirs))
        return bool(
            ours == pytest.approx(theirs, abs=TOLERANCE) if isinstance(ours, float) else ours == theirs
        )

    assert matches(shown, real)


def test_install_commands_are_one_line_each() -> None:
    for name, end in (("run", "/detect --exit-zero examples/news.txt"), ("test", "/python -m pytest")):
        command = block(README, f"command: {name}")
        assert command.count("\n") == 1
        assert command.startswith("python -m venv .venv && .venv/bin/pip install -c constraints.txt ")
        assert command.strip().endswith(end)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    program = re.search(r"command=\$\(awk '(.*?)' README\.md\)", script, re.DOTALL)
    assert program is not None
    extracted = subprocess.run(
        ["awk", program[1], "README.md"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert extracted == block(README, "command: test")


def options() -> Iterator[str]:
    group = LazyGroup()
    for name in COMMANDS:
        command = group.get_command(typer.Context(group), name)
        assert command is not None
        for each in (command, *getattr(command, "commands", {}).values()):
            for parameter in each.params:
                yield from (*parameter.opts, *parameter.secondary_opts)


def test_options_that_are_named_exist() -> None:
    known = {*options(), *OF_HOSTS, "--help", "--version"}
    for path in DOCUMENTS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if OTHERS & set(re.findall(r"[\w-]+", line)):
                continue
            named = set(re.findall(r"(?<![\w<!-])--[a-z][a-z-]+", line))
            assert named <= known, f"{path.name}: {line}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(path: Path) -> None:
    folders = "model|training|eval|apps|artifacts|tests|docs|examples"
    for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", path.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), name
