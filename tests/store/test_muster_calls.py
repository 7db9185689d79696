"""What stands behind what while very many are called: a cry for help never does, and nobody is called after the end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import claiming
from bot.delivery.outbox import URGENT, Lane
from bot.delivery.tables import OutboxRow
from bot.emergencies.muster import actions as muster
from bot.emergencies.muster.model import Muster
from bot.emergencies.sos import actions as sos
from bot.people import actions as people_actions
from bot.people import store as people
from tests.store.conftest import NOON, Crew
from tests.store.test_muster_counts import drain, hire, start, viewer_of

LATER = NOON + timedelta(minutes=2)


def mustered(session: Session, crew: Crew) -> Muster:
    """A muster whose calls all wait for their turn."""
    hire(session, crew)
    people_actions.open_account(session, crew.supervisor, 1, 1, NOON)
    people_actions.open_account(session, crew.worker, 3, 3, NOON)
    found = start(session, crew)
    drain(session)
    return found


def next_keys(session: Session, most: int) -> list[str]:
    """What the claimer of urgent messages takes next."""
    rows = claiming.next_rows(session.connection(), [lane.value for lane in URGENT], LATER, most)
    return [str(row.key) for row in rows]


def test_an_sos_goes_before_every_call_of_two_musters_that_waits(writer: Writer, crew: Crew) -> None:
    """At Telegram's pace ten thousand calls take minutes; who leads hears of the SOS with the next slot."""
    found = writer.run(mustered, crew)
    writer.run(muster.call_again, writer.run(viewer_of, found.started_by), found.id, 1, NOON + timedelta(seconds=61))
    writer.run(drain)
    assert len(writer.run(next_keys, 100)) > 10
    who = writer.run(people.person, crew.worker, NOON)
    assert who is not None
    sent = writer.run(sos.send, who, "sos:1", LATER - timedelta(seconds=10))
    first = writer.run(next_keys, 2)
    assert first[0].startswith(f"{sent.ref}:0:")
    assert first[1].startswith("muster:")


def test_calls_that_have_not_gone_out_are_taken_back_at_the_end(writer: Writer, crew: Crew) -> None:
    """A call to leave one's work must not come after the end; and who was never called need not hear that it is over."""
    found = writer.run(mustered, crew)
    writer.run(muster.end, writer.run(viewer_of, found.started_by), found.id, NOON + timedelta(minutes=1))
    writer.run(drain)
    writer.run(muster.over_slice, {"muster": found.id, "after": 0}, LATER)

    def waiting(session: Session) -> int:
        still = (OutboxRow.lane == Lane.CALL.value, OutboxRow.state == "waiting", OutboxRow.method == "send")
        return session.scalar(select(func.count()).where(*still)) or 0

    assert writer.run(waiting) == 0
