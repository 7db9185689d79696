"""Files: sizes of photos, ids that stay the same, downloads that end, albums."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image

from tests.simulator.conftest import TOKEN, Api


def picture(width: int = 1600, height: int = 900, colour: str = "orange", form: str = "JPEG", **save: Any) -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form, **save)
    return out.getvalue()


def packed(data: bytes, name: str = "a.jpg") -> dict[str, str]:
    """A file as the control side takes it."""
    return {"name": name, "data": base64.b64encode(data).decode()}


def send_photo(api: Api, person: int, data: bytes, **params: Any) -> dict[str, Any]:
    """An uploaded photo; the whole answer."""
    return api.call("sendPhoto", chat_id=person, files={"photo": ("a.jpg", data)}, **params)


def test_a_photo_comes_in_sizes_with_its_real_shape(api: Api) -> None:
    """The largest side is at most 1280; caption and entities stay."""
    person = api.person()
    sent = send_photo(api, person, picture(), caption="*x*", parse_mode="MarkdownV2")["result"]
    assert [(p["width"], p["height"]) for p in sent["photo"]] == [(90, 51), (320, 180), (800, 450), (1280, 720)]
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]


def test_the_same_bytes_bear_the_same_unique_id(api: Api) -> None:
    """From the bot and from a person; file_id sends it again without a new upload."""
    person = api.person()
    sent = send_photo(api, person, picture())["result"]["photo"]
    api.post("messages", {"from": person, "photo": packed(picture())})
    theirs = api.updates()[-1]["message"]["photo"]
    again = api.ok("sendPhoto", chat_id=person, photo=theirs[-1]["file_id"])["photo"]
    assert sent[-1]["file_unique_id"] == theirs[-1]["file_unique_id"] == again[-1]["file_unique_id"]
    other = send_photo(api, person, picture(colour="red"))["result"]["photo"]
    assert other[-1]["file_unique_id"] != sent[-1]["file_unique_id"]


def test_photos_lose_their_metadata_and_documents_keep_everything(api: Api) -> None:
    """Telegram re-encodes photos; a document is the very bytes."""
    person = api.person()
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    data = picture(200, 100, exif=exif)
    photo = send_photo(api, person, data)["result"]["photo"][-1]
    assert b"where it was taken" not in download(api, photo["file_id"])
    document = api.call("sendDocument", chat_id=person, files={"document": ("a.jpg", data)})["result"]["document"]
    assert download(api, document["file_id"]) == data
    assert (document["file_name"], document["mime_type"]) == ("a.jpg", "image/jpeg")


def download(api: Api, file_id: str) -> bytes:
    """A file through getFile."""
    path = api.ok("getFile", file_id=file_id)["file_path"]
    response = api.http.get(f"/file/bot{TOKEN}/{path}")
    assert response.status_code == 200
    return response.content


def test_a_download_link_is_good_for_an_hour(api: Api) -> None:
    """Then getFile must be asked again."""
    person = api.person()
    file_id = send_photo(api, person, picture())["result"]["photo"][0]["file_id"]
    path = api.ok("getFile", file_id=file_id)["file_path"]
    api.post("clock", advance=3601)
    assert api.http.get(f"/file/bot{TOKEN}/{path}").status_code == 404
    assert len(download(api, file_id)) > 100
    assert api.http.get(f"/file/bot99:wrong/{path}").status_code == 401


def test_a_bot_downloads_at_most_20_mb(api: Api) -> None:
    """Larger files arrive, but cannot be fetched."""
    person = api.person()
    big = b"x" * (20 * 1024 * 1024 + 1)
    api.http.post("/sim/messages", data={"from": str(person)}, files={"document": ("big.bin", big)})
    file_id = api.updates()[-1]["message"]["document"]["file_id"]
    assert api.refused("getFile", file_id=file_id) == "Bad Request: file is too big"
    assert api.refused("getFile", file_id="nonsense") == "Bad Request: invalid file_id"


def test_what_is_no_photo_is_refused(api: Api) -> None:
    """Not a picture, too thin, too large, empty, unknown, from the network."""
    person = api.person()
    assert send_photo(api, person, b"not a picture")["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert send_photo(api, person, picture(2100, 100))["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    assert send_photo(api, person, b"")["description"] == "Bad Request: file must be non-empty"
    assert "too big for a photo" in send_photo(api, person, picture() + b"\0" * 10_500_000)["description"]
    assert api.refused("sendPhoto", chat_id=person) == "Bad Request: there is no photo in the request"
    assert api.refused("sendPhoto", chat_id=person, photo="AgADnope").endswith(
        "wrong file identifier/HTTP URL specified"
    )
    assert api.refused("sendPhoto", chat_id=person, photo="https://example.com/a.jpg").endswith(
        "failed to get HTTP URL content"
    )
    assert (
        send_photo(api, person, picture(), caption="x" * 1025)["description"]
        == "Bad Request: message caption is too long"
    )


def test_an_album_is_separate_messages_with_one_group_id(api: Api) -> None:
    """attach:// names the parts; documents and photos do not mix."""
    person = api.person()
    media = [{"type": "photo", "media": "attach://a", "caption": "one"}, {"type": "photo", "media": "attach://b"}]
    files = {"a": ("a.jpg", picture()), "b": ("b.png", picture(form="PNG"))}
    sent = api.call("sendMediaGroup", chat_id=person, media=json.dumps(media), files=files)["result"]
    assert len({m["media_group_id"] for m in sent}) == 1
    assert [m["message_id"] for m in sent] == [2, 3]
    mixed = [{"type": "photo", "media": "attach://a"}, {"type": "document", "media": "attach://b"}]
    answer = api.call("sendMediaGroup", chat_id=person, media=json.dumps(mixed), files=files)
    assert answer["description"] == "Bad Request: Can't use the media of the specified type in the album".replace(
        "Can't", "can't"
    )
    alone = api.call("sendMediaGroup", chat_id=person, media=json.dumps(media[:1]), files=files)
    assert alone["ok"] is False


def test_a_person_sends_every_kind_of_file(api: Api) -> None:
    """And albums, which arrive one message at a time."""
    person = api.person()
    for kind in ("document", "voice", "video", "audio"):
        api.post(
            "messages", {"from": person, kind: {**packed(b"bytes", f"a.{kind}"), "duration": 3}, "caption": "look"}
        )
        message = api.updates()[-1]["message"]
        assert message[kind]["file_size"] == 5
        assert message["caption"] == "look"
    group = [{"type": "photo", **packed(picture())}, {"type": "photo", **packed(picture(colour="blue"))}]
    answer = api.post("messages", {"from": person, "media_group": group})
    assert len(answer["update_ids"]) == len(set(answer["message_ids"])) == 2


def test_media_can_be_edited_in_place(api: Api) -> None:
    """editMessageMedia and editMessageCaption; an unknown part is refused."""
    person = api.person()
    sent = send_photo(api, person, picture())["result"]["message_id"]
    where = {"chat_id": person, "message_id": sent}
    media = json.dumps({"type": "photo", "media": "attach://new", "caption": "new"})
    new = api.call("editMessageMedia", **where, media=media, files={"new": ("n.jpg", picture(400, 300))})["result"]
    assert (new["photo"][-1]["width"], new["caption"]) == (400, "new")
    assert "caption" not in api.ok("editMessageCaption", **where)
    assert not api.call("editMessageMedia", **where, media=media)["ok"]


def test_the_page_fetches_files_by_either_id(api: Api) -> None:
    """With their content type."""
    person = api.person()
    photo = send_photo(api, person, picture())["result"]["photo"][0]
    for some_id in (photo["file_id"], photo["file_unique_id"]):
        response = api.http.get(f"/sim/files/{some_id}")
        assert response.headers["content-type"] == "image/jpeg"
    assert api.http.get("/sim/files/none").status_code == 404
