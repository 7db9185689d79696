"""`/analysis`: what answers say about questions, and what teams believe. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.analysis import actions, reading, showing
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library.showing import said

MOST = 40
REFUSED = Reply((Message(text("analysis.not_a_trainer")),))


def on_analysis(session: Session, event: Said, now: datetime) -> Reply:
    """`/analysis`: the banks whose answers somebody may see, and the map."""
    if not reading.units_of(session, event.person or 0, now):
        return REFUSED
    found = reading.banks(session, event.person or 0, now)
    keys = [button("library.bank_button", f"an.bank:{b.id}", title=said(b.title), count=b.count) for b in found[:MOST]]
    return answer("analysis.banks", buttons=rows(*keys, button("analysis.teams", "an.map"), each=1), count=len(found))


def on_bank(session: Session, event: Pressed, now: datetime) -> Reply:
    """One bank: it is counted beside what else happens, and comes as a message."""
    return _count(session, event, now, file=False)


def on_file(session: Session, event: Pressed, now: datetime) -> Reply:
    """The same as a workbook."""
    return _count(session, event, now, file=True)


def _count(session: Session, event: Pressed, now: datetime, *, file: bool) -> Reply:
    person, bank = event.person or 0, event.word(0)
    line = next((b for b in reading.banks(session, person, now) if b.id == bank), None)
    if line is None:
        return REFUSED
    actions.ask_for(session, actions.FIGURES, person, now, update=event.update_id, bank=bank, file=file)
    return answer("analysis.counting", title=said(line.title))


def on_map(session: Session, event: Pressed, now: datetime) -> Reply:
    """What teams believe, what was found there, what is overdue."""
    if not reading.units_of(session, event.person or 0, now):
        return REFUSED
    actions.ask_for(session, actions.MAP, event.person or 0, now, update=event.update_id)
    return answer("analysis.counting_teams")


def on_first(session: Session, event: Pressed, now: datetime) -> Reply:
    """The lesson about a topic comes first for a team."""
    topic = event.word(1)
    here, count = actions.put_first(session, event.person or 0, event.number(0), topic, now)
    return answer("analysis.is_first", count=count, team=here.label, topic=showing.topic_name(topic))


ROUTES = (
    Route(on_analysis, command="analysis", menu="analysis.menu", roles=("trainer", "admin")),
    Route(on_bank, verb="an.bank"),
    Route(on_file, verb="an.file"),
    Route(on_map, verb="an.map"),
    Route(on_first, verb="an.first"),
)
