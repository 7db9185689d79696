"""Putting a plan together: a draft that is changed tap by tap, shown in words each time, and saved. In the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message, Reply
from bot.kit.texts import text
from bot.learning.courses import publishing
from bot.learning.plans import deciding, reach, rules, showing, store
from bot.learning.plans.model import EVERY_DAY, Plan, Standing, Terms, What, from_json
from bot.learning.plans.parts import CHOOSE, read_day, read_hour, starting
from bot.learning.plans.showing import Desk
from bot.people import store as people
from bot.people.model import Person, Unit, Viewer
from bot.people.rules import near

DRAFT = "plan"
PARTS = ("which", "unit", "posts", "days", "hour", "from", "until", "card")


def desk(session: Session, person: int, now: datetime) -> Desk:
    """Whoever plans, with their rights. Raises Refused to whom no unit is theirs to plan for."""
    who, viewer = people.person(session, person, now), people.viewer(session, person, now)
    if who is None or viewer is None or not publishing.paths(viewer):
        raise Refused("learning.plans.leaders_only")
    return Desk(who, viewer, people.today_of(who, now))


# --- beginning ---------------------------------------------------------------------------------------------------------


def begin(session: Session, person: int, what: str, now: datetime) -> Reply:
    """A new plan: for the nearest unit that is theirs, from tomorrow on; what it is about is asked, the rest has a default."""
    at = desk(session, person, now)
    if what not in set(What):
        raise Refused("delivery.stale")
    unit = near(people.units(session), publishing.paths(at.viewer), at.who.path)[0]
    starts = local_date(now, unit.zone) + timedelta(days=1)
    daily = What(what) is What.DAILY
    last = None if daily else starts + timedelta(weeks=rules.USUAL_WEEKS)
    terms = Terms(What(what), None, unit.id, (), EVERY_DAY, None, starts, last)
    draft = drafts.begin(session, person, DRAFT, "card" if daily else "which", _data(terms, None), now)
    message = _card(session, at, draft, now) if daily else _choices(session, at, draft, 0)
    return Reply(messages=(message,))


def alter(session: Session, person: int, series: int, now: datetime) -> Reply:
    """Other terms for a plan that holds: the same card, from today on. Raises Refused."""
    at = desk(session, person, now)
    plan = next(iter(store.newest(session, publishing.paths(at.viewer), series)), None)
    if plan is None or not deciding.may(at.viewer, plan.path):
        raise Refused("learning.plans.not_yours")
    unit = deciding.unit(session, at.viewer, plan.terms.unit)
    today = local_date(now, unit.zone)
    if rules.standing(plan, today) not in (Standing.WAITING, Standing.RUNNING):
        raise Refused("learning.plans.changed_meanwhile")
    terms = replace(plan.terms, starts_on=rules.begins_again(plan.terms, today))
    draft = drafts.begin(session, person, DRAFT, "card", _data(terms, series), now)
    return Reply(edit=_card(session, at, draft, now))


def _data(terms: Terms, series: int | None) -> dict[str, object]:
    return {"terms": terms.to_json(), "series": series}


def never_mind(session: Session, person: int) -> Reply:
    """Nothing is saved."""
    draft = drafts.current(session, person, DRAFT)
    if draft is None or not drafts.close(session, draft):
        raise Refused("learning.plans.other_by_now")
    return Reply(edit=Message(text("learning.plans.left")))


# --- changing the draft ------------------------------------------------------------------------------------------------


def ask(session: Session, person: int, draft_id: int, part: str, page: int, now: datetime) -> Reply:
    """One part of the draft is to be chosen anew. Raises Refused."""
    at = desk(session, person, now)
    draft = _draft(session, person, draft_id)
    if part not in PARTS:
        raise Refused("delivery.stale")
    draft = _stepped(drafts.advance(session, draft, part, draft.data, now))
    match part:
        case "which":
            message = _choices(session, at, draft, page)
        case "unit":
            message = _units(session, at, draft, page)
        case "posts":
            message = _posts(session, at, draft, page)
        case "days":
            message = showing.days(draft.id, _terms(draft))
        case "hour":
            message = showing.hours(draft.id)
        case "from":
            unit = deciding.unit(session, at.viewer, _terms(draft).unit)
            message = showing.starts(draft.id, local_date(now, unit.zone))
        case "until":
            message = showing.until(draft.id, _terms(draft))
        case _:
            message = _card(session, at, draft, now)
    return Reply(edit=message)


def choose(session: Session, person: int, draft_id: int, part: str, word: str, now: datetime) -> Reply:
    """One part is chosen: the plan stands there in words again. Posts and days are marked one by one. Raises Refused."""
    at = desk(session, person, now)
    draft = _draft(session, person, draft_id)
    if part not in CHOOSE:
        raise Refused("delivery.stale")
    terms = CHOOSE[part](session, at, _terms(draft), word, now)
    stays = part in ("post", "day")
    step = ("posts" if part == "post" else "days") if stays else "card"
    draft = _stepped(drafts.advance(session, draft, step, {**draft.data, "terms": terms.to_json()}, now))
    if part == "post":
        return Reply(edit=_posts(session, at, draft, 0))
    return Reply(edit=showing.days(draft.id, terms) if part == "day" else _card(session, at, draft, now))


def typed(session: Session, person: int, words: str, now: datetime) -> Reply | None:
    """An hour or a day, where one of them was asked for; anything else is passed on."""
    draft = drafts.current(session, person, DRAFT)
    if draft is None or draft.step not in ("hour", "from", "until"):
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    at = desk(session, person, now)
    terms = _terms(draft)
    unit = deciding.unit(session, at.viewer, terms.unit)
    today = local_date(now, unit.zone)
    if draft.step == "hour":
        hour = read_hour(words)
        if hour is None:
            raise Refused("learning.plans.hour_unclear")
        terms = replace(terms, at=hour)
    else:
        on = read_day(words, today)
        if on is None:
            raise Refused("learning.plans.day_unclear")
        terms = starting(terms, on) if draft.step == "from" else replace(terms, until_on=on + timedelta(days=1))
    if terms.until_on is not None and terms.until_on <= terms.starts_on:
        raise Refused("learning.plans.ends_first")
    draft = _stepped(drafts.advance(session, draft, "card", {**draft.data, "terms": terms.to_json()}, now))
    return Reply(messages=(_card(session, at, draft, now),))


# --- saving ------------------------------------------------------------------------------------------------------------


def save(session: Session, person: int, draft_id: int, version: int, now: datetime) -> Reply:
    """Saves what stands there in words, once. Raises Refused: also where the draft is another by now."""
    at = desk(session, person, now)
    draft = _draft(session, person, draft_id)
    if draft.version != version or draft.step != "card":
        raise Refused("learning.plans.other_by_now")
    terms, series = _terms(draft), draft.data.get("series")
    unit = deciding.unit(session, at.viewer, terms.unit)
    if terms.which is None and terms.what is not What.DAILY:
        raise Refused("learning.plans.other_by_now")
    today = local_date(now, unit.zone)
    if terms.starts_on < today:
        terms = replace(terms, starts_on=today)
    if terms.until_on is not None and terms.until_on <= terms.starts_on:
        raise Refused("learning.plans.ends_first")
    if not drafts.close(session, draft):
        raise Refused("learning.plans.other_by_now")
    key, found = f"plan:{draft.id}:{draft.created_at.isoformat()}", reach.reach(session, terms, unit, now)
    if series is None:
        series = deciding.save(session, at.viewer, terms, key, found.people, now)
    else:
        deciding.change(session, at.viewer, int(series), terms, key, found.people, now)
    return Reply(edit=one(session, at, int(series), now), toast=text("learning.plans.saved"))


def one(session: Session, at: Desk, series: int, now: datetime) -> Message:
    """A plan in words, with what can be done about it. Raises Refused."""
    plan, unit = _seen(session, at, series)
    return showing.plan(session, at, plan, unit, now)


def sure(session: Session, at: Desk, series: int, now: datetime) -> Message:
    """Is it really to end? Raises Refused."""
    plan, unit = _seen(session, at, series)
    return showing.sure(plan, showing.line(session, plan, local_date(now, unit.zone)))


def _seen(session: Session, at: Desk, series: int) -> tuple[Plan, Unit]:
    plan = next(iter(store.newest(session, publishing.paths(at.viewer), series)), None)
    unit = people.unit(session, plan.terms.unit) if plan is not None else None
    if plan is None or unit is None:
        raise Refused("learning.plans.not_yours")
    return plan, unit


# --- what stands on the phone ------------------------------------------------------------------------------------------


def _card(session: Session, at: Desk, draft: Draft, now: datetime) -> Message:
    terms = _terms(draft)
    unit = deciding.unit(session, at.viewer, terms.unit)
    return showing.card(session, at, draft, terms, unit, now)


def _choices(session: Session, at: Desk, draft: Draft, page: int) -> Message:
    return showing.choices(session, at, draft, _terms(draft).what, page)


def _units(session: Session, at: Desk, draft: Draft, under: int) -> Message:
    above = deciding.unit(session, at.viewer, under) if under else None
    return showing.units(draft, near_or_below(session, at.viewer, at.who, above), above)


def near_or_below(session: Session, viewer: Viewer, who: Person, above: Unit | None) -> list[Unit]:
    """The units to choose from: those near somebody, or the parts of one."""
    units, mine = people.units(session), publishing.paths(viewer)
    if above is None:
        return near(units, mine, who.path)
    return sorted((each for each in units if each.parent == above.id), key=lambda each: each.name)


def _posts(session: Session, at: Desk, draft: Draft, page: int) -> Message:
    terms = _terms(draft)
    unit = deciding.unit(session, at.viewer, terms.unit)
    return showing.posts(session, draft, terms, reach.posts_there(session, unit, at.today), page)


def _terms(draft: Draft) -> Terms:
    return from_json(draft.data["terms"])


def _draft(session: Session, person: int, id: int) -> Draft:
    draft = drafts.current(session, person, DRAFT)
    if draft is None or draft.id != id:
        raise Refused("learning.plans.other_by_now")
    return draft


def _stepped(draft: Draft | None) -> Draft:
    if draft is None:
        raise Refused("learning.plans.other_by_now")
    return draft
