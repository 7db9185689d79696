"""`/scores`: files of scores and issuing a period, for human resources and management. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment.issuing import actions, store
from bot.assessment.issuing.model import Format
from bot.assessment.scores import looking, rules, showing
from bot.assessment.scores import store as scores
from bot.assessment.scores.policy import policy
from bot.i18n.languages import LANGUAGES, closest
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.events import Pressed, Said
from bot.kit.replies import NOTHING, Media, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role, Unit

PERIODS = ("m0", "m1", "q0", "q1", "y0", "y1")
MOST_ISSUED = 6


def on_scores(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/scores`, and `/scores BADGE`: somebody's score, which is noted and told."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    if event.args.strip():
        return Reply((_of(session, who, event.args.strip(), now),))
    return Reply((_units(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`sx:what:...`."""
    who, act = speaking.person(session, event, now), event.word(0)
    if who is None:
        return None
    if act == "mine":
        return _mine(session, who, event, now)
    if act == "unit":
        return Reply(edit=_periods(session, who, event.number(1), now))
    if act == "period":
        lang = event.word(3) or closest(who.lang)
        return Reply(edit=_formats(session, who, event.number(1), event.word(2), lang, now))
    if act == "make":
        return _make(session, who, event, now)
    if act == "issued":
        return _issued(session, who, event.number(1), now)
    return None


def _mine(session: Session, who: Person, event: Pressed, now: datetime) -> Reply | None:
    period = rules.period_of(event.word(1), local_date(now, who.zone))
    if period is None:
        return None
    actions.begin_mine(session, who, period, f"mine:{who.id}:{event.update_id}", now)
    return Reply(toast=text("assessment.issuing.begun"))


def _units(session: Session, who: Person, now: datetime) -> Message:
    viewer = people.viewer(session, who.id, now)
    found = store.units(session, viewer)
    if not found:
        raise Refused("assessment.issuing.not_yours")
    issued = store.snapshots(session, viewer, MOST_ISSUED) if viewer else []
    keys = [button("assessment.issuing.b_unit", f"sx:unit:{each.id}", unit=each.label) for each in found]
    keys += [
        button("assessment.issuing.b_issued", f"sx:issued:{each.id}", number=each.id, ends=each.ends.isoformat())
        for each in issued
    ]
    return Message(text("assessment.issuing.which_unit"), rows(*keys, each=1))


def _periods(session: Session, who: Person, unit: int, now: datetime) -> Message:
    there = _there(session, who, unit, now)
    keys = [button("assessment.scores.b_period", f"sx:period:{unit}:{each}", period=each) for each in PERIODS]
    return Message(text("assessment.issuing.which_period", unit=there.label), rows(*keys, each=2))


def _formats(session: Session, who: Person, unit: int, code: str, lang: str, now: datetime) -> Message:
    there, period = _there(session, who, unit, now), rules.period_of(code, local_date(now, who.zone))
    if period is None or lang not in LANGUAGES:
        raise Refused("assessment.issuing.not_yours")
    langs = [
        button("assessment.issuing.b_lang", f"sx:period:{unit}:{code}:{each}", name=name)
        for each, name in LANGUAGES.items()
        if each != lang
    ]
    made = [
        button("assessment.issuing.b_format", f"sx:make:{unit}:{code}:{each.value}:{lang}", format=each.value)
        for each in Format
        if each is not Format.ISSUE or period.ends < local_date(now, who.zone)
    ]
    said = text(
        "assessment.issuing.which_format", unit=there.label, starts=period.starts.isoformat(),
        ends=period.ends.isoformat(), language=LANGUAGES[lang],
    )  # fmt: skip
    return Message(said, (*rows(*made, each=2), *rows(*langs, each=2)))


def _make(session: Session, who: Person, event: Pressed, now: datetime) -> Reply | None:
    unit, code, format, lang = event.number(1), event.word(2), event.word(3), event.word(4)
    period = rules.period_of(code, local_date(now, who.zone))
    if period is None or format not in list(Format) or lang not in LANGUAGES:
        return None
    actions.begin(session, who, unit, period, Format(format), lang, f"chat:{who.id}:{event.update_id}", now)
    return Reply(toast=text("assessment.issuing.begun"))


def _issued(session: Session, who: Person, id: int, now: datetime) -> Reply:
    found = store.snapshot(session, id)
    if found is None or not actions.may_see(session, who.id, found, now):
        raise Refused("assessment.issuing.not_yours")
    by, unit = people.person(session, found.by, now), people.unit(session, found.unit)
    said = text(
        "assessment.issuing.was_issued", number=id, sha=found.sha256, people=found.people, version=found.version,
        starts=found.starts.isoformat(), ends=found.ends.isoformat(), by=by.name if by else "–", at=found.at,
        unit=unit.label if unit else "",
    )  # fmt: skip
    file = Media("document", found.media, f"scores-{found.starts}-{found.ends}.signed.json")
    return Reply((Message(said, media=(file,)),))


def _of(session: Session, by: Person, badge: str, now: datetime) -> Message:
    """Somebody's score, for whoever may see it."""
    who, viewer = people.person_by_badge(session, badge[:40], now), people.viewer(session, by.id, now)
    if who is None or viewer is None or not looking.may_look(session, viewer, who.path):
        raise Refused("assessment.issuing.not_yours")
    period = scores.now_in(session, who.zone, now)
    found = next(iter(scores.scored(session, period, [who.id], policy())), None)
    if found is None or found.score is None:
        raise Refused("assessment.issuing.not_yours")
    looking.note(session, by.id, [who.id], "chat", now)
    others = scores.peers(session, period, found.subject, found.score, policy())
    values = showing.whole(session, found.subject, found.score, others, period, policy(), now) | {"looks": []}
    return Message(text("assessment.scores.of", **values))


def _there(session: Session, who: Person, unit: int, now: datetime) -> Unit:
    there, viewer = people.unit(session, unit), people.viewer(session, who.id, now)
    if there is None or viewer is None or not viewer.holds(Role.HR, there.path):
        raise Refused("assessment.issuing.not_yours")
    return there


ROUTES = (
    Route(on_scores, command="scores", menu="assessment.issuing.menu", roles=("hr", "manager", "admin")),
    Route(on_press, verb="sx", guarded=("make", "issued")),
)
