"""What the dashboard shows, and to whom: scope by unit and role on every page, and headers on every answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.hazards import actions as hazards
from bot.hazards.model import Report, Urgency
from bot.media import store as media
from bot.people import actions as people
from tests.web.desk import Desk

PAGES = ("/desk", "/desk?show=overdue", "/desk/hazards/{rail}", "/desk/units/{dock}", "/media/{photo}")


def path_of(desk: Desk, page: str) -> str:
    """A page's address with this house's numbers."""
    numbers = {**desk.works.hazards, **{name: unit.id for name, unit in desk.works.units.items()}}
    return page.format(photo=desk.works.photo.removeprefix(media.PREFIX), **numbers)


def numbers_on(page: str) -> list[int]:
    """The dangers that a page lists, in its order."""
    return [int(found) for found in re.findall(r'href="/desk/hazards/(\d+)"', page)]


def test_a_supervisor_sees_the_dangers_of_their_site_and_nothing_else(shown: Desk) -> None:
    """On the board, on a danger's own page and in its picture."""
    mine, other = shown.browser("Sam Okafor"), shown.browser("Lin Yao")
    gas, rail = shown.works.hazards["gas"], shown.works.hazards["rail"]
    assert set(numbers_on(mine.get("/desk").text)) == set(shown.works.hazards.values()) - {gas}
    assert numbers_on(other.get("/desk").text) == [gas]
    assert "气瓶没有固定" not in mine.get("/desk").text
    for page in (f"/desk/hazards/{rail}", path_of(shown, "/media/{photo}"), path_of(shown, "/desk/units/{dock}")):
        assert mine.get(page).status_code == 200
        assert other.get(page).status_code == 404


def test_a_manager_of_the_company_sees_both_sites(shown: Desk) -> None:
    """All dangers, all units."""
    page = shown.browser("Grace Lind").get("/desk").text
    assert set(numbers_on(page)) == set(shown.works.hazards.values())
    assert "Lingang Works" in page
    assert "Harbour Works" in page


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_nobody_who_is_not_signed_in(shown: Desk, page: str) -> None:
    """People are led to the door; what a page fetches for itself gets 401."""
    client = shown.browser()
    answer = client.get(path_of(shown, page))
    assert answer.url.path == "/login"
    assert client.get(path_of(shown, page), headers={"x-refresh": "1"}).status_code == 401


NOT_THEIRS = [
    (name, page)
    for name in ("Ana Morales", "Tess Hall")
    for page in PAGES
    if name == "Ana Morales" or (not page.startswith("/desk?") and page != "/desk")
]


@pytest.mark.parametrize("page", ["/desk", "/desk?show=overdue"])
def test_a_trainers_first_page_holds_what_waits_for_them_and_no_danger(shown: Desk, page: str) -> None:
    """Where whoever signs in arrives is theirs, with the pages that they may open."""
    answer = shown.browser("Tess Hall").get(page)
    assert answer.status_code == 200
    assert "What needs you now" in answer.text
    assert numbers_on(answer.text) == []
    assert "loose" not in answer.text


@pytest.mark.parametrize(("name", "page"), NOT_THEIRS)
def test_a_worker_and_a_trainer_are_told_that_it_is_not_for_them(shown: Desk, page: str, name: str) -> None:
    """403, in words, and nothing of the page; also for the photo of one's own report."""
    answer = shown.browser(name).get(path_of(shown, page))
    assert answer.status_code == 403
    assert "This is not for you" in answer.text
    assert "loose" not in answer.text


def test_overdue_comes_first_then_what_nobody_has_seen(shown: Desk) -> None:
    """The order in which somebody has to act."""
    known = shown.works.hazards
    page = shown.browser("Sam Okafor").get("/desk").text
    assert numbers_on(page) == [known[n] for n in ("rail", "sealed", "spill", "pallet", "light")]
    assert "30 hr overdue" in page


@pytest.mark.parametrize(
    ("show", "names"),
    [("overdue", ["rail"]), ("unseen", ["sealed", "spill"]), ("working", ["rail", "light"]), ("check", ["pallet"])],
)
def test_a_tile_keeps_its_kind_of_danger(shown: Desk, show: str, names: list[str]) -> None:
    """And an unknown kind keeps all."""
    client = shown.browser("Sam Okafor")
    assert numbers_on(client.get(f"/desk?show={show}").text) == [shown.works.hazards[name] for name in names]
    assert len(numbers_on(client.get("/desk?show=<script>").text)) == 5


def test_a_danger_without_a_name_tells_nothing_of_who_reported_it(shown: Desk) -> None:
    """No name on its page, and no time closer than the hour."""
    page = shown.browser("Sam Okafor").get(f"/desk/hazards/{shown.works.hazards['sealed']}").text
    assert "somebody without a name" in page
    assert "Ana Morales" not in re.sub(r"<select.*?</select>", "", page), "only among all who can be asked to fix it"
    assert {at[14:19] for at in re.findall(r'<time datetime="([^"]+)"', page)} == {"00:00"}


def test_the_next_alert_does_not_tell_the_minute_of_a_report_without_a_name(desk: Desk) -> None:
    """Of one with a name it is said when the next are alerted; both were made in the same minute."""
    named, hidden = desk.house.writer.run(called_now, desk)
    grace = desk.browser("Grace Lind")
    assert "the next are alerted at" in grace.get(f"/desk/hazards/{named}").text
    assert "the next are alerted at" not in grace.get(f"/desk/hazards/{hidden}").text
    board = grace.get("/desk").text
    assert len(re.findall(r"next alert \d\d:\d\d", board)) == 1


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


def test_a_danger_tells_its_story_from_the_ledger(shown: Desk) -> None:
    """Reported, seen, rated, given to somebody: with names, in order."""
    page = shown.browser("Sam Okafor").get(f"/desk/hazards/{shown.works.hazards['rail']}").text
    steps = ["Ana Morales reported it", "Sam Okafor has taken it on", "rated it: critical", "Ben Cole is to fix it"]
    places = [page.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_words_of_a_report_are_words_and_never_markup(desk: Desk) -> None:
    """Also in a name; on the board and on its own page."""
    from sqlalchemy import update

    from bot.hazards.tables import HazardRow

    evil = "<script>alert(1)</script><img src=x onerror=y>"
    change = update(HazardRow).where(HazardRow.id == desk.works.hazards["rail"]).values(words=evil)
    desk.house.writer.run(lambda session: session.execute(change))
    client = desk.browser("Sam Okafor")
    for page in ("/desk", f"/desk/hazards/{desk.works.hazards['rail']}"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "onerror=y>" not in text
        assert "&lt;script&gt;" in text


def test_participation_counts_people_of_the_viewers_units(shown: Desk) -> None:
    """Harbour: four of six offered; three took part, one could not be reached."""
    text = re.sub(r"<[^>]+>", " ", shown.browser("Sam Okafor").get("/desk").text)
    text = " ".join(text.split())
    assert "Dock Team 3 2 2 / 2 1 / 2 2 of 2" in text
    assert "Together 9 4 3 / 4 2 / 4 3 of 4" in text
    assert "Line One Team" not in text


def test_a_team_shows_who_has_not_begun_and_no_answer(shown: Desk) -> None:
    """Names for whoever looks after them; nothing of right and wrong."""
    text = shown.browser("Lin Yao").get(path_of(shown, "/desk/units/{line}"), headers={"accept-language": "en"}).text
    assert text.index("Fatima Zahra") < text.index("Chidi Eze")
    assert "Ana Morales" not in text


def test_a_picture_is_kept_by_the_browser_for_its_owner_alone(shown: Desk) -> None:
    """An hour, by cookie; not modified is said only to those who may see it; never run as a page."""
    client, path = shown.browser("Sam Okafor"), path_of(shown, "/media/{photo}")
    answer = client.get(path)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert answer.headers["vary"] == "Cookie"
    assert "sandbox" in answer.headers["content-security-policy"]
    mark = {"if-none-match": answer.headers["etag"]}
    assert client.get(path, headers=mark).status_code == 304
    assert shown.browser("Lin Yao").get(path, headers=mark).status_code == 404


@pytest.mark.parametrize(
    "path", ["/desk", "/login", "/nowhere", "/desk/hazards/999999", "/static/style.css", "/health"]
)
def test_every_answer_has_the_headers(shown: Desk, path: str) -> None:
    """No inline script or style, no sniffing, no referrer; pages are not kept."""
    headers = shown.browser("Sam Okafor").get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self' https://web.telegram.org" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_a_static_file_with_its_mark_is_kept_for_ever(shown: Desk) -> None:
    """The mark changes with the content."""
    client = shown.browser("Sam Okafor")
    [style] = re.findall(r'href="(/static/style\.css\?v=\w+)"', client.get("/desk").text)
    assert "immutable" in client.get(style).headers["cache-control"]


def test_a_page_is_whole_without_scripts_and_without_styles_in_it(shown: Desk) -> None:
    """The policy would break them; and the first byte holds everything."""
    client = shown.browser("Sam Okafor")
    for path in ("/desk", f"/desk/hazards/{shown.works.hazards['rail']}", path_of(shown, "/desk/units/{dock}")):
        page = client.get(path).text
        assert " style=" not in page
        assert "<style" not in page
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert re.findall(r" on\w+=", page) == []
        assert len(page.encode()) < 60_000


def test_what_is_not_there_says_so_in_words(shown: Desk) -> None:
    """A danger, a unit, a picture, a path."""
    client = shown.browser("Sam Okafor")
    for path in ("/desk/hazards/999999", "/desk/units/999999", "/media/" + "0" * 64 + ".jpg", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "There is no such page" in answer.text


def test_the_front_door_leads_to_the_desk(shown: Desk) -> None:
    """Where there is no simulator in front of it."""
    assert shown.browser("Sam Okafor").get("/").url.path == "/desk"


def test_a_reader_sees_times_of_their_own_zone(shown: Desk) -> None:
    """Noon in UTC is eight in the evening in Shanghai."""
    page = shown.browser("Lin Yao").get("/desk").text
    assert 'lang="zh"' in page
    assert "20:00" in page
    assert "Asia/Shanghai" in page
