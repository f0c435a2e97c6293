"""Threads with batches of their own give what one thread gives, gradients included."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from misplaced.training.workers import Workers, _shares  # noqa: E402


@pytest.fixture
def layers():
    torch.manual_seed(3)
    network = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 2))
    unused = torch.nn.Linear(2, 2)
    return network, [*network.parameters(), *unused.parameters()]


def test_results_and_gradients_are_those_of_one_batch(layers):
    network, parameters = layers
    batches = [torch.randn(size, 5) for size in (4, 1, 6, 2)]
    threads = Workers(parameters, "cpu")
    threads.count = 3
    together = threads.apply(network, batches, [4, 1, 6, 2])
    expected = network(torch.cat(batches))
    torch.testing.assert_close(together, expected)
    weights = torch.randn(13, 2)
    found = torch.autograd.grad((together * weights).sum(), parameters[:4])
    torch.testing.assert_close(found, torch.autograd.grad((expected * weights).sum(), parameters[:4]))


def test_without_gradients_none_are_kept(layers):
    network, parameters = layers
    with torch.no_grad():
        result = Workers(parameters, "cpu").apply(network, [torch.zeros(2, 5), torch.zeros(1, 5)], [2, 1])
    assert result.shape == (3, 2)
    assert not result.requires_grad


def test_shares_are_even_and_complete():
    shares = _shares([9, 1, 5, 5, 2], 2)
    assert sorted(i for share in shares for i in share) == [0, 1, 2, 3, 4]
    assert [sum([9, 1, 5, 5, 2][i] for i in share) for share in shares] == [11, 11]
