"""Beginning a tabletop exercise and deciding. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.emergencies.tabletop import store
from bot.emergencies.tabletop.content import scenarios
from bot.emergencies.tabletop.model import BEGAN, ENDED, Run
from bot.emergencies.tabletop.tables import TabletopDecisionRow, TabletopRow
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact


def begin(session: Session, person: int, code: str, key: str, now: datetime) -> Run:
    """A new exercise; the same key is the same exercise."""
    scenario = scenarios().get(code)
    if scenario is None:
        raise Refused("emergencies.t_gone")
    values = {
        "key": key, "person_id": person, "scenario": code, "step": scenario.start, "place": 0, "started_at": now, "asked_at": now,
    }  # fmt: skip
    id = insert_once(session, TabletopRow, values, "key")
    if id is not None:
        record(session, Fact(BEGAN, f"tabletop:{id}", now, person, body={"run": id, "scenario": code}), now)
    id = id or session.scalar(select(TabletopRow.id).where(TabletopRow.key == key))
    found = store.run(session, int(id or 0), person)
    if found is None:
        raise Refused("emergencies.t_gone")
    return found


def decide(session: Session, person: int, id: int, place: int, choice: int, now: datetime) -> Run:
    """One decision; its time is from when the question came. Refused where it was decided before."""
    found = store.run(session, id, person)
    step = scenarios()[found.scenario].steps[found.step] if found is not None else None
    if found is None or step is None or not 0 <= choice < len(step.choices):
        raise Refused("emergencies.t_gone")
    chosen = step.choices[choice]
    ends = not scenarios()[found.scenario].steps[chosen.next].choices
    mine = (TabletopRow.id == id, TabletopRow.place == place, TabletopRow.ended_at.is_(None))
    values = {"step": chosen.next, "place": place + 1, "asked_at": now, "ended_at": now if ends else None}
    if place != found.place or changed(session, update(TabletopRow).where(*mine).values(**values)) != 1:
        raise Refused("emergencies.tabletop.t_decided")
    seconds = int((now - found.asked_at).total_seconds())
    session.add(
        TabletopDecisionRow(run_id=id, place=place, step=found.step, choice=choice, good=chosen.good, seconds=seconds)
    )
    session.flush()
    if ends:
        made = store.decisions(session, id)
        body = {
            "run": id, "scenario": found.scenario, "decisions": len(made), "good": sum(each.good for each in made),
            "seconds": sum(each.seconds for each in made),
        }  # fmt: skip
        record(session, Fact(ENDED, f"tabletop:{id}:ended", now, person, body=body), now)
    now_is = store.run(session, id, person)
    assert now_is is not None
    return now_is
