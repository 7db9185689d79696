"""What other rooms have waiting for somebody, for `/today` and `/mystatus`. The composition root names who is asked;

rooms on one floor do not know one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button
from bot.kit.texts import Text
from bot.learning.courses import waiting as courses

Item = tuple[Text, Button | None]
"""A line (html text) and the button that leads there."""
Asked = Callable[[Session, int, datetime], Sequence[Item]]
"""`(session, person, now)` -> what waits."""

_today: list[Asked] = []
_status: list[Asked] = []


def use(today: Sequence[Asked] = (), status: Sequence[Asked] = ()) -> None:
    """Sets whom to ask. Called once, at the composition root."""
    _today[:], _status[:] = today, status


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """All that waits for somebody besides the day's lesson: courses, and what other rooms have."""
    return [item for ask in _today for item in ask(session, person, now)]


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """What other rooms say of how somebody is doing."""
    return [item for ask in _status for item in ask(session, person, now)]


TODAY = courses.today
