"""How the budget looks in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.resources import whom
from bot.resources.budget import actions, store
from bot.resources.budget.model import Figures, Line, Request, State

MOST = 16


def line_of(session: Session, line: Line, found: Figures) -> dict[str, Any]:
    """One line in figures: what is planned is what is left and all that is used."""
    money = line.currency
    return {
        "id": line.id, "heading": line.heading.value, "unit": speaking.label(session, line.unit), "year": str(line.year),
        "planned": [found.planned, money], "committed": [found.committed, money], "carried": [found.carried, money],
        "actual": [found.actual, money], "left": [found.left, money], "over": found.left < 0,
        "any_carried": found.carried > 0, "used": found.used, "of": found.planned,
    }  # fmt: skip


def overview(session: Session, who: Person, now: datetime) -> Message:
    """This year's lines of the units that somebody leads, what waits for them, what they asked for."""
    year = people.today_of(who, now).year
    found = store.lines(session, speaking.paths(session, who.id, Role.SUPERVISOR, now), year)
    shown = found[:MOST]
    figures = store.figures(session, shown)
    waiting = store.approvable(session, who.id, now)
    mine = [_short(session, each) for each in store.mine(session, who)]
    said = text(
        "resources.budget.overview", year=str(year), more=len(found) - len(shown), waiting=len(waiting), mine=mine,
        lines=[line_of(session, each, figures[each.id]) for each in shown],
    )  # fmt: skip
    keys: list[Button] = []
    if waiting:
        keys.append(button("resources.budget.b_waiting", "bg:waiting", count=len(waiting)))
    if store.lines_for(session, who.path, year):
        keys.append(button("resources.budget.b_ask", "bg:ask"))
    if whom.units(session, who.id, actions.PLANNER, now):
        keys.append(button("resources.budget.b_plan", "bg:plan"))
    if shown:
        keys.append(button("resources.budget.b_picture", "bg:picture"))
    if speaking.paths(session, who.id, actions.KEEPER, now):
        keys += [button("resources.budget.b_number", f"bg:line:{e.id}", heading=e.heading.value) for e in shown[:8]]
    keys += [button("resources.budget.b_request", f"bg:open:{e['id']}", number=e["id"]) for e in mine]
    return Message(said, rows(*keys))


def _short(session: Session, found: Request) -> dict[str, Any]:
    line = store.line(session, found.line)
    money = line.currency if line is not None else "USD"
    return {"id": found.id, "words": found.words, "amount": [found.amount, money], "state": found.state.value}


def line_card(session: Session, who: Person, line: Line, now: datetime) -> Message:
    """One line, with what whoever keeps it can do. Nobody sees the money of a unit that they do not lead."""
    figures = store.figures(session, [line])[line.id]
    keys = []
    if speaking.holds(session, who.id, actions.KEEPER, line.path, now):
        keys.append(button("resources.budget.b_book", f"bg:book:{line.id}"))
    return Message(text("resources.budget.line", line=line_of(session, line, figures)), rows(*keys))


def request_card(session: Session, who: Person, found: Request, now: datetime) -> Message:
    """A request as whoever asked for it sees it, and what they can do."""
    line = store.line(session, found.line)
    assert line is not None
    paid = store.booked(session, found.id)
    said = text(
        "resources.budget.mine", number=found.id, heading=line.heading.value, amount=[found.amount, line.currency],
        words=found.words, state=found.state.value, paid=[paid, line.currency], reason=found.reason,
        by=speaking.name(session, found.answered_by, now),
    )  # fmt: skip
    keys = []
    if found.state is State.APPROVED:
        keys = [
            button("resources.budget.b_pay", f"bg:pay:{found.id}"),
            button("resources.budget.b_close", f"bg:close:{found.id}"),
        ]
    elif found.state is State.ASKED and found.person == who.id:
        keys = [button("resources.budget.b_withdraw", f"bg:back:{found.id}")]
    return Message(said, rows(*keys))
