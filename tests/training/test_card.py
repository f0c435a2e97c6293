"""The card of a model says how it was made."""

import pytest

from misplaced.artifact import bundled
from misplaced.manifest import read_manifest
from misplaced.training.card import model_card


@pytest.mark.parametrize("name", ["default", "fast"])
def test_the_cards_of_the_bundled_models_are_what_their_manifests_say(name):
    card = (bundled(name) / "README.md").read_text(encoding="utf-8")
    assert card == model_card(read_manifest(bundled(name)))


def test_further_rounds_and_their_mean_are_told():
    card = (bundled("default") / "README.md").read_text(encoding="utf-8")
    assert "1,500 steps each in the last round" in card
    assert "Their weights are the mean of 2 rounds." in card
