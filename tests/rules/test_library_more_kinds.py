"""Order, match, number, short and spot: graded, typed, put together by taps, and carried in a spreadsheet."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.library.checks import checked_bank
from bot.library.formats.read import read_bank
from bot.library.formats.template import bank_workbook
from bot.library.kinds import registry
from bot.library.kinds.quantity import readings, written
from bot.library.kinds.registry import KINDS
from bot.library.kinds.spelling import normal, one_slip
from bot.library.model import Answer
from bot.library.shipped import known_content, quizzes_path
from bot.media.marks import marked, places
from bot.media.pictures import BadPicture
from tests.rules.library_samples import OTHERS, bank, csv_text, question, row


@pytest.mark.parametrize(
    ("kind", "answer", "right", "misled"),
    [
        ("order", (0, 1, 2), True, []),
        ("order", (1, 0, 2), False, ["The lock comes first"]),
        ("order", (2, 1, 0), False, ["The lock comes first", "Trying can come early"]),
        ("order", (), False, []),
        ("match", (0, 1, 0), True, []),
        ("match", (0, 0, 0), False, ["Blue is only advice"]),
        ("match", (2, 1, 0), False, []),
        ("match", (0, 1), False, []),
        ("number", ("2.5",), True, []),
        ("number", ("2.4",), True, []),
        ("number", ("2.61",), False, []),
        ("number", ("25",), False, ["The more, the better"]),
        ("number", (), False, []),
        ("short", ("Near-miss!",), True, []),
        ("short", ("casi accidente",), True, []),
        ("short", ("Nothing",), False, ["Unhurt means nothing happened"]),
        ("short", ("notting",), False, ["Unhurt means nothing happened"]),
        ("short", (), False, []),
        ("spot", (0,), True, []),
        ("spot", (0, 1), False, ["In the way"]),
    ],
)
def test_an_answer_is_graded_and_a_wrong_one_names_its_belief(
    kind: str, answer: Answer, right: bool, misled: list[str]
) -> None:
    """The order counts in order, the places in match, the distance in number; in short neither case nor article."""
    verdict = registry.grade(question(kind), answer)
    assert (verdict.right, [each["en"] for each in verdict.misconceptions]) == (right, misled)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_calls_right_is_right_and_can_be_typed(kind: str) -> None:
    """For every kind there is; an answer comes back from JSON as it went."""
    asked = question(kind, "true" if kind == "true_false" else "b")
    right = KINDS[kind].right_answer(asked.payload)
    assert registry.grade(asked, right).right
    assert not registry.grade(asked, ()).right
    assert KINDS[kind].complete(asked.payload, right)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("order", "a c b", (0, 2, 1)),
        ("order", "ＣＡＢ", (2, 0, 1)),
        ("order", "213", (1, 0, 2)),
        ("order", "a b", None),
        ("order", "a b b", None),
        ("match", "a b a", (0, 1, 0)),
        ("match", "1a 2c 3a", (0, 2, 0)),
        ("match", "3-a, 1-b, 2-c", (1, 2, 0)),
        ("match", "1a 1b 2c", None),
        ("match", "ab", None),
        ("match", "a b d", None),
        ("number", "2,5", ("2.5",)),
        ("number", "2.5 m", ("2.5",)),
        ("number", "2.50米", ("2.5",)),
        ("number", "٢٫٥", ("2.5",)),
        ("number", "२.५", ("2.5",)),
        ("number", "250cm", ("2.5",)),
        ("number", "2.5 km", None),
        ("number", "2 or 3", None),
        ("number", "no idea", None),
        ("short", "  near   miss ", ("near miss",)),
        ("short", "?!", None),
        ("short", "there is oil on the floor of hall two and somebody has to come", None),
        ("spot", "1 2", (0, 1)),
        ("spot", "12", (0, 1)),
        ("spot", "3", None),
    ],
)
def test_a_typed_answer_is_understood_or_passed_on(kind: str, text: str, expected: Answer | None) -> None:
    """Letters, digits of any script, units; nothing is guessed."""
    assert registry.read_answer(question(kind), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,000", ["1000", "1"]),
        ("1.001", ["1.001", "1001"]),
        ("1.000,5", ["1000.5"]),
        ("10 000", ["10000"]),
        ("0,500", ["0.5"]),
        ("−3", ["-3"]),
        ("1,2,3", []),
        ("", []),
    ],
)
def test_separators_are_read_as_people_write_them(text: str, expected: list[str]) -> None:
    """A comma may be decimal or group; where both make sense, both are told, and the question decides."""
    assert [written(number) for number, _ in readings(text)] == expected


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_number_is_read_back_as_it_is_written(number: Decimal) -> None:
    """Our own writing of a number means that number."""
    assert next(readings(written(number)))[0] == number


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("lokout", "lockout", True),
        ("lockuot", "lockout", True),
        ("lockoutt", "lockout", True),
        ("lockin", "lockout", False),
        ("stop", "step", False),
        ("hyperthermia", "hypothermia", False),
        ("未遂事故件", "未遂事件件", False),
        ("class1", "class2", False),
        ("السقاله", "سقالة", True),
        ("خوذة", "الخـوذة", False),
    ],
)
def test_one_slip_is_forgiven_where_it_makes_no_other_word(typed: str, meant: str, expected: bool) -> None:
    """A letter is; a digit, a character of Chinese, a short word, or a second letter is not."""
    assert one_slip(normal(typed), normal(meant)) is expected


def test_a_slip_is_right_and_shown_but_never_where_it_is_as_near_to_a_wrong_word() -> None:
    """Who cannot spell knows it all the same."""
    asked = question("short")
    verdict = registry.grade(asked, ("near mis",))
    assert (verdict.right, verdict.nearly) == (True, True)
    payload = KINDS["short"].from_json(
        {"v": 1, "answer": {"en": "inhale"}, "wrong": [{"text": {"en": "exhale"}}, {"text": {"en": "inhalt"}}]}
    )
    assert not KINDS["short"].grade(payload, ("inhals",)).right


def test_taps_put_an_answer_together_and_take_it_back() -> None:
    """A second tap takes a step back; in match each tap answers the next; what is whole begins anew."""
    order, match = question("order"), question("match")
    chosen: Answer = ()
    for at in (2, 0, 2, 1, 2):
        chosen = KINDS["order"].press(order.payload, chosen, at)
    assert chosen == (0, 1, 2)
    asked = []
    chosen = ()
    for at in (0, 1, 0, 2):
        asked.append(KINDS["match"].asked(match.payload, chosen).get("en"))
        chosen = KINDS["match"].press(match.payload, chosen, at)
    assert asked == ["Red", "Blue", "Red bar", None]
    assert chosen == (2,)


@pytest.mark.parametrize("kind", OTHERS)
def test_a_question_goes_through_a_workbook_and_comes_back_the_same(kind: str) -> None:
    """Every column its kind needs is there, confidence too."""
    asked = question(kind, stem={"en": "What now?", "zh": "怎么办？", "es": "¿Qué hace?"}, confidence=kind == "order")
    found, problems = read_bank("x.xlsx", bank_workbook(bank(asked), "en"))
    assert problems == []
    assert found is not None
    assert found.questions == (asked,)


def test_a_banks_wish_for_confidence_holds_for_its_questions_unless_they_say_no() -> None:
    """Said once, in YAML or beside a question."""
    text = (
        "bank: b\ntitle: B\nconfidence: yes\nquestions:\n"
        "- {id: a, kind: true_false, topic: LIF, jurisdictions: [any], stem: S, answer: no, explanation: E}\n"
        "- {id: b, kind: true_false, topic: LIF, jurisdictions: [any], stem: T, answer: no, explanation: E, confidence: no}\n"
    )
    found, problems = read_bank("x.yaml", text.encode())
    assert problems == []
    assert found is not None
    assert [each.confidence for each in found.questions] == [True, False]
    assert not registry.fits_poll(found.questions[0], "en"), "a native quiz cannot ask it"
    table = csv_text([row(), row(id="swing-002", stem="And then?", confidence="no")])
    found, problems = read_bank("x.csv", f"# confidence: yes\n{table}".encode())
    assert problems == []
    assert found is not None
    assert [each.confidence for each in found.questions] == [True, False]


def test_marks_are_drawn_where_they_belong_and_nowhere_else() -> None:
    """A ring and a number round each place, also at the very edge; the rest of the picture stays."""
    buffer = BytesIO()
    Image.new("RGB", (400, 200), (200, 120, 40)).save(buffer, "PNG")
    drawn = Image.open(BytesIO(marked(buffer.getvalue(), places("25,50;100,100"))))
    assert drawn.size == (400, 200)
    plain = (200, 120, 40)
    changed = lambda x, y: max(abs(a - b) for a, b in zip(drawn.getpixel((x, y)), plain, strict=True)) > 60  # noqa: E731
    assert changed(100 - 15, 100)
    assert changed(399, 188)
    assert not changed(100, 100), "what is meant stays visible inside the ring"
    assert not changed(250, 30)


@pytest.mark.parametrize("text", ["", "1", "1,2;", "a,b"])
def test_marks_that_are_none_are_refused(text: str) -> None:
    """And so is a picture that is none."""
    with pytest.raises(BadPicture):
        places(text)
    with pytest.raises(BadPicture):
        marked(b"no picture", places("1,2"))


def test_the_example_of_every_kind_in_the_handbook_is_a_clean_bank() -> None:
    """What trainers copy from `docs/howto/write-questions.md` can be published as it stands."""
    page = (quizzes_path().parent / "docs/howto/write-questions.md").read_text(encoding="utf-8")
    found, problems = checked_bank(
        "own.yaml", page.split("```yaml\n")[1].split("```")[0].encode(), "en", known_content()
    )
    assert problems == []
    assert found is not None
    assert [each.kind for each in found.questions][:3] == ["one", "several", "true_false"]
    assert {each.kind for each in found.questions} == set(KINDS)
