"""Invented persons, publications, agencies, dates and addresses for generated lines.

Used by the forms of :mod:`misplaced.training.corruption.insertion`. Surnames and titles of
publications are put together from parts, so that a model cannot learn a list of them, and nobody
real is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_GIVEN = (
    *("Adela", "Amos", "Anika", "Bertram", "Bianca", "Callum", "Carmen", "Cedric", "Dalia", "Darius"),
    *("Edith", "Elias", "Farah", "Fergus", "Gemma", "Gideon", "Hana", "Hugo", "Imogen", "Ivo", "Jana"),
    *("Jonas", "Katya", "Kofi", "Leila", "Linus", "Mabel", "Marek", "Nadia", "Nils", "Odile", "Omar"),
    *("Petra", "Quentin", "Rosa", "Rufus", "Selma", "Silas", "Tamsin", "Tariq", "Una", "Viktor", "Wanda"),
    *("Yara", "Yusuf", "Zelda", "Maria", "John", "Sarah", "David", "Anna", "Michael", "Laura", "Peter"),
)
_SURNAME_STARTS = (
    *("Al", "Ar", "Bel", "Bran", "Cald", "Car", "Cor", "Dal", "Del", "Dor", "Ed", "El", "Fal", "Fen"),
    *("Gar", "Gil", "Had", "Hal", "Har", "Hol", "Il", "Jar", "Kal", "Kel", "Lan", "Lor", "Mal", "Mar"),
    *("Mer", "Nor", "Ol", "Or", "Pel", "Pen", "Quil", "Ral", "Ros", "Sal", "Sel", "Stan", "Tal", "Thorn"),
    *("Ul", "Val", "Ver", "Wal", "Whit", "Wil", "Yar", "Zim"),
)
_SURNAME_ENDS = (
    *("ano", "ard", "berg", "brook", "by", "combe", "dale", "den", "dez", "dottir", "ell", "enko", "er"),
    *("escu", "field", "ford", "gard", "ham", "ier", "ingham", "ini", "ley", "low", "man", "mar", "mont"),
    *("more", "osa", "ova", "owitz", "quist", "ridge", "sen", "shaw", "ski", "stead", "ston", "strom"),
    *("ton", "vani", "vich", "wick", "worth", "yama"),
)
_PLACES = (
    *("Harbor", "Valley", "Lakeside", "Northern", "Coastal", "Capital", "Prairie", "Island", "Mountain"),
    *("Metro", "Riverside", "Midland", "Eastern", "Union", "Summit", "Bay", "County", "City", "National"),
)
_PAPERS = (
    *("Gazette", "Courier", "Dispatch", "Ledger", "Beacon", "Monitor", "Chronicle", "Sentinel", "Observer"),
    *("Bulletin", "Report", "Record", "Review", "Standard", "Daily", "News", "Times", "Journal", "Wire"),
)
_AGENCIES = ("Images", "Press", "Photos", "Pictures", "News Agency", "Photo Service", "Wire", "Newswire")
_SECTIONS = (
    *("Politics", "Opinion", "World", "Business", "Sports", "Technology", "Health", "Science", "Culture"),
    *("Local News", "National", "Education", "Travel", "Entertainment", "Money", "Climate", "Analysis"),
    *("Lifestyle", "Elections", "Crime", "Economy", "Markets", "Food", "Books", "Weather", "Video"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def person(rng: random.Random) -> str:
    """Return a given name and an invented surname, at times with an initial between."""
    initial = f" {rng.choice('ABCDEFGHJKLMNPRSTVW')}." if rng.random() < 0.08 else ""
    surname = rng.choice(_SURNAME_STARTS) + rng.choice(_SURNAME_ENDS)
    return f"{rng.choice(_GIVEN)}{initial} {surname}"


def publication(rng: random.Random) -> str:
    """Return the title of an invented paper or site."""
    title = f"{rng.choice(_PLACES)} {rng.choice(_PAPERS)}"
    return f"The {title}" if rng.random() < 0.35 else title


def agency(rng: random.Random) -> str:
    """Return the name of an invented picture agency."""
    if rng.random() < 0.25:
        return "".join(rng.choice("ABCDEFGHKLMNPRSTVW") for _ in range(rng.randint(2, 4)))
    name = (
        rng.choice(_PLACES) if rng.random() < 0.5 else rng.choice(_SURNAME_STARTS) + rng.choice(_SURNAME_ENDS)
    )
    return f"{name} {rng.choice(_AGENCIES)}"


def section(rng: random.Random) -> str:
    """Return the name of a paper's section."""
    return rng.choice(_SECTIONS)


def date(rng: random.Random) -> str:
    """Return a day as papers write it, with the year mostly."""
    month, day, year = rng.choice(MONTHS), rng.randint(1, 28), rng.randint(2006, 2024)
    shape = rng.random()
    if shape < 0.5:
        return f"{month} {day}, {year}"
    if shape < 0.65:
        return f"{day} {month} {year}"
    if shape < 0.8:
        return f"{month[:3]}. {day}, {year}"
    return f"{rng.choice(WEEKDAYS)}, {month} {day}" + (f", {year}" if rng.random() < 0.7 else "")


def clock(rng: random.Random) -> str:
    """Return a time of the day with its zone."""
    half = rng.choice(("a.m.", "p.m.", "AM", "PM", "am", "pm"))
    return (
        f"{rng.randint(1, 12)}:{rng.randint(0, 59):02} {half} {rng.choice(('ET', 'EST', 'GMT', 'PT', 'CT'))}"
    )


def address(rng: random.Random) -> str:
    """Return a short web address that leads nowhere."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return f"https://{rng.choice(letters)}{rng.choice(letters)}.example/" + "".join(
        rng.choice(letters) for _ in range(rng.randint(5, 9))
    )
