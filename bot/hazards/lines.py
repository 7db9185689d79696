"""What a card says of triage and correction, a line each."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.delivery import gates
from bot.hazards import store
from bot.hazards.model import Hazard, Measure, State
from bot.hazards.rules import first_words
from bot.kit.texts import Text, text
from bot.people import company as companies

MOST_LINE = 90
MOST_MEASURES = 3


def judged(session: Session, hazard: Hazard) -> list[Text]:
    """Whether work is stopped, major or not, and which kind of danger."""
    found = [text("hazards.line_stopped")] if store.is_stopped(session, hazard.id) else []
    found += [text("hazards.line_major")] if hazard.major else []
    if hazard.category:
        found.append(text("hazards.line_topic", topic=text("hazards.topic_name", code=hazard.category)))
    elif hazard.topic:
        found.append(text("hazards.line_topic", topic=text("hazards.topic_name", code=hazard.topic)))
    return found


def corrected(session: Session, hazard: Hazard) -> list[Text]:
    """What is done about it: the plan, the newest measures, the money, by when while nobody has been given it."""
    found: list[Text] = []
    if hazard.joined_to is not None:
        found.append(text("hazards.line_joined", number=hazard.joined_to))
    if also := len(store.joined(session, hazard.id)):
        found.append(text("hazards.line_stands_for", count=also))
    if hazard.plan:
        found.append(text("hazards.line_plan", words=first_words(hazard.plan, MOST_LINE)))
    mine = [each for each in store.measures(session, hazard.id) if each.round == hazard.round]
    found += [measure_line(each) for each in mine[-MOST_MEASURES:]]
    if hazard.budget is not None:
        money = companies.alerts(session, hazard.path).get("currency", "")
        found.append(text("hazards.line_budget", amount=hazard.budget, money=money))
    if hazard.state is State.ACKNOWLEDGED and hazard.due_at is not None:
        found.append(text("hazards.line_due", due=hazard.due_at.isoformat()))
    if hazard.major and hazard.state is State.FIXED:
        found.append(
            text("hazards.line_confirmed", count=len(gates.voters(session, f"{hazard.ref}:major:{hazard.round}")))
        )
    return found


def measure_line(measure: Measure) -> Text:
    """One measure, with its place in the hierarchy of controls."""
    words = first_words(measure.words, MOST_LINE)
    control = text("hazards.control_name", control=measure.control.value)
    return text("hazards.line_measure", control=control, interim=measure.interim, words=words)
