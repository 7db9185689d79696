"""One budget over all rooms: two a day, ranked by one table; what has no place is deferred, joined or left, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.writer import Writer
from bot.delivery import backlog, budget, chat, outbox, planning, waiting
from bot.delivery.audience import Audience
from bot.delivery.model import WAITING, Overflow, UnaskedKind
from bot.delivery.outbox import Lane, to_person
from bot.delivery.planning import Broadcast
from bot.delivery.tables import OutboxRow
from bot.i18n.say import render
from bot.kit.events import Pressed
from bot.kit.replies import Message, from_json
from bot.kit.texts import text
from tests.store.conftest import NOON, Crew

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT = NOON + 11 * HOUR
"""Eleven at night: what is queued now waits for seven o'clock."""


def _kind(name: str, rank: int, overflow: Overflow, **more: Any) -> UnaskedKind:
    return UnaskedKind(f"test.{name}", rank, overflow, 2 * DAY, "delivery.other_title", "Of a test.", **more)


FIRST = _kind("first", 1, Overflow.JOIN)
TASK = _kind("task", 3, Overflow.JOIN)
NEWS = _kind("news", 5, Overflow.DEFER)
TIP = _kind("tip", 7, Overflow.LEAVE)
LESSON = _kind("lesson", 4, Overflow.LEAVE, daily=True)


@pytest.fixture(autouse=True)
def _kinds(writer: Writer) -> Iterator[None]:
    """The kinds of these tests, and none that comes daily."""
    budget.declare([FIRST, TASK, NEWS, TIP])
    yield
    budget.declare([])


def send(writer: Writer, person: int, kind: UnaskedKind, at: datetime = NOON, **more: Any) -> int | None:
    """One message of a kind."""
    message = Message(text("delivery.just", text=kind.name), ref=f"{kind.name}:{at:%d%H}")
    return writer.run(outbox.send, to_person(person), message, Lane.BULK, at, unasked=kind, **more)


def rows(writer: Writer, state: str = "waiting") -> list[tuple[str | None, datetime]]:
    """What is in a state: its kind and when it may go, in that order."""
    query = select(OutboxRow.kind, OutboxRow.not_before).where(OutboxRow.state == state)
    return writer.run(lambda s: [tuple(r) for r in s.execute(query.order_by(OutboxRow.not_before, OutboxRow.id))])


def sent(writer: Writer, until: datetime) -> None:
    """Everything that is due has left."""
    due = (OutboxRow.state == "waiting", OutboxRow.not_before <= until)
    writer.run(lambda s: s.execute(update(OutboxRow).where(*due).values(state="sent", settled_at=until)) and None)


def words(writer: Writer, kind: UnaskedKind = WAITING) -> str:
    """What the newest message of a kind says, in English."""
    query = select(OutboxRow.payload).where(OutboxRow.kind == kind.name).order_by(OutboxRow.id.desc()).limit(1)
    shown = from_json(writer.run(lambda s: s.scalar(query)) or {}).text
    assert shown is not None
    return render(shown, "en")


def test_what_has_no_place_comes_tomorrow_in_one_message(writer: Writer, crew: Crew) -> None:
    """Five tasks on one day: two come, three wait, and one message of the next morning names them."""
    for _ in range(5):
        send(writer, crew.worker, TASK)
    assert rows(writer) == [(TASK.name, NOON), (TASK.name, NOON), (WAITING.name, NOON + 21 * HOUR)]
    assert len(rows(writer, "held")) == 3
    assert "(3)" in words(writer)


def test_a_deferred_message_comes_by_itself_while_that_is_not_late(writer: Writer, crew: Crew) -> None:
    """News of six: two today, two tomorrow, two the day after. The seventh would be late: it is joined, with the one

    that makes room for the message that tells of it.
    """
    for _ in range(6):
        send(writer, crew.worker, NEWS)
    assert [at.day for _, at in rows(writer)] == [18, 18, 19, 19, 20, 20]
    send(writer, crew.worker, NEWS)
    assert len(rows(writer, "held")) == 2
    assert [kind for kind, _ in rows(writer)].count(WAITING.name) == 1
    assert max(_per_day(writer).values()) == 2, "the message that tells of it took the place of news"


def _per_day(writer: Writer) -> dict[int, int]:
    days = [at.day for _, at in rows(writer)]
    return {day: days.count(day) for day in days}


def test_what_can_be_left_is_left_and_whoever_asked_hears_of_it(writer: Writer, crew: Crew) -> None:
    """A tip on a full day is no message at all; one that loses its place tells the room that asked."""
    send(writer, crew.worker, NEWS, NIGHT)
    send(writer, crew.worker, TIP, NIGHT, on_failure="test.failed", key="tip:1")
    assert send(writer, crew.worker, TIP, NIGHT) is None
    send(writer, crew.worker, FIRST, NIGHT)
    assert sorted(str(kind) for kind, _ in rows(writer)) == [FIRST.name, NEWS.name]
    [job] = writer.run(jobs.due, NIGHT)
    assert (job.kind, job.payload["key"]) == ("test.failed", "tip:1")


def test_what_waits_gives_way_to_what_goes_before_it(writer: Writer, crew: Crew) -> None:
    """Queued at night for the morning: the two that rank first go, whatever came first."""
    for kind in (TIP, NEWS, TASK, FIRST):
        send(writer, crew.worker, kind, NIGHT)
    morning = [kind for kind, at in rows(writer) if at <= NIGHT + DAY / 2]
    assert morning == [TASK.name, FIRST.name]
    assert len(rows(writer, "left")) == 1
    assert [at.day for kind, at in rows(writer) if kind == NEWS.name] == [20]


def test_what_is_about_to_leave_does_not_give_way(writer: Writer, crew: Crew) -> None:
    """It may be in flight already."""
    send(writer, crew.worker, TIP)
    send(writer, crew.worker, TIP)
    send(writer, crew.worker, FIRST, NOON + HOUR)
    assert [kind for kind, at in rows(writer) if at.day == 18] == [TIP.name, TIP.name]
    assert rows(writer, "held") == [(FIRST.name, NOON + HOUR)]


def test_what_would_be_late_by_it_does_not_give_way(writer: Writer, crew: Crew) -> None:
    """News that have been put off for as long as they may be go on the last morning, whatever comes up in the night before."""
    for _ in range(2):
        send(writer, crew.worker, FIRST)
    send(writer, crew.worker, NEWS)
    [(_, morning)] = [row for row in rows(writer) if row[0] == NEWS.name]
    send(writer, crew.worker, TASK, NIGHT)
    late = NOON - 2 * DAY + HOUR
    writer.run(
        lambda s: s.execute(update(OutboxRow).where(OutboxRow.kind == NEWS.name).values(created_at=late)) and None
    )
    send(writer, crew.worker, TASK, NIGHT + HOUR)
    assert [at for kind, at in rows(writer) if kind == NEWS.name] == [morning]
    assert [kind for kind, _ in rows(writer, "held")] == [TASK.name]


def test_what_tells_of_it_comes_sooner_where_something_in_it_would_be_late(writer: Writer, crew: Crew) -> None:
    """It looks for an emptier morning only as long as all that it tells of has time."""
    soon = UnaskedKind("test.soon", 4, Overflow.JOIN, DAY, "delivery.other_title", "Of a test.")
    budget.declare([FIRST, TASK, NEWS, TIP, soon])
    for _ in range(2):
        send(writer, crew.worker, FIRST)
    for _ in range(2):
        send(writer, crew.worker, TASK, NIGHT)
    send(writer, crew.worker, FIRST, NOON + HOUR)
    assert [at.day for kind, at in rows(writer) if kind == WAITING.name] == [20], "tomorrow is full, and there is time"
    send(writer, crew.worker, soon, NOON + 2 * HOUR)
    assert [at.day for kind, at in rows(writer) if kind == WAITING.name] == [19]
    assert sorted(str(kind) for kind, _ in rows(writer, "held")) == [FIRST.name, "test.soon", TASK.name]


def test_a_place_is_kept_for_what_comes_daily(writer: Writer, crew: Crew) -> None:
    """At whatever hour it comes; and it takes none of the others' places."""
    budget.declare([TASK, LESSON])
    for _ in range(2):
        send(writer, crew.worker, TASK)
    assert [kind for kind, at in rows(writer) if at.day == 18] == [TASK.name]
    send(writer, crew.worker, LESSON)
    assert [kind for kind, at in rows(writer) if at.day == 18] == [TASK.name, LESSON.name]
    send(writer, crew.supervisor, LESSON)
    send(writer, crew.supervisor, TASK)
    send(writer, crew.supervisor, TASK)
    assert len(rows(writer, "held")) == 2, "one of each"


def test_alerts_are_exempt_and_count_nowhere(writer: Writer, crew: Crew) -> None:
    """Five of them, and the day has its two places all the same."""
    for _ in range(5):
        writer.run(
            outbox.send, to_person(crew.worker), Message(text("delivery.broken")), Lane.ALERT, NIGHT, unasked=TIP
        )
    assert all(at == NIGHT for _, at in rows(writer))
    send(writer, crew.worker, TASK, NIGHT)
    send(writer, crew.worker, TASK, NIGHT)
    assert rows(writer, "held") == []


def test_a_newer_message_of_a_topic_takes_the_place_of_the_older(writer: Writer, crew: Crew) -> None:
    """A digest that is renewed at night is one message of the morning, and leaves room for another."""
    for _ in range(3):
        send(writer, crew.worker, TASK, NIGHT, topic="digest")
    send(writer, crew.worker, TASK, NIGHT)
    assert (len(rows(writer)), len(rows(writer, "replaced")), rows(writer, "held")) == (2, 2, [])


def test_today_lists_what_was_held_back_and_a_press_shows_it(writer: Writer, crew: Crew) -> None:
    """By kind, with a button; what is shown is asked for, counts in no day, and is told of no more."""
    for _ in range(4):
        send(writer, crew.worker, TASK)
    sent(writer, NOON)
    [(line, button)] = writer.run(waiting.TODAY, crew.worker, NOON)
    assert "(2)" in render(line, "en")
    assert button is not None
    press = Pressed(
        update_id=1, at=NOON, user=1001, chat=1001, person=crew.worker, message=7, data=str(button.data), callback="c"
    )
    reply = writer.run(chat.on_waiting, press, NOON)
    assert reply.toast.params == {"shown": 2, "left": 0}
    assert [at for kind, at in rows(writer) if kind == TASK.name] == [NOON, NOON]
    assert writer.run(waiting.TODAY, crew.worker, NOON) == []
    morning = NOON + 21 * HOUR
    writer.run(backlog.settle, morning)
    assert [kind for kind, _ in rows(writer) if kind == WAITING.name] == [], "it would have told of nothing"


def test_what_is_taken_back_while_it_is_held_is_not_told_of(writer: Writer, crew: Crew) -> None:
    """The danger was put right meanwhile."""
    for number in range(3):
        send(writer, crew.worker, TASK, key=f"task:{number}")
    assert writer.run(lambda s: outbox.cancel(s, key="task:2", now=NOON)) == 1
    writer.run(backlog.settle, NOON + 21 * HOUR)
    assert [kind for kind, _ in rows(writer)] == [TASK.name, TASK.name]


def test_what_was_held_back_too_long_expires(writer: Writer, crew: Crew) -> None:
    """And whoever asked to hear of a failure hears of it."""
    for number in range(3):
        send(writer, crew.worker, TASK, key=f"task:{number}", expires_at=NOON + 3 * HOUR, on_failure="test.failed")
    sent(writer, NOON)
    writer.run(backlog.settle, NOON + 3 * HOUR)
    assert rows(writer, "held") == []
    assert [job.payload["key"] for job in writer.run(jobs.due, NOON + 3 * HOUR)] == ["task:2"]


def test_with_a_budget_of_nothing_everything_waits_under_today(
    writer: Writer, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the message that tells of it comes."""
    monkeypatch.setattr(budget.budget, "per_day", 0)
    send(writer, crew.worker, TASK)
    assert rows(writer) == []
    assert len(writer.run(waiting.TODAY, crew.worker, NOON)) == 1


def test_a_name_declared_twice_is_refused() -> None:
    """Two rooms with one kind would be ranked as one."""
    with pytest.raises(ValueError, match="twice"):
        budget.declare([TASK, TASK])


def test_a_message_to_an_audience_keeps_to_quiet_hours_and_the_budget(writer: Writer, crew: Crew) -> None:
    """By sets: in the morning to all; to whom the day is full tomorrow, joined; and never twice under one name."""
    for _ in range(2):
        send(writer, crew.worker, TASK, NIGHT)

    def plan(session: Session) -> list[Any]:
        said = Broadcast("gate", Message(text("delivery.broken")), NEWS, Audience())
        return [planning.plan_slice(session, said, 0, 100, NIGHT) for _ in range(2)]

    [first, _] = writer.run(plan)
    assert (first.planned, first.more) == (3, False)
    assert [at for kind, at in rows(writer) if kind == NEWS.name] == [NOON + 19 * HOUR] * 2
    assert rows(writer, "held") == [(NEWS.name, NOON + 19 * HOUR)]
    assert [kind for kind, _ in rows(writer)].count(WAITING.name) == 1


def test_a_message_that_can_be_left_is_not_sent_to_whom_the_day_is_full(writer: Writer, crew: Crew) -> None:
    """By sets as well."""
    for _ in range(2):
        send(writer, crew.worker, TASK)
    said = Broadcast("tip", Message(text("delivery.broken")), TIP, Audience())
    writer.run(lambda session: planning.plan_slice(session, said, 0, 100, NOON))
    assert len([kind for kind, _ in rows(writer) if kind == TIP.name]) == 2
    assert rows(writer, "held") == []
