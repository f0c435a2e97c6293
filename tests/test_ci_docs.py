"""The formats' examples are what the program writes, and the CI recipes are valid and work.

Run with ``MISPLACED_REGENERATE_GOLDEN=1`` to write the examples anew, then read the difference.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
FORMATS = ROOT / "docs/formats.md"
RECIPES = (ROOT / "docs/how-to/ci.md").read_text(encoding="utf-8")

#: A processor's rounding may move the last digit that is shown.
TOLERANCE = 0.02
_NUMBER = re.compile(r"-?\d+\.\d+|\d+(?=%)")

_EXAMPLE = re.compile(r"<!-- output: detect (-f (\w+) .*?) -->\n```\w+\n(.*?)```", re.DOTALL)
EXAMPLES = {match[2]: match for match in _EXAMPLE.finditer(FORMATS.read_text(encoding="utf-8"))}
SNIPPETS = re.findall(r"<!-- (github-workflow|gitlab-ci) -->\n```yaml\n(.*?)```", RECIPES, re.DOTALL)
COMMANDS = re.findall(r"(?:run:|-|sh ')\s*(detect -f (\w+) [^'\n]*)", RECIPES)


def package(name: str) -> Any:
    """Import an optional package; skip without it, fail where none may be missing."""
    try:
        return import_module(name)
    except ImportError:
        if os.environ.get("MISPLACED_REQUIRE_EXTRAS") == "1":
            raise
        pytest.skip(f"{name} is not installed")


def detect(arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from misplaced.apps.cli import detect_main; detect_main()"
    command = [sys.executable, "-P", "-c", code, *shlex.split(arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def shown(output: str, output_format: str) -> str:
    """What the documents show of an output."""
    if output_format != "sarif":
        return output
    return json.dumps(json.loads(output)["runs"][0]["results"][-1], indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("output_format", ["sarif", "github", "gitlab", "junit"])
def test_examples_are_real(output_format: str) -> None:
    example = EXAMPLES[output_format]
    real = shown(detect(example[1], ROOT).stdout, output_format)
    if os.environ.get("MISPLACED_REGENERATE_GOLDEN") == "1":
        text = FORMATS.read_text(encoding="utf-8")
        block = example[0].removesuffix(f"{example[3]}```") + real + "```"
        FORMATS.write_text(text.replace(example[0], block), encoding="utf-8", newline="\n")
        return
    assert _NUMBER.sub("#", example[3]) == _NUMBER.sub("#", real)
    for ours, theirs in zip(_NUMBER.findall(example[3]), _NUMBER.findall(real), strict=True):
        allowed = TOLERANCE if "." in ours and float(ours) <= 1 else 100 * TOLERANCE
        assert float(ours) == pytest.approx(float(theirs), abs=allowed)


@pytest.mark.parametrize(("kind", "snippet"), SNIPPETS, ids=[kind for kind, _ in SNIPPETS])
def test_recipes_are_valid(kind: str, snippet: str, tmp_path: Path) -> None:
    yaml = package("ruamel.yaml")
    value = yaml.YAML(typ="safe").load(snippet)
    assert value
    package("check_jsonschema")
    path = tmp_path / "recipe.yaml"
    path.write_text(snippet, encoding="utf-8")
    schema = {"github-workflow": "vendor.github-workflows", "gitlab-ci": "vendor.gitlab-ci"}[kind]
    transform = ["--data-transform", "gitlab-ci"] if kind == "gitlab-ci" else []
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *transform, str(path)]
    checked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_there_are_recipes_for_each_format() -> None:
    assert [kind for kind, _ in SNIPPETS] == ["github-workflow"] * 2 + ["gitlab-ci"] * 2
    assert sorted(output_format for _, output_format in COMMANDS) == [
        *("github", "gitlab", "junit", "junit", "sarif")
    ]


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS])
def test_commands_of_recipes_work(command: str, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    shutil.copy(ROOT / "examples/news.txt", tmp_path / "articles")
    ran = detect(command.removeprefix("detect "), tmp_path)
    assert ran.returncode == (0 if "--exit-zero" in command else 1), ran.stderr
    written = re.search(r"-o (\S+)", command)
    text = (tmp_path / written[1]).read_text(encoding="utf-8") if written else ran.stdout
    assert "articles/news.txt" in text
    if written:
        # The job looks for the file that the command writes.
        assert RECIPES.count(written[1]) >= 2
