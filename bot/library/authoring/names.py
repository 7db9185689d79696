"""Names of people in a text: parts in any order, Russian ones in any case, other scripts by their consonants. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

LEAST = 3
"""Letters of a name that is one word alone, and of a badge."""
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
HAN = re.compile(r"[\u3400-\u9fff]+")
_PREFIXES = re.compile(r"^[وفبلك]?(?:ال)?")
_TAIL = re.compile(r"(?:ий|ый|ая|яя|ой|ия|а|я|о|й|ь|е|и|ы)$")
_SENTENCE_BEGINS = re.compile(r"(?:^|[.!?…:;¡¿\n•–—«»“”\"(]\s*)$")
_ENDINGS = re.compile(
    r"(?:а|я|у|ю|ы|и|е|о|й|ь|ой|ей|ою|ею|ом|ем|ём|ым|им|ого|его|ому|ему|ых|их|ыми|ими|ою|ую|юю|ые|ие|ое|ия|ию|ии|ией)?"
)


@dataclass(frozen=True)
class Known:
    """Somebody of the company's list."""

    name: str
    badge: str


def small_words(words: str) -> Iterator[str]:
    """The words of a text that are written small, or in letters that know no other way."""
    for each in _WORD.findall(words):
        if not each[0].isupper():
            yield folded(each)


def names_in(words: str, people: Sequence[Known], usual: frozenset[str]) -> Iterator[str]:
    """The names of people that stand in a text: two parts of one near each other, or one part that can be nothing else."""
    tokens = [(match[0], match.start()) for match in _WORD.finditer(words)]
    for one in _perhaps(words, [token for token, _ in tokens], people):
        if HAN.fullmatch(one.name.replace(" ", "").replace("·", "")):
            yield from _chinese(words, one.name.replace(" ", "").replace("·", ""))
            continue
        parts = [each for each in _WORD.findall(one.name) if len(each) >= 2]
        hits = [(at, part) for at, (token, _) in enumerate(tokens) for part in parts if _is(token, part)]
        near = next(((a, b) for a, p in hits for b, q in hits if p != q and 0 < b - a <= 2), None)
        if near is not None:
            yield " ".join(token for token, _ in tokens[near[0] : near[1] + 1])
            continue
        yield from dict.fromkeys(
            tokens[at][0] for at, part in hits if _same_script(tokens[at][0], part) and _alone(words, tokens[at], usual)
        )


def _perhaps(words: str, tokens: Sequence[str], people: Sequence[Known]) -> Iterator[Known]:
    """Those of some people of whom a word may speak: of a hundred thousand names only few begin or sound like one of a text."""
    begins = {form[:LEAST] for each in tokens for form in (folded(each), _PREFIXES.sub("", folded(each)))}
    sounds = {_skeleton(each) for each in tokens}
    for one in people:
        for part in one.name.split():
            if folded(part)[:LEAST] in begins or _skeleton(part) in sounds or (HAN.match(part) and part[0] in words):
                yield one
                break


def _alone(words: str, token: tuple[str, int], usual: frozenset[str]) -> bool:
    """Whether one word alone is a name: written large where it need not be, or a word that no lesson uses."""
    said, at = token
    if len(said) < LEAST:
        return False
    if not said[0].isupper() and said[0].lower() != said[0].upper():
        return False  # written small: a word like any other
    begins = bool(_SENTENCE_BEGINS.search(words[:at]))
    cased = said[0].lower() != said[0].upper()
    return folded(said) not in usual if begins or not cased else True


def _chinese(words: str, name: str) -> Iterator[str]:
    if len(name) >= 2 and name in "".join(words.split()):
        yield name
        return
    surname = re.escape(name[0])
    if match := re.search(
        rf"[老小]{surname}(?![\u3400-\u9fff]{{0}}[\u7684])|{surname}(?:师傅|工程师|某某|某|班长|主任)", words
    ):
        yield match[0]
    elif len(name) == 3 and name[1:] in words:
        yield name[1:]


def _is(token: str, part: str) -> bool:
    """Whether a word is a part of a name, in any form and script."""
    if _same_script(token, part):
        said, name = folded(token), folded(part)
        if cyrillic(said):
            kept = stem(name)
            return said.startswith(kept) and _ENDINGS.fullmatch(said[len(kept) :]) is not None
        return (
            said == name
            or said in (f"{name}'s", f"{name}’s")
            or (_arabic(said) and _PREFIXES.sub("", said) == _PREFIXES.sub("", name))
        )
    one, other = _skeleton(token), _skeleton(part)
    return len(one) >= 2 and one == other


@lru_cache(200_000)
def folded(words: str) -> str:
    """Small, without accents, with one letter for ё and е."""
    apart = unicodedata.normalize("NFD", words.casefold().replace("й", "\ue000"))
    return "".join(each for each in apart if not unicodedata.combining(each)).replace("\ue000", "й")


def stem(name: str) -> str:
    """A Russian name without what its forms change; short names keep three letters."""
    short = _TAIL.sub("", name)
    return short if len(short) >= LEAST else name


def cyrillic(words: str) -> bool:
    return any("\u0400" <= each <= "\u04ff" for each in words)


def _arabic(words: str) -> bool:
    return any("\u0600" <= each <= "\u06ff" for each in words)


def _same_script(one: str, other: str) -> bool:
    return (cyrillic(one), _arabic(one), bool(HAN.search(one))) == (
        cyrillic(other),
        _arabic(other),
        bool(HAN.search(other)),
    )


_ROWS = (
    ("бвгджзклмнпрстфхцчшщ", "b v g d z z k l m n p r s t f h s c s s"),
    ("بتثجحخدذرزسشصضطظعغفقكلمنه", "b t t z h h d d r z s s s d t z - g f k k l m n h"),
    ("bcdfghjklmnpqrstvwxz", "b k d f g h z k l m n p k r s t v v k z"),
)
"""Consonants of three alphabets and the sound they stand for here; ع has none."""
_LETTERS = {
    each: sound.strip("-") for letters, sounds in _ROWS for each, sound in zip(letters, sounds.split(), strict=True)
}
_SOUNDS = (
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "c"),
    ("zh", "z"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("dzh", "z"),
)


@lru_cache(200_000)
def _skeleton(word: str) -> str:
    """The consonants of a word in one alphabet, so that a name in two scripts is the same."""
    said = folded(word)
    for letters, sound in _SOUNDS:
        said = said.replace(letters, "\ue001" if sound == "c" else {"s": "ш", "z": "ж", "h": "х"}.get(sound, sound))
    said = said.replace("\ue001", "ч")
    found = "".join(_LETTERS.get(each, "") for each in said)
    return re.sub(r"(.)\1+", r"\1", found).replace("v", "" if _arabic(word) else "v").rstrip("h")
