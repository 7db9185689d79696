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
    assert shown[:6] == ["today", "report", "hurt", "mystatus", "emergency", "ask"]
    declared = [route.command for route in routes if route.command and route.menu]
    assert shown[6:] == [command for command in declared if command not in shown[:6]]


@pytest.mark.parametrize(
    ("name", "lang", "called"),
    [
        ("Ana Morales", "en", "Ana"),
        (" Ana Morales ", "es", "Ana"),
        ("Lin Yao", "zh", "Lin Yao"),
        ("林瑶", "en", "林瑶"),
        ("Ana Morales", "ru", "Ana"),
        ("Орлова Анна Сергеевна", "ru", "Анна Сергеевна"),
        ("Анна Сергеевна Орлова", "ru", "Анна Сергеевна"),
        ("Гуревич Илья Фомич", "ru", "Илья Фомич"),
        ("Анна Сергеевна", "ru", "Анна Сергеевна"),
        ("Орлова Анна", "ru", "Орлова Анна"),
        ("Анна", "ru", "Анна"),
        ("", "ru", ""),
    ],
)
def test_somebody_is_greeted_as_is_polite_in_their_language(name: str, lang: str, called: str) -> None:
    """The first word is enough; Chinese whole, since half of it is rude; Russian with the patronymic or whole, never by surname."""
    assert actions.first_name(name, lang) == called
