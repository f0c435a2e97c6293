"""``misplaced evaluate``: what goes to which stream or file, and with which exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from misplaced.apps import measuring
from misplaced.apps.evaluate import evaluate
from misplaced.apps.measuring import Options, evaluate_benchmarks
from misplaced.errors import ArtifactError, UnreadableError, UsageError

app = typer.Typer()
app.command()(evaluate)
# A second command keeps typer from dropping the name of the first.
app.command()(lambda: None)


class Detector:
    """Foreign with the probability that ends the text."""

    threshold = 0.5
    version = "spoken-1"

    def __init__(self, shift: float = 0.0) -> None:
        self.shift = shift

    def embed(self, documents):
        for document in documents:
            rows = np.eye(max(2, len(document.paragraphs)), dtype=np.float32)[: len(document.paragraphs)]
            yield SimpleNamespace(paragraphs=rows, title=None)

    def probabilities(self, documents, *, embeddings):
        for document, _ in zip(documents, embeddings, strict=True):
            foreign = np.array([float(p.text.split()[-1]) - self.shift for p in document.paragraphs])
            yield np.stack([1 - foreign, foreign, 0 * foreign], axis=1)


@pytest.fixture
def benchmark(tmp_path):
    path = tmp_path / "marsh.jsonl"
    article = {
        "id": "a",
        "paragraphs": ["Herons wade at 0.1", "Sign up now 0.9", "Nests in reeds 0.2", "Read more 0.6"],
        "labels": ["coherent", "boilerplate", "coherent", "off_topic"],
    }
    path.write_text(json.dumps(article) + "\n")
    return path


@pytest.fixture
def gate(tmp_path, benchmark):
    path = tmp_path / "gate.json"
    assert measure([benchmark], gate=path, gate_update=True) == 0
    return path


def measure(paths, detector=None, **options):
    return evaluate_benchmarks(paths, Options(bootstrap=10, **options), lambda: detector or Detector())


@pytest.fixture
def invoke(monkeypatch):
    def load(path=None, *, trusted=False, second_look=True, threads=0):
        if path is not None:
            raise ArtifactError("no manifest", where=str(path))
        return Detector()

    module = ModuleType("misplaced.detector")
    module.Detector = SimpleNamespace(of=lambda loaded: loaded)
    monkeypatch.setattr("misplaced.artifact.load", load)
    monkeypatch.setitem(sys.modules, "misplaced.detector", module)
    return lambda *arguments: CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


class TestOutput:
    def test_table_on_standard_output_and_nothing_else_anywhere(self, benchmark, invoke):
        result = invoke(benchmark, "--bootstrap", 5)
        assert result.exit_code == 0
        assert "marsh: 1 articles, 2 coherent, 1 off_topic, 1 boilerplate" in result.stdout
        assert "model spoken-1, threshold 0.5" in result.stdout
        assert result.stderr == ""

    def test_json(self, benchmark, invoke):
        result = invoke(benchmark, "--json", "--threshold", 0.7, "--bootstrap", 0)
        data = json.loads(result.stdout)
        assert data["threshold"] == 0.7
        metrics = data["benchmarks"][0]["misplaced"]["metrics"]
        assert (metrics["ap"], metrics["recall"], metrics["intervals"]) == (1.0, 0.5, {})
        assert (data["errors"], data["gate_misses"]) == ([], None)

    def test_same_seed_same_numbers(self, benchmark, tmp_path, capsys):
        second = tmp_path / "second.jsonl"
        second.write_text(benchmark.read_text() + '{"paragraphs": ["Odd 0.7"], "labels": ["coherent"]}\n')

        def numbers(seed):
            measure([second], json=True, seed=seed)
            return json.loads(capsys.readouterr().out)["benchmarks"][0]["misplaced"]

        assert numbers(1) == numbers(1)

    def test_output_file_instead(self, benchmark, tmp_path, capsys):
        target = tmp_path / "out.json"
        assert measure([benchmark], json=True, output_file=target) == 0
        assert json.loads(target.read_text())["benchmarks"][0]["name"] == "marsh"
        assert capsys.readouterr().out == ""

    def test_plots(self, benchmark, tmp_path):
        assert measure([benchmark], plots=tmp_path / "new" / "plots") == 0
        names = sorted(path.name for path in (tmp_path / "new" / "plots").iterdir())
        assert names == ["marsh-histogram.png", "marsh-precision-recall.png", "marsh-reliability.png"]

    def test_benchmarks_in_the_order_asked_for(self, benchmark, tmp_path, capsys):
        other = tmp_path / "alder.jsonl"
        other.write_text(benchmark.read_text())
        measure([benchmark, other], json=True)
        data = json.loads(capsys.readouterr().out)
        assert [result["name"] for result in data["benchmarks"]] == ["marsh", "alder"]


class TestErrors:
    def test_one_unreadable_benchmark_does_not_lose_the_others(self, benchmark, tmp_path, invoke):
        broken = tmp_path / "broken.jsonl"
        broken.write_text("{\n")
        result = invoke(broken, tmp_path / "none.jsonl", benchmark, "--json")
        assert result.exit_code == 2
        first, second = result.stderr.splitlines()
        assert first.startswith(f"error: {broken}:1: not JSON")
        assert second.startswith(f"error: {tmp_path / 'none.jsonl'}: no such file")
        data = json.loads(result.stdout)
        assert [found["name"] for found in data["benchmarks"]] == ["marsh"]
        assert len(data["errors"]) == 2

    def test_a_broken_model_is_one_line(self, benchmark, tmp_path, invoke):
        result = invoke(benchmark, "--model", tmp_path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"error: {tmp_path}: no manifest\n"

    @pytest.mark.parametrize(
        "options",
        [
            {"threshold": 0.0},
            {"threshold": 1.5},
            {"gate_update": True},
            {"gate_partial": True},
            {"allow_lower": "because"},
        ],
    )
    def test_options_that_make_no_sense(self, benchmark, options):
        with pytest.raises(UsageError):
            measure([benchmark], **options)

    @pytest.mark.parametrize(
        "options",
        [
            {"allow_lower": "because"},
            {"gate_update": True, "allow_lower": " "},
            {"gate_update": True, "threshold": 0.4},
        ],
    )
    def test_options_of_the_gate_that_make_no_sense(self, benchmark, gate, options):
        with pytest.raises(UsageError):
            measure([benchmark], gate=gate, **options)

    def test_two_benchmarks_of_one_name(self, benchmark):
        with pytest.raises(UsageError, match="'marsh'"):
            measure([benchmark, benchmark.with_name("marsh.jsonl.gz")])

    @pytest.mark.parametrize("option", ["output_file", "plots"])
    def test_an_output_that_cannot_be_written_is_refused_before_measuring(self, benchmark, tmp_path, option):
        targets = {"output_file": tmp_path / "none" / "out.txt", "plots": benchmark}
        with pytest.raises(UnreadableError):
            evaluate_benchmarks(
                [benchmark], Options(**{option: targets[option]}), lambda: pytest.fail("model loaded")
            )

    @pytest.mark.parametrize("with_gate", [False, True])
    def test_the_output_never_replaces_an_input(self, benchmark, gate, with_gate):
        target = gate if with_gate else benchmark
        before = target.read_bytes()
        with pytest.raises(UsageError, match="would replace an input"):
            measure([benchmark], output_file=target, gate=gate if with_gate else None)
        assert target.read_bytes() == before


class TestGate:
    def test_passed(self, benchmark, gate, capsys):
        assert measure([benchmark], gate=gate, json=True) == 0
        streams = capsys.readouterr()
        assert json.loads(streams.out)["gate_misses"] == []
        assert streams.err.splitlines()[-1] == "gate: passed"

    def test_missed(self, benchmark, gate, invoke):
        pinned = json.loads(gate.read_text())
        pinned["benchmarks"]["marsh"]["ceilings"]["ece"] = 0.0
        gate.write_text(json.dumps(pinned))
        result = invoke(benchmark, "--gate", gate)
        assert result.exit_code == 1
        assert [line.split(" 0.")[0] for line in result.stderr.splitlines()] == ["gate: marsh: ece"]
        assert "misplaced" in result.stdout

    def test_a_benchmark_left_out(self, benchmark, gate, tmp_path, capsys):
        other = tmp_path / "other.jsonl"
        other.write_text(benchmark.read_text())
        assert measure([other], gate=gate) == 1
        assert "marsh: named in the gate but not measured" in capsys.readouterr().err
        assert measure([other], gate=gate, gate_partial=True) == 0
        assert "warning: other is not in the gate" in capsys.readouterr().err

    def test_lowering_is_refused_and_the_file_stays(self, benchmark, gate, capsys):
        before = gate.read_bytes()
        worse = Detector(shift=0.2)  # the off_topic paragraph falls under the threshold
        assert measure([benchmark], worse, gate=gate, gate_update=True) == 1
        assert "gate: refused: marsh: f1 from 1.0000 to 0.6666; give --allow-lower" in capsys.readouterr().err
        assert gate.read_bytes() == before

    def test_lowering_with_a_reason_is_on_record(self, benchmark, gate):
        worse = Detector(shift=0.2)
        assert measure([benchmark], worse, gate=gate, gate_update=True, allow_lower="smaller encoder") == 0
        (entry, *_) = json.loads(gate.read_text())["lowered"]
        assert (entry["reason"], entry["pin"], entry["before"]) == ("smaller encoder", "f1", 1.0)
        assert len(entry["date"]) == len("2024-05-01")
        assert measure([benchmark], worse, gate=gate) == 0

    def test_no_update_from_half_a_run(self, benchmark, gate, tmp_path):
        before = gate.read_bytes()
        fresh = tmp_path / "fresh.jsonl"
        fresh.write_text(benchmark.read_text())
        assert measure([fresh, tmp_path / "none.jsonl"], gate=gate, gate_update=True) == 2
        assert gate.read_bytes() == before

    @pytest.mark.parametrize("fails", ["_draw", "_write"])
    def test_pins_stay_if_the_results_cannot_be_written(self, benchmark, gate, tmp_path, monkeypatch, fails):
        def full(*_):
            raise OSError(28, "No space left on device")

        before = gate.read_bytes()
        monkeypatch.setattr(measuring, fails, full)
        with pytest.raises(OSError, match="No space"):
            measure([benchmark], Detector(shift=0.2), gate=gate, gate_update=True, allow_lower="smaller")
        assert gate.read_bytes() == before

    def test_missing_gate_file(self, benchmark, tmp_path, invoke):
        result = invoke(benchmark, "--gate", tmp_path / "none.json")
        assert result.exit_code == 2
        assert "no such gate file" in result.stderr


def test_help_imports_nothing_heavy():
    program = (
        "import sys, misplaced.apps.evaluate\n"
        "heavy = {'numpy', 'sklearn', 'onnxruntime', 'torch', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
