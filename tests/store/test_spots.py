"""Pictures on their way to questions: from which dangers they come, who decides, and what becomes of those that are not used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hazards import pictured
from bot.hazards.model import Hazard, Kind, State
from bot.hazards.rules import may_teach
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.kit.risk import Severity
from bot.library.apart import Reader
from bot.library.spotting import actions, store, ticks
from bot.library.spotting.model import Spot
from bot.library.spotting.tables import SpotRow
from bot.media import faces, pictures
from bot.media import store as media
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from tests.drawn_faces import hall
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]


@pytest.fixture
def yusuf(dock: Dock, tmp_path: Path) -> Dock:
    """Yusuf is the trainer of the site."""
    media.use(tmp_path / "media")

    def teach(session: Session) -> None:
        people_actions.grant(session, dock.yusuf, Role.TRAINER, int(dock.path.strip("/").split("/")[1]), NOON)

    dock.run(teach)
    return dock


def gone(dock: Dock, key: str = "k", **of: Any) -> Hazard:
    """A danger with a picture of how it was, proved gone."""
    hazard = dock.report(key, **of)

    def prove(session: Session) -> None:
        row = session.get_one(HazardRow, hazard.id)
        row.state, row.fixed_by, row.verified_by, row.verified_at = State.VERIFIED.value, dock.sam, dock.marta, NOON
        kept = media.put(hall(), "picture.jpg")
        session.add(HazardMediaRow(hazard_id=hazard.id, role="before", kind="photo", file_id="f", media=kept))

    dock.run(prove)
    return replace(hazard, state=State.VERIFIED)


def opened(dock: Dock) -> Spot:
    """A picture that waits for Yusuf, drawn."""
    dock.run(pictured.propose, gone(dock), NOON)
    ref = media.put(faces.blurred(hall(), []), "picture.jpg")
    number = dock.run(lambda session: session.scalars(select(SpotRow.id)).one())
    dock.run(actions.note_files, number, [ref])
    dock.run(actions.blurred, number, [ref, ref], 1, NOON)
    return draw(dock, number)


def draw(dock: Dock, number: int) -> Spot:
    """As the job does."""
    spot = dock.run(store.spot, number)
    found = dock.run(actions.drawn, number, spot.version, spot.pictures[spot.chosen], spot.pictures[spot.chosen])
    assert found is not None
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "hidden", "teaches"),
    [
        ({}, False, True),
        ({"kind": Kind.HURT}, False, False),
        ({"seal": b"x", "mark": "m"}, False, False),
        ({}, True, False),
        ({"state": State.FIXED}, False, False),
        ({"state": State.REJECTED}, False, False),
        ({"severity": Severity.CRITICAL}, False, True),
    ],
)
def test_which_dangers_may_teach(yusuf: Dock, change: dict[str, Any], hidden: bool, teaches: bool) -> None:
    """Never where somebody is hurt, without a name, or round somebody; only what was proved gone."""
    assert may_teach(replace(gone(yusuf), **change), hidden) is teaches


def test_a_danger_proposes_its_pictures_once(yusuf: Dock) -> None:
    """Proved gone by two jobs at once, or again: one picture, one word to the trainer."""
    hazard = gone(yusuf)
    assert [yusuf.run(pictured.propose, hazard, NOON) for _ in range(2)] == [True, False]


def test_without_a_trainer_nothing_is_proposed(dock: Dock, tmp_path: Path) -> None:
    """Nobody would look, and nobody may see it unseen."""
    media.use(tmp_path / "media")
    assert dock.run(pictured.propose, gone(dock), NOON) is False


def test_only_a_trainer_of_that_unit_decides(yusuf: Dock) -> None:
    """Not the supervisor, not the admin, not a trainer of the dock next door."""
    spot = opened(yusuf)
    assert yusuf.run(store.mine, spot.id, yusuf.yusuf, NOON).id == spot.id
    for other in (yusuf.sam, yusuf.ana, yusuf.grace):
        assert yusuf.run(store.mine, spot.id, other, NOON) is None
        assert yusuf.run(store.count, other, NOON) == 0


def test_whoever_is_sure_is_sure_of_what_they_saw(yusuf: Dock) -> None:
    """Covered meanwhile on another phone: the press is refused, and so is one while the picture is being made."""
    spot = opened(yusuf)
    who = yusuf.run(people.person, yusuf.yusuf, NOON)
    covered = yusuf.run(actions.cover, spot, 3, NOON)
    assert (covered.shown, covered.covers) == (None, (3,))
    for seen in (spot, covered):
        assert yusuf.refusal(actions.be_sure, seen, seen.version, who, NOON)[0] == "library.spotting.t_changed"
    again = draw(yusuf, spot.id)
    sure = yusuf.run(actions.be_sure, again, again.version, who, NOON)
    assert sure.sure_by == yusuf.yusuf
    assert yusuf.refusal(actions.cover, sure, 4, NOON)[0] == "library.spotting.t_changed"


def test_a_picture_is_unsure_until_somebody_said_so_of_this_very_one(yusuf: Dock) -> None:
    """Every file that was made is known; a picture from elsewhere is not looked at."""
    spot = opened(yusuf)
    assert spot.shown is not None
    assert yusuf.run(store.unsure, [spot.shown, "media:other"]) == [spot.shown]
    who = yusuf.run(people.person, yusuf.yusuf, NOON)
    yusuf.run(actions.be_sure, spot, spot.version, who, NOON)
    assert yusuf.run(store.unsure, [spot.shown]) == []


@pytest.mark.parametrize("bounds", [{"seconds": 0.05}, {"megabytes": 40}])
def test_a_picture_that_takes_too_long_or_too_much_is_dropped(
    yusuf: Dock, monkeypatch: pytest.MonkeyPatch, reader: list[Reader], bounds: dict[str, Any]
) -> None:
    """The bounds are real; what could not be blurred is shown to nobody."""
    reader.append(Reader(**{"seconds": 20, "megabytes": 700} | bounds))
    monkeypatch.setattr(ticks, "BLURRER", reader[0])
    yusuf.run(pictured.propose, gone(yusuf), NOON)
    number = yusuf.run(lambda session: session.scalars(select(SpotRow.id)).one())
    do = ticks.Blurred()
    made = do.prepare({"spot": number, "pictures": [media.put(hall(), "picture.jpg")]})
    assert made["made"] == []
    yusuf.run(do, made, NOON)
    assert yusuf.run(store.spot, number).state.value == "dropped"
    assert yusuf.told(yusuf.yusuf) == []


@pytest.fixture
def reader() -> Iterator[list[Reader]]:
    """Its process is ended afterwards."""
    some: list[Reader] = []
    yield some
    for each in some:
        each.close()


def test_two_dangers_with_one_picture_erase_it_with_the_last(yusuf: Dock) -> None:
    """The same file is kept once: the one that is still to be decided about keeps it."""
    spot = opened(yusuf)
    yusuf.run(pictured.propose, gone(yusuf, "other"), NOON)
    other = yusuf.run(lambda session: session.scalars(select(SpotRow.id).order_by(SpotRow.id.desc())).first())
    yusuf.run(actions.note_files, other, [spot.pictures[0]])
    yusuf.run(actions.drop, spot, yusuf.yusuf, NOON)
    yusuf.run(ticks.forget, later(minutes=1))
    assert media.open_ref(spot.pictures[0])
    yusuf.run(ticks.forget, NOON + timedelta(days=31))
    with pytest.raises(media.NoSuchFile):
        media.open_ref(spot.pictures[0])
    own = yusuf.run(lambda session: session.scalars(select(HazardMediaRow.media)).all())
    assert all(media.open_ref(ref) for ref in own), "the danger keeps its own"


def test_what_is_made_is_never_the_file_it_was_made_of() -> None:
    """Where there was no face to blur, and made again and again: erasing it would else erase the danger's own picture."""
    data = pictures.clean(hall())
    for _ in range(4):
        again = pictures.clean(data)
        assert faces.blurred(again, []) != again
        data = again
