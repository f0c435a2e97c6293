"""An article while lines are inserted: where each form finds its place.

Between the forms and :mod:`misplaced.training.corruption.insertion`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misplaced.spans import Span

if TYPE_CHECKING:
    import random

    from misplaced.training.corruption.material import Insertion, Mark

#: Where crawled pages show a form below the article rather than inside it.
_END_SHARE = {"headlines": 0.6, "gallery": 0.3, "blurb": 0.3, "video": 0.05, "pointer": 0.1, "headline": 0.1}

#: Share of the short forms that stand above the first paragraph.
_TOP_SHARE = 0.03


@dataclass
class Page:
    """An article's paragraphs and labels while lines are inserted.

    Attributes
    ----------
    own : list of int
        Which of the host's paragraphs each one is; -1 for what was inserted.
    marks : dict of int to Mark
        By the host's paragraph.
    """

    paragraphs: list[str]
    labels: list[str]
    own: list[int]
    marks: dict[int, Mark] = field(default_factory=dict)

    def insert(self, made: Insertion, form: str, rng: random.Random) -> bool:
        """Insert lines; False, and nothing is changed, where they have no place."""
        place = self._place(made, form, rng)
        if made.mark is None:
            self.own[place:place] = [-1] * len(made.lines)
        elif made.before is None or made.before in self.marks:
            return False
        else:
            self.marks[made.before] = made.mark
        after = place if made.mark is None else place + 1
        self.paragraphs[place:after] = [line.text for line in made.lines]
        self.labels[place:after] = [line.label for line in made.lines]
        return True

    def spans(self) -> tuple[Span, ...]:
        """The foreign parts of the mixed paragraphs, in order."""
        return tuple(Span(place, *self.marks[own]) for place, own in enumerate(self.own) if own in self.marks)

    def _place(self, made: Insertion, form: str, rng: random.Random) -> int:
        if made.before is not None:
            return self.own.index(made.before) if made.before in self.own else len(self.paragraphs)
        chance = rng.random()
        if chance < _END_SHARE.get(form, 0.0):
            return len(self.paragraphs)
        if form in _END_SHARE and chance > 1 - _TOP_SHARE:
            return 0
        return rng.randint(1, len(self.paragraphs))
