"""English words that say nothing of a topic.

Used by :mod:`misplaced.training.corruption.donors` (what two titles share) and
:mod:`misplaced.training.corruption.lookalikes` (where a phrase may begin and end).
"""

from __future__ import annotations

FUNCTION_WORDS = frozenset(
    (
        *("a", "about", "after", "all", "also", "although", "an", "and", "any", "are", "as", "at", "be"),
        *("because", "been", "before", "being", "between", "but", "by", "can", "could", "did", "do"),
        *("does", "during", "each", "even", "every", "for", "from", "get", "had", "has", "have", "he"),
        *("her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "like"),
        *("many", "may", "me", "might", "more", "most", "much", "must", "my", "new", "no", "nor", "not"),
        *("now", "of", "off", "on", "one", "only", "or", "other", "our", "out", "over", "own", "s", "said"),
        *("say", "says", "she", "should", "since", "so", "some", "still", "such", "t", "than", "that"),
        *("the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to"),
        *("told", "too", "top", "under", "until", "up", "us", "very", "want", "wants", "was", "we", "were"),
        *("what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with"),
        *("would", "you", "your"),
    )
)
