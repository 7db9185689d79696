"""Versions, translations, own lessons and voice notes in the database: who wins, who may, what never comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, literal, select, update
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.library import confirming, doubting, later, signing, store, uploads, versions
from bot.library.authoring import drafting, publishing, rules, voices
from bot.library.authoring import store as own
from bot.library.authoring.model import LessonDraft
from bot.library.loading import load_shipped
from bot.library.tables import CorrectionRow, LessonRow, QuestionRow, SignatureRow, UploadRow
from bot.people import actions as people
from bot.people import company
from bot.people.company import named_units
from bot.people.model import Role
from tests.flows.test_bank_versions import in_two
from tests.flows.test_upload import FIRST, bank
from tests.store.learning_house import who
from tests.store.test_library_upload_versions import NOW, library, sent


def published(session: Session, data: bytes, badge: str = "T-1") -> int:
    """A file of a trainer, made live."""
    version = uploads.publish_upload(session, sent(session, data, badge), NOW, retire_absent=True)
    assert version is not None
    return version


def test_what_was_found_wrong_never_comes_back_with_an_earlier_version(database_url: str, tmp_path: Path) -> None:
    """A withdrawn question stays out, a corrected one stays corrected, and both are named; the rest goes back."""
    with library(database_url, tmp_path) as session:
        published(session, bank(*FIRST))
        tess = who(session, "T-1", NOW)
        doubting.doubt(session, "own-001", 1, "No.", who(session, "D-1", NOW), NOW)
        doubting.withdraw(session, "own-001", 1, tess, NOW)
        doubting.doubt(session, "own-002", 1, "No.", who(session, "D-1", NOW), NOW)
        published(session, bank(*FIRST).replace(b"Helmets hang", b"All helmets hang").replace(b"own-001", b"own-009"))
        assert session.scalars(select(CorrectionRow.question_id).order_by(CorrectionRow.id)).all() == [
            "own-001",
            "own-002",
        ]
        published(session, bank(FIRST[0], "Helmets lie.", "Visitors run.").replace(b"own-001", b"own-009"))
        found = versions.way_back(session, "our-rules", 1)
        assert found.kept == ("own-001", "own-002")
        versions.roll_back(session, "our-rules", 1, 3, tess.id, NOW)
        live = store.live_content(session, "our-rules")
        assert live is not None
        assert set(live["questions"]) == {"own-003"} | {"own-002"}
        assert live["questions"]["own-003"]["stem"]["en"] == "Visitors walk with a guide."
        assert live["questions"]["own-002"]["stem"]["en"] == "Helmets lie."


def test_a_bank_goes_back_once_and_only_for_whoever_looked_at_what_is_live(database_url: str, tmp_path: Path) -> None:
    """A second press, an older look and a trainer of others are refused, and nothing changes."""
    with library(database_url, tmp_path) as session:
        published(session, bank(*FIRST))
        published(session, bank("The gate is open at night.", *FIRST[1:]))
        tess = who(session, "T-1", NOW).id
        with pytest.raises(Refused):
            versions.roll_back(session, "our-rules", 1, 1, tess, NOW)
        with pytest.raises(Refused):
            versions.roll_back(session, "our-rules", 1, 2, who(session, "D-1", NOW).id, NOW)
        assert versions.roll_back(session, "our-rules", 1, 2, tess, NOW) == 3
        with pytest.raises(Refused):
            versions.roll_back(session, "our-rules", 1, 2, tess, NOW)
        assert versions.state_at(session, "our-rules", 2)["own-001"] == 2
        assert versions.state_at(session, "our-rules", 3)["own-001"] == 3
        told, more = versions.since(session, "our-rules", 1, "en")
        assert [(each.question, each.did, each.version) for each in told] == [
            ("own-001", "changed", 2), ("own-001", "changed", 3),
        ]  # fmt: skip
        assert more == 0


def test_whoever_lost_their_role_publishes_nothing_by_a_plan(database_url: str, tmp_path: Path) -> None:
    """The right is asked for when it goes live, not when it was planned; it goes live once."""
    with library(database_url, tmp_path) as session:
        tess, units = who(session, "T-1", NOW), named_units(session)
        first, second = (
            sent(session, bank(*FIRST)),
            sent(session, bank("Other.", id="others").replace(b"own-", b"oth-")),
        )
        at = NOW + timedelta(hours=1)
        later.plan(session, first, at, False, 0, NOW)
        assert later.publish_planned(session, at - timedelta(minutes=1)) is False
        assert later.publish_planned(session, at) is True
        assert later.publish_planned(session, at) is False
        later.plan(session, second, at, False, 0, NOW)
        people.revoke(session, tess.id, Role.TRAINER, units["Lamplight Works"].id, NOW)
        assert later.publish_planned(session, at + timedelta(minutes=1)) is True
        states = {row.bank_id: row.state for row in session.scalars(select(UploadRow))}
        assert states == {"our-rules": "published", "others": "cancelled"}


def test_questions_from_before_are_looked_at_slice_by_slice(database_url: str, tmp_path: Path) -> None:
    """After an upgrade no question knows its languages; the tick finds them, and lists what is not said in one."""
    with library(database_url, tmp_path) as session:
        published(session, in_two("Wait.", "等。"))
        published(session, bank(*FIRST))
        before = {row.id: (row.said_in, row.aside_in) for row in session.scalars(select(QuestionRow))}
        session.execute(update(QuestionRow).values(said_in=None, aside_in=None))
        rounds = 0
        while confirming.look_at_languages(session, 100):
            rounds += 1
        session.expire_all()
        assert rounds == len(before) // 100
        assert {row.id: (row.said_in, row.aside_in) for row in session.scalars(select(QuestionRow))} == before
        assert confirming.count_gaps(session, ["two", "our-rules"], "zh") == (0, 3)
        assert [gap.question for gap in confirming.gaps(session, ["two", "our-rules"], "es")] == [
            "own-001", "own-002", "own-003", "two-1",
        ]  # fmt: skip


def test_a_confirmation_is_for_the_words_that_were_looked_at(database_url: str, tmp_path: Path) -> None:
    """If they change once more meanwhile, or it is not theirs, nothing is confirmed."""
    with library(database_url, tmp_path) as session:
        tess = who(session, "T-1", NOW).id
        published(session, in_two("Wait 5 minutes.", "等5分钟。"))
        published(session, in_two("Wait 6 minutes.", "等5分钟。"))
        assert confirming.count_gaps(session, ["two"], "zh") == (1, 0)
        with pytest.raises(Refused):
            confirming.confirm(session, "two-1", "zh", 1, tess, NOW)
        with pytest.raises(Refused):
            confirming.confirm(session, "two-1", "zh", 2, who(session, "L-1", NOW).id, NOW)
        assert confirming.confirm(session, "two-1", "zh", 2, tess, NOW) == 3
        with pytest.raises(Refused):
            confirming.confirm(session, "two-1", "zh", 3, tess, NOW)
        assert confirming.count_gaps(session, ["two"], "zh") == (0, 0)


# --- lessons ----------------------------------------------------------------------------------------------------------


def written(session: Session, badge: str = "T-1", unit: str = "Dock Team", words: str = "Hands up.") -> LessonDraft:
    """A lesson of one card, ready to be published."""
    content = rules.with_card(rules.begun("en", "Our press", "MGD"), words)
    made = drafting.begin(session, who(session, badge, NOW), content, NOW)
    return drafting.choose_unit(session, made, named_units(session)[_full(unit)].id, NOW)


def _full(name: str) -> str:
    return {"Dock Team": "Harbour Works/Dock Team", "Line One Team": "Lingang Works/Line One Team"}.get(name, name)


def test_an_own_lesson_is_signed_for_its_people_and_no_draft_of_others(database_url: str, tmp_path: Path) -> None:
    """The trainer's name stands under it; the line team neither gets it nor is asked to sign it; an upgrade leaves it."""
    with library(database_url, tmp_path) as session:
        tess, units = who(session, "T-1", NOW), named_units(session)
        draft = written(session)
        assert publishing.publish(session, draft, tess.id, NOW) == 1
        row = session.scalar(select(SignatureRow).where(SignatureRow.lesson_id == draft.lesson))
        assert row is not None
        assert (row.person_id, row.unit_id) == (tess.id, units[_full("Dock Team")].id)
        for name, reached in (("Dock Team", True), ("Line One Team", False)):
            unit = units[_full(name)]
            assert (draft.lesson in {each.id for each in store.lessons_at(session, unit)}) is reached
        line = units[_full("Line One Team")]
        assert signing.unsigned(session, line) == 0
        assert draft.lesson not in {p.lesson.id for papers in signing.papers(session, line).values() for p in papers}
        session.execute(update(SignatureRow).where(SignatureRow.lesson_id != draft.lesson).values(version=0))
        load_shipped(session, NOW)
        assert session.get(LessonRow, draft.lesson, populate_existing=True).retired_at is None  # type: ignore[union-attr]


def test_an_own_lesson_does_not_let_shipped_questions_go_that_nobody_signed(database_url: str, tmp_path: Path) -> None:
    """Whoever wrote about a machine has not read what Davy asks about machines."""
    with library(database_url, tmp_path) as session:
        session.execute(delete(SignatureRow))
        publishing.publish(session, written(session), who(session, "T-1", NOW).id, NOW)
        ana = who(session, "D-1", NOW)
        holds = store.question_holds(literal(ana.path), literal(ana.jurisdiction))
        assert session.scalars(select(QuestionRow.id).where(QuestionRow.topic == "MGD", holds)).all() == []


def test_of_two_who_publish_a_lesson_the_second_makes_nothing_live(database_url: str, tmp_path: Path) -> None:
    """Its draft stays open with all that was written; published twice, one draft makes one version."""
    with library(database_url, tmp_path) as session:
        tess, omar = who(session, "T-1", NOW), who(session, "T-2", NOW)
        first = written(session)
        publishing.publish(session, first, tess.id, NOW)
        with pytest.raises(Refused):
            publishing.publish(session, first, tess.id, NOW)
        mine = drafting.of_lesson(session, tess, first.lesson, NOW)
        mine = drafting.change(session, mine, rules.said(mine.content, "card:0", "en", "Mine."), NOW)
        his = drafting.of_lesson(session, omar, first.lesson, NOW)
        his = drafting.change(session, his, rules.said(his.content, "card:0", "en", "His."), NOW)
        assert publishing.publish(session, his, omar.id, NOW) == 2
        assert publishing.publish(session, mine, tess.id, NOW) is None
        still = own.draft(session, mine.id)
        assert still is not None
        assert (still.state, still.content) == ("open", mine.content)
        assert publishing.publish(session, publishing.rebase(session, still, NOW), tess.id, NOW) == 3
        with pytest.raises(Refused):
            publishing.roll_back(session, first.lesson, 1, 2, tess.id, NOW)
        assert publishing.roll_back(session, first.lesson, 1, 3, omar.id, NOW) == 4


def test_a_trainer_of_a_team_changes_no_lesson_of_another(database_url: str, tmp_path: Path) -> None:
    """Nor publishes for more people than theirs, nor records a voice for them."""
    with library(database_url, tmp_path) as session:
        units, ben = named_units(session), who(session, "D-2", NOW)
        people.grant(session, ben.id, Role.TRAINER, units[_full("Line One Team")].id, NOW)
        tess = who(session, "T-1", NOW)
        draft = written(session)
        publishing.publish(session, draft, tess.id, NOW)
        lesson = store.lesson(session, draft.lesson)
        assert lesson is not None
        for attempt in (
            lambda: drafting.of_lesson(session, ben, draft.lesson, NOW),
            lambda: publishing.retire(session, draft.lesson, ben.id, NOW),
            lambda: publishing.roll_back(session, draft.lesson, 1, 1, ben.id, NOW),
            lambda: voices.want(session, lesson, "en", units[_full("Dock Team")].id, "f", ben.id, NOW),
            lambda: drafting.choose_unit(session, written(session, "D-2", "Dock Team"), 1, NOW),
        ):
            with pytest.raises(Refused):
                attempt()


def test_people_hear_the_note_of_the_unit_nearest_to_theirs_and_only_of_what_they_read(
    database_url: str, tmp_path: Path
) -> None:
    """Two notes of a shipped lesson; the dock hears its own; after a change of words nobody hears either."""
    with library(database_url, tmp_path) as session:
        units, ana, mei = named_units(session), who(session, "D-1", NOW), who(session, "L-1", NOW)
        lesson = next(iter(store.lessons(session).values()))
        words = own.read_aloud(lesson, "en")
        assert words is not None
        for name, ref in (("Lamplight Works", "media:all"), ("Dock Team", "media:dock")):
            voices.keep(session, lesson.id, "en", units[_full(name)].id, words, ref, ana.id, NOW)
        heard = voices.of(session, ana, lesson)
        assert heard is not None
        assert heard.media == "media:dock"
        assert voices.of(session, mei, lesson) is None  # she reads Chinese
        voices.keep(session, lesson.id, "en", units[_full("Dock Team")].id, "of older words", "media:old", ana.id, NOW)
        heard = voices.of(session, ana, lesson)
        assert heard is not None
        assert heard.media == "media:all"
        gaps = {each.id: old for each, old in voices.gaps(session, units[_full("Dock Team")], "zh")}
        assert gaps[lesson.id] is False


def test_a_planned_lesson_that_was_changed_waits_for_another_word(database_url: str, tmp_path: Path) -> None:
    """What goes live by itself is what was looked at."""
    with library(database_url, tmp_path) as session:
        tess, at = who(session, "T-1", NOW), NOW + timedelta(hours=2)
        draft = publishing.plan(session, written(session), at, who(session, "T-1", NOW).id, NOW)
        assert publishing.due(session, at - timedelta(minutes=1)) is None
        found = publishing.due(session, at)
        assert found is not None
        changed = drafting.change(session, draft, rules.with_card(draft.content, "Another."), NOW)
        assert (changed.state, publishing.due(session, at)) == ("open", None)
        drafting.give_up(session, changed, NOW)
        with pytest.raises(Refused):
            publishing.publish(session, changed, tess.id, NOW)


def test_nobody_is_left_out_of_the_languages_of_a_company(database_url: str, tmp_path: Path) -> None:
    """Counted where they work today."""
    with library(database_url, tmp_path) as session:
        units = named_units(session)
        assert company.languages(session, NOW, [units["Lamplight Works"].path]) == {"en": 4, "zh": 1}
        assert company.languages(session, NOW, [units[_full("Line One Team")].path]) == {"zh": 1}
