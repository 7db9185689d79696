"""What people say of themselves, many at once: a few statements for a hundred presses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, update
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.base import Instant
from bot.db.once import insert_many_once, table_of
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.emergencies.muster import boards, showing, store
from bot.emergencies.muster.model import ANSWERED, OTHER, Answer, Muster
from bot.emergencies.muster.tables import MusterRosterRow, MusterRow
from bot.kit.events import Pressed
from bot.kit.replies import Message, Reply, button, toast
from bot.kit.texts import text
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact
from bot.people import company
from bot.people import store as people
from bot.people.model import Person

SAID = {Answer.SAFE.value, Answer.HELP.value, Answer.ABSENT.value}
_r, _m = table_of(MusterRosterRow), table_of(MusterRow)
_runs = exists().where(_m.c.id == bindparam("muster"), _m.c.open_unit.is_not(None))
_say = (
    update(_r)
    .where(_r.c.muster_id == bindparam("muster"), among(_r.c.person_id, "persons"), _r.c.state != bindparam("said"), _runs)
    .values(
        state=bindparam("said"), by_id=None, answered_at=bindparam("now", type_=Instant()),
        first_at=func.coalesce(_r.c.first_at, bindparam("now", type_=Instant())),
    )
    .returning(_r.c.person_id, _r.c.unit_id)
)  # fmt: skip


def on_answers(session: Session, events: Sequence[Pressed], now: datetime) -> list[Reply]:
    """`mu.a:muster:answer`, of different people. Whoever was not on the roster is from now on."""
    found = store.musters(session, sorted({event.number(0) for event in events}))
    groups: dict[tuple[int, str], list[int]] = {}
    for event in events:
        if event.number(0) in found and event.word(1) in SAID and event.person is not None:
            groups.setdefault((event.number(0), event.word(1)), []).append(event.person)
    for (id, said), persons in sorted(groups.items()):
        if found[id].open:
            say(session, found[id], said, persons, now)
    for id, each in found.items():
        if each.open:
            boards.refresh(session, id, now)
    numbers = _numbers(session, [event.person for event in events if event.word(1) == Answer.HELP.value], now)
    return [_reply(event, found, numbers) for event in events]


def _numbers(session: Session, who: Sequence[int | None], now: datetime) -> dict[int | None, str | None]:
    """Whom those who need help are to telephone: the number of their own site, wherever else is called as well."""
    some = people.persons(session, [id for id in who if id is not None], now) if who else {}
    known = {path: company.emergency(session, path).number for path in {each.path for each in some.values()}}
    return {id: known[each.path] for id, each in some.items()}


def _reply(event: Pressed, found: Mapping[int, Muster], numbers: Mapping[int | None, str | None]) -> Reply:
    muster, said = found.get(event.number(0)), event.word(1)
    if muster is None or said not in SAID:
        return toast("emergencies.t_gone", alert=True)
    if not muster.open:
        return toast("emergencies.muster.t_over", alert=True, real=muster.real)
    shown = showing.counted(muster, said, numbers.get(event.person))
    told = text("emergencies.muster.t_counted", real=muster.real, state=said)
    return Reply(edit=shown if event.private else None, toast=told)


def say(session: Session, found: Muster, said: str, persons: Sequence[int], now: datetime) -> None:
    """These people say this of themselves."""
    there = store.on_roster(session, found.id, persons)
    joined = _join(session, found, said, [id for id in persons if id not in there], now)
    values = {"muster": found.id, "persons": list(there), "said": said, "now": now}
    changed = {row.person_id: row.unit_id for row in session.execute(_say, values)} if there else {}
    new = joined | changed
    facts = [
        Fact(
            ANSWERED, f"muster:{found.id}:answer:{person}:{now.isoformat()}", now, person, unit, None,
            {"muster": found.id, "real": found.real, "seconds": int((now - found.started_at).total_seconds())},
        )
        for person, unit in new.items()
    ]  # fmt: skip
    record_all(session, facts, now)
    if said == Answer.HELP.value:
        for person in sorted(new):
            tell_help(session, found, person, now)


def _join(session: Session, found: Muster, said: str, persons: Sequence[int], now: datetime) -> dict[int, int]:
    """Whoever was not expected but is there comes onto the roster with what they say."""
    come: dict[int, Person] = people.persons(session, persons, now) if persons else {}
    rows = [
        row_of(found, who, OTHER, True) | {"state": said, "first_at": now, "answered_at": now} for who in come.values()
    ]
    insert_many_once(session, MusterRosterRow, rows)
    return {id: who.unit for id, who in come.items()}


def row_of(found: Muster, who: Person, rank: int, phone: bool) -> dict[str, object]:
    """Somebody's place on a roster, nothing known of them yet."""
    return {
        "muster_id": found.id, "person_id": who.id, "unit_id": who.unit, "path": who.path, "rank": rank, "phone": phone,
        "state": Answer.SILENT.value, "by_id": None, "first_at": None, "answered_at": None,
    }  # fmt: skip


def tell_help(session: Session, found: Muster, person: int, now: datetime) -> None:
    """Somebody needs help: their wardens and whoever started it hear of it at once, before those still to be called."""
    who = people.person(session, person, now)
    if who is None:
        return
    unit = people.unit(session, who.unit)
    said = text("emergencies.muster.help_wanted", real=found.real, name=who.name, unit=unit.label if unit else "")
    message = Message(said, ((button("emergencies.muster.b_board", f"mu:board:{found.id}"),),))
    for warden in store.helpers(session, found, who.path):
        if warden != person:
            key = f"muster:{found.id}:help:{person}:{now.isoformat()}:{warden}"
            outbox.send(session, outbox.to_person(warden), message, Lane.ALERT, now, key=key)
