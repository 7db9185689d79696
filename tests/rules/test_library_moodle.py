"""What Moodle itself writes: every construct of its GIFT, Aiken and XML, in words of our own; what is lost is told."""

from __future__ import annotations

import codecs
from decimal import Decimal

import pytest

from bot.library.formats.read import read_bank
from bot.library.kinds.match import MatchPayload
from bot.library.kinds.number import NumberPayload
from bot.library.kinds.short import ShortPayload
from bot.library.model import Bank, Problem, Question, Severity

GIFT = r"""// question: 0  name: Switch category to $course$/top/Yard
$CATEGORY: $course$/top/Yard

// question: 11  name: Cones [id:cones-1] [tag:STF] [tag:spring \] round]
::Cones\: how many?::[html]<p>A spill is <em>two</em> metres wide.<br>What is the least?</p>{
	=[html]<p>Four cones</p>#<p>One at each side.</p>
	~<p>One cone</p>#<p>One sign is seen from everywhere</p>
	~%0%[plain]No <b>cone</b>
	####[html]<p>Each side must be seen &amp; kept free.</p>
}

Who {~finds =signs ~cleans} the sheet?

::Several::Which of these hold a load? {
	~%33.33333%a sling
	~%33.33333%a hook
	~%33.33333%a \= sign \{here\}
	~%-100%a hand # strong hands hold anything
}

The gate is open at night.{F#It was always open#Right: it closes at six.}

Two metres are {=enough =2 m =%50%nearly} for a person.

::Width::How wide is the way, at least? {#0.8:0.05}

::Range::Between what is it right? {#1.5..2.5####Measured in metres.}

::Parts::When was the crane built? {#
	=1998:0#As the plate says.
	=%50%1998:2#Nearly.
}

::Signs::Match what you see. {
	=red ring -> forbidden
	=blue disc -> must be done
	= -> may be done
}

::Break::First line\nsecond line\: a \\ and a \# {T}
"""


def read(text: str | bytes, name: str = "yard.gift") -> tuple[dict[str, Question], list[Problem], Bank]:
    """The questions by id, the problems, and the bank."""
    bank, problems = read_bank(name, text if isinstance(text, bytes) else text.encode())
    assert bank is not None
    return {each.id: each for each in bank.questions}, problems, bank


def told(problems: list[Problem]) -> list[tuple[str, int | None, int | None]]:
    """Code, line and column."""
    return [(each.code, each.line, each.column) for each in problems]


def test_gift_is_read_with_all_that_moodle_can_say_in_it() -> None:
    """Titles, ids and tags in comments, categories, formats, weights, feedback, blanks, numbers, ranges, pairs, escapes."""
    found, problems, bank = read(GIFT)
    assert not [each for each in problems if each.severity is Severity.ERROR]
    cones = found["cones-1"]
    assert (cones.kind, cones.topic) == ("one", "STF")
    assert cones.stem == {"en": "A spill is two metres wide.\nWhat is the least?"}
    assert cones.explanation == {"en": "Each side must be seen & kept free."}
    options = cones.payload.options  # type: ignore[attr-defined]
    assert [(each.text["en"], each.right) for each in options] == [
        ("Four cones", True), ("One cone", False), ("No <b>cone</b>", False),
    ]  # fmt: skip
    assert options[1].misconception == {}, "what stands beside a wrong answer elsewhere mostly says what is true"
    by_stem = {each.stem["en"]: each for each in bank.questions}
    assert by_stem["Who _____ the sheet?"].kind == "one"
    several = found["yard-several"]
    assert [each.right for each in several.payload.options] == [True, True, True, False]  # type: ignore[attr-defined]
    assert several.payload.options[2].text == {"en": "a = sign {here}"}  # type: ignore[attr-defined]
    gate = by_stem["The gate is open at night."]
    assert (gate.kind, gate.payload.answer) == ("true_false", False)  # type: ignore[attr-defined]
    assert gate.payload.misconception == {}  # type: ignore[attr-defined]
    assert gate.explanation == {"en": "Right: it closes at six."}
    assert by_stem["Two metres are _____ for a person."].payload == ShortPayload({"en": "enough"}, {"en": ("2 m",)})
    assert found["yard-width"].payload == NumberPayload(Decimal("0.8"), Decimal("0.05"))
    assert found["yard-range"].payload == NumberPayload(Decimal("2.0"), Decimal("0.5"))
    assert found["yard-range"].explanation == {"en": "Measured in metres."}
    signs = found["yard-signs"].payload
    assert isinstance(signs, MatchPayload)
    assert [(each.left["en"], each.right["en"]) for each in signs.pairs] == [
        ("red ring", "forbidden"), ("blue disc", "must be done"),
    ]  # fmt: skip
    assert signs.others == ({"en": "may be done"},)
    assert found["yard-break"].stem == {"en": "First line\nsecond line: a \\ and a #"}


def test_what_gift_says_and_we_cannot_hold_is_told_at_its_place() -> None:
    """Half points, feedback on right answers beside an explanation, points for a part; ids, topics and places made."""
    _, problems, _ = read(GIFT)
    found = told(problems)
    assert ("feedback_dropped", 6, 27) in found
    assert ("weight_dropped", 23, 35) in found
    assert ("weight_dropped", 31, 7) in found
    assert {"id_made", "topic_made", "place_made", "all_or_nothing", "feedback_left_out"} <= {
        code for code, *_ in found
    }
    params = {each.code: dict(each.params) for each in problems}
    assert params["id_made"] == {"n": 9}
    assert params["topic_made"] == {"topic": "YARD", "category": "Yard"}
    assert params["feedback_left_out"]["example"] == "One sign is seen from everywhere"


UNHELD = """::E::Say why. {}

A heading without a question.

::M::Either is right. {=a ~b =c}

::W::Which animal? {=*dog* =%0%*}
"""


def test_kinds_that_we_do_not_have_are_named_and_the_rest_is_taken() -> None:
    """Essay, description, one of several, answers with stars: a warning each, and never another question in their place."""
    bank, problems = read_bank("x.gift", (UNHELD + "\n::T::True? {T}").encode())
    assert bank is not None
    assert [each.id for each in bank.questions] == ["x-t"]
    assert told(problems)[:5] == [
        ("kind_not_held", 1, 3), ("kind_not_held", 3, 1), ("either_right", 5, 3), ("wildcard", 7, 22),
        ("kind_not_held", 7, 3),
    ]  # fmt: skip
    assert all(each.severity is Severity.WARNING for each in problems)


@pytest.mark.parametrize("name", ["yard.gift", "yard.txt"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "encoding"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (b"", "gb18030")],
)
def test_a_file_is_read_whatever_it_is_encoded_in(name: str, end: str, before: bytes, encoding: str) -> None:
    """By content, with and without marks, with any line end; the places stay the same."""
    text = "::门::夜里大门关着。{T}\n\n::梯子::梯子放在湿托盘上，怎么办？{\n=移到干地上\n~爬上去#短时间没事\n~%50%扶着\n}\n"
    data = before + text.replace("\n", end).encode(encoding)
    bank, problems = read_bank(name, data, "zh")
    assert bank is not None
    assert [each.stem["zh"] for each in bank.questions] == ["夜里大门关着。", "梯子放在湿托盘上，怎么办？"]
    assert ("weight_dropped", 6, 6) in told(problems)


AIKEN = b"Which lamp is on?\r\nA. the red one\r\nB) the <green> one\r\nANSWER: B\r\n\r\n"
AIKEN += b"Is it cold & wet?\r\nA) yes\r\nB) no\r\nANSWER: A"


def test_aiken_is_read_with_both_of_its_marks() -> None:
    """A stop or a bracket behind the letter, windows line ends, signs that mean nothing in it."""
    _, problems, bank = read(AIKEN, "lamps.txt")
    assert [each.stem["en"] for each in bank.questions] == ["Which lamp is on?", "Is it cold & wet?"]
    assert [each.right for each in bank.questions[0].payload.options] == [False, True]  # type: ignore[attr-defined]
    assert bank.questions[0].payload.options[1].text == {"en": "the <green> one"}  # type: ignore[attr-defined]
    assert not [each for each in problems if each.severity is Severity.ERROR]


def test_aiken_files_with_holes_have_a_problem_at_each() -> None:
    """An option before any question, an answer that is none, a question that never ends."""
    text = "A) too early\n\nANSWER: A\n\nGood?\nA) yes\nB) no\nANSWER: Z\n\n"
    text += "Unfinished?\nA) yes\nB) no\n\nFine?\nA) yes\nB) no\nANSWER: B\n"
    bank, problems = read_bank("x.txt", text.encode())
    assert bank is not None
    assert [each.stem["en"] for each in bank.questions] == ["Fine?"]
    errors = [(each.code, each.line) for each in problems if each.severity is Severity.ERROR]
    assert errors == [("aiken_letter", 3), ("aiken_letter", 8), ("aiken_answer", 14)]


def xml(kind: str, inner: str) -> str:
    """A question of Moodle's XML."""
    return (
        f'<question type="{kind}"><name><text>{kind}</text></name>'
        f'<questiontext format="html"><text><![CDATA[<p>About {kind}?</p>]]></text></questiontext>{inner}</question>'
    )


FEEDBACK = '<feedback format="html"><text>&lt;p&gt;So it seems&lt;/p&gt;</text></feedback>'
XML = f"""<?xml version="1.0" encoding="UTF-16"?>
<quiz>
<!-- question: 0  -->
<question type="category"><category><text>$course$/top/LOTO energy</text></category>
<info format="moodle_auto_format"><text>Locks</text></info><idnumber></idnumber></question>
{
    xml(
        "multichoice",
        "<single>true</single><defaultgrade>2.0000000</defaultgrade><hint><text>Look</text></hint>"
        '<correctfeedback format="html"><text>Your answer is correct.</text></correctfeedback>'
        "<partiallycorrectfeedback><text/></partiallycorrectfeedback>"
        '<answer fraction="100" format="html"><text><![CDATA[<p>5&nbsp;m<sup>2</sup></p>]]></text></answer>'
        f'<answer fraction="0"><text>none</text>{FEEDBACK}</answer>',
    )
}
{
    xml(
        "truefalse",
        '<generalfeedback format="markdown"><text>**Never** do it.</text></generalfeedback>'
        f'<answer fraction="0"><text>true</text>{FEEDBACK}</answer><answer fraction="100"><text>false</text></answer>',
    )
}
{xml("shortanswer", '<usecase>1</usecase><answer fraction="100"><text>lock</text></answer>')}
{
    xml(
        "numerical",
        '<answer fraction="100"><text>230</text><tolerance>10</tolerance></answer>'
        "<units><unit><multiplier>1</multiplier><unit_name>V</unit_name></unit></units>",
    )
}
{
    xml(
        "matching",
        "<subquestion><text>red</text><answer><text>stop</text></answer></subquestion>"
        "<subquestion><text>green</text><answer><text>go</text></answer></subquestion>"
        "<subquestion><text></text><answer><text>wait</text></answer></subquestion>",
    )
}
{xml("ordering", '<answer fraction="2.0"><text>try</text></answer><answer fraction="1.0"><text>lock</text></answer>')}
{"".join(xml(kind, "") for kind in ("essay", "cloze", "calculated", "description", "ddwtos"))}
</quiz>
"""


def test_moodle_xml_is_read_kind_by_kind_and_what_we_lack_is_named_with_its_line() -> None:
    """The declared encoding is not believed; texts are plain; kinds, grades, hints and boilerplate that stay out are told."""
    found, problems, bank = read(XML, "locks.xml")
    assert [each.kind for each in bank.questions] == ["one", "true_false", "short", "number", "match", "order"]
    assert {each.topic for each in bank.questions} == {"LOTO"}
    one = found["locks-multichoice"]
    assert one.payload.options[0].text == {"en": "5 m²"}  # type: ignore[attr-defined]
    assert one.payload.options[1].misconception == {}  # type: ignore[attr-defined]
    assert found["locks-truefalse"].explanation == {"en": "Never do it."}
    number = found["locks-numerical"].payload
    assert number == NumberPayload(Decimal(230), Decimal(10), {"en": "V"})
    steps = found["locks-ordering"].payload.steps  # type: ignore[attr-defined]
    assert [each.text["en"] for each in steps] == ["lock", "try"]
    kinds = [each.params["kind"] for each in problems if each.code == "kind_not_held"]
    assert kinds == ["essay", "cloze", "calculated", "description", "ddwtos"]
    lost = {each.params["what"]: each.line for each in problems if each.code == "not_kept"}
    assert lost == {"hint": 6, "correctfeedback": 6, "defaultgrade": 6, "usecase": 8}
    assert not [each for each in problems if each.severity is Severity.ERROR]


def test_pictures_and_files_within_moodle_xml_are_told() -> None:
    """They have no place in a text of ours."""
    picture = '<file name="a.png" path="/" encoding="base64">iVBORw0KGgo=</file>'
    text = XML.replace(
        "<p>About truefalse?</p>]]></text>", f'<p>See <img src="@@PLUGINFILE@@/a.png">?</p>]]></text>{picture}'
    )
    _, problems, _ = read(text, "locks.xml")
    assert {"file", "picture"} <= {each.params["what"] for each in problems if each.code == "not_kept"}


def test_the_same_name_is_the_same_question_tomorrow() -> None:
    """Moodle puts the time into the names of its exports; ids hang on the questions' names."""
    first = read_bank("questions-Yard-20261118-0905.gift", GIFT.encode())[0]
    later = read_bank("questions-Yard-20261203-1410.gift", GIFT.replace("Which of these", "What").encode())[0]
    assert first is not None
    assert later is not None
    assert (first.id, later.id) == ("questions-yard", "questions-yard")
    assert [each.id for each in first.questions] == [each.id for each in later.questions]


def test_a_translation_of_words_that_were_changed_elsewhere_is_not_kept() -> None:
    """An old translation beside a new sentence would be a wrong sentence to whoever reads only that."""
    text = '// davy: {"v":1,"id":"a-1","texts":{"stem":{"Is it off?":{"zh":"关了吗？"}}}}\n::A::[plain]Is it on? {T}'
    found, problems, _ = read(text)
    assert found["a-1"].stem == {"en": "Is it on?"}
    assert ("carried_stale", 2, 3) in told(problems)
