"""Every command and every line of Python in the documents is run, page by page, as a reader would.

The rules that pages follow are in CONTRIBUTING.md, under "Documentation".
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]

#: What is run; every other language is only shown.
RUN = ("sh", "console", "python")
#: What would be run if it were called by its one name here.
MISNAMED = {"", "bash", "shell", "zsh", "shell-session", "shellsession", "pycon", "py", "python3", "doctest"}

#: Of all blocks that could be run, the largest share that may be left out.
MOST_LEFT_OUT = 0.3

#: What a processor's rounding may change in a decimal number that is shown.
TOLERANCE = 0.02
_DECIMAL = re.compile(r"-?\d+\.\d+")

#: Seconds for all commands of a block.
LIMIT = 600

#: ``detect`` and ``misplaced`` end with 1 where they find something: that is no failure. Any other
#: command that fails ends the block with its status, and so does a chain (``a && b``) at its end.
_PREAMBLE = """set -uo pipefail
__mark() { local status=$?; printf '\\n%s %s\\n' "$MARK" "$status"; return $status; }
__failed() {
  if [[ $2 =~ ^(__mark|return) ]]; then return; fi
  if [[ $1 = 1 && $2 =~ ^([A-Z_]+=[^[:space:]]*[[:space:]])*(detect|misplaced)[[:space:]] ]]; then
    __found=1
  else
    exit "$1"
  fi
}
trap '__failed "$?" "$BASH_COMMAND"' ERR
"""
_POSTSCRIPT = """
__last=$?; [ "$__last" = "${__found:-0}" ] || exit "$__last"
"""
_MARK = "--end-of-output-of-one-command--"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page, and what the page says of it."""

    line: int
    language: str
    content: str
    file: str | None = None
    reason: str | None = None
    status: int = 0


@dataclass(slots=True)
class Page:
    """A page's blocks in order, and the packages without which it cannot be followed."""

    path: Path
    blocks: list[Block] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    def where(self, block: Block) -> str:
        return f"{self.path.relative_to(ROOT)}:{block.line}"


def said(comment: str, key: str) -> str | None:
    """What ``<!-- key: ... -->`` says."""
    found = re.search(rf"<!-- {key}:(.*?)-->", comment, re.DOTALL)
    return None if found is None else " ".join(found[1].split())


def parse(path: Path, text: str) -> Page:
    page = Page(path)
    comment = ""
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block":
            comment += token.content
            page.needs += (said(token.content, "needs") or "").replace(",", " ").split()
        elif token.type == "code_block":
            assert "```" not in token.content, f"{path}: a block that is indented by four is not seen here"
        elif token.type == "fence":
            assert token.map is not None
            info = token.info.strip()
            title = re.search(r'title="([^"]+)"', info)
            page.blocks.append(
                Block(
                    token.map[0] + 1,
                    info.split()[0] if info and not info.startswith("title=") else "",
                    token.content,
                    title[1] if title is not None else None,
                    said(comment, "not run"),
                    int(said(comment, "status") or 0),
                )
            )
        if token.type != "html_block":
            comment = ""
    return page


def load(path: Path) -> Page:
    return parse(path, path.read_text(encoding="utf-8"))


def environment(home: Path) -> dict[str, str]:
    """That of a reader with the package installed, an empty home, and a terminal of 80 columns."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MISPLACED_", "PYTEST_"))}
    kept.pop("FORCE_COLOR", None)
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    terminal = {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    return {**kept, **terminal, "PATH": path, "HOME": str(home), "PYTHONSAFEPATH": "1", "MARK": _MARK}


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    home = folder.with_name("home")
    home.mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", "-c", _PREAMBLE + script + _POSTSCRIPT],
        cwd=folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )


def run_sh(block: Block, where: str, folder: Path) -> None:
    done = bash(block.content, folder)
    assert done.returncode == block.status, f"{where}: ended with {done.returncode}\n{done.stdout}"


def dialogue(content: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block with the output that is shown for each."""
    command, output = "", ""
    for line in content.splitlines(keepends=True):
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], ""
        elif command.endswith("\\\n") and not output:
            command += line.removeprefix("> ")
        else:
            output += line
    yield command, output


def run_console(block: Block, where: str, folder: Path) -> None:
    shown = list(dialogue(block.content))
    assert shown[0][0], f"{where}: a console block begins with a command, after '$ '"
    done = bash("".join(f"{command.rstrip()}\n__mark\n" for command, _ in shown), folder)
    assert _MARK in done.stdout, f"{where}: {done.stdout}"
    real = re.split(rf"\n?\n{_MARK} \d+\n", done.stdout)
    for (command, output), got in zip(shown, real, strict=False):
        assert same(output, got), f"{where}: {command}shown:\n{output}\nreal:\n{got}"
    assert done.returncode == block.status, f"{where}: ended with {done.returncode}\n{done.stdout}"
    assert len(real) > len(shown) or block.status, f"{where}: ended early\n{done.stdout}"


def same(shown: str, real: str) -> bool:
    """Compare outputs: ``...`` stands for anything, decimals may differ a little."""
    shown, real = ("\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (shown, real))
    checker = doctest.OutputChecker()
    as_text = [_DECIMAL.sub("#.#", text) + "\n" for text in (shown, real)]
    if not checker.check_output(*as_text, doctest.ELLIPSIS | doctest.DONT_ACCEPT_BLANKLINE):
        return False
    if "..." in shown:
        return True
    numbers = [[float(number) for number in _DECIMAL.findall(text)] for text in (shown, real)]
    return numbers[0] == pytest.approx(numbers[1], abs=TOLERANCE)


def run_python(block: Block, where: str, names: dict[str, Any]) -> None:
    if ">>> " not in block.content:
        exec(compile(block.content, where, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.content, names, where, where, block.line)
    told: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    outcome = runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert outcome.failed == 0, "".join(told)


def follow(page: Page, folder: Path) -> None:
    """Do what a page says, from its first block to its last."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in page.blocks:
        where = page.where(block)
        if block.reason is not None:
            continue
        if block.file is not None:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.content, encoding="utf-8")
        elif block.language == "sh":
            run_sh(block, where, folder)
        elif block.language == "console":
            run_console(block, where, folder)
        elif block.language == "python":
            run_python(block, where, names)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader would follow a page: an empty folder but for examples and samples."""
    place = tmp_path / "reader"
    place.mkdir()
    shutil.copytree(ROOT / "examples", place / "examples")
    shutil.copytree(ROOT / "docs/samples", place / "samples")
    monkeypatch.chdir(place)
    for name, value in environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    for name in [name for name in os.environ if name.startswith("MISPLACED_")]:
        monkeypatch.delenv(name)
    return place


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_block_does_what_it_shows(path: Path, folder: Path, require: Callable[[str], None]) -> None:
    page = load(path)
    for package in page.needs:
        require(package)
    follow(page, folder)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_blocks_are_named_so_that_they_are_run(path: Path) -> None:
    page = load(path)
    for block in page.blocks:
        assert block.language not in MISNAMED, f"{page.where(block)}: sh, console, python, text or a format?"


def test_blocks_that_are_not_run_are_few_and_say_why() -> None:
    """``pytest tests/docs -rP -k not_run`` lists them."""
    pages = [load(path) for path in PAGES]
    blocks = [(page, block) for page in pages for block in page.blocks if block.language in RUN]
    left_out = [(page, block) for page, block in blocks if block.reason is not None]
    print(f"{len(left_out)} of {len(blocks)} blocks are not run:")  # noqa: T201 - the list that is asked for
    for page, block in left_out:
        assert len((block.reason or "").split()) > 1, f"{page.where(block)}: why is it not run?"
        print(f"{page.where(block)}: {block.reason}")  # noqa: T201
    assert len(left_out) <= MOST_LEFT_OUT * len(blocks)


def written(text: str) -> Page:
    return parse(ROOT / "docs/page.md", text)


@pytest.mark.parametrize(
    "text",
    [
        "```sh\nfalse\n```\n",
        "```sh\nfalse | cat\ntrue\n```\n",
        "```sh\nls missing\ntrue\n```\n",
        "```sh\ntrue && false && true\n```\n",
        "```sh\ndetect missing.txt\n```\n",
        "```sh\ndetect --no-such-option examples/news.txt\n```\n",
        "<!-- status: 3 -->\n```sh\nexit 4\n```\n",
        "<!-- status: 1 -->\n```sh\ntrue\n```\n",
        "```console\n$ echo yes\nno\n```\n",
        "```console\n$ echo 0.50\n0.60\n```\n",
        "```console\n$ ls missing\n...\n$ true\n```\n",
        "```python\nassert False\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
    ],
)
def test_what_does_not_work_is_found(text: str, folder: Path) -> None:
    with pytest.raises(AssertionError):
        follow(written(text), folder)


@pytest.mark.parametrize(
    "text",
    [
        "```sh\ndetect -q examples/news.txt\ntest $? = 1\n```\n",
        "```sh\ndetect -q examples/news.txt\n```\n",
        "<!-- status: 3 -->\n```sh\nexit 3\n```\n",
        "```console\n$ echo a \\\n>   b\na b\n$ detect -q examples/digest.md\n$ echo $?\n0\n```\n",
        "```console\n$ echo 0.50 and\n0.51 and\n$ printf 'a\\nb\\nc\\n'\na\n...\nc\n```\n",
        "<!-- not run: this one cannot work -->\n<!-- command: a -->\n```sh\nfalse\n```\n",
        "```sh\ntrue && detect -q examples/news.txt\n```\n",
        "```console\n$ detect -q examples/news.txt >found\n$ echo $?\n1\n$ detect -q examples >found\n```\n",
        "```sh\nMISPLACED_THRESHOLD=0.5 A=1 detect -q examples/news.txt\n```\n",
        "```sh\ndetect -q examples/news.txt\ntrue\n```\n",
        '```toml title="conf/a.toml"\nx = 1\n```\n\n```sh\ngrep -q "x = 1" conf/a.toml\n```\n',
        "```python\nx = 1\n```\n\ntext\n\n```python\n>>> x + 1\n2\n```\n",
    ],
)
def test_what_works_passes(text: str, folder: Path) -> None:
    follow(written(text), folder)
