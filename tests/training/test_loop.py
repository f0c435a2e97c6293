"""The training loop: learns, goes on after a kill with the same result, refuses what it cannot go on from."""

from __future__ import annotations

from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from misplaced.errors import CorpusError, UsageError  # noqa: E402
from misplaced.training.loop import CHECKPOINT, LoopSettings, learning_rate, run  # noqa: E402

SETTINGS = LoopSettings(steps=12, learning_rate=0.05, checkpoint_every=4, validate_every=5)


class KilledError(Exception):
    pass


def train(folder, *, signature=None, killed_at=None, settings=SETTINGS):
    torch.manual_seed(1)
    layer = torch.nn.Linear(3, 1)

    def loss_of(step):
        generator = torch.Generator().manual_seed(step)
        rows = torch.randn(16, 3, generator=generator)
        return ((layer(rows) - rows.sum(1, keepdim=True)) ** 2).mean()

    seen = []

    def report(progress):
        seen.append(progress)
        if progress.step == killed_at:
            raise KilledError

    run(
        {"layer": layer}, loss_of, lambda: {"AP": 0.5}, settings, folder, signature or {"a": 1}, report=report
    )
    return layer, seen


def test_a_killed_run_ends_as_an_undisturbed_one(tmp_path):
    (tmp_path / "whole").mkdir()
    whole, seen = train(tmp_path / "whole")
    (tmp_path / "cut").mkdir()
    with pytest.raises(KilledError):
        train(tmp_path / "cut", killed_at=10)
    resumed, after = train(tmp_path / "cut")
    assert [p.step for p in after] == [9, 10, 11, 12]
    assert torch.equal(whole.weight, resumed.weight)
    assert torch.equal(whole.bias, resumed.bias)
    assert after[-1] == seen[-1]


def test_it_learns_and_validates_now_and_then(tmp_path):
    _, seen = train(tmp_path)
    assert seen[-1].loss < seen[0].loss
    assert [bool(p.validation) for p in seen] == [False] * 4 + [True] * 8


def test_a_checkpoint_of_other_data_is_not_gone_on_from(tmp_path):
    with pytest.raises(KilledError):
        train(tmp_path, killed_at=5)
    with pytest.raises(UsageError, match="other settings or data"):
        train(tmp_path, signature={"a": 2})


def test_a_damaged_checkpoint_is_one_line(tmp_path):
    (tmp_path / CHECKPOINT).write_bytes(b"not a checkpoint")
    with pytest.raises(UsageError, match="cannot be read") as refused:
        train(tmp_path)
    assert "\n" not in str(refused.value)


def test_a_loss_that_is_no_number_stops_the_run(tmp_path):
    with pytest.raises(CorpusError, match="step 1 is no number"):
        run(
            {"layer": torch.nn.Linear(1, 1)},
            lambda step: torch.tensor(float("nan"), requires_grad=True),
            dict,
            SETTINGS,
            tmp_path,
            {},
        )


def test_the_learning_rate_rises_and_falls_to_zero():
    settings = LoopSettings(steps=100, learning_rate=0.5)
    rates = [learning_rate(step, settings) for step in range(100)]
    assert rates[:5] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert all(a >= b for a, b in pairwise(rates[5:]))
    assert rates[-1] < 0.01


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 1, "learning_rate": 0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(UsageError):
        LoopSettings(**wrong)
