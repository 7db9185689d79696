"""Importing people into a database: all or nothing, leavers out at once, big files in seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.db.jobs import JobRow
from bot.db.writer import Writer
from bot.ledger import actions as ledger_actions
from bot.ledger import store as ledger
from bot.ledger.model import Subscription
from bot.onboarding.importing import Mistakes, import_people, import_roster, leave_on_their_day
from bot.onboarding.sample import load_sample
from bot.people import actions, company, store, worktime
from bot.people.model import Person, Role
from bot.people.tables import AccountRow, PersonRow, PlacementRow, RoleGrantRow, UnitRow
from tests.kept import furnished
from tests.store.conftest import NOON


def sample_lines(*without: str) -> list[str]:
    """The sample's people as lines, without some."""
    path = Path(__file__).parent.parent.parent / "content" / "sample" / "people.csv"
    return [line for line in path.read_text("utf-8").splitlines() if line.split(",")[0] not in without]


def save(folder: Path, lines: list[str]) -> Path:
    """A personnel file."""
    path = folder / "people.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def works(database_url: str, writer: Writer) -> Writer:
    """The sample company in the database."""
    furnished(database_url, lambda session: load_sample(session, NOON), "sample")
    return writer


def by_badge(session: Session, badge: str) -> Person:
    """Somebody of the sample."""
    found = store.person_by_badge(session, badge, NOON)
    assert found is not None
    return found


def test_the_sample_company_has_its_people_places_posts_and_rights(works: Writer) -> None:
    """As the demo needs them: units below sites, law and zone of the site, roles over units, quiet hours of the shift."""

    def look(session: Session) -> None:
        ana, sam, yusuf = (by_badge(session, badge) for badge in ("L-1042", "L-1011", "L-1003"))
        assert (ana.zone, ana.jurisdiction, ana.lang) == ("America/Chicago", "US", "es")
        viewer = store.viewer(session, sam.id, NOON)
        assert viewer is not None
        assert viewer.holds(Role.SUPERVISOR, ana.path)
        assert [p.id for p in company.safety_officers(session, ana.path, NOON)] == [yusuf.id]
        assert company.site_of(session, ana.path).name == "Harbour Works"  # type: ignore[union-attr]
        assert company.post(session, "worker").topics[0] == "TRN"  # type: ignore[union-attr]
        night = by_badge(session, "L-1024")
        assert (night.quiet.start.hour, night.quiet.end.hour) == (6, 15)
        boss = by_badge(session, "L-1001")
        assert (boss.quiet.start.hour, boss.quiet.end.hour) == (20, 7)
        assert store.person_by_badge(session, "L-1044", NOON) is None
        assert store.places_near(session, ana.path)[0].names["zh"] == "1号装卸月台"

    works.run(look)


def test_a_file_with_one_mistake_changes_nothing(works: Writer, tmp_path: Path) -> None:
    """Not even its good rows, nor the company file that came with it."""
    lines = [
        *sample_lines("L-1021"),
        "L-2000,New,en,Harbour Works,Warehouse,Dock Team,worker,employee,early,2026-02-30,",
    ]
    path = save(tmp_path, lines)
    other = tmp_path / "company.yaml"
    sample = (Path(__file__).parent.parent.parent / "content" / "sample" / "company.yaml").read_text("utf-8")
    other.write_text(sample.replace("name: Fabrication", "name: Renamed"), encoding="utf-8")
    with pytest.raises(Mistakes):
        works.run(import_people, path, NOON, company=other)

    def look(session: Session) -> tuple[int | None, list[str]]:
        names = list(session.scalars(select(UnitRow.name).where(UnitRow.code == "HW-FB")))
        return session.scalar(select(func.count()).where(PersonRow.left_on.is_(None))), names

    assert works.run(look) == (24, ["Fabrication"])


def test_who_is_no_longer_in_the_file_is_out_at_once(works: Writer, tmp_path: Path) -> None:
    """Account closed, roles ended, a fact for the rooms; their supervisor takes over, and their history stays."""
    ledger_actions.subscribe((Subscription("PersonLeft", "somewhere", None),))

    def join(session: Session) -> None:
        for badge, user in (("L-1042", 7), ("L-1011", 8)):
            actions.open_account(session, by_badge(session, badge).id, user, user, NOON)

    works.run(join)
    done = works.run(import_people, save(tmp_path, sample_lines("L-1042", "L-1011")), NOON)
    assert done.plan.too_many_leave

    def look(session: Session) -> None:
        ana = session.scalars(select(PersonRow).where(PersonRow.badge == "L-1042")).one()
        sam = session.scalars(select(PersonRow).where(PersonRow.badge == "L-1011")).one()
        assert ana.left_on == sam.left_on == NOON.date()
        assert store.person_of_account(session, "telegram", 7, NOON) is None
        assert store.viewer(session, sam.id, NOON) is None
        open_roles = select(func.count()).where(RoleGrantRow.person_id == sam.id, RoleGrantRow.ends_at.is_(None))
        assert session.scalar(open_roles) == 0
        assert session.scalar(select(func.count()).where(AccountRow.closed_at.is_(None))) == 0
        assert company.successor(session, ana.id) == by_badge(session, "L-1001").id
        facts = ledger.between(session, NOON, NOON + timedelta(days=1), ("PersonLeft",))
        assert {fact.person for fact in facts} == {sam.id, ana.id}
        jobs = select(func.count()).where(JobRow.kind == "follow.PersonLeft.somewhere")
        assert session.scalar(jobs) == 2

    works.run(look)


def test_open_items_pass_to_whom_the_operator_names(works: Writer, tmp_path: Path) -> None:
    """`--pass-to` goes before the supervisor."""

    def run(session: Session) -> tuple[int | None, int]:
        heir = by_badge(session, "L-1012").id
        ana = by_badge(session, "L-1042").id
        import_people(session, save(tmp_path, sample_lines("L-1042")), NOON, pass_to=heir)
        return company.successor(session, ana), heir

    found, heir = works.run(run)
    assert found == heir


def test_a_move_keeps_the_past_and_the_roles_of_the_chat(works: Writer, tmp_path: Path) -> None:
    """Yesterday they were there, today here; a role that an administrator gave in the chat is not the file's to end."""

    def grant(session: Session) -> None:
        ana = by_badge(session, "L-1042")
        actions.grant(session, ana.id, Role.TRAINER, store.ancestors(ana.path)[-2], NOON, by=1)

    works.run(grant)
    lines = [
        line.replace("Dock Team", "Storage Team") if line.startswith("L-1042") else line for line in sample_lines()
    ]
    done = works.run(import_people, save(tmp_path, lines), NOON)
    assert len(done.plan.moves) == 1

    def look(session: Session) -> None:
        ana = by_badge(session, "L-1042")
        before = store.person(session, ana.id, NOON - timedelta(days=1))
        assert before is not None
        units = {unit.id: unit.name for unit in store.units(session)}
        assert (units[before.unit], units[ana.unit]) == ("Dock Team", "Storage Team")
        assert session.scalar(select(func.count()).where(PlacementRow.person_id == ana.id)) == 2
        viewer = store.viewer(session, ana.id, NOON)
        assert viewer is not None
        assert viewer.anywhere(Role.TRAINER)

    works.run(look)
    assert works.run(import_people, save(tmp_path, lines), NOON).plan.nothing


def test_an_announced_last_day_comes_by_itself(works: Writer, tmp_path: Path) -> None:
    """Until that day they work here as usual."""
    lines = [line + "2026-12-01" if line.startswith("L-1042") else line for line in sample_lines()]
    works.run(import_people, save(tmp_path, lines), NOON)

    def leaves(session: Session, now: datetime) -> date | None:
        leave_on_their_day(session, now)
        return session.scalar(select(PersonRow.left_on).where(PersonRow.badge == "L-1042"))

    assert works.run(leaves, NOON) is None
    assert works.run(leaves, datetime(2026, 12, 1, 9, tzinfo=UTC)) == date(2026, 12, 1)


def test_who_comes_back_is_the_same_person_with_the_same_past(works: Writer, tmp_path: Path) -> None:
    """Under the same badge and name; without the old phone and the old roles."""

    def id_of(session: Session) -> int | None:
        return session.scalar(select(PersonRow.id).where(PersonRow.badge == "L-1011"))

    before = works.run(id_of)
    works.run(import_people, save(tmp_path, sample_lines("L-1011")), NOON)
    later = NOON + timedelta(days=30)
    done = works.run(import_people, save(tmp_path, sample_lines()), later)
    assert done.applied.returned == (before,)

    def look(session: Session) -> bool:
        viewer = store.viewer(session, before or 0, later)
        return viewer is not None and viewer.anywhere(Role.SUPERVISOR)

    assert works.run(look)


def test_a_company_file_renames_and_adds_and_takes_nothing_away(works: Writer, tmp_path: Path) -> None:
    """People stay where they are when their workshop gets another name; a moved unit is refused."""
    sample = (Path(__file__).parent.parent.parent / "content" / "sample" / "company.yaml").read_text("utf-8")
    path = tmp_path / "company.yaml"
    renamed = sample.replace("name: Warehouse\n", "name: Depot\n").replace("Works/Warehouse/", "Works/Depot/")
    path.write_text(renamed, encoding="utf-8")
    people = save(
        tmp_path, [line.replace(",Warehouse,", ",Depot,").replace("/Warehouse/", "/Depot/") for line in sample_lines()]
    )
    done = works.run(import_people, people, NOON, company=path)
    assert done.plan.nothing
    moved = renamed.replace("{code: HW-WH-A,", "{code: HW-NEW,").replace("{code: HW-FB-A,", "{code: HW-WH-A,")
    path.write_text(moved, "utf-8")
    line = moved[: moved.index("{code: HW-WH-A,")].count("\n") + 1
    with pytest.raises(Mistakes) as stopped:
        works.run(import_people, None, NOON, company=path)
    found = [str(problem) for problem in stopped.value.problems]
    assert any(f"{line}:" in each and "a code never changes" in each for each in found)
    assert any("stood under another unit" in each for each in found)


def test_two_units_may_exchange_their_names(works: Writer, tmp_path: Path) -> None:
    """Codes say which is which."""
    sample = (Path(__file__).parent.parent.parent / "content" / "sample" / "company.yaml").read_text("utf-8")
    path = tmp_path / "company.yaml"
    swapped = sample.replace("HW-WH-A", "?").replace("HW-WH-B", "HW-WH-A").replace("?", "HW-WH-B")
    path.write_text(swapped, encoding="utf-8")
    works.run(import_people, None, NOON, company=path)

    def names(session: Session) -> list[str]:
        query = select(UnitRow.name).where(UnitRow.code.in_(["HW-WH-A", "HW-WH-B"])).order_by(UnitRow.code)
        return list(session.scalars(query))

    assert works.run(names) == ["Storage Team", "Dock Team"]


def test_a_roster_replaces_what_was_there(works: Writer, tmp_path: Path) -> None:
    """For those people and days; imported twice it is the same."""
    path = tmp_path / "roster.csv"
    path.write_text("badge,date,shift\nL-1042,2026-11-18,night\nL-1042,2026-11-20,late\n", encoding="utf-8")
    assert works.run(import_roster, path, NOON).days == 3
    assert works.run(import_roster, path, NOON).days == 3

    def shifts(session: Session) -> list[str | None]:
        ana = by_badge(session, "L-1042")
        found = (worktime.presence(session, ana, NOON + timedelta(days=day)).today for day in (0, 1, 2))
        return [shift.code if shift else None for shift in found]

    assert works.run(shifts) == ["night", None, "late"]


def test_thousands_of_people_are_imported_set_by_set(works: Writer, tmp_path: Path, database_url: str) -> None:
    """First all join, then a tenth leaves and a tenth moves; on SQLite ten thousand, on PostgreSQL two."""
    count = 10_000 if database_url.startswith("sqlite") else 2_000
    tenth = count // 10
    row = "B-{:05d},Person {},en,Harbour Works,Warehouse,{},worker,employee,early,2026-01-05,"
    everyone = [row.format(n, n, "Dock Team") for n in range(count)]
    done = works.run(import_people, save(tmp_path, [*sample_lines(), *everyone]), NOON)
    assert len(done.applied.joined) == count
    teams = ["Storage Team" if n < 2 * tenth else "Dock Team" for n in range(count)]
    moved = [row.format(n, n, teams[n]) for n in range(tenth, count)]
    done = works.run(import_people, save(tmp_path, [*sample_lines(), *moved]), NOON + timedelta(days=1))
    assert (len(done.applied.left), len(done.applied.moved)) == (tenth, tenth)

    def untouched(session: Session) -> int | None:
        return session.scalar(text("SELECT count(*) FROM person WHERE badge LIKE 'L-%' AND left_on IS NULL"))

    assert works.run(untouched) == 24
