"""What stands on the phone of a muster. Every message says whether it is real or a drill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies.muster import store
from bot.emergencies.muster.model import Answer, Counts, Muster
from bot.kit.replies import Button, Message, Rows, button
from bot.kit.texts import text
from bot.people import company
from bot.people import store as people
from bot.people.model import Unit, Viewer

EACH_PAGE = 7
MOST_UNITS = 30


def answers(id: int) -> Rows:
    """The three keys, the first two alone in their row: they are pressed in a hurry, in gloves."""
    return (
        (button("emergencies.muster.b_safe", f"mu.a:{id}:safe"),),
        (button("emergencies.muster.b_help", f"mu.a:{id}:help"),),
        (button("emergencies.muster.b_absent", f"mu.a:{id}:absent"),),
    )


def call(
    session: Session, found: Muster, unit: Unit | None, *, leads: bool, again: bool = False, path: str | None = None
) -> Message:
    """What everybody on the roster gets; whoever looks after others gets the board's key as well.

    `path`: where they work. The number and the assembly point are those of their own site, also where the company is called.
    """
    known = company.emergency(session, path or found.path)
    said = text(
        "emergencies.muster.call", real=found.real, unit=unit.label if unit else "", number=known.number,
        assembly=dict(known.assembly) or None, again=again, leads=leads,
    )  # fmt: skip
    more: Rows = ((button("emergencies.muster.b_board", f"mu:board:{found.id}"),),) if leads else ()
    return Message(said, answers(found.id) + more)


def counted(found: Muster, state: str, number: str | None) -> Message:
    """What stands on the phone of somebody who has answered; they can say otherwise as long as it runs."""
    said = text("emergencies.muster.counted", real=found.real, state=state, number=number)
    return Message(said, tuple(row for row in answers(found.id) if not str(row[0].data).endswith(f":{state}")))


def board(session: Session, found: Muster, counts: Mapping[int, Counts], now: datetime) -> Message:
    """The counts, whole and by the next units below."""
    parts = by_part(found, people.open_paths(session), counts)
    units = people.labels(session, [found.unit, *(id for id, _ in parts)])
    said = text(
        "emergencies.muster.board", real=found.real, unit=units.get(found.unit, ""),
        open=found.open, started_at=found.started_at.isoformat(), ended_at=found.closed_at.isoformat() if found.closed_at else "",
        planned=found.planned, round=found.round, counts=as_json(store.total(counts)),
        units=[
            {"name": units.get(id, ""), "guests": id == store.GUESTS} | as_json(each)
            for id, each in parts[:MOST_UNITS]
        ],
    )  # fmt: skip
    return Message(said, _keys(found) if found.open else (), ref=found.board)


def _keys(found: Muster) -> Rows:
    return (
        (button("emergencies.muster.b_missing", f"mu:roll:{found.id}:0"),),
        (
            button("emergencies.muster.b_visitors", f"mu:guests:{found.id}:visitor"),
            button("emergencies.muster.b_contractors", f"mu:guests:{found.id}:contractor"),
        ),
        (
            button("emergencies.muster.b_again", f"mu:again:{found.id}:{found.round}"),
            button("emergencies.muster.b_end", f"mu:end:{found.id}"),
        ),
    )


def as_json(counts: Counts) -> dict[str, int]:
    """Counts as values for a text."""
    return {**vars(counts), "roster": counts.roster}


def by_part(found: Muster, paths: Mapping[int, str], counts: Mapping[int, Counts]) -> list[tuple[int, Counts]]:
    """Counts by the units just below that of the muster, those with most open first; guests last. `paths`: of all open units."""
    parts: dict[int, list[int]] = {}
    for id, each in counts.items():
        path = paths.get(id, "")
        below = path[len(found.path) :].split("/")[0] if path.startswith(found.path) else ""
        part = int(below) if below else (id if id == store.GUESTS else found.unit)
        sums = parts.setdefault(part, [0, 0, 0, 0])
        for at, number in enumerate(vars(each).values()):
            sums[at] += number
    made = [(part, Counts(*sums)) for part, sums in parts.items()]
    return sorted(made, key=lambda item: (item[0] == store.GUESTS, -item[1].help, -item[1].silent, item[0]))


def roll(session: Session, viewer: Viewer, found: Muster, page: int) -> Message:
    """Who is not accounted for, with keys to say how they are."""
    page = max(page, 0)
    some = store.missing(session, viewer, found, page * EACH_PAGE, EACH_PAGE + 1)
    more, some = len(some) > EACH_PAGE, some[:EACH_PAGE]
    units = people.labels(session, (each.unit for each in some))
    said = text(
        "emergencies.muster.roll", real=found.real, page=page + 1,
        lines=[
            {"name": _guest(each.name), "unit": units.get(each.unit, ""), "help": each.state is Answer.HELP,
             "phone": each.phone, "guest": each.guest is not None}
            for each in some
        ],
    )  # fmt: skip
    keys: list[tuple[Button, ...]] = []
    for each in some:
        which = f"p{each.person}" if each.person is not None else f"g{each.guest}"
        mark = f"mu:mark:{found.id}:{which}"
        keys.append(
            (
                button("emergencies.muster.b_is_safe", f"{mark}:safe:{page}", name=_guest(each.name)),
                button("emergencies.muster.b_is_help", f"{mark}:help:{page}"),
                button("emergencies.muster.b_is_absent", f"{mark}:absent:{page}"),
            )
        )
    turn = [button("emergencies.muster.b_before", f"mu:roll:{found.id}:{page - 1}")] if page else []
    turn += [button("emergencies.muster.b_after", f"mu:roll:{found.id}:{page + 1}")] if more else []
    turn.append(button("emergencies.muster.b_board", f"mu:board:{found.id}"))
    return Message(said, (*keys, tuple(turn)))


def _guest(name: str) -> object:
    return text("emergencies.muster.guest_kind", kind=name) if name in ("visitor", "contractor") else name


def ending(session: Session, found: Muster) -> Message:
    """Asked before it ends: who is still open stands first."""
    said = text(
        "emergencies.muster.ending", real=found.real, counts=as_json(store.total(store.by_unit(session, found.id)))
    )
    yes = button("emergencies.muster.b_end_yes", f"mu:ended:{found.id}")
    return Message(said, ((yes,), (button("emergencies.muster.b_board", f"mu:board:{found.id}"),)))
