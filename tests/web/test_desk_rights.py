"""Who sees what of participation: names for those who lead, figures for human resources, nothing for others."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy.orm import Session

from bot.assessment import store
from bot.assessment.model import Tally
from bot.learning import model as lessons
from bot.people import actions as people
from bot.people.model import Role
from tests.web.desk import CREW, HIRED, NOON, SINCE, START, Desk, Works, _fact


def words(answer: httpx.Response) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def crowd(session: Session, works: Works) -> None:
    """Six more in each team of Harbour Works, all offered today's lesson; one of each read it."""
    for unit in ("dock", "press"):
        for number in range(6):
            badge = f"X-{unit}-{number}"
            who = people.add_person(session, badge, f"{unit} {number}", "en", works.units[unit], "worker", SINCE)
            at = START + timedelta(hours=3)
            _fact(session, lessons.LESSON_ASSIGNED, f"assigned:{badge}", who, at, lesson="a", version=1)
            if number == 0:
                _fact(session, lessons.LESSON_READ, f"read:{badge}", who, at, lesson="a", version=1)


def test_human_resources_see_figures_of_many_and_no_name(desk: Desk) -> None:
    """On the first page and on a team's; the supervisor of the same team sees its names."""
    desk.house.writer.run(crowd, desk.works)
    hugo, sam = desk.browser("Hugo Reyes"), desk.browser("Sam Okafor")
    team = f"/desk/units/{desk.works.units['dock'].id}"
    assert "Dock Team 9 8" in words(hugo.get("/desk"))
    assert "8 were offered" in words(hugo.get(team))
    for name in (*CREW, "dock 1", "press 1"):
        assert name not in hugo.get("/desk").text + hugo.get(team).text
    assert "dock 1" in sam.get(team).text


def test_human_resources_do_not_see_figures_of_a_few(shown: Desk) -> None:
    """Two of a team were offered something: what one of them did would be plain."""
    hugo = shown.browser("Hugo Reyes")
    for page in ("/desk", f"/desk/units/{shown.works.units['dock'].id}"):
        said = words(hugo.get(page))
        assert "Too few people to show" in said
        assert "2 of 2" not in said
        assert "2 / 2" not in said
    assert "2 of 2" in words(shown.browser("Sam Okafor").get("/desk"))


def test_human_resources_see_no_danger(shown: Desk) -> None:
    """Neither on the first page nor by its address nor its photo; nor another site's figures."""
    hugo = shown.browser("Hugo Reyes")
    page = hugo.get("/desk").text
    assert "Open dangers" not in page
    assert "Line One Team" not in page
    assert hugo.get(f"/desk/hazards/{shown.works.hazards['rail']}").status_code == 403
    assert hugo.get(f"/desk/units/{shown.works.units['line'].id}").status_code == 404


def test_a_role_that_ended_opens_nothing_at_the_next_look(desk: Desk) -> None:
    """The session stays, the right is gone."""
    hugo = desk.browser("Hugo Reyes")
    assert hugo.get("/desk").status_code == 200
    unit = desk.works.units["harbour"].id
    desk.house.writer.run(people.revoke, desk.works.people["Hugo Reyes"], Role.HR, unit, desk.clock.now())
    assert hugo.get("/desk").status_code == 403


def test_two_rights_add_up_and_neither_widens_the_other(desk: Desk) -> None:
    """Human resources for the site who leads one team: names there, figures elsewhere."""
    add = (desk.works.people["Hugo Reyes"], Role.SUPERVISOR, desk.works.units["dock"].id, HIRED)
    desk.house.writer.run(people.grant, *add)
    hugo = desk.browser("Hugo Reyes")
    assert "Ana Morales" in hugo.get(f"/desk/units/{desk.works.units['dock'].id}").text
    assert "Ben Cole" not in hugo.get(f"/desk/units/{desk.works.units['press'].id}").text


def _tallies(session: Session, paths: list[str]) -> dict[int, Tally]:
    return store.tallies(session, store.places(session, paths), NOON)


def test_without_units_there_are_no_figures(shown: Desk) -> None:
    """A question about no unit is not one about all of them."""
    assert shown.house.writer.run(_tallies, []) == {}


def test_whoever_went_on_leave_before_they_began_is_not_counted_against_anybody(desk: Desk) -> None:
    """The figures say what the list of people says; whoever took part all the same counts as before."""
    from bot.people.tables import LeaveRow

    def leave(session: Session) -> None:
        for name in ("Fatima Zahra", "Ana Morales"):
            for hours in (1, 2):  # said twice, counted once
                session.add(LeaveRow(person_id=desk.works.people[name], starts_at=NOON - timedelta(hours=hours)))

    page = f"/desk/units/{desk.works.units['line'].id}"
    lin = desk.browser("Lin Yao")
    assert "2 1 / 2" in words(lin.get("/desk"))
    desk.house.writer.run(leave)
    assert "1 1 / 1" in words(lin.get("/desk"))
    assert words(lin.get(page)).index("Chidi Eze") < words(lin.get(page)).index("Fatima Zahra")
    found = desk.house.writer.run(_tallies, [desk.works.units["dock"].path])
    assert found[desk.works.units["dock"].id].offered == 2


def test_a_page_says_what_its_figures_mean_and_who_sees_them(shown: Desk) -> None:
    """Under every table of participation."""
    for name, told in (("Sam Okafor", "Names are shown to those"), ("Hugo Reyes", "You see figures without names")):
        said = words(shown.browser(name).get("/desk"))
        assert "Of these, read or answered. Practice counts, right or wrong." in said
        assert told in said


def test_a_post_and_a_unit_are_called_by_their_names(desk: Desk) -> None:
    """In the reader's language, never by their code."""
    from bot.people.tables import PostRow, UnitRow

    def name(session: Session) -> None:
        session.add(PostRow(code="worker", name="Docker", names={"en": "Docker", "zh": "码头工人"}, topics=[]))
        row = session.get(UnitRow, desk.works.units["line"].id)
        assert row is not None
        row.names = {"en": "Line One Team", "zh": "一号线班组"}

    desk.house.writer.run(name)
    page = words(desk.browser("Lin Yao").get(f"/desk/units/{desk.works.units['line'].id}"))
    assert "码头工人" in page
    assert "一号线班组" in page
    assert "worker" not in page


@pytest.mark.parametrize("path", ["/desk/hazards/{n}", "/desk/units/{n}"])
@pytest.mark.parametrize("n", ["2147483648", "9" * 30, "9" * 5000, "-1", "1.5"])
def test_a_number_that_no_row_has_is_answered_in_words(shown: Desk, path: str, n: str) -> None:
    """The database would fail on it."""
    answer = shown.browser("Sam Okafor").get(path.format(n=n))
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


def test_an_address_with_a_zero_byte_is_answered_in_words(shown: Desk) -> None:
    """PostgreSQL takes no such text."""
    answer = shown.browser("Sam Okafor").get("/media/%00" + "0" * 64)
    assert (answer.status_code, "There is no such page" in answer.text) == (400, True)


@pytest.mark.parametrize("lang", ["", "../../etc/passwd", "xx-YY", "*", ";q=1", "é" * 200])
def test_any_wish_for_a_language_gets_a_page(shown: Desk, lang: str) -> None:
    """One that we have."""
    answer = shown.browser().get("/login", headers={"accept-language": lang.encode()})  # type: ignore[dict-item]
    assert answer.status_code == 200


def test_a_page_that_fails_says_so_in_words_with_the_headers(shown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """And tells nothing of why."""

    def fail(*_: object) -> None:
        raise RuntimeError("secret of the program")

    client, program = shown.browser("Sam Okafor"), shown.browser("Sam Okafor")
    monkeypatch.setattr("bot.web.store.company_name", fail)
    answer = client.get("/desk")
    assert (answer.status_code, "Something went wrong" in answer.text) == (500, True)
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert program.get("/desk", headers={"accept": "application/json"}).content == b""
