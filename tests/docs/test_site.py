"""The site builds without a broken link, and its reference holds what the code has."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

import misplaced
from misplaced.apps.cli import COMMANDS, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, require: Callable[[str], None]) -> Path:
    for package in ("mkdocs", "material", "mkdocs_awesome_nav", "mkdocstrings"):
        require(package)
    folder = tmp_path_factory.mktemp("site")
    # Not quietly: what is not logged is not counted either, and strict would let broken links pass.
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def read(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_page_is_in_the_menu(site: Path) -> None:
    menu = (site / "index.html").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/**/*.md"):
        path = page.relative_to(ROOT / "docs").with_suffix("")
        target = str(path.parent if path.name == "index" else path)
        assert target == "." or f'href="{target}/"' in menu, target


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_is_in_the_reference(site: Path, name: str) -> None:
    text = read(site / "reference/cli/index.html")
    group = LazyGroup()
    command = group.get_command(typer.Context(group), name)
    assert command is not None
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in text
            assert " ".join((parameter.help or "").split()) in text


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference/api/index.html").read_text(encoding="utf-8")
    for name in set(misplaced.__all__) - {"__version__"}:
        assert re.search(rf'id="misplaced\.\w+\.{name}"', page), name
    assert not re.search(r":(class|func|mod|data|meth):", page)
    assert re.search(r'id="misplaced\.errors\.UsageError"', page)


def test_what_belongs_to_the_build_is_not_on_the_site(site: Path) -> None:
    assert not (site / "hooks").exists()
    assert (site / "samples/articles.jsonl").is_file()
