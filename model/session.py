"""Exported graphs and their tokenizer, opened: what the encoder and the reader have in common.

Below :mod:`misplaced.encoder` and :mod:`misplaced.reader`, the only users of onnxruntime and tokenizers.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from misplaced.errors import EncoderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

#: Word pieces a text is read to. The base encoder was trained on 128; 95 % of news paragraphs are
#: shorter.
MAX_TOKENS = 128


class Graph:
    """An ONNX graph on the CPU, whose batches run beside each other, one thread each.

    Threads within a run wait for each other after every small operation; runs on batches of their own
    do not. Measured on two cores, that is a quarter more paragraphs a second.

    Parameters
    ----------
    model : Path
        The ONNX file.
    threads : int
        Runs at once; 0 for as many as this process may use cores.

    Raises
    ------
    EncoderError
        If the file cannot be loaded.
    """

    def __init__(self, model: Path, threads: int = 0) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3  # errors reach the user as EncoderError, not as log lines
        try:
            self.session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library raises bare Exception subclasses of its own
            raise _unloadable(model, error) from error
        self.threads = threads or available_cores()
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    def run(self, output: str, feeds: Sequence[dict[str, NDArray[np.int64]]]) -> Iterator[Any]:
        """Run batches, and yield what each gives for `output`, in order."""
        if len(feeds) < 2 or self.threads < 2:
            return (self.session.run([output], feed)[0] for feed in feeds)
        if self._pool is None or self._process != os.getpid():  # threads do not survive a fork
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="misplaced-run")
            self._process = os.getpid()
        return self._pool.map(lambda feed: self.session.run([output], feed)[0], feeds)

    def share(self, count: int, most: int) -> int:
        """Items a batch, so that every thread has one: at most `most`, at least 1."""
        return max(min(most, -(-count // self.threads)), 1)


def available_cores() -> int:
    """Cores that this process may run on, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_tokenizer(file: Path) -> Any:
    """Open a ``tokenizer.json``, cutting texts to :data:`MAX_TOKENS` and padding nothing.

    Returns
    -------
    tokenizers.Tokenizer

    Raises
    ------
    EncoderError
        If the file cannot be loaded.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # as above
        raise _unloadable(file, error) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _unloadable(file: Path, error: Exception) -> EncoderError:
    return EncoderError(
        f"{file.name} cannot be loaded ({str(error)[:120]})",
        where=str(file.parent),
        hint="install the package again, or export the encoder again",
    )
