"""The kinds of question: grading, showing, typed answers, and their way to the database and back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.kinds import registry
from bot.library.kinds.registry import KINDS
from tests.rules.library_samples import OTHERS, payload, question


@pytest.mark.parametrize(
    ("kind", "right", "answer", "is_right", "misled"),
    [
        ("one", "b", (1,), True, []),
        ("one", "b", (0,), False, ["believes Hold it by hand"]),
        ("one", "b", (), False, []),
        ("one", "b", (1, 0), False, ["believes Hold it by hand"]),
        ("several", "ac", (0, 2), True, []),
        ("several", "ac", (2, 0), True, []),
        ("several", "ac", (0,), False, []),
        ("several", "ac", (0, 1, 2), False, ["believes Step out of its way"]),
        ("several", "ac", (1, 3), False, ["believes Step out of its way", "believes Film it"]),
        ("several", "ac", (0, 2, 9), False, []),
        ("true_false", "false", (1,), True, []),
        ("true_false", "false", (0,), False, ["It is light"]),
        ("true_false", "true", (0,), True, []),
        ("true_false", "true", (), False, []),
    ],
)
def test_an_answer_is_right_only_when_exactly_the_right_choices_were_made(
    kind: str, right: str, answer: tuple[int, ...], is_right: bool, misled: list[str]
) -> None:
    """One more or one less is wrong, and the wrong choices name the beliefs behind them."""
    verdict = registry.grade(question(kind, right), answer)
    assert (verdict.right, [each["en"] for each in verdict.misconceptions]) == (is_right, misled)
    assert verdict.right_positions == tuple("abcd".index(each) for each in right) if kind != "true_false" else True


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("one", "b", (1,)),
        ("one", "B.", (1,)),
        ("one", "ｂ", (1,)),
        ("one", "2", (1,)),
        ("one", " 4) ", (3,)),
        ("one", "step out of its way", (1,)),
        ("one", "a,c", None),
        ("one", "5", None),
        ("one", "0", None),
        ("one", "e", None),
        ("one", "", None),
        ("one", "perhaps b", None),
        ("one", "99999999999999999999", None),
        ("several", "a,c", (0, 2)),
        ("several", "C A", (0, 2)),
        ("several", "ac", (0, 2)),
        ("several", "1、3", (0, 2)),
        ("several", "aa", None),
        ("several", "cab", (0, 1, 2)),
        ("several", "a, z", None),
        ("true_false", "true", (0,)),
        ("true_false", "No", (1,)),
        ("true_false", "对", (0,)),
        ("true_false", "错误。", (1,)),
        ("true_false", "Verdadero", (0,)),
        ("true_false", "1", (0,)),
        ("true_false", "2", (1,)),
        ("true_false", "b", (1,)),
        ("true_false", "0", None),
        ("true_false", "maybe", None),
    ],
)
def test_a_typed_answer_is_understood_or_said_not_to_be(kind: str, text: str, expected: tuple[int, ...] | None) -> None:
    """Letters, numbers and words in any width and our languages; nothing is guessed."""
    assert registry.read_answer(question(kind, "false" if kind == "true_false" else "b"), text) == expected


def test_a_typed_letter_means_what_the_reader_sees() -> None:
    """With the options shuffled, "a" is the first one shown, and the answer is still in the payload's order."""
    asked = question("one", "b")
    order = (2, 1, 3, 0)
    assert [choice.position for choice in registry.choices(asked, order)] == [2, 1, 3, 0]
    assert registry.read_answer(asked, "a", order) == (2,)
    assert registry.read_answer(asked, "d", order) == (0,)
    assert registry.grade(asked, registry.read_answer(asked, "2", order) or ()).right


@given(st.text(max_size=40))
def test_shuffling_is_a_permutation_that_its_seed_alone_decides(seed: str) -> None:
    """The same attempt shows the same order after a restart; nothing is lost or doubled."""
    asked = question("one", "b")
    order = registry.order_for(asked, seed)
    assert sorted(order) == [0, 1, 2, 3]
    assert order == registry.order_for(asked, seed)


def test_different_seeds_spread_the_right_option_over_all_places() -> None:
    """Nobody learns that the answer is always b."""
    places = [registry.order_for(question("one", "b"), f"attempt:{n}").index(1) for n in range(400)]
    assert all(60 <= places.count(place) <= 140 for place in range(4))


def test_true_comes_before_false_however_it_is_shuffled() -> None:
    """The two words keep their places."""
    assert {registry.order_for(question("true_false", "true"), str(n)) for n in range(20)} == {(0, 1)}


@given(st.text(max_size=60))
def test_no_typed_text_breaks_the_reading_of_answers(text: str) -> None:
    """Whatever is typed gives positions of the payload or None."""
    for kind in KINDS:
        answer = registry.read_answer(question(kind, "true" if kind == "true_false" else "b"), text)
        assert answer is None or (answer and all(isinstance(each, str) or 0 <= each < 4 for each in answer))
        if answer is not None:
            registry.grade(question(kind, "true" if kind == "true_false" else "b"), answer)


@pytest.mark.parametrize(
    ("kind", "right"), [("one", "b"), ("several", "acd"), ("true_false", "true"), *((kind, "") for kind in OTHERS)]
)
def test_a_payload_comes_back_from_the_database_as_it_went(kind: str, right: str) -> None:
    """JSON with its version there and back."""
    asked = question(kind, right)
    stored = registry.payload_to_json(asked)
    assert stored["v"] == 1
    assert registry.payload_from_json(kind, stored) == asked.payload == payload(kind, right)


@pytest.mark.parametrize("kind", ["one", "several", "true_false", *OTHERS])
def test_a_payload_of_a_later_version_is_refused(kind: str) -> None:
    """An older program does not grade what it does not understand."""
    with pytest.raises(ValueError, match="version 2"):
        registry.payload_from_json(kind, {"v": 2})


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"stem": {"en": "x" * 300}}, True),
        ({"stem": {"en": "x" * 301}}, False),
        ({"stem": {"en": "🦺" * 151}}, False),
        ({"stem": {"es": "No hay inglés"}}, False),
        ({"explanation": {"en": "a\nb\nc"}}, True),
        ({"explanation": {"en": "a\nb\nc\nd"}}, False),
        ({"explanation": {"en": "x" * 201}}, False),
    ],
)
def test_a_question_fits_a_native_quiz_only_within_the_limits_of_telegram(
    change: dict[str, object], fits: bool
) -> None:
    """Lengths in UTF-16 units, two line feeds in an explanation."""
    assert registry.fits_poll(question("one", "b", **change), "en") is fits
    assert registry.fits_poll(question("true_false", "true", **change), "en") is fits


def test_every_file_with_a_kind_is_in_the_registry() -> None:
    """A new kind is one file: nothing else lists them."""
    assert set(KINDS) == {"one", "several", "true_false", *OTHERS}
    assert all(name == kind.name for name, kind in KINDS.items())


NEW_KIND = '''
from bot.library.kinds.true_false import TrueFalse

class Yes(TrueFalse):
    """A statement to agree with."""
    name = "agree"
    fields = TrueFalse.fields | {"why"}

KIND = Yes()
'''
USE_IT = """
import sys
from bot.library import kinds
kinds.__path__.append(sys.argv[1])
from bot.library.formats.read import read_bank
from bot.library.kinds.registry import grade
text = "bank: b\\ntitle: B\\nquestions:\\n- {id: q, kind: agree, topic: LIF, jurisdictions: [any], stem: S, "
text += "answer: no, why: w, explanation: E}"
bank, problems = read_bank("x.yaml", text.encode())
print(len(problems), bank.questions[0].kind, grade(bank.questions[0], (1,)).right)
"""


def test_a_new_kind_is_one_file(tmp_path: Path) -> None:
    """Put beside the others, it is read and graded; no other file knows of it."""
    (tmp_path / "agree.py").write_text(NEW_KIND, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", USE_IT, tmp_path], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "agree", "True"], done.stderr
