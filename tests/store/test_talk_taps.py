"""A tap and the close of a talk at the same moment: it is counted, or told that it is over, and never neither."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.db.engine import connect
from bot.kit.errors import Refused
from bot.learning.tables import ReadingRow, WishRow
from bot.learning.talks import actions, store, taking_part
from bot.learning.talks.model import Talk
from bot.learning.talks.tables import TalkAnswerRow, TalkQuestionRow
from bot.ledger.tables import FactRow
from bot.people import store as people
from bot.people.model import Viewer
from tests.flows.talk_crew import crew
from tests.kept import furnished
from tests.store.learning_house import NOW, who

CHAT = -100


@pytest.fixture
def begun(database_url: str) -> Iterator[tuple[sessionmaker[Session], Talk, Viewer]]:
    """Sam's talk runs at the dock; sessions to it, and Sam."""
    furnished(database_url, lambda session: crew(session, NOW), "talks", NOW)
    engine = connect(database_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        sam = people.viewer(session, who(session, "S-1", NOW).id, NOW)
        assert sam is not None
        group = actions.tie(session, sam, CHAT, who(session, "S-1", NOW).unit, NOW)
        talk = actions.begin(session, sam, group, store.topics(session, group.unit)[0], NOW)
    yield sessions, talk, sam
    engine.dispose()


def test_a_tap_that_is_being_written_is_counted_by_the_close(
    begun: tuple[sessionmaker[Session], Talk, Viewer],
) -> None:
    """The close waits for it; whoever taps after it is told that the talk is over, and gets the lesson later."""
    sessions, talk, sam = begun
    tapping = sessions()
    taking_part.come(tapping, talk.id, CHAT, who(tapping, "W-2", NOW), NOW)

    def close() -> None:
        with sessions.begin() as session:
            actions.close(session, sam, talk.id, NOW)

    closing = threading.Thread(target=close)
    closing.start()
    time.sleep(0.2)
    tapping.commit()
    tapping.close()
    closing.join(10)
    with sessions() as session:
        [held] = session.scalars(select(FactRow.body).where(FactRow.kind == "TalkHeld"))
        assert (held["present"], held["expected"]) == (1, 4)
        with pytest.raises(Refused) as refused:
            taking_part.come(session, talk.id, CHAT, who(session, "W-3", NOW), NOW)
        assert refused.value.text.key == "learning.talks.over"
        wished = set(session.scalars(select(WishRow.person_id).where(WishRow.lesson_id == talk.lesson)))
        assert wished == {who(session, badge, NOW).id for badge in ("D-1", "W-1", "W-3")}
        read = set(session.scalars(select(ReadingRow.person_id).where(ReadingRow.lesson_id == talk.lesson)))
        assert read == {who(session, badge, NOW).id for badge in ("S-1", "W-2")}


def test_what_somebody_answered_is_kept_nowhere(begun: tuple[sessionmaker[Session], Talk, Viewer]) -> None:
    """Two sums and who has answered: one right and one wrong answer leave the same row."""
    sessions, talk, sam = begun
    with sessions.begin() as session:
        actions.ask(session, sam, talk.id, 1, NOW)
        [asking, *_] = store.askings(session, talk.id)
        told = []
        for badge, at in (("W-1", 0), ("W-2", 1)):
            person = who(session, badge, NOW)
            taking_part.come(session, talk.id, CHAT, person, NOW)
            told.append(taking_part.answer(session, talk.id, CHAT, asking.place, at, person, NOW).right)
        row = session.get(TalkQuestionRow, (talk.id, 1), populate_existing=True)
        assert row is not None
        assert (row.answered, row.right) == (2, sum(told))
        assert session.scalar(select(func.count()).select_from(TalkAnswerRow)) == 2
        assert {column.name for column in TalkAnswerRow.__table__.columns} == {"talk_id", "place", "person_id"}
