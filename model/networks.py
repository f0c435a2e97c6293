"""The networks of a model folder, verified and opened in threads of their own.

Between :mod:`misplaced.manifest` and :mod:`misplaced.artifact`. Opening a graph takes a tenth of a second
in native code: meanwhile the rest of the model is read.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from misplaced.errors import ArtifactError
from misplaced.manifest import MANIFEST, Manifest, require, verify

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from misplaced.encoder import Encoder
    from misplaced.reader import Reader
    from misplaced.second_look import SecondLook

GRAPH = "encoder.onnx"
STATIC = "static.npz"
READER = "reader.onnx"
CONTEXT = "context.npz"
TOKENIZER = "tokenizer.json"


class Networks:
    """The encoder and the reader of a model folder.

    A context manager: opening begins on entry, and nothing is left running after exit.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    own_encoder : bool
        Open the folder's encoder.
    second_look : bool
        Open the reader, where the folder has one.
    threads : int
        Batches at once; 0 for as many as this process may use cores.

    Attributes
    ----------
    files : set of str
        What is verified here.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, *, own_encoder: bool, second_look: bool, threads: int = 0
    ) -> None:
        self._folder, self._manifest = folder, manifest
        self._own_encoder = own_encoder
        self._threads = threads
        self._read = second_look and READER in manifest.files
        self.files = {GRAPH, STATIC, READER, TOKENIZER} & set(manifest.files)

    def __enter__(self) -> Networks:
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="misplaced")
        self._tokenizer: Future[Any] = self._pool.submit(self._open_tokenizer)
        self._unused = self._pool.submit(self._verify_unused)
        self._encoder = self._pool.submit(self._open_encoder) if self._own_encoder else None
        self._reader = self._pool.submit(self._open_reader) if self._read else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def encoder(self) -> Encoder:
        """Wait for the encoder.

        Raises
        ------
        ArtifactError, EncoderError
        """
        if self._encoder is None:
            raise LookupError("the folder's encoder was not asked for")
        return self._encoder.result()

    def second_look(self) -> SecondLook | None:
        """Wait for the reader, and put together what the second look takes; None where there is none.

        Raises
        ------
        ArtifactError, EncoderError
        """
        self._unused.result()
        if self._reader is None:
            return None
        from misplaced.logistic import Logistic
        from misplaced.second_look import NAMES, SecondLook

        try:
            logistic = Logistic.parse(self._manifest.second_look, NAMES)
        except ValueError as error:
            raise ArtifactError(
                f"'second_look' in {MANIFEST}: {error}",
                where=str(self._folder),
                hint="train the model again, or install the version it was trained with",
            ) from None
        return SecondLook(self._reader.result(), logistic, self._manifest.doubt)

    def _file(self, name: str) -> Path:
        path = require(self._folder, self._manifest, name)
        verify(self._folder, self._manifest, names={name})
        return path

    def _verify_unused(self) -> None:
        """Damage is damage, also of what is not wanted this time."""
        used = ({GRAPH, STATIC} if self._own_encoder else set()) | ({READER} if self._read else set())
        verify(self._folder, self._manifest, names=self.files - used - {TOKENIZER})

    def _open_tokenizer(self) -> Any:
        if TOKENIZER not in self._manifest.files:
            return None
        from misplaced.session import open_tokenizer

        return open_tokenizer(self._file(TOKENIZER))

    def _open_encoder(self) -> Encoder:
        name = str(self._manifest.encoder.get("name", self._folder.name))
        if self._manifest.encoder.get("kind") == "sentence-transformers":
            from misplaced.sentence_transformer import SentenceTransformerEncoder

            return SentenceTransformerEncoder(name)
        if self._manifest.encoder.get("kind") == "static":
            from misplaced.static import StaticEncoder

            return StaticEncoder(self._file(STATIC), self._known_tokenizer(), name=name)
        from misplaced.encoder import OnnxEncoder

        graph = self._file(GRAPH)
        return OnnxEncoder(graph, self._known_tokenizer(), name=name, threads=self._threads)

    def _open_reader(self) -> Reader:
        from misplaced.reader import Reader

        return Reader(self._file(READER), self._known_tokenizer(), threads=self._threads)

    def _known_tokenizer(self) -> Any:
        require(self._folder, self._manifest, TOKENIZER)
        return self._tokenizer.result()
