"""Files that come in by a form: the same checks as for those that are fetched from Telegram, before anything is written.

A picture is made anew and a film stripped at once, so whatever a room does with the file, it tells no place, phone or minute.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, NamedTuple

from bot.media import films, pictures
from bot.media import store as media

MOST_BYTES = 12 * 1024 * 1024
MOST_FILES = 10
PICTURE = ".jpg"
FILMS = frozenset({".mp4", ".mov", ".3gp", ".m4v"})
VOICES = frozenset({".oga", ".ogg", ".opus", ".mp3", ".m4a", ".wav", ".webm"})
DOCUMENTS = frozenset(
    {".xlsx", ".csv", ".txt", ".md", ".yaml", ".yml", ".json", ".docx", ".pdf", ".gift", ".xml", ".zip"}
)


class Upload(NamedTuple):
    """A file that was taken: what a `FileRef` of an update says of it."""

    kind: str
    ref: str
    size: int
    name: str
    mime: str

    def said(self) -> dict[str, Any]:
        """As it stands in an update."""
        return {
            "kind": self.kind, "file_id": self.ref, "unique_id": self.ref.removeprefix(media.PREFIX)[:64],
            "size": self.size, "name": self.name, "mime": self.mime,
        }  # fmt: skip


def take(data: bytes, name: str) -> Upload:
    """Checks a file, strips it and keeps it. Raises BadPicture: `too_big`, `broken` (also where it is no kind that we take)."""
    if not data or len(data) > MOST_BYTES:
        raise pictures.BadPicture("too_big" if data else "broken")
    name = PurePath(name.replace("\\", "/")).name[:80]
    ending = PurePath(name).suffix.lower()
    if ending in FILMS:
        return _kept("video", films.clean(data), name, ending, "video/mp4")
    if ending in VOICES:
        return _kept("voice", data, name, ending, "audio/ogg")
    if ending in DOCUMENTS:
        return _kept("document", data, name, ending, "application/octet-stream")
    return _kept("photo", pictures.clean(data), name, PICTURE, "image/jpeg")


def as_kept(ref: str, keep: str) -> str | None:
    """What a room gets that asks for the file to be kept so. Raises BadPicture, NoSuchFile."""
    if keep == "place":
        return None  # it was taken out before the file was kept
    data, ending = media.open_ref(ref), PurePath(ref).suffix
    if keep == "picture" and ending != PICTURE:
        return media.put(pictures.clean(data), f"picture{PICTURE}")
    if keep == "film" and ending not in FILMS:
        return media.put(films.clean(data), f"film{ending}")
    return ref


def _kept(kind: str, data: bytes, name: str, ending: str, mime: str) -> Upload:
    return Upload(kind, media.put(data, f"file{ending}"), len(data), name, mime)
