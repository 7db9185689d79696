"""Reports that go round somebody: neither they nor whoever reads their unit's mail hears of it, in the chat or outside."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.people.tables import UnitRow
from tests.store.hazard_crew import Dock, dock
from tests.store.test_hazard_outside import WATCH, _Inbox, climb, inbox, work

__all__ = ["dock", "inbox"]


def told_round(crew: Dock, *hidden: int, **said: list[str]) -> None:
    """Ladders of the units from the dock up (`dock`, `shop`, `site`), and a report that goes round somebody."""

    def put(session: Session) -> None:
        ids = [int(part) for part in crew.path.strip("/").split("/")]
        units = {"site": ids[1], "shop": ids[2], "dock": ids[3]}
        for unit, rungs in said.items():
            alerts = {"ladder": {"all": [[who, 1] for who in rungs]}}
            session.execute(update(UnitRow).where(UnitRow.id == units[unit]).values(alerts=alerts))

    crew.run(put)
    crew.report(words="About Sam", hidden_from=hidden)


def test_a_report_that_goes_round_a_supervisor_does_not_go_to_their_units_mail(dock: Dock, inbox: _Inbox) -> None:
    """The dock's address is read by Sam, too: in its place comes the site's."""
    told_round(dock, dock.sam, dock=["supervisor", "email:dock@harbour.example"], site=["supervisor", f"email:{WATCH}"])
    for minutes in range(1, 8):
        work(dock, climb(dock, minutes))
    assert [mail["To"] for mail in inbox.mails] == [WATCH]


def test_the_sites_own_mail_stays_where_the_site_is_not_theirs(dock: Dock, inbox: _Inbox) -> None:
    """Sam leads the dock, not the site."""
    told_round(dock, dock.sam, site=["supervisor", f"email:{WATCH}"])
    for minutes in range(1, 8):
        work(dock, climb(dock, minutes))
    assert [mail["To"] for mail in inbox.mails] == [WATCH]


@pytest.mark.parametrize("who", ["sam", "marta", "grace", "yusuf", "ada"])
def test_a_report_about_somebody_never_reaches_them(dock: Dock, inbox: _Inbox, who: str) -> None:
    """Whatever their role: not when it comes, not while it climbs, not in the end when nobody has answered."""
    about = getattr(dock, who)
    rungs = ["supervisor", "person:T-3", "manager", "site", "admin", f"email:{WATCH}"]
    told_round(dock, about, dock=["supervisor"], site=rungs)
    for minutes in range(1, 12):
        work(dock, climb(dock, minutes))
    assert dock.rows(about) == []
    others = {dock.sam, dock.marta, dock.grace, dock.yusuf, dock.ada} - {about}
    assert {row.person_id for row in dock.rows()} & others, "somebody else hears of it"
