"""Leaving out features and corpora, and what remembers embeddings in between."""

from __future__ import annotations

import ablations
import numpy as np
import pytest
from ablations import Study
from leaving_out import bases, corpora_left_out, features_left_out
from remembering import RememberingEncoder

from misplaced.features import matrix
from misplaced.labelled import read_labelled
from misplaced.training.embedding import CachedEncoder
from misplaced.training.fitting import FitSettings, gather


def left_out():
    names = matrix.names(4)
    return {one.name: {names[i] for i in one.columns} for one in features_left_out(names)}


class TestLeavingOut:
    def test_a_view_goes_with_all_that_is_computed_from_it(self):
        semantic = left_out()["semantic view"]
        assert {"title", "title<0.2", "title_deviation", "title_deviation<-2", "title*log_words"} <= semantic
        assert {"neighbour_most", "interruption"} <= semantic
        assert not {"lexical_rest", "log_words", "lexical_neighbour_most", "embedding_0"} & semantic

    def test_nothing_but_the_embedding_is_left(self):
        found = left_out()
        everything = set(matrix.names(4))
        assert found["own embedding"] == {f"embedding_{i}" for i in range(4)}
        assert found["all but own embedding"] == everything - found["own embedding"]

    def test_every_column_belongs_to_a_view(self):
        views = set().union(*(columns for name, columns in left_out().items() if name.endswith("view")))
        assert views == set(matrix.COLUMN)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("nearest", {"nearest"}),
            ("nearest<0.4", {"nearest"}),
            ("nearest_deviation<-0.5", {"nearest"}),
            ("names_seen*open_end", {"names_seen", "open_end"}),
        ],
    )
    def test_bases(self, name, expected):
        assert bases(name) == expected

    def test_the_context_network_goes_alone_or_stays_alone(self):
        names = matrix.names(4, context=True)
        found = {one.name: {names[i] for i in one.columns} for one in features_left_out(names)}
        assert found["context network"] == set(matrix.CONTEXT)
        assert found["all but context network"] == set(names) - set(matrix.CONTEXT)
        assert not found["semantic view"] & set(matrix.CONTEXT)
        assert "context view" not in found

    def test_corpora_that_differ_in_a_number_go_together(self):
        found = dict(corpora_left_out(["inserted-1", "inserted-2", "wild"]))
        assert found == {"inserted": [2], "wild": [0, 1]}
        assert list(corpora_left_out(["wild"])) == []


def test_a_study_measures_what_each_part_is_worth(labelled_file, word_encoder, monkeypatch):
    # Each is five fits: two show that columns are left out and that the rest stays.
    monkeypatch.setattr(ablations, "features_left_out", lambda names: list(features_left_out(names))[:2])
    documents = list(read_labelled(labelled_file))
    settings = FitSettings(regularisation=0.002, most_false_flags=20)
    corpora = {"first": documents[::2], "second": documents[1::2]}
    cached = CachedEncoder(word_encoder, "words", None)
    gathered = gather(corpora, cached, settings, track=lambda items, total, what: items)
    prepared = Study(gathered, RememberingEncoder(word_encoder), settings, {"own": labelled_file})
    said: list[str] = []
    rows = prepared.rows(said.append)
    assert [row["without"] for row in rows] == [
        *("nothing", "own embedding", "all but own embedding"),
        *("corpus first", "corpus second"),
    ]
    assert len(said) == len(rows)
    ap = {row["without"]: row["figures"]["own"]["ap"] for row in rows}
    assert ap["all but own embedding"] < ap["nothing"]
    assert len(set(ap.values())) == len(ap)


class TestRemembering:
    def test_gives_what_the_encoder_gives_and_asks_once(self, word_encoder, tmp_path):
        texts = ["ferry to the island", "lock gate", "ferry to the island"]
        remembering = RememberingEncoder(word_encoder, tmp_path / "deep" / "kept.npz")
        assert np.array_equal(remembering.encode(texts), word_encoder.encode(texts))
        word_encoder.calls.clear()
        remembering.encode(texts[1:])
        assert word_encoder.calls == []
        remembering.save()
        again = RememberingEncoder(word_encoder, tmp_path / "deep" / "kept.npz")
        found = again.encode(texts)
        assert word_encoder.calls == []
        assert np.array_equal(found, remembering.encode(texts))
        assert again.encode([]).shape == (0, word_encoder.dimension)

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
    def test_a_damaged_memory_is_forgotten(self, word_encoder, tmp_path, content):
        path = tmp_path / "kept.npz"
        path.write_bytes(content)
        assert RememberingEncoder(word_encoder, path).encode(["lock gate"]).shape == (1, 24)
        assert word_encoder.calls == [["lock gate"]]
