"""What in a text leads to a person: names in any order, form and script; badges, numbers, addresses, births; a day with its place.

Pure, and on the side of finding too much: whoever wrote it says it in other words. It knows names of the company's own list;
Chinese characters are not compared with their romanisation, nor are nicknames known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from bot.i18n.languages import LANGUAGES
from bot.kit.digits import with_digits
from bot.library.authoring.names import HAN, LEAST, Known, cyrillic, folded, names_in, stem


@dataclass(frozen=True)
class Alone:
    """A post that one person alone holds at a place: together they are as good as a name. Words in all languages."""

    post: tuple[str, ...]
    place: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What is known of that which is told: whom it could name, when and where it was."""

    people: tuple[Known, ...] = ()
    on: date | None = None
    places: tuple[str, ...] = ()
    alone: tuple[Alone, ...] = ()
    usual: frozenset[str] = frozenset()
    """Words that are written small in the company's lessons: at the beginning of a sentence they are no name."""


@dataclass(frozen=True)
class Left:
    """Something that leads to a person: of which kind, in which part, language and words."""

    kind: str
    part: str
    language: str
    words: str


KINDS = ("name", "badge", "phone", "address", "birth", "moment", "post")
_PHONE = re.compile(r"(?<![\w.,/-])\+?\(?\d[\d\s().\-/]{5,}\d(?![\w/])")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w@])@[A-Za-z]\w{3,}")
_DATE = re.compile(
    r"(?<!\d)(?:(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?|(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2}))(?!\d)"
)
_BORN = re.compile(
    r"\b(?:born|date of birth|naci[óod]\w*|fecha de nacimiento|родил\w+|дата рождения|года рождения)\b"
    r"|出生|生于|生日|مواليد|تاريخ الميلاد|ولد في",
    re.IGNORECASE,
)
YOUNGEST = 14


def left(texts: Iterable[tuple[str, str, str]], about: About) -> tuple[Left, ...]:
    """What is left in some texts of (part, language, words), in their order, each thing once a part."""
    some = list(texts)
    found: list[Left] = []
    for part, language, words in some:
        for kind, said in _in_one(words, about):
            found.append(Left(kind, part, language, said))
    for language in dict.fromkeys(language for _, language, _ in some):
        found += _moments([each for each in some if each[1] == language], about)
    return tuple(dict.fromkeys(found))


def _in_one(words: str, about: About) -> Iterator[tuple[str, str]]:
    plain = with_digits(unicodedata.normalize("NFKC", words))
    yield from (("name", said) for said in names_in(plain, about.people, about.usual))
    small = plain.casefold()
    for one in about.people:
        if (
            len(one.badge) >= LEAST
            and one.badge.casefold() in small
            and re.search(rf"(?<!\w){re.escape(one.badge)}(?!\w)", plain, re.IGNORECASE)
        ):
            yield "badge", one.badge
    dates = [(match, on) for match in _DATE.finditer(plain) for on in _days(match)]
    spans = [match.span() for match, _ in dates]
    for match in _PHONE.finditer(plain):
        inside = any(start <= match.start() < end for start, end in spans)
        if not inside and 7 <= sum(each.isdigit() for each in match[0]) <= 15:
            yield "phone", match[0].strip()
    yield from (("address", match[0]) for match in _ADDRESS.finditer(plain))
    yield from (("birth", match[0]) for match in _BORN.finditer(plain))
    if about.on is not None:
        youngest = about.on.year - YOUNGEST
        yield from (("birth", match[0]) for match, on in dates if 1900 < on.year <= youngest)
    for each in about.alone:
        post, place = _said(plain, each.post), _said(plain, each.place)
        if post and place:
            yield "post", f"{post} … {place}"


def _days(match: re.Match[str]) -> Iterator[date]:
    """The days that a date can mean: day before month, or month before day."""
    year, month, day, first, second, short = match.groups()
    if year:
        ways = [(int(year), int(month), int(day))]
    else:
        whole = int(short) if len(short) == 4 else 2000 + int(short)
        ways = [(whole, int(second), int(first)), (whole, int(first), int(second))]
    for way in dict.fromkeys(ways):
        try:
            yield date(*way)
        except ValueError:
            continue


def _said(words: str, some: Iterable[str]) -> str:
    """The first of some words that stands in a text, whatever its capitals; in Russian in any of its forms."""
    plain = folded(words)
    for each in some:
        wanted = folded(each).split()
        if not wanted or not any(len(word) >= 2 for word in wanted):
            continue
        form = r"[\s\-]+".join(
            rf"{re.escape(stem(word))}\w{{0,3}}" if cyrillic(word) else re.escape(word) for word in wanted
        )
        if re.search(form if HAN.search(each) else rf"(?<!\w)(?:{form})(?!\w)", plain):
            return each
    return ""


def _moments(some: Sequence[tuple[str, str, str]], about: About) -> list[Left]:
    """The day of what happened, where its place is named in the same language too."""
    if about.on is None:
        return []
    whole = with_digits(unicodedata.normalize("NFKC", "\n".join(words for _, _, words in some)))
    place = _said(whole, about.places)
    if not place:
        return []
    found = []
    for part, language, words in some:
        plain = with_digits(unicodedata.normalize("NFKC", words))
        said = next((match[0] for match in _DATE.finditer(plain) if about.on in _days(match)), "")
        said = said or next((match[0] for form in _written(about.on) if (match := form.search(folded(plain)))), "")
        if said:
            found.append(Left("moment", part, language, f"{said} · {place}"))
    return found


@cache
def _written(on: date) -> tuple[re.Pattern[str], ...]:
    """A day with its month in words, in each language of ours, in either order."""
    months = {f"{on.month}月"}
    for code in LANGUAGES:
        names = Locale.parse(code.replace("-", "_")).months
        months |= {
            folded(names[use][width][on.month])
            for use in ("format", "stand-alone")
            for width in ("wide", "abbreviated")
        }
    forms = []
    for month in sorted((each.strip(".") for each in months if each and not each.isdigit()), key=len, reverse=True):
        name = re.escape(month)
        forms.append(re.compile(rf"(?<!\d){on.day}(?:st|nd|rd|th|-?го|º|日)?\s*(?:de |of )?{name}"))
        forms.append(re.compile(rf"{name}\s*{on.day}(?!\d)"))
    return tuple(forms)
