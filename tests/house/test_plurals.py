"""Every language counts in its own way: as many plural forms as it has, and the number in each that stands for several."""

from __future__ import annotations

from collections import Counter
from gettext import c2py

import pytest
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural

from bot.i18n.languages import LANGUAGES, SOURCE
from tests.house.wording import PLACEHOLDER, catalogue, strings_of

COUNTED = range(121)
"""Numbers that show every plural form of a language, and which of them stand for more than one number."""
PINNED = {"ar": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"}
"""Babel's own order of the Arabic forms is not the one that translators and gettext know."""


def counted_wrongly(known: Catalog) -> list[str]:
    """Plural forms too many or too few for the language, or without the number although they stand for several numbers."""
    used = Counter(map(c2py(known.plural_expr), COUNTED))
    found = []
    for message in known:
        if not message.id or not message.pluralizable:
            continue
        forms = strings_of(message)
        if len(forms) != known.num_plurals:
            found.append(f"{len(forms)} forms, not {known.num_plurals}: {message.id[0]!r}")
        needed = set(PLACEHOLDER.findall(message.id[1]))
        for at, form in enumerate(forms):
            if used[at] > 1 and set(PLACEHOLDER.findall(form)) != needed:
                found.append(f"says no number: {form!r}")
    return found


@pytest.mark.parametrize("lang", sorted(set(LANGUAGES) - {SOURCE}))
def test_every_number_has_its_plural_form(lang: str) -> None:
    """As many forms as the language counts with; 21 is said like 1 in Russian, and is no "one"."""
    known = catalogue(lang)
    assert known.plural_expr == PINNED.get(lang, get_plural(lang).plural_expr)
    found = counted_wrongly(known)
    assert not found, "\n".join(found)


def test_russian_counts_by_babels_rule() -> None:
    """1 and 21, 2, and the rest: by the last digit, but not from 11 to 14."""
    form = c2py(catalogue("ru").plural_expr)
    assert [form(number) for number in (0, 1, 2, 5, 11, 21, 100)] == [2, 0, 1, 2, 2, 0, 2]


def test_a_plural_form_that_is_wrong_for_its_numbers_is_caught() -> None:
    """Russian has three; its first is for 1 and for 21, so it cannot say "one"; Spanish can."""
    said = ("one day", "%(count)s days")
    right = Catalog(locale="ru")
    right.add(said, ("%(count)s день", "%(count)s дня", "%(count)s дней"))
    assert counted_wrongly(right) == []
    hidden = Catalog(locale="ru")
    hidden.add(said, ("один день", "%(count)s дня", "%(count)s дней"))
    assert counted_wrongly(hidden) == ["says no number: 'один день'"]
    few = Catalog(locale="ru")
    few.add(said, ("%(count)s день", "%(count)s дней"))
    assert counted_wrongly(few) == ["2 forms, not 3: 'one day'"]
    spanish = Catalog(locale="es")
    spanish.add(said, ("un día", "%(count)s días"))
    assert counted_wrongly(spanish) == []
