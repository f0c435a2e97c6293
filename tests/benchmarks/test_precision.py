"""A model measured with two precisions of its encoder."""

from __future__ import annotations

import re

import precision
import pytest
import typer


def test_both_precisions_are_measured_on_both_benchmarks(trained, data, capsys):
    # The model's own graph in place of the unquantised one: the figures must be the same.
    precision.main(trained, data=data, model=trained)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        *("wild-dev, model's own", "wild-dev, unquantised"),
        *("inserted-dev, model's own", "inserted-dev, unquantised"),
    ]
    figures = [line.partition(": ")[2].rpartition(", ")[0] for line in lines]
    assert figures[0] == figures[1]
    assert figures[2] == figures[3]
    assert re.fullmatch(r"AP [01]\.\d{3}, F1 [01]\.\d{3}, FF [\d.]+", figures[0])


def test_a_folder_without_an_encoder_is_one_line(trained, data, tmp_path, capsys):
    with pytest.raises(typer.Exit) as stopped:
        precision.main(tmp_path, data=data, model=trained)
    assert stopped.value.exit_code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {tmp_path}: encoder.onnx")
