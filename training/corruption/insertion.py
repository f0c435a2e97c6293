"""Insert what does not belong into articles: labelled corpora from clean ones.

Every article draws from a random generator of its own, seeded by the corpus seed and the
article's id and place, so that the result is the same byte for byte on every machine and does not
change for one article when another is added behind it.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from misplaced.errors import UsageError
from misplaced.training.articles import MIN_PARAGRAPHS, Article
from misplaced.training.corruption import passages
from misplaced.training.corruption.blurbs import blurb
from misplaced.training.corruption.companions import companion
from misplaced.training.corruption.donors import DEFAULT_DONORS, DONORS, DonorPool
from misplaced.training.corruption.furniture import furniture
from misplaced.training.corruption.fusion import fused
from misplaced.training.corruption.gallery import gallery
from misplaced.training.corruption.headings import headline, headlines
from misplaced.training.corruption.lookalikes import lookalike
from misplaced.training.corruption.material import Form, Insertion, Material
from misplaced.training.corruption.page import Page
from misplaced.training.corruption.players import video
from misplaced.training.corruption.pointers import pointer
from misplaced.training.corruption.service_lines import service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from misplaced.spans import Span

#: What is inserted, by its name. A form makes lines of a host and its donors.
_FOREIGN: dict[str, Form] = {
    "paragraph": passages.paragraph,
    "run": passages.run,
    "teaser": passages.teaser,
    "sentence": passages.sentence,
    "furniture": furniture,
    "pointer": pointer,
    "headline": headline,
    "headlines": headlines,
    "video": video,
    "gallery": gallery,
    "blurb": blurb,
    "lookalike": lookalike,
    "fused": fused,
    "companion": companion,
    "service": service,
}

FORMS = tuple(_FOREIGN)

#: Several forms under one name. ``wild`` names some more than once: roughly their shares of what
#: crawled news pages show between an article's paragraphs.
GROUPS = {
    "prose": ("paragraph", "run", "teaser", "sentence"),
    "wild": (
        *("pointer",) * 7,
        *("headline",) * 3,
        *("headlines",) * 2,
        *("video",) * 2,
        *("blurb",) * 2,
        *("gallery",) * 2,
        *("furniture",) * 4,
        *("lookalike",) * 4,
    ),
}

DEFAULT_FORMS = (*GROUPS["prose"], "furniture")


@dataclass(frozen=True, slots=True)
class InsertionSettings:
    """How a labelled corpus is made.

    Attributes
    ----------
    rate : float
        Share of the articles that receive insertions, 0 to 1.
    most : int
        Insertions an article at most; drawn evenly from 1 up.
    donors, forms : tuple of str
        Drawn from evenly; name one twice to double its share.
    seed : int
    mixed : bool
        Draw a form for every insertion, not one for all of an article's.
    """

    rate: float = 0.75
    most: int = 2
    donors: tuple[str, ...] = DEFAULT_DONORS
    forms: tuple[str, ...] = DEFAULT_FORMS
    seed: int = 0
    mixed: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise UsageError(f"rate {self.rate} is out of range", hint="give one between 0 and 1")
        if self.most < 1:
            raise UsageError("an article needs room for at least one insertion", hint="give 1 or more")
        for name, chosen, known in (("donor", self.donors, DONORS), ("form", self.forms, FORMS)):
            for one in chosen:
                if one not in known:
                    raise UsageError(f"unknown {name} {one!r}", hint=f"use one of {', '.join(known)}")
            if not chosen:
                raise UsageError(f"no {name} given", hint=f"use one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class CorruptedArticle:
    """An article with insertions: what one line of a labelled corpus holds.

    Attributes
    ----------
    kind : str
        The donor of the first foreign text: ``random``, ``topic``, ``date`` or ``title``. Without
        foreign text ``furniture`` or ``lookalike``, by what was inserted first, ``companion`` for
        what no donor gave; ``clean`` (or the host's own kind) where nothing was.
    form : str or None
        The form of the insertion that `kind` tells of, None for a clean one.
    spans : tuple of Span
        The foreign parts of mixed paragraphs, in order.
    site : str or None
        The host's source: an encoder tuned on part of the sources must know which.
    """

    id: str
    title: str | None
    kind: str
    form: str | None
    paragraphs: tuple[str, ...]
    labels: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    site: str | None = None

    def record(self) -> dict[str, object]:
        """Return the JSON object of the labelled format."""
        record: dict[str, object] = {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "form": self.form,
            "paragraphs": list(self.paragraphs),
            "labels": list(self.labels),
        }
        if self.site is not None:
            record["site"] = self.site
        if self.spans:
            record["spans"] = [asdict(span) for span in self.spans]
        return record


def form_names(chosen: Sequence[str]) -> tuple[str, ...]:
    """Replace the groups among the names of forms by what they stand for.

    Raises
    ------
    UsageError
        If a name is neither a form nor a group.
    """
    names: list[str] = []
    for name in chosen:
        if name not in GROUPS and name not in FORMS:
            known = ", ".join((*FORMS, *GROUPS))
            raise UsageError(f"unknown form {name!r}", hint=f"use one of {known}")
        names += GROUPS.get(name, (name,))
    return tuple(names)


def corrupt(
    hosts: Sequence[Article], settings: InsertionSettings, pool: DonorPool | None = None
) -> list[CorruptedArticle]:
    """Make a labelled corpus.

    Parameters
    ----------
    hosts : sequence of Article
        Hosts with fewer than :data:`MIN_PARAGRAPHS` paragraphs are left out. Labels they have are
        kept.
    settings : InsertionSettings
    pool : DonorPool, optional
        The hosts themselves by default.

    Returns
    -------
    list of CorruptedArticle
        In the order of the hosts.
    """
    donors = pool or DonorPool(hosts)
    made = []
    for number, host in enumerate(hosts):
        if len(host.paragraphs) < MIN_PARAGRAPHS:
            continue
        house = f"{settings.seed}:{number}:{host.id}"
        made.append(_corrupt_one(host, settings, donors, house))
    return made


def _corrupt_one(host: Article, settings: InsertionSettings, pool: DonorPool, house: str) -> CorruptedArticle:
    rng = random.Random(house)
    untouched = CorruptedArticle(
        *(host.id, host.title, host.kind or "clean", None, host.paragraphs, host.labels),
        site=host.source,
    )
    if rng.random() >= settings.rate:
        return untouched
    form = rng.choice(settings.forms)
    wanted = rng.choice(settings.donors)
    page = Page(list(host.paragraphs), list(host.labels), list(range(len(host.paragraphs))))
    done: list[tuple[str, str]] = []
    for turn in range(rng.randint(1, settings.most)):
        if settings.mixed and turn:
            form = rng.choice(settings.forms)
        kinds: list[str] = []
        made = _FOREIGN[form](Material(host, _drawing(host, wanted, pool, rng, kinds), house), rng)
        if made is None or not page.insert(made, form, rng):
            continue
        done.append((_kind(made, kinds), form))
    if not done:
        return untouched
    kind, form = next((one for one in done if one[0] in DONORS), done[0])
    return CorruptedArticle(
        *(host.id, host.title, kind, form, tuple(page.paragraphs), tuple(page.labels), page.spans()),
        site=host.source,
    )


def _drawing(
    host: Article, wanted: str, pool: DonorPool, rng: random.Random, kinds: list[str]
) -> Callable[[], Article | None]:
    """Return what draws a host's donors, noting of what kind each of them really is."""

    def draw() -> Article | None:
        drawn = pool.draw(host, wanted, rng)
        if drawn is None:
            return None
        kinds.append(drawn[1])
        return drawn[0]

    return draw


def _kind(made: Insertion, kinds: list[str]) -> str:
    labels = {made.mark.label} if made.mark else {line.label for line in made.lines}
    if "off_topic" in labels:
        return kinds[0] if kinds else "companion"
    return "furniture" if "boilerplate" in labels else "lookalike"
