"""The sample company has emergency plans, made by its own people."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.emergencies import store
from bot.emergencies.sample import load_sample
from bot.onboarding.sample import load_sample as load_company

MORNING = datetime(2026, 11, 18, 15, tzinfo=UTC)


def test_the_sample_company_has_plans_for_its_sites(writer: Writer) -> None:
    """Once, whatever runs twice; of each site its own."""

    def load(session: Session) -> tuple[int, int, list[str]]:
        load_company(session, MORNING)
        made = load_sample(session, MORNING)
        return made, load_sample(session, MORNING), [plan.kind for plan in store.plans_under(session, ["/"])]

    assert writer.run(load) == (3, 0, ["fire", "spill", "fire"])
