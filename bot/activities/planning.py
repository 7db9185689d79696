"""Planning a campaign by taps, step by step; one open draft a person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.activities import actions, measuring, rules, statistics, store, whom
from bot.activities.actions import Plan
from bot.activities.model import DRAFT, Campaign, Kind, Stagger, State, Written
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.i18n.languages import LANGUAGES
from bot.kit.clock import local_date
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person

AFTER = {"kind": "unit", "unit": "start", "start": "days", "days": "words"}
STARTS = (1, 3, 8, 14)
"""Days from today: with a week before it, there is time for the first questions."""
DAYS = (7, 14, 30)


def begin(session: Session, who: Person, now: datetime) -> Message:
    """What is it to be? Refused: to whoever looks after safety nowhere."""
    if not whom.paths(session, who.id, whom.PLANNER, now):
        raise Refused("activities.not_yours")
    data = {"key": secrets.token_hex(12), "said": {}, "lang": who.lang, "jury": [], "contest": False, "stagger": False}
    return screen(session, drafts.begin(session, who.id, DRAFT, "kind", data, now), who, now)


def screen(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """The question of a step."""
    step, keys = draft.step, list[Button]()
    if step == "ready":
        return _ready(session, draft, who, now)
    if step == "kind":
        keys = [button("activities.b_kind", f"acd:kind:{each.value}", kind=each.value) for each in Kind]
    elif step == "unit":
        keys = [
            button("activities.b_unit", f"acd:unit:{each.id}", unit=each.label)
            for each in whom.units(session, who.id, now)
        ]
    elif step == "start":
        keys = [button("activities.b_in_days", f"acd:start:{days}", count=days) for days in STARTS]
    elif step == "days":
        keys = [button("activities.b_days", f"acd:days:{days}", count=days) for days in DAYS]
    elif step == "words":
        lang = draft.data["lang"]
        said = text("activities.how", name=LANGUAGES.get(lang, lang))
        return Message(said, rows(_cancel()))
    return Message(text("activities.ask", step=step), rows(*keys, _cancel()))


def chosen(session: Session, who: Person, what: str, value: str, now: datetime) -> Message:
    """A button of a step. Refused where the conversation is another by now."""
    draft = current(session, who, what)
    if what == "kind":
        if value not in tuple(Kind):
            raise Refused("activities.changed_meanwhile")
        return _on(session, who, draft, now, kind=value, contest=value == Kind.CONTEST)
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
    if what == "unit":
        unit = people.unit(session, number)
        if unit is None or not whom.holds(session, who.id, whom.PLANNER, unit.path, now):
            raise Refused("activities.not_yours")
        return _on(session, who, draft, now, unit=unit.id)
    if what == "start":
        today = local_date(now, _zone(session, draft))
        return _on(
            session, who, draft, now, start=(today + timedelta(days=number if number in STARTS else 1)).isoformat()
        )
    return _on(session, who, draft, now, days=number if number in DAYS else DAYS[0])


def _zone(session: Session, draft: Draft) -> str:
    unit = people.unit(session, draft.data["unit"])
    return unit.zone if unit is not None else "UTC"


def typed(session: Session, who: Person, words: str, now: datetime) -> Message | None:
    """A day, the words, badges of a jury. None where the step wants none of it."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.created_at < now - rules.PATIENCE:
        return None
    if draft.step == "start":
        try:
            day = date.fromisoformat(western(words))
        except ValueError:
            raise Refused("activities.bad_day", most=rules.MOST_DAYS) from None
        return _on(session, who, draft, now, start=day.isoformat())
    if draft.step == "days":
        number = western(words)
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= rules.MOST_DAYS):
            raise Refused("activities.bad_day", most=rules.MOST_DAYS)
        return _on(session, who, draft, now, days=int(number))
    if draft.step == "words":
        return _written(session, who, draft, words, now)
    return _jury(session, who, draft, words, now) if draft.step == "jury" else None


def _written(session: Session, who: Person, draft: Draft, words: str, now: datetime) -> Message:
    found, why = rules.read(words)
    if found is None:
        return Message(text("activities.wrong", why=why, most=rules.MOST_WORDS), rows(_cancel()))
    said = {**draft.data["said"], draft.data["lang"]: store.to_json(found)}
    if not rules.same_questions(_said(said)):
        return Message(text("activities.wrong", why="other", most=rules.MOST_WORDS), rows(_cancel()))
    return _on(session, who, draft, now, "ready", said=said)


def _jury(session: Session, who: Person, draft: Draft, words: str, now: datetime) -> Message:
    jury = []
    for badge in western(words).replace(",", " ").split():
        named = people.person_by_badge(session, badge, now)
        if named is None or named.left_on is not None:
            raise Refused("activities.no_badge", badge=badge[:20])
        jury.append(named.id)
    if not rules.LEAST_JURY <= len(set(jury)) <= rules.MOST_JURY:
        raise Refused("activities.bad_jury", least=rules.LEAST_JURY, most=rules.MOST_JURY)
    return _on(session, who, draft, now, "ready", jury=sorted(set(jury)))


def pictured(session: Session, who: Person, photo: str, now: datetime) -> Message | None:
    """The poster. None where none was asked for: it may show a danger."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != "picture" or draft.created_at < now - rules.PATIENCE:
        return None
    return _on(session, who, draft, now, "ready", picture=photo)


def changed(session: Session, who: Person, what: str, value: str, now: datetime) -> Message:
    """Something of the ready plan is to be another: a language, the picture, the jury, a contest, a staggered start."""
    draft = current(session, who, "ready")
    if what == "lang" and value in LANGUAGES:
        return _on(session, who, draft, now, "words", lang=value)
    if what in ("picture", "jury"):
        return _on(session, who, draft, now, what)
    if what == "contest":
        return _on(session, who, draft, now, "ready", contest=not draft.data["contest"])
    if what == "stagger":
        return _on(session, who, draft, now, "ready", stagger=not draft.data["stagger"])
    raise Refused("activities.changed_meanwhile")


def finish(session: Session, who: Person, now: datetime) -> Campaign:
    """Plans it, once. Raises Refused."""
    draft = current(session, who, "ready")
    found = actions.plan(session, who.id, _plan(draft), now)
    drafts.close(session, draft)
    return found


def _plan(draft: Draft) -> Plan:
    data = draft.data
    return Plan(
        f"campaign:{data['key']}", Kind(data["kind"]), data["unit"], _said(data["said"]), date.fromisoformat(data["start"]),
        data["days"], data.get("picture"), data["contest"], tuple(data["jury"]), staggered=data["stagger"],
    )  # fmt: skip


def current(session: Session, who: Person, step: str) -> Draft:
    """The draft at a step. Raises Refused."""
    draft = drafts.current(session, who.id, DRAFT)
    if draft is None or draft.step != step:
        raise Refused("activities.changed_meanwhile")
    return draft


def _on(session: Session, who: Person, draft: Draft, now: datetime, step: str | None = None, /, **more: Any) -> Message:
    onward = drafts.advance(session, draft, step or AFTER[draft.step], {**draft.data, **more}, now)
    if onward is None:
        raise Refused("activities.changed_meanwhile")
    return screen(session, onward, who, now)


def _said(kept: Mapping[str, Any]) -> dict[str, Written]:
    return {lang: store.as_written(each) for lang, each in kept.items()}


# --- what planning it would mean ---------------------------------------------------------------------------------------


def _ready(session: Session, draft: Draft, who: Person, now: datetime) -> Message:
    """What it would be, and what can still be changed."""
    plan = _plan(draft)
    unit = people.unit(session, plan.unit)
    path = unit.path if unit else "/"
    teams, said = store.teams(session, path), outlook(session, plan, who.lang, now)
    keys = [
        button("activities.b_language", f"acd:lang:{lang}", name=LANGUAGES[lang])
        for lang in _missing(session, plan, path, now)
        if lang in LANGUAGES
    ]
    keys.append(button("activities.b_poster", "acd:picture"))
    keys.append(button("activities.b_contest", "acd:contest", on=plan.contest))
    if plan.contest:
        keys.append(button("activities.b_name_jury", "acd:jury"))
    if len(teams) > 1:
        keys.append(button("activities.b_stagger", "acd:stagger", on=plan.staggered))
    keys.append(button("activities.b_plan", "acd:plan"))
    return Message(said, rows(*keys, _cancel(), each=1))


def outlook(session: Session, plan: Plan, lang: str, now: datetime) -> Text:
    """For how many, which languages are missing, and whether there is enough to tell afterwards if it did anything."""
    unit = people.unit(session, plan.unit)
    path = unit.path if unit else "/"
    count, written = sum(store.languages(session, path, now).values()), rules.spoken(plan.said, lang)
    return text(
        "activities.ready", kind=plan.kind.value, unit=unit.label if unit else "", people=count,
        title=written.title, words=written.words, questions=[each.ask for each in written.questions],
        starts=plan.starts_on.isoformat(), days=plan.days, picture=plan.picture is not None, contest=plan.contest,
        jury=[whom.name(session, each, now) for each in plan.jury], staggered=plan.staggered,
        missing=[
            {"name": LANGUAGES.get(lang, lang), "count": n}
            for lang, n in _missing(session, plan, path, now).items()
        ],
        **_enough(session, plan, path, unit.zone if unit else "UTC", count, now),
    )  # fmt: skip


def _missing(session: Session, plan: Plan, path: str, now: datetime) -> dict[str, int]:
    read = store.languages(session, path, now)
    return {lang: count for lang, count in sorted(read.items()) if lang not in plan.said}


def _enough(session: Session, plan: Plan, path: str, zone: str, count: int, now: datetime) -> dict[str, int]:
    """What there was in the weeks before today, and what is needed: told before, not afterwards."""
    today = local_date(now, zone)
    trial = Campaign(
        0, plan.kind, plan.unit, path, zone, plan.said, today, today, None, False, (), plan.later_weeks, State.PLANNED, 0,
        Stagger.NONE, 0, None, now,
    )  # fmt: skip
    start = rules.starts(plan.unit, path, today, today)
    seen = measuring.look(session, trial, start, now, days=False)
    needed = statistics.needed_events(rules.HALVED)
    asks = len(next(iter(plan.said.values())).questions)
    return {
        "reports": sum(seen.confirmed.values()), "found": sum(seen.found.values()), "needed": needed, "weeks": rules.WEEKS,
        "pairs": statistics.needed_pairs(rules.RISE, rules.CHANGING) if asks else 0,
    }  # fmt: skip


def _cancel() -> Button:
    return button("activities.cancel", "acd:cancel")
