"""``misplaced corrupt``: make a labelled corpus from articles by inserting foreign text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from misplaced.apps.failure import reported


@reported()
def corrupt(
    articles: Annotated[
        list[Path],
        typer.Argument(
            metavar="CLEAN.jsonl...",
            help="Articles, one JSON object a line: title, paragraphs and, where known, id, labels, topic, "
            "date, source. Plain or .gz.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where the labelled corpus goes (.jsonl, .jsonl.gz)."
        ),
    ],
    rate: Annotated[float, typer.Option(help="Share of the articles that receive insertions.")] = 0.75,
    most: Annotated[int, typer.Option(metavar="N", help="Insertions an article at most.")] = 2,
    donor: Annotated[
        list[str] | None,
        typer.Option(
            help="Whose text: random, topic (same topic), date (same day), title (a word of the title in "
            "common) or source (same publisher). Repeat for several; default the first three."
        ),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            help="What: paragraph, run, teaser, sentence, furniture, pointer, headline, headlines, video, "
            "gallery, blurb, lookalike, fused, companion, service; or prose (the first four) or wild (short "
            "lines in the shares of crawled pages). Repeat for several; default prose and furniture."
        ),
    ] = None,
    mixed: Annotated[
        bool,
        typer.Option("--mixed", help="Draw a form for every insertion, not one for all."),
    ] = False,
    donors_from: Annotated[
        list[Path] | None,
        typer.Option("--donors-from", metavar="FILE", help="Take foreign text from these articles instead."),
    ] = None,
    recurrences: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="A line that stands in N articles of one source is labelled boilerplate; 0 switches it off.",
        ),
    ] = 4,
    trust_lines: Annotated[
        bool,
        typer.Option(
            "--trust-lines",
            help="Label short lines of unlabelled articles coherent; by default they are labelled ignore.",
        ),
    ] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Use the first N articles only.")] = None,
    every: Annotated[int, typer.Option(metavar="N", help="Use every Nth article as a host.")] = 1,
    held_out: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="Hosts only from the sources that 'finetune --held-out SHARE' leaves out."
        ),
    ] = 1.0,
    tuned: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Hosts only from the sources that 'finetune --held-out SHARE' learns from; --every counts "
            "these.",
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Same seed, same corpus, byte for byte.")] = 0,
) -> None:
    """Make a labelled corpus by inserting foreign text into articles.

    \b
    Example:
      misplaced corrupt articles.jsonl -o labelled.jsonl --rate 0.5 --form wild --form sentence
    """
    from misplaced.apps.overwriting import refuse_overwriting
    from misplaced.apps.reporters.escaping import message
    from misplaced.training.corpus import make_corpus
    from misplaced.training.corruption.donors import DEFAULT_DONORS
    from misplaced.training.corruption.insertion import DEFAULT_FORMS, InsertionSettings, form_names

    refuse_overwriting(output, [*articles, *(donors_from or ())])
    forms = form_names(form) if form else DEFAULT_FORMS
    settings = InsertionSettings(rate, most, tuple(donor or DEFAULT_DONORS), forms, seed, mixed)
    summary = make_corpus(
        articles,
        output,
        settings,
        donors_from=donors_from,
        recurrences=recurrences,
        trust_lines=trust_lines,
        limit=limit,
        every=every,
        held_out=held_out,
        tuned=tuned,
    )
    message(summary.line())
