"""The order of the command menu, and what somebody is called in their language."""

from __future__ import annotations

import pytest

from bot import features
from bot.onboarding import actions


def test_what_everybody_needs_most_stands_first_in_the_command_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all rooms; the others keep their order, and none is lost."""
    monkeypatch.setattr(actions, "composed", actions.Composition())
    routes = [route for room in features.rooms() for route in room.routes]
    actions.configure(routes=routes)
    shown = [command for command, _, _ in actions.composed.commands]
    assert shown[:5] == ["today", "report", "mystatus", "emergency", "ask"]
    declared = [route.command for route in routes if route.command and route.menu]
    assert shown[5:] == [command for command in declared if command not in shown[:5]]


@pytest.mark.parametrize(
    ("name", "lang", "called"),
    [
        ("Ana Morales", "en", "Ana"),
        (" Ana Morales ", "es", "Ana"),
        ("Lin Yao", "zh", "Lin Yao"),
        ("林瑶", "en", "林瑶"),
    ],
)
def test_a_chinese_reader_is_greeted_by_their_whole_name(name: str, lang: str, called: str) -> None:
    """Family name first: half of it would be rude. Elsewhere the first word is enough."""
    assert actions.first_name(name, lang) == called
