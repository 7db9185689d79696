"""The board of dangers: what stands in the address is what is shown; what the page does is what the chat's buttons do."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.hazards import actions as hazards
from bot.hazards import correcting, store
from bot.hazards.model import Report, State, Urgency
from bot.hazards.tables import HazardRow, SiteSpotRow
from bot.people import actions as people
from bot.people.model import Role
from bot.people.tables import PlaceRow
from tests.web.desk import HIRED, Desk
from tests.web.test_desk import numbers_on


def page_of(desk: Desk, name: str) -> str:
    """A danger's address."""
    return f"/desk/hazards/{desk.works.hazards[name]}"


def does(
    browser: httpx.Client, path: str, act: str, files: dict[str, object] | None = None, **more: str
) -> httpx.Response:
    """Sends one of the forms of a page."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text.split("<main")[1])
    assert csrf is not None
    return browser.post(path, data={"csrf": csrf[1], "act": act, **more}, files=files)


def state_of(desk: Desk, name: str) -> State:
    """Where a danger stands."""
    with Session(desk.house.engine) as session:
        found = store.hazard(session, desk.works.hazards[name])
        assert found is not None
        return found.state


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("show=check", {"pallet"}), ("show=unseen", {"sealed", "spill"}), ("severity=4", {"rail"}), ("kind=nearly", {"pallet"}),
        ("text=stairs", {"light"}), ("text=100%25", set()), ("unit={dock}", {"rail", "sealed", "pallet"}),
        ("unit={dock}&severity=3", {"pallet"}), ("unit={line}", {"rail", "sealed", "spill", "light", "pallet"}),
        ("show=verified", set()), ("text={rail}", {"rail"}),
    ],
)  # fmt: skip
def test_the_address_says_what_is_shown(shown: Desk, asked: str, names: set[str]) -> None:
    """Each filter alone and together; a unit of others is no filter, and shows nothing of theirs."""
    units = {name: unit.id for name, unit in shown.works.units.items()}
    path = f"/desk/hazards?{asked.format(**units, rail=shown.works.hazards['rail'])}"
    page = shown.browser("Sam Okafor").get(path).text
    assert set(numbers_on(page)) == {shown.works.hazards[name] for name in names}
    assert ("None of this kind." in page) == (not names)


def test_whoever_takes_a_danger_on_the_page_is_the_only_one(desk: Desk) -> None:
    """The second one reads who was first; the page says what was done, and offers nothing that no longer goes."""
    sam, grace, path = desk.browser("Sam Okafor"), desk.browser("Grace Lind"), page_of(desk, "spill")
    before = grace.get(path).text
    assert "I take care of it" in before
    assert "Who is alerted" in before
    taken = does(sam, path, "take")
    assert "Nobody else is alerted now." in taken.text
    assert 'value="take"' not in taken.text
    late = does(grace, path, "take")
    assert late.status_code == 422
    assert "Sam Okafor was first" in late.text
    assert state_of(desk, "spill") is State.ACKNOWLEDGED


def test_nobody_checks_their_own_fix_on_the_page_either(desk: Desk) -> None:
    """Sam fixes it with a photo; his page says that somebody else has to look, his form is refused; Grace closes it and undoes."""
    sam, grace, path = desk.browser("Sam Okafor"), desk.browser("Grace Lind"), page_of(desk, "light")
    out = BytesIO()
    Image.new("RGB", (40, 30), "#884422").save(out, "PNG")
    nothing = does(sam, path, "fix", files={"photo": ("", b"")})
    assert "Add a photo of how it looks now" in nothing.text
    assert does(sam, path, "fix", files={"photo": ("x.png", b"no picture", "image/png")}).status_code == 422
    fixed = does(sam, path, "fix", files={"photo": ("x.png", out.getvalue(), "image/png")})
    assert "Somebody else is asked to look." in fixed.text
    assert "Photo 1, after the fix" in fixed.text
    assert "somebody else has to check it" in fixed.text
    assert 'value="verify"' not in fixed.text
    assert does(sam, path, "verify").status_code == 422
    assert state_of(desk, "light") is State.FIXED
    closed = does(grace, path, "verify")
    assert "Checked and closed." in closed.text
    assert "Undo: open it again" in closed.text
    assert state_of(desk, "light") is State.VERIFIED
    assert "Open again." in does(grace, path, "still").text
    assert state_of(desk, "light") is State.REOPENED


def test_it_is_given_to_somebody_and_back(desk: Desk) -> None:
    """By the list, by a badge; never to somebody of another site; undone by giving it to whoever had it."""
    sam, path, works = desk.browser("Sam Okafor"), page_of(desk, "rail"), desk.works
    dana = works.people["Dana Kim"]
    given = does(sam, path, "assign", to=str(dana))
    assert "It is with Dana Kim now." in given.text
    assert "Undo: back to Ben Cole" in given.text
    back = does(sam, path, "assign", to=str(works.people["Ben Cole"]))
    assert "It is with Ben Cole now." in back.text
    assert "It is with Emeka Obi now." in does(sam, path, "assign", badge="W-4").text
    assert "Nobody has the badge W-99." in does(sam, path, "assign", badge="W-99").text
    assert does(sam, path, "assign", to=str(works.people["Chidi Eze"])).status_code == 422


def test_rating_milder_needs_a_reason_and_a_longer_deadline_a_manager(desk: Desk) -> None:
    """As in the chat."""
    sam, path = desk.browser("Sam Okafor"), page_of(desk, "rail")
    assert "needs a reason" in does(sam, path, "rate", severity="1").text
    assert "The rating is noted." in does(sam, path, "rate", severity="3", words="It is roped off.").text
    assert does(sam, path, "rate", severity="9").status_code == 422
    assert "Only a manager may set a later time." in does(sam, path, "due", hours="336").text
    assert "The time is set." in does(sam, path, "due", hours="2").text
    assert "The time is set." in does(desk.browser("Grace Lind"), path, "due", hours="336").text


def test_a_danger_is_closed_as_none_with_a_reason_and_opened_again(desk: Desk) -> None:
    """Whoever reported it reads why."""
    sam, path = desk.browser("Sam Okafor"), page_of(desk, "spill")
    assert "Please write a few words." in does(sam, path, "reject").text
    said = does(sam, path, "reject", words="It is water from cleaning.")
    assert "Closed as no danger." in said.text
    assert "It is water from cleaning." in said.text
    does(sam, path, "still")
    assert state_of(desk, "spill") is State.REOPENED


def test_a_major_danger_is_not_closed_early_and_the_attempt_is_on_record(desk: Desk) -> None:
    """What is missing is named; the story tells of the attempt, although nothing was changed."""
    rail, grace = desk.works.hazards["rail"], desk.works.people["Grace Lind"]
    desk.house.writer.run(lambda session: correcting.judge(session, rail, True, grace, desk.clock.now()) and None)
    sam, path = desk.browser("Sam Okafor"), page_of(desk, "rail")
    tried = does(sam, path, "fix", words="done", files={"photo": ("", b"")})
    assert "A major danger: not yet." in tried.text
    assert "tried a step too early" in tried.text
    assert "It is no danger" not in tried.text
    assert "A major danger is closed" in does(sam, path, "reject", words="no").text
    assert "Noted." in does(sam, path, "plan", words="Close the dock.").text
    assert "Noted." in does(sam, path, "measure", control="engineer", words="A new rail").text
    assert state_of(desk, "rail") is State.ASSIGNED


def test_a_form_is_worth_nothing_without_the_right_and_the_word_of_its_session(desk: Desk) -> None:
    """Another site's leader, a worker, somebody with a made-up word, an act that does not exist."""
    path, lin = page_of(desk, "spill"), desk.browser("Lin Yao")
    [csrf] = set(re.findall(r'name="csrf" value="([^"]+)"', lin.get("/desk").text))
    assert lin.get(path).status_code == 404
    assert lin.post(path, data={"csrf": csrf, "act": "take"}).status_code == 422
    sam = desk.browser("Sam Okafor")
    assert sam.post(path, data={"csrf": "made up", "act": "take"}).status_code == 403
    assert does(sam, path, "fly").status_code == 422
    assert state_of(desk, "spill") is State.REPORTED


def test_what_an_address_claims_was_done_is_said_only_where_it_is_so(shown: Desk) -> None:
    """A link cannot make a page say that a danger is gone."""
    page = shown.browser("Sam Okafor").get(f"{page_of(shown, 'rail')}?did=verified&was=1").text
    assert "Checked and closed." not in page
    assert "did-line" not in page


def test_the_ladder_says_who_was_alerted_and_who_is_next(desk: Desk) -> None:
    """Sam was; then comes Grace above him; of a report without a name only the hour is told."""
    numbers = desk.house.writer.run(called_now, desk)
    page = desk.browser("Grace Lind").get(f"/desk/hazards/{numbers[0]}").text
    rungs = re.findall(r'<li class="(was|next|later)"><b>(.*?)</b>(.*?)</li>', page, re.S)
    assert rungs[0][:2] == ("was", "Supervisors")
    assert "Sam Okafor" in rungs[0][2]
    assert rungs[1][:2] == ("next", "Managers")
    assert "Grace Lind" in rungs[1][2]
    assert [kind for kind, *_ in rungs].count("next") == 1
    hidden = desk.browser("Grace Lind").get(f"/desk/hazards/{numbers[1]}").text
    times = re.findall(r"(?:alerted|next, at) [^<]*?(\d\d:\d\d)", hidden)
    assert times
    assert all(at.endswith(":00") for at in times)


def test_the_ladder_does_not_claim_that_anybody_was_alerted_where_nobody_could_be(desk: Desk) -> None:
    """Nobody of the units has a chat yet: each rung says so."""
    page = desk.browser("Grace Lind").get(page_of(desk, "spill")).text
    rungs = re.findall(r'<li class="was"><b>(.*?)</b>(.*?)</li>', page, re.S)
    assert rungs
    assert all("nobody to alert" in words for _, words in rungs), rungs


def called_now(session: Session, desk: Desk) -> list[int]:
    """Sam and Grace have a chat; two dangers are reported a few minutes before now, the second without a name."""
    now = desk.clock.now() - timedelta(minutes=4)
    for number, name in enumerate(("Sam Okafor", "Grace Lind")):
        people.open_account(session, desk.works.people[name], 90 + number, 90 + number, now)
    here, ana = desk.works.units["dock"], desk.works.people["Ana Morales"]
    found = []
    for key, named in (("a" * 32, True), ("b" * 32, False)):
        report = Report(key, here.id, here.path, words="A strap is torn", urgency=Urgency.NOW)
        found.append(hazards.report_hazard(session, report, ana, now, named=named).id)
    return found


def test_a_plan_shows_the_dangers_of_each_place_to_those_who_lead_there(desk: Desk) -> None:
    """An officer uploads it and points at a place; the count on it is of what the reader may see; other sites see nothing."""
    works = desk.works
    site = works.units["harbour"]

    def furnish(session: Session) -> int:
        people.grant(session, works.people["Tess Hall"], Role.SAFETY_OFFICER, site.id, HIRED)
        place = PlaceRow(unit_id=works.units["dock"].id, name="Dock one", code="D1", names=None, closed_at=None)
        session.add(place)
        session.flush()
        for name in ("rail", "pallet"):
            session.execute(update(HazardRow).where(HazardRow.id == works.hazards[name]).values(place_id=place.id))
        return place.id

    place = desk.house.writer.run(furnish)
    tess, sam, lin = desk.browser("Tess Hall"), desk.browser("Sam Okafor"), desk.browser("Lin Yao")
    path = f"/desk/plan/{site.id}"
    assert "There is no plan of this site yet." in sam.get(path).text
    assert sam.get(f"{path}/change").status_code == 403
    assert lin.get(path).status_code == 404
    out = BytesIO()
    Image.new("RGB", (400, 200), "#ffffff").save(out, "PNG")
    does(tess, f"{path}/change", "picture", files={"picture": ("p.png", out.getvalue(), "image/png")})
    assert tess.get(f"{path}/picture").headers["content-type"] == "image/jpeg"
    assert lin.get(f"{path}/picture").status_code == 404
    pointed = does(tess, f"{path}/change", "", place=str(place), shown="600", **{"at.x": "300", "at.y": "75"})
    assert "The place is on the plan." in pointed.text
    with Session(desk.house.engine) as session:
        [spot] = session.scalars(select(SiteSpotRow)).all()
        assert (spot.x, spot.y) == (500, 250)
    page = sam.get(path).text
    assert 'cx="500" cy="125"' in page
    assert 'aria-label="Dock one: 2 open"' in page
    assert set(numbers_on(sam.get(f"/desk/hazards?place={place}").text)) == {
        works.hazards[n] for n in ("rail", "pallet")
    }
    does(tess, f"{path}/change", "", place=str(place), x="20", y="40", **{"at.x": "0", "at.y": "0"})
    assert 'cx="200" cy="200"' in sam.get(path).text, "Enter in a field presses the picture at its corner"
    does(tess, f"{path}/change", "off", place=str(place))
    assert "not on the plan yet" in sam.get(path).text
