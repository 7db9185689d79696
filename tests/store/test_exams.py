"""Exams on both engines: no verdict by other ways, and none that hangs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.kit.errors import Refused
from bot.learning import quiz
from bot.learning import store as learning
from bot.learning.courses import actions, chat, exams, store, ticks
from bot.people import store as people
from bot.people.tables import PlacementRow
from tests.store.learning_house import press
from tests.store.test_courses import NOW, TODAY, house, who


def test_the_buttons_of_practice_get_no_verdict_out_of_an_exam(database_url: str) -> None:
    """Forged with an exam's number: no answer, no verdict, no way on; and another person's press does nothing at all."""
    with house(database_url) as session:
        forklift = store.course(session, "forklift-refresher")
        assert forklift is not None
        ana = people.person(session, who(session, "D-1"), NOW)
        assert ana is not None
        given = actions.give_by_hand(session, ana.id, forklift, TODAY, TODAY, NOW)
        assert given is not None
        with pytest.raises(Refused):
            exams.begin(session, given, forklift, ana, NOW)
        for lesson in forklift.lessons:
            actions.note_lesson(session, given, lesson, 1, NOW)
        sitting = exams.begin(session, given, forklift, ana, NOW)
        assert exams.begin(session, given, forklift, ana, NOW).id == sitting.id, "pressed twice is begun once"
        asked = exams.next_question(session, sitting, ana, NOW)
        assert asked is not None
        for verb, route in (("a", quiz.on_choices), ("next", quiz.on_nexts)):
            [reply] = route(session, [press(ana.id, f"ln.{verb}:{asked.id}:0", NOW)], NOW)
            assert (reply.edit, reply.messages) == (None, ())
        for verb, one in (("done", quiz.on_done), ("undo", quiz.on_undo)):
            reply = one(session, press(ana.id, f"ln.{verb}:{asked.id}", NOW), NOW)
            assert (reply.edit, reply.messages) == (None, ())
        reply = chat.on_choice(session, press(who(session, "D-2"), f"co.a:{asked.id}:0", NOW), NOW)
        assert (reply.edit, reply.messages) == (None, ())
        again = learning.attempt(session, asked.id)
        assert again is not None
        assert (again.state, again.chosen) == ("open", ())


def test_the_exam_of_somebody_who_is_gone_ends_and_holds_nobody_up(database_url: str) -> None:
    """No placement any more: the tick has nothing left to do afterwards."""
    with house(database_url) as session:
        short, ana = store.course(session, "short"), people.person(session, who(session, "D-1"), NOW)
        assert short is not None
        assert ana is not None
        given = actions.give_by_hand(session, ana.id, short, TODAY, TODAY, NOW)
        assert given is not None
        actions.note_lesson(session, given, "truck-and-walker", 1, NOW)
        exams.begin(session, given, short, ana, NOW)
        session.execute(update(PlacementRow).where(PlacementRow.person_id == ana.id).values(ends_on=TODAY))
        later = NOW + timedelta(hours=1)
        assert len(store.overrun(session, later, 9)) == 1
        ticks.end_exams(session, later)
        assert store.overrun(session, later, 9) == []
