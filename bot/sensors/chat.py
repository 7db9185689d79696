"""`/sensors`: how they stand, and maintenance."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Viewer
from bot.sensors import actions, showing, store
from bot.sensors.model import Sensor
from bot.sensors.rules import MUTE_HOURS

DRAFT = "sensors.mute"
PER_PAGE = 10
LEAST_WORDS = 3


def on_sensors(session: Session, event: AnyEvent, now: datetime) -> Reply:
    """The sensors of one's units, the worst first."""
    viewer = people.viewer(session, event.person or 0, now)
    page = max(0, event.number(0)) if isinstance(event, Pressed) else 0
    return _list(session, viewer, page, now, pressed=isinstance(event, Pressed))


def _list(session: Session, viewer: Viewer | None, page: int, now: datetime, pressed: bool) -> Reply:
    found = store.seen_by(session, viewer) if viewer is not None else []
    if not found:
        return answer("sensors.no_sensors")
    chosen = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    words = text("sensors.list", items=[showing.line(each, now) for each in chosen], count=len(found))
    opens = [button("sensors.b_open", f"sn:open:{each.id}", name=each.names) for each in chosen]
    more = (button("sensors.b_more", f"sn.list:{page + 1}"),) if len(found) > (page + 1) * PER_PAGE else ()
    first = (button("sensors.b_first", "sn.list:0"),) if page else ()
    message = Message(words, (*rows(*opens), *rows(*first, *more)))
    return Reply(edit=message) if pressed else Reply((message,))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`sn:what:sensor[:hours]`."""
    viewer = people.viewer(session, event.person or 0, now)
    found = store.seen_by(session, viewer, event.number(1)) if viewer is not None else []
    if not found or viewer is None:
        return toast("sensors.t_not_yours", alert=True)
    sensor, what = found[0], event.word(0)
    if what == "mute":
        hours = (button("sensors.b_hours", f"sn:for:{sensor.id}:{each}", hours=each) for each in MUTE_HOURS)
        back = button("sensors.b_back", f"sn:open:{sensor.id}")
        return Reply(edit=Message(text("sensors.how_long", card=_words(sensor, now)), (*rows(*hours), (back,))))
    if what == "for":
        data = {"sensor": sensor.id, "hours": event.number(2)}
        drafts.begin(session, viewer.person, DRAFT, "why", data, now)
        return Reply((Message(text("sensors.why", name=sensor.names)),))
    if what == "unmute":
        sensor = actions.unmute(session, viewer, sensor.id, now)
    return Reply(edit=_card(sensor, now))


def on_why(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The reason of a maintenance, typed."""
    draft = drafts.current(session, event.person or 0, DRAFT)
    viewer = people.viewer(session, event.person or 0, now)
    if draft is None or viewer is None or not isinstance(event, Said):
        return None
    why = " ".join(event.text.split())
    if len(why) < LEAST_WORDS:
        return answer("sensors.why_again")
    drafts.close(session, draft)
    sensor = actions.mute(session, viewer, draft.data["sensor"], draft.data["hours"], why, now)
    return Reply((_card(sensor, now),))


def _card(sensor: Sensor, now: datetime) -> Message:
    act = button("sensors.b_unmute", f"sn:unmute:{sensor.id}")
    if not sensor.muted(now):
        act = button("sensors.b_mute", f"sn:mute:{sensor.id}")
    return Message(_words(sensor, now), rows(act, button("sensors.b_list", "sn.list:0")))


def _words(sensor: Sensor, now: datetime) -> Text:
    standing = sensor.standing
    return text(
        "sensors.card",
        name=sensor.names,
        code=sensor.code,
        measures=showing.measure(sensor),
        state=showing.state(sensor, now),
        value=showing.shown(standing.value, sensor.symbol),
        at=standing.at.isoformat() if standing.at else "",
        limits=showing.limits(sensor),
        until=sensor.muted_until.isoformat() if sensor.muted(now) and sensor.muted_until else "",
        why=sensor.muted_why or "",
    )


ROUTES = (
    Route(on_sensors, command="sensors", menu="sensors.menu", roles=("supervisor",)),
    Route(on_sensors, verb="sn.list"),
    Route(on_press, verb="sn"),
    Route(on_why, draft=DRAFT),
)
