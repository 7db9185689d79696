"""Files: kept by content, so that the same bytes always bear the same `file_unique_id`; photos in Telegram's sizes."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from bot.simulator.errors import Refusal, bad
from bot.simulator.fields import Upload

MB = 1024 * 1024
MOST_DOWNLOAD = 20 * MB
MOST_UPLOAD = 50 * MB
MOST_PHOTO = 10 * MB
LINK_SECONDS = 3600
LETTERS = {
    "photo": "P",
    "document": "D",
    "voice": "V",
    "video": "M",
    "audio": "A",
    "animation": "G",
    "sticker": "S",
    "video_note": "N",
}
FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "animation": "animations",
    "sticker": "stickers",
    "video_note": "video_notes",
}
ENDINGS = {
    "photo": "jpg",
    "voice": "oga",
    "video": "mp4",
    "audio": "mp3",
    "animation": "mp4",
    "sticker": "webp",
    "video_note": "mp4",
}
ENDING = re.compile(r"\.([A-Za-z0-9]{1,10})\Z")  # bots put the path into an address as it is
SIZES = (90, 320, 800, 1280)


@dataclass(slots=True)
class File:
    """One stored file. `meta` holds what a message shows besides (file_name, mime_type, width, height, duration)."""

    kind: str
    unique: str
    data: bytes
    meta: dict[str, Any]

    @property
    def file_id(self) -> str:
        """The id a bot sends it again with; differs from `file_unique_id`, as in Telegram."""
        return base64.urlsafe_b64encode(f"1{LETTERS[self.kind]}{self.unique}".encode()).decode().rstrip("=")

    def api(self) -> dict[str, Any]:
        """The common part of PhotoSize, Document, Voice, ..."""
        return {**self.meta, "file_id": self.file_id, "file_unique_id": self.unique, "file_size": len(self.data)}


class Files:
    """Everything ever uploaded, in memory."""

    def __init__(self) -> None:
        self._by_unique: dict[str, File] = {}
        self._sizes: dict[str, list[str]] = {}  # unique of any photo size -> uniques of all its sizes
        self._photos: dict[str, list[str]] = {}  # hash of the bytes -> uniques of the sizes
        self._links: dict[str, tuple[str, float]] = {}  # path -> (unique, until)
        self._path_numbers = 0

    def put(self, kind: str, upload: Upload, **meta: Any) -> File:
        """Store a file that is not a photo."""
        check_size(upload, MOST_UPLOAD)
        digest = hashlib.sha256(f"{kind}:".encode() + upload.data).digest()
        unique = "Ag" + base64.urlsafe_b64encode(digest[:12]).decode()
        file = File(kind, unique, upload.data, {k: v for k, v in meta.items() if v is not None})
        self._by_unique[unique] = file
        return file

    def put_photo(self, upload: Upload) -> list[dict[str, Any]]:
        """Store a photo as Telegram does: re-encoded JPEG without metadata, in two to four sizes. The PhotoSizes."""
        check_size(upload, MOST_PHOTO, "photo")
        key = hashlib.sha256(upload.data).hexdigest()
        if key not in self._photos:
            self._photos[key] = [f.unique for f in self._scaled(upload.data)]
            for unique in self._photos[key]:
                self._sizes[unique] = self._photos[key]
        return [self._by_unique[unique].api() for unique in self._photos[key]]

    def _scaled(self, data: bytes) -> list[File]:
        image = open_image(data)
        width, height = image.size
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        full = ImageOps.exif_transpose(image).convert("RGB")
        longest = max(full.size)
        wanted = [size for size in SIZES if size < longest] + [min(longest, SIZES[-1])]
        stored = []
        for size in sorted(set(wanted))[-4:]:
            part = full.copy()
            part.thumbnail((size, size))
            out = io.BytesIO()
            part.save(out, "JPEG", quality=87)
            stored.append(self._keep_photo(out.getvalue(), part.size))
        if len(stored) == 1:  # Telegram gives even a tiny photo a thumbnail
            part = full.copy()
            part.thumbnail((max(1, longest // 2), max(1, longest // 2)))
            out = io.BytesIO()
            part.save(out, "JPEG", quality=70)
            stored.insert(0, self._keep_photo(out.getvalue(), part.size))
        return stored

    def _keep_photo(self, data: bytes, size: tuple[int, int]) -> File:
        return self.put("photo", Upload("photo.jpg", data, "image/jpeg"), width=size[0], height=size[1])

    def sizes(self, file: File) -> list[dict[str, Any]]:
        """All sizes of the photo that a file is one size of."""
        return [self._by_unique[unique].api() for unique in self._sizes[file.unique]]

    def get(self, file_id: str) -> File:
        """The file of a file_id; 400 for an id that was never given out."""
        try:
            text = base64.urlsafe_b64decode(file_id + "=" * (-len(file_id) % 4)).decode("ascii")
        except ValueError:
            text = ""
        file = self._by_unique.get(text[2:]) if text[:1] == "1" else None
        if file is None or text[1:2] != LETTERS[file.kind]:
            raise bad("wrong file identifier/HTTP URL specified")
        return file

    def by_any_id(self, any_id: str) -> File | None:
        """A file by its file_id or file_unique_id, for the page."""
        if any_id in self._by_unique:
            return self._by_unique[any_id]
        try:
            return self.get(any_id)
        except Refusal:
            return None

    def link(self, file: File, now: float) -> str:
        """A download path, good for an hour; 400 above 20 MB."""
        if len(file.data) > MOST_DOWNLOAD:
            raise bad("file is too big")
        for path, (unique, until) in self._links.items():
            if unique == file.unique and until > now:
                return path
        name = str(file.meta.get("file_name", ""))
        given = ENDING.search(name)
        ending = given.group(1) if given else ENDINGS.get(file.kind, "bin")
        path = f"{FOLDERS[file.kind]}/file_{self._path_numbers}.{ending}"
        self._path_numbers += 1
        self._links[path] = (file.unique, now + LINK_SECONDS)
        return path

    def download(self, path: str, now: float) -> File | None:
        """The file behind a path that getFile gave out, None when it is unknown or too old."""
        unique, until = self._links.get(path, ("", 0.0))
        return self._by_unique[unique] if until > now else None


def open_image(data: bytes) -> Image.Image:
    """The picture, read whole; 400 as Telegram words it when it is none."""
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (
        Exception
    ):  # broken files make the decoders fail in every way; running out of memory is not an Exception here
        raise bad("IMAGE_PROCESS_FAILED") from None
    return image


def check_size(upload: Upload, most: int, what: str = "") -> None:
    """Refuse empty files and files above the limit."""
    size = len(upload.data)
    if size == 0:
        raise bad("file must be non-empty")
    if size > most:
        if what:
            raise bad(f"file of size {size} bytes is too big for a {what}; the maximum size is {most} bytes")
        raise Refusal(413, "Request Entity Too Large")
