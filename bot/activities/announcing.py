"""A campaign as everybody sees it on its first day."""

from __future__ import annotations

from bot.activities.model import Campaign, Start
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text


def announcement(found: Campaign, start: Start) -> Message:
    """What people see on the first day, each in their language."""
    said = text(
        "activities.announcement", kind=found.kind.value, title=found.title, words=found.words,
        until=start.ends_on.isoformat(), contest=found.contest,
    )  # fmt: skip
    keys = rows(button("activities.b_enter", f"ac:enter:{found.id}")) if found.contest else ()
    return Message(said, keys, pictures(found))


def pictures(found: Campaign) -> tuple[Media, ...]:
    """The poster, where there is one."""
    return (Media("photo", found.picture),) if found.picture else ()
