"""Eight-bit weights and activations for an exported encoder, with one activation scale a token.

Stock dynamic quantisation takes one scale for a whole batch: an embedding then depends on the
paragraphs that happen to share its batch, and one large activation coarsens all others. With a
scale for each token (row) an embedding depends on its own text alone, and it stays closer to the
unquantised one (mean cosine 0.997 instead of 0.992 with all-MiniLM-L6-v2).

The method is the vector-wise quantisation of Dettmers et al., "LLM.int8()", NeurIPS 2022: rows of
the activations and columns of the weights are scaled by their largest magnitude.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from misplaced.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    import onnx
    from numpy.typing import NDArray

#: Embedding tables at least this long are stored in eight bits too.
_TABLE_ROWS = 10_000

#: Symmetric codes; -128 is left out so that a scale serves both signs.
_LARGEST = 127


def quantize(source: Path, target: Path) -> None:
    """Write `source` with eight-bit matrix products and word table.

    Parameters
    ----------
    source : Path
        A float32 ONNX graph (opset 13 to 17) whose weights are initialisers.
    target : Path
        Where the quantised graph goes.

    Raises
    ------
    MissingExtraError
        If onnx is not installed.
    """
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError("onnx", "train") from error

    model = onnx.load(source)
    _Rewriter(model.graph).rewrite()
    onnx.checker.check_model(model)
    onnx.save(model, target)


def symmetric_codes(weights: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round to eight bits with one scale for each slice along the other axis.

    Parameters
    ----------
    weights : ndarray of shape (rows, columns), float32
    axis : int
        The axis whose largest magnitude sets a scale.

    Returns
    -------
    codes : ndarray of the same shape, int8, in -127..127
    scales : ndarray, float32, with `axis` kept as length 1
        ``codes * scales`` approximates `weights`.
    """
    scales = np.abs(weights).max(axis=axis, keepdims=True) / _LARGEST
    scales[scales == 0] = 1.0
    codes = np.clip(np.rint(weights / scales), -_LARGEST, _LARGEST).astype(np.int8)
    return codes, scales.astype(np.float32)


class _Rewriter:
    """Replaces matrix products by weights, and the word table, in one graph."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.weights = {tensor.name: tensor for tensor in graph.initializer}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}
        self.replaced: set[str] = set()
        self.quantized: dict[str, str] = {}

    def rewrite(self) -> None:
        for node in self.graph.node:
            if node.op_type == "MatMul" and self._rank(node.input[1]) == 2:
                self._matrix_product(node)
            elif node.op_type == "Gather" and self._rows(node.input[0]) >= _TABLE_ROWS:
                self._lookup(node)
            else:
                self.nodes.append(node)
        kept = [t for t in self.graph.initializer if t.name not in self.replaced]
        del self.graph.node[:]
        del self.graph.initializer[:]
        self.graph.node.extend(self.nodes)
        self.graph.initializer.extend([*kept, *self.constants.values()])

    def _rank(self, name: str) -> int:
        return len(self.weights[name].dims) if name in self.weights else 0

    def _rows(self, name: str) -> int:
        return int(self.weights[name].dims[0]) if self._rank(name) == 2 else 0

    def _constant(self, name: str, value: NDArray[Any] | np.generic) -> str:
        from onnx import numpy_helper

        self.constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def _add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _activation(self, name: str) -> str:
        """Codes of an activation, computed once for all products that read it (query, key, value)."""
        if name not in self.quantized:
            self.quantized[name] = name + ":q"
            floor = self._constant("scale_floor", np.float32(1e-9))
            step = self._constant("code_step", np.float32(1 / _LARGEST))
            one = self._constant("unit_scale", np.float32(1))
            zero = self._constant("code_zero", np.uint8(128))
            size = self._add("Abs", [name], name + ":abs")
            largest = self._add("ReduceMax", [size], name + ":max", axes=[-1], keepdims=1)
            bounded = self._add("Max", [largest, floor], name + ":bounded")
            scale = self._add("Mul", [bounded, step], name + ":scale")
            scaled = self._add("Div", [name, scale], name + ":scaled")
            self._add("QuantizeLinear", [scaled, one, zero], self.quantized[name])
        return self.quantized[name]

    def _matrix_product(self, node: onnx.NodeProto) -> None:
        from onnx import TensorProto, numpy_helper

        activation, weight = node.input
        output = node.output[0]
        codes, scales = symmetric_codes(numpy_helper.to_array(self.weights[weight]), axis=0)
        self.replaced.add(weight)
        quantized = self._activation(activation)
        product = self._add(
            "MatMulInteger",
            [quantized, self._constant(output + ":codes", codes), "code_zero"],
            output + ":int",
        )
        real = self._add("Cast", [product], output + ":real", to=TensorProto.FLOAT)
        by_row = self._add("Mul", [real, activation + ":scale"], output + ":row")
        self._add("Mul", [by_row, self._constant(output + ":scales", scales[0])], output)

    def _lookup(self, node: onnx.NodeProto) -> None:
        from onnx import TensorProto, numpy_helper

        table, index = node.input
        output = node.output[0]
        codes, scales = symmetric_codes(numpy_helper.to_array(self.weights[table]), axis=1)
        self.replaced.add(table)
        row = self._add("Gather", [self._constant(output + ":codes", codes), index], output + ":int", axis=0)
        scale = self._add(
            "Gather", [self._constant(output + ":scales", scales), index], output + ":scale", axis=0
        )
        real = self._add("Cast", [row], output + ":real", to=TensorProto.FLOAT)
        self._add("Mul", [real, scale], output)
