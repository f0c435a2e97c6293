"""Exported graphs and their tokenizer, opened: what the encoder and the reader have in common.

Below :mod:`misplaced.encoder` and :mod:`misplaced.reader`, the only users of onnxruntime and tokenizers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from misplaced.errors import EncoderError

if TYPE_CHECKING:
    from pathlib import Path

#: Word pieces a text is read to. The base encoder was trained on 128; 95 % of news paragraphs are
#: shorter.
MAX_TOKENS = 128


def open_graph(model: Path, threads: int = 0) -> Any:
    """Open an ONNX graph on the CPU.

    Parameters
    ----------
    model : Path
        The ONNX file.
    threads : int
        Threads of one run; 0 lets onnxruntime take the physical cores.

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    EncoderError
        If the file cannot be loaded.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # errors reach the user as EncoderError, not as log lines
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library raises bare Exception subclasses of its own
        raise _unloadable(model, error) from error


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
