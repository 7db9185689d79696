"""Where a page stands: by its address, else by its room; nothing is lost."""

from __future__ import annotations

import pytest

from bot.features import rooms
from bot.web.navigation import GROUPS, MORE, TABS, arranged, group_of, tabs


@pytest.mark.parametrize(
    ("path", "room", "group"),
    [
        ("/desk", "web", "today"), ("/desk/hazards", "hazards", "dangers"), ("/desk/hazards/7", "hazards", "dangers"),
        ("/desk/units/3", "assessment", "learning"), ("/desk/files", "assessment.issuing", "results"),
        ("/desk/something-new", "learning.habit", "learning"), ("/desk/something-new", "moon", MORE), ("", "moon", "today"),
    ],
)  # fmt: skip
def test_a_page_falls_into_a_group_by_its_address_and_else_by_its_room(path: str, room: str, group: str) -> None:
    """A table of cases."""
    assert group_of(path, room) == group


def test_every_page_of_every_room_has_a_place_of_its_own() -> None:
    """None of ours stands under *more*."""
    for room in rooms():
        for page in room.pages:
            if page.path.startswith("/desk"):
                assert group_of(page.path, room.name) != MORE, page.path


def test_no_word_stands_in_two_groups() -> None:
    """Else the order of the table would decide."""
    for words in (
        [word for group in GROUPS for word in group.paths],
        [word for group in GROUPS for word in group.rooms],
    ):
        assert len(words) == len(set(words))


def test_the_nearest_page_is_marked_and_its_group_is_open() -> None:
    """On a danger's own page the board is; on one whose address is no page's, only the group."""
    links = [
        {"href": href, "label": href, "room": "x"} for href in ("/desk", "/desk/hazards", "/desk/risks", "/desk/files")
    ]
    groups = arranged(links, "/desk/hazards/{id:int}")
    assert [(group["code"], group["here"]) for group in groups] == [
        ("today", False),
        ("dangers", True),
        ("results", False),
    ]
    assert [(link["href"], link["here"], link["exact"]) for link in groups[1]["links"]] == [
        ("/desk/hazards", True, False), ("/desk/risks", False, False),
    ]  # fmt: skip
    assert not any(link["here"] for group in arranged(links, "/desk/units/{id:int}") for link in group["links"])
    assert len(tabs(groups)) <= TABS
