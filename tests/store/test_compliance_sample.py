"""The sample company's register and rules go in like any file, once, and what they name is there."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.compliance.documents.tables import DocumentClauseRow
from bot.compliance.register import actions, store
from bot.compliance.register.tables import LawRow
from bot.compliance.sample import load_sample
from bot.onboarding.sample import load_sample as load_company
from bot.people import store as people
from tests.store.conftest import NOON


def test_the_sample_goes_in_once_and_a_new_version_of_a_law_flags_its_rule(engine: Engine) -> None:
    """Forty entries of two countries, two rules; each clause names an entry that is there."""
    with Session(engine) as session:
        load_company(session, NOON)
        manager = people.person_by_badge(session, "L-1001", NOON)
        assert manager is not None
        assert load_sample(session, manager.id, NOON) == 40
        assert load_sample(session, manager.id, NOON) == 0
        codes = set(session.scalars(select(LawRow.code)))
        assert set(session.scalars(select(DocumentClauseRow.law))) <= codes
        dock = people.person_by_badge(session, "L-1042", NOON)
        assert dock is not None
        place = people.place_by_code(session, "HW-DOCK-1")
        assert place is not None
        first = documents.holding(session, dock.path, place.id)[0]
        assert first.code == "RULE-TRUCK"
        [found] = documents.found(session, "动火", (), dock.path, "zh")
        assert found.code == "RULE-HOT"
        law = session.scalars(select(LawRow).where(LawRow.code == "CN-XFF")).one()
        changed = actions.new_version(session, manager.id, law.id, "2027", None, {"en": "Newer."}, NOON)
        assert ("document", str(found.id)) in {(each.what, each.ref) for each in store.flags(session, changed.id)}
