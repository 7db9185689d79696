"""From an event to the one function that answers it. Knows routes, not rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.delivery.browser.model import is_browser
from bot.kit.events import AnyEvent, Pressed, Said, Sent, Voted
from bot.kit.replies import NOTHING, Reply, answer, toast
from bot.kit.room import Route
from bot.people import agreement

SELECTORS = ("command", "start", "verb", "draft", "file", "event", "poll")
SHARED = frozenset({"file", "event"})
"""What several rooms may listen to: they are asked in the order of the rooms, until one does not pass it on."""


SWITCHED_OFF = ("delivery.switched_off", "delivery.switched_off_here")
"""It was agreed for the site that a room is not used: what is said to a press, and to all else."""


class RouteTwice(ValueError):
    """Two rooms claim the same thing: a fault of the program."""


@dataclass
class Router:
    """All routes, by what selects them."""

    by: dict[str, dict[str, list[Route]]] = field(default_factory=dict)

    @classmethod
    def of(cls, routes: Iterable[Route]) -> Router:
        """A router over routes. Raises RouteTwice."""
        router = cls({name: {} for name in SELECTORS})
        for route in routes:
            for name in SELECTORS:
                value = getattr(route, name)
                if value is not None:
                    if value in router.by[name] and name not in SHARED:
                        raise RouteTwice(f"{name} {value!r}")
                    router.by[name].setdefault(value, []).append(route)
        return router

    def answer(self, session: Session, event: AnyEvent, now: datetime) -> Reply:
        """What is answered to an event: the first route that takes it; a route that returns None passes it on."""
        for route in self._candidates(session, event):
            if event.person is None and not route.stranger:
                continue
            if event.person is not None and agreement.room_is_off_for(session, route.room, event.person, now):
                if route.file is None and route.event is None:
                    return _refused(event, *SWITCHED_OFF)
                continue
            if route.guarded and _by_pin(event) and _is_guarded(route, event):
                return _refused(event, "delivery.not_by_pin")
            reply: Reply | None = route.do(session, [event], now)[0] if route.many else route.do(session, event, now)
            if reply is not None:
                return reply
        return self._nobody(event)

    def many(self, verb: str) -> bool:
        """Whether the buttons of this verb are answered many at once."""
        return any(route.many for route in self._get("verb", verb))

    def urgent(self, selector: str, value: str) -> bool:
        """Whether a command or a verb is answered by reading alone, before it is written."""
        return any(route.urgent for route in self._get(selector, value))

    def answer_all(self, session: Session, events: Sequence[Pressed], now: datetime) -> list[Reply]:
        """What is answered to presses of different people, in their order. All their routes are `many`."""
        replies: dict[int, Reply] = {}
        for verb in dict.fromkeys(event.verb for event in events):
            (route,) = self._get("verb", verb)
            mine = [e for e in events if e.verb == verb and (e.person is not None or route.stranger)]
            off = agreement.off_for(session, route.room, [e.person for e in mine if e.person is not None], now)
            replies |= {e.update_id: _refused(e, *SWITCHED_OFF) for e in mine if e.person in off}
            mine = [e for e in mine if e.person not in off]
            done = route.do(session, mine, now) if mine else ()
            replies |= {e.update_id: reply for e, reply in zip(mine, done, strict=True)}
        return [replies.get(event.update_id) or self._nobody(event) for event in events]

    def _candidates(self, session: Session, event: AnyEvent) -> Iterable[Route]:
        if isinstance(event, Pressed):
            yield from self._get("verb", event.verb)
        elif isinstance(event, Voted):
            key = outbox.quiz_of(session, event.poll)
            yield from self._get("poll", (key or "").split(":", 1)[0])
        elif isinstance(event, Said) and event.command is not None:
            if event.command == "start" and event.args:
                yield from self._get("start", event.args[0])
            yield from self._get("command", event.command)
        else:
            if event.private:
                yield from self._spoken_to(session, event)
            yield from self._get("event", type(event).__name__)

    def _spoken_to(self, session: Session, event: AnyEvent) -> Iterable[Route]:
        """A conversation, or a file, is with Davy alone: what a crew says and shows to each other in a group is neither."""
        if event.person is not None:
            draft = drafts.current(session, event.person)
            yield from self._get("draft", draft.kind if draft else "")
        if isinstance(event, Sent):
            yield from self._get("file", event.file.kind)

    def _get(self, selector: str, value: str) -> Sequence[Route]:
        return self.by[selector].get(value, ())

    def _nobody(self, event: AnyEvent) -> Reply:
        if isinstance(event, Pressed):
            return toast("delivery.stale", alert=True)
        if not event.private or not isinstance(event, Said | Sent):
            return NOTHING
        if event.person is None:
            return answer("delivery.not_invited")
        return answer("delivery.not_understood")


def _by_pin(event: AnyEvent) -> bool:
    """Whether it comes from a shared screen: of whoever sits there no more is known than that they know a PIN."""
    return is_browser(event.chat)


def _is_guarded(route: Route, event: AnyEvent) -> bool:
    if isinstance(route.guarded, bool):
        return route.guarded
    return isinstance(event, Pressed) and event.word(0) in route.guarded


def _refused(event: AnyEvent, pressed: str, said: str = "") -> Reply:
    return toast(pressed, alert=True) if isinstance(event, Pressed) else answer(said or pressed)
