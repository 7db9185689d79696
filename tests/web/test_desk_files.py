"""Files of dangers on the dashboard: whole, in the parts that a player asks for, and small in a list."""

from __future__ import annotations

from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from bot.hazards.tables import HazardMediaRow
from bot.media import store as media
from bot.web.files import SMALL, part_of
from tests.web.desk import Desk

SOUND = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def kept(shown: Desk) -> dict[str, str]:
    """A recording, a page that would run and a picture that is none, each of a danger of Sam's."""
    refs = {
        "sound": media.put(SOUND, "voice.oga"),
        "page": media.put(b"<script>alert(1)</script>", "page.html"),
        "broken": media.put(b"not a picture", "picture.jpg"),
    }

    def add(session: Session) -> None:
        for ref in refs.values():
            values = {"hazard_id": shown.works.hazards["spill"], "role": "before", "kind": "voice", "file_id": "x"}
            session.add(HazardMediaRow(media=ref, **values))

    shown.house.writer.run(add)
    return {name: f"/media/{ref.removeprefix(media.PREFIX)}" for name, ref in refs.items()} | {
        "photo": f"/media/{shown.works.photo.removeprefix(media.PREFIX)}"
    }


@pytest.fixture
def sam(shown: Desk) -> httpx.Client:
    """A browser of the supervisor."""
    return shown.browser("Sam Okafor")


@pytest.mark.parametrize(
    ("wished", "part"),
    [
        ("bytes=0-1", (0, 1)),
        ("bytes=100-", (100, 10239)),
        ("bytes=-5", (10235, 10239)),
        ("bytes=-99999", (0, 10239)),
        ("bytes=10000-99999", (10000, 10239)),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    kept: dict[str, str], sam: httpx.Client, wished: str, part: tuple[int, int]
) -> None:
    """Phones ask for two bytes first and play nothing where they get all of them."""
    answer = sam.get(kept["sound"], headers={"range": wished})
    first, last = part
    assert (answer.status_code, answer.content) == (206, SOUND[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers["content-type"] == "audio/ogg"


@pytest.mark.parametrize("wished", ["bytes=5-1", "bytes=-", "bytes=0-1,4-5", "lines=0-1", "bytes=x-", "", "bytes=٣-"])
def test_a_part_that_means_nothing_gets_the_whole(kept: dict[str, str], sam: httpx.Client, wished: str) -> None:
    """As the standard says; and it says that parts can be had."""
    assert part_of(wished, 10) is None
    answer = sam.get(kept["sound"], headers={"range": wished.encode()})  # type: ignore[dict-item]
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("wished", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
def test_a_part_behind_the_end_is_refused_with_the_length(kept: dict[str, str], sam: httpx.Client, wished: str) -> None:
    """416, so that a player knows how long it is."""
    answer = sam.get(kept["sound"], headers={"range": wished})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(SOUND)}")


def test_a_part_of_another_version_is_not_mixed_in(kept: dict[str, str], sam: httpx.Client) -> None:
    """If-Range with another mark gets the whole; a part is for whoever may see the whole."""
    asked = {"range": "bytes=0-1"}
    assert sam.get(kept["sound"], headers=asked | {"if-range": '"other"'}).status_code == 200
    mark = sam.get(kept["sound"]).headers["etag"]
    assert sam.get(kept["sound"], headers=asked | {"if-range": mark}).status_code == 206


@pytest.mark.parametrize("name", ["Lin Yao", "Hugo Reyes", None])
def test_no_part_is_for_anybody_else(kept: dict[str, str], shown: Desk, name: str | None) -> None:
    """Another site, human resources, nobody."""
    answer = shown.browser(name).get(kept["sound"], headers={"range": "bytes=0-1", "accept": "*/*"})
    assert answer.status_code in {401, 403, 404}
    assert SOUND[:2] not in answer.content


def test_a_list_gets_a_small_picture_with_a_mark_of_its_own(kept: dict[str, str], sam: httpx.Client) -> None:
    """A few kilobytes in place of megabytes, in the same proportions."""
    large, small = sam.get(kept["photo"]), sam.get(kept["photo"], params={"small": 1})
    with Image.open(BytesIO(small.content)) as image:
        assert image.size == (SMALL, SMALL * 2 // 3)
    assert len(small.content) < len(large.content) / 2
    assert small.headers["etag"] != large.headers["etag"]
    again = sam.get(kept["photo"], params={"small": 1}, headers={"if-none-match": f'W/{small.headers["etag"]}, "x"'})
    assert again.status_code == 304


def test_a_picture_that_cannot_be_made_small_is_shown_as_it_is(kept: dict[str, str], sam: httpx.Client) -> None:
    """No failure of the page for one bad file."""
    answer = sam.get(kept["broken"], params={"small": 1})
    assert (answer.status_code, answer.content) == (200, b"not a picture")


def test_a_file_that_could_run_is_only_saved(kept: dict[str, str], sam: httpx.Client) -> None:
    """As a download without a type, in a sandbox."""
    headers = sam.get(kept["page"]).headers
    assert headers["content-disposition"] == "attachment"
    assert headers["content-type"] == "application/octet-stream"
    assert "sandbox" in headers["content-security-policy"]


def test_the_board_shows_a_small_photo_of_a_danger(shown: Desk, kept: dict[str, str], sam: httpx.Client) -> None:
    """The one danger that has a photo; it is decoration beside the words, so it says nothing to a screen reader."""
    page = sam.get("/desk").text
    assert page.count('<img class="shot"') == 1
    assert f'src="{kept["photo"]}?small=1" alt=""' in page
