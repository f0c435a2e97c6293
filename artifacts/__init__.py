"""Bundled models, one folder each."""
