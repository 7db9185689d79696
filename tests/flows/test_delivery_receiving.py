"""The receiver: order of one person's updates, poison, and what the database cannot hold."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.jobs import JobRow
from bot.delivery import handling, outbox
from bot.delivery.outbox import Lane, to_chat
from bot.delivery.tables import AttemptRow, OutboxRow, ParkedRow, ScheduleRunRow
from bot.kit.errors import Refused
from bot.kit.events import Said, Voted
from bot.kit.replies import Message, Quiz, Reply
from bot.kit.room import Room, Route
from bot.kit.texts import text as say
from bot.people import store as people
from bot.people.tables import PersonRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company

_numbers = itertools.count(900_000)


def message(user: int, words: str) -> dict[str, Any]:
    """An update as Telegram sends it."""
    number = next(_numbers)
    who = {"id": user, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    body = {"message_id": number, "date": 1795000000, "chat": {"id": user, "type": "private"}, "from": who}
    return {"update_id": number, "message": body | {"text": words}}


def room(do: Any) -> tuple[Room, ...]:
    """A room that hears everything."""
    return (Room("hearing", routes=(Route(do, event="Said", stranger=True),)),)


async def test_what_came_with_the_poison_waits_behind_it(database_url: str, tmp_path: Path) -> None:
    """Both are in one batch; the second must not be handled before the first, whose turn comes again later."""
    heard: list[str] = []
    broken = [True]

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        if event.text == "poison" and broken:
            raise RuntimeError("a fault of ours")
        heard.append(event.text)
        return Reply()

    async with story(database_url, tmp_path, rooms=room(on_said)) as s:
        await s.house.receiver.take([message(7, "poison"), message(7, "after"), message(8, "other")])
        assert set(heard) == {"other"}
        broken.clear()
        await s.forward(minutes=1)
        assert [w for w in heard if w != "other"] == ["poison", "after"]


async def test_a_refusal_at_the_second_try_undoes_what_was_written(database_url: str, tmp_path: Path) -> None:
    """As at the first try: nothing of the room's work stays, and the person is told."""
    broken = [True]

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        session.add(ScheduleRunRow(key="written", at=now))
        session.flush()
        if broken:
            raise RuntimeError("a fault of ours")
        raise Refused("delivery.just", text="no, thank you")

    async with story(database_url, tmp_path, rooms=room(on_said)) as s:
        ana = await s.stranger("Ana")
        await s.says("Ana", "hello")
        broken.clear()
        await s.forward(minutes=1)
        assert await s.ask(lambda x: x.scalars(select(ScheduleRunRow.key)).all()) == []
        assert await s.ask(lambda x: x.scalars(select(ParkedRow.state)).all()) == ["done"]
        assert await s.sees(ana) == "no, thank you"


async def test_an_update_that_the_database_cannot_hold_stops_nobody(database_url: str, tmp_path: Path) -> None:
    """A NUL, half a character: it is parked as well as it can be, and the next one is handled."""

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        return Reply((Message(say("delivery.just", text=event.text)),))

    async with story(database_url, tmp_path, rooms=room(on_said)) as s:
        ana = await s.stranger("Ana")
        await s.says("Ana", "/start")
        await s.house.receiver.take([message(8, "nul \x00"), message(9, "half \ud83d")])
        await s.says("Ana", "hello")
        assert await s.sees(ana) == "hello"


async def test_after_a_crash_updates_by_webhook_are_begun_one_by_one(database_url: str, tmp_path: Path) -> None:
    """Those that came beside the poison must not be counted with it, or they would be put away unread."""
    begun: list[int] = []

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        begun.append(session.scalar(select(func.count()).select_from(AttemptRow)) or 0)
        return Reply()

    async with story(database_url, tmp_path, rooms=room(on_said)) as s:
        await s.house.receiver.on_webhook(message(6, "before the crash"))
        begun.clear()
        await s.house.receiver.recover()
        await asyncio.gather(*(s.house.receiver.on_webhook(message(10 + n, "hello")) for n in range(5)))
        assert begun == [1, 2, 3, 4, 5]


def hearing(heard: list[str]) -> tuple[Room, ...]:
    """A room that notes what it is told."""

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        heard.append(event.text)
        return Reply()

    return room(on_said)


async def test_an_update_at_which_the_process_died_thrice_waits_out_of_the_way_and_is_not_lost(
    database_url: str, tmp_path: Path
) -> None:
    """It may be poison, or only have been there each time the power failed: the rest goes on, it is tried alone later."""
    heard: list[str] = []
    async with story(database_url, tmp_path, rooms=hearing(heard)) as s:
        unlucky = await _died_at(s, message(7, "unlucky"))
        await s.house.receiver.on_webhook(message(8, "somebody else"))
        assert heard == ["before the crash", "somebody else"]
        assert await s.ask(lambda x: x.scalars(select(ParkedRow.state)).all()) == ["waiting"]
        await s.house.receiver.on_webhook(message(7, "after"))
        await s.forward(seconds=30)
        assert heard == ["before the crash", "somebody else", unlucky, "after"]


async def test_what_really_kills_the_process_is_given_up_after_two_more_deaths(
    database_url: str, tmp_path: Path
) -> None:
    """The operator finds it, and whoever sent it is heard again."""
    heard: list[str] = []
    async with story(database_url, tmp_path, rooms=hearing(heard)) as s:
        await _died_at(s, message(7, "poison"))
        await s.house.receiver.on_webhook(message(7, "after"))
        for _ in range(handling.LAST_TRIES):  # taken by a process that dies with it
            await s.db(lambda x: x.execute(update(JobRow).values(run_at=s.now)) and None)
            assert len(await s.db(jobs.due, s.now)) == 1
        await s.db(lambda x: x.execute(update(JobRow).values(run_at=s.now)) and None)
        await s.house.worker.run_jobs()
        assert heard == ["before the crash", "after"]
        assert await s.ask(lambda x: x.scalars(select(ParkedRow.state).order_by(ParkedRow.update_id)).all()) == [
            "dead",
            "done",
        ]


async def _died_at(s: Story, unlucky: dict[str, Any]) -> str:
    """The process has died POISON - 1 times when it began this update; now it comes once more."""
    for _ in range(handling.POISON - 1):
        await s.db(handling.count_attempt, unlucky["update_id"])
    await s.house.receiver.on_webhook(message(6, "before the crash"))
    await s.house.receiver.recover()
    await s.house.receiver.on_webhook(unlucky)
    return str(unlucky["message"]["text"])


async def test_whoever_writes_can_be_reached_again(database_url: str, tmp_path: Path) -> None:
    """Somebody whose chat was once not found is not passed over for ever."""

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        return Reply()

    async with story(database_url, tmp_path, rooms=room(on_said), prepare=company) as s:
        who = await s.employee("D-1")
        await s.db(lambda x: x.execute(update(PersonRow).values(unreachable_at=s.now)) and None)
        await s.says(who.name.split()[0], "here I am")
        again = await s.db(people.person, who.id, s.now)
        assert again.unreachable_at is None


async def test_a_vote_that_comes_before_its_polls_number_is_known_is_kept(database_url: str, tmp_path: Path) -> None:
    """The answer to the send is still being recorded; the vote waits for it and is then counted."""
    voted: list[str] = []

    def on_voted(session: Session, event: Voted, now: datetime) -> Reply:
        voted.append(event.poll)
        return Reply()

    rooms = (Room("voting", routes=(Route(on_voted, poll="quiz", stranger=True),)),)
    async with story(database_url, tmp_path, rooms=rooms) as s:
        ana = await s.stranger("Ana")
        await s.says("Ana", "/start")
        await _in_flight(s, ana)
        user = {"id": ana, "is_bot": False, "first_name": "Ana"}
        number = next(_numbers)
        vote = {"update_id": number, "poll_answer": {"poll_id": "77", "user": user, "option_ids": [0]}}
        await s.house.receiver.take([vote])
        assert voted == []
        await s.db(lambda x: x.execute(text(
            "INSERT INTO sent_message (chat_id, message_id, poll_id, quiz_key, captioned, sent_at)"
            " VALUES (:chat, 1, '77', 'quiz:1', false, '2026-01-01 00:00:00')"), {"chat": ana}) and None)  # fmt: skip
        await s.forward(seconds=30)
        assert voted == ["77"]


async def _in_flight(s: Story, chat: int) -> None:
    """A quiz that has been started by the sender and has no end yet."""
    s.house.limiter.pause(60)
    quiz = Quiz(say("delivery.just", text="?"), (say("delivery.just", text="a"), say("delivery.just", text="b")), (0,))

    def fill(session: Session) -> None:
        row = outbox.send(session, to_chat(chat), Message(quiz=quiz), Lane.REPLY, s.now)
        session.execute(update(OutboxRow).where(OutboxRow.id == row).values(state="started", fence=99))

    await s.db(fill)
