"""Decisions of the compliance room, as tables of cases (long because it is one table after another)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.compliance.documents import rules as documents
from bot.compliance.permits import cards, model
from bot.compliance.permits import rules as permits
from bot.compliance.permits.model import Limit, Permit, State
from bot.compliance.reading import rules as reading
from bot.compliance.register import rules as register
from bot.compliance.register import sheet
from bot.compliance.violations import rules as violations
from bot.compliance.violations.model import State as Case
from bot.compliance.violations.model import Violation
from bot.i18n.languages import LANGUAGES
from bot.library.shipped import content_path
from bot.people.importing.files import table_of
from bot.people.importing.problems import Problems
from bot.people.model import Grant, Role, Viewer

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Read.\n? Q\n+ a\n- b", ""),
        ("Read.\n？ 问\n＋ 对\n－ 错", ""),
        ("اقرأ\n؟ سؤال\n+ صح\n- خطأ", ""),
        ("? Q\n+ a\n- b", "words"),
        ("Read.\n+ a\n- b", "ask"),
        ("Read.\n? Q\n? R\n+ a\n- b", "asks"),
        ("Read.\n? Q\n- b", "right"),
        ("Read.\n? Q\n+ a\n+ c\n- b", "rights"),
        ("Read.\n? Q\n+ a", "wrong"),
        ("Read.\n? Q\n+ a\n- b\n- c\n- d\n- e", "wrongs"),
        ("Read.\n? Q\n+ Same\n- same", "same"),
        (f"{'x' * 2401}\n? Q\n+ a\n- b", "long"),
        (f"Read.\n? Q\n+ {'a' * 61}\n- b", "long"),
        ("- a list of words\n- with dashes\n? Q\n+ a\n- b", ""),
    ],
)
def test_a_notice_as_typed_is_read_or_says_what_is_missing(words: str, why: str) -> None:
    """In every script; dashes before the question belong to the words."""
    written, missing = reading.read(words)
    assert missing == why
    assert (written is None) == bool(why)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 10**6), st.integers(1, 99), st.integers(1, 10**6))
def test_answers_stand_in_an_order_of_ones_own_that_does_not_change(notice: int, number: int, person: int) -> None:
    """All of them, the right one once, the same each time."""
    written, _ = reading.read("W\n? Q\n+ a\n- b\n- c")
    assert written is not None
    found = reading.answers(written, notice, number, person)
    assert found == reading.answers(written, notice, number, person)
    assert sorted(words for words, _ in found) == ["a", "b", "c"]
    assert [words for words, good in found if good] == ["a"]


@pytest.mark.parametrize(
    ("words", "values", "missing"),
    [
        ("O2 20.9, LEL 0", {"o2": 20.9, "lel": 0}, []),
        ("o2: 20,9; lel=0 %", {"o2": 20.9, "lel": 0}, []),
        ("氧气 20.8，可燃气体 0", {"o2": 20.8, "lel": 0}, []),
        ("Кислород 20.9\nLEL 3", {"o2": 20.9, "lel": 3}, []),
        ("أكسجين ٢٠.٩، LEL ٠", {"o2": 20.9, "lel": 0}, []),
        ("O2 20.9", {"o2": 20.9}, ["lel"]),
        ("the ladder is broken", {}, ["o2", "lel"]),
        ("O2 -1, LEL 0", {"o2": -1, "lel": 0}, []),
    ],
)
def test_what_was_measured_is_read_as_people_write_it(words: str, values: dict[str, float], missing: list[str]) -> None:
    """Points and commas, words of five languages, digits of other scripts; what is no value is none."""
    found, lacks = permits.read(words, ("o2", "lel"))
    assert {code: pytest.approx(value) for code, value in values.items()} == found
    assert lacks == missing


@pytest.mark.parametrize(
    ("law", "gas", "value", "good"),
    [
        ("US", "o2", 19.5, True), ("US", "o2", 19.4, False), ("US", "o2", 23.5, True), ("US", "o2", 23.6, False),
        ("CN", "o2", 19.5, True), ("CN", "lel", 10, True), ("CN", "lel", 10.1, False), ("US", "lel", 10, True),
        ("UK", "o2", 5, None), ("US", "h2s", 1000, None), ("CN", "co", 5, None), ("UK", "o2", -1, False),
    ],
)  # fmt: skip
def test_a_limit_holds_only_under_the_law_that_the_facts_prove(
    law: str, gas: str, value: float, good: bool | None
) -> None:
    """Bounds included; where no fact proves a limit there is none, and whoever measures has to confirm."""
    assert permits.within(value, cards.gases()[gas].limit(law)) is good


def test_every_limit_names_its_law_and_its_fact_and_every_card_speaks_all_languages() -> None:
    """Ten cards; no number in a check without a country or a law beside it."""
    known = cards.cards()
    assert len(known) == 10
    for gas in cards.gases().values():
        for limit in gas.limits:
            assert limit.jurisdiction in ("US", "CN")
            assert limit.says
    law = ("US (", "CN,", "美国（", "中国", "EE. UU.", "China,", "США", "КНР", "الولايات المتحدة", "الصين")
    for card in known.values():
        assert set(card.title) == set(LANGUAGES), card.code
        assert set(card.back) == set(LANGUAGES), card.code
        for check in card.checks:
            assert set(check) == set(LANGUAGES), (card.code, check)
            for words in check.values():
                assert not any(c.isdigit() for c in words) or any(mark in words for mark in law), words


PERMIT = Permit(
    1, "hot-work", 5, "/1/5/", None, "weld", 60, True, State.ASKED, 0, 7, NOW, None, None, None, None, None, None
)  # fmt: skip
BOTH = frozenset({"role:supervisor", "role:safety_officer"})


@pytest.mark.parametrize(
    ("change", "person", "spoken", "why"),
    [
        ({}, 8, BOTH, None),
        ({}, 8, frozenset({"role:supervisor"}), None),
        ({}, 7, BOTH, "receiver"),
        ({}, 8, frozenset(), "no_voice"),
        ({"high": False}, 8, frozenset({"role:safety_officer"}), "no_voice"),
        ({"state": State.RUNNING}, 8, BOTH, "too_late"),
        ({"state": State.RUNNING, "extend_minutes": 60}, 8, BOTH, None),
        ({"state": State.EXPIRED, "extend_minutes": 60}, 8, BOTH, "too_late"),
    ],
)
def test_whose_word_counts_for_a_permit(
    change: dict[str, object], person: int, spoken: frozenset[str], why: str | None
) -> None:
    """Never the receiver's; only while something is to be decided."""
    assert permits.why_not(replace(PERMIT, **change), person, spoken) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "ends", "more", "may"),
    [
        (State.RUNNING, NOW + HOUR, None, True),
        (State.RUNNING, NOW, None, False),
        (State.RUNNING, NOW + HOUR, 60, False),
        (State.EXPIRED, NOW + HOUR, None, False),
        (State.STOPPED, NOW + HOUR, None, False),
    ],
)
def test_more_time_is_asked_for_before_the_end_only(state: State, ends: datetime, more: int | None, may: bool) -> None:
    """And once at a time."""
    assert permits.may_extend(replace(PERMIT, state=state, ends_at=ends, extend_minutes=more), NOW) is may


def test_a_high_permit_takes_two_people_and_a_short_one_rings_half_way() -> None:
    """Two kinds of people; 30 minutes before, or half of what is shorter."""
    assert (PERMIT.gate.needed, PERMIT.gate.barred) == (2, frozenset({7}))
    assert permits.alarm_at(NOW, 120) == NOW - timedelta(minutes=30)
    assert permits.alarm_at(NOW, 20) == NOW - timedelta(minutes=10)
    assert model.Limit("US", None, 10, "x") == Limit("US", None, 10, "x")


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Hot work at the press", "hot", True),
        ("Hot work at the press", "PRESS hot", True),
        ("Hot work at the press", "ress", False),
        ("动火作业管理规定", "动火", True),
        ("动火作业管理规定", "作业管理", True),
        ("动火作业管理规定", "火", True),
        ("动火作业管理规定", "吊装", False),
        ("Ｈｏｔ ｗｏｒｋ", "hot work", True),
        ("قواعد الأعمال الساخنة", "الأعمال", True),
        ("Огневые работы", "огнев", True),
        ("100% sure_thing", "%", False),
    ],
)
def test_a_document_is_found_by_words_of_every_script(text: str, words: str, found: bool) -> None:
    """A word by its beginning, Chinese by its pairs; marks are no words."""
    needles, there = documents.needles(words), documents.searched((text,))
    assert (bool(needles) and all(each in there for each in needles)) is found


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=9000))
def test_a_document_in_screens_loses_no_letter(words: str) -> None:
    """Each fits; together they are the lines of the whole."""
    parts = documents.screens(words)
    assert all(len(part) <= documents.SCREEN for part in parts)
    assert "".join("".join(parts).splitlines()) == "".join(words.splitlines())


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://www.osha.gov/laws", True),
        ("https://www.osha.gov:443/laws", True),
        ("http://www.osha.gov/laws", True),
        ("https://www.osha.gov:8443/laws", False),
        ("https://mirror.local:8080/x", True),
        ("https://mirror.local/x", False),
        ("https://osha.gov.evil.example/", False),
        ("https://user@www.osha.gov/", False),
        ("file:///etc/passwd", False),
        ("https://169.254.169.254/", False),
        ("https://[::1/", False),
        ("", False),
    ],
)
def test_only_named_hosts_are_watched(address: str, may: bool) -> None:
    """No other host, no other port, nobody's name in front of it."""
    assert register.may_watch(address, {"www.osha.gov", "mirror.local:8080"}) is may


def test_a_page_is_another_only_by_its_words() -> None:
    """Scripts, styles, comments, markup and spacing are none."""
    one = register.digest(b"<html><head><title>x</title></head><p>Edition  of <b>2024</b></p><script>a=1</script>")
    assert one == register.digest(b"<div>Edition of\n2024<!-- 17 --></div><script>a=2</script>")
    assert one != register.digest(b"<p>Edition of 2025</p>")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("2026\n2026-05-01\nGas first", ("2026", date(2026, 5, 1), "Gas first")),
        ("2026\n\n2026-05-01\nGas first\nthen work", ("2026", date(2026, 5, 1), "Gas first\nthen work")),
        ("2026\n1 May\nGas", None),
        ("2026\n2026-05-01", None),
    ],
)
def test_a_new_version_as_typed(words: str, parts: object) -> None:
    """Three lines or more; a date that is one."""
    assert register.in_parts(words) == parts


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("A-1,law,CN,T,1,2026-05-01,s,Site,HOT,B-1,30,https://x.org/a", ""),
        (",law,CN,T,1,,s,,,,,", "missing"),
        ("A 1,law,CN,T,1,,s,,,,,", "bad_code"),
        ("X-9,law,CN,T,1,,s,,,,,", "code_elsewhere"),
        ("A-1,decree,CN,T,1,,s,,,,,", "bad_kind"),
        ("A-1,law,,T,1,,s,,,,,", "missing"),
        ("A-1,law,C1,T,1,,s,,,,,", "bad_jurisdiction"),
        ("A-1,law,CN,,1,,s,,,,,", "missing"),
        ("A-1,law,CN,T,,,s,,,,,", "missing"),
        ("A-1,law,CN,T,1,05/01/2026,s,,,,,", "bad_date"),
        ("A-1,law,CN,T,1,,,,,,,", "missing"),
        ("A-1,law,CN,T,1,,s,Nowhere,,,,", "unknown_unit"),
        ("A-1,law,CN,T,1,,s,,hot-work,,,", "bad_topic"),
        ("A-1,law,CN,T,1,,s,,,B-9,,", "unknown_owner"),
        ("A-1,law,CN,T,1,,s,,,,0,", "bad_number"),
        ("A-1,law,CN,T,1,,s,,,,,ftp://x", "bad_address"),
        (f"A-1,law,CN,{'t' * 1501},1,,s,,,,,", "too_long"),
    ],
)
def test_every_mistake_of_a_register_file_is_told_at_its_cell(row: str, wrong: str) -> None:
    """The code of the mistake, and the column it stands in."""
    head = "code,kind,jurisdiction,title,version,effective_on,source,unit,topics,owner,look_days,watch"
    problems = Problems("x")
    table = table_of("x", f"{head}\n{row}\n".encode(), sheet.NEEDED, sheet.MAY, problems)
    assert not problems
    known = sheet.Known({"Company": 1, "Site": 2}, {"B-1": 3}, frozenset({"X-9"}))
    found = sheet.checked(table, known)
    assert [each.code for each in found.wrong][:1] == ([wrong] if wrong else [])
    assert all(each.column in head for each in found.wrong)


def test_the_sample_register_reads_back_as_it_was_written() -> None:
    """Rows of entries are entries again."""
    data, problems = (content_path() / "sample" / "register.csv").read_bytes(), Problems("x")
    units, badges = {"Harbour Works": 1, "Lingang Works": 2}, {"L-1003": 3, "L-1004": 4}
    found = sheet.checked(table_of("x", data, sheet.NEEDED, sheet.MAY, problems), sheet.Known(units, badges))
    assert (len(found.entries), found.wrong) == (40, [])
    head = [*sheet.COLUMNS, *sheet.TRANSLATED]
    lines = [",".join(head)]
    for row in sheet.rows_of(found.entries):
        lines.append(",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in head))
    again = sheet.checked(
        table_of("x", "\n".join(lines).encode(), sheet.NEEDED, sheet.MAY, problems), sheet.Known(units, badges)
    )
    assert again.entries == found.entries


def _viewer(person: int, role: Role | None = None) -> Viewer:
    return Viewer(person, "/1/5/", (Grant(role, 5, "/1/5/"),) if role else ())


CASE = Violation(
    1, 7, 5, "/1/5/", None, "seen", None, NOW, 8, NOW, Case.OPEN, None, None, NOW + 3 * 24 * HOUR, None, None, None, None,
    None, None, None, None, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "viewer", "at", "may"),
    [
        ({}, _viewer(9, Role.SUPERVISOR), NOW, False),
        ({"reply_at": NOW}, _viewer(9, Role.SUPERVISOR), NOW, True),
        ({}, _viewer(9, Role.SUPERVISOR), NOW + 73 * HOUR, True),
        ({"reply_at": NOW}, _viewer(8, Role.MANAGER), NOW, False),
        ({"reply_at": NOW}, _viewer(7, Role.MANAGER), NOW, False),
        ({"reply_at": NOW}, _viewer(9), NOW, False),
        ({"reply_at": NOW, "state": Case.SECOND}, _viewer(9, Role.MANAGER), NOW, False),
        ({"reply_at": NOW, "state": Case.DECIDED}, _viewer(9, Role.MANAGER), NOW, False),
    ],
)
def test_nothing_is_decided_before_the_answer_and_never_by_recorder_or_person(
    change: dict[str, object], viewer: Viewer, at: datetime, may: bool
) -> None:
    """Whoever leads there, once there is an answer or its time is over."""
    assert violations.may_decide(replace(CASE, **change), viewer, at) is may  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "viewer", "sees"),
    [
        (Case.OPEN, _viewer(7), True),
        (Case.CHECKING, _viewer(7), False),
        (Case.SECOND, _viewer(7), False),
        (Case.OPEN, _viewer(12), False),
        (Case.OPEN, _viewer(12, Role.SUPERVISOR), True),
        (Case.SECOND, _viewer(12, Role.SUPERVISOR), False),
        (Case.SECOND, _viewer(12, Role.SAFETY_OFFICER), True),
        (Case.CHECKING, _viewer(12, Role.MANAGER), False),
        (Case.CHECKING, _viewer(8, Role.SUPERVISOR), True),
        (Case.OPEN, _viewer(12, Role.TRAINER), False),
        (Case.OPEN, _viewer(12, Role.HR), False),
    ],
)
def test_a_case_is_seen_only_by_those_it_concerns(state: Case, viewer: Viewer, sees: bool) -> None:
    """The person not before they are told; nobody else at all."""
    assert violations.concerns(replace(CASE, state=state), viewer) is sees


def test_an_appeal_is_decided_by_a_manager_who_had_nothing_to_do_with_it() -> None:
    """Neither recorder nor decider, and only after an appeal."""
    appealed = replace(CASE, state=Case.APPEALED, decided_by=9)
    assert violations.may_finish(appealed, _viewer(10, Role.MANAGER))
    for viewer in (_viewer(9, Role.MANAGER), _viewer(8, Role.MANAGER), _viewer(10, Role.SAFETY_OFFICER)):
        assert not violations.may_finish(appealed, viewer)
    assert not violations.may_finish(replace(appealed, state=Case.DECIDED), _viewer(10, Role.MANAGER))
