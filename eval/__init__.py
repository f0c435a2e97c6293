"""Metrics, benchmarks, plots and the quality gate."""
