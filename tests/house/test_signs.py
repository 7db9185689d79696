"""The project's own signs: each means something in every language, rests on facts, and can be read without colours."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from defusedxml import ElementTree

from bot.i18n.languages import LANGUAGES
from bot.library.cards import sheet
from bot.library.cards.model import Does, Sign
from bot.library.cards.signs import beside, drawing, folder, signs
from bot.library.lessons import read_lessons
from bot.library.model import ANY
from bot.library.shipped import known_content, lessons_path, places_of, quizzes_path

MEANT_IN = {*LANGUAGES, "en", "zh", "es", "ar", "ru"}
DRAWN_WITH = {"svg", "g", "path", "rect", "circle", "polygon", "polyline"}
COLOURS = {"#9B2423", "#F9A800", "#237F52", "#005387", "#FFFFFF", "#1E2A32"}
SHAPES = {
    Does.FORBIDS: ("circle", "#9B2423"), Does.WARNS: ("polygon", "#F9A800"), Does.DEMANDS: ("circle", "#005387"),
    Does.SHOWS: ("rect", "#237F52"), Does.FIGHTS_FIRE: ("rect", "#9B2423"), Does.NAMES_SUBSTANCE: ("polygon", "#9B2423"),
}  # fmt: skip
"""The largest shape of a kind of sign, and its colour."""
EACH = pytest.mark.parametrize("sign", signs().values(), ids=lambda sign: sign.id)


def test_the_list_and_the_drawings_are_the_same() -> None:
    """No drawing without a meaning, no meaning without a drawing; and there are signs of every kind."""
    assert {path.stem for path in folder().glob("*.svg")} == set(signs())
    assert {sign.does for sign in signs().values()} == set(Does)


@EACH
def test_a_sign_means_something_in_every_language(sign: Sign) -> None:
    """Short enough for a button, and not the English words again."""
    assert set(sign.means) >= MEANT_IN
    assert all(text.strip() and len(text) <= 64 for text in sign.means.values())
    assert len(set(sign.means.values())) == len(sign.means)


@EACH
def test_a_sign_rests_on_facts_that_hold_where_it_holds(sign: Sign) -> None:
    """Each fact is in the base; what only one country's rule says is not shown as everybody's."""
    known = known_content().facts or {}
    assert sign.facts
    assert [fact for fact in sign.facts if fact not in known] == []
    for fact in sign.facts:
        assert not known[fact] or known[fact] & set(sign.jurisdictions), f"{fact} holds in {known[fact]} only"
    assert ANY in sign.jurisdictions or all(places_of(place) for place in sign.jurisdictions)


@EACH
def test_a_sign_is_a_plain_drawing_in_our_colours(sign: Sign) -> None:
    """Nothing that a font, a script or another file would have to bring; square; of the six colours; small."""
    text = drawing(sign.id)
    root = ElementTree.fromstring(text)
    assert root.attrib["viewBox"] == "0 0 200 200"
    assert {each.tag.rpartition("}")[2] for each in root.iter()} <= DRAWN_WITH
    assert {found.upper() for found in re.findall(r"#[0-9A-Fa-f]{3,6}", text)} <= COLOURS
    assert len(text) < 8000
    if sign.does in SHAPES:
        shape, colour = SHAPES[sign.does]
        found = [each for each in root.iter() if each.tag.endswith(shape)]
        assert colour in {*(each.get("fill") for each in found), *(each.get("stroke") for each in found)}


def test_every_sign_is_told_from_every_other_without_colours() -> None:
    """Two signs in one colour differ in their symbol, and two of one symbol in their shape."""
    bare = Counter(re.sub(r"#[0-9A-F]{6}", "", drawing(id)) for id in signs())
    assert [text for text, n in bare.items() if n > 1] == []


def test_a_topic_has_at_most_one_sign_and_each_is_a_topic() -> None:
    """Which one stands on the cards does not depend on the order of a list."""
    topics = Counter(topic for sign in signs().values() for topic in sign.topics)
    assert [topic for topic, n in topics.items() if n > 1] == []
    assert set(topics) <= set(known_content().topics)
    assert beside("FLT", (ANY,)) is signs()["forklift"]
    assert beside("no such topic", (ANY,)) is None


def test_signs_are_used_on_cards_and_asked_about() -> None:
    """At least every third lesson has its sign, and questions show them."""
    lessons = read_lessons(lessons_path())[0]
    assert sum(beside(lesson.topic, lesson.jurisdictions) is not None for lesson in lessons) >= len(lessons) / 3
    asked = (quizzes_path() / "signs-and-signals.yaml").read_text("utf-8")
    assert asked.count("picture: spot-signs-") >= 3


@EACH
def test_a_sign_can_be_the_picture_of_a_lesson(sign: Sign) -> None:
    """In the middle of the card, twice its size."""
    root = ElementTree.fromstring(sheet.poster(drawing(sign.id)))
    inner = next(each for each in root if each.tag.endswith("svg"))
    assert (inner.get("width"), inner.get("viewBox")) == ("400", "0 0 200 200")
