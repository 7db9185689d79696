"""What in a lesson leads to a person is found: in any order, form, script; and what leads to nobody is left alone."""

from __future__ import annotations

import time
from datetime import date

import pytest

from bot.library.authoring.identifiers import About, Alone, left
from bot.library.authoring.names import Known

PEOPLE = (
    Known("Marek Nowak", "W-12"), Known("Иванов Пётр", "R-7"), Known("王小明", "C-3"), Known("Yusuf Demir", "D-1"),
    Known("José Peña", "B-1042"), Known("Mark Rose", "M-1"), Known("Наталья Белая", "N-1"), Known("يوسف الحداد", "A-9"),
)  # fmt: skip
ABOUT = About(
    PEOPLE, date(2026, 11, 18), ("Loading dock 1", "Погрузочная площадка", "装卸台", "Muelle de carga"),
    (Alone(("crane operator", "Крановщик"), ("Dock Team", "Бригада причала")),), frozenset({"mark", "rose", "will", "белая"}),
)  # fmt: skip


def found(words: str, *more: str) -> list[tuple[str, str]]:
    """Kinds and words of what is left in one card, or several."""
    cards = [(f"card:{at}", "en", each) for at, each in enumerate((words, *more))]
    return [(one.kind, one.words) for one in left(cards, ABOUT)]


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("Nowak, Marek took the hook", "name", "Nowak Marek"),
        ("Then ask Marek about it", "name", "Marek"),
        ("After that Mark fell", "name", "Mark"),
        ("The hook was Nowak's", "name", "Nowak's"),
        ("MAREK NOWAK slipped", "name", "MAREK NOWAK"),
        ("Об этом сказали Иванову Петру", "name", "Иванову Петру"),
        ("Вместе с Петром Ивановым", "name", "Петром Ивановым"),
        ("Крюк нёс Иванов", "name", "Иванов"),
        ("Спросили Наталью Белую", "name", "Наталью Белую"),
        ("Марек Новак упал", "name", "Марек Новак"),
        ("قال يوسف الحداد", "name", "يوسف الحداد"),
        ("سقط يوسف ديمير", "name", "يوسف ديمير"),
        ("王小明滑倒了", "name", "王小明"),
        ("王师傅滑倒了", "name", "王师傅"),
        ("Jose Pena fell", "name", "Jose Pena"),
        ("Ask b-1042", "badge", "B-1042"),
        ("Call +86 138 0013 8000", "phone", "+86 138 0013 8000"),
        ("اتصل ٠١٠١٢٣٤٥٦٧٨", "phone", "01012345678"),
        ("Write to ana.b@works.example", "address", "ana.b@works.example"),
        ("Ask @ana_works", "address", "@ana_works"),
        ("He was born late", "birth", "born"),
        ("On 12.03.1985 it began", "birth", "12.03.1985"),
        ("On 18 November at loading dock 1", "moment", "18 november · Loading dock 1"),
        ("2026-11-18, Loading dock 1", "moment", "2026-11-18 · Loading dock 1"),
        ("11/18/2026 at the Loading dock 1", "moment", "11/18/2026 · Loading dock 1"),
        ("11月18日在装卸台", "moment", "11月18 · 装卸台"),
        ("18 ноября на погрузочной площадке", "moment", "18 ноября · Погрузочная площадка"),
        ("El 18 de noviembre en el muelle de carga", "moment", "18 de noviembre · Muelle de carga"),
        ("The crane operator of the Dock Team", "post", "crane operator … Dock Team"),
        ("Крановщика бригады причала", "post", "Крановщик … Бригада причала"),
    ],
)  # fmt: skip
def test_what_leads_to_a_person_is_found(words: str, kind: str, said: str) -> None:
    """One case a line: the kind, and the words that are to be said in another way."""
    assert (kind, said) in found(words)


@pytest.mark.parametrize(
    "words",
    [
        "Mark the edge, then stop",
        "Rose petals on the floor",
        "белая линия на полу",
        "Белая линия на полу",
        "A bent latch means: take the hook away",
        "At 9:01 a load of 1,000 kg slid 25.5 m",
        "On 18 November we look at all hooks",
        "At the loading dock 1 hooks are looked at each week",
        "The crane operator looks first",
        "The rule of 29 CFR 1904.39 holds from 2015-01-01",
        "王国的规则",
        "",
    ],
)
def test_what_leads_to_nobody_is_left_alone(words: str) -> None:
    """Words that are also names, numbers that are no phone, a day without its place, a place without its day."""
    assert found(words) == []


def test_a_day_and_its_place_on_two_cards_are_found_together() -> None:
    """What one card does not tell, two do; and the card with the day is named."""
    assert [
        one.part for one in left([("card:0", "en", "At loading dock 1"), ("card:1", "en", "On 18 Nov")], ABOUT)
    ] == ["card:1"]


def test_a_long_list_of_people_takes_no_second() -> None:
    """A hundred thousand names are gone through for a lesson of usual length."""
    crowd = tuple(Known(f"Ana{n % 900} Ortiz{n % 700}", f"Q-{n}") for n in range(100_000))
    words = "A bent latch means that the hook is taken away at once. Ask whoever leads. " * 8
    began = time.perf_counter()
    assert left([("card:0", "en", words)], About(crowd)) == ()
    assert time.perf_counter() - began < 3
