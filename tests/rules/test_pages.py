"""Pages of the dashboard as rooms declare them: what they name is there."""

from __future__ import annotations

from bot.features import rooms
from bot.i18n.say import environment
from bot.web.live import _topics


def test_every_page_has_the_macros_that_it_names() -> None:
    """One that a template has lost would be found by whoever opens the page."""
    lost = []
    for room in rooms():
        for page in room.pages:
            if page.macro:
                module = environment("en", "html").get_template(room.template).module
                lost += [f"{room.template}: {name}" for name in (page.macro, page.title) if not hasattr(module, name)]
    assert not lost, "\n".join(lost)


def test_every_room_that_a_page_follows_has_tables() -> None:
    """A misspelt room would never wake its board."""
    known = frozenset().union(*_topics().values())
    wrong = {
        f"{page.path}: {name}" for room in rooms() for page in room.pages for name in page.live if name not in known
    }
    assert not wrong
