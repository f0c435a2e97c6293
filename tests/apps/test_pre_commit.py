"""The hook in runs of the real pre-commit, on real repositories."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
PAGE = "docs/how-to/pre-commit.md"


@pytest.fixture
def environment(tmp_path):
    """Nothing of the hook or the settings that these tests may themselves be run from."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    identity = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org"}
    committer = {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org"}
    return (
        kept
        | identity
        | committer
        | {"PRE_COMMIT_HOME": str(tmp_path / "hooks"), "GIT_CONFIG_GLOBAL": os.devnull}
    )


@pytest.fixture
def call(environment, require):
    require("pre_commit")

    def in_folder(folder, *command, check=True):
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=check
        )

    return in_folder


@pytest.fixture
def repository(tmp_path, call, articles_folder):
    """A repository of articles, and of files that are none but would be flagged."""
    foreign = (articles_folder / "news.txt").read_text(encoding="utf-8")
    for name in (
        "requirements-dev.txt",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "docs/page.html",
        "data.csv",
    ):
        path = tmp_path / "repository" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(foreign, encoding="utf-8")
    folder = tmp_path / "repository"
    shutil.move(articles_folder, folder)
    for name in ("security.md", "news-requirements.txt"):
        (folder / "articles" / name).write_text(foreign, encoding="utf-8")
    call(folder, "git", "init", "-q")
    return folder


def run_hook(call, folder, configuration):
    (folder / ".pre-commit-config.yaml").write_text(configuration, encoding="utf-8")
    call(folder, "git", "add", "-A")
    return call(
        folder, sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never", check=False
    )


def flagged_files(output):
    return {
        line.split(":")[0] for line in output.splitlines() if re.search(r": (off_topic|boilerplate) ", line)
    }


def local(require, **changes):
    """The hook as the manifest has it, run from this environment instead of one of its own."""
    yaml = require("yaml")
    (hook,) = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    code = "from misplaced.apps.cli import detect_main; detect_main()"
    program, *options = shlex.split(hook["entry"])
    assert program == "detect"
    hook |= {"language": "system", "entry": shlex.join([sys.executable, "-P", "-c", code, *options])}
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook | changes]}]})


def test_manifest_is_valid(call):
    call(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST))


def test_articles_are_taken_and_nothing_else(call, repository, require):
    result = run_hook(call, repository, local(require))
    assert result.returncode == 1
    articles = {"articles/news.txt", "articles/security.md", "articles/news-requirements.txt"}
    assert flagged_files(result.stdout) == articles


def test_files_and_options_are_the_users(call, repository, require):
    result = run_hook(call, repository, local(require, files="^articles/news", args=["--threshold=0.99"]))
    assert flagged_files(result.stdout) == {"articles/news.txt", "articles/news-requirements.txt"}
    assert len(re.findall("off_topic", result.stdout)) == 0
    result = run_hook(call, repository, local(require, files="^articles/longread"))
    assert (result.returncode, flagged_files(result.stdout)) == (0, set())


def test_fix_stops_the_commit_once(call, repository, require):
    configuration = local(require, files="^articles/", args=["--fix"])
    result = run_hook(call, repository, configuration)
    assert result.returncode == 1
    assert "files were modified by this hook" in result.stdout
    assert "More Top Stories" not in (repository / "articles/news.txt").read_text(encoding="utf-8")
    assert run_hook(call, repository, configuration).returncode == 0


def test_hook_installs_from_a_clone_and_does_what_the_page_shows(
    call, repository, checkout, blocks, complete
):
    call(checkout, "git", "init", "-q")
    call(checkout, "git", "add", "-A", "-f")
    call(checkout, "git", "commit", "-q", "-m", "all")
    revision = call(checkout, "git", "rev-parse", "HEAD").stdout.strip()

    (configuration,) = blocks(PAGE, "file: .pre-commit-config.yaml")
    (shown,) = blocks(PAGE, "output: pre-commit run")
    for name in ("security.md", "news-requirements.txt"):
        (repository / "articles" / name).unlink()
    filled = configuration.replace("REPOSITORY", str(checkout)).replace("REVISION", revision)
    result = run_hook(call, repository, filled)
    real = result.stdout[result.stdout.index("misplaced....") :]
    assert simplified(real) == simplified(shown), result.stdout + result.stderr
    assert result.returncode == 1


def simplified(text):
    """A text without the numbers that a processor's rounding moves."""
    return re.sub(r"-?\d+\.\d+|\d+(?=%)", "#", text).strip()
