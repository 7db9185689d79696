"""A film tells where and with which phone it was taken: without a name only our stripped copy of it is shown."""

from __future__ import annotations

from bot.hazards import attached, cards, respond, store
from bot.hazards.model import Attached, Hazard
from bot.kit.replies import Media
from tests.store.hazard_crew import Dock, dock, later

__all__ = ["dock"]


def the_file(dock: Dock, hazard: Hazard) -> Attached:
    """The one file of a danger."""
    (file,) = dock.run(store.files, hazard.id)
    return file  # type: ignore[no-any-return]


def test_a_film_without_a_name_is_shown_as_our_stripped_copy_only(dock: Dock) -> None:
    """Nothing is shown before there is one, and the channel's id of the film is kept by nobody."""
    for kind in ("video", "document"):
        hazard = dock.report(kind, named=False, files=((kind, "the-film"),))
        file = the_file(dock, hazard)
        assert (file.kind, file.file_id, cards.media_of(file)) == ("video", "", [])
        kept = {"hazard": hazard.id, "file": file.id, "media": "media:stripped.mp4", "error": None}
        dock.run(attached.photo_kept, kept, later(seconds=5))
        assert cards.media_of(the_file(dock, hazard)) == [Media("video", "media:stripped.mp4")]


def test_a_film_that_answers_without_a_name_is_shown_as_our_stripped_copy_only(dock: Dock) -> None:
    """Asked about the report, its reporter sends a film: it tells as much as the first one would."""
    hazard = dock.report(named=False)
    dock.run(respond.answer_about, hazard, dock.ana, "here", (("video", "the-film"),), later(hours=1))
    file = the_file(dock, hazard)
    assert (file.file_id, cards.media_of(file)) == ("", [])


def test_a_film_with_a_name_is_shown_at_once(dock: Dock) -> None:
    """Whoever gives their name is on the phone of the supervisor within the second."""
    file = the_file(dock, dock.report(files=(("video", "the-film"),)))
    assert cards.media_of(file) == [Media("video", "file:the-film")]
