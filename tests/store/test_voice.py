"""Interviews, questions, suggestions and the pledge on both engines: order, races, and who is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.tables import AccountRow, PersonRow
from bot.voice.interviews import actions as interviews
from bot.voice.interviews import store as interview_store
from bot.voice.interviews.model import Kind
from bot.voice.interviews.tables import InterviewRoundRow
from bot.voice.pledge import actions as pledge
from bot.voice.pledge import store as pledge_store
from bot.voice.pledge.tables import PledgeRow
from bot.voice.questions import actions as questions
from bot.voice.questions import store as question_store
from bot.voice.suggestions import actions as suggestions
from bot.voice.suggestions.model import State
from bot.voice.suggestions.tables import SuggestionVoteRow
from tests.store.conftest import NOON
from tests.store.voice_crew import SINCE, settle, who


@pytest.fixture
def works(database_url: str, writer: Writer) -> Writer:
    """The company."""
    settle(database_url)
    return writer


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
