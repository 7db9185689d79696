"""A whole shift answers the morning's quiz in the same second: many in one step, and nobody pays for another."""

from __future__ import annotations

import asyncio
import itertools
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import HandledRow, OutboxRow, ParkedRow
from bot.learning import actions, store
from bot.learning.model import Asked
from bot.learning.tables import AnswerRow, MemoryRow
from bot.ledger.tables import FactRow
from bot.library.tables import QuestionRow
from bot.people import actions as people
from bot.people.store import person
from tests.flows.house import Story, story
from tests.flows.learning_company import company

CREW = 30
_numbers = itertools.count(800_000)


def crew(session: Session, now: Any) -> None:
    """Thirty people on the dock, each with a quiz of two questions open."""
    dock = company(session, now)
    ids = session.scalars(select(QuestionRow.id).where(QuestionRow.kind == "one").order_by(QuestionRow.id)).all()
    for number in range(CREW):
        id = people.add_person(session, f"C-{number}", f"Worker {number}", "en", dock, "worker", date(2026, 1, 5))
        people.open_account(session, id, 5000 + number, 5000 + number, now)
        who = person(session, id, now)
        assert who is not None
        given = actions.practise(session, who, now)
        for place in (1, 2):
            actions.add_attempt(session, given.id, who.id, ids[(number + place) % len(ids)], place)
        actions.ask(session, store.attempts(session, given.id)[0], who, now)


def press(user: int, data: str) -> dict[str, Any]:
    """A press as Telegram sends it."""
    who = {"id": user, "is_bot": False, "first_name": "Ana", "language_code": "en"}
    message = {"message_id": 7, "date": 1795000000, "chat": {"id": user, "type": "private"}, "text": "?"}
    body = {"id": str(user), "from": who, "chat_instance": "1", "message": message, "data": data}
    return {"update_id": next(_numbers), "callback_query": body}


async def open_ones(s: Story) -> list[tuple[int, int]]:
    """(user, attempt) of the questions that lie open."""
    query = select(AnswerRow.person_id, AnswerRow.id).where(AnswerRow.state == Asked.OPEN).order_by(AnswerRow.id)
    found = await s.ask(lambda x: x.execute(query).all())
    first = min(person for person, _ in found)
    return [(5000 + person - first, attempt) for person, attempt in found]


async def count(s: Story, query: Any) -> int:
    """How many rows a query finds."""
    return int(await s.ask(lambda x: x.scalar(select(func.count()).select_from(query.subquery()))))


async def test_a_whole_shift_is_answered_in_one_step(database_url: str, tmp_path: Path) -> None:
    """Each gets a verdict, a fact and their next question; memory takes the answers in; one transaction for all."""
    async with story(database_url, tmp_path, prepare=crew) as s:
        pairs = await open_ones(s)
        assert len(pairs) == CREW
        steps = s.house.receiver.presses.steps
        answers = [press(user, f"ln.a:{attempt}:0") for user, attempt in pairs]
        await s.house.receiver.take(answers)
        assert s.house.receiver.presses.steps - steps == 1
        assert await count(s, select(AnswerRow.id).where(AnswerRow.state == Asked.ANSWERED)) == CREW
        assert await count(s, select(FactRow.id).where(FactRow.kind == "QuestionAnswered")) == CREW
        edits = select(OutboxRow.id).where(OutboxRow.method == "edit")
        assert await count(s, edits) == CREW
        await s.house.receiver.take(answers)  # Telegram sends them again
        assert await count(s, edits) == CREW
        await s.house.receiver.take([press(user, f"ln.next:{attempt}") for user, attempt in pairs])
        assert s.house.receiver.presses.steps - steps == 3
        assert await count(s, select(MemoryRow.person_id)) == CREW
        assert len(await open_ones(s)) == CREW
        assert await count(s, select(FactRow.id).where(FactRow.kind == "QuestionOffered")) == 2 * CREW


async def test_what_one_sends_costs_the_others_nothing_but_time(database_url: str, tmp_path: Path) -> None:
    """A forged press, a stranger, a second press: each is told so; the rest of the shift is answered."""
    async with story(database_url, tmp_path, prepare=crew) as s:
        pairs = await open_ones(s)
        forged = press(pairs[0][0], f"ln.a:{pairs[1][1]}:0")
        stranger = press(99, f"ln.a:{pairs[0][1]}:0")
        odd = press(pairs[1][0], "ln.a:²:x")
        rest = [press(user, f"ln.a:{attempt}:0") for user, attempt in pairs[2:]]
        await s.house.receiver.take([forged, stranger, odd, *rest])
        assert await count(s, select(AnswerRow.id).where(AnswerRow.state == Asked.ANSWERED)) == CREW - 2
        assert await count(s, select(ParkedRow.update_id)) == 0


async def test_a_fault_in_one_step_is_one_persons_alone(database_url: str, tmp_path: Path, monkeypatch: Any) -> None:
    """The step is undone and each is handled by itself: one update is parked, and the others have their verdict."""
    from bot.learning import showing

    verdict = showing.verdict

    async with story(database_url, tmp_path, prepare=crew) as s:
        pairs = await open_ones(s)
        bad = pairs[3][1]

        def breaks(asked: Any, *rest: Any) -> Any:
            if asked.id == bad:
                raise RuntimeError("a fault of ours")
            return verdict(asked, *rest)

        monkeypatch.setattr(showing, "verdict", breaks)
        await s.house.receiver.take([press(user, f"ln.a:{attempt}:0") for user, attempt in pairs])
        assert s.house.receiver.presses.undone == 1
        assert await count(s, select(AnswerRow.id).where(AnswerRow.state == Asked.ANSWERED)) == CREW - 1
        assert await count(s, select(ParkedRow.update_id)) == 1
        monkeypatch.undo()
        await s.forward(minutes=1)
        await s.forward(minutes=1)
        assert await count(s, select(AnswerRow.id).where(AnswerRow.state == Asked.SETTLED)) == CREW


async def test_two_presses_of_one_person_keep_their_order(database_url: str, tmp_path: Path) -> None:
    """By webhook they may come together: the answer is handled before the *next* that was pressed after it."""
    async with story(database_url, tmp_path, prepare=crew) as s:
        user, attempt = (await open_ones(s))[0]
        both = [press(user, f"ln.a:{attempt}:0"), press(user, f"ln.next:{attempt}")]
        await asyncio.gather(*(s.house.receiver.on_webhook(update) for update in both))
        assert await count(s, select(HandledRow.update_id).where(HandledRow.update_id >= 800_000)) == 2
        assert (
            await count(s, select(AnswerRow.id).where(AnswerRow.id == attempt, AnswerRow.state == Asked.SETTLED)) == 1
        )
