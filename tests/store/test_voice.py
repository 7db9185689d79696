"""Voices and the database: what was answered cannot be joined to who answered, by any column of any table.

Two worlds are made in which the same people do the same things at the same times and answer the opposite. Whatever of the
answers stood anywhere but under the seal would be a difference between their tables.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.engine import connect
from bot.db.writer import Writer
from bot.delivery import budget
from bot.delivery.tables import OutboxRow
from bot.features import rooms
from bot.kit.errors import Refused
from bot.kit.seal import BrokenSeal, Seal
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Person, Role, UnitKind
from bot.people.tables import AccountRow, PersonRow
from bot.voice.interviews import actions as interviews
from bot.voice.interviews import store as interview_store
from bot.voice.interviews.model import Kind
from bot.voice.interviews.tables import InterviewRoundRow
from bot.voice.pledge import actions as pledge
from bot.voice.pledge import store as pledge_store
from bot.voice.pledge.tables import PledgeRow
from bot.voice.pulse import actions as pulse
from bot.voice.pulse import showing as pulse_showing
from bot.voice.pulse import store as pulse_store
from bot.voice.pulse.tables import PulseCellRow, PulsePersonRow
from bot.voice.questions import actions as questions
from bot.voice.questions import store as question_store
from bot.voice.suggestions import actions as suggestions
from bot.voice.suggestions.model import State
from bot.voice.suggestions.tables import SuggestionVoteRow
from tests.kept import furnished
from tests.store.conftest import NOON

SINCE = date(2026, 1, 5)
STATEMENTS = [{"en": "I can stop dangerous work."}, {"en": "I am told about changes."}]
RANDOM = {"salt", "pseudonym", "digest", "previous", "commitment"}
"""Columns that are drawn anew each time and hold nothing."""


def _company(session: Session) -> None:
    """Six press, five at the dock; Yusuf looks after the site, Sam leads the presses."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE)
    press = people.add_unit(session, UnitKind.TEAM, "Press Team", site, SINCE)
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", site, SINCE)
    for number in range(11):
        unit = press if number < 6 else dock
        id = people.add_person(session, f"W-{number}", f"Worker {number}", "en", unit, "worker", SINCE)
        people.open_account(session, id, 500 + id, 500 + id, NOON)
    for badge, name, role, unit in (("O", "Yusuf", Role.SAFETY_OFFICER, site), ("S", "Sam", Role.SUPERVISOR, press)):
        id = people.add_person(session, badge, name, "en", unit, "leader", SINCE)
        people.grant(session, id, role, unit.id, NOON - timedelta(days=1))
        people.open_account(session, id, 500 + id, 500 + id, NOON)


@pytest.fixture
def works(database_url: str, writer: Writer) -> Writer:
    """The company, with all kinds of messages known."""
    furnished(database_url, _company, "voices")
    budget.declare([kind for room in rooms() for kind in room.unasked])
    return writer


def who(session: Session, badge: str, now: datetime = NOON) -> Person:
    """Somebody by badge."""
    found = people_store.person_by_badge(session, badge, now)
    assert found is not None
    return found


def everything(session: Session, but: set[tuple[str, str]]) -> dict[str, list[Any]]:
    """All rows of all tables, without some columns and without what is random."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.c if c.name not in RANDOM and (table.name, c.name) not in but]
        rows = session.execute(select(*columns).order_by(*table.primary_key.columns)) if columns else ()
        found[table.name] = [tuple(row) for row in rows]
    return found


def _survey(session: Session, values: Callable[[int], int], *, order: list[int]) -> None:
    """A survey that these people answer in this order, a minute each; what they say hangs on their number."""
    found = pulse.start(session, who(session, "O"), "one", who(session, "O").unit, STATEMENTS, 3, NOON)
    pulse.ask(session, found, NOON, 100)
    for minute, number in enumerate(order):
        for nth in range(len(STATEMENTS)):
            pulse.answer(
                session, who(session, f"W-{number}"), found.id, nth, values(number), NOON + timedelta(minutes=minute)
            )


@pytest.mark.parametrize("closed", [False, True])
def test_the_opposite_answers_leave_the_same_database(works: Writer, closed: bool) -> None:
    """Apart from sealed bytes of one length: no row, order, time, message or fact says what anybody has answered."""
    order = [3, 0, 7, 5, 1, 9, 2, 8, 4, 6, 10]
    worlds = []

    def one(session: Session, values: Callable[[int], int]) -> None:
        _survey(session, values, order=order)
        if closed:
            pulse.close(session, pulse_store.pulse(session, 1), NOON + timedelta(days=3))  # type: ignore[arg-type]
        # the message that tells whoever started it what came of it holds figures of at least five
        hidden = {("pulse_cell", "sealed"), *({("outbox", "payload")} if closed else set())}
        worlds.append(everything(session, hidden))
        worlds[-1]["lengths"] = [len(row) for row in session.scalars(select(PulseCellRow.sealed))]
        raise _Undone

    for values in (lambda number: 1 + number % 5, lambda number: 5 - number % 5):
        with pytest.raises(_Undone):
            works.run(one, values)
    assert worlds[0] == worlds[1]
    assert worlds[0]["pulse_cell"], "there are answers"
    assert len(set(worlds[0]["lengths"])) == 1


class _Undone(Exception):
    """A world is over."""


def test_the_order_of_answers_leaves_the_same_sums(works: Writer) -> None:
    """One row a part, however many answered; without the key it is noise."""
    sums = []
    for order in ([0, 1, 2, 6, 7], [7, 2, 6, 1, 0]):

        def look(session: Session, order: list[int] = order) -> None:
            _survey(session, lambda number: 1 + number % 5, order=order)
            rows = session.execute(
                select(PulseCellRow.part_id, PulseCellRow.sealed).order_by(PulseCellRow.part_id)
            ).all()
            sums.append([(part, pulse_store.opened(sealed)) for part, sealed in rows])
            with pytest.raises(BrokenSeal):
                Seal("another secret that is also long enough").open(rows[0].sealed)
            raise _Undone

        with pytest.raises(_Undone):
            works.run(look)
    assert sums[0] == sums[1]
    assert len(sums[0]) == 2


def test_who_took_part_is_erased_at_the_end_and_no_fact_names_them(works: Writer) -> None:
    """What stays is how many; while it runs, only how far each of them is, without any time."""
    works.run(_survey, lambda _: 4, order=[0, 1, 2, 3, 4])
    assert {c.name for c in PulsePersonRow.__table__.columns} == {"pulse_id", "person_id", "done", "reminded"}
    assert {c.name for c in PulseCellRow.__table__.columns} == {"pulse_id", "part_id", "sealed"}
    works.run(lambda s: pulse.close(s, pulse_store.pulse(s, 1), NOON + timedelta(days=3)))  # type: ignore[arg-type]
    assert works.run(lambda s: s.scalar(select(func.count()).select_from(PulsePersonRow))) == 0
    facts = works.run(
        lambda s: s.execute(select(FactRow.kind, FactRow.pseudonym, FactRow.body).order_by(FactRow.id)).all()
    )
    assert [fact.kind for fact in facts] == ["PulseStarted", "PulseClosed"]
    assert facts[1].pseudonym is None
    assert facts[1].body["answered"] == 5


def test_the_row_of_sums_notes_the_last_answer_and_nothing_of_what_it_was(works: Writer, engine: Engine) -> None:
    """PostgreSQL keeps the transaction beside a row: it is one row a part, so that it is the last person's for all answers."""
    works.run(_survey, lambda number: 1 + number % 5, order=[0, 1, 2])
    rows = works.run(lambda s: s.scalar(select(func.count()).select_from(PulseCellRow)))
    assert rows == 1, "three people of one part, whatever they said"
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            noted = connection.execute(text("SELECT DISTINCT xmin FROM pulse_cell")).all()
        assert len(noted) == 1


def test_of_a_survey_that_runs_nothing_is_told_and_of_four_nothing_ever(works: Writer) -> None:
    """Asked by whoever started it, by the functions that the chat and the dashboard use."""
    works.run(_survey, lambda _: 5, order=[0, 1, 2, 3, 4])

    def lines(session: Session) -> list[dict[str, Any]]:
        found = pulse_store.pulse(session, 1)
        assert found is not None
        shown: list[dict[str, Any]] = pulse_showing.values(session, who(session, "O").id, found, NOON)["lines"]
        return shown

    assert works.run(lines) == []
    works.run(lambda s: pulse.close(s, pulse_store.pulse(s, 1), NOON + timedelta(days=3)))  # type: ignore[arg-type]
    assert [each["whole"] for each in works.run(lines)] == [{"count": 5, "percent": 100}] * 2

    def only_four(session: Session) -> None:
        row = session.scalars(select(PulseCellRow)).one()
        row.sealed = pulse_store.sealed([[0, 0, 0, 0, 4], [0, 0, 0, 0, 5]])

    works.run(only_four)
    assert [each["whole"] for each in works.run(lines)] == [None, {"count": 5, "percent": 100}]


def test_answers_at_the_same_moment_are_all_counted_and_each_once(works: Writer, database_url: str) -> None:
    """Two programs add to the same sums; everybody presses twice."""
    works.run(lambda s: pulse.start(s, who(s, "O"), "one", who(s, "O").unit, STATEMENTS, 3, NOON))
    engines = [connect(database_url) for _ in range(2)]
    writers = [Writer(each) for each in engines]
    refused: list[str] = []

    def press(writer: Writer) -> None:
        for number in range(6):
            try:
                writer.run(lambda s, n=number: pulse.answer(s, who(s, f"W-{n}"), 1, 0, 5, NOON))
            except Refused as no:
                refused.append(no.text.key)

    threads = [threading.Thread(target=press, args=(each,)) for each in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each, made in zip(writers, engines, strict=True):
        each.stop()
        made.dispose()
    sums = works.run(lambda s: pulse_store.opened(s.scalars(select(PulseCellRow.sealed)).one()))
    assert sums == [[0, 0, 0, 0, 6], [0] * 5]
    assert refused == ["voice.pulse.answered_before"] * 6


# --- interviews -------------------------------------------------------------------------------------------------------


def test_notes_have_no_order_no_number_and_no_reader_but_whoever_took_them(works: Writer) -> None:
    """However many there are the seal has one length; an heir of the round does not read them."""

    def plan(session: Session) -> list[int]:
        sam = who(session, "S")
        persons = [who(session, f"W-{number}").id for number in range(4)]
        interviews.plan(session, sam, "one", sam.unit, Kind.OPINION, "Breaks", date(2026, 11, 20), persons, NOON)
        return persons

    works.run(plan)
    lengths, orders = set(), set()
    notes = [f"Note {number}" for number in range(8)]
    for note in notes:
        works.run(lambda s, note=note: interviews.note(s, who(s, "S"), 1, note, NOON))
        lengths.add(len(works.run(lambda s: s.scalars(select(InterviewRoundRow.sealed)).one())))
        orders.add(tuple(works.run(lambda s: interview_store.notes(s, 1, who(s, "S").id))))
    assert len(lengths) == 1
    assert set(max(orders, key=len)) == set(notes)
    assert max(orders, key=len) != tuple(notes), "in no order (one in 40320 by chance)"
    assert works.run(lambda s: interview_store.notes(s, 1, who(s, "O").id)) == []
    works.run(lambda s: s.execute(update(InterviewRoundRow).values(lead_id=who(s, "O").id)))
    assert works.run(lambda s: interview_store.notes(s, 1, who(s, "O").id)) == []


# --- questions, suggestions, the pledge -------------------------------------------------------------------------------


def test_of_two_answers_one_goes_out_and_the_other_hears_whose(works: Writer) -> None:
    """Both had begun to write."""

    def prepare(session: Session) -> None:
        ana = who(session, "W-0").id
        questions.begin_question(session, ana, NOON)
        questions.ask(session, ana, "May I?", NOON)
        for badge in ("O", "S"):
            questions.begin_answer(session, who(session, badge).id, 1, NOON)
        questions.give_answer(session, who(session, "S").id, "Yes.", NOON)

    works.run(prepare)
    with pytest.raises(Refused) as stopped:
        works.run(lambda s: questions.give_answer(s, who(s, "O").id, "No.", NOON))
    assert stopped.value.text.params["name"] == "Sam"
    with pytest.raises(Refused) as not_theirs:
        works.run(lambda s: questions.begin_answer(s, who(s, "W-7").id, 1, NOON))
    assert not_theirs.value.text.key == "voice.questions.not_yours_to_answer"
    sent = works.run(lambda s: s.scalar(select(func.count()).where(OutboxRow.key == "answer:1")))
    assert sent == 1


def test_the_answer_that_shares_the_rare_words_comes_first(works: Writer) -> None:
    """In every script; what is asked elsewhere under another law is not found."""
    texts = [
        ("May I wear gloves at the drill?", "No, the drill pulls them in."),
        ("May I wear rings at the press?", "No, they catch."),
        ("钻床可以戴手套吗？", "不可以，会被卷进去。"),
        ("Можно ли работать в перчатках на станке?", "Нет, их затянет."),
    ]

    def fill(session: Session) -> None:
        for asked, answered in texts:
            ana, yusuf = who(session, "W-0"), who(session, "O")
            questions.pass_on(session, ana, asked, NOON)
            number = max(row.id for row in question_store.open_questions(session, NOON - timedelta(days=1)))
            questions.begin_answer(session, yusuf.id, number, NOON)
            questions.give_answer(session, yusuf.id, answered, NOON)

    works.run(fill)

    def found(words: str) -> list[int]:
        return works.run(lambda s: [each.id for each in question_store.search(s, who(s, "W-7"), words, 5)])

    assert found("gloves at the drill")[0] == 1
    assert found("rings press")[0] == 2
    assert found("戴手套") == [3]
    assert found("перчатки станок")[0] == 4
    assert found("zebra") == []
    works.run(lambda s: s.execute(text("UPDATE unit SET jurisdiction = 'CN'")))
    assert found("rings press")[0] == 2
    press = works.run(lambda s: who(s, "W-0").unit)
    works.run(lambda s: s.execute(text(f"UPDATE unit SET jurisdiction = 'US' WHERE id = {press}")))
    assert found("rings press") == []


def test_a_vote_is_one_row_a_person_and_ends_with_the_decision(works: Writer) -> None:
    """Changed and pressed twice it stays one; of two decisions one wins."""

    def vote(session: Session) -> None:
        idea = suggestions.suggest(session, who(session, "W-0"), "one", "A mirror.", NOON)
        for way in (1, -1, -1, 1):
            suggestions.vote(session, who(session, "W-7"), idea.id, way, NOON)
        suggestions.decide(session, who(session, "S"), idea.id, State.REJECTED, "No corner is there.", NOON)

    works.run(vote)
    ways = works.run(lambda s: list(s.scalars(select(SuggestionVoteRow.way))))
    assert ways == [1]
    for late in (
        lambda s: suggestions.vote(s, who(s, "W-7"), 1, -1, NOON),
        lambda s: suggestions.decide(s, who(s, "O"), 1, State.REJECTED, "Me too.", NOON),
    ):
        with pytest.raises(Refused) as stopped:
            works.run(late)
        assert stopped.value.text.key == "voice.suggestions.settled"


def test_who_has_to_sign_is_asked_at_every_moment(works: Writer) -> None:
    """Those under a call who can be reached: not whoever has signed for long enough, left, or is away; joiners too."""
    works.run(lambda s: pledge.call(s, who(s, "S"), who(s, "S").unit, NOON))

    def asked(now: datetime = NOON) -> list[str]:
        return works.run(lambda s: [each.badge for each, _ in pledge_store.to_ask(s, now, 50)])

    assert asked() == ["W-0", "W-1", "W-2", "W-3", "W-4", "W-5", "S"]

    def change(session: Session) -> None:
        session.execute(update(PersonRow).where(PersonRow.badge == "W-1").values(left_on=NOON.date()))
        people.go_away(session, who(session, "W-2").id, NOON, NOON + timedelta(days=30), None)
        session.execute(
            update(AccountRow).where(AccountRow.person_id == who(session, "W-3").id).values(blocked_at=NOON)
        )
        for badge, days in (("W-4", 200), ("W-5", 10)):
            until = NOON.date() + timedelta(days=days)
            session.add(PledgeRow(key=badge, person_id=who(session, badge).id, signed_at=NOON, until_on=until, wrong=0))
        new = people.add_person(
            session, "N", "Newcomer", "en", people_store.unit(session, who(session, "S").unit), "x", SINCE
        )
        people.open_account(session, new, 9, 9, NOON)

    works.run(change)
    assert asked() == ["W-0", "W-5", "S", "N"]
    assert works.run(lambda s: pledge_store.counts(s, who(s, "S").path, NOON)) == (7, 2)
    works.run(lambda s: pledge.ask(s, who(s, "W-0"), 0, NOON))
    works.run(lambda s: pledge.ask(s, who(s, "W-0"), 0, NOON))
    assert asked() == ["W-5", "S", "N"]
    assert asked(NOON + timedelta(days=14)) == ["W-0", "W-5", "S", "N"]
    works.run(lambda s: pledge.end_call(s, who(s, "S"), who(s, "S").unit, NOON))
    assert asked() == []
