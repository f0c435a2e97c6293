"""A sentence-transformers encoder as one ONNX graph that needs neither torch nor its libraries.

Runs once, before the classifier is trained: the classifier learns on the embeddings of the
exported graph, so that training and detection see the same ones (up to the half precision in which
training caches them).
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misplaced.artifact import GRAPH, READER, TOKENIZER
from misplaced.errors import EncoderError, MissingExtraError, UsageError
from misplaced.manifest import MANIFEST
from misplaced.training.quantization import quantize
from misplaced.training.reading import HEAD
from misplaced.training.static_table import is_static, write_static
from misplaced.training.transformer import bundled_base

if TYPE_CHECKING:
    import torch

PRECISIONS = ("int8", "fp32")


def export(
    base: str | None, folder: Path, *, precision: str = "int8", blend: float = 1.0, origin: str | None = None
) -> str:
    """Write ``encoder.onnx``, ``reader.onnx`` of a reader or ``static.npz``, and ``tokenizer.json``.

    Parameters
    ----------
    base : str or None
        A sentence-transformers model (folder or hub id): a BERT-like transformer with mean pooling;
        :func:`bundled_base` if None. The graph always ends in normalisation to unit length.
    folder : Path
        Created if missing; files of the same name are replaced.
    precision : {"int8", "fp32"}
        ``int8`` quantises the matrix products and the word table.
    blend : float
        Share of the model's own weights, above 0 and at most 1; the rest are those of the model that it
        was tuned from. Between the two lie weights that know the task as well as the tuned ones and
        other texts better (WiSE-FT, Wortsman et al. 2022).
    origin : str, optional
        What it was tuned from; :func:`bundled_base` if None.

    Returns
    -------
    str
        Name of the graph's file.

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    EncoderError
        If the model cannot be loaded or is of another architecture, or was not tuned from `origin`.
    UsageError
        If `precision` is unknown, `blend` is out of range, or `folder` holds a model, whose encoder must
        stay what it is.
    """
    if precision not in PRECISIONS:
        raise UsageError(f"unknown precision {precision!r}", hint=f"give {' or '.join(PRECISIONS)}")
    if not 0 < blend <= 1:
        raise UsageError(f"blend {blend:g} is out of range", hint="give a share above 0, at most 1")
    if (folder / MANIFEST).exists():
        raise UsageError("the folder holds a model", where=str(folder), hint="give a folder of its own")
    model = _load(base or bundled_base())
    if is_static(model):
        if blend < 1:
            raise UsageError("a static encoder is not blended", hint="leave --blend out")
        folder.mkdir(parents=True, exist_ok=True)
        return write_static(model, folder)
    transformer, tokenizer = _parts(model, base or bundled_base())
    if blend < 1:
        _blend(transformer, origin or bundled_base(), blend)
    head = Path(base or "") / HEAD
    name, graph = GRAPH, _sentence_graph(transformer)
    if base and head.is_file():
        name, graph = READER, _reading_graph(transformer, head)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        plain = Path(aside) / "fp32.onnx"
        _trace(graph, plain, reads=name == READER)
        final = plain
        if precision == "int8":
            final = Path(aside) / "int8.onnx"
            quantize(plain, final)
        tokens = Path(aside) / TOKENIZER
        tokenizer.save(str(tokens))
        final.replace(folder / name)
        tokens.replace(folder / TOKENIZER)
    return name


def _load(base: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError("sentence-transformers", "train") from error
    try:
        return SentenceTransformer(base, device="cpu")
    except Exception as error:  # hub, file and configuration errors come in many classes
        raise EncoderError(
            f"sentence-transformers cannot load {base!r}", hint="give a folder or a reachable id"
        ) from error


def _parts(model: Any, base: str) -> tuple[Any, Any]:
    """Transformer and tokenizer, ready to trace."""
    if not _pools_by_mean(model):
        raise EncoderError(f"{base!r} does not pool by the mean", hint="export supports mean pooling only")
    transformer: Any = getattr(model[0], "model", None) or getattr(model[0], "auto_model", None)
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if transformer is None or tokenizer is None:
        raise EncoderError(
            f"{base!r} is no transformer with a fast tokenizer", hint="export one like all-MiniLM-L6-v2"
        )
    # The fused attention of torch does not trace to plain matrix products.
    transformer.set_attn_implementation("eager")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return transformer, tokenizer


def _blend(transformer: Any, origin: str, share: float) -> None:
    """Mean of the weights in place: `share` of its own, the rest of the model that it was tuned from."""
    import torch

    first, _ = _parts(_load(origin), origin)
    before = first.state_dict()
    own = {name: tensor for name, tensor in transformer.state_dict().items() if tensor.is_floating_point()}
    if any(name not in before or before[name].shape != tensor.shape for name, tensor in own.items()):
        raise EncoderError(
            f"the weights are of another shape than those of {origin!r}",
            hint="name what the model was tuned from with --origin",
        )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.lerp_(before[name], 1 - share)


def _pools_by_mean(model: Any) -> bool:
    if len(model) < 2:
        return False
    # Newer releases of the library give the name, older ones a flag.
    mode = getattr(model[1], "pooling_mode", None)
    if mode is None:
        return bool(getattr(model[1], "pooling_mode_mean_tokens", False))
    return mode == "mean" or list(mode) == ["mean"]


def _sentence_graph(transformer: torch.nn.Module) -> torch.nn.Module:
    import torch

    class SentenceGraph(torch.nn.Module):
        """Transformer, masked mean over tokens, unit length."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    return SentenceGraph().eval()


def _reading_graph(transformer: torch.nn.Module, head: Path) -> torch.nn.Module:
    import torch

    try:
        state = torch.load(head, weights_only=True)
        layer = torch.nn.Linear(state["weight"].shape[1], state["weight"].shape[0])
        layer.load_state_dict(state)
    except Exception as error:  # torch raises whatever the damage leads to
        raise EncoderError(
            "the reader's layer cannot be read", where=str(head), hint="teach it again"
        ) from error

    class ReadingGraph(torch.nn.Module):
        """Transformer and a linear layer over its tokens."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer, self.layer = transformer, layer

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
        ) -> Any:
            hidden = self.transformer(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
            ).last_hidden_state
            return self.layer(hidden)

    return ReadingGraph().eval()


def _trace(graph: torch.nn.Module, target: Path, *, reads: bool) -> None:
    import torch

    ids = torch.full((2, 8), 1000)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0  # so that the mask is traced, not folded away
    free = {0: "batch", 1: "tokens"}
    inputs = {"input_ids": ids, "attention_mask": mask}
    axes = {"embedding": {0: "batch"}}
    if reads:
        inputs["token_type_ids"] = mask.clone()
        axes = {"logits": free}
    with warnings.catch_warnings(), torch.no_grad():
        # The tracer is the exporter whose graphs onnxruntime fuses best; its successor announces itself.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            tuple(inputs.values()),
            str(target),
            input_names=list(inputs),
            output_names=list(axes),
            dynamic_axes={**dict.fromkeys(inputs, free), **axes},
            opset_version=17,
            dynamo=False,
        )
