"""Whatever ships fits on a phone: captions, messages, buttons and native quizzes, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import render
from bot.kit.replies import Message, button, from_json, to_json
from bot.kit.texts import Text
from bot.learning import showing
from bot.learning.model import Asked, Assignment, Attempt, Kind, Mode, State, Tally
from bot.library.kinds.registry import KINDS, choices, fits_poll, grade, kind_of, order_for
from bot.library.model import Answer, Lesson, Option, Question, telegram_length
from bot.library.shipped import shipped_banks, shipped_lessons

QUESTIONS = [question for bank in shipped_banks() for question in bank.questions]
OTHERS = [question for question in QUESTIONS if not kind_of(question).polls]
LESSONS = shipped_lessons()
BIG = 10**15
"""An id as large as they may get."""
TODAY = datetime(2026, 11, 18, tzinfo=UTC)


def attempt(question: Question, chosen: Answer = (), taken_back: bool = False) -> Attempt:
    """A question being asked in a shuffled order."""
    order = order_for(question, "some attempt")
    return Attempt(BIG, BIG, BIG, question.id, 1, 2, order, Asked.OPEN, chosen, None, Mode.PRACTICE, taken_back)


def lengths(message: Message) -> Iterator[int]:
    """How long the message's text is in each language, markup included (which only errs on the safe side)."""
    assert message.text is not None
    for language in LANGUAGES:
        yield telegram_length(str(render(message.text, language)))


def check_buttons(message: Message) -> None:
    """At most two a row, data within 64 bytes, labels short enough for a phone."""
    for row in message.buttons:
        assert 1 <= len(row) <= 2
        for each in row:
            assert len((each.data or "").encode()) <= 64
            for language in LANGUAGES:
                assert 1 <= len(str(render(each.text, language))) <= 64


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_lesson_fits_under_its_picture(lesson: Lesson) -> None:
    """The push and each card stay within a caption, in each language; the picture's words come with the first card."""
    for because in (True, False):
        push = showing.push(BIG, lesson, because)
        assert max(lengths(push)) <= 1024
        check_buttons(push)
    for number in range(1, showing.card_count(lesson) + 1):
        card = showing.card(lesson, number, button("learning.next_card", f"ln.read:{lesson.id}:{number}"))
        assert max(lengths(card)) <= 1024
        check_buttons(card)
        assert from_json(to_json(card)) == card
        if lesson.picture and number == 1:
            assert lesson.picture_text["en"] in str(render(card.text, "en")).replace("&#39;", "'")  # type: ignore[arg-type]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_question_fits_and_its_verdict_says_what_is_right(question: Question) -> None:
    """Every wrong choice leads to a verdict that names the right one; no letter points to another option."""
    asked = attempt(question)
    message = showing.question(asked, question, 3)
    assert max(lengths(message)) <= 4096
    check_buttons(message)
    right, kind = grade(question, ()).right_positions, kind_of(question)
    if message.media:
        assert max(lengths(message)) <= 1024, "it stands under a picture"
    pressed = [kind.press(question.payload, (), choice.position) for choice in choices(question)]
    for chosen in [*pressed, kind.right_answer(question.payload), ()]:
        for language in LANGUAGES:
            told = showing.verdict(attempt(question, chosen), question, 3, language)
            assert max(lengths(told)) <= 4096
        check_buttons(told)
        assert from_json(to_json(told)) == told
        params = told.text.params  # type: ignore[union-attr]
        assert params["right"] is (chosen == kind.right_answer(question.payload))
        if kind.polls or kind.optional:
            assert [at for at, option in zip(asked.shown, params["options"], strict=True) if option["right"]] == [
                at for at in asked.shown if at in right
            ]
        else:
            assert any(line["right"] for line in params["lines"])


@pytest.mark.parametrize("question", OTHERS, ids=lambda question: question.id)
def test_every_stage_of_an_answer_fits(question: Question) -> None:
    """Whatever is tapped one after the other: what is shown in between keeps the limits too, sure or not."""
    kind = kind_of(question)
    for found in (question, replace(question, confidence=True)):
        chosen: Answer = ()
        for choice in (*choices(question), *choices(question)[:1]):
            chosen = kind.press(question.payload, chosen, choice.position)
            message = showing.question(attempt(question, chosen), found, 3)
            assert max(lengths(message)) <= (1024 if message.media else 4096)
            check_buttons(message)
            assert message.buttons or found is question


@pytest.mark.parametrize("language", LANGUAGES)
def test_native_quizzes_keep_telegrams_limits(language: str) -> None:
    """Question, options and explanation stay within the limits, and the right options are marked."""
    fitting = [question for question in QUESTIONS if fits_poll(question, language)]
    assert len(fitting) > 50
    for question in fitting:
        quiz = showing.poll(attempt(question), question).quiz
        assert quiz is not None
        assert 1 <= len(str(render(quiz.question, language))) <= 300
        assert 2 <= len(quiz.options) <= 12
        assert all(1 <= len(str(render(option, language))) <= 100 for option in quiz.options)
        assert quiz.explanation is None or len(str(render(quiz.explanation, language))) <= 200
        shown = choices(question, attempt(question).shown)
        assert {shown[at].position for at in quiz.right} == set(grade(question, ()).right_positions)


def test_markup_in_a_trainers_words_is_shown_and_not_obeyed() -> None:
    """A less-than sign or a tag in an option is text."""
    options = (Option({"en": "<b>1 < 2</b>"}, right=True), Option({"en": "a & b"}, misconception={"en": "<i>x</i>"}))
    payload = KINDS["one"].payload(options)  # type: ignore[attr-defined]
    question = Question("x-1", "one", "STF", {"en": "Is <a> & <b>?"}, payload, {"en": "5 > 3"})
    said = str(render(showing.verdict(attempt(question, (1,)), question, 1, "en").text, "en"))  # type: ignore[arg-type]
    assert "&lt;b&gt;1 &lt; 2&lt;/b&gt;" in said
    assert "Is &lt;a&gt; &amp; &lt;b&gt;?" in said


def test_a_bank_in_a_language_of_its_own_is_shown_as_it_is() -> None:
    """A question written only in Polish reaches everybody in Polish rather than as nothing."""
    option = Option({"pl": "Tak"}, right=True)
    payload = KINDS["one"].payload((option, Option({"pl": "Nie"})))  # type: ignore[attr-defined]
    question = Question("x-2", "one", "STF", {"pl": "Czy?"}, payload, {"pl": "Bo tak."})
    assert "Czy?" in str(render(showing.question(attempt(question), question, 1).text, "es"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("answered", "right", "due"), [(0, 0, 0), (1, 1, 0), (3, 3, 2), (3, 1, 1), (3, 0, 0)])
def test_the_end_is_warm_whatever_the_answers_were(answered: int, right: int, due: int) -> None:
    """No end is without words, and none says wrong or failed."""
    given = Assignment(1, 1, TODAY.date(), Kind.LESSON, "x", 1, State.DONE, TODAY, None)
    message = showing.summary(given, Tally(3, answered, right), due)
    said = str(render(message.text, "en")).lower()  # type: ignore[arg-type]
    assert said
    assert "fail" not in said
    check_buttons(message)


def test_every_text_of_the_push_can_be_said() -> None:
    """The invitation, with and without something due, first and once more."""
    for due in (0, 1, 5):
        for again in (True, False):
            message = showing.push_review(BIG, due, again)
            assert all(lengths(message))
            check_buttons(message)
    assert isinstance(message.text, Text)


def test_whoever_gets_another_language_than_their_own_is_told_which() -> None:
    """A company's own content need not be in every language; who reads in its language sees no mark."""
    found = replace(QUESTIONS[0], stem={"zh": "吊物摆动，怎么办？"})
    asked = showing.question(attempt(found), found, 3)
    lesson = replace(LESSONS[0], cards={"en": ("Step back.",), "ru": ("Отойдите.",)})
    card = showing.card(lesson, 1, button("learning.next_card", "ln.read:1:1"))
    assert asked.text is not None
    assert card.text is not None
    assert {lang for lang in LANGUAGES if "🌐 中文" in str(render(asked.text, lang))} == set(LANGUAGES) - {"zh"}
    assert {lang for lang in LANGUAGES if "🌐 English" in str(render(card.text, lang))} == set(LANGUAGES) - {"en", "ru"}
    assert "🌐" not in "".join(str(render(each.text, lang)) for lang in ("zh",) for each in (asked,) if each.text)


def test_shipped_content_is_in_everybodys_language() -> None:
    """No mark, nowhere."""
    shown = [showing.question(attempt(each), each, 3) for each in QUESTIONS]
    shown += [showing.card(each, 1, button("learning.next_card", "ln.read:1:1")) for each in LESSONS]
    assert [each for each in shown if each.text is not None and "shown_in" in each.text.params] == []
