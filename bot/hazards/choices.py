"""What a card offers to choose from: ratings, categories, people, controls, deadlines."""

from __future__ import annotations

from collections.abc import Sequence

from bot.hazards.cards import back
from bot.hazards.model import Control, Hazard
from bot.kit.replies import Button, Rows, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import text

PER_PAGE = 8
DUE_HOURS = (2, 8, 24, 72, 168, 336)


def rate_buttons(hazard: Hazard) -> Rows:
    """The four ratings, the worst last, as they are explained above them."""
    levels = (button("hazards.b_severity", f"hz:rated:{hazard.id}:{int(s)}", level=int(s)) for s in Severity)
    return (*rows(*levels), (back(hazard),))


def topic_buttons(hazard: Hazard, codes: Sequence[str], page: int) -> Rows:
    """A page of topics."""
    chosen = codes[page * PER_PAGE : (page + 1) * PER_PAGE]
    found = [Button(text("hazards.topic_name", code=c), f"hz:topiced:{hazard.id}:{c}") for c in chosen]
    return (*rows(*found), _paging(f"hz:topic:{hazard.id}", page, len(codes), hazard))


def judge_buttons(hazard: Hazard) -> Rows:
    """General or major."""
    found = (
        button("hazards.b_judged", f"hz:judged:{hazard.id}:{which}", which=which) for which in ("general", "major")
    )
    return (*rows(*found), (back(hazard),))


def measure_buttons(hazard: Hazard, interim: bool) -> Rows:
    """The hierarchy of controls, what is worth most first; and a way between the lasting and the interim ones."""
    flag = "i" if interim else "l"
    found = (
        Button(text("hazards.control_name", control=c.value), f"hz:control:{hazard.id}:{c.value}:{flag}")
        for c in Control
    )
    other = button(
        "hazards.b_lasting" if interim else "hazards.b_interim", f"hz:measure:{hazard.id}:{'l' if interim else 'i'}"
    )
    return (*rows(*found, each=1), (other,), (back(hazard),))


def due_buttons(hazard: Hazard) -> Rows:
    """How many hours from now."""
    found = (button("hazards.b_due", f"hz:dued:{hazard.id}:{hours}", hours=hours) for hours in DUE_HOURS)
    return (*rows(*found), (back(hazard),))


def assign_buttons(
    hazard: Hazard, people: Sequence[tuple[int, str]], me: int, level: int, page: int, top: bool
) -> Rows:
    """A page of people (id, name) of a unit `level` steps above the hazard's own, with a way to a wider one."""
    others = [(id, name) for id, name in people if id != me]
    chosen = others[page * PER_PAGE : (page + 1) * PER_PAGE]
    found = [Button(text("delivery.just", text=name), f"hz:assigned:{hazard.id}:{id}") for id, name in chosen]
    mine = (button("hazards.b_me", f"hz:assigned:{hazard.id}:{me}"),)
    wider = () if top else ((button("hazards.b_wider", f"hz:assign:{hazard.id}:{level + 1}:0"),),)
    return (mine, *rows(*found), *wider, _paging(f"hz:assign:{hazard.id}:{level}", page, len(others), hazard))


def _paging(stem: str, page: int, count: int, hazard: Hazard) -> tuple[Button, ...]:
    if (page + 1) * PER_PAGE < count:
        return (back(hazard), button("hazards.b_more_pages", f"{stem}:{page + 1}"))
    return (back(hazard),)
