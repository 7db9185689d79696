"""What is counted of a company is what its people say one by one, on both engines (long because each count has its own)."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.compliance.reading import store as reading
from bot.compliance.reading.model import Notice
from bot.db.engine import connect
from bot.delivery.tables import AcknowledgementRow
from bot.duties import store as duties
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.learning.courses import matrix, store, totals
from bot.learning.courses.content import course_content
from bot.learning.courses.model import Binding, Cause, Course
from bot.learning.courses.tables import CompletionRow, CourseForceRow, CourseGivenRow, CourseRow, CourseVersionRow
from bot.onboarding.staff import store as staff
from bot.people import company, counting
from bot.people import store as people
from bot.people.model import Grant, Role, UnitKind, Viewer
from bot.people.store import people_on
from bot.people.tables import PersonRow, PlacementRow, UnitRow
from bot.voice.pledge import store as pledge
from bot.voice.pledge.tables import PledgeRow
from tests.kept import furnished

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = NOW.date()
POSTS, LANGS = ("driver", "fitter", "welder"), ("en", "de", "tr")
SCOPES = ((), ("/",), ("/1/",), ("/1/2/",), ("/1/3/", "/1/2/5/"), ("/1/2/", "/1/2/4/"))


def _day(chance: random.Random, around: int = 40) -> date:
    return TODAY + timedelta(days=chance.randint(-around, around))


def units(session: Session) -> None:
    """A company of two sites with two teams each, of which one is closed."""
    whole = {"zone": "UTC", "jurisdiction": "ANY", "language": "en", "starts_on": date(2020, 1, 1)}
    for id, parent, path, kind in (
        (1, None, "/1/", "company"), (2, 1, "/1/2/", "site"), (3, 1, "/1/3/", "site"), (4, 2, "/1/2/4/", "team"),
        (5, 2, "/1/2/5/", "team"), (6, 3, "/1/3/6/", "team"), (10, 3, "/1/3/10/", "team"),
    ):  # fmt: skip
        ends = TODAY if id == 6 else None
        kept = {"id": id, "parent_id": parent, "path": path, "kind": UnitKind(kind).value, "name": f"U{id % 7}{id}"}
        session.add(UnitRow(**kept, **whole, ends_on=ends))
        session.flush()


def crowd(session: Session, seed: int = 7) -> None:
    """People who stay, who left and kept their place, who begin later, who moved or will move."""
    chance = random.Random(seed)
    units(session)
    for id in range(1, 121):
        joined = _day(chance, 60) if chance.random() < 0.4 else TODAY - timedelta(days=300)
        left = _day(chance) if chance.random() < 0.3 else None
        who = PersonRow(
            id=id, badge=f"B{id}", name=f"{chance.choice('ÄaBbz')} {id}", lang=chance.choice(LANGS), joined_on=joined, left_on=left
        )  # fmt: skip
        session.add(who)
        session.flush()
        moves = sorted({joined, *(_day(chance) for _ in range(chance.choice((0, 0, 0, 1, 2))))})
        moves = [day for day in moves if day >= joined]
        for starts, ends in zip(moves, [*moves[1:], None], strict=True):
            session.add(
                PlacementRow(
                    person_id=id, unit_id=chance.choice((1, 2, 4, 4, 5, 6, 10)), post=chance.choice(POSTS),
                    starts_on=starts, ends_on=ends,
                )
            )  # fmt: skip
        if chance.random() < 0.5:
            session.add(PledgeRow(key=f"p{id}", person_id=id, signed_at=NOW, until_on=_day(chance), wrong=0))
    _training(session, chance)
    _told(session, chance)


def _told(session: Session, chance: random.Random) -> None:
    """Duties that were given, some of them twice; and a notice that some have acknowledged."""
    session.add(
        DutyListRow(
            id=1, unit_id=1, path="/1/", post="driver", version=1, level="person", scope={}, duties=[], source="", signed_by=1,
            signed_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    for number in range(150):
        some = {name: chance.choice((None, NOW)) for name in ("told_at", "acknowledged_at")}
        session.add(
            DutyGivenRow(
                key=f"d{number}", list_id=1, person_id=chance.randint(1, 120), given_at=NOW - timedelta(days=chance.randint(1, 9)),
                withdrawn_at=chance.choice((None, None, NOW)), **some,
            )
        )  # fmt: skip
    for person in range(1, 121, 3):
        session.add(AcknowledgementRow(subject="notice:1", version=2, person_id=person, at=NOW))


def _training(session: Session, chance: random.Random) -> None:
    binds = {
        "all": (Binding(Cause.EVERYONE, 30),), "some": (Binding(Cause.POST, 30, posts=("driver",)),), "none": (),
        "elsewhere": (Binding(Cause.EVERYONE, 30),),
    }  # fmt: skip
    for id, rules in binds.items():
        made = Course(id, 1, {"en": id}, (), None, 30, None, rules)
        session.add(CourseRow(id=id, version=1, digest="x", shipped=False, unit_id=None))
        session.flush()
        session.add(
            CourseVersionRow(
                course_id=id, version=1, content=course_content(made), at=NOW - timedelta(days=200), person_id=None
            )
        )
        if id != "elsewhere":
            session.add(
                CourseForceRow(
                    key=id, course_id=id, unit_id=1 if id != "some" else 2, in_force_on=date(2026, 1, 1), decided_by=1, cursor=0
                )
            )  # fmt: skip
        for person in range(1, 121):
            for turn in range(chance.choice((0, 0, 1, 2))):
                begun = _day(chance)
                session.add(
                    CompletionRow(
                        key=f"{id}:{person}:{turn}", person_id=person, course_id=id, course_version=1, completed_on=begun,
                        expires_on=chance.choice((None, _day(chance))), revoked_on=chance.choice((None, None, _day(chance))),
                    )
                )  # fmt: skip
            for turn in range(chance.choice((0, 0, 1, 2))):
                session.add(
                    CourseGivenRow(
                        key=f"{id}:{person}:{turn}", person_id=person, course_id=id, course_version=1, cause="everyone",
                        assigned_on=_day(chance), due_on=_day(chance), state="open",
                        ended_on=chance.choice((None, None, _day(chance))), tries_added=0,
                    )
                )  # fmt: skip


@contextlib.contextmanager
def house(database_url: str) -> Iterator[Session]:
    """The crowd in a database."""
    furnished(database_url, crowd, "counting-crowd", NOW)
    engine = connect(database_url)
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


def leads(*paths: str, role: Role = Role.SUPERVISOR) -> Viewer:
    """Somebody with a role over some units."""
    return Viewer(1, "/1/", tuple(Grant(role, 1, path) for path in paths))


def test_heads_are_counted_as_people_are_listed(database_url: str) -> None:
    """By unit, by post, by language and altogether, under any paths: as `everyone` lists them."""
    with house(database_url) as session:
        for under in SCOPES:
            here = people.everyone(session, NOW, under) if under else []
            assert counting.by_unit(session, TODAY, under) == Counter(who.unit for who in here)
            assert counting.by_post(session, TODAY, under) == Counter((who.unit, who.post) for who in here)
            assert company.languages(session, NOW, under) == Counter(who.lang for who in here)
            assert counting.many(session, TODAY, under) == len(here)
        known = counting.paths_of(session)
        rolled = counting.rolled(counting.by_unit(session, TODAY, ["/"]), known)
        for unit, path in known.items():
            assert rolled[unit] == len(people.everyone(session, NOW, [path])), path


@pytest.mark.parametrize("back", [-25, -3, 0, 4, 30])
def test_a_matrix_is_counted_as_it_is_read(database_url: str, back: int) -> None:
    """Who needs, has, is behind and how many there are on any day, with those who came and went, as the matrix says by name."""
    on = TODAY - timedelta(days=back)
    with house(database_url) as session:
        for under in SCOPES:
            whole = matrix.matrix(session, under, on)
            behind = matrix.behind(whole)
            offers = store.in_force(session, on)
            assert totals.many(session, under, on) == len(whole.lines)
            assert totals.late(session, under, on) == len({given.person for _, given in behind if given.due_on < on})
            assert totals.sums(session, under, on, offers) == matrix.sums(whole)
            for named in ((), ("/1/2/",), ("/1/",)):
                _open_as_read(session, under, named, whole, on)


def _open_as_read(
    session: Session, under: tuple[str, ...], named: tuple[str, ...], whole: matrix.Matrix, on: date
) -> None:
    courses = [course.id for course in whole.courses]
    behind = [(line, given) for line, given in matrix.behind(whole) if given.course in courses]
    theirs = [(line.who.id, given.id) for line, given in behind if line.who.path.startswith(named or ("?",))]
    others = Counter(
        (given.course, given.due_on < on) for line, given in behind if not line.who.path.startswith(named or ("?",))
    )
    found = totals.longest(session, under, named, courses, on, 9)
    assert [(who.id, given.id) for who, given in found] == theirs[:9]
    counts = totals.open_by_course(session, under, named, courses, on)
    assert sum(each.named for each in counts.values()) == len(theirs)
    told = {(id, late): n for id, each in counts.items() for late, n in ((True, each.late), (False, each.due)) if n}
    assert told == dict(others)


def test_the_list_of_people_begins_as_the_whole_list_does(database_url: str) -> None:
    """The first ones and how many there are, of everybody, with those who have still to begin or to move."""
    with house(database_url) as session:
        for under in SCOPES[1:]:
            viewer = leads(*under)
            query = staff._members(TODAY, staff._seen(viewer))
            every = staff._page(session, query, 1000)
            assert any(each.joined_on > TODAY for each in every) or under != ("/1/",)
            for most in (1, 7, 1000):
                assert staff.found(session, viewer, "", "", TODAY, most) == (every[:most], len(every))
        assert staff.found(session, leads(), "", "", TODAY, 9) == ([], 0)


def test_pledges_are_counted_and_named_as_one_by_one(database_url: str) -> None:
    """Of each unit how many there are, how many signed, and who did not."""
    with house(database_url) as session:
        meant, done = pledge.counts_by_unit(session, ["/1/"], NOW)
        for unit, path in counting.paths_of(session).items():
            assert (meant[unit], done[unit]) == pledge.counts(session, path, NOW)
            names = [each.name for each in pledge.missing(session, path, NOW)]
            assert pledge.names_missing(session, path, NOW) == names


def test_duties_are_counted_as_they_are_listed(database_url: str) -> None:
    """By unit who has any and who has not acknowledged them, most first; the first who have not; and everybody by post."""
    with house(database_url) as session:
        rows = session.execute(
            people_on.join(DutyGivenRow, DutyGivenRow.person_id == PersonRow.id)
            .add_columns(DutyGivenRow)
            .where(DutyGivenRow.withdrawn_at.is_(None), PersonRow.left_on.is_(None)),
            {"on": TODAY},
        ).all()
        for under in SCOPES:
            mine = [(people.as_person(row), row.DutyGivenRow) for row in rows if row.path.startswith(under or ("?",))]
            late = [(who, row) for who, row in mine if row.acknowledged_at is None]
            given, open_ = (Counter(who.unit for who, _ in some) for some in (mine, late))
            wanted = sorted(((unit, given[unit], n) for unit, n in open_.items()), key=lambda each: (-each[2], each[0]))
            for most in (2, 99):
                assert duties.behind_by_unit(session, under, NOW, most) == (wanted[:most], len(late))
            assert duties.counts(session, under, NOW) == (len(mine) - len(late), len(late))
            late.sort(key=lambda each: (each[1].given_at, each[0].id))
            behind = duties.behind(session, under, NOW, 99)
            assert {(who.id, row.id) for who, row in behind} == {(who.id, row.id) for who, row in late}
            assert [(row.given_at, who.id) for who, row in behind] == [(row.given_at, who.id) for who, row in late]
            told = sorted(row.id for _, row in late if row.told_at is not None)
            assert duties.to_chase(session, under, NOW, NOW, 0, 99) == told
            assert duties.any_to_chase(session, under, NOW, NOW) == bool(told)
            proof = duties.proof(session, under, NOW, 99)
            assert [row.id for _, row, _ in proof] == [
                row.id for _, row in sorted(mine, key=lambda each: (each[0].id, each[1].id))
            ][:99]
            held = duties.holders(session, under, NOW)
            everybody = people.everyone(session, NOW, under) if under else []
            assert {(each.post, each.path): each.count for each in held} == Counter((w.post, w.path) for w in everybody)


@pytest.mark.parametrize("wide", [0, 1000])
def test_a_notice_is_counted_as_its_people_are_listed(
    database_url: str, wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By unit how many are meant and have acknowledged, and the first who have not: however they are looked for."""
    monkeypatch.setattr(reading, "WIDE", wide)
    with house(database_url) as session:
        for unit, path in ((1, "/1/"), (2, "/1/2/"), (4, "/1/2/4/")):
            for posts in ((), ("driver", "welder")):
                notice = Notice(1, unit, path, posts, None, 2, 1, NOW, None, True, {})
                parts = reading.by_unit(session, notice, NOW)
                many, done = sum(each[1] for each in parts), sum(each[2] for each in parts)
                pending = reading.pending(session, notice, NOW)
                assert (many, done) == reading.counts(session, notice, NOW)
                assert {each[0]: each[1] - each[2] for each in parts if each[1] > each[2]} == Counter(
                    who.unit for who in pending
                )
                assert reading.first_pending(session, notice, NOW, many, 6) == pending[:6]


def test_the_first_units_are_those_of_all(database_url: str) -> None:
    """In the order of `units`, by name and by what lies above."""
    with house(database_url) as session:
        every = people.units(session)
        for under in SCOPES:
            wanted = [unit for unit in every if unit.path.startswith(tuple(under) or ("?",))]
            for most in (0, 2, 99):
                assert people.units_under(session, under, most) == wanted[:most]
        closed = session.get_one(UnitRow, 6)
        assert closed.ends_on is not None
        assert people.labels(session, [4, 6, 999]) == {4: "U44", 6: closed.name}
        assert people.open_paths(session) == {unit.id: unit.path for unit in every}
        assert people.company_path(session) == "/1/"


def test_the_languages_that_people_read_are_those_of_one_by_one(database_url: str) -> None:
    """Of the whole company, of a part, and of nothing: whoever has left, or works elsewhere, brings none."""
    with house(database_url) as session:
        for path in (*counting.paths_of(session).values(), "/9/"):
            read = {each.lang for each in people.everyone(session, NOW, [path]) if each.left_on is None}
            assert set(company.spoken(session, NOW, [path])) == read
        assert company.spoken(session, NOW, []) == []
