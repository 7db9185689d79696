"""Photos, documents, sound, films, albums: uploaded, sent again by file_id."""

from __future__ import annotations

import mimetypes
from typing import Any

from bot.simulator.errors import Refusal, bad
from bot.simulator.fields import Upload
from bot.simulator.files import check_size
from bot.simulator.methods.registry import Call, plays
from bot.simulator.methods.sending import caption_content, prepare, put, send
from bot.simulator.state import Json
from bot.simulator.world import World

EXTRA = {
    "voice": ("duration",),
    "audio": ("duration", "performer", "title"),
    "video": ("duration", "width", "height"),
    "animation": ("duration", "width", "height"),
    "document": (),
    "sticker": (),
    "video_note": ("duration", "length"),
}
NUMBERS = {"duration", "width", "height", "length"}
MIME = {"voice": "audio/ogg", "audio": "audio/mpeg", "video": "video/mp4", "animation": "video/mp4"}
ALBUM_MIX = {
    frozenset({"photo", "video"}),
    frozenset({"photo"}),
    frozenset({"video"}),
    frozenset({"document"}),
    frozenset({"audio"}),
}


def media_content(world: World, kind: str, source: Upload | str, options: Json) -> Json:
    """The media field of a message: `{"photo": [...]}`, `{"document": {...}}`. `source` is an upload or a file_id."""
    if isinstance(source, str):
        return _again(world, kind, source)
    if kind == "photo":
        return {"photo": world.files.put_photo(source)}
    meta = _meta(kind, source, options)
    file = world.files.put(kind, source, **meta)
    content: Json = {kind: file.api()}
    if kind == "animation":
        content["document"] = {k: v for k, v in file.api().items() if k not in NUMBERS}
    return content


def _again(world: World, kind: str, file_id: str) -> Json:
    """A file that Telegram has already. Web addresses are refused: the simulator fetches nothing."""
    if "://" in file_id:
        raise bad("failed to get HTTP URL content")
    if file_id.startswith("attach://"):
        raise bad(f"the attached file {file_id!r} is not in the request")
    file = world.files.get(file_id)
    if file.kind != kind and not (kind == "document" and file.kind != "photo"):
        raise bad(f"can't use file of type {file.kind.title()} as {kind.title()}")
    if kind == "photo":
        return {"photo": world.files.sizes(file)}
    content: Json = {kind: file.api()}
    if kind == "animation":
        content["document"] = {k: v for k, v in file.api().items() if k not in NUMBERS}
    return content


def _meta(kind: str, source: Upload, options: Json) -> Json:
    """What the message shows of the file besides its ids."""
    guessed = mimetypes.guess_type(source.name)[0]
    meta: Json = {}
    if kind not in {"sticker", "video_note"}:
        meta["mime_type"] = MIME.get(kind) if kind != "document" else guessed or source.content_type
    if kind in {"document", "audio", "video", "animation"}:
        meta["file_name"] = source.name
    for name in EXTRA[kind]:
        meta[name] = options.get(name, 0 if name in NUMBERS else None)
    if kind in {"video", "animation"}:
        meta["width"], meta["height"] = meta["width"] or 320, meta["height"] or 240
    if kind == "video_note":
        meta["length"] = meta["length"] or 240
    if kind == "sticker":
        meta.update(type="regular", width=512, height=512, is_animated=False, is_video=False)
        if options.get("emoji"):
            meta["emoji"] = options["emoji"]
    return meta


KINDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendAnimation": "animation",
    "sendSticker": "sticker",
    "sendVideoNote": "video_note",
}


@plays(*KINDS)
def send_media(call: Call) -> Json:
    kind = KINDS[call.method]
    call.chat()
    content = media_content(call.world, kind, call.args[kind], call.args)
    content.update(caption_content(call.get("caption")))
    content.update(_flags(call.args))
    return send(call, content)


def _flags(options: Json) -> Json:
    flags = {}
    if options.get("show_caption_above_media"):
        flags["show_caption_above_media"] = True
    if options.get("has_spoiler"):
        flags["has_media_spoiler"] = True
    return flags


def attached(call: Call, item: Json, field: str = "media") -> Upload | str:
    """The file of an InputMedia: the attached part, or a file_id."""
    source: str = item[field]
    if source.startswith("attach://"):
        upload = call.files.get(source[9:])
        if upload is None:
            raise bad(f'the attached file "{source[9:]}" is not in the request')
        check_size(upload, 50 * 1024 * 1024)
        return upload
    return source


def input_media(call: Call, item: Json) -> Json:
    """The content of a message from an InputMedia object."""
    kind = item["type"]
    if kind not in {*EXTRA, "photo"}:
        raise bad(f"the simulator does not play media of type {kind}")
    content = media_content(call.world, kind, attached(call, item), item)
    content.update(caption_content(item.get("caption")))
    content.update(_flags(item))
    return content


@plays("sendMediaGroup")
def send_media_group(call: Call) -> list[Json]:
    items: list[Any] = call.args["media"]
    kinds = frozenset(item["type"] for item in items)
    if kinds not in ALBUM_MIX:
        raise bad("Can't use the media of the specified type in the album")
    call.chat()
    contents = [input_media(call, item) for item in items]
    chat, replied, _, _ = prepare(call, cost=len(items))
    album = call.world.unique()
    return [put(call, chat, {**content, "media_group_id": album}, replied).snapshot() for content in contents]


@plays("getFile")
def get_file(call: Call) -> Json:
    try:
        file = call.world.files.get(call.args["file_id"])
    except Refusal:
        raise bad("invalid file_id") from None
    path = call.world.files.link(file, call.world.clock.now().timestamp())
    return {"file_id": file.file_id, "file_unique_id": file.unique, "file_size": len(file.data), "file_path": path}


@plays("getUserProfilePhotos")
def get_user_profile_photos(call: Call) -> Json:
    if call.args["user_id"] not in call.world.users and call.args["user_id"] not in call.world.bots:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}
