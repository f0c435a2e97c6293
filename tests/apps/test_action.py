"""The GitHub action: valid by the published schema, its scripts run as the runner runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from misplaced.apps.reporters import Format

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
PAGE = "docs/how-to/github-action.md"
BASH = shutil.which("bash")

pytestmark = pytest.mark.skipif(BASH is None, reason="the action's scripts are for bash")


@pytest.fixture(scope="module")
def yaml(require):
    return require("yaml")


@pytest.fixture(scope="module")
def action(yaml):
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


def step(action, name):
    (found,) = [step for step in action["runs"]["steps"] if step["name"] == name]
    return found


def environment(action, name, inputs, runner, path=ROOT):
    """What the runner puts into the environment of a step of the action at a path."""
    values = {key: of_input["default"] for key, of_input in action["inputs"].items()} | inputs
    known = {f"inputs.{key}": value for key, value in values.items()} | {"github.action_path": str(path)}
    of_step = {
        variable: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: known[match[1]], text)
        for variable, text in step(action, name)["env"].items()
    }
    return {**os.environ, **of_step, "RUNNER_TEMP": str(runner)}


def run_script(script, environment, folder):
    """Run a script as the runner does: from a file, by bash without start-up files."""
    path = Path(environment["RUNNER_TEMP"]) / "script.sh"
    path.write_text(script, encoding="utf-8")
    return subprocess.run(
        [str(BASH), "--noprofile", "--norc", "-e", "-o", "pipefail", str(path)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def runner(tmp_path):
    """A runner on which the package is installed already: the environment of these tests."""
    programs = tmp_path / "runner/misplaced/bin"
    programs.mkdir(parents=True)
    program = programs / "detect"
    code = "from misplaced.apps.cli import detect_main; detect_main()"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -P -c '{code}' \"$@\"\n", encoding="utf-8")
    program.chmod(0o755)
    return tmp_path / "runner"


@pytest.fixture
def detect(action, runner, articles_folder):
    """Run the step that judges, in the folder above the articles."""

    def with_inputs(**inputs):
        settings = {"output-format": "concise"} | {key.replace("_", "-"): v for key, v in inputs.items()}
        prepared = environment(action, "Detect", settings, runner)
        return run_script(step(action, "Detect")["run"], prepared, articles_folder.parent)

    return with_inputs


def check_schema(require, schema, *paths):
    require("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_action_is_valid(require):
    check_schema(require, "vendor.github-actions", ACTION)


def test_inputs_never_become_part_of_a_script(action):
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert not [script for script in scripts if "${{" in script or "eval" in script]
    for one in action["inputs"].values():
        assert one["description"]
    used = set(re.findall(r"inputs\.([\w-]+)", ACTION.read_text(encoding="utf-8")))
    assert used == set(action["inputs"])


def test_findings_fail_the_step(detect):
    run = detect(paths="articles")
    assert run.returncode == 1, run.stderr
    assert [line.split(" ")[:2] for line in run.stdout.splitlines()] == [
        ["articles/news.txt:15:1:", "off_topic"],
        ["articles/news.txt:30:1:", "boilerplate"],
    ]
    assert detect(paths="articles/longread.txt").returncode == 0


def test_default_format_is_one_that_exists_where_it_is_released(action, detect):
    wanted = action["inputs"]["output-format"]["default"]
    assert wanted == "github"
    if wanted not in list(Format):
        pytest.skip("this version has no output format of the name")
    run = detect(paths="articles", output_format=wanted)
    assert run.returncode == 1
    assert "file=articles/news.txt,line=15" in run.stdout


def test_inputs_reach_the_command(detect, articles_folder):
    assert detect(paths="articles", threshold="1").returncode == 0
    assert detect(paths="articles", args="--exit-zero\n  --quiet").returncode == 0
    wrong = detect(paths="articles", threshold="high")
    assert wrong.returncode == 2
    assert "--threshold" in wrong.stderr
    spaced = articles_folder.parent / "more articles"
    articles_folder.rename(spaced)
    shutil.copy(spaced / "news.txt", spaced.parent / "-f.txt")
    run = detect(paths="more articles/long*.txt\n\n-f.txt\n")
    assert run.returncode == 1
    assert {line.split(":")[0] for line in run.stdout.splitlines()} == {"-f.txt"}


@pytest.mark.parametrize("name", ["paths", "args", "threshold", "output_format"])
def test_hostile_inputs_are_data(detect, articles_folder, name):
    hostile = (
        "$(touch owned)",
        "`touch owned`",
        '"; touch owned; "',
        "'; touch owned; '",
        "a\ntouch owned",
        "&& x",
    )
    run = detect(**({"paths": "articles"} | {name: "\n".join(hostile)}))
    assert run.returncode == 2
    assert not (articles_folder.parent / "owned").exists()
    assert "Traceback" not in run.stderr
    assert "command not found" not in run.stderr


def test_install_step_makes_what_the_next_step_runs(action, tmp_path, articles_folder, checkout, complete):
    runner = tmp_path / "runner"
    programs = tmp_path / "bin"
    for folder in (runner, programs):
        folder.mkdir()
    (programs / "python").symlink_to(sys.executable)
    # Dependencies are those of this environment: pre-commit's test installs them all.
    prepared = environment(action, "Install misplaced", {}, runner, checkout) | {"PIP_NO_DEPS": "1"}
    prepared["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    run = run_script(step(action, "Install misplaced")["run"], prepared, tmp_path)
    assert run.returncode == 0, run.stderr
    libraries = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    settings = {"paths": "articles", "output-format": "concise"}
    prepared = environment(action, "Detect", settings, runner) | {"PYTHONPATH": os.pathsep.join(libraries)}
    run = run_script(step(action, "Detect")["run"], prepared, articles_folder.parent)
    assert run.returncode == 1, run.stderr
    installed = sysconfig.get_path("purelib", vars={"base": str(runner / "misplaced")})
    assert (Path(installed) / "misplaced/apps/cli.py").is_file()
    assert len(run.stdout.splitlines()) == 2


def test_workflow_of_the_page_is_valid(yaml, action, blocks, require, tmp_path):
    (shown,) = blocks(PAGE, "file: .github/workflows/articles.yml")
    path = tmp_path / "articles.yml"
    path.write_text(shown, encoding="utf-8")
    check_schema(require, "vendor.github-workflows", path)
    *_, last = yaml.safe_load(shown)["jobs"]["misplaced"]["steps"]
    assert set(last["with"]) <= set(action["inputs"])
    named = set(re.findall(r"^\| `([\w-]+)` \|", (ROOT / PAGE).read_text(encoding="utf-8"), re.MULTILINE))
    assert named == set(action["inputs"])
