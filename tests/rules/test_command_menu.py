"""The order of the command menu, and what somebody is called in their language."""

from __future__ import annotations

import pytest

from bot import features
from bot.onboarding import actions


def test_what_everybody_needs_most_stands_first_in_the_command_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set once stands last, and what only some have behind what all have; the rest as the rooms are, none is lost."""
    monkeypatch.setattr(actions, "composed", actions.Composition())
    routes = [route for room in features.rooms() for route in room.routes]
    actions.configure(routes=routes)
    shown = [command for command, _, _ in actions.composed.commands]
    first, last = shown[:9], shown[-7:]
    assert first == ["today", "report", "hurt", "sos", "emergency", "mystatus", "pending", "ask", "help"]
    assert last == ["menu", "settings", "language", "away", "back", "whoami", "cancel"]
    between = [route for route in routes if route.menu and route.command and route.command not in (*first, *last)]
    assert shown[9:-7] == [str(route.command) for route in sorted(between, key=lambda route: bool(route.roles))]


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
