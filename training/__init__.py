"""Labelled corpora, fitting the classifier and exporting the encoder."""
