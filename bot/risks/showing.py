"""What is shown of risks in the chat: to whoever leads, in figures and words; to workers, in plain words alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button, Message, button, here_ref, rows
from bot.kit.risk import Colour, score
from bot.kit.texts import Text, text
from bot.people.model import Place
from bot.risks import rules, store
from bot.risks.company import company, scale
from bot.risks.model import FACTORS, Control, Held, Rating, Risk, Standing
from bot.risks.store import Listed

PAGE = 8
TOP = 5
"""So many risks a worker is shown: the worst of the place, because nobody reads thirty."""
FILTERS = ("alarmed", *(colour.value for colour in Colour), "unrated")


def step_name(method: str, factor: str, value: float) -> Text | dict[str, str]:
    """A step in plain words: the company's, else ours."""
    own = scale(method).names.get(factor, {}).get(f"{value:g}")
    return dict(own) if own else text(f"risks.{method}_{factor}", value=f"{value:g}")


def rating(found: Rating | None) -> dict[str, Any] | None:
    """A rating as its factors in words, its score, and its colour."""
    if found is None:
        return None
    names = FACTORS[found.method]
    said = [
        {"factor": name, "value": f"{value:g}", "words": step_name(found.method, name, value)}
        for name, value in zip(names, found.factors, strict=True)
    ]
    colour = rules.colour_of(scale(found.method), found)
    return {"factors": said, "score": f"{float(score(found.factors)):g}", "colour": colour.value}


def bands(method: str) -> list[dict[str, str]]:
    """The company's bands, so that a colour never stands without its rule."""
    return [
        {
            "colour": band.colour.value, "edge": "" if band.edge is None else f"{float(band.edge):g}",
            "inclusive": "1" if band.inclusive else "",
            "floor": "1" if scale(method).never_blue_from is not None else "",
        }
        for band in scale(method).bands
    ]  # fmt: skip


def card(session: Session, found: Risk, now: datetime, by: int | None = None) -> Message:
    """A risk as whoever leads sees it, with what may be done."""
    kept = store.controls_of(session, found.id)
    said = text(
        "risks.card", number=found.id, place=store.where(session, found), task=dict(found.task), step=dict(found.step),
        count=found.number, hazard=dict(found.hazard), inherent=rating(found.inherent), residual=rating(found.residual),
        shown=found.shown.value if found.shown else "", alarmed=found.alarmed_at.isoformat() if found.alarmed_at else "",
        standing=found.standing.value, controls=[control(session, each, now) for each in kept],
        bands=bands((found.inherent or Rating(company().method, ())).method),
    )  # fmt: skip
    return Message(said, _acts(found, kept))


def control(session: Session, each: Control, now: datetime) -> dict[str, Any]:
    """A control as a line of its risk."""
    return {
        "rank": each.rank.value, "words": dict(each.words), "owner": store.name(session, each.owner, now),
        "held": each.held.value, "due": each.due_at.isoformat() if each.due_at else "",
        "late": each.late_at is not None, "missing": each.missing_at is not None,
    }  # fmt: skip


def _acts(found: Risk, kept: Sequence[Control]) -> tuple[tuple[Button, ...], ...]:
    if found.standing is Standing.RETIRED:
        return ()
    keys = [button("risks.b_rate_again" if found.inherent else "risks.b_rate", f"rk:rate:{found.id}")]
    if found.inherent is not None:
        keys.append(button("risks.b_add_control", f"rk:control:{found.id}"))
    keys += [
        button("risks.b_place", f"rk:place:{each.id}", words=short(each.words))
        for each in kept
        if each.held is Held.PLANNED
    ][:4]
    keys += [button("risks.b_check", f"rkc:open:{each.id}", words=short(each.words)) for each in kept if each.troubled][
        :4
    ]
    placed = any(each.held is Held.IN_PLACE for each in kept)
    if found.inherent is not None and placed:
        keys.append(button("risks.b_rerate", f"rk:rerate:{found.id}"))
    if found.standing is Standing.OPEN and placed:
        keys.append(button("risks.b_close", f"rk:close:{found.id}"))
    keys += [button("risks.b_retire", f"rk:retire:{found.id}"), button("risks.b_list", "rk:list::0")]
    return rows(*keys, each=1)


def short(words: Any, most: int = 34) -> dict[str, str]:
    """Words short enough for a button."""
    return {lang: rules.first_words(one, most) for lang, one in words.items()}


def listing(session: Session, paths: Sequence[str], colour: str, page: int) -> Message:
    """A page of the register: the worst first."""
    chosen = colour if colour in FILTERS else None
    found = store.risks(session, paths, PAGE + 1, colour=chosen, skip=page * PAGE)
    counted = store.counts(session, paths)
    lines = [line(session, each, kept) for each, kept in found[:PAGE]]
    said = text(
        "risks.list", lines=lines, counts=counted, colour=chosen or "", total=sum(counted[k] for k in (*Colour, "unrated")),
        page=page + 1,
    )  # fmt: skip
    opened = [button("risks.b_number", f"rk:open:{each.id}", number=each.id) for each, _ in found[:PAGE]]
    filters = [
        button("risks.b_filter", f"rk:list:{name}:0", colour=name, count=counted[name])
        for name in FILTERS
        if counted[name]
    ]
    more = [button("risks.b_more", f"rk:list:{chosen or ''}:{page + 1}")] if len(found) > PAGE else []
    below = [
        button("risks.b_new", "rk:new"), button("risks.b_map", "rk:map"), button("risks.b_export", "rk:export"),
        button("risks.b_file", "rk:file"),
    ]  # fmt: skip
    return Message(said, (*rows(*opened, each=4), *rows(*filters, each=2), *rows(*more), *rows(*below, each=2)))


def line(session: Session, each: Risk, kept: Sequence[Control]) -> dict[str, Any]:
    """A risk as a line of a list."""
    return {
        "id": each.id, "colour": each.shown.value if each.shown else "", "hazard": dict(each.hazard), "task": dict(each.task),
        "place": store.where(session, each), "alarmed": each.alarmed_at is not None,
        "controls": [dict(one.words) for one in kept if one.held is Held.IN_PLACE],
        "troubled": [dict(one.words) for one in kept if one.troubled],
    }  # fmt: skip


def for_workers(session: Session, found: Sequence[Listed], where: object) -> Text:
    """The worst risks of a place and what keeps them small, in plain words."""
    return text("risks.here", where=where, lines=[line(session, each, kept) for each, kept in found])


def at_place(session: Session, place: Place, person: int) -> Message:
    """What is shown to whoever scanned a place's QR. It can be forgotten with the scan."""
    said = for_workers(session, store.at_place(session, place.id, TOP), place.label)
    return Message(said, rows(button("risks.b_report", "hzd:new")), ref=here_ref(person))
