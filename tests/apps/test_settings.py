"""Settings: where they are found, which wins, and what is refused."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from misplaced.apps import cli
from misplaced.apps.settings import Resolver
from misplaced.apps.settings.schema import BY_NAME, SETTINGS, from_text
from misplaced.apps.settings.selection import Selection
from misplaced.errors import SettingsError, UsageError
from misplaced.inputs import expand

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    return folder


def write(path: str, text: str) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


PLACES = ("flag", "environment", "override", "file")


@pytest.mark.parametrize("said", [s for n in range(5) for s in itertools.combinations(PLACES, n)])
def test_the_more_specific_place_wins(said: tuple[str, ...]) -> None:
    value = dict(zip(PLACES, (0.1, 0.2, 0.3, 0.4), strict=True))
    text = f"threshold = {value['file']}\n" if "file" in said else ""
    if "override" in said:
        text += f'[[overrides]]\nfiles = ["docs/**"]\nthreshold = {value["override"]}\n'
    write("misplaced.toml", text)
    resolver = Resolver(
        {"threshold": value["flag"]} if "flag" in said else {},
        environment={"MISPLACED_THRESHOLD": str(value["environment"])} if "environment" in said else {},
    )
    wins = next((place for place in PLACES if place in said), "default")
    found = resolver.of_file("docs/a.md").values["threshold"]
    assert (found.kind, found.value) == (wins, value.get(wins))
    expected = next((place for place in PLACES if place in said and place != "override"), "default")
    assert resolver.run.values["threshold"].kind == expected
    assert resolver.of_file("other/a.md").values["threshold"].kind == expected


def test_every_setting_can_be_said_in_a_file_in_the_environment_and_by_a_flag() -> None:
    said = {
        "share": ("0.5", "0.5"),
        "switch": ("true", "1"),
        "name": ('"other"', "other"),
        "path": ('"known.json"', "known.json"),
        "patterns": ('["a/", "*.md"]', "a/, *.md"),
    }
    for setting in SETTINGS:
        if setting.kind == "choice":
            in_environment = setting.choices[-1]
            in_file = json.dumps(in_environment)
        else:
            in_file, in_environment = said[setting.kind]
        write("misplaced.toml", f"{setting.name} = {in_file}\n")
        of_file = Resolver(environment={}).run.values[setting.name]
        of_environment = Resolver(environment={setting.variable: in_environment}, isolated=True).run.values[
            setting.name
        ]
        assert of_file.value == of_environment.value, setting.name
        assert (of_file.where, of_environment.where) == ("misplaced.toml:1", setting.variable)
        assert Resolver({setting.name: of_file.value}, environment={}).run[setting.name] == of_file.value


def test_an_empty_variable_is_not_set() -> None:
    assert Resolver(environment={"MISPLACED_THRESHOLD": ""}).run["threshold"] is None


def test_the_last_override_that_matches_and_says_something_wins() -> None:
    write(
        "misplaced.toml",
        'threshold = 0.5\n[[overrides]]\nfiles = ["*.md"]\nthreshold = 0.6\nsentence-threshold = 0.7\n'
        '[[overrides]]\nfiles = ["docs/", "!docs/b.md"]\nthreshold = 0.8\n',
    )
    resolver = Resolver(environment={})
    assert resolver.thresholds("docs/a.md") == (0.8, 0.7)
    assert resolver.thresholds("docs/deep/a.txt") == (0.8, None)
    assert resolver.thresholds("docs/b.md") == (0.6, 0.7)
    assert resolver.thresholds("../project/docs/a.md") == (0.8, 0.7)
    assert resolver.thresholds("a.txt") == (0.5, None)
    assert resolver.of_file("docs/a.md").values["threshold"].where == "misplaced.toml:8"
    assert resolver.thresholds(None) == (0.5, None)


def test_the_closest_settings_file_counts(here: Path) -> None:
    write("../misplaced.toml", "threshold = 0.1\n")
    write("pyproject.toml", "[tool.other]\nx = 1\n")
    write("a/pyproject.toml", "[tool.misplaced]\nthreshold = 0.2\n")
    write("a/b/pyproject.toml", "[tool.misplaced]\nthreshold = 0.3\n")
    write("a/b/misplaced.toml", "threshold = 0.4\n")
    write("a/c/pyproject.toml", "[tool.misplaced]\n")
    resolver = Resolver(environment={})
    expected = {
        "x.md": 0.1,
        "a/x.md": 0.2,
        "a/d/x.md": 0.2,
        "a/b/x.md": 0.4,
        "a/b/e/f/x.md": 0.4,
        "a/c/x.md": None,
    }
    assert {path: resolver.thresholds(path)[0] for path in expected} == expected
    assert resolver.thresholds(str(here / "a/x.md"))[0] == 0.2
    assert resolver.run.values["threshold"].where == "../misplaced.toml:1"


def test_one_file_alone_or_none(here: Path) -> None:
    write("misplaced.toml", "threshold = 0.1\n")
    write("a/misplaced.toml", "threshold = 0.2\n")
    write("c/any.toml", 'threshold = 0.3\nbaseline = "known.json"\n')
    alone = Resolver(config=Path("c/any.toml"), environment={})
    assert (alone.thresholds("a/x.md")[0], alone.run["threshold"]) == (0.3, 0.3)
    assert alone.run["baseline"] == Path("c/known.json")
    none = Resolver(isolated=True, environment={})
    assert (none.thresholds("a/x.md")[0], none.run["threshold"]) == (None, None)
    with pytest.raises(UsageError):
        Resolver(config=Path("c/any.toml"), isolated=True)
    write("pyproject.toml", "[tool.other]\n")
    with pytest.raises(SettingsError, match=r"has no table \[tool.misplaced\]"):
        Resolver(config=Path("pyproject.toml")).of_folder(".")
    with pytest.raises(SettingsError, match=r"gone.toml: cannot be read: no such file"):
        Resolver(config=Path("gone.toml")).of_folder(".")


def test_paths_start_from_the_settings_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("misplaced.toml", 'model = "models/own"\nbaseline = "known.json"\n')
    Path("models/own").mkdir(parents=True)
    Path("docs").mkdir()
    monkeypatch.chdir("docs")
    run = Resolver(environment={}).run
    assert Path(run["model"]).samefile("../models/own")
    assert run["baseline"] == Path("../known.json")
    write("../misplaced.toml", 'model = "fast"\n')
    assert Resolver(environment={}).run["model"] == "fast"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\ntreshold = 0.5\n", "misplaced.toml:2: unknown setting 'treshold'; did you mean 'threshold'?"),
        (
            "output_format = 1\n",
            "misplaced.toml:1: unknown setting 'output_format'; did you mean 'output-format'?",
        ),
        ("[override]\nx = 1\n", "misplaced.toml:1: unknown setting 'override'; did you mean 'overrides'?"),
        (
            'threshold = "high"\n',
            "misplaced.toml:1: threshold must be a number above 0 and at most 1, not the string 'high'",
        ),
        (
            "threshold = true\n",
            "misplaced.toml:1: threshold must be a number above 0 and at most 1, not true",
        ),
        ("threshold = 7\n", "misplaced.toml:1: threshold must be a number above 0 and at most 1, not 7"),
        ("second-look = 1\n", "misplaced.toml:1: second-look must be true or false, not 1"),
        (
            'level = "word"\n',
            "misplaced.toml:1: level must be one of paragraph, sentence, not the string 'word'",
        ),
        ('exclude = "a"\n', "misplaced.toml:1: exclude must be a list of patterns, not the string 'a'"),
        ('exclude = ["!"]\n', "misplaced.toml:1: '!' is no pattern of files"),
        ("threshold = \n", "misplaced.toml:1: is not valid TOML: invalid value"),
        (
            "overrides = 1\n",
            "misplaced.toml:1: overrides must be tables; write [[overrides]]",
        ),
        (
            "threshold = 1\n\n[[overrides]]\nthreshold = 0.5\n",
            'misplaced.toml:3: an override needs files, a list of patterns; add files = ["docs/**"]',
        ),
        (
            '[[overrides]]\nfiles = ["a"]\n\n[[overrides]]\nfiles = ["b"]\nmodel = "x"\n',
            "misplaced.toml:6: model cannot be set for some files only; "
            "overrides take threshold, sentence-threshold",
        ),
        (
            '[[overrides]]\nfiles = ["a"]\nthresold = 1\n',
            "misplaced.toml:3: unknown setting 'thresold'; did you mean 'threshold'?",
        ),
    ],
)
def test_what_is_wrong_is_named_by_file_line_and_key(text: str, message: str) -> None:
    write("misplaced.toml", text)
    with pytest.raises(SettingsError) as error:
        Resolver(environment={}).of_folder(".")
    assert str(error.value) == message


def test_lines_are_those_of_a_shared_file_too() -> None:
    write("pyproject.toml", '[project]\nthreshold = 1\n\n[tool.misplaced]\n# c\n"threshold" = 2\n')
    with pytest.raises(SettingsError, match=r"^pyproject.toml:6: threshold must be"):
        Resolver(environment={}).of_folder(".")
    write("pyproject.toml", '[[tool.misplaced.overrides]]\nfiles = ["a"]\nlevel = "sentence"\n')
    with pytest.raises(SettingsError, match=r"^pyproject.toml:3: level cannot be set"):
        Resolver(environment={}).of_folder(".")


def test_a_broken_file_of_others_is_passed_over_and_one_that_may_be_meant_is_not() -> None:
    write("pyproject.toml", "[project\n")
    assert Resolver(environment={}).run.file is None
    write("pyproject.toml", "[tool.misplaced\n")
    with pytest.raises(SettingsError, match=r"pyproject.toml:1: is not valid TOML"):
        Resolver(environment={}).of_folder(".")
    Path("pyproject.toml").write_bytes(b"# misplaced \xff\n")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        Resolver(environment={}).of_folder(".")


@pytest.mark.parametrize(
    "name", [setting.name for setting in SETTINGS if setting.kind in ("share", "switch", "choice")]
)
def test_a_variable_of_the_wrong_kind_is_named(name: str) -> None:
    variable = BY_NAME[name].variable
    with pytest.raises(SettingsError, match=f"^{variable}: {name} must be "):
        Resolver(environment={variable: "nonsense"}).of_folder(".")
    with pytest.raises(ValueError, match="must be"):
        from_text(BY_NAME["threshold"], "nan")


def test_what_other_settings_say_of_a_run_is_told_once() -> None:
    write("misplaced.toml", 'level = "sentence"\n')
    write("a/misplaced.toml", 'threshold = 0.5\nlevel = "paragraph"\n')
    write("b/misplaced.toml", 'level = "sentence"\n')
    told: list[str] = []
    resolver = Resolver(environment={}, warn=told.append)
    for path in ("a/x.md", "a/b/x.md", "b/x.md", "x.md"):
        resolver.of_file(path)
    assert told == ["a/misplaced.toml:2: level has no effect; it holds for a run, not for a file of it"]


def taken(inputs: Iterable[str], **flags: object) -> list[str]:
    resolver = Resolver({name.replace("_", "-"): value for name, value in flags.items()}, environment={})
    return [str(found) for found in expand(inputs, Selection(resolver))]


def test_files_found_are_chosen_and_named_ones_are_not() -> None:
    for path in ("a.md", "b.rst", "c.txt", "drafts/d.md", "x/drafts/e.md", "x/CHANGES.md"):
        write(path, "text")
    write("misplaced.toml", 'exclude = ["drafts/", "/x/CHANGES.md"]\n')
    assert taken(["."]) == ["./a.md", "./c.txt"]
    assert taken(["**/*.md"]) == ["a.md"]
    assert taken(["drafts/d.md", "x"]) == ["drafts/d.md"]
    assert taken(["drafts/d.md", "a.md"], force_exclude=True) == ["a.md"]
    assert taken(["."], exclude=["*.md"]) == ["./c.txt"]
    write("misplaced.toml", 'include = ["*.rst", "x/**/*.md"]\n')
    assert taken(["."]) == ["./b.rst", "./x/CHANGES.md", "./x/drafts/e.md"]
    assert taken(["a.md", "*.txt"]) == ["a.md", "c.txt"]
    write("x/misplaced.toml", 'exclude = ["drafts"]\n')
    assert taken(["."]) == ["./b.rst", "./x/CHANGES.md"]


def test_config_shows_what_is_in_force_and_from_where() -> None:
    write(
        "pyproject.toml",
        '[tool.misplaced]\nthreshold = 0.8\nexclude = ["docs/"]\n'
        '[[tool.misplaced.overrides]]\nfiles = ["*.md"]\nthreshold = 0.9\n',
    )
    runner = CliRunner()
    shown = runner.invoke(cli.app, ["config"], env={"MISPLACED_LEVEL": "sentence"}).stdout
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines()[2:]}
    assert list(rows) == [setting.name for setting in SETTINGS]
    assert rows["threshold"] == ["0.8", "pyproject.toml:2"]
    assert rows["level"] == ["sentence", "MISPLACED_LEVEL"]
    assert rows["second-look"] == ["true", "default"]
    shown = runner.invoke(cli.app, ["config", "docs/a.md"]).stdout
    assert "0.9                          pyproject.toml:6 (override)" in shown
    assert "docs/a.md is excluded" in shown
    value = json.loads(runner.invoke(cli.app, ["config", "docs/a.md", "-f", "json"]).stdout)
    assert value["settings"]["threshold"] == {"value": 0.9, "kind": "override", "where": "pyproject.toml:6"}
    assert (value["excluded"], value["settings_file"]) == (True, "pyproject.toml")
    assert runner.invoke(cli.app, ["config", "--isolated"]).stdout.count("default") == len(SETTINGS)


def test_init_writes_a_file_that_changes_nothing_and_never_replaces_one() -> None:
    runner = CliRunner()
    assert runner.invoke(cli.app, ["init"]).exit_code == 0
    before = Resolver(isolated=True, environment={}).run
    after = Resolver(environment={}).run
    assert after.file is not None
    assert after.values == before.values
    assert all(f"# {setting.name} = " in Path("misplaced.toml").read_text() for setting in SETTINGS)
    again = runner.invoke(cli.app, ["init"])
    assert (again.exit_code, again.stderr) == (
        2,
        "error: misplaced.toml: is there already; nothing was written\n",
    )


def test_every_line_of_the_template_is_a_setting_once_it_is_no_comment() -> None:
    from misplaced.apps.init import template

    lines = template().splitlines()
    text = "\n".join(line[2:] if " = " in line or "[[" in line else line for line in lines)
    write("misplaced.toml", text)
    said = Resolver(environment={}).of_file("archive/a.md")
    assert said.file is not None
    assert set(said.file.values) == set(BY_NAME)
    assert said["threshold"] == 0.95


@pytest.mark.parametrize("before", ["", "[project]\nname = 'x'", "[project]\r\nname = 'x'\r\n", "# c\n\n"])
def test_init_adds_to_a_pyproject_and_leaves_the_rest(before: str) -> None:
    path = Path("pyproject.toml")
    path.write_bytes(before.encode())
    runner = CliRunner()
    assert runner.invoke(cli.app, ["init"]).exit_code == 0
    after = path.read_bytes().decode()
    assert after.startswith(before)
    assert after.count("\r\n") == (after.count("\n") if "\r" in before else 0)
    file = Resolver(environment={}).run.file
    assert (file is not None, file and file.values) == (True, {})
    assert runner.invoke(cli.app, ["init"]).exit_code == 2
    assert path.read_bytes().decode() == after
    assert runner.invoke(cli.app, ["init", "--standalone"]).exit_code == 0
    assert Path("misplaced.toml").exists()


def test_init_refuses_what_it_would_break() -> None:
    path = write("pyproject.toml", "tool = {other = 1}\n")
    result = CliRunner().invoke(cli.app, ["init"])
    assert (result.exit_code, path.read_text()) == (2, "tool = {other = 1}\n")
    assert "--standalone" in result.stderr
    assert CliRunner().invoke(cli.app, ["init", "gone"]).exit_code == 2


ROOT = Path(__file__).parent.parent.parent


def test_the_guide_names_every_setting_and_its_example_is_one() -> None:
    guide = (ROOT / "docs/how-to/settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([\w-]+)` \|", guide, re.MULTILINE) == [setting.name for setting in SETTINGS]
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    write("misplaced.toml", example)
    assert Resolver(environment={}).thresholds("archive/1998/a.md") == (0.97, None)
    (shared,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    write("x/pyproject.toml", shared)
    assert Resolver(environment={}).thresholds("x/archive/a.md") == (0.97, None)


def test_every_setting_but_include_has_a_flag() -> None:
    command = cli.LazyGroup().get_command(None, "detect")
    flags = {option for parameter in command.params for option in parameter.opts}
    assert {setting.name for setting in SETTINGS if f"--{setting.name}" not in flags} == {"include"}
