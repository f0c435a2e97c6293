"""scikit-learn estimators: the scorer's stations as steps of a ``Pipeline``."""

from __future__ import annotations

from misplaced.apps.estimators.classifier import CoherenceClassifier
from misplaced.apps.estimators.features import ParagraphFeatures
from misplaced.apps.estimators.remover import MisplacedRemover

__all__ = ["CoherenceClassifier", "MisplacedRemover", "ParagraphFeatures"]
