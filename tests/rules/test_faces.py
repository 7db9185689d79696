"""Faces in pictures: found however the phone was held, and then too coarse to tell anybody."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageStat

from bot.media import faces
from bot.media.pictures import BadPicture
from tests.drawn_faces import SKINS, hall, scene


def over(boxes: list[faces.Box], size: int = 220) -> bool:
    """Whether some box holds the middle of the drawn head, which stands at (620, 200) of 1200 x 800."""
    x, y = (620 + size / 2) / 1200, (200 + size / 2) / 800
    return any(box.left < x < box.right and box.top < y < box.bottom for box in boxes)


@pytest.mark.parametrize("cascade", faces.CASCADES)
def test_each_detector_by_itself_finds_a_face(cascade: str) -> None:
    """Front and side: each has its own pattern, and one that never fires would only cost time."""
    assert any(over(faces.found(scene(size=size), [cascade], [0]), size) for size in (130, 160, 190, 240, 300))


@pytest.mark.parametrize(("turn", "skin"), [(0, 1), (90, 0), (180, 1), (270, 0), (-24, 1), (75, 1), (45, 0)])
def test_a_face_is_found_however_it_is_turned(turn: int, skin: int) -> None:
    """A phone held sideways or upside down, a bent head; light and dark skin."""
    assert over(faces.found(scene(turn, skin=SKINS[skin])))


@pytest.mark.parametrize("size", [60, 400])
def test_near_and_far_faces_are_found(size: int) -> None:
    """From one that fills half the picture to one at the back of the hall."""
    assert over(faces.found(scene(size=size), ["front", "front-too"], [0]), size)


def test_looked_at_upright_alone_a_turned_face_is_missed() -> None:
    """The sabotage: looked at upright alone, somebody who lies is missed."""
    assert not all(over(faces.found(scene(turn), turns=[0])) for turn in (45, 60, 135, 150))


def test_what_is_blurred_holds_no_face_any_more() -> None:
    """The detector finds nothing there, and the part has hardly any edges left."""
    data = scene()
    made = faces.blurred(data, faces.found(data))
    assert not over(faces.found(made))
    eyes = (690, 280, 770, 320)
    before, after = (
        ImageStat.Stat(Image.open(BytesIO(each)).convert("L").crop(eyes)).stddev[0] for each in (data, made)
    )
    assert after < before / 4


def test_the_rest_of_the_picture_stays() -> None:
    """What is dangerous must still be seen."""
    data = scene()
    made = faces.blurred(data, faces.found(data, turns=[0]))
    corner = (0, 480, 400, 720)
    one, other = (Image.open(BytesIO(each)).convert("L").crop(corner) for each in (data, made))
    assert abs(ImageStat.Stat(one).mean[0] - ImageStat.Stat(other).mean[0]) < 2


def test_nobody_is_found_where_nobody_is() -> None:
    """A hall with boxes."""
    assert faces.found(hall()) == []


def test_a_covered_cell_is_one_colour() -> None:
    """Cell 10 is the fourth of the second row, where the head is."""
    made = Image.open(BytesIO(faces.covered(scene(), [10])))
    part = made.convert("L").crop((610, 210, 790, 390))
    assert ImageStat.Stat(part).stddev[0] < 1


def test_a_cell_has_its_middle() -> None:
    """In hundredths, as marks of a question are."""
    assert (faces.middle(1), faces.middle(24)) == ((8.3, 12.5), (91.7, 87.5))


@pytest.mark.parametrize("data", [b"", b"no picture", scene()[:400]])
def test_a_broken_picture_is_a_bad_picture(data: bytes) -> None:
    """The parent gets an answer of its own for it."""
    with pytest.raises(BadPicture):
        faces.found(data)
