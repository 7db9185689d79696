"""A campaign as people see it in the chat, and its result in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy.orm import Session

from bot.activities import announcing, contest, rules, store, whom
from bot.activities.model import Campaign, Change, Drawn, Judged, Rate, Result, Stagger, State
from bot.activities.tables import CampaignRow
from bot.kit.clock import local_date
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.statistics import Interval
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person

SHOWN_FOR = timedelta(days=30)
"""So long after its last day a campaign stands on people's list, with its prizes."""
MOST = 8
MOST_PLACES = 10


def overview(session: Session, who: Person, now: datetime) -> Message:
    """`/campaigns`: what there is for somebody; for whoever looks after safety, what they have planned and can plan."""
    mine = [each for each in store.meant_for(session, who) if local_date(now, each.zone) <= each.ends_on + SHOWN_FOR]
    owed = store.owed(session, who.id, people.today_of(who, now))
    keys = [_quiz(session, id, wave) for id, wave in owed]
    keys += [button("activities.b_campaign", f"ac:open:{each.id}", title=each.title) for each in mine]
    looks = store.to_let_in(session, who.id)
    if looks:
        keys.append(button("activities.b_jury", "ac:jury"))
    keys += [button("activities.b_judge", f"ac:judge:{each.id}") for _, each in store.to_judge(session, who.id)[:1]]
    paths = whom.paths(session, who.id, whom.PLANNER, now)
    shown = {each.id for each in mine}
    led = [each for each in store.led(session, paths, MOST) if each.id not in shown]
    keys += [button("activities.b_campaign", f"ac:open:{each.id}", title=each.title) for each in led]
    if paths:
        keys.append(button("activities.b_new", "ac:new"))
    said = text("activities.list", count=len(mine), owed=len(owed), looks=len(looks), plans=bool(paths))
    return Message(said, rows(*keys, each=1))


def _quiz(session: Session, id: int, wave: Any) -> Button:
    found = store.campaign(session, id)
    return button("activities.b_answer", f"ac:quiz:{id}:{wave.value}", count=found.asks if found else 1)


def may_see(session: Session, who: Person, found: Campaign, now: datetime) -> bool:
    """Whoever it is for once it is announced, its jury, whoever plans there, and a manager who is to agree."""
    if who.id in found.jury or whom.holds(session, who.id, whom.PLANNER, found.path, now):
        return True
    return any(each.id == found.id for each in store.meant_for(session, who, 50))


def card(session: Session, who: Person, found: Campaign, now: datetime) -> Message:
    """One campaign, and what this reader can do with it."""
    today, unit = local_date(now, found.zone), people.unit(session, found.unit)
    plans = whom.holds(session, who.id, whom.PLANNER, found.path, now)
    drawn = plans and found.stagger is Stagger.DRAWN
    said = text(
        "activities.card", kind=found.kind.value, title=found.title, words=found.words, unit=unit.label if unit else "",
        starts=found.starts_on.isoformat(), ends=found.ends_on.isoformat(), state=found.state.value,
        stagger=found.stagger.value if plans else "none", starts_of=starts_of(session, found, today) if drawn else [],
        prizes=prizes(session, found, now),
    )  # fmt: skip
    keys: list[Button] = []
    if found.contest and found.live:
        keys += _contest_keys(session, who, found, now, today)
    if plans:
        keys.append(button("activities.b_result", f"ac:result:{found.id}"))
        if found.live:
            keys.append(button("activities.b_off", f"ac:off:{found.id}"))
    if found.stagger is Stagger.ASKED and whom.holds(session, who.id, whom.AGREES, found.path, now):
        keys.append(button("activities.b_agree", f"ac:agree:{found.id}"))
        keys.append(button("activities.b_decline", f"ac:decline:{found.id}"))
    return Message(said, rows(*keys), announcing.pictures(found))


def starts_of(session: Session, found: Campaign, today: date) -> list[dict[str, Any]]:
    """The order of a staggered start. Only whoever plans sees it: teams that know their day would change what they do."""
    made = []
    for each in store.starts(session, found.id):
        unit = people.unit(session, each.unit)
        made.append(
            {"unit": unit.label if unit else "", "on": each.starts_on.isoformat(), "begun": each.starts_on <= today}
        )
    return made


def prizes(session: Session, found: Campaign, now: datetime) -> list[dict[str, Any]]:
    """The prize list, once the jury has spoken."""
    if not found.contest or not _listed(session, found):
        return []
    places = rules.prize_list(store.entries(session, found.id))[:MOST_PLACES]
    return [
        {"place": place, "name": whom.name(session, each.person, now), "votes": each.votes, "won": each.state is Judged.WON,
         "words": each.words[:80]}
        for place, each in places
    ]  # fmt: skip


def _listed(session: Session, found: Campaign) -> bool:
    row = session.get(CampaignRow, found.id)
    return row is not None and row.judged_at is not None


def _contest_keys(session: Session, who: Person, found: Campaign, now: datetime, today: date) -> list[Button]:
    keys = []
    if today <= found.ends_on and found.state is State.RUNNING and who.id not in found.jury:
        keys.append(button("activities.b_enter", f"ac:enter:{found.id}"))
    if contest.voting(found, now):
        keys.append(button("activities.b_entries", f"ac:entries:{found.id}:0"))
    return keys


def entry(session: Session, who: Person, found: Campaign, at: int) -> Message:
    """One entry, without a name, so that people vote for what it says and not for who sent it."""
    shown = [each for each in store.entries(session, found.id) if each.state is Judged.IN]
    if not shown:
        return Message(text("activities.none_yet"))
    at %= len(shown)
    each, mine = shown[at], store.vote_of(session, found.id, who.id)
    said = text(
        "activities.entry",
        number=at + 1,
        of=len(shown),
        words=each.words,
        mine=mine == each.id,
        own=each.person == who.id,
    )
    keys = [] if each.person == who.id else [button("activities.b_vote", f"ac:vote:{each.id}")]
    if len(shown) > 1:
        keys.append(button("activities.b_next", f"ac:entries:{found.id}:{at + 1}"))
    return Message(said, rows(*keys), contest.photo_of(each))


def to_let_in(session: Session, who: Person) -> Message:
    """The next entry that waits for a look of the jury."""
    waiting = store.to_let_in(session, who.id)
    if not waiting:
        return Message(text("activities.none_waits"))
    each = waiting[0]
    keys = rows(button("activities.b_in", f"ac:in:{each.id}"), button("activities.b_out", f"ac:out:{each.id}"))
    return Message(text("activities.look", words=each.words, left=len(waiting) - 1), keys, contest.photo_of(each))


# --- the result --------------------------------------------------------------------------------------------------------


def result(found: Campaign, made: Result) -> Message:
    """What is known by now, in words; the picture comes when it is asked for."""
    return Message(outcome(found, made), rows(button("activities.b_picture", f"ac:picture:{found.id}")))


def chart(found: Campaign, made: Result, picture: str) -> Message:
    """The weeks as a picture, with what it shows in words."""
    beyond = [sum(getattr(each, name)[3] for each in made.weeks) for name in ("report_point", "found_point")]
    said = text("activities.chart", title=found.title, weeks=len(made.weeks), reports=beyond[0], found=beyond[1])
    return Message(said, media=(Media("photo", picture, "campaign.png"),))


def outcome(found: Campaign, made: Result) -> Text:
    """The result in words: what may be said, and from what."""
    return text("activities.outcome", title=found.title, **parts(made))


def parts(made: Result) -> dict[str, Any]:
    """The values of a result, for the chat and for the page."""
    return {
        "reading": made.reading.value, "due": made.due_on.isoformat(), "milder": rules.milder(made.mix),
        "reports": rate(made.reports), "looks": rate(made.looks), "mix": _mix(made),
        "changes": [change(each) for each in made.changes],
        "drawn": [{"what": name, **drawn(each)} for name, each in made.drawn.items()],
        "asked": [{"wave": wave, "done": done, "of": of} for wave, (done, of) in made.took_part.items()],
    }  # fmt: skip


def rate(each: Rate) -> dict[str, Any]:
    """Two rates with what may be said of them."""
    return {
        "verdict": each.verdict.value, "before": each.before, "after": each.after, "per_before": round(each.exposure_before),
        "per_after": round(each.exposure_after), "events": each.events, "needed": each.needed, **_interval(each.ratio, 2),
    }  # fmt: skip


def change(each: Change) -> dict[str, Any]:
    """What the same people knew; of fewer than five nothing but that they are too few."""
    veiled = each.people < rules.LEAST_SHOWN
    interval = None if veiled or each.change is None else each.change
    points = None if interval is None else Interval(*(100 * one for one in vars(interval).values()))
    return {
        "wave": each.wave.value, "verdict": each.verdict.value, "people": each.people, "needed": each.needed, "veiled": veiled,
        "before": None if veiled else each.right_before, "after": None if veiled else each.right_after,
        "due": each.due_on.isoformat() if each.due_on else "", **_interval(points, 0),
    }  # fmt: skip


def drawn(each: Drawn) -> dict[str, Any]:
    """What the draw shows."""
    return {
        "verdict": each.verdict.value, "events": 0, "teams": each.teams, "needed": each.needed, "orders": each.orders,
        "kept": each.kept, "p": round(100 * each.p, 1), **_interval(each.ratio, 2),
    }  # fmt: skip


def _interval(found: Interval | None, digits: int) -> dict[str, Any]:
    values = (found.estimate, found.low, found.high) if found is not None else (None, None, None)
    kept = [round(each, digits) if each is not None and isfinite(each) else None for each in values]
    return dict(zip(("ratio", "low", "high"), kept, strict=True))


def _mix(made: Result) -> dict[str, Any]:
    found = made.mix
    points = None if found.change is None else Interval(*(100 * one for one in vars(found.change).values()))
    return {
        "severe_before": found.severe_before, "of_before": found.of_before, "severe_after": found.severe_after,
        "of_after": found.of_after, **_interval(points, 0),
    }  # fmt: skip
