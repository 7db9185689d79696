"""What came for a draft goes from the disk when the draft does, unless some row still shows it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.files import FILE, FILES
from bot.db.once import table_of
from bot.delivery.tables import OutboxRow
from bot.library.authoring import drafting, expiring, publishing, rules, sweeping, voices
from bot.library.authoring import store as own
from bot.library.authoring.model import LessonDraft
from bot.library.authoring.tables import LessonDraftRow, LessonFileRow
from bot.library.tables import UploadRow
from bot.media import store as media
from bot.media.held import columns, held
from tests.store.learning_house import who
from tests.store.test_library_upload_versions import NOW, library

LATER = NOW + timedelta(days=1, minutes=1)


def begun(session: Session, *files: bytes) -> LessonDraft:
    """A draft of Tess's with a card for each of these photos, which have come."""
    tess = who(session, "T-1", NOW)
    content = rules.begun("en", "Our press")
    draft = drafting.begin(session, tess, content, NOW)
    for data in files:
        number = drafting.take_file(session, draft, "photo", f"file-{data.hex()}", NOW)
        drafting.file_kept(session, {"file": number, "media": media.put(data, "picture.jpg"), "error": None}, NOW)
        content = rules.with_card(content, "Hands off.", number)
        draft = drafting.change(session, draft, content, NOW)
    return draft


def there(data: bytes) -> bool:
    """Whether a photo lies on the disk."""
    try:
        return media.open_ref(media.put(b"probe", "picture.jpg")) == b"probe" and bool(media.open_ref(_ref(data)))
    except media.NoSuchFile:
        return False


def _ref(data: bytes) -> str:
    import hashlib

    return f"{media.PREFIX}{hashlib.sha256(data).hexdigest()}.jpg"


def test_a_draft_that_was_given_up_leaves_nothing_on_the_disk_after_a_day(database_url: str, tmp_path: Path) -> None:
    """Not at once; then its photo goes, once, and what came for it says so."""
    with library(database_url, tmp_path) as session:
        media.use(tmp_path / "media")
        draft = begun(session, b"press")
        drafting.give_up(session, draft, NOW)
        assert sweeping.erase_unused(session, NOW + timedelta(hours=1)) is False
        assert there(b"press")
        sweeping.erase_unused(session, LATER)
        assert not there(b"press")
        assert session.scalars(select(LessonFileRow.error)).all() == [sweeping.ERASED]
        media.put(b"press", "picture.jpg")  # somebody else sends the same bytes
        sweeping.erase_unused(session, LATER + timedelta(days=1))
        assert there(b"press"), "a draft is swept once"


def test_a_file_that_somebody_else_shows_stays(database_url: str, tmp_path: Path) -> None:
    """In another draft that is open, in a published version, as a voice note, in another room's row."""
    with library(database_url, tmp_path) as session:
        media.use(tmp_path / "media")
        tess = who(session, "T-1", NOW)
        gone = begun(session, b"shared", b"live", b"voice", b"upload", b"mine")
        still = begun(session, b"shared")
        content = {**begun(session, b"live").content}
        live = drafting.begin(session, tess, {**content, "topic": "MGD"}, NOW)
        number = drafting.take_file(session, live, "photo", "again", NOW)
        drafting.file_kept(session, {"file": number, "media": _ref(b"live"), "error": None}, NOW)
        content = rules.with_card(rules.begun("en", "Our press"), "Hands off.", number)
        content = rules.said({**content, "topic": "MGD"}, "twin:0", "en", "A press.")
        publishing.publish(session, drafting.change(session, live, content, NOW), tess.id, NOW)
        lesson = own.own_lesson(session, live.lesson)
        assert lesson is not None
        voices.keep(session, live.lesson, "en", still.unit or 0, "words", _ref(b"voice"), tess.id, NOW)
        row = {"name": "a.csv", "media": _ref(b"upload"), "state": "rejected", "created_at": NOW}
        session.add(UploadRow(person_id=tess.id, **row))
        session.flush()
        drafting.give_up(session, gone, NOW)
        while sweeping.erase_unused(session, LATER):
            pass
        assert [there(each) for each in (b"shared", b"live", b"voice", b"upload", b"mine")] == [True] * 4 + [False]
        assert own.own_lesson(session, live.lesson) == lesson


def test_a_file_that_comes_after_its_draft_was_given_up_goes_too(database_url: str, tmp_path: Path) -> None:
    """The channel was slow: the draft is looked through once more."""
    with library(database_url, tmp_path) as session:
        media.use(tmp_path / "media")
        draft = begun(session)
        number = drafting.take_file(session, draft, "photo", "slow", NOW)
        drafting.give_up(session, draft, NOW)
        sweeping.erase_unused(session, LATER)
        drafting.file_kept(session, {"file": number, "media": media.put(b"late", "picture.jpg"), "error": None}, LATER)
        sweeping.once_more(session, draft.id)
        sweeping.erase_unused(session, LATER)
        assert not there(b"late")
        assert session.scalar(select(LessonDraftRow.swept_at)) is not None


def test_every_column_that_could_show_a_file_says_whether_it_does(database_url: str, tmp_path: Path) -> None:
    """A new table with a photo that nobody marked would lose it."""
    with library(database_url, tmp_path) as session:
        names = {"media", "photo", "picture", "file", "film", "voice", "document", "evidence", "route"}
        names |= {f"{name}s" for name in names}
        named = {c for t in Base.metadata.sorted_tables for c in t.c if c.name in names}
        marked = set(columns(Base.metadata))
        whether_and_where = {"person.pictures", "replica.files"}  # wants them; keeps them in which folder
        assert {str(c) for c in named - marked} == whether_and_where
        assert {c.info["file"] for c in marked} == {FILE["file"], FILES["file"]}
        assert table_of(LessonFileRow).c.media in marked
        assert held(session, Base.metadata, set()) == set()


def test_a_draft_left_lying_is_brought_up_once_and_put_aside_a_week_later(database_url: str, tmp_path: Path) -> None:
    """After three weeks one reminder; a week on it is put aside, a day later its photo is gone. Nothing happens earlier."""
    with library(database_url, tmp_path) as session:
        media.use(tmp_path / "media")
        draft = begun(session, b"lying")
        begun_at = draft.touched_at
        expiring.expire(session, begun_at + timedelta(days=22))
        assert _reminders(session) == 0
        expiring.expire(session, begun_at + timedelta(days=24))
        expiring.expire(session, begun_at + timedelta(days=30))
        assert _reminders(session) == 1
        assert _state(session, draft) == "open"
        expiring.expire(session, begun_at + timedelta(days=31))
        assert _state(session, draft) == "cancelled"
        assert sweeping.erase_unused(session, begun_at + timedelta(days=31, hours=23)) is False
        assert there(b"lying")
        sweeping.erase_unused(session, begun_at + timedelta(days=32))
        assert not there(b"lying")


def test_a_draft_that_somebody_opens_again_waits_as_long_once_more(database_url: str, tmp_path: Path) -> None:
    """Opened after the reminder it is not put aside; left lying again it is brought up again."""
    with library(database_url, tmp_path) as session:
        draft = begun(session)
        expiring.expire(session, NOW + timedelta(days=24))
        drafting.touch(session, draft, NOW + timedelta(days=25))
        expiring.expire(session, NOW + timedelta(days=40))
        assert _state(session, draft) == "open"
        assert _reminders(session) == 1
        expiring.expire(session, NOW + timedelta(days=49))
        assert _reminders(session) == 2


def test_nothing_is_put_aside_unannounced_and_what_has_its_moment_waits_for_it(
    database_url: str, tmp_path: Path
) -> None:
    """Davy was away for months: first the reminder, then a week. A lesson with a moment is neither."""
    with library(database_url, tmp_path) as session:
        lying, planned = begun(session), begun(session)
        moment = {"state": "planned", "publish_at": NOW + timedelta(days=300)}
        session.execute(update(LessonDraftRow).where(LessonDraftRow.id == planned.id).values(**moment))
        for days, state in ((200, "open"), (206, "open"), (208, "cancelled")):
            expiring.expire(session, NOW + timedelta(days=days))
            assert _state(session, lying) == state
        assert _state(session, planned) == "planned"
        assert _reminders(session) == 1


def _reminders(session: Session) -> int:
    waits = OutboxRow.key.startswith("lesson-draft-waits:")
    return session.scalar(select(func.count()).select_from(OutboxRow).where(waits)) or 0


def _state(session: Session, draft: LessonDraft) -> str | None:
    return session.scalar(select(LessonDraftRow.state).where(LessonDraftRow.id == draft.id))
