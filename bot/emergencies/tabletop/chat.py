"""`/tabletop` and its decisions. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies.chat import who_asks
from bot.emergencies.tabletop import actions, rules, store
from bot.emergencies.tabletop.content import scenarios
from bot.emergencies.tabletop.model import Run
from bot.kit.events import Event, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text


def _choose() -> Message:
    keys = [
        button("emergencies.b_plan", f"tt:go:{code}", title=dict(scenario.title))
        for code, scenario in scenarios().items()
    ]
    return Message(text("emergencies.tabletop.choose"), rows(*keys))


def on_tabletop(session: Session, event: Said, now: datetime) -> Reply:
    """`/tabletop`: which one."""
    who_asks(session, event, now)
    return Reply((_choose(),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`tt:go:scenario`, `tt:is:run:place:choice`, `tt:list`."""
    who, act = who_asks(session, event, now), event.word(0)
    if act == "list":
        return Reply((_choose(),))
    if act == "go":
        key = f"tabletop:{event.chat}:{event.message}:{event.word(1)}"
        return Reply((_question(actions.begin(session, who.id, event.word(1), key, now)),))
    if act != "is":
        return None
    found = actions.decide(session, who.id, event.number(1), event.number(2), event.number(3), now)
    made = store.decisions(session, found.id)[-1]
    scenario = scenarios()[found.scenario]
    chosen = scenario.steps[made.step].choices[made.choice]
    said = text(
        "emergencies.tabletop.decided", says=dict(scenario.steps[made.step].says), chosen=dict(chosen.says),
        good=chosen.good, why=dict(chosen.why), seconds=made.seconds,
    )  # fmt: skip
    following = _debrief(session, found) if found.ended_at is not None else _question(found)
    return Reply((following,), edit=Message(said))


def _question(found: Run) -> Message:
    scenario = scenarios()[found.scenario]
    step = scenario.steps[found.step]
    order = rules.order(found.id, found.place, len(step.choices))
    said = text(
        "emergencies.tabletop.question", title=dict(scenario.title), number=found.place + 1, says=dict(step.says),
        choices=[{"letter": rules.LETTERS[at], "says": dict(step.choices[which].says)} for at, which in enumerate(order)],
    )  # fmt: skip
    keys = [
        button("emergencies.tabletop.b_letter", f"tt:is:{found.id}:{found.place}:{which}", letter=rules.LETTERS[at])
        for at, which in enumerate(order)
    ]
    return Message(said, rows(*keys, each=4))


def _debrief(session: Session, found: Run) -> Message:
    scenario = scenarios()[found.scenario]
    made = store.decisions(session, found.id)
    said = text(
        "emergencies.tabletop.debrief", title=dict(scenario.title), ends=dict(scenario.steps[found.step].says),
        good=sum(each.good for each in made), of=len(made), seconds=sum(each.seconds for each in made),
        lines=[
            {
                "chosen": dict(scenario.steps[each.step].choices[each.choice].says), "good": each.good, "seconds": each.seconds,
                "better": None if each.good else next(dict(c.says) for c in scenario.steps[each.step].choices if c.good),
            }
            for each in made
        ],
    )  # fmt: skip
    return Message(said, rows(button("emergencies.tabletop.b_again", "tt:list")))


def privately(session: Session, event: Event, now: datetime) -> Reply | None:
    """In a group it is answered to nobody: a phone is passed round instead."""
    return on_tabletop(session, event, now) if isinstance(event, Said) and event.private else None


ROUTES = (
    Route(
        privately,
        command="tabletop",
        menu="emergencies.tabletop.menu",
        roles=("supervisor", "safety_officer", "trainer", "manager", "admin"),
    ),
    Route(on_press, verb="tt"),
)
