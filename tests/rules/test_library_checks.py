"""What the content of banks and lessons is told, near duplicates among many, and how long it takes."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.checks import Known, check_bank, check_banks
from bot.library.kinds.registry import KINDS
from bot.library.model import Problem, Severity, telegram_length, text_in
from bot.library.shipped import places_of
from bot.library.similar import THRESHOLD, elements, near_duplicates
from bot.library.tells import longest_is_right, right_positions
from bot.library.wording import is_catch_all, names_place, numbers, seems_untranslated, words
from tests.rules.library_samples import bank, question


def codes(problems: list[Problem]) -> list[str]:
    """The codes of problems."""
    return [problem.code for problem in problems]


def test_a_clean_bank_has_no_problem() -> None:
    """Neither error nor advice."""
    assert check_bank(bank(question(), question("true_false", "true", id="b", stem={"en": "It swings"}))) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"stem": {"en": "x" * 301}}, ["too_long"]),
        ({"explanation": {"en": "x" * 201}}, ["too_long"]),
        ({"explanation": {"en": "a\n\n\nb"}}, ["too_many_line_feeds"]),
        ({"sources": ()}, ["no_source"]),
        ({"sources": (), "facts": ("LIF-01",)}, []),
        ({"stem": {"en": "A load of 2 kg swings. What now?"}}, ["number_without_jurisdiction"]),
        ({"stem": {"en": "A load of 2 kg swings. What now?"}, "jurisdictions": ("US",)}, []),
        ({"stem": {"en": "The load swings. What now?", "zh": "吊物摆动，怎么办？"}}, ["missing_translation"]),
    ],
)
def test_a_question_is_told_what_its_content_deserves(change: dict[str, Any], expected: list[str]) -> None:
    """One change, one problem."""
    assert codes(check_bank(bank(question(**change)))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"facts": ("LIF-99",)}, ["unknown_fact"]),
        ({"facts": ("LIF-01",), "jurisdictions": ("CN",)}, ["fact_of_another_place"]),
        ({"facts": ("LIF-01",), "jurisdictions": ("CN", "US")}, []),
        ({"facts": ("LIF-01",), "jurisdictions": ("any",)}, []),
        ({"facts": ("LIF-02",), "jurisdictions": ("CN",)}, []),
        ({"topic": "LIFT"}, ["unknown_topic"]),
        ({"lesson": "nowhere"}, ["unknown_lesson"]),
        ({"lesson": "stay-clear"}, []),
    ],
)
def test_what_a_question_refers_to_must_exist_and_hold_there(change: dict[str, Any], expected: list[str]) -> None:
    """Facts, topics and lessons, where they are known; a fact of another country is pointed at."""
    known = Known({"LIF-01": frozenset({"US"}), "LIF-02": frozenset()}, {"stay-clear"})
    assert codes(check_bank(bank(question(**change)), known)) == expected
    assert set(codes(check_bank(bank(question(**change))))) <= {"no_source"}


def test_shipped_content_is_held_to_more() -> None:
    """What is advice for a trainer is an error in what everybody gets."""
    found = check_bank(bank(question()), shipped=True)
    assert {(p.code, p.severity) for p in found} == {("missing_translation", Severity.ERROR)}
    advice = check_bank(bank(question(sources=())))
    assert [p.severity for p in advice] == [Severity.WARNING]


def test_the_same_stem_in_two_banks_is_pointed_at() -> None:
    """With the id of the other question."""
    first, second = bank(question()), bank(question(id="other-001"))
    found = check_banks([first, second])
    assert codes(found) == ["near_duplicate"]
    assert dict(found[0].params) == {"id": "other-001", "other": "swing-001"}


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("A harness alone keeps you safe at a high edge.", "A harness alone keeps you safe at the high edge.", True),
        ("Set the ladder one out for four up, in the US.", "Set the ladder one out for three up, in the US.", True),
        ("Which extinguisher for a fire in a live panel?", "Which extinguisher for a pan of burning fat?", False),
        ("吊物开始摆动的时候，你首先应该做什么事情？", "吊物开始摆动的时候，你首先应该做什么事？", True),
        ("吊物开始摆动，怎么办？", "有人触电倒地，怎么办？", False),
        ("What is this?", "What is that?", False),
        ("What now?", "what  now", True),
    ],
)
def test_near_duplicates_are_told_by_their_words(one: str, other: str, near: bool) -> None:
    """Case, blanks and stops do not count; in Chinese pairs of characters do."""
    assert list(near_duplicates([one, other])) == ([(1, 0)] if near else [])


def test_no_pair_of_near_duplicates_is_missed_among_many() -> None:
    """The buckets find what comparing all with all finds."""
    chance = random.Random(7)
    vocabulary = [f"word{n}" for n in range(300)]
    texts = [" ".join(chance.sample(vocabulary, 12)) for _ in range(300)]
    for n in range(0, 300, 10):
        changed = texts[n].split()
        changed[3] = "changed"
        texts.append(" ".join(changed))
    assert {later for later, _ in near_duplicates(texts)} == set(range(300, 330))


def test_the_longest_option_may_not_be_the_right_one_too_often() -> None:
    """Counted per language, ties do not count."""
    texts = ({"text": {"en": "Step well out of its way"}, "right": True}, {"text": {"en": "Hold it"}, "right": False})
    longer = KINDS["one"].from_json({"v": 1, "options": list(texts)})
    asked = [question("one", id=f"q{n}", payload=longer) for n in range(3)]
    assert longest_is_right([*asked, question("one", "b")], "en") == (["q0", "q1", "q2"], 4)
    assert longest_is_right(asked, "zh") == ([], 0)


def test_right_positions_are_uneven_only_when_chance_would_hardly_do_it() -> None:
    """Twelve times b is a habit; three of each is not, nor are nine questions of whatever kind."""

    def asked(letters: str) -> list[Any]:
        return [question("one", letter, id=f"q{n}") for n, letter in enumerate(letters)]

    assert right_positions(asked("b" * 12))[1]
    assert not right_positions(asked("abcd" * 3))[1]
    assert not right_positions(asked("abcdabcdaabb"))[1]
    assert not right_positions(asked("b" * 9))[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stay 3 m away (10 ft).", ["3 m"]),
        ("At 85 dB(A) wear them.", ["85 dB"]),
        ("距离2米以上。", ["2米"]),
        ("Espera 15 minutos.", ["15 minutos"]),
        ("Noise of 90 dBA for 8 hours", ["90 dBA", "8 hours"]),
        ("Step 3: call. 29 CFR 1926.1053 applies.", []),
        ("Call 112 and wait.", []),
        ("2 men lift it.", []),
        ("Over 35 °C rest in the shade", ["35 °C"]),
        ("80% of them", ["80%"]),
        ("Не ближе 10 футов (3,05 м).", ["10 футов"]),
        ("Каждые 15 минут, до 5 мая.", ["15 минут"]),
        ("Не больше 85 дБ за 8 часов", ["85 дБ", "8 часов"]),
        ("انتظر 30 دقيقة، ثم ارجع.", ["30 دقيقة"]),
        ("على بعد 10 أقدام (3.05 م) و20 %", ["10 أقدام", "20 %"]),
        ("اتصل بالرقم 112 وانتظر.", []),
    ],
)
def test_numbers_with_units_are_found(text: str, found: list[str]) -> None:
    """The same measure in brackets is not a second number; numbers of things and of clauses are none."""
    assert numbers(text) == found


def test_a_place_is_named_in_any_of_our_languages() -> None:
    """ "US rule", "美国规定", "EE. UU."."""
    assert all(names_place(text, ["US"]) for text in ("US rule: 3 m", "美国规定：3米", "Regla de EE. UU.: 3 m"))
    assert all(names_place(text, ["US"]) for text in ("Правило США: 3 м", "القاعدة الأمريكية: 3 م"))
    assert all(names_place(text, ["CN"]) for text in ("中国规定：2米", "Закон Китая: 2 м", "القانون الصيني: 2 م"))
    assert all(names_place(text, ["UK"]) for text in ("Правило Британии: 2 м", "القاعدة البريطانية: 2 م"))
    assert not names_place("Keep 3 m away", ["US", "CN"])


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "None of these options",
        "以上都对",
        "以上全部",
        "Todas las anteriores",
        "Всё перечисленное",
        "كل ما سبق",
    ],
)
def test_options_about_other_options_are_found(text: str) -> None:
    """They make no sense once shuffled."""
    assert is_catch_all(text)
    assert not is_catch_all("All of the crew leave")


def test_a_text_that_was_not_translated_is_found() -> None:
    """The same words again, or Chinese without Chinese characters; abbreviations are no crime."""
    assert seems_untranslated({"en": "Stay out of its way", "es": "Stay out of its way"}, "es", "en")
    assert seems_untranslated({"en": "Stay away", "zh": "Stay away now"}, "zh", "en")
    assert seems_untranslated({"en": "Stay away", "ru": "Stay away now"}, "ru", "en")
    assert seems_untranslated({"en": "Stay away", "ar": "Stay away now"}, "ar", "en")
    assert not seems_untranslated({"en": "Stay away", "ar": "ابتعد الآن"}, "ar", "en")
    assert not seems_untranslated({"en": "OSHA", "zh": "OSHA"}, "zh", "en")
    assert not seems_untranslated({"en": "Stay away", "zh": "离开"}, "zh", "en")


def test_small_rules_of_texts() -> None:
    """Words, lengths as Telegram counts them, and the language a reader gets."""
    assert words("Stop - call **112**, do not go in.") == 7
    assert telegram_length("a🦺") == 3
    assert text_in({"en": "a", "zh": "b"}, "zh-CN") == "b"
    assert text_in({"es": "c"}, "fr") == "c"
    assert text_in({}, "en") == ""
    assert places_of("US construction") == {"US"}
    assert places_of("CN/all") == frozenset()
    assert places_of("UK/EU/CN") == {"UK", "EU", "CN"}


@given(
    st.lists(st.lists(st.integers(0, 14), min_size=4, max_size=34, unique=False), min_size=2, max_size=12),
    st.integers(0, 10**6),
)
def test_what_the_buckets_find_is_what_comparing_all_with_all_finds(rows: list[list[int]], seed: int) -> None:
    """Short and long texts, and those between: each that has an earlier one nearly the same is found, and nothing else."""
    chance = random.Random(seed)
    texts = []
    for row in rows:
        own = [f"w{n}x{chance.randrange(3)}" for n in row]
        texts += [" ".join(own), " ".join([*own[:-1], f"other{chance.randrange(9)}"])]

    def near(one: frozenset[str], other: frozenset[str]) -> bool:
        if min(len(one), len(other)) < 4:
            return one == other
        return len(one & other) >= THRESHOLD * len(one | other)

    sets = [elements(text) for text in texts]
    expected = {at for at, each in enumerate(sets) if each and any(near(each, sets[other]) for other in range(at))}
    assert {later for later, _ in near_duplicates(texts)} == expected
