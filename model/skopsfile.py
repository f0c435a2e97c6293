"""Read a fitted pipeline out of a ``.skops`` file as plain numbers, without building any object.

Between the verified file and :mod:`misplaced.classifier`. The file is written by skops in training.
Its own reader imports every module of scikit-learn, and torch with them where that is installed:
seconds of a cold start for five arrays. The format (protocol 2) is a zip of ``schema.json``, a tree
of nodes that each name a class and a loader, and of ``.npy`` files that array nodes refer to.
"""

from __future__ import annotations

import json
import zipfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = "schema.json"

#: The layout that is read here.
PROTOCOL = 2

#: Types that a scaler and a logistic consist of: the first part of their module, and the class.
EXPECTED = frozenset(
    {
        ("builtins", "bool"),
        ("builtins", "dict"),
        ("builtins", "float"),
        ("builtins", "int"),
        ("builtins", "list"),
        ("builtins", "str"),
        ("builtins", "tuple"),
        ("numpy", "float64"),
        ("numpy", "int64"),
        ("numpy", "ndarray"),
        ("sklearn", "LogisticRegression"),
        ("sklearn", "Pipeline"),
        ("sklearn", "StandardScaler"),
    }
)


def unexpected_types(path: Path) -> list[str]:
    """Name the types of a file that a scaler and a logistic do not need, sorted.

    Raises
    ------
    Exception
        Whatever a damaged file makes zipfile and json raise.
    """
    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read(SCHEMA))
    return sorted(
        {
            f"{module}.{name}"
            for module, name in _types(schema)
            if (module.split(".")[0], name) not in EXPECTED
        }
    )


def read_pipeline(path: Path) -> SimpleNamespace:
    """Read a pipeline's steps and their attributes.

    Returns
    -------
    SimpleNamespace
        With ``steps``, a list of ``[name, step]``; a step has the attributes of the fitted object as
        arrays, numbers and strings.

    Raises
    ------
    Exception
        Whatever a damaged file or one of another protocol makes zipfile, json and numpy raise.
    """
    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read(SCHEMA))
        if schema.get("protocol") != PROTOCOL:
            raise ValueError(f"skops protocol {schema.get('protocol')}, expected {PROTOCOL}")
        pipeline = _value(schema, archive)
    if not isinstance(pipeline, SimpleNamespace):
        raise TypeError("not a pipeline")
    return pipeline


def _types(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if "__class__" in node:
            yield str(node.get("__module__")), str(node["__class__"])
        for child in node.values():
            yield from _types(child)
    elif isinstance(node, list):
        for child in node:
            yield from _types(child)


def _value(node: dict[str, Any], archive: zipfile.ZipFile) -> Any:
    import numpy as np

    match node["__loader__"]:
        case "ObjectNode":
            return SimpleNamespace(**_value(node["content"], archive))
        case "DictNode":
            return {key: _value(child, archive) for key, child in node["content"].items()}
        case "ListNode" | "TupleNode":
            return [_value(child, archive) for child in node["content"]]
        case "JsonNode":
            return json.loads(node["content"])
        case "NdArrayNode":
            with archive.open(node["file"]) as stream:
                return np.load(stream, allow_pickle=False)
        case other:
            raise ValueError(f"unknown node {other}")
