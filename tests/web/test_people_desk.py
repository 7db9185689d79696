"""People on the dashboard: who sees whom, changes by hand, files (long because a desk for people has many doors)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features import rooms
from bot.ledger.tables import FactRow
from bot.onboarding import actions as onboarding
from bot.onboarding.staff import ticks
from bot.onboarding.staff.tables import PeopleFileRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role
from bot.people.tables import InviteRow, JoinRequestRow, PersonRow, PosterRow
from tests.web.desk import CREW, HIRED, Desk, opened

PARTS = tuple(room for room in rooms() if room.name in ("onboarding", "onboarding.staff", "handover"))
HEAD = "badge,name,language,site,workshop,team,post,roles,shift,joined_on,left_on"


@pytest.fixture(autouse=True)
def _named() -> None:
    onboarding.configure(bot_username="davy_bot")


def words(answer: httpx.Response) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def sent(client: httpx.Client, path: str, **values: str) -> httpx.Response:
    """A form of a page, sent with the page's own word."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert csrf is not None, path
    return client.post(path, data={"csrf": csrf[1]} | values)


def person(desk: Desk, name: str) -> int:
    return desk.works.people[name]


def kinds(desk: Desk) -> list[str]:
    """The facts of the ledger, by kind."""
    return list(desk.house.writer.run(lambda session: session.scalars(select(FactRow.kind)).all()))


def test_who_works_here_is_seen_by_those_who_lead_them_and_by_human_resources(
    database_url: str, tmp_path: Path
) -> None:
    """Sam and Hugo of Harbour Works see its people and nobody of Lingang; Tess, who trains, sees no list at all."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        sam, hugo = desk.browser("Sam Okafor"), desk.browser("Hugo Reyes")
        for one in (sam, hugo):
            page = one.get("/desk/people").text
            assert "Ana Morales" in page
            assert "Chidi Eze" not in page, "of another site"
            assert one.get(f"/desk/people/{person(desk, 'Ana Morales')}").status_code == 200
            assert one.get(f"/desk/people/{person(desk, 'Chidi Eze')}").status_code == 404
        assert "Ana Morales" in sam.get("/desk/people?q=ana m").text
        assert "Ben Cole" not in sam.get("/desk/people?q=w-0").text
        assert "Nobody found" in sam.get("/desk/people?q=%25").text, "no sign of the search is a wild card"
        assert desk.browser("Tess Hall").get("/desk/people").status_code == 403
        assert "Change, move" not in sam.get(f"/desk/people/{person(desk, 'Ana Morales')}").text
        assert sam.get(f"/desk/people/{person(desk, 'Ana Morales')}/change").status_code == 403
        assert sam.get("/desk/people/new").status_code == 403
        assert hugo.get("/desk/people/files").status_code == 404, "a file speaks of the whole company"


def test_somebody_is_added_moved_and_leaves_with_the_facts_of_an_import(database_url: str, tmp_path: Path) -> None:
    """A wrong field is told beside itself and what was typed stays; a number is never given twice."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        hugo, dock, line = desk.browser("Hugo Reyes"), desk.works.units["dock"].id, desk.works.units["line"].id
        new = {"badge": "N-1", "name": "Ida Brandt", "unit": str(dock), "post": "welder", "lang": "es",
               "joined_on": desk.clock.now().date().isoformat()}  # fmt: skip
        taken = sent(hugo, "/desk/people/new", **new | {"badge": "w-0"})
        assert taken.status_code == 422
        assert 'value="Ida Brandt"' in taken.text
        assert re.search(r'name="badge"[^>]*aria-invalid="true"', taken.text)
        assert "is somebody" in taken.text
        assert re.search(r'<option value="es" selected>', taken.text)
        elsewhere = sent(hugo, "/desk/people/new", **new | {"unit": str(line)})
        assert elsewhere.status_code == 422, "another site's unit"
        made = sent(hugo, "/desk/people/new", **new)
        assert made.status_code == 200
        assert "Ida Brandt" in made.text
        id = int(made.url.path.rpartition("/")[2])
        press = desk.works.units["press"].id
        moved = sent(hugo, f"/desk/people/{id}/change", do="move", name="Ida Brandt", unit=str(press), post="fitter")
        assert "Press Team" in words(moved)
        assert (
            sent(
                hugo, f"/desk/people/{id}/change", do="move", name="Ida Brandt", unit=str(press), post="fitter"
            ).status_code
            == 422
        )
        later = (desk.clock.now() + timedelta(days=20)).date().isoformat()
        assert "leaves on" in words(sent(hugo, f"/desk/people/{id}/change", do="leave", on=later))
        assert "leaves on" not in words(sent(hugo, f"/desk/people/{id}/change", do="leave", on=""))
        gone = sent(hugo, f"/desk/people/{id}/change", do="leave", on=desk.clock.now().date().isoformat())
        assert gone.url.path == "/desk/people"
        assert "Ida Brandt" not in gone.text
        assert sent(hugo, "/desk/people/new", **new).status_code == 422, "the number keeps its history"
        own = person(desk, "Hugo Reyes")
        assert (
            sent(hugo, f"/desk/people/{own}/change", do="move", name="Hugo R", unit=str(press), post="hr").status_code
            == 200
        )
        page = hugo.get(f"/desk/people/{own}/change").text
        assert "Set the last day" not in page, "nobody ends themselves"
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf is not None
        today = desk.clock.now().date().isoformat()
        ended = hugo.post(f"/desk/people/{own}/change", data={"csrf": csrf[1], "do": "leave", "on": today})
        assert ended.status_code == 422
        assert {"PersonAdded", "PersonMoved", "PersonLeft", "PersonCorrected"} <= set(kinds(desk))


def test_an_absence_is_noted_and_ended_for_somebody(database_url: str, tmp_path: Path) -> None:
    """By human resources alone; the page of the person says so."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        ana = person(desk, "Ana Morales")
        hugo = desk.browser("Hugo Reyes")
        assert "Note an absence" in hugo.get(f"/desk/people/{ana}").text
        assert desk.browser("Sam Okafor").get(f"/desk/people/{ana}/away").status_code == 403
        away = sent(hugo, f"/desk/people/{ana}/away", do="away", until="week")
        assert "They are away: change it" in away.text
        assert "Note an absence" in sent(hugo, f"/desk/people/{ana}/away", do="back").text
        assert hugo.get(f"/desk/people/{person(desk, 'Chidi Eze')}/away").status_code == 404
        assert {"WentAway", "CameBack"} <= set(kinds(desk))


def test_a_link_for_one_person_is_shown_to_whoever_made_it_as_long_as_it_opens_a_door(
    database_url: str, tmp_path: Path
) -> None:
    """Another leader does not see it; used, it is gone; nobody makes one for another site's people."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        ana = person(desk, "Ana Morales")
        sam = desk.browser("Sam Okafor")
        assert sam.get(f"/desk/people/{ana}/link").status_code == 404, "none was made"
        made = sent(sam, "/desk/people/joining", do="invite", id=str(ana))
        assert "https://t.me/davy_bot?start=i" in made.text
        assert "<svg" in made.text
        assert desk.browser("Grace Lind").get(f"/desk/people/{ana}/link").status_code == 404
        refused = sent(sam, "/desk/people/joining", do="invite", id=str(person(desk, "Chidi Eze")))
        assert refused.status_code == 422
        desk.house.writer.run(
            lambda session: session.scalars(select(InviteRow)).one().__setattr__("used_at", desk.clock.now())
        )
        assert sam.get(f"/desk/people/{ana}/link").status_code == 404


def test_who_asks_at_the_door_is_let_in_once_and_by_who_may(database_url: str, tmp_path: Path) -> None:
    """Lin of the other site sees no request; two press, one wins and the other is told."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        ana = person(desk, "Ana Morales")

        def ask(session: Session) -> int:
            row = JoinRequestRow(
                unit_id=desk.works.units["harbour"].id, person_id=ana, user_id=77, chat_id=77, lang="en", state="waiting",
                created_at=desk.clock.now(),
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

        asked = desk.house.writer.run(ask)
        sam, lin = desk.browser("Sam Okafor"), desk.browser("Lin Yao")
        assert "(1)" in sam.get("/desk/people").text
        assert "Ana Morales" in sam.get("/desk/people/joining").text
        assert "Ana Morales" not in lin.get("/desk/people/joining").text
        assert sent(lin, "/desk/people/joining", do="yes", id=str(asked)).status_code == 422
        assert sent(sam, "/desk/people/joining", do="yes", id=str(asked)).status_code == 200
        assert sent(desk.browser("Grace Lind"), "/desk/people/joining", do="no", id=str(asked)).status_code == 422
        with Session(desk.house.engine) as session:
            assert store.person_of_account(session, "telegram", 77, desk.clock.now()) is not None


def test_a_poster_is_made_printed_again_and_taken_down(database_url: str, tmp_path: Path) -> None:
    """In the languages that its people read; down, it is shown no more."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        sam, harbour = desk.browser("Sam Okafor"), desk.works.units["harbour"].id
        made = sent(sam, "/desk/people/posters", do="make", unit=str(harbour))
        assert "Safety in your pocket" in made.text
        assert "https://t.me/davy_bot?start=b" in made.text
        assert "style=" not in made.text, "the policy forbids it"
        assert sam.get(made.url.path).text.count("<svg") == made.text.count("<svg")
        assert desk.browser("Lin Yao").get(made.url.path).status_code == 404
        refused = sent(sam, "/desk/people/posters", do="make", unit=str(desk.works.units["lingang"].id))
        assert refused.status_code == 422
        id = made.url.path.rpartition("/")[2]
        assert "No poster hangs" in sent(sam, "/desk/people/posters", do="down", id=id).text
        assert sam.get(made.url.path).status_code == 404
        with Session(desk.house.engine) as session:
            assert session.scalars(select(PosterRow)).one().closed_at is not None


def manager(desk: Desk) -> httpx.Client:
    return desk.browser("Grace Lind")


def listed(desk: Desk, *besides: str, without: str = "") -> str:
    """Everybody at work as a file has them, with rows more; the company's own people at a site."""
    lines = [HEAD]
    for name, unit in (("Sam Okafor", ""), ("Tess Hall", ""), ("Hugo Reyes", ""), ("Grace Lind", ""), ("Lin Yao", "L")):
        site = "Lingang Works" if unit else "Harbour Works"
        lines.append(f"{_badge(desk, name)},{name},en,{site},,,{_post(desk, name)},employee,,2026-01-01,")
    for number, name in enumerate(CREW):
        if name != without:
            team = ("Dock Team", "Press Team", "Line One Team")[number % 3]
            site = "Lingang Works" if number % 3 == 2 else "Harbour Works"
            lines.append(f"{_badge(desk, name)},{name},en,{site},{team},,worker,employee,,2026-01-01,")
    return "\n".join([*lines, *besides])


def _row(desk: Desk, name: str) -> PersonRow:
    with Session(desk.house.engine) as session:
        return session.get_one(PersonRow, person(desk, name))


def _badge(desk: Desk, name: str) -> str:
    return _row(desk, name).badge


def _post(desk: Desk, name: str) -> str:
    with Session(desk.house.engine) as session:
        found = store.person(session, person(desk, name), desk.clock.now())
        assert found is not None
        return found.post


def upload(client: httpx.Client, table: str, name: str = "people.csv") -> httpx.Response:
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/people/files").text)
    assert csrf is not None
    return client.post("/desk/people/files", data={"csrf": csrf[1]}, files={"file": (name, table.encode(), "text/csv")})


def test_a_personnel_file_is_looked_at_mended_and_applied_as_a_whole(database_url: str, tmp_path: Path) -> None:
    """A mistake is shown with its line as it was sent; nothing changes before somebody says so; roles are not touched."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace = manager(desk)
        joins = "N-7,Noor <b>Haddad</b>,ar,Harbour Works,Dokc Team,,worker,admin;manager@Harbour Works,,2026-11-01,"
        bad = upload(grace, listed(desk, joins))
        assert bad.status_code == 200
        assert "Noor &lt;b&gt;Haddad&lt;/b&gt;" in bad.text, "quoted as it was sent, and escaped"
        said = words(bad)
        assert "Line 15" in said
        assert "did you mean" in said
        assert "a file cannot make administrators" in said
        assert "Apply all of it" not in said
        good = joins.replace("Dokc", "Dock").replace("admin;", "").replace(" <b>Haddad</b>", " Haddad")
        looked = upload(grace, listed(desk, good))
        said = words(looked)
        assert "1 begins" in said
        assert "Noor Haddad" in said
        assert "stay as they are" in said
        assert "N-7" not in words(grace.get("/desk/people?q=Noor"))
        done = sent(grace, looked.url.path, do="apply", seen=_seen(looked))
        assert "Applied." in words(done)
        with Session(desk.house.engine) as session:
            noor = store.person_by_badge(session, "N-7", desk.clock.now())
            assert noor is not None
            assert noor.lang == "ar"
            viewer = store.viewer(session, noor.id, desk.clock.now())
            assert viewer is not None
            assert viewer.grants == (), "no role comes in through a browser"
            sam = store.viewer(session, person(desk, "Sam Okafor"), desk.clock.now())
            assert sam is not None
            assert sam.anywhere(Role.SUPERVISOR), "none is taken either"
            assert session.scalars(select(PeopleFileRow.found)).all() == [None, None]
        assert sent(grace, "/desk/people/files").status_code == 422, "no file was chosen"
        assert {"PersonAdded", "PeopleImported"} <= set(kinds(desk))


def _seen(answer: httpx.Response) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def test_many_leavers_have_to_be_confirmed_and_an_old_look_is_not_applied(database_url: str, tmp_path: Path) -> None:
    """One of thirteen is more than usual; who came meanwhile makes the look an old one; a day later the file is empty."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace = manager(desk)
        looked = upload(grace, listed(desk, without="Ben Cole"))
        assert "1 leaves" in words(looked)
        refused = sent(grace, looked.url.path, do="apply", seen=_seen(looked))
        assert refused.status_code == 422
        assert "of 13 people would leave" in words(refused)
        dock = desk.works.units["dock"]
        desk.house.writer.run(people.add_person, "X-1", "Late Comer", "en", dock, "worker", HIRED.date())
        old = sent(grace, looked.url.path, do="apply", seen=_seen(looked), leavers="1")
        assert old.status_code == 422
        assert "People have changed" in words(old)
        again = upload(grace, listed(desk, without="Ben Cole"))
        assert "2 leave" in words(again)
        assert "Applied." in words(sent(grace, again.url.path, do="apply", seen=_seen(again), leavers="1"))
        with Session(desk.house.engine) as session:
            assert session.get_one(PersonRow, person(desk, "Ben Cole")).left_on is not None
        upload(grace, listed(desk))
        desk.clock.advance(timedelta(days=2))
        desk.house.writer.run(ticks.forget_files, desk.clock.now())
        with Session(desk.house.engine) as session:
            assert all(found is None for found in session.scalars(select(PeopleFileRow.found)))
