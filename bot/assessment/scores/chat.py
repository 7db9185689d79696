"""`/score`: one's own score with each line of it, and who has looked. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment.scores import rules, showing, store
from bot.assessment.scores.policy import policy
from bot.kit.clock import local_date
from bot.kit.events import Pressed, Said
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import agreement, speaking
from bot.people.agreement import SCORE
from bot.people.model import Person

PERIODS = ("q0", "q1", "m1", "y0")


def on_score(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/score`: this quarter so far."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((mine(session, who, "q0", now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`sc:period`, `sc:rules`."""
    who, code = speaking.person(session, event, now), event.word(0)
    if who is None:
        return None
    if code == "rules":
        found = policy()
        said = text(
            "assessment.scores.policy", version=found.version, says=dict(found.says), least=found.least,
            grace=found.grace_days, rules=showing.rules_of(found, who.post),
        )  # fmt: skip
        return Reply((Message(said),))
    return Reply(edit=mine(session, who, code, now)) if code in PERIODS else None


def mine(session: Session, who: Person, code: str, now: datetime) -> Message:
    """One's own score, or that there is none."""
    period = rules.period_of(code, local_date(now, who.zone))
    if period is None or not agreement.holds(session, SCORE, who.path):
        return Message(text("assessment.scores.not_agreed"), rows(button("assessment.scores.b_agreement", "wa:all")))
    found = next(iter(store.scored(session, period, [who.id], policy())), None)
    if found is None or found.score is None:
        return Message(text("assessment.scores.not_agreed"), rows(button("assessment.scores.b_agreement", "wa:all")))
    others = store.peers(session, period, found.subject, found.score, policy())
    values = showing.whole(session, found.subject, found.score, others, period, policy(), now)
    keys = [button("assessment.scores.b_period", f"sc:{each}", period=each) for each in PERIODS if each != code]
    more = [button("assessment.scores.b_rules", "sc:rules"), button("assessment.scores.b_report", f"sx:mine:{code}")]
    return Message(text("assessment.scores.mine", **values), (*rows(*keys, each=3), *rows(*more)))


ROUTES = (
    Route(on_score, command="score", menu="assessment.scores.menu"),
    Route(on_press, verb="sc"),
)
