"""Versions of banks and lessons: what was published stays, a trainer's work survives upgrades, files load once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.kit.errors import Refused
from bot.library import store, uploads
from bot.library.actions import difference, publish
from bot.library.content import as_question, bank_content, digest, question_content
from bot.library.loading import load_shipped
from bot.library.tables import (
    BankVersionRow,
    LessonRow,
    LessonVersionRow,
    QuestionRow,
    QuestionVersionRow,
    UploadRow,
)
from bot.media import store as media
from bot.people import actions as people
from bot.people.model import Role
from tests.flows.learning_company import company
from tests.flows.test_upload import FIRST, bank
from tests.kept import furnished
from tests.store.learning_house import who

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@contextmanager
def library(database_url: str, folder: Path) -> Iterator[Session]:
    """The company with the shipped content, and a place for files."""
    media.use(folder / "media")
    furnished(database_url, lambda session: company(session, NOW), "learning", NOW)
    engine = connect(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
    engine.dispose()


def sent(session: Session, data: bytes, badge: str = "T-1", name: str = "our-rules.yaml") -> UploadRow:
    """An upload as its job leaves it."""
    row = uploads.receive(session, who(session, badge, NOW), "file-1", name, NOW)
    payload: dict[str, Any] = {"upload": row.id, "name": name, "lang": "en", "error": None}
    uploads.uploaded(session, payload | {"media": media.put(data, name)}, NOW)
    session.flush()
    return row


def test_shipped_content_is_loaded_once_and_again_only_where_it_changed(database_url: str, tmp_path: Path) -> None:
    """The second start costs nothing and makes no versions."""
    with library(database_url, tmp_path) as session:
        before = session.scalar(select(func.count()).select_from(QuestionVersionRow))
        loaded = load_shipped(session, NOW)
        assert (loaded.lessons, loaded.banks) == (0, 0)
        assert session.scalar(select(func.count()).select_from(QuestionVersionRow)) == before
        assert session.scalar(select(func.count()).select_from(LessonVersionRow)) == store.counts(session)[0]


def test_a_changed_shipped_file_makes_versions_of_what_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question changed, one gone: one new version, one retired, the rest untouched; a trainer's own is spared."""
    import yaml

    from bot.library import shipped

    path = tmp_path / "heights.yaml"
    path.write_bytes((shipped.quizzes_path() / "heights.yaml").read_bytes())
    with library(database_url, tmp_path) as session:
        monkeypatch.setattr(shipped, "bank_paths", lambda: [path])
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        mine, changed_id, gone = (question["id"] for question in content["questions"][:3])
        theirs = store.bank(session, "heights")
        assert theirs is not None
        edited = bank_content(theirs)
        edited["questions"][mine]["explanation"] = {"en": "Ours."}
        live = store.live_bank(session, "heights")
        change = difference(session, edited["questions"], live)
        assert publish(session, edited, 1, change, NOW, by=who(session, "T-1", NOW).id, retire_absent=False) == 2
        content["questions"][0]["explanation"] = "Shipped again."
        content["questions"][1]["explanation"] = "Shipped again."
        del content["questions"][2]
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        assert load_shipped(session, NOW).banks == 1
        assert store.question(session, mine).question.explanation == {"en": "Ours."}  # type: ignore[union-attr]
        again = store.question(session, changed_id)
        assert again is not None
        assert (again.version, again.question.explanation) == (2, {"en": "Shipped again."})
        assert session.get_one(QuestionRow, gone, populate_existing=True).retired_at is not None
        assert load_shipped(session, NOW).banks == 0


def test_a_question_comes_back_from_the_database_as_it_went_in(database_url: str, tmp_path: Path) -> None:
    """All kinds, all languages, with payload and sources."""
    with library(database_url, tmp_path) as session:
        for name in ("heights", "floors"):
            found = store.bank(session, name)
            assert found is not None
            for question in found.questions:
                assert as_question(question.id, question_content(question)) == question
                row = session.get_one(QuestionRow, question.id)
                assert row.digest == digest(question_content(question))


def test_what_was_published_is_never_changed(database_url: str, tmp_path: Path) -> None:
    """Two versions stand beside each other; the question names the live one."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        uploads.publish_upload(session, sent(session, bank("Another.", *FIRST[1:])), NOW, retire_absent=False)
        stems = [store.question(session, "own-001", version).question.stem["en"] for version in (1, 2)]  # type: ignore[union-attr]
        assert stems == [FIRST[0], "Another."]
        assert store.question(session, "own-001").version == 2  # type: ignore[union-attr]
        assert store.question(session, "own-002").version == 1  # type: ignore[union-attr]


def test_a_retired_question_that_comes_back_goes_on_counting_its_versions(database_url: str, tmp_path: Path) -> None:
    """Its memory and answers are still its own."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        uploads.publish_upload(session, sent(session, bank(FIRST[0] + "!")), NOW, retire_absent=True)
        retired = session.get_one(QuestionRow, "own-002", populate_existing=True)
        assert retired.retired_at is not None
        row = sent(session, bank(*FIRST))
        change = uploads.change_of(row)
        assert (change.added, set(change.changed)) == ((), {"own-001", "own-002", "own-003"})
        uploads.publish_upload(session, row, NOW, retire_absent=False)
        back = session.get_one(QuestionRow, "own-002", populate_existing=True)
        assert (back.version, back.retired_at) == (2, None)


def test_the_same_file_again_has_nothing_to_publish(database_url: str, tmp_path: Path) -> None:
    """No version is made for nothing."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        assert sent(session, bank(*FIRST)).state == "cancelled"
        assert session.scalar(select(func.count()).where(BankVersionRow.bank_id == "our-rules")) == 1


def test_an_id_of_another_bank_is_a_problem_and_not_a_theft(database_url: str, tmp_path: Path) -> None:
    """A trainer's file cannot take a question away from the bank it belongs to."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        row = sent(session, bank(*FIRST, id="other-rules"))
        assert row.state == "rejected"
        assert store.live_bank(session, "other-rules") is None


def test_a_bad_file_leaves_the_live_bank_alone(database_url: str, tmp_path: Path) -> None:
    """Rejected, with the number of errors in the ledger and nothing else."""
    from bot.ledger.tables import FactRow

    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        row = sent(session, bank(*FIRST).replace(b"answer: true", b"answer: perhaps"))
        assert row.state == "rejected"
        body = session.scalar(select(FactRow.body).where(FactRow.kind == "BankRejected"))
        assert body is not None
        assert body["errors"] >= 1
        assert len(store.live_bank(session, "our-rules").digests) == 3  # type: ignore[union-attr]
        with pytest.raises(Refused):
            uploads.publish_upload(session, row, NOW, retire_absent=False)


def test_a_file_that_never_arrives_is_said_to_be_missing(database_url: str, tmp_path: Path) -> None:
    """The channel lost it or it was too big: the message says so, and the job does not fail for ever."""
    with library(database_url, tmp_path) as session:
        row = uploads.receive(session, who(session, "T-1", NOW), "file-1", "big.xlsx", NOW)
        uploads.uploaded(session, {"upload": row.id, "name": "big.xlsx", "media": None, "error": "too_big"}, NOW)
        assert row.state == "rejected"


def test_the_right_to_publish_is_checked_when_publishing(database_url: str, tmp_path: Path) -> None:
    """Who is no trainer any more, or never sent the file, cannot press the button."""
    with library(database_url, tmp_path) as session:
        row = sent(session, bank(*FIRST))
        tess, omar, ana = (who(session, badge, NOW) for badge in ("T-1", "T-2", "D-1"))
        assert uploads.mine(session, row.id, tess.id, NOW) is row
        for other in (omar, ana):
            with pytest.raises(Refused):
                uploads.mine(session, row.id, other.id, NOW)
        top = int(tess.path.strip("/").split("/")[0])
        later = NOW + timedelta(minutes=1)
        people.revoke(session, tess.id, Role.TRAINER, top, later)
        with pytest.raises(Refused):
            uploads.mine(session, row.id, tess.id, later + timedelta(seconds=1))


def test_two_publishers_of_one_version_make_one_version(database_url: str, tmp_path: Path) -> None:
    """The second finds the bank changed, and its upload waits to be checked again."""
    with library(database_url, tmp_path) as session:
        one, two = sent(session, bank(*FIRST)), sent(session, bank(*FIRST, "Fourth."), badge="T-2")
        assert uploads.publish_upload(session, one, NOW, retire_absent=False) == 1
        assert uploads.publish_upload(session, two, NOW, retire_absent=False) is None
        assert two.state == "outdated"
        with pytest.raises(Refused):
            uploads.publish_upload(session, one, NOW, retire_absent=False)
        assert uploads.check_again(session, two, "en", NOW)
        assert not uploads.check_again(session, two, "en", NOW)


def test_lessons_come_in_the_order_of_what_everybody_meets(database_url: str, tmp_path: Path) -> None:
    """Getting out comes before ladders, ladders before electricity."""
    with library(database_url, tmp_path) as session:
        topics = list(session.scalars(select(LessonRow.topic).order_by(LessonRow.position)))
        assert topics.index("EVA") < topics.index("LAD") < topics.index("ELE")
