"""The table of the matrix: every route of the house, and who may open it. What is held of it stands in `test_matrix.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.web.matrix import EVERYBODY, World

LEADS = frozenset({"supervisor", "safety_officer", "manager", "admin", "contractor"})
SAFETY = frozenset({"safety_officer", "manager", "admin"})
OFFICE = frozenset({"hr", "manager", "admin"})
COUNTS = LEADS | {"hr"}
ADMIN = frozenset({"admin"})
ANY_ROLE = COUNTS | {"trainer", "works_council"}
TEACHES = frozenset({"trainer", "admin"})
TRAINS = COUNTS | {"trainer"}
MANAGES = frozenset({"manager", "admin"})
AGREES = OFFICE | {"works_council"}
GUEST = frozenset({"guest"})
ALL = frozenset(EVERYBODY)

At = Callable[[World, str], str | int]
"""What is put into a path for a place of the house: the number of its danger, of its unit."""


@dataclass(frozen=True)
class Who:
    """Who may open a route. `at`: what to put into its path; with it another place's is answered like one that is not there.

    Without `at` a path with parameters is asked for with a number that no row has: whoever may gets 404, all others 403.
    `answers`: what it answers to whoever may; `open`: it lies before the door, and answers these to all.
    """

    may: frozenset[str]
    at: At | None = None
    answers: frozenset[int] = frozenset({200})
    open: bool = False


def before_the_door(*answers: int) -> Who:
    """A route that is open to everybody and proves by itself who asks."""
    return Who(ALL, answers=frozenset(answers), open=True)


def hazard(made: World, place: str) -> int:
    """The danger of a place."""
    return made.hazards[place]


def unit(made: World, place: str) -> int:
    """The unit of a place."""
    return made.units[place].id


def photo(made: World, place: str) -> str:
    """A picture of the danger of a place."""
    return made.photos[place]


def person(made: World, place: str) -> int:
    """Somebody who works in a place."""
    return made.people[place]


def guest(made: World, place: str) -> int:
    """The guest who may look at a place."""
    return made.guests[place]


EXPECTED: dict[str, Who] = {
    # before the door
    "GET /": before_the_door(303),
    "GET /health": before_the_door(200, 503),
    "GET /metrics": before_the_door(200),
    "POST /webhook": before_the_door(403),
    "POST /hooks/{hook}/{source}": before_the_door(404),
    "GET /static/*": before_the_door(404),
    "GET /login": before_the_door(200, 303),
    "POST /login": before_the_door(403),
    "POST /logout": before_the_door(403),
    "GET /app": before_the_door(200),
    "POST /app": before_the_door(403),
    "GET /oidc": before_the_door(404),
    "GET /oidc/back": before_the_door(404),
    "GET /factor": before_the_door(200, 303),
    "POST /factor": before_the_door(303, 403),
    "GET /visitor/{secret}": before_the_door(404),
    "POST /visitor/{secret}": before_the_door(403),
    "GET /c/{number}": before_the_door(200, 404),
    "GET /guest/{secret}": before_the_door(200, 404),
    "GET /guest/{secret}/files/{id}": before_the_door(404),
    "GET /guest/{secret}/pack": before_the_door(404),
    "GET /api/v1/{rest}": before_the_door(401),
    "POST /api/v1/{rest}": before_the_door(401, 405),
    "GET /desk/live": before_the_door(401, 403),
    "GET /p/{code}": before_the_door(404),
    "GET /p/{code}/report": before_the_door(404),
    "POST /p/{code}/report": before_the_door(404, 429),
    "GET /report": before_the_door(404),
    "POST /report": before_the_door(404, 429),
    "GET /receipt": before_the_door(200),
    "POST /receipt": before_the_door(404, 429),
    "GET /status": before_the_door(200),
    "GET /tablet": before_the_door(200),
    "GET /tablet/code": before_the_door(200),
    "POST /tablet/code": before_the_door(403),
    "GET /tablet/done": before_the_door(200),
    "GET /tablet/enrol": before_the_door(200),
    "POST /tablet/enrol": before_the_door(403),
    "GET /tablet/file/{number}/{nth}": before_the_door(404),
    "POST /tablet/in": before_the_door(403),
    "POST /tablet/out": before_the_door(303),
    "POST /tablet/press": before_the_door(303),
    "GET /tablet/room": before_the_door(303),
    "POST /tablet/say": before_the_door(303),
    "POST /tablet/stay": before_the_door(401),
    "POST /tablet/vote": before_the_door(303),
    # behind it
    "GET /desk": Who(ANY_ROLE | GUEST, answers=frozenset({200, 303})),
    "GET /desk/acknowledge": Who(LEADS),
    "POST /desk/acknowledge": Who(LEADS),
    "GET /desk/analysis": Who(TEACHES),
    "GET /desk/analysis/{bank}": Who(TEACHES),
    "GET /desk/audit": Who(MANAGES),
    "GET /desk/campaigns": Who(LEADS),
    "GET /desk/campaigns/plan": Who(SAFETY),
    "POST /desk/campaigns/plan": Who(SAFETY),
    "GET /desk/campaigns/{id}": Who(LEADS),
    "GET /desk/duties": Who(LEADS),
    "POST /desk/duties": Who(LEADS),
    "GET /desk/duties/photos/{ref}": Who(LEADS),
    "GET /desk/emergencies": Who(LEADS | GUEST),
    "GET /desk/factor": Who(ANY_ROLE),
    "POST /desk/factor": Who(ANY_ROLE),
    "GET /desk/files": Who(OFFICE),
    "POST /desk/files": Who(OFFICE),
    "GET /desk/files/{id}": Who(OFFICE),
    "GET /desk/guests": Who(SAFETY),
    "GET /desk/guests/new": Who(SAFETY),
    "POST /desk/guests/new": Who(SAFETY),
    "GET /desk/guests/{id}": Who(SAFETY, at=guest),
    "POST /desk/guests/{id}": Who(SAFETY),
    "GET /desk/hazards": Who(LEADS),
    "GET /desk/hazards/{id}": Who(LEADS, at=hazard),
    "POST /desk/hazards/{id}": Who(LEADS),
    "GET /desk/health": Who(ADMIN),
    "GET /desk/incidents": Who(SAFETY),
    "GET /desk/indicators": Who(LEADS | GUEST),
    "GET /desk/indicators/rows": Who(LEADS, answers=frozenset({200, 404})),
    "GET /desk/inspections": Who(LEADS | GUEST),
    "GET /desk/inspections/photos/{ref}": Who(LEADS | GUEST),
    "GET /desk/inspections/{id}": Who(LEADS | GUEST),
    "GET /desk/issued/{id}": Who(OFFICE),
    "GET /desk/learning": Who(TRAINS),
    "GET /desk/learning/behind": Who(TRAINS),
    "GET /desk/learning/induction": Who(LEADS | {"trainer"}),
    "GET /desk/learning/matrix": Who(TRAINS),
    "GET /desk/library": Who(TEACHES),
    "POST /desk/library": Who(TEACHES),
    "GET /desk/library/banks/{bank}": Who(TEACHES),
    "POST /desk/library/banks/{bank}": Who(TEACHES),
    "GET /desk/library/banks/{bank}/file/{format}": Who(TEACHES),
    "GET /desk/library/banks/{bank}/questions/{question}": Who(TEACHES),
    "POST /desk/library/banks/{bank}/questions/{question}": Who(TEACHES),
    "GET /desk/library/files/{id}": Who(TEACHES),
    "POST /desk/library/files/{id}": Who(TEACHES),
    "GET /desk/library/template.xlsx": Who(TEACHES),
    "GET /desk/musters/new": Who(LEADS),
    "POST /desk/musters/new": Who(LEADS),
    "GET /desk/musters/{id}": Who(LEADS),
    "POST /desk/musters/{id}": Who(LEADS),
    "GET /desk/people": Who(COUNTS),
    "GET /desk/people/files": Who(
        OFFICE, answers=frozenset({404})
    ),  # over the whole company alone: see test_people_desk
    "POST /desk/people/files": Who(OFFICE),
    "GET /desk/people/files/{id}": Who(OFFICE),
    "POST /desk/people/files/{id}": Who(OFFICE),
    "GET /desk/people/joining": Who(LEADS),
    "POST /desk/people/joining": Who(LEADS),
    "GET /desk/people/new": Who(OFFICE),
    "POST /desk/people/new": Who(OFFICE),
    "GET /desk/people/posters": Who(LEADS),
    "POST /desk/people/posters": Who(LEADS),
    "GET /desk/people/posters/{id}": Who(LEADS),
    "GET /desk/people/posts": Who(COUNTS),
    "GET /desk/people/template.csv": Who(OFFICE),
    "GET /desk/people/{id}": Who(TRAINS, at=person),
    "GET /desk/people/{id}/away": Who(OFFICE, at=person),
    "POST /desk/people/{id}/away": Who(OFFICE),
    "GET /desk/people/{id}/change": Who(OFFICE, at=person),
    "POST /desk/people/{id}/change": Who(OFFICE),
    "GET /desk/people/{id}/link": Who(
        LEADS, at=person, answers=frozenset({404})
    ),  # theirs who made one, and none was made
    "GET /desk/permits": Who(LEADS),
    "GET /desk/plan": Who(LEADS),
    "GET /desk/plan/{id}": Who(LEADS),
    "GET /desk/plan/{id}/change": Who(SAFETY),
    "POST /desk/plan/{id}/change": Who(SAFETY),
    "GET /desk/plan/{id}/picture": Who(LEADS),
    "GET /desk/points": Who(OFFICE),
    "GET /desk/points/file": Who(OFFICE),
    "GET /desk/register": Who(LEADS | GUEST),
    "GET /desk/resources": Who(COUNTS),
    "GET /desk/review": Who(LEADS),
    "GET /desk/risks": Who(LEADS | GUEST),
    "GET /desk/risks/photos/{ref}": Who(LEADS | GUEST),
    "GET /desk/risks/{id}": Who(LEADS | GUEST),
    "GET /desk/scores": Who(OFFICE),
    "GET /desk/scores/{id}": Who(OFFICE),
    "GET /desk/scores/{id}/{period}/pdf": Who(OFFICE),
    "GET /desk/sessions": Who(ANY_ROLE),
    "POST /desk/sessions": Who(ANY_ROLE),
    "GET /desk/sessions/people": Who(ADMIN),
    "POST /desk/sessions/people": Who(ADMIN),
    "GET /desk/settings": Who(AGREES),
    "GET /desk/settings/agreement": Who(AGREES),
    "POST /desk/settings/agreement": Who(AGREES),
    "GET /desk/settings/ladders/{id}": Who(MANAGES),
    "POST /desk/settings/ladders/{id}": Who(MANAGES),
    "GET /desk/settings/languages": Who(MANAGES),
    "POST /desk/settings/languages": Who(MANAGES),
    "GET /desk/settings/privacy": Who(AGREES),
    "GET /desk/settings/schedules": Who(
        ADMIN, answers=frozenset({404})
    ),  # over the whole company alone: see test_settings_desk
    "GET /desk/settings/schedules/{key}": Who(ADMIN),
    "POST /desk/settings/schedules/{key}": Who(ADMIN),
    "GET /desk/settings/scores": Who(AGREES),
    "GET /desk/tablets": Who(COUNTS),
    "POST /desk/tablets": Who(COUNTS),
    "GET /desk/training/{id}": Who(TRAINS, at=person),
    "GET /desk/units/{id}": Who(COUNTS, at=unit),
    "GET /desk/visits": Who(SAFETY),
    "GET /desk/visits/{id}": Who(SAFETY),
    "GET /desk/visits/{id}/files/{file}": Who(SAFETY),
    "GET /desk/visits/{id}/pack": Who(SAFETY),
    "GET /desk/voice": Who(LEADS),
    "GET /desk/warning": Who(LEADS),
    "GET /desk/warning/{id}": Who(LEADS),
    "GET /media/{ref}": Who(LEADS, at=photo),
}
NO_SUCH = {"id": "999999", "unit": "999999", "file": "999999", "number": "999999", "nth": "0", "rest": "hazards"}
"""What is put into a path where nothing is said: a number that no row has; for all else, a word that nothing is called."""
BROWSER_KEEPS = re.compile(r"/(static|media|guest)/|/photos/|/files/")
"""Answers that may lie in the browser's own cache: files, for this cookie alone."""
