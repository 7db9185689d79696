"""Who gets what of the interface: every endpoint x token x scope x unit, made from the list of endpoints itself."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bot import features
from bot.kit.endpoints import Endpoint, Scope
from bot.web.api.serving import endpoints
from tests.conftest import _chosen_engines
from tests.web.api_house import Programs, opened

ALL = endpoints(features.rooms())
WORKERS = {"harbour": ("Ben Cole", "W-1"), "lingang": ("Chidi Eze", "W-2")}
"""Of each site one whose rows are there."""
SITES = ("harbour", "lingang")
BODIES: dict[str, Any] = {
    "put_person": {"name": "Nova Bright", "unit": 0, "post": "worker", "joined_on": "2026-01-01"},
    "leave_person": {"on": "2027-03-31"},
    "begin_absence": {},
    "report_hazard": {"reporter": "", "words": "The ladder has a broken rung"},
    "acknowledge_hazard": {"by": ""},
    "comment_hazard": {"by": "", "words": "Which of the two?"},
}
"""What writing endpoints are sent. A new one without a body here fails."""
NO_SECRETS = ("Ana Morales", "Ben Cole", "rail at dock", "Somebody bridges", "Helmets are worn")
"""Names, and words that people wrote: nowhere without the scopes for them."""


@pytest.fixture(scope="module", params=_chosen_engines())
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """One house for the file: what is written changes nothing that another test looks at."""
    folder = tmp_path_factory.mktemp("programs")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "api.sqlite3")
        with opened(f"sqlite:///{folder / 'api.sqlite3'}", folder) as made:
            yield made
        return
    server, name = request.getfixturevalue("postgres"), f"api_{folder.name}".replace("-", "_")
    url = server.create_database(name, request.getfixturevalue("postgres_template"))
    with opened(url, folder) as made:
        yield made
    server.drop_database(name)


_tokens: dict[tuple[int, str, frozenset[str]], str] = {}


def token(programs: Programs, unit: str, scopes: frozenset[str] = frozenset(Scope)) -> str:
    """A token, made once."""
    key = (id(programs), unit, scopes)
    if key not in _tokens:
        _tokens[key] = programs.token(f"t{len(_tokens)}", unit, tuple(scopes))
    return _tokens[key]


def address(programs: Programs, endpoint: Endpoint, site: str) -> str:
    """The path with something of a site in it. A new kind of thing without a number there fails here."""

    def value(found: re.Match[str]) -> str:
        if found[1] == "badge":
            return WORKERS[site][1]
        noun = "fresh" if endpoint.name == "acknowledge_hazard" else endpoint.path.split("/")[1].removesuffix("s")
        return str(programs.numbers[noun, site])

    return re.sub(r"{(\w+)}", value, endpoint.path)


def call(programs: Programs, endpoint: Endpoint, site: str, word: str | None) -> Any:
    """Calls an endpoint about something of a site."""
    body = BODIES[endpoint.name] if endpoint.body is not None else None
    if body is not None:
        leads = {"harbour": "S-0", "lingang": "S-1"}[site]
        filled = {"reporter": WORKERS[site][1], "by": leads, "unit": programs.works.units[site].id}
        body = {name: filled.get(name, value) for name, value in body.items()}
    headers = {"idempotency-key": f"{endpoint.name}-{site}"} if endpoint.keyed else {}
    with programs.client(word) as client:
        return client.request(endpoint.method, address(programs, endpoint, site), json=body, headers=headers)


def named(endpoint: Endpoint) -> str:
    """What a case is called."""
    return endpoint.name


@pytest.mark.parametrize("endpoint", ALL, ids=named)
def test_nothing_is_told_without_a_token_that_works(programs: Programs, endpoint: Endpoint) -> None:
    """None, one that was never made, one that was revoked."""
    for word in (None, "davy_nothing-of-the-kind"):
        answer = call(programs, endpoint, "harbour", word)
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("endpoint", [each for each in ALL if each.scope is not None], ids=named)
def test_every_other_scope_together_does_not_open_an_endpoint(programs: Programs, endpoint: Endpoint) -> None:
    """A token with all scopes but the one it takes is told which one it lacks, and nothing is done."""
    assert endpoint.scope is not None
    answer = call(programs, endpoint, "harbour", token(programs, "harbour", frozenset(Scope) - {endpoint.scope}))
    assert answer.status_code == 403, answer.text
    assert answer.json()["scope"] == endpoint.scope.value


@pytest.mark.parametrize("endpoint", [each for each in ALL if "{" in each.path], ids=named)
def test_what_belongs_to_another_site_is_not_there(programs: Programs, endpoint: Endpoint) -> None:
    """The same answer as for what does not exist; also to a program that wants to write."""
    for own, other in (SITES, SITES[::-1]):
        answer = call(programs, endpoint, other, token(programs, own))
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("endpoint", ALL, ids=named)
def test_the_scope_alone_opens_an_endpoint_and_no_names_or_words(programs: Programs, endpoint: Endpoint) -> None:
    """In both sites, each with its own token; names and words stay empty without their scopes."""
    for site in SITES:
        answer = call(programs, endpoint, site, token(programs, site, frozenset({endpoint.scope or Scope.UNITS})))
        assert answer.status_code in (200, 201, 204), answer.text
        for words in NO_SECRETS:
            assert words not in answer.text


def units_in(said: Any) -> set[int]:
    """Every unit that an answer names as that of something."""
    if isinstance(said, list):
        return {unit for each in said for unit in units_in(each)}
    if not isinstance(said, dict):
        return set()
    unit = said.get("unit")
    mine = {unit["id"] if isinstance(unit, dict) else unit} if unit is not None else set()
    return mine | {one for each in said.values() for one in units_in(each)}


@pytest.mark.parametrize("endpoint", [each for each in ALL if each.many and "{" not in each.path], ids=named)
def test_a_list_holds_what_lies_within_reach_and_all_of_it(programs: Programs, endpoint: Endpoint) -> None:
    """The two sites' lists have nothing in common, hold only units of their own, and are not empty; in pages as at once."""
    if endpoint.name in ("posts", "units"):
        pytest.skip("posts belong to all; units are looked at below")
    found = {}
    for site in SITES:
        with programs.client(token(programs, site)) as client:
            items = client.get(endpoint.path, params={"limit": 500}).json()["items"]
            assert items, f"the house of the tests has no {endpoint.name} in {site}: put one there"
            paged: list[Any] = []
            more = {"limit": "2"}
            while True:
                page = client.get(endpoint.path, params=more).json()
                paged += page["items"]
                if page["next"] is None:
                    break
                more |= {"cursor": page["next"]}
            assert paged == items
        path = programs.works.units[site].path
        with programs.client(token(programs, site)) as client:
            within = {each["id"] for each in client.get("/units", params={"limit": 500}).json()["items"]}
        assert programs.works.units[site].id in within
        assert units_in(items) <= within, path
        found[site] = {json.dumps(each, sort_keys=True) for each in items}
    assert not found["harbour"] & found["lingang"]


@pytest.mark.parametrize("endpoint", [each for each in ALL if each.feed], ids=named)
def test_a_feed_says_what_its_list_says(programs: Programs, endpoint: Endpoint) -> None:
    """As many lines, of the same site; a token without the scope gets none."""
    with programs.client(token(programs, "harbour")) as client:
        items = client.get(endpoint.path, params={"limit": 500}).json()["items"]
        feed = client.get(f"/feeds/{endpoint.feed}.csv")
    assert feed.status_code == 200
    assert feed.headers["content-type"].startswith("text/csv")
    assert len(feed.text.strip().split("\r\n")) == len(items) + 1
    assert endpoint.scope is not None
    with programs.client(token(programs, "harbour", frozenset(Scope) - {endpoint.scope})) as client:
        assert client.get(f"/feeds/{endpoint.feed}.csv").status_code == 403


def test_the_units_of_another_site_are_nowhere(programs: Programs) -> None:
    """Neither in the list nor by naming one."""
    dock = programs.works.units["dock"]
    with programs.client(token(programs, "lingang")) as client:
        assert dock.id not in {each["id"] for each in client.get("/units").json()["items"]}
        for endpoint in ALL:
            if endpoint.many and "unit" in endpoint.asks.model_fields:
                assert client.get(endpoint.path, params={"unit": dock.id}).status_code == 404


def test_every_endpoint_that_speaks_of_one_person_says_so() -> None:
    """Whatever has a badge in its path is on that person's record."""
    assert [each.name for each in ALL if "{badge}" in each.path and each.about != "badge"] == []
