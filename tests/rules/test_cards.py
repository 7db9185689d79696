"""What goes on a lesson's card, and that it is all there: sentences as tables, letters measured by what draws them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.library.cards import rules, sheet
from bot.library.model import Lesson
from bot.media import drawing
from tests.kept import fonts

WHOLE = (960, 960)


def said(cards: list[str]) -> str:
    """The key sentence with its strong words in stars."""
    return "".join(f"*{part.words}*" if part.strong else part.words for part in rules.key_of(cards))


@pytest.mark.parametrize(
    ("cards", "key"),
    [
        (["Soil is heavy. **No support, no entry.** Go."], "*No support, no entry.*"),
        (["Too steep: it tips.\n\nUS rule: **four up, one out**. For every four."], "US rule: *four up, one out*."),
        (["A jam? **Hands out.** It moves."], "A jam? *Hands out.*"),
        (["One. Two? Three? **Stop.** Four."], "Three? *Stop.*"),
        (["It flies. **Chain it upright.** Cap on."], "*Chain it upright.*"),
        (["Nothing strong here. And more."], "Nothing strong here."),
        (["First card.", "- a list\n- with **strong words** in it"], "with *strong words* in it"),
        (["US rule: about 0.9 m, **up to 3.5 ft** above."], "US rule: about 0.9 m, *up to 3.5 ft* above."),
        (["Regla de EE. UU.: **cuatro arriba**. Por cada."], "Regla de EE. UU.: *cuatro arriba*."),
        (["卡住了？**手别伸进去。**一松开，机器会动。"], "卡住了？*手别伸进去。*"),
        (["土很重。美国规定：**上四外一**。每往上四步。"], "美国规定：*上四外一*。"),
        (["سقط زميلك في خزان؟ **قف. لا تنزل.** الهواء."], "سقط زميلك في خزان؟ *قف. لا تنزل.*"),
        (["Длинно. Правило США: **четыре вверх**. Дальше."], "Правило США: *четыре вверх*."),
        ([f"{'so long ' * 30}**keep off** now."], "*keep off*"),
        ([], ""),
        ([" \n "], ""),
    ],
)
def test_the_key_sentence_is_that_of_the_strong_words(cards: list[str], key: str) -> None:
    """With the question that it answers; alone where its sentence is too long; the first sentence where nothing is strong."""
    assert said(cards) == key


def test_a_sentence_without_end_is_cut_between_words() -> None:
    """A card is read at a glance; that there is more is said."""
    key = said(["word " * 100])
    assert key.endswith("word…")
    assert len(key) <= rules.MOST_LETTERS + 1
    assert len(said(["危" * 100])) == rules.MOST_HAN + 1


@pytest.mark.parametrize(
    ("words", "laid_out"),
    [
        ("at most 85 dBA", "at most 85\u00a0dBA"),
        ("every 15–20 minutes, 3 of 4", "every 15–20\u00a0minutes, 3\u00a0of 4"),
        ("每15分钟", "每15\u2060分钟"),
        ("W" * 26, "W" * 12 + "\u200b" + "W" * 12 + "\u200b" + "WW"),
        ("no number, no long word", "no number, no long word"),
        ("字" * 40, "字" * 40),
    ],
)
def test_a_number_stays_with_its_unit_and_endless_words_break(words: str, laid_out: str) -> None:
    """Lines are broken where a reader would."""
    assert rules.for_lines(words) == laid_out


def lesson(lang: str, title: str, card: str, **more: object) -> Lesson:
    """A lesson in one language."""
    values: dict[str, object] = {"jurisdictions": ("US",), "topic": "FLT", "picture": "first-days.png"} | more
    return Lesson(
        id="a", facts=(), sources=(), seconds=30, version=1, title={lang: title}, cards={lang: (card,)},
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


EXTREMES = [
    ("en", "W" * 80, "**" + "W" * 149 + "**"),
    (
        "en",
        "A title of eighty letters that goes on and on until there is no room left for it",
        "word " * 29 + "**and the end**.",
    ),
    (
        "ru",
        "Заголовок из восьмидесяти букв, который тянется и тянется, пока хватает места",
        "слово " * 22 + "**и конец**.",
    ),
    (
        "ar",
        "عنوان طويل جدا يمتد ويمتد حتى لا يبقى له مكان على هذه البطاقة الصغيرة المربعة",
        "كلمة " * 26 + "**والنهاية**.",
    ),
    ("zh", "这是一个有八十个字那么长的标题" * 5, "请注意安全" * 10 + "**到此为止**。"),
    ("es", "", ""),
]


@pytest.mark.parametrize(("lang", "title", "card"), EXTREMES)
def test_no_text_is_cut_however_long_it_is(lang: str, title: str, card: str, tmp_path: Path) -> None:
    """The longest that may be written: letters shrink, and where even the smallest do not fit, the card grows downwards."""
    drawing.use(fonts())
    made = lesson(lang, title, card)
    sizes = drawing.told(sheet.TEMPLATE.read_bytes(), sheet.values_of(made, lang), "chosen", letters=sheet.LETTERS)
    assert len(sizes) == 1
    data, _ = sheet.draw(made, lang)
    with Image.open(BytesIO(data)) as image:
        assert image.width == WHOLE[0]
        assert (image.height == WHOLE[1]) is sizes[0]["fits"]
        assert image.height < 1.6 * WHOLE[1]
        right = image.convert("RGB").crop((WHOLE[0] - 30, 560, WHOLE[0], image.height))
        left = image.convert("RGB").crop((0, 560, 30, image.height))
        assert len(right.getcolors() or ()) == len(left.getcolors() or ()) == 1, "words run off the card"


def test_short_words_are_large_and_long_ones_stay_readable() -> None:
    """On a phone of 360 points a card's 960 are shown: the smallest letters are still 11 points high."""
    drawing.use(fonts())

    def told(title: str, card: str) -> dict[str, float]:
        values = sheet.values_of(lesson("en", title, card), "en")
        return dict(drawing.told(sheet.TEMPLATE.read_bytes(), values, "chosen", letters=sheet.LETTERS)[0])

    short, long = (
        told("Say stop", "**Stop.**"),
        told("A title that is rather long, as some are " * 2, "word " * 29 + "**end**."),
    )
    assert short["title"] > long["title"]
    assert min(long["key"], long["title"]) * 360 / 960 >= 11


def test_a_card_without_a_picture_shows_the_sign_of_its_topic() -> None:
    """A trainer's lesson has a card too; where the topic has no sign, the general warning."""
    forklift = sheet.values_of(lesson("en", "T", "C", picture=None), "en")
    other = sheet.values_of(lesson("en", "T", "C", picture=None, topic="BBS"), "en")
    assert forklift["sign"] is None
    assert forklift["picture"] != other["picture"]
    assert '<svg x="' in forklift["picture"]


def test_the_place_is_named_in_the_readers_words() -> None:
    """Beside every number stands where it holds; what holds everywhere says nothing."""
    assert "United States" in sheet.values_of(lesson("en", "T", "C"), "en")["place"]
    assert "美国" in sheet.values_of(lesson("zh", "题", "字"), "zh")["place"]
    assert sheet.values_of(lesson("en", "T", "C", jurisdictions=("any",)), "en")["place"] == ""


def test_a_lesson_in_another_language_has_the_card_of_the_one_it_has() -> None:
    """Where a translation is missing the words are English, and so is everything around them."""
    values = sheet.values_of(lesson("en", "Say stop", "**Stop.**"), "ar")
    assert (values["lang"], values["rtl"], values["title"]) == ("en", False, "Say stop")
    assert sheet.values_of(lesson("ar", "قف", "**قف**"), "ar")["rtl"]
