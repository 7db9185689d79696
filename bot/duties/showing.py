"""How duties look in the chat: one's own, read in half a minute; drafts before they are signed; where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.duties import rules, shipped, store
from bot.duties.model import Draft, DutyList, Given, Holder
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Role, Unit
from bot.people.rules import near
from bot.people.store import people_on
from bot.people.tables import PersonRow, PlacementRow, UnitRow

MOST_NAMED = 8


def mine(session: Session, who: Person, now: datetime) -> Message:
    """The duties of somebody's post; a button while they have not acknowledged them."""
    found = store.of(session, who)
    if found is None:
        return Message(text("duties.no_list_yet", post=post_label(session, who.post)))
    given = store.current(session, who.id, found.id, now)
    return Message(words(session, found, given, now), keys(found, given))


def words(session: Session, found: DutyList, given: Given | None, now: datetime) -> Any:
    """A list as its people read it."""
    signer = people.person(session, found.signed_by, now)
    at = given.acknowledged_at if given else None
    return text(
        "duties.card", post=post_label(session, found.post), unit=label(session, found.unit),
        duties=[dict(duty.words) for duty in found.duties], version=found.version, signer=signer.name if signer else "",
        signed=found.signed_at.isoformat(), acknowledged=at.isoformat() if at else "", open=given is not None and at is None,
    )  # fmt: skip


def keys(found: DutyList, given: Given | None) -> tuple[tuple[Button, ...], ...]:
    """What can be done with one's list."""
    buttons = [button("duties.b_more", f"du:more:{found.id}"), button("duties.b_quiz", f"du:quiz:{found.id}")]
    if given is not None and given.acknowledged_at is None:
        return ((button("duties.b_mine", f"du:ack:{given.id}"),), tuple(buttons))
    return (tuple(buttons),)


def more(session: Session, found: DutyList) -> Message:
    """How each duty is checked, where it comes from and how far it reaches."""
    known = {duty.code: (each, duty) for each in store.lists(session) for duty in each.duties}
    items = []
    for duty in found.duties:
        above = known.get(duty.above)
        items.append({
            "words": dict(duty.words), "check": dict(duty.check),
            "above": dict(above[1].words) if above else "", "of": post_label(session, above[0].post) if above else "",
        })  # fmt: skip
    return Message(
        text(
            "duties.more",
            post=post_label(session, found.post),
            scope=dict(found.scope),
            level=found.level.value,
            items=items,
        )
    )


def label(session: Session, unit: int) -> Any:
    """A unit as the reader calls it."""
    found = people.unit(session, unit)
    return found.label if found else ""


# --- for whoever leads ------------------------------------------------------------------------------------------------


def overview(session: Session, who: Person, now: datetime) -> Message:
    """Where it stands in the units that somebody answers for: who has not acknowledged, what is missing."""
    paths = store.led(session, who.id, now)
    held = store.holders(session, paths, now)
    lists = store.lists(session)
    here = [each for each in lists if any(each.path.startswith(path) for path in paths)]
    found = rules.gaps(held, lists)
    done, waiting = store.counts(session, paths, now)
    behind = store.behind(session, paths, now, MOST_NAMED)
    people_here, without = sum(each.count for each in held), sum(each.count for each in found.no_list)
    ids = sorted({one.id for each in held if (one := rules.nearest(lists, each.post, each.path)) is not None})
    said = text(
        "duties.overview", lists=len(here), people=people_here, bound=people_here - without, done=done, given=done + waiting,
        names=[each.name for each, _ in behind], more=waiting - len(behind), no_list=no_list(session, found.no_list),
        no_person=[line(session, each) for each in _empty(found.no_person, paths)],
        no_origin=[
            {"code": duty.code, "above": duty.above} for each, duty in found.no_origin if each in here
        ][:MOST_NAMED],
        posts=len(ids), quizzed=len(store.quizzed(session, ids)),
    )  # fmt: skip
    buttons = []
    if store.led(session, who.id, now, Role.SAFETY_OFFICER):
        buttons += [button("duties.b_drafts", "du:drafts"), button("duties.b_file", "du:file")]
    return Message(said, rows(*buttons, button("duties.b_export", "du:export")))


def _empty(found: Sequence[DutyList], paths: Sequence[str]) -> list[DutyList]:
    return [each for each in found if any(each.path.startswith(path) for path in paths)][:MOST_NAMED]


def no_list(session: Session, found: Sequence[Holder]) -> list[dict[str, Any]]:
    """Posts without a list by unit, the most people first."""
    most = sorted(found, key=lambda each: (-each.count, each.post, each.path))[:MOST_NAMED]
    return [
        {
            "post": post_label(session, each.post),
            "unit": label(session, people.ancestors(each.path)[0]),
            "count": each.count,
        }
        for each in most
    ]


def line(session: Session, found: DutyList) -> dict[str, Any]:
    """A list by the names of its post and unit."""
    return {"post": post_label(session, found.post), "unit": label(session, found.unit)}


# --- drafts -----------------------------------------------------------------------------------------------------------


def drafts(session: Session) -> Message:
    """The shipped drafts; how often each is in force."""
    used = [each.source for each in store.lists(session)]
    buttons = [
        button("duties.b_draft", f"du:draft:{each.code}", title=dict(each.title), count=used.count(each.code))
        for each in shipped.drafts()
    ]
    return Message(text("duties.drafts"), rows(*buttons, each=1))


def draft(session: Session, who: Person, found: Draft, now: datetime) -> Message:
    """A draft in full, and the units for which it can be signed."""
    items = [{"words": dict(duty.words), "check": dict(duty.check)} for duty in found.duties]
    said = text(
        "duties.draft", title=dict(found.title), scope=dict(found.scope), level=found.level.value, items=items,
        facts=sorted({fact for duty in found.duties for fact in duty.facts}),
    )  # fmt: skip
    units = signable(session, who, now)
    buttons = [button("duties.b_unit", f"du:unit:{found.code}:{each.id}", unit=each.label) for each in units]
    return Message(said, rows(*buttons, button("duties.b_back", "du:drafts")))


def signable(session: Session, who: Person, now: datetime) -> list[Unit]:
    """Units for which somebody may sign: theirs and the nearest below."""
    paths = store.led(session, who.id, now, Role.SAFETY_OFFICER)
    units = people.units(session)
    wide = near(units, paths, who.path)
    below = [each for each in units if each.path.startswith(paths) and each not in wide] if paths else []
    return [*wide, *below][:20]


def posts(session: Session, found: Draft, unit: Unit, now: datetime) -> Message:
    """The posts that somebody has in a unit: for which of them is the draft?"""
    buttons = [
        button("duties.b_post", f"du:sign:{found.code}:{unit.id}:{at}", post=post_label(session, post), count=n)
        for at, (post, n) in enumerate(posts_in(session, unit, now))
    ]
    return Message(
        text("duties.which_post", title=dict(found.title), unit=unit.label),
        rows(*buttons, button("duties.b_back", f"du:draft:{found.code}"), each=1),
    )


def posts_in(session: Session, unit: Unit, now: datetime) -> list[tuple[str, int]]:
    """Every post ever held under a unit, with how many hold it today: in an order that stays as it is while people come and go."""
    known = select(PlacementRow.post).join(UnitRow, UnitRow.id == PlacementRow.unit_id)
    under = UnitRow.path.startswith(unit.path, autoescape=True)
    every = session.scalars(known.where(under).group_by(PlacementRow.post).order_by(func.min(PlacementRow.id))).all()
    today = people_on.where(under, PersonRow.left_on.is_(None))
    held = [row.post for row in session.execute(today, {"on": now.date()})]
    return [(post, held.count(post)) for post in every]
