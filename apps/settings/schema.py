"""Which settings there are: their names, what they may be, and what they are when nobody says anything.

Everything else of the settings, and the commands ``config`` and ``init``, read this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from misplaced.apps.level import Level
from misplaced.apps.reporters import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal["share", "switch", "choice", "name", "path", "patterns"]

#: The table of a settings file that holds what is different for some files.
OVERRIDES = "overrides"
#: The patterns of an override.
FILES = "files"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes
    ----------
    name : str
        As it is written in files; the flag is ``--name``, the variable ``MISPLACED_NAME``.
    kind : {"share", "switch", "choice", "name", "path", "patterns"}
        A number above 0 and at most 1; true or false; one of `choices`; a model's name or folder; a
        file; a list of patterns as in ``.gitignore``.
    help : str
        One sentence.
    default : object
        What holds without it.
    default_text : str
        The default as it is shown, where that says more.
    per_file : bool
        It is looked up for each article, and may stand in overrides; others hold for the whole run.
    choices : tuple of str
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    default_text: str = ""
    per_file: bool = False
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """Name of its environment variable."""
        return f"MISPLACED_{self.name.replace('-', '_').upper()}"

    @property
    def expects(self) -> str:
        """What its value must be, in words."""
        words = {
            "share": "a number above 0 and at most 1",
            "switch": "true or false",
            "name": "the name or folder of a model",
            "path": "the name of a file",
            "patterns": "a list of patterns",
        }
        return f"one of {', '.join(self.choices)}" if self.kind == "choice" else words[self.kind]


_FORMATS = tuple(each.value for each in Format)
_LEVELS = tuple(each.value for each in Level)

SETTINGS = (
    Setting(
        "threshold",
        "share",
        "Flag where 1 - coherence reaches this; lower flags more.",
        default_text="the model's",
        per_file=True,
    ),
    Setting(
        "sentence-threshold",
        "share",
        "The same for sentences within paragraphs.",
        default_text="threshold, or the model's",
        per_file=True,
    ),
    Setting("model", "name", "The model to judge with.", default_text="the bundled one"),
    Setting(
        "level",
        "choice",
        "What is judged: sentence also points at foreign sentences within paragraphs.",
        default=Level.PARAGRAPH.value,
        choices=_LEVELS,
    ),
    Setting(
        "second-look", "switch", "Read doubtful paragraphs again between their neighbours.", default=True
    ),
    Setting(
        "output-format",
        "choice",
        "How results are written.",
        default=Format.FULL.value,
        choices=_FORMATS,
    ),
    Setting(
        "include",
        "patterns",
        "Files that are found in folders.",
        default_text="files with a known suffix",
        per_file=True,
    ),
    Setting(
        "exclude",
        "patterns",
        "Files and folders that are passed over where they are found in folders or by patterns.",
        default=(),
        per_file=True,
    ),
    Setting("force-exclude", "switch", "Pass over excluded files that are named, too.", default=False),
    Setting("baseline", "path", "Known findings, which stay quiet.", default_text="none"),
    Setting(
        "report-unused",
        "switch",
        "Report directives that silence nothing and baseline entries that are found no more.",
        default=False,
    ),
    Setting("exit-zero", "switch", "Exit with 0 when something is flagged.", default=False),
)

BY_NAME = {setting.name: setting for setting in SETTINGS}

#: Settings that may stand in an override.
OVERRIDABLE = ("threshold", "sentence-threshold")


def from_toml(setting: Setting, value: object) -> Any:
    """Check a value of a settings file.

    Returns
    -------
    float, bool, str or tuple of str

    Raises
    ------
    ValueError
        Says what it must be and what it is.
    """
    checks: dict[str, Callable[[Any], bool]] = {
        "share": lambda v: isinstance(v, int | float) and not isinstance(v, bool) and 0.0 < v <= 1.0,
        "switch": lambda v: isinstance(v, bool),
        "choice": lambda v: v in setting.choices,
        "name": lambda v: isinstance(v, str) and bool(v.strip()),
        "path": lambda v: isinstance(v, str) and bool(v.strip()),
        "patterns": lambda v: isinstance(v, list) and all(isinstance(each, str) for each in v),
    }
    if not checks[setting.kind](value):
        raise ValueError(f"{setting.name} must be {setting.expects}, not {_shown(value)}")
    if setting.kind == "patterns" and isinstance(value, list):
        return tuple(value)
    return float(value) if setting.kind == "share" and isinstance(value, int | float) else value


def from_text(setting: Setting, text: str) -> Any:
    """Check the value of an environment variable; as :func:`from_toml`, patterns divided by commas."""
    value: object = text
    if setting.kind == "share":
        try:
            value = float(text)
        except ValueError:
            value = text
    elif setting.kind == "switch":
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        value = known.get(text.strip().lower(), text)
    elif setting.kind == "patterns":
        value = [part.strip() for part in text.split(",") if part.strip()]
    elif setting.kind == "choice":
        value = text.strip().lower()
    return from_toml(setting, value)


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which of the known words may have been meant, or name them all."""
    known = list(known)
    close = get_close_matches(word.replace("_", "-").lower(), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the string {value!r}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a date or time"
