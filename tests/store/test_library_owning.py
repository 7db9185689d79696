"""Whose a bank is: a trainer of one team does not write for the whole company."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.learning import store as learning
from bot.library import owning, store, uploads
from bot.library.tables import BankRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.company import named_units
from bot.people.model import Role, Unit
from tests.flows.test_upload import FIRST, bank
from tests.store.learning_house import who
from tests.store.test_library_upload_versions import NOW, library, sent


def unit(session: Session, name: str) -> Unit:
    """A unit by its name from the site down."""
    return named_units(session)[name]


def trains(session: Session, badge: str, *names: str) -> None:
    """From now on somebody is a trainer of these units and of nothing else."""
    person = who(session, badge, NOW).id
    for grant in people_store.viewer(session, person, NOW).grants:  # type: ignore[union-attr]
        people.revoke(session, person, grant.role, grant.unit, NOW)
    for name in names:
        people.grant(session, person, Role.TRAINER, unit(session, name).id, NOW)
    session.flush()


def gets(session: Session, badge: str) -> set[str]:
    """Which of the own questions may be asked of somebody."""
    return {id for id in learning.new_questions(session, who(session, badge, NOW), 500) if id.startswith("own-")}


def test_the_bank_of_a_teams_trainer_is_for_that_team(database_url: str, tmp_path: Path) -> None:
    """Tess trains the dock crew: Ana gets the questions, Chen at the other site does not."""
    with library(database_url, tmp_path) as session:
        trains(session, "T-1", "Harbour Works/Dock Team")
        row = sent(session, bank(*FIRST))
        assert uploads.publish_upload(session, row, NOW, retire_absent=False) == 1
        assert session.get_one(BankRow, "our-rules").unit_id == unit(session, "Harbour Works/Dock Team").id
        assert gets(session, "D-1") == {"own-001", "own-002", "own-003"}
        assert gets(session, "L-1") == set()


def test_the_bank_of_the_companys_trainer_is_for_everybody(database_url: str, tmp_path: Path) -> None:
    """Tess trains all of Lamplight Works."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        assert session.get_one(BankRow, "our-rules").unit_id is None
        assert gets(session, "D-1") == gets(session, "L-1") == {"own-001", "own-002", "own-003"}


@pytest.mark.parametrize("id", ["our-rules", "heights"])
def test_a_teams_trainer_cannot_change_what_is_for_everybody(database_url: str, tmp_path: Path, id: str) -> None:
    """Neither the company trainer's bank nor one that came with Davy; they are told how to make their own."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        trains(session, "T-2", "Harbour Works/Dock Team")
        data = bank("The gate is open at night.", id=id)
        row = sent(session, data if id == "our-rules" else data.replace(b"own-", b"new-"), "T-2")
        assert row.state == "rejected"
        assert store.question(session, "own-001").version == 1  # type: ignore[union-attr]


def test_rights_are_looked_at_again_when_publish_is_pressed(database_url: str, tmp_path: Path) -> None:
    """Between preview and press Tess became the trainer of one team: the company's bank is hers no more."""
    with library(database_url, tmp_path) as session:
        uploads.publish_upload(session, sent(session, bank(*FIRST)), NOW, retire_absent=False)
        row = sent(session, bank("The gate is open at night."))
        trains(session, "T-1", "Harbour Works/Dock Team")
        with pytest.raises(Refused, match="t_not_your_bank"):
            uploads.publish_upload(session, row, NOW, retire_absent=False)
        assert row.state == "ready"


def test_who_trains_two_teams_says_for_which_one_a_bank_is(database_url: str, tmp_path: Path) -> None:
    """A unit that is not theirs, or none at all, is refused."""
    with library(database_url, tmp_path) as session:
        trains(session, "T-1", "Harbour Works/Dock Team", "Lingang Works", "Lingang Works/Line One Team")
        tess = who(session, "T-1", NOW).id
        assert [u.name for u in owning.units_of(session, tess, NOW)] == ["Dock Team", "Lingang Works"]
        row = sent(session, bank(*FIRST))
        for wrong in (0, unit(session, "Harbour Works").id):
            with pytest.raises(Refused, match="not_a_trainer"):
                uploads.publish_upload(session, row, NOW, retire_absent=False, unit=wrong)
        lingang = unit(session, "Lingang Works").id
        uploads.publish_upload(session, row, NOW, retire_absent=False, unit=lingang)
        assert session.scalars(select(BankRow.unit_id).where(BankRow.id == "our-rules")).one() == lingang
        assert (gets(session, "D-1"), len(gets(session, "L-1"))) == (set(), 3)
