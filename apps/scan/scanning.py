"""What ``scan`` does, behind its options: shards found, those left to do judged, a status at the end.

Leads through the stations: :mod:`.shards`, :mod:`.manifest`, an engine, :mod:`.telling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from misplaced.apps.failure import FAILED, OK
from misplaced.apps.reporters.escaping import message
from misplaced.apps.reporters.tally import count
from misplaced.apps.scan.events import Failed, Warned
from misplaced.apps.scan.manifest import ERRORS, State, model_digest, result_name
from misplaced.apps.scan.settings import LIMIT_CHARS, LIMIT_PARAGRAPHS, Engine, OutputFormat, Settings
from misplaced.apps.scan.shards import find_shards
from misplaced.apps.scan.storage import Storage
from misplaced.apps.scan.telling import Summary, progress
from misplaced.errors import MissingExtraError, UsageError
from misplaced.records import Columns
from misplaced.report import check_threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from misplaced.apps.scan.events import Event
    from misplaced.apps.scan.shards import Shard


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; see ``misplaced scan --help``.

    Attributes
    ----------
    inputs : tuple of str
        Files, folders, patterns; local or fsspec URLs.
    output : str
        A folder, likewise.
    text_column, paragraphs_column : str or None
        Where only one is named, the other is not looked at.
    title_column, id_column : str
    output_format : OutputFormat
    with_text : bool
    threshold : float or None
        None for the model's own.
    model : str or None
    trusted, second_look : bool
    limit_chars, limit_paragraphs : int
    workers : int or None
        None for as many as there are cores.
    engine : Engine
    address : str or None
        Of a Ray cluster.
    overwrite, quiet : bool
    """

    inputs: tuple[str, ...]
    output: str
    text_column: str | None = None
    paragraphs_column: str | None = None
    title_column: str = "title"
    id_column: str = "id"
    output_format: OutputFormat = OutputFormat.PARQUET
    with_text: bool = False
    threshold: float | None = None
    model: str | None = None
    trusted: bool = False
    second_look: bool = True
    limit_chars: int = LIMIT_CHARS
    limit_paragraphs: int = LIMIT_PARAGRAPHS
    workers: int | None = None
    engine: Engine = Engine.LOCAL
    address: str | None = None
    overwrite: bool = False
    quiet: bool = False

    def check(self) -> None:
        """Raise :class:`UsageError` for options that contradict each other or are out of range."""
        if not self.inputs:
            raise UsageError("nothing to read", hint="name files, folders or patterns")
        if self.threshold is not None:
            check_threshold(self.threshold)
        if self.address is not None and self.engine is not Engine.RAY:
            raise UsageError("--address is given without --engine ray", hint="add --engine ray")
        for name in ("workers", "limit_chars", "limit_paragraphs"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"--{name.replace('_', '-')} {value} is out of range", hint="give 1 or more")

    @property
    def columns(self) -> Columns:
        """Where records hold what is needed."""
        named = self.text_column is not None or self.paragraphs_column is not None
        return Columns(
            text=self.text_column if named else "text",
            paragraphs=self.paragraphs_column if named else "paragraphs",
            title=self.title_column,
            id=self.id_column,
        )


def run(options: Options) -> int:
    """Scan the inputs and write the results.

    Returns
    -------
    int
        Exit status: 0 everything is judged, 2 a shard or a record is not.

    Raises
    ------
    MisplacedError
        For contradicting options, an unusable model, and an output folder that holds something else.
    OSError
        If the results cannot be written.
    """
    options.check()
    storage = Storage(options.output)
    shards, missing = find_shards(options.inputs, storage)
    settings, digest = _settings(options)
    _refuse_replacing(shards, storage, settings)
    _require_packages(shards, options)
    for error in missing:
        message(f"error: {error}")
    finished = State(storage, settings, digest).begin(shards, overwrite=options.overwrite) if shards else {}
    left = [shard for shard in shards if shard.name not in finished]
    summary = Summary([done.counts for done in finished.values()])
    with progress(left, quiet=options.quiet) as show:
        for event in _events(left, storage, settings, options):
            show(event)
            summary.take(event)
            if isinstance(event, Failed):
                message(f"error: {event.cause}")
            elif isinstance(event, Warned) and not options.quiet:
                message(f"warning: {event.line}")
    storage.sweep()
    if summary.counts.errors:
        where = f"{storage.url}/{ERRORS}"
        message(f"error: {count(summary.counts.errors, 'record')} could not be judged; {where} says why")
    if not options.quiet:
        message(summary.line(storage.url))
    return FAILED if missing or summary.failed or summary.counts.errors else OK


def _events(
    shards: Sequence[Shard], storage: Storage, settings: Settings, options: Options
) -> Iterator[Event]:
    if not shards:
        return
    if options.engine is Engine.RAY:
        from misplaced.apps.scan.ray import scan_ray

        yield from scan_ray(shards, storage, settings, workers=options.workers, address=options.address)
        return
    from joblib import cpu_count

    from misplaced.apps.scan.local import scan_local

    workers = options.workers or cpu_count(only_physical_cores=True)
    yield from scan_local(shards, storage, settings, workers=workers)


def _settings(options: Options) -> tuple[Settings, str]:
    """Return what decides the results, and the digest of the model, checked."""
    from misplaced.artifact import located
    from misplaced.manifest import read_manifest, verify

    folder = located(options.model)
    manifest = read_manifest(folder)
    verify(folder, manifest)
    settings = Settings(
        threshold=manifest.threshold if options.threshold is None else options.threshold,
        model=None if options.model is None else str(folder.resolve()),
        trusted=options.trusted,
        second_look=options.second_look,
        columns=options.columns,
        output_format=options.output_format,
        with_text=options.with_text,
        limit_chars=options.limit_chars,
        limit_paragraphs=options.limit_paragraphs,
    )
    return settings, model_digest(folder)


def _refuse_replacing(shards: Sequence[Shard], storage: Storage, settings: Settings) -> None:
    inputs = {shard.url: shard.shown for shard in shards}
    for shard in shards:
        target = storage.path(result_name(shard.name, settings))
        for name in (target, storage.files.unstrip_protocol(target)):
            if name in inputs:
                raise UsageError(
                    "the results would replace an input", where=inputs[name], hint="choose another folder"
                )


def _require_packages(shards: Sequence[Shard], options: Options) -> None:
    """Refuse at once what would fail on every shard."""
    wanted = {"pyarrow"} if options.output_format is OutputFormat.PARQUET else set()
    wanted |= {"pyarrow" for shard in shards if shard.kind == "parquet"}
    wanted |= {"zstandard" for shard in shards if shard.packed == "zst"}
    wanted |= {"ray"} if options.engine is Engine.RAY else set()
    for package in sorted(wanted):
        if find_spec(package) is None:
            raise MissingExtraError(package, "scan")
