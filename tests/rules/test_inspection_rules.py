"""Decisions about inspections: answers, draws, signs, files, the shipped lists (long because it is tables of cases)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.i18n.languages import LANGUAGES
from bot.inspections import keeping, rules, sheet, shipped, signs
from bot.inspections.model import Checklist, Choice, Item, Kind, Outcome, Photo, Section
from bot.inspections.reader_child import read_file
from bot.inspections.reading import read_text
from bot.inspections.signs import Pictured, Timed
from bot.inspections.visits import pack
from bot.inspections.visits import rules as visit_rules
from bot.inspections.visits.model import Found, State
from bot.kit.risk import Severity
from bot.library.shipped import marks

EN = {"en": "Something"}
PASS = Item("a", EN)
MUST = Item("a", EN, optional=False)
NUMBER = Item("a", EN, Kind.NUMBER, low=1.5, high=3)
CHOICE = Item("a", EN, Kind.CHOICE, choices=(Choice({"en": "green"}), Choice({"en": "dark"}, fails=True)))
NOTE = Item("a", EN, Kind.NOTE)


@pytest.mark.parametrize(
    ("item", "said", "counts"),
    [
        (PASS, "pass", Outcome.PASS),
        (PASS, "fail", Outcome.FAIL),
        (PASS, "na", Outcome.NA),
        (PASS, "maybe", None),
        (MUST, "na", None),
        (NUMBER, "1.5", Outcome.PASS),
        (NUMBER, "3", Outcome.PASS),
        (NUMBER, "3,01", Outcome.FAIL),
        (NUMBER, "1.49", Outcome.FAIL),
        (NUMBER, "nan", None),
        (NUMBER, "inf", None),
        (NUMBER, "much", None),
        (CHOICE, "0", Outcome.PASS),
        (CHOICE, "1", Outcome.FAIL),
        (CHOICE, "2", None),
        (CHOICE, "²", None),
        (NOTE, "seen", Outcome.PASS),
        (NOTE, "  ", None),
    ],
)
def test_an_answer_counts_by_the_kind_of_its_item(item: Item, said: str, counts: Outcome | None) -> None:
    """Limits themselves are in order; what is no answer is none."""
    assert rules.judge(item, said) is counts


@pytest.mark.parametrize(
    ("photo", "outcome", "photos", "more", "owed"),
    [
        (Photo.NO, Outcome.PASS, 0, False, False),
        (Photo.NO, Outcome.FAIL, 0, True, False),
        (Photo.ON_FAIL, Outcome.PASS, 0, False, False),
        (Photo.ON_FAIL, Outcome.FAIL, 0, True, True),
        (Photo.ON_FAIL, Outcome.FAIL, 1, True, False),
        (Photo.YES, Outcome.PASS, 0, True, True),
        (Photo.YES, Outcome.PASS, 1, False, False),
        (Photo.YES, Outcome.NA, 0, False, False),
    ],
)
def test_a_photo_is_asked_for_when_its_item_says_so(
    photo: Photo, outcome: Outcome, photos: int, more: bool, owed: bool
) -> None:
    """After a fail words are always asked for, a photo only where it is wanted."""
    item = Item("a", EN, photo=photo)
    assert rules.wants_more(item, outcome, photos) is more
    assert rules.photo_owed(item, outcome, photos) is owed


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ((2026, 11, 18, 15, 59), None),
        ((2026, 11, 18, 16, 0), "2026-11-18"),
        ((2026, 11, 18, 17, 59), "2026-11-18"),
        ((2026, 11, 18, 18, 0), None),
        ((2026, 11, 21, 16, 30), None),
    ],
)
def test_a_plan_is_due_in_its_hours_on_its_days(now: tuple[int, ...], due: str | None) -> None:
    """Ten in the morning in Chicago, Monday to Friday, for two hours."""
    found = rules.occurrence("12345", 600, "America/Chicago", timedelta(hours=2), datetime(*now, tzinfo=UTC))  # type: ignore[misc]
    assert (found[0].isoformat() if found else None) == due


def test_a_plan_over_midnight_belongs_to_the_day_on_which_it_began() -> None:
    """Ten at night for eight hours: at three in the morning it is yesterday's."""
    now = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    found = rules.occurrence("3", 22 * 60, "America/Chicago", timedelta(hours=8), now)
    assert found is not None
    assert found[0].isoformat() == "2026-11-18"


SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(seed=SEEDS, count=st.integers(0, 10), places=st.sets(st.integers(1, 50), max_size=4))
@settings(deadline=None, max_examples=50)
def test_a_draw_can_be_repeated_and_takes_each_slot_once(seed: str, count: int, places: set[int]) -> None:
    """The same seed draws the same; no slot twice; a second check on a day only when every day has one."""
    among = rules.slots("2026-W48", "12345", places)
    drawn = rules.draw(seed, among, count)
    assert drawn == rules.draw(seed, list(reversed(among)), count)
    assert len(set(drawn)) == len(drawn) == count
    assert set(drawn) <= set(among)
    by_day = [sum(slot[:10] == day for slot in drawn) for day in {slot[:10] for slot in among}]
    assert max(by_day) - min(by_day) <= 1


def test_a_weeks_seed_gives_no_other_week_away_and_every_hour_is_drawn_alike() -> None:
    """Over 2000 weeks each of nine hours comes near a ninth of the time (chi-square, 8 degrees of freedom, at 0.1 %)."""
    root = "ab" * 32
    assert rules.week_seed(root, "2026-W48") != rules.week_seed(root, "2026-W49")
    among = rules.slots("2026-W48", "1", ())
    hours = [
        rules.slot_of(rules.draw(rules.week_seed(root, f"{year}-W01"), among, 1)[0])[1] for year in range(2000, 4000)
    ]
    expected = 2000 / 9
    assert sum((hours.count(hour) - expected) ** 2 / expected for hour in range(7, 16)) < 26.1


def test_what_has_passed_of_a_week_is_not_drawn_from() -> None:
    """A rule that begins on Wednesday noon draws from what is left."""
    begins = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
    among = rules.slots("2026-W48", "12345", (), begins, "America/Chicago")
    assert min(among) == "2026-11-25T13/0"


# --- signs ------------------------------------------------------------------------------------------------------------


def test_an_item_is_too_fast_under_three_seconds_or_a_quarter_of_its_own_median() -> None:
    """A median of fewer than five times is none; the edge itself is not too fast."""
    usual = (20.0, 24.0, 20.0, 28.0, 20.0)
    found = signs.too_fast(
        [Timed("a", 2.9), Timed("b", 3.0), Timed("c", 4.9, usual), Timed("d", 5.0, usual), Timed("e", 4.9, usual[:4])]
    )
    assert [(each.item, each.usual, each.n) for each in found] == [("a", None, 0), ("c", 20.0, 5)]


def test_a_photo_is_the_same_by_its_bytes_or_nearly_by_its_look() -> None:
    """Also within one inspection; a picture that shows nothing is like none."""
    old = [Pictured(1, "a", "media:x", "00000000000000ff")]
    mine = [
        Pictured(2, "a", "media:x", None),
        Pictured(2, "b", "media:y", "00000000000000fe"),
        Pictured(2, "c", "media:z", "0000000000000f0f"),
        Pictured(2, "d", "media:w", None),
        Pictured(2, "e", "media:z", "0000000000000f0f"),
    ]
    found = signs.same_photo(mine, old)
    assert [(each.here.item, each.there.inspection, each.exact) for each in found] == [
        ("a", 1, True),
        ("b", 1, False),
        ("e", 2, True),
    ]


@pytest.mark.parametrize(
    ("mine", "others", "times"),
    [
        ([{"a": "pass"}] * 5, [1, 0], 5),
        ([{"a": "pass"}] * 4, [1, 0], None),
        ([{"a": "pass"}] * 6, [0, 0], None),
        ([{"a": "pass"}] * 6, [], None),
        ([{"a": "pass"}] * 3 + [{"a": "fail"}] + [{"a": "pass"}] * 5, [2], None),
    ],
)
def test_the_same_answers_are_a_sign_only_while_others_find_something(
    mine: list[dict[str, str]], others: list[int], times: int | None
) -> None:
    """Where nothing is ever wrong, always in order is simply true."""
    found = signs.same_answers(mine, others)
    assert (found.times if found else None) == times


# --- files ------------------------------------------------------------------------------------------------------------

WORDS = (
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30)
    .map(lambda words: " ".join(words.split()))
    .filter(lambda words: words and words[0] not in "!#'\"" and words not in ("~", "null"))
)
SAID = st.dictionaries(st.sampled_from(sorted(LANGUAGES)), WORDS, min_size=1, max_size=3)
CODES = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True).filter(
    lambda code: code not in ("null", "yes", "no", "on", "off", "true", "false", "y", "n")
)
LIMIT = st.none() | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@st.composite
def items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(Kind))
    low, high = sorted((draw(LIMIT), draw(LIMIT)), key=lambda each: (each is None, each or 0.0))
    langs = draw(st.sets(st.sampled_from(sorted(LANGUAGES)), min_size=1, max_size=2))
    one = st.fixed_dictionaries(dict.fromkeys(sorted(langs), WORDS))
    choices = (
        tuple(Choice(draw(one), draw(st.booleans())) for _ in range(draw(st.integers(2, 4))))
        if kind is Kind.CHOICE
        else ()
    )
    return Item(
        draw(CODES), draw(SAID), kind, draw(st.sampled_from(Photo)), draw(st.sampled_from(Severity)),
        draw(st.sampled_from(("", "FLT"))), draw(st.sampled_from(((), ("FLT-05", "HSK-01")))), draw(st.none() | SAID),
        draw(st.sampled_from(("", "bar", "% LEL"))), low if kind is Kind.NUMBER else None, high if kind is Kind.NUMBER else None,
        choices, draw(st.booleans()),
    )  # fmt: skip


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    some = draw(st.lists(items(), min_size=1, max_size=5, unique_by=lambda item: item.code))
    cut = draw(st.integers(1, len(some)))
    parts = [part for part in (some[:cut], some[cut:]) if part]
    sections = tuple(Section(draw(SAID), tuple(part)) for part in parts)
    return Checklist(draw(CODES), draw(SAID), draw(st.sampled_from(("", "HSK"))), sections)


@given(made=checklists())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_a_checklist_comes_back_the_same_from_yaml_and_from_a_workbook(made: Checklist) -> None:
    """Whatever it says: what is written is read again as it was."""
    for name, data in (("a.yaml", keeping.to_yaml(made)), ("a.xlsx", sheet.to_workbook([made], "en"))):
        found = read_file(name, data)
        assert (found.wrong, found.broken) == ([], ""), name
        assert [keeping.to_json(each) for each in found.lists] == [keeping.to_json(made)], name
    assert keeping.from_json(json.loads(json.dumps(keeping.to_json(made)))) == made


GOOD = """checklist: dock
title: {en: Dock}
sections:
  - title: {en: Ramp}
    items:
      - {id: gap, text: {en: Gap}}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("dock", "Dock 1", "bad_id", "1:12"),
        ("{en: Dock}", "{}", "missing", "2:8"),
        ("id: gap", "id: GAP!", "bad_id", "6:14"),
        ("text: {en: Gap}", "text: {en: Gap}, kind: often", "bad_word", "6:42"),
        ("text: {en: Gap}", "text: {xx: Gap}", "bad_word", "6:25"),
        ("text: {en: Gap}", "text: {en: Gap}, severity: 9", "bad_word", "6:46"),
        ("text: {en: Gap}", "text: {en: Gap}, facts: [nothing]", "bad_fact", "6:43"),
        ("text: {en: Gap}", "text: {en: Gap}, min: 5, max: 2", "limits", "6:41"),
        ("text: {en: Gap}", "text: {en: Gap}, kind: choice", "choices", "6:9"),
        (
            "      - {id: gap, text: {en: Gap}}\n",
            "      - {id: gap, text: {en: Gap}}\n      - {id: gap, text: {en: Gap}}\n",
            "twice",
            "7:14",
        ),
        ("    items:\n      - {id: gap, text: {en: Gap}}\n", "    items: []\n", "no_items", "1:12"),
    ],
)
def test_every_mistake_of_a_file_is_told_with_its_spot(old: str, new: str, code: str, at: str) -> None:
    """Line and column of what is to be mended."""
    assert read_text("a.yaml", GOOD).good
    found = read_text("a.yaml", GOOD.replace(old, new, 1))
    assert (code, at) in [(each.code, each.at) for each in found.wrong]
    assert not found.good


def test_a_mistake_in_a_table_is_told_by_its_cell_and_a_key_that_nobody_reads_stops_the_file() -> None:
    """CSV by line and column; in YAML a misspelt key is said to be one."""
    table = "checklist,id,title_en,section_en,text_en,kind\ndock,gap,Dock,Ramp,Gap,often\n"
    found = read_file("a.csv", table.encode())
    assert [(each.code, each.at) for each in found.wrong] == [("bad_word", "2:24")]
    assert "photoo" in read_text("a.yaml", GOOD.replace("text:", "photoo: yes, text:")).broken


# --- the shipped ones -------------------------------------------------------------------------------------------------

NUMBERS = re.compile(r"(?<![A-Za-z\d])\d+(?:[.,]\d+)?")
PLACES = re.compile(r"US|China|UK|GB 46768")


def test_at_least_eight_checklists_are_shipped_in_every_language_with_known_facts() -> None:
    """Each sentence in all five; each fact id is one of the base."""
    assert len(shipped.shipped()) >= 8
    for one in shipped.shipped():
        said = [one.title, *(each.title for each in one.sections), *(item.words for item in one.items)]
        said += [item.hint for item in one.items if item.hint]
        said += [choice.words for item in one.items for choice in item.choices]
        assert [set(words) for words in said if set(words) != set(LANGUAGES)] == [], one.code
        assert {fact for item in one.items for fact in item.facts} <= set(marks()), one.code


def test_a_figure_of_a_shipped_checklist_has_its_jurisdiction_and_is_the_same_in_all_languages() -> None:
    """A number without a country, or another number in another language, could hurt somebody."""
    for one in shipped.shipped():
        for item in one.items:
            for words in (item.words, item.hint or {}):
                figures = {
                    lang: sorted(each.replace(",", ".") for each in NUMBERS.findall(said))
                    for lang, said in words.items()
                }
                assert len({tuple(each) for each in figures.values()}) <= 1, (one.code, item.code, figures)
                if figures and figures["en"] and "data sheet" not in words["en"]:
                    assert PLACES.search(words["en"]), (one.code, item.code)
                    assert item.facts, (one.code, item.code)


# --- visits -----------------------------------------------------------------------------------------------------------


def found_with(state: State, corrected_by: int | None = None) -> Found:
    """A finding for which 1 answers."""
    due = datetime(2026, 12, 1, tzinfo=UTC)
    return Found(1, 1, 1, "x", "", None, None, Severity.HIGH, 1, due, state, corrected_by, None, "/1/")


@pytest.mark.parametrize(
    ("state", "corrected_by", "by", "leads", "may"),
    [
        (State.CORRECTED, 1, 2, True, True),
        (State.CORRECTED, 1, 1, True, False),
        (State.CORRECTED, 2, 2, True, False),
        (State.CORRECTED, 1, 2, False, False),
        (State.OPEN, None, 2, True, False),
        (State.CLOSED, 1, 2, True, False),
    ],
)
def test_another_person_than_the_owner_and_who_put_it_right_closes_a_finding(
    state: State, corrected_by: int | None, by: int, leads: bool, may: bool
) -> None:
    """And only one who answers for safety there."""
    assert visit_rules.may_close(found_with(state, corrected_by), by, leads=leads) is may


def test_places_are_alike_by_the_word_in_their_codes() -> None:
    """The site's own letters are too short to be a kind."""
    others = [("LG-PRESS-1", 7), ("HW-DOCK-1", 8), ("HW-PRESS-2", 9)]
    assert visit_rules.like("HW-PRESS-3", others) == {7, 9}
    assert visit_rules.like("12", others) == set()


def test_a_pack_that_is_no_pack_is_told_in_words() -> None:
    """Neither a crash nor a yes."""
    assert "no evidence pack" in pack.problems_of(b"not a zip")[0]
    assert "no evidence pack" in pack.problems_of(pack.zipped({"a": b"b"}))[0]
    assert "no evidence pack" in pack.problems_of(pack.zipped({"manifest.json": b"[]"}))[0]
    assert pack.zipped({"b": b"1", "a": b"2"}) == pack.zipped({"a": b"2", "b": b"1"})
