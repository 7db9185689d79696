"""Setting goals, noting what was done of them, and handing them over with both sides' yes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.duties.goals import rules, store
from bot.duties.goals.model import DROPPED, HANDED, REACHED, SET, STEPPED, YOURS, Goal, State
from bot.duties.goals.tables import GoalHandoverRow, GoalStepRow, SafetyGoalRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role


def leads(session: Session, person: int, path: str, now: datetime) -> bool:
    """Whether somebody may set goals for a unit."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.holds(Role.SUPERVISOR, path)


def may_own(session: Session, person: int, path: str, now: datetime) -> bool:
    """Whether somebody can be accountable in a unit: they work in it, or lead it."""
    who = people.person(session, person, now)
    if who is None or who.left_on is not None:
        return False
    return who.path.startswith(path) or leads(session, person, path, now)


def set_goal(
    session: Session, by: int, key: str, unit: int, words: str, target: int, due_on: date, owner: int,
    parent: int | None, now: datetime,
) -> Goal:  # fmt: skip
    """Sets a goal with its one owner. Refused: without the right, and where the same is ordered already: then it is handed over."""
    there, above = people.unit(session, unit), store.goal(session, parent) if parent else None
    if there is None or not leads(session, by, there.path, now):
        raise Refused("duties.goals.not_yours")
    if not may_own(session, owner, there.path, now):
        raise Refused("duties.goals.not_of_unit")
    if parent and (above is None or not there.path.startswith(above.path)):
        raise Refused("duties.goals.not_yours")
    values = {
        "key": key, "open_item": rules.item(unit, words), "unit_id": unit, "path": there.path, "parent_id": parent,
        "owner_id": owner, "words": words, "target": target, "due_on": due_on, "state": State.OPEN.value, "set_by": by,
        "set_at": now,
    }  # fmt: skip
    id = insert_once(session, SafetyGoalRow, values)
    if id is None:
        _same(session, key, values["open_item"], now)
    found = store.goal(session, id) if id is not None else None
    assert found is not None
    body = {"goal": found.id, "unit": unit, "parent": parent, "target": target}
    record(session, Fact(SET, f"goal:{found.id}", now, owner, body=body), now)
    if owner != by:
        named = people.person(session, by, now)
        said = text(
            "duties.goals.yours", words=words, target=target, due=due_on.isoformat(), by=named.name if named else ""
        )
        _tell(
            session,
            owner,
            said,
            rows(button("duties.goals.b_open", f"dg:open:{found.id}")),
            f"goal:{found.id}:yours",
            now,
        )
    return found


def _same(session: Session, key: str, item: Any, now: datetime) -> None:
    """Says who is accountable for what was to be ordered a second time."""
    row = session.scalar(select(SafetyGoalRow).where(SafetyGoalRow.open_item == item))
    if row is None or row.key == key:
        raise Refused("duties.changed_meanwhile")
    owner = people.person(session, row.owner_id, now)
    raise Refused("duties.goals.has_owner", name=owner.name if owner else "", number=row.id)


def step(session: Session, by: int, id: int, amount: int, key: str, now: datetime) -> Goal:
    """Notes what was done, once a key; reached, the goal is closed. Refused: to others than its owner, and when it is closed."""
    found = store.goal(session, id)
    who = people.person(session, by, now)
    if found is None or who is None or found.owner != by:
        raise Refused("duties.goals.only_owner")
    held = update(SafetyGoalRow).where(SafetyGoalRow.id == id, SafetyGoalRow.owner_id == by, store.OPEN)
    if changed(session, held.values(owner_id=by)) != 1:  # takes the row, so that nobody hands it over meanwhile
        raise Refused("duties.goals.closed")
    today = people.today_of(who, now)
    values = {"key": key, "goal_id": id, "person_id": by, "amount": amount, "on_date": today, "at": now}
    if insert_once(session, GoalStepRow, values, "key") is not None:
        record(session, Fact(STEPPED, f"goal-step:{key}", now, by, body={"goal": id, "amount": amount}), now)
        if store.done(session, id) >= found.target:
            _settle(session, found, State.REACHED, now)
            body = {"goal": id, "days_left": (found.due_on - today).days}
            record(session, Fact(REACHED, f"goal:{id}:reached", now, by, body=body), now)
    again = store.goal(session, id)
    assert again is not None
    return again


def drop(session: Session, by: int, id: int, now: datetime) -> None:
    """Gives a goal up. Refused: to whoever does not lead there, and when it is closed."""
    found = store.goal(session, id)
    if found is None or not leads(session, by, found.path, now):
        raise Refused("duties.goals.not_yours")
    if not _settle(session, found, State.DROPPED, now):
        raise Refused("duties.goals.closed")
    record(session, Fact(DROPPED, f"goal:{id}:dropped", now, by, body={"goal": id}), now)


def _settle(session: Session, found: Goal, state: State, now: datetime) -> bool:
    which = (SafetyGoalRow.id == found.id, store.OPEN)
    values = {"state": state.value, "open_item": None, "settled_at": now}
    if changed(session, update(SafetyGoalRow).where(*which).values(**values)) != 1:
        return False
    open_one = (GoalHandoverRow.goal_id == found.id, GoalHandoverRow.state == "asked")
    closed = {"state": "refused", "open_goal": None, "settled_at": now}
    session.execute(update(GoalHandoverRow).where(*open_one).values(**closed))
    return True


# --- handing over -----------------------------------------------------------------------------------------------------


def ask_handover(session: Session, by: int, id: int, to: int, now: datetime) -> int:
    """Begins a handover: whoever owns the goal and whoever is to own it both have to say yes; who asks has said so.

    Refused: to others than the owner and whoever leads there; while another handover of the goal is open.
    """
    found = store.goal(session, id)
    if found is None:
        raise Refused("duties.goals.not_yours")
    if by != found.owner and not leads(session, by, found.path, now):
        raise Refused("duties.goals.not_yours")
    if found.state is not State.OPEN or to == found.owner:
        raise Refused("duties.goals.closed")
    if not may_own(session, to, found.path, now):
        raise Refused("duties.goals.not_of_unit")
    values = {
        "goal_id": id, "open_goal": id, "from_id": found.owner, "to_id": to, "asked_by": by, "asked_at": now, "state": "asked",
        "from_yes_at": now if by == found.owner else None, "to_yes_at": now if by == to else None,
    }  # fmt: skip
    made = insert_once(session, GoalHandoverRow, values, "open_goal")
    if made is None:
        raise Refused("duties.goals.handing_over")
    for side in (found.owner, to):
        if side != by:
            key = f"goal-handover:{made}:{side}"
            _tell(session, side, *handover_card(session, int(made), now), key, now)
    return int(made)


def handover_card(session: Session, id: int, now: datetime) -> tuple[Text, Rows]:
    """What both sides read before they say yes."""
    row = store.handover(session, id)
    found = store.goal(session, row.goal_id) if row is not None else None
    assert row is not None
    assert found is not None
    named = people.persons(session, [row.from_id, row.to_id], now)
    said = text(
        "duties.goals.handover", words=found.words, due=found.due_on.isoformat(), done=store.done(session, found.id),
        target=found.target, from_name=named[row.from_id].name, to_name=named[row.to_id].name,
    )  # fmt: skip
    keys = rows(button("duties.goals.b_yes", f"dgh:yes:{id}"), button("duties.goals.b_no", f"dgh:no:{id}"))
    return said, keys


def answer_handover(session: Session, by: int, id: int, yes: bool, now: datetime) -> str:
    """A side's word: `done` once both said yes, `asked` while one is missing, `refused`.

    Whoever is accountable changes in one conditional update, in the transaction of the second yes.
    """
    row = store.handover(session, id)
    if row is None or by not in (row.from_id, row.to_id):
        raise Refused("duties.not_yours")
    waits = (GoalHandoverRow.id == id, GoalHandoverRow.state == "asked")
    if not yes:
        closed = {"state": "refused", "open_goal": None, "settled_at": now}
        if changed(session, update(GoalHandoverRow).where(*waits).values(**closed)) != 1:
            raise Refused("duties.answered_before")
        _tell_result(session, row, by, "refused", now)
        return "refused"
    side = GoalHandoverRow.from_yes_at if by == row.from_id else GoalHandoverRow.to_yes_at
    if changed(session, update(GoalHandoverRow).where(*waits, side.is_(None)).values({side.key: now})) != 1:
        raise Refused("duties.answered_before")
    row = store.handover(session, id)
    assert row is not None
    if row.from_yes_at is None or row.to_yes_at is None:
        return "asked"
    moved = update(SafetyGoalRow).where(
        SafetyGoalRow.id == row.goal_id, SafetyGoalRow.owner_id == row.from_id, store.OPEN
    )
    if changed(session, moved.values(owner_id=row.to_id)) != 1:
        raise Refused("duties.changed_meanwhile")
    session.execute(update(GoalHandoverRow).where(*waits).values(state="done", open_goal=None, settled_at=now))
    body = {"goal": row.goal_id, "handover": id}
    record(session, Fact(HANDED, f"goal-handover:{id}", now, row.to_id, body=body), now)
    _tell_result(session, row, by, "done", now)
    return "done"


def _tell_result(session: Session, row: GoalHandoverRow, by: int, state: str, now: datetime) -> None:
    found = store.goal(session, row.goal_id)
    named = people.persons(session, [row.to_id, by], now)
    said = text(
        "duties.goals.handed",
        words=found.words if found else "",
        state=state,
        to_name=named[row.to_id].name,
        by=named[by].name,
    )
    for side in {row.from_id, row.to_id, row.asked_by} - {by}:
        _tell(session, side, said, (), f"goal-handover:{row.id}:{state}:{side}", now)


def _tell(session: Session, person: int, said: Text, keys: Rows, key: str, now: datetime) -> None:
    outbox.send(session, outbox.to_person(person), Message(said, keys), Lane.LESSON, now, key=key, unasked=YOURS)
