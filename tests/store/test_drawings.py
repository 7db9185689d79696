"""Pictures drawn for a reader over a database: asked for once, sent when they are there, and nothing waits for long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.db.jobs import JobRow
from bot.db.writer import Writer
from bot.delivery import drawings
from bot.delivery.drawings import AGAIN, KEPT, Drawing, Drawings
from bot.delivery.tables import DrawingRow, FileIdRow
from bot.kit.replies import Media, Message
from bot.media import store as media
from tests.store.conftest import NOON

CARD = Drawing("library.card", "first-days/3/ab12", "zh")
PLAIN = "content:pictures/first-days.png"
REF = drawings.ref_of(CARD.job, CARD.name, PLAIN)
MESSAGE = Message(media=(Media("photo", REF),))


def count(session: Session, row: type) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(row)) or 0


def shown(known: Drawings, engine: Engine, lang: str = "zh", patient: bool = True) -> str | None:
    """The file that a reader would get now; None where the message waits."""
    with engine.connect() as connection:
        found = known.resolved(MESSAGE, lang, connection, patient)
    return found.media[0].ref if found is not None and found.media else None


def test_a_ref_says_what_to_draw_and_what_to_show_instead() -> None:
    """And comes apart as it was put together."""
    assert drawings.parts_of(REF, "zh") == (CARD, PLAIN)
    assert drawings.parts_of(drawings.ref_of(CARD.job, CARD.name), "zh") == (CARD, None)


def test_a_drawing_is_asked_for_once_by_however_many(writer: Writer) -> None:
    """Two senders, a thousand readers: one job; another language is another drawing."""
    assert writer.run(drawings.ask, {CARD}, NOON) == 1
    assert writer.run(drawings.ask, {CARD, CARD._replace(lang="en")}, NOON) == 1
    assert writer.run(lambda s: (count(s, JobRow), count(s, DrawingRow))) == (2, 2)


def test_what_does_not_come_is_tried_again_the_next_day(writer: Writer) -> None:
    """Not at every message, and never again once it is there."""
    writer.run(drawings.ask, {CARD}, NOON)
    writer.run(drawings.failed, CARD, "no font")
    assert writer.run(drawings.ask, {CARD}, NOON + AGAIN / 2) == 0
    assert writer.run(drawings.ask, {CARD}, NOON + AGAIN) == 1
    writer.run(drawings.drawn, CARD, "media:" + "1" * 64 + ".png", NOON + AGAIN)
    assert writer.run(drawings.ask, {CARD}, NOON + 3 * AGAIN) == 0


def test_the_first_reader_waits_a_moment_and_then_gets_what_is_there(
    writer: Writer, engine: Engine, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    """The card once it is drawn; the plain picture where patience is over; an alert never waits."""
    known = Drawings()
    assert shown(known, engine) is None
    assert known.take_wanted() == {CARD}
    assert shown(known, engine) is None
    assert known.take_wanted() == set(), "asked for already"
    assert shown(known, engine, patient=False) == PLAIN
    monkeypatch.setattr(drawings, "PATIENCE_S", 0.0)
    assert shown(known, engine) == PLAIN
    writer.run(drawings.ask, {CARD}, NOON)
    file = "media:" + "1" * 64 + ".png"
    writer.run(drawings.drawn, CARD, file, NOON)
    assert shown(known, engine) == file
    assert shown(known, engine, lang="en") == PLAIN


def test_what_failed_is_not_waited_for(writer: Writer, engine: Engine) -> None:
    """The plain picture goes out at once; without one the words alone."""
    writer.run(drawings.ask, {CARD}, NOON)
    writer.run(drawings.failed, CARD, "TypstError: no such font")
    assert shown(Drawings(), engine) == PLAIN
    with engine.connect() as connection:
        bare = Message(media=(Media("photo", drawings.ref_of(CARD.job, CARD.name)),))
        found = Drawings().resolved(bare, "zh", connection, patient=True)
    assert found == Message()


def test_the_operator_hears_of_what_failed_or_hangs(writer: Writer) -> None:
    """Not of what is just being drawn."""
    writer.run(drawings.ask, {CARD, CARD._replace(lang="en")}, NOON)
    writer.run(drawings.failed, CARD, "TypstError: " + "x" * 500)
    troubles = writer.run(drawings.troubles, NOON)
    assert [(each.lang, words[:10]) for each, words in troubles] == [("zh", "TypstError")]
    later = writer.run(drawings.troubles, NOON + timedelta(hours=1))
    assert {each.lang for each, _ in later} == {"zh", "en"}


def test_an_old_drawing_goes_when_there_is_a_newer_one(writer: Writer, tmp_path: Path) -> None:
    """Of the same lesson and language, after a month; with its file and its id at Telegram, and not one that others show."""
    media.use(tmp_path)
    old, twin = media.put(b"old", "card.png"), CARD._replace(name="first-days/4/cd34")
    other, new = CARD._replace(name="first-days-two/1/ab12"), media.put(b"new", "card.png")
    writer.run(drawings.ask, {CARD, twin, other}, NOON)
    for which in (CARD, twin, other):
        writer.run(drawings.drawn, which, old, NOON)
    writer.run(lambda s: s.add(FileIdRow(ref=old, file_id="x")))
    newest = CARD._replace(name="first-days/5/ef56")
    writer.run(drawings.ask, {newest}, NOON + KEPT)
    writer.run(drawings.drawn, newest, new, NOON + KEPT)
    names = writer.run(lambda s: list(s.scalars(select(DrawingRow.name).order_by(DrawingRow.name))))
    assert names == [other.name, newest.name]
    assert media.open_ref(old) == b"old", "another lesson shows the same picture"
    writer.run(drawings.ask, {other._replace(name="first-days-two/2/ab12")}, NOON + KEPT)
    writer.run(drawings.drawn, other._replace(name="first-days-two/2/ab12"), new, NOON + KEPT)
    assert not media.erase(old)
    assert writer.run(lambda s: count(s, FileIdRow)) == 0
