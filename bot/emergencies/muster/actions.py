"""Starting a muster, calling its roster in slices, marking people, ending it. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_many_once, insert_once, table_of
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.emergencies.muster import answering, rules, showing, store
from bot.emergencies.muster.model import CALLED_AGAIN, ENDED, OTHER, STARTED, WARDEN, Answer, Muster
from bot.emergencies.muster.tables import MusterGuestRow, MusterRosterRow, MusterRow
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Role, Viewer

CALL, OVER, REPORT = "emergencies.muster.call", "emergencies.muster.over", "emergencies.muster.report"
SLICE = 200
_r, _g = table_of(MusterRosterRow), table_of(MusterGuestRow)


def start(session: Session, by: Viewer, unit: int, real: bool, everybody: bool, now: datetime) -> Muster:
    """Begins a muster; its roster is called from now on, by a job. Refused where one runs, and to others than who leads there."""
    here = people.unit(session, unit)
    if here is None:
        raise Refused("emergencies.t_gone")
    if not by.holds(Role.SUPERVISOR, here.path):
        raise Refused("emergencies.muster.t_only_leaders")
    values = {
        "open_unit": unit, "unit_id": unit, "path": here.path, "real": real, "everybody": everybody,
        "started_by": by.person, "started_at": now, "round": 1, "round_at": now, "planned": False, "lessons": "",
    }  # fmt: skip
    id = insert_once(session, MusterRow, values, "open_unit")
    found = store.muster(session, int(id)) if id is not None else None
    if found is None:
        raise Refused("emergencies.muster.t_runs")
    body = {"muster": found.id, "unit": unit, "real": real, "everybody": everybody}
    record(session, Fact(STARTED, f"muster:{found.id}", now, by.person, unit, body=body), now)
    _next(session, found.id, 1, WARDEN, 0, now)
    return found


def _next(session: Session, id: int, round: int, rank: int, after: int, now: datetime) -> None:
    work = {"muster": id, "round": round, "rank": rank, "after": after}
    jobs.enqueue(session, CALL, work, key=f"muster:{id}:{round}:{rank}:{after}", now=now)


def call_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: the next people are called, whoever looks after others before the rest; then the next slice is queued."""
    found = store.muster(session, payload["muster"])
    if found is None or not found.open:
        return
    rank, round, after = payload["rank"], payload["round"], payload["after"]
    slice_ = _enrol if round == 1 else _again
    last, looked = slice_(session, found, rank, after, now)
    if looked == SLICE:
        _next(session, found.id, round, rank, last, now)
    elif rank == WARDEN:
        _next(session, found.id, round, OTHER, 0, now)
    else:
        session.execute(update(MusterRow).where(MusterRow.id == found.id).values(planned=True))


def _enrol(session: Session, found: Muster, rank: int, after: int, now: datetime) -> tuple[int, int]:
    query = store.members(found.path, now, rank == WARDEN, after, SLICE)
    some = [people.as_person(row) for row in session.execute(query, {"on": now.date()})]
    away = people.deputies(session, [who.id for who in some], now)
    there = worktime.presences(session, some, now, away)
    come = [who for who in some if rules.expected(who, there[who.id], now, found.everybody)]
    chats = people.reachable_chats(session, [who.id for who in come])
    insert_many_once(session, MusterRosterRow, [answering.row_of(found, who, rank, who.id in chats) for who in come])
    # whoever has only a page in a browser counts as without a phone, but finds the call there and can answer it
    pages = people.reachable_chats(session, [who.id for who in come if who.id not in chats], "browser")
    reached = [(who.id, who.path) for who in come if who.id in chats or who.id in pages]
    _ring(session, found, 1, rank, reached, now)
    return (some[-1].id if some else after), len(some)


def _again(session: Session, found: Muster, rank: int, after: int, now: datetime) -> tuple[int, int]:
    some = store.silent(session, found.id, rank, after, SLICE)
    _ring(session, found, found.round, rank, some, now)
    return (some[-1][0] if some else after), len(some)


def _ring(session: Session, found: Muster, round: int, rank: int, called: list[tuple[int, str]], now: datetime) -> None:
    unit = people.unit(session, found.unit)
    said = {
        path: showing.call(session, found, unit, leads=rank == WARDEN, again=round > 1, path=path)
        for path in sorted({path for _, path in called})
    }
    told = [(id, said[path], f"muster:{found.id}:{round}:{id}") for id, path in called]
    if told:
        outbox.alert_all(session, told, now, lane=Lane.CALL)


def call_again(session: Session, by: Viewer, id: int, round: int, now: datetime) -> None:
    """Whoever has not answered is called once more. Refused within a minute, and while the first call is going on."""
    found = _commanded(session, by, id)
    if not found.planned or now - found.round_at < rules.AGAIN_AFTER:
        raise Refused("emergencies.muster.t_too_soon")
    mine = (MusterRow.id == id, MusterRow.round == round, MusterRow.open_unit.is_not(None))
    if changed(session, update(MusterRow).where(*mine).values(round=round + 1, round_at=now, planned=False)) != 1:
        raise Refused("emergencies.muster.t_called_already")
    silent = store.total(store.by_unit(session, id)).silent
    body = {"muster": id, "round": round + 1, "silent": silent}
    record(session, Fact(CALLED_AGAIN, f"muster:{id}:round:{round + 1}", now, by.person, found.unit, body=body), now)
    _next(session, id, round + 1, WARDEN, 0, now)


def _commanded(session: Session, by: Viewer, id: int) -> Muster:
    found = store.muster(session, id)
    if found is None:
        raise Refused("emergencies.t_gone")
    if not found.open:
        raise Refused("emergencies.muster.t_over", real=found.real)
    if not store.commands(by, found):
        raise Refused("emergencies.muster.t_only_leaders")
    return found


# --- what wardens say for others ---------------------------------------------------------------------------------------


def mark(session: Session, by: Viewer, id: int, which: str, said: str, now: datetime) -> None:
    """A warden says how somebody is whom they see. Refused for people whom they do not lead."""
    found = store.muster(session, id)
    whom = which[1:]
    known = which[:1] in ("p", "g") and whom.isascii() and whom.isdigit() and len(whom) < 18
    if found is None or said not in answering.SAID or not known:
        raise Refused("emergencies.t_gone")
    if not found.open:
        raise Refused("emergencies.muster.t_over", real=found.real)
    if not store.leads_in(by, found):
        raise Refused("emergencies.muster.t_only_leaders")
    number = int(whom)
    if which[0] == "g":
        mine = (_g.c.id == number, _g.c.muster_id == id)
        session.execute(
            update(_g).where(*mine).values(state=said, by_id=by.person, first_at=func.coalesce(_g.c.first_at, now))
        )
        return
    theirs = (_r.c.muster_id == id, _r.c.person_id == number, store.may_mark(by, found))
    values = {"state": said, "by_id": by.person, "answered_at": now, "first_at": func.coalesce(_r.c.first_at, now)}
    if changed(session, update(_r).where(*theirs).values(**values)) != 1:
        raise Refused("emergencies.muster.t_only_leaders")
    if said == Answer.HELP.value:
        answering.tell_help(session, found, number, now)


def add_guests(session: Session, by: Viewer, id: int, kind: str, said: str, key: str, now: datetime) -> int:
    """Visitors or contractors who are there, by number or by name; nothing is known of them until a warden has seen them."""
    found = store.muster(session, id)
    if found is None or not found.open:
        raise Refused("emergencies.t_gone")
    if not store.leads_in(by, found):
        raise Refused("emergencies.muster.t_only_leaders")
    names = rules.guests_of(said)
    if names is None:
        raise Refused("emergencies.muster.not_guests", most=rules.MOST_GUESTS)
    rows = [
        {
            "key": f"{key}:{place}",
            "muster_id": id,
            "kind": kind,
            "name": name,
            "state": Answer.SILENT.value,
            "by_id": by.person,
        }
        for place, name in enumerate(names)
    ]
    return len(insert_many_once(session, MusterGuestRow, rows, "key"))


# --- the end -----------------------------------------------------------------------------------------------------------


def end(session: Session, by: Viewer, id: int, now: datetime) -> Muster:
    """Ends a muster: everybody who was called hears it; whoever ends it gets the report."""
    found = _commanded(session, by, id)
    mine = update(MusterRow).where(MusterRow.id == id, MusterRow.open_unit.is_not(None))
    if changed(session, mine.values(open_unit=None, closed_by=by.person, closed_at=now)) != 1:
        raise Refused("emergencies.muster.t_over", real=found.real)
    outbox.cancel_calls(session, f"muster:{id}:", now)  # a call to leave one's work must not come after the end
    counts = store.total(store.by_unit(session, id))
    minutes = int((now - found.started_at).total_seconds() // 60)
    body = {"muster": id, "unit": found.unit, "real": found.real, "minutes": minutes} | showing.as_json(counts)
    record(session, Fact(ENDED, f"muster:{id}:ended", now, by.person, found.unit, body=body), now)
    jobs.enqueue(session, OVER, {"muster": id, "after": 0}, key=f"muster:{id}:over:0", now=now)
    jobs.enqueue(session, REPORT, {"muster": id, "to": by.person}, key=f"muster:{id}:report", now=now)
    ended = store.muster(session, id)
    assert ended is not None
    outbox.edit_ref(session, ended.board, showing.board(session, ended, store.by_unit(session, id), now), now)
    return ended


def over_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: the next people of the roster hear that it is over."""
    found = store.muster(session, payload["muster"])
    if found is None:
        return
    some = store.with_phone(session, found.id, payload["after"], SLICE)
    unit = people.unit(session, found.unit)
    message = Message(text("emergencies.muster.over", real=found.real, unit=unit.label if unit else ""))
    # whom the first call never reached, because it was taken back, need not hear that it is over
    never = outbox.taken_back(session, [f"muster:{found.id}:1:{id}" for id in some])
    told = [(id, message, f"muster:{found.id}:over:{id}") for id in some if f"muster:{found.id}:1:{id}" not in never]
    outbox.alert_all(session, told, now, lane=Lane.CALL)
    if len(some) == SLICE:
        key = f"muster:{found.id}:over:{some[-1]}"
        jobs.enqueue(session, OVER, dict(payload) | {"after": some[-1]}, key=key, now=now)


def learn(session: Session, by: Viewer, id: int, words: str, now: datetime) -> Muster:
    """What is to be done better, in the words of whoever leads there."""
    found = store.muster(session, id)
    if found is None or not store.commands(by, found):
        raise Refused("emergencies.muster.t_only_leaders")
    session.execute(update(MusterRow).where(MusterRow.id == id).values(lessons=words))
    return found
