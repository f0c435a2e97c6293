"""Form ``service``: service lines of the article's own, which look like what the page says of itself.

Between :mod:`misplaced.training.corruption.subjects` and
:mod:`misplaced.training.corruption.insertion`. Reviews and announcements give prices, places and
ratings in lines of a name and a value; features divide themselves by rules and announce a list in
half a sentence. All of it belongs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.material import Insertion, Line, Material, headline_of, inserted
from misplaced.training.corruption.subjects import names_in

if TYPE_CHECKING:
    import random

#: Names of lines and kinds of values, by what a review or a notice is of.
_FACTS = (
    (("Price", "m"), ("Release date", "d"), ("Publisher", "s"), ("Developer", "s"), ("Platforms", "n")),
    (("Where", "n"), ("When", "d"), ("Tickets", "m"), ("Opening hours", "h"), ("Information", "w")),
    (("Directed by", "p"), ("Cast", "q"), ("Running time", "l"), ("Rating", "r"), ("Opens", "d")),
    (("Author", "p"), ("Pages", "c"), ("Published by", "s"), ("Price", "m"), ("Out", "d")),
    (("Location", "n"), ("Cost", "m"), ("Contact", "p"), ("Deadline", "d"), ("Website", "w")),
    (("Serves", "c"), ("Preparation", "l"), ("Difficulty", "r"), ("Rating", "r"), ("Season", "y")),
)
_FACT_FRAMES = ("{k}: {v}", "{k}: {v}", "{k}: {v}", "{K}: {v}", "{k} {v}", "{k} - {v}", "• {k}: {v}")
_RATINGS = ("4 out of 5", "3/5", "B+", "***", "★★★★", "8 out of 10", "2.5 stars", "A-", "Easy", "Medium")
_RULES = ("* * *", "***", "___", "---", "• • •", "~", "_____", "=====", "--", "…", "# # #", "—", "◆")
_ANNOUNCING = (
    *("More about {n}:", "Here is what we know about {n}:", "Here are the details:", "A few examples:"),
    *("Some facts about {n}:", "How it works:", "Here are the main points:", "In brief:", "The numbers:"),
    *("What is new:", "What happened:", "The figures for {n}:", "Here is how it went:", "The findings:"),
    *("What {n} said:", "Excerpts follow:", "Here are some of the answers:", "What to look out for:"),
)


def service(material: Material, rng: random.Random) -> Insertion | None:
    """Lines of facts above or below the article, a rule between sections, or what announces a list."""
    shape = rng.random()
    if 0.4 <= shape < 0.75:
        rule = material.style("service", rng).choice(_RULES)
        return inserted([rule], "coherent")
    names = names_in(material.host) or [headline_of(material.host) or "it"]
    if shape < 0.4:
        return _facts(names, len(material.host.paragraphs), rng)
    return inserted([rng.choice(_ANNOUNCING).format(n=rng.choice(names))], "coherent")


def _facts(names: list[str], end: int, rng: random.Random) -> Insertion:
    kinds = rng.choice(_FACTS)
    frame = rng.choice(_FACT_FRAMES)
    chosen = sorted(rng.sample(range(len(kinds)), rng.randint(2, len(kinds))))
    lines = [
        Line(frame.format(k=name, K=name.upper(), v=_value(kind, names, rng)), "coherent")
        for name, kind in (kinds[i] for i in chosen)
    ]
    return Insertion(tuple(lines), rng.choice((0, end)))


def _value(kind: str, names: list[str], rng: random.Random) -> str:
    if kind == "n":
        return rng.choice(names)
    hour = rng.randint(7, 11)
    made = {
        "m": f"{rng.choice('$£€')}{rng.randint(1, 90)}{rng.choice(('', '.99', '.50'))}",
        "d": invention.date(rng),
        "s": invention.publication(rng),
        "h": f"{hour} a.m. to {hour - 4} p.m.",
        "w": invention.address(rng),
        "p": invention.person(rng),
        "q": f"{invention.person(rng)}, {invention.person(rng)}",
        "l": f"{rng.randint(10, 180)} minutes",
        "r": rng.choice(_RATINGS),
        "c": str(rng.randint(2, 480)),
        "y": rng.choice(("Spring", "Summer", "Autumn", "Winter")),
    }
    return made[kind]
