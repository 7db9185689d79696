"""A report in the making: what joins it, what ends it, and that nothing is sent twice or by mistake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.hazards import drafting, store
from bot.hazards.reporting import on_draft, on_draft_press, on_file
from bot.kit.events import FileRef, Pressed, Sent
from tests.store.hazard_crew import AT, Dock, common, dock, presses, sends_photo, write

__all__ = ["dock"]


@pytest.mark.parametrize("choice", ["sealed_yes", "send"])
def test_a_draft_is_sent_once_however_often_it_is_tapped(dock: Dock, choice: str) -> None:
    """The second tap finds no draft."""
    sends_photo(dock)

    def draft(session: Session) -> drafts.Draft:
        found = drafts.current(session, dock.ana, drafting.KIND)
        assert found is not None
        return found

    number = dock.run(draft).id
    for _ in range(2):
        event = Pressed(data=f"hzd:{choice}:{number}", callback="c", **common(dock))  # type: ignore[arg-type]
        write(dock, (event, on_draft_press))
    assert len(dock.facts("HazardReported")) == 1


def test_practice_goes_to_nobody_and_is_offered_once(dock: Dock) -> None:
    """Marked as such, and the next photo is no longer offered it."""
    sends_photo(dock)
    presses(dock, "practice")
    presses(dock, "send")
    assert len(dock.facts("ReportPractised")) == 1
    assert dock.facts("HazardReported") == []
    assert dock.told(dock.sam) == []
    assert dock.run(store.has_reported, dock.ana)


def test_a_full_draft_keeps_ten_and_says_so_once(dock: Dock) -> None:
    """An album of ten and two more."""
    for _ in range(12):
        sends_photo(dock)
    presses(dock, "send")
    assert len(dock.run(store.files, 1)) == 10
    assert len(dock.rows(dock.ana, "too_many")) == 1


def test_what_lay_for_hours_is_not_sent_by_mistake(dock: Dock) -> None:
    """A photo of the next day joins, says so, and can be sent alone."""
    sends_photo(dock, "old")
    event = Sent(file=FileRef("photo", "new-file", "u2"), caption="new", **common(dock))  # type: ignore[arg-type]

    def next_day(session: Session) -> None:
        reply = on_draft(session, event, AT + timedelta(days=1))
        assert reply is not None
        assert reply.messages[0].text is not None
        assert reply.messages[0].text.params["old_at"]

    dock.run(next_day)
    presses(dock, "only_new")
    presses(dock, "send")
    assert dock.run(store.hazard, 1).words == "new"
    assert [f.file_id for f in dock.run(store.files, 1)] == ["new-file"]


def test_a_photo_some_minutes_later_joins_and_is_answered(dock: Dock) -> None:
    """The draft's message may be far up by then; within a minute photos join without a word."""
    sends_photo(dock)
    for after, messages in ((30, 0), (120, 1)):
        event = Sent(file=FileRef("photo", f"f{after}", "u"), **common(dock))  # type: ignore[arg-type]

        def handle(session: Session, event: Sent = event, after: int = after) -> int:
            reply = on_draft(session, event, AT + timedelta(seconds=after))
            assert reply is not None
            return len(reply.messages)

        assert dock.run(handle) == messages
    presses(dock, "send")
    assert len(dock.run(store.files, 1)) == 3


def test_photos_of_an_album_that_come_after_sending_join_the_report(dock: Dock) -> None:
    """A quick thumb loses no photo."""
    for number in (1, 2):
        file = FileRef("photo", f"f{number}", f"u{number}")
        event = Sent(file=file, album="album-7", **common(dock))  # type: ignore[arg-type]
        write(dock, (event, on_file))
        if number == 1:
            presses(dock, "send")
    assert [f.file_id for f in dock.run(store.files, 1)] == ["f1", "f2"]
    assert len(dock.facts("HazardReported")) == 1


def test_a_discarded_draft_leaves_nothing_but_a_kind_word(dock: Dock) -> None:
    """Not a report."""
    sends_photo(dock)
    presses(dock, "discard")
    assert dock.run(lambda session: drafts.current(session, dock.ana, drafting.KIND)) is None
    assert dock.facts("HazardReported") == []
