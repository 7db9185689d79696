"""Planning a campaign, agreeing to a staggered start and drawing it, announcing it, calling it off."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.activities import announcing, drawing, rules, statistics, store, whom
from bot.activities.facts import AGREED, ANNOUNCED, BEGUN, CALLED_OFF, DRAWN, PLANNED, TAMPERED, YOURS
from bot.activities.model import Campaign, Kind, Stagger, Start, State, Written
from bot.activities.tables import CampaignRow, CampaignStartRow
from bot.db.once import changed, insert_once
from bot.delivery import broadcasts, downloads, outbox
from bot.delivery.audience import Audience
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people import store as people

KEPT, RESULT = "activities.picture_kept", "activities.result"
FILE = "file:"
"""How the ref of a picture begins that only the channel has yet."""


MEDIA = "media:"


@dataclass(frozen=True)
class Plan:
    """What somebody wants to happen. `key` makes it exist once."""

    key: str
    kind: Kind
    unit: int
    said: Mapping[str, Written]
    starts_on: date
    days: int
    picture: str | None = None
    """The channel's id of a photo, or the ref of a kept picture."""
    contest: bool = False
    jury: tuple[int, ...] = ()
    later_weeks: int = rules.LATER_WEEKS[1]
    staggered: bool = False


def plan(session: Session, by: int, wanted: Plan, now: datetime) -> Campaign:
    """A campaign, in the calendar from now on. Raises Refused: without the right, or with something missing."""
    unit = people.unit(session, wanted.unit)
    if unit is None or not wanted.said or not whom.holds(session, by, whom.PLANNER, unit.path, now):
        raise Refused("activities.not_yours")
    _check(session, wanted, local_date(now, unit.zone), now)
    staggered = wanted.staggered and len(store.teams(session, unit.path)) > 1
    values = {
        "key": wanted.key, "kind": wanted.kind.value, "unit_id": unit.id, "path": unit.path, "zone": unit.zone,
        "said": {lang: store.to_json(each) for lang, each in wanted.said.items()}, "starts_on": wanted.starts_on,
        "ends_on": wanted.starts_on + timedelta(days=wanted.days - 1),
        "picture": _ref(wanted.picture), "contest": wanted.contest,
        "jury": list(wanted.jury) if wanted.contest else [], "later_weeks": wanted.later_weeks, "state": State.PLANNED.value,
        "by_id": by, "stagger": (Stagger.ASKED if staggered else Stagger.NONE).value, "step_weeks": rules.STEP_WEEKS,
        "seed": None, "planned_at": now,
    }  # fmt: skip
    id = insert_once(session, CampaignRow, values, "key")
    if id is None:
        raise Refused("activities.changed_meanwhile")
    found = _campaign(session, id)
    if wanted.picture and not wanted.picture.startswith(MEDIA):
        downloads.want(session, wanted.picture, KEPT, {"campaign": id}, now)
    body = {
        "campaign": id, "kind": found.kind.value, "unit": unit.id, "languages": sorted(found.said), "questions": found.asks,
        "contest": found.contest, "staggered": staggered,
    }  # fmt: skip
    record(session, Fact(PLANNED, f"campaign:{id}", now, by, body=body), now)
    if not staggered:
        _together(session, found)
    elif whom.holds(session, by, whom.AGREES, unit.path, now):
        agree(session, by, id, True, now)
    else:
        _ask_manager(session, found, now)
    return _campaign(session, id)


def _ref(picture: str | None) -> str | None:
    if picture is None or picture.startswith(MEDIA):
        return picture
    return f"{FILE}{picture}"


def _check(session: Session, wanted: Plan, today: date, now: datetime) -> None:
    asks = any(each.questions for each in wanted.said.values())
    if wanted.starts_on < today + timedelta(days=1 if asks else 0) or not 1 <= wanted.days <= rules.MOST_DAYS:
        raise Refused("activities.bad_day", most=rules.MOST_DAYS)
    if not rules.same_questions(wanted.said):
        raise Refused("activities.other_questions")
    if wanted.later_weeks not in rules.LATER_WEEKS:
        raise Refused("activities.changed_meanwhile")
    if wanted.contest:
        there = people.persons(session, wanted.jury, now)
        here = {id for id, each in there.items() if each.left_on is None}
        if not rules.LEAST_JURY <= len(here) <= rules.MOST_JURY or here != set(wanted.jury):
            raise Refused("activities.bad_jury", least=rules.LEAST_JURY, most=rules.MOST_JURY)


def _campaign(session: Session, id: int) -> Campaign:
    found = store.campaign(session, id)
    if found is None:
        raise Refused("activities.changed_meanwhile")
    return found


def picture_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: the picture was fetched. Until then, and where it cannot be, the channel's own copy is sent."""
    if payload.get("media"):
        which = CampaignRow.id == payload["campaign"]
        session.execute(update(CampaignRow).where(which).values(picture=payload["media"]))


# --- a staggered start -------------------------------------------------------------------------------------------------


def _together(session: Session, found: Campaign) -> None:
    _put(session, found, rules.starts(found.unit, found.path, found.starts_on, found.ends_on))


def _put(session: Session, found: Campaign, starts: tuple[Start, ...]) -> None:
    for each in starts:
        session.add(
            CampaignStartRow(
                campaign_id=found.id, unit_id=each.unit, path=each.path, step=each.step, starts_on=each.starts_on,
                ends_on=each.ends_on, announced_at=None,
            )
        )  # fmt: skip
    session.flush()


def _ask_manager(session: Session, found: Campaign, now: datetime) -> None:
    said = text(
        "activities.ask_manager", title=found.title, by=whom.name(session, found.by, now),
        teams=len(store.teams(session, found.path)), weeks=found.step_weeks, starts=found.starts_on.isoformat(),
    )  # fmt: skip
    keys = rows(
        button("activities.b_agree", f"ac:agree:{found.id}"), button("activities.b_decline", f"ac:decline:{found.id}")
    )
    for manager, _ in oncall.holders(session, [whom.AGREES], found.path, now)[whom.AGREES]:
        tell(session, manager.id, said, keys, f"campaign:{found.id}:stagger:{manager.id}", now)


def agree(session: Session, by: int, id: int, yes: bool, now: datetime) -> Campaign:
    """A manager agrees, and the order is drawn at once and recorded; or declines, and all begin together. Raises Refused."""
    found = _campaign(session, id)
    if not whom.holds(session, by, whom.AGREES, found.path, now):
        raise Refused("activities.only_manager")
    to, seed = (Stagger.DRAWN, secrets.token_hex(16)) if yes else (Stagger.DECLINED, None)
    if not _settle(session, found, to, seed, by):
        raise Refused("activities.changed_meanwhile")
    record(session, Fact(AGREED, f"campaign:{id}:agreed", now, by, body={"campaign": id, "yes": yes}), now)
    if seed is None:
        _together(session, found)
    else:
        _draw(session, found, seed, now)
    if by != found.by:
        said = text("activities.agreed", title=found.title, yes=yes, by=whom.name(session, by, now))
        tell(session, found.by, said, open_key(id), f"campaign:{id}:agreed", now)
    return _campaign(session, id)


def _settle(session: Session, found: Campaign, to: Stagger, seed: str | None, by: int | None) -> bool:
    asked = (
        CampaignRow.id == found.id,
        CampaignRow.stagger == Stagger.ASKED.value,
        CampaignRow.state == State.PLANNED.value,
    )
    values: dict[str, Any] = {"stagger": to.value, "seed": seed, "agreed_by": by}
    return changed(session, update(CampaignRow).where(*asked).values(**values)) == 1


def _draw(session: Session, found: Campaign, seed: str, now: datetime) -> None:
    paths = {each.id: each.path for each in store.teams(session, found.path)}
    order = statistics.drawn_order(seed, list(paths))
    starts = rules.staggered([(unit, paths[unit]) for unit in order], found.starts_on, found.days, found.step_weeks)
    _put(session, found, starts)
    session.execute(update(CampaignRow).where(CampaignRow.id == found.id).values(ends_on=starts[-1].ends_on))
    body = {
        "campaign": found.id,
        "seed": seed,
        "order": list(order),
        "starts": [each.starts_on.isoformat() for each in starts],
    }
    record(session, Fact(DRAWN, f"campaign:{found.id}:drawn", now, unit=found.unit, body=body), now)


# --- what falls due ----------------------------------------------------------------------------------------------------


def begin_due(session: Session, found: Campaign, now: datetime) -> None:
    """Announces to each unit whose day has come. Without a manager's answer by then, all begin together."""
    today = local_date(now, found.zone)
    if (
        found.stagger is Stagger.ASKED
        and found.starts_on <= today
        and _settle(session, found, Stagger.DECLINED, None, None)
    ):
        _together(session, found)
    starts = store.starts(session, found.id)
    due = [each for each in starts if each.announced_at is None and each.starts_on <= today]
    if not due:
        return
    if not drawing.kept(session, found, starts):
        _tampered(session, found, now)
        return
    for each in due:
        _announce(session, found, each, now)


def _announce(session: Session, found: Campaign, start: Start, now: datetime) -> None:
    viewer = people.viewer(session, found.by, now)
    if viewer is None or not viewer.holds(whom.PLANNER, start.path):
        _off(session, found, None, now)  # nobody stands for it any more
        return
    row = CampaignStartRow
    which = (row.campaign_id == found.id, row.unit_id == start.unit, row.announced_at.is_(None))
    if changed(session, update(row).where(*which).values(announced_at=now)) != 1:
        return
    waits = (CampaignRow.id == found.id, CampaignRow.state == State.PLANNED.value)
    session.execute(update(CampaignRow).where(*waits).values(state=State.RUNNING.value))
    broadcasts.begin(
        session, viewer, announcing.announcement(found, start), Audience(paths=(start.path,)), ANNOUNCED, now,
        key=f"campaign:{found.id}:{start.unit}", role=whom.PLANNER,
    )  # fmt: skip
    body = {"campaign": found.id, "unit": start.unit, "step": start.step}
    record(session, Fact(BEGUN, f"campaign:{found.id}:begun:{start.unit}", now, unit=start.unit, body=body), now)


def _tampered(session: Session, found: Campaign, now: datetime) -> None:
    """Somebody has changed the order past the draw: it is told once, to the planner and the managers, and nothing begins."""
    body = {"campaign": found.id}
    if not record(session, Fact(TAMPERED, f"campaign:{found.id}:changed", now, unit=found.unit, body=body), now):
        return
    managers = oncall.holders(session, [whom.AGREES], found.path, now)[whom.AGREES]
    for id in {found.by, *(each.id for each, _ in managers)}:
        tell(
            session,
            id,
            text("activities.tampered", title=found.title),
            open_key(found.id),
            f"campaign:{found.id}:changed:{id}",
            now,
        )


def call_off(session: Session, by: int, id: int, now: datetime) -> Campaign:
    """It ends here, on record; what has not been announced is not. Raises Refused."""
    found = _campaign(session, id)
    if not whom.holds(session, by, whom.PLANNER, found.path, now):
        raise Refused("activities.not_yours")
    if not _off(session, found, by, now):
        raise Refused("activities.changed_meanwhile")
    return _campaign(session, id)


def _off(session: Session, found: Campaign, by: int | None, now: datetime) -> bool:
    which = (CampaignRow.id == found.id, CampaignRow.state.in_(store.LIVE))
    if changed(session, update(CampaignRow).where(*which).values(state=State.CALLED_OFF.value)) != 1:
        return False
    begun = sum(each.announced_at is not None for each in store.starts(session, found.id))
    body = {"campaign": found.id, "begun": begun}
    record(session, Fact(CALLED_OFF, f"campaign:{found.id}:off", now, by, unit=found.unit, body=body), now)
    return True


def plans(session: Session, person: int, found: Campaign, now: datetime) -> bool:
    """Whether somebody may plan there, and so see how it goes."""
    return whom.holds(session, person, whom.PLANNER, found.path, now)


def open_key(id: int) -> Rows:
    """The button that opens a campaign."""
    return rows(button("activities.b_open", f"ac:open:{id}"))


def tell(session: Session, person: int, said: Text, keys: Rows, key: str, now: datetime) -> None:
    """To whoever plans, agrees or judges."""
    outbox.send(session, outbox.to_person(person), Message(said, keys), Lane.LESSON, now, key=key, unasked=YOURS)
