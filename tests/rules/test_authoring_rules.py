"""Which translations hold, when something is published, what a lesson lacks, what a workbook of lessons says: as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from bot.library import moments, translations
from bot.library.authoring import rules, workbook
from bot.library.formats.sheets import Lists
from bot.library.model import Severity
from bot.library.reading import Reading


def question(en: str, es: str | None, right: str = "Walk", derecho: str | None = "Andar") -> dict[str, Any]:
    """A question of one option, in English and maybe Spanish."""
    stem = {"en": en} | ({"es": es} if es else {})
    option = {"en": right} | ({"es": derecho} if es and derecho else {})
    return {
        "kind": "one", "topic": "STF", "stem": stem, "explanation": {}, "jurisdictions": ["any"],
        "payload": {"v": 1, "options": [{"text": option, "right": True, "misconception": {}}]},
    }  # fmt: skip


BEFORE = question("Wait 5 minutes.", "Espere 5 minutos.")


@pytest.mark.parametrize(
    ("after", "aside", "shown"),
    [
        (question("Wait 9 minutes.", "Espere 5 minutos."), ("es",), {"en"}),
        (question("Wait 9 minutes.", "Espere 9 minutos."), (), {"en", "es"}),
        (question("Wait 5 minutes.", "Espere cinco minutos."), (), {"en", "es"}),
        (question("Wait 5 minutes.", "Espere 5 minutos.", "Run"), ("es",), {"en"}),
        (question("Wait 9 minutes.", None), (), {"en"}),
        (question("Walk", "Andar", "Wait 9 minutes.", "Espere 5 minutos."), ("es",), {"en"}),
        (question("Walk", "Andar", "Wait 5 minutes.", "Espere 5 minutos."), (), {"en", "es"}),
    ],
    ids=["only-the-base", "both", "only-the-translation", "an-option", "no-translation", "moved-and-changed", "moved"],
)
def test_a_translation_of_changed_words_is_set_aside(
    after: dict[str, Any], aside: tuple[str, ...], shown: set[str]
) -> None:
    """Only where the base says something else and the translation does not; whole, so that no two languages mix."""
    new = translations.set_aside(BEFORE, after, "en")
    assert translations.stale(new) == aside
    assert translations.languages(new) == shown


def test_what_was_set_aside_comes_back_whole_or_with_the_old_words() -> None:
    """By a person who confirms it, by the base words of before, never by sending the same old file again."""
    once = translations.set_aside(BEFORE, question("Wait 9 minutes.", "Espere 5 minutos."), "en")
    again = translations.set_aside(once, question("Wait 9 minutes.", "Espere 5 minutos."), "en")
    assert translations.stale(again) == ("es",)
    carried = translations.set_aside(once, question("Wait 9 minutes!", None), "en")
    assert translations.stale(carried) == ("es",)
    back = translations.restored(once, "en", "es")
    assert translations.texts_in(back, "es") == translations.texts_in(BEFORE, "es")
    assert translations.stale(back) == ()
    undone = translations.set_aside(once, BEFORE, "en")
    assert translations.languages(undone) == {"en", "es"}
    assert translations.stale(undone) == ()


def test_a_translation_without_words_for_something_new_does_not_come_back() -> None:
    """Half of it would be the old rule and half another language."""
    lesson = {"title": {"en": "A", "es": "A!"}, "cards": {"en": ["One."], "es": ["Uno."]}, "language": "en"}
    longer = {**lesson, "cards": {"en": ["One, now.", "Two."], "es": ["Uno."]}}
    new = rules.aside(lesson, longer)
    assert translations.stale(new) == ("es",)
    assert not translations.may_come_back(new, "en", "es")
    with pytest.raises(KeyError):
        translations.restored(new, "en", "es")


def test_a_card_that_is_gone_takes_its_translation_along() -> None:
    """A third card that only the translation still has would tell what was taken out."""
    lesson = {"title": {"en": "A", "es": "A!"}, "cards": {"en": ["One.", "Two."], "es": ["Uno.", "Dos."]}}
    new = rules.aside(lesson, {**lesson, "cards": {"en": ["One."], "es": ["Uno.", "Dos."]}, "language": "en"})
    assert translations.stale(new) == ("es",)


def test_differences_are_told_with_the_words_before_and_after() -> None:
    """What is right counts, too; a translation is named and not quoted."""
    after = question("Wait 9 minutes.", "Espere 9 minutos.")
    after["payload"]["options"][0]["right"] = False
    told = translations.differences(BEFORE, after, "en")
    assert ("stem", "Wait 5 minutes.", "Wait 9 minutes.") in told
    assert ("lang/es", "", "") in told
    assert ("field/right", "", "") in told
    assert translations.differences(BEFORE, BEFORE, "en") == []


NOW = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)  # 09:05 in Chicago, 23:05 in Shanghai


@pytest.mark.parametrize(
    ("typed", "zone", "hour"),
    [
        ("2026-12-24 06:30", "America/Chicago", datetime(2026, 12, 24, 12, 30, tzinfo=UTC)),
        ("2026-12-24", "America/Chicago", datetime(2026, 12, 24, 12, tzinfo=UTC)),
        ("2026年12月24日 6:30", "Asia/Shanghai", datetime(2026, 12, 23, 22, 30, tzinfo=UTC)),
        ("on 2026/12/24 at 06.30, please", "Asia/Shanghai", datetime(2026, 12, 23, 22, 30, tzinfo=UTC)),
        ("2026-11-18 09:05", "America/Chicago", None),
        ("2026-11-18 23:06", "Asia/Shanghai", datetime(2026, 11, 18, 15, 6, tzinfo=UTC)),
        ("2026-02-30 06:00", "UTC", None),
        ("2026-12-24 25:00", "UTC", None),
        ("2028-12-24 06:00", "UTC", None),
        ("tomorrow", "UTC", None),
    ],
)
def test_a_typed_moment_is_on_the_clock_of_the_unit(typed: str, zone: str, hour: datetime | None) -> None:
    """A day that is over, that never comes or that is a year off is not understood."""
    assert moments.read(typed, NOW, zone) == hour


def test_the_moments_that_are_offered_are_to_come_and_before_the_first_shift() -> None:
    """Tomorrow, Monday and the first of the month, at six there; a button that was pressed too late is refused."""
    there = [moments.written(at, "Asia/Shanghai") for at in moments.offered(NOW, "Asia/Shanghai")]
    assert there == ["2026-11-19 06:00", "2026-11-23 06:00", "2026-12-01 06:00"]
    at = moments.offered(NOW, "Asia/Shanghai")[0]
    assert moments.from_minutes(moments.minutes(at), NOW) == at
    assert moments.from_minutes(moments.minutes(at), at) is None


def test_what_a_lesson_lacks_is_named_card_by_card() -> None:
    """A picture without words cannot be seen by everybody; half a translation is not published."""
    content = rules.with_card(rules.begun("en"), "", 7)
    assert rules.lacking(content) == ["title", "topic", "words:0", "twin:0"]
    whole = rules.said(rules.said({**content, "topic": "STF"}, "title", "en", "Wet"), "card:0", "en", "Dry it.")
    whole = rules.said(whole, "twin:0", "en", "A puddle.")
    assert rules.lacking(whole) == []
    half = rules.said(whole, "title", "es", "Mojado")
    assert rules.lacking(half) == ["part:es"]
    assert rules.next_part(half, "es") == "card:0"
    lesson = rules.as_lesson(whole, "own-1", 1, {7: ("photo", "media:x.jpg")})
    assert (lesson.picture, lesson.shows[0]) == ("media:x.jpg", lesson.shows[0])
    assert rules.from_lesson({"topic": "STF", "jurisdictions": ["any"], "facts": [], "sources": [], "title": {"en": "Wet"},
                              "cards": {"en": ["Dry it."]}}, "en")["cards"][0]["text"] == {"en": "Dry it."}  # fmt: skip


def test_long_lessons_and_numbers_without_a_place_are_advised_against() -> None:
    """Advice, no refusal: the trainer knows the place."""
    content = rules.begun("en", "Noise", "NOI")
    for words in ("Above 85 dB wear them.", "Two.", "Three.", "word " * 80):
        content = rules.with_card(content, words)
    assert [code for code, _ in rules.advice(content)] == ["many_cards", "many_words", "a_number"]


def book(header: tuple[str, ...], *rows: tuple[str, ...]) -> bytes:
    """A workbook with a sheet Lessons."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Lessons")
        for at, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value)
    return out.getvalue()


HEADER = ("lesson", "topic", "part", "en", "zh")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("wet", "STF", "title", "Wet", "湿"), ("", "", "card", "Dry it.", "擦干。")], []),
        ([("Wet Floor", "STF", "title", "Wet", "湿")], [("bad_id", "Lessons!A2")]),
        ([("wet", "floor", "title", "Wet", "湿"), ("", "", "card", "D.", "擦。")], [("bad_topic", "Lessons!B2")]),
        ([("wet", "STF", "title", "", "湿"), ("", "", "card", "D.", "擦。")],
         [("missing_field", "Lessons!A2"), ("missing_field", "Lessons!D2")]),
        ([("wet", "STF", "title", "Wet", "湿")], [("missing_field", "Lessons!A2")]),
        ([("wet", "STF", "title", "Wet", "湿"), ("", "", "picture", "P.", "图")],
         [("missing_field", "Lessons!A2"), ("missing_field", "Lessons!C3")]),
        ([("wet", "STF", "title", "Wet", "湿"), ("", "", "card", "x" * 701, "擦。")], [("too_long", "Lessons!D3")]),
        ([("wet", "STF", "title", "Wet", "湿"), ("", "", "card", "D.", "")], [("missing_translation", "Lessons!E3")]),
        ([("#example", "STF", "title", "Wet", ""), ("", "", "card", "D.", "")], [("missing_field", "Lessons!A2")]),
    ],
    ids=["clean", "id", "topic", "no-base", "no-card", "picture-first", "long", "untranslated", "only-the-example"],
)  # fmt: skip
def test_a_workbook_of_lessons_has_its_problems_at_their_cells(
    rows: list[tuple[str, ...]], found: list[tuple[str, str]]
) -> None:
    """Each mistake with its cell; what is missing in a translation is a hint."""
    reading = Reading("lessons.xlsx")
    workbook.read(book(HEADER, *rows), reading, {"STF"})
    assert sorted((each.code, each.cell or "") for each in reading.problems) == found
    severe = {each.code for each in reading.problems if each.severity is Severity.ERROR}
    assert severe == {code for code, _ in found} - {"missing_translation"}


def test_columns_of_a_workbook_of_lessons_are_told_apart() -> None:
    """An unknown one, one twice, none in any language."""
    reading = Reading("lessons.xlsx")
    assert workbook.read(book(("lesson", "topic", "part", "english", "topic")), reading) == []
    assert {each.code for each in reading.problems} == {"unknown_column", "duplicate_column", "missing_column"}


def test_a_lesson_as_a_workbook_and_back_is_the_same_lesson() -> None:
    """In both its languages, with the words of its picture; and the template is read as nothing."""
    content = rules.with_card(rules.begun("es", "Mojado", "STF"), "Séquelo.")
    content = rules.said(rules.said(content, "title", "en", "Wet"), "card:0", "en", "Dry it.")
    content["cards"][0] |= {
        "shows": {"kind": "photo", "ref": "media:x"},
        "twin": {"es": "Un charco.", "en": "A puddle."},
    }
    data = workbook.as_workbook([workbook.Written("wet", content)], "zh", Lists(["STF"]))
    reading = Reading("wet.xlsx")
    (back,) = workbook.read(data, reading)
    assert reading.problems == []
    assert back.id == "wet"
    merged = rules.with_pictures_of(content, back.content)
    assert {name: merged[name] for name in ("title", "topic", "language", "cards")} == {
        name: content[name] for name in ("title", "topic", "language", "cards")
    }
    empty = workbook.template("en", Lists(["STF"]), ["es"])
    header = CalamineWorkbook.from_filelike(BytesIO(empty)).get_sheet_by_name("Lessons").to_python()[0]
    assert header == ["lesson", "topic", "part", "en", "es"]
    assert workbook.holds_lessons(empty)
    assert not workbook.holds_lessons(b"PK not a workbook")
