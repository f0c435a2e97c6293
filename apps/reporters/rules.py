"""What a finding can be called, with the words that the formats of other systems ask for.

One rule for each foreign label, and one for a title that belongs to another story.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: As SARIF calls them: ``warning`` for what is flagged, ``note`` for what is only said.
Level = Literal["warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding.

    Attributes
    ----------
    id : str
        The label in every format.
    name : str
        The same for people, in the spelling that SARIF asks for.
    short, full : str
        What was found, in one sentence and in some.
    help : str
        What to do about it.
    level : {"warning", "note"}
    severity : str
        Of GitLab's five: ``info``, ``minor``, ``major``, ``critical``, ``blocker``.
    """

    id: str
    name: str
    short: str
    full: str
    help: str
    level: Level
    severity: str

    @property
    def markdown(self) -> str:
        """The help as Markdown."""
        return f"# {self.short}\n\n{self.full}\n\n## What to do\n\n{self.help}\n"


_AGAIN = (
    "Where the paragraph does belong, raise the threshold with --threshold: a paragraph is flagged when "
    "1 - coherence reaches it."
)

RULES = {
    rule.id: rule
    for rule in (
        Rule(
            "off_topic",
            "OffTopicParagraph",
            "A paragraph or sentence belongs to another story.",
            "The text is about something else than the rest of its article: a teaser of another story, "
            'a "READ MORE" line with its headline, or a paragraph that came from another page. '
            "The reasons compare it with this article's own paragraphs.",
            f"Remove it from the article; misplaced detect --fix does that. {_AGAIN}",
            "warning",
            "major",
        ),
        Rule(
            "boilerplate",
            "BoilerplateParagraph",
            "A paragraph or sentence is page furniture.",
            "The text is worded like what surrounds an article on a page: advertising, sign-ups, "
            "sharing, navigation, notices.",
            "Remove it from the article (misplaced detect --fix does that), or take it out where the page "
            f"is turned into text. {_AGAIN}",
            "warning",
            "minor",
        ),
        Rule(
            "title_mismatch",
            "TitleOfAnotherStory",
            "The title belongs to another story.",
            "The title does not fit the body of the article. The paragraphs were judged without it, and "
            "none is flagged for not fitting it.",
            "Check whether title and body were taken from the same page.",
            "note",
            "info",
        ),
    )
}
