"""What an Arabic keyboard types, read like ours."""

from __future__ import annotations

import pytest

from bot.kit.digits import western, with_digits
from bot.learning.courses.leading import HOURS, PERCENT, _minutes
from bot.learning.induction.showing import asks_for_oneself
from bot.library.kinds.kind import named_marks, plain
from bot.library.reading import truth
from bot.library.wording import is_catch_all, names_place, numbers


@pytest.mark.parametrize(
    ("typed", "read"), [("L-١٠٤٢", "L-1042"), ("۱۰۴۲", "1042"), ("L-1042", "L-1042"), ("رقم ٧", "رقم 7"), ("", "")]
)
def test_digits_of_any_script_are_ours_and_nothing_else_changes(typed: str, read: str) -> None:
    """Arabic and Persian ones; letters stay as they are."""
    assert with_digits(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"), [("٢٫٥", "2.5"), ("١٬٠٠٠", "1,000"), ("٥٠٪", "50%"), ("\u20682.5\u2069", "2.5"), ("−٣", "-3")]
)
def test_a_number_is_read_with_arabic_separators_and_unseen_marks(typed: str, read: str) -> None:
    """What was copied out of a message brings marks along that nobody sees."""
    assert western(typed) == read


@pytest.mark.parametrize(
    ("typed", "minutes", "what"),
    [
        ("١٫٥ حديث عن السلالم", 90, "حديث عن السلالم"),
        ("2 ساعات، دورة إسعاف", 120, "دورة إسعاف"),
        ("1.5 سلامة المخازن", 90, "سلامة المخازن"),
    ],
)
def test_hours_and_what_it_was_are_told_apart_in_arabic(typed: str, minutes: int, what: str) -> None:
    """With and without the word for hours, which is not the beginning of another word."""
    found = HOURS.fullmatch(typed)
    assert found is not None
    assert (_minutes(found[1]), found[2]) == (minutes, what)


def test_percent_and_its_reason_are_told_apart_in_arabic() -> None:
    """The Arabic percent sign counts."""
    found = PERCENT.fullmatch("٥٠٪ يقرأ ببطء")
    assert found is not None
    assert (int(found[1]), found[2]) == (50, "يقرأ ببطء")


@pytest.mark.parametrize(
    ("words", "asks"), [("هل يُسمح لي بالعمل؟", True), ("هل يمكنني العمل", True), ("هل يمكنني العمل بلا خوذة؟", False)]
)
def test_am_i_cleared_is_understood_in_arabic(words: str, asks: bool) -> None:
    """Exactly that question; another one may be a report."""
    assert asks_for_oneself(words) is asks


def test_answers_are_read_as_they_are_typed_in_arabic() -> None:
    """Letters of options with the Arabic comma, their numbers in Arabic digits, and the words for true and false."""
    assert named_marks(plain("a، c"), 4) == [0, 2]
    assert named_marks(plain("١ ٣"), 4) == [0, 2]
    assert (truth("صح"), truth("خطأ")) == (True, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ابتعد 3 أمتار عن الحافة", ["3 أمتار"]),
        ("انتظر 15 دقيقة", ["15 دقيقة"]),
        ("اضغط الزر 2", []),
        ("الحد 85 ديسيبل (في الولايات المتحدة)", ["85 ديسيبل"]),
    ],
)
def test_numbers_with_a_unit_are_found_in_arabic(text: str, found: list[str]) -> None:
    """Each needs the place whose rule it is."""
    assert numbers(text) == found


def test_places_and_catch_all_options_are_known_in_arabic() -> None:
    """The trainer is told of both."""
    assert names_place("في الولايات المتحدة 85 ديسيبل", ["US"])
    assert names_place("المعيار الصيني", ["CN"])
    assert not names_place("في المصنع", ["US"])
    assert all(is_catch_all(words) for words in ("كل ما سبق", "جميع الإجابات صحيحة", "لا شيء مما سبق"))
    assert not is_catch_all("كل العمال")
