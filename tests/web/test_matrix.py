"""Every route of the running house x every role x one's own place, another of the site, another site: one table says who may.

Whoever adds a route adds a line to EXPECTED (`matrix_table.py`); without it
`test_every_route_of_the_house_stands_in_the_table` fails. How is said in docs/howto/add-a-feature.md.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import httpx
import pytest
from starlette.routing import Mount, Route

from bot.web import app as web
from tests.conftest import _chosen_engines
from tests.web.matrix import AT, EVERYBODY, PLACES, World, world
from tests.web.matrix_table import BROWSER_KEEPS, EXPECTED, NO_SUCH, Who

# --- the house ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=_chosen_engines())
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One house for the whole table."""
    folder = tmp_path_factory.mktemp("matrix")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "m.sqlite3")
        with world(f"sqlite:///{folder / 'm.sqlite3'}", folder) as found:
            yield found
        return
    server, name = request.getfixturevalue("postgres"), "matrix"
    with world(server.create_database(name, request.getfixturevalue("postgres_template")), folder) as found:
        yield found
    server.drop_database(name)


def routes_of(made: World) -> set[str]:
    """Every route that the application has, as the table writes it."""
    found = set()
    for route in web.build(made.house).routes:
        if isinstance(route, Mount):
            found.add(f"GET {route.path}/*")
        elif isinstance(route, Route):
            path = re.sub(r":\w+}", "}", route.path)
            # without methods it takes all: the two that are asked here stand for them
            found |= {f"{method} {path}" for method in (route.methods or ("GET", "POST")) if method != "HEAD"}
        else:
            raise AssertionError(f"a route of another kind: {route}; teach this test to ask it")
    return found


def address(made: World, path: str, expected: Who, place: str) -> str:
    """The path with something in its places."""
    if expected.at is not None:
        return re.sub(r"{\w+}", str(expected.at(made, place)), path)
    return re.sub(r"{(\w+)}", lambda found: NO_SUCH.get(found[1], "no-such-thing"), path).replace("*", "no.css")


def ask(made: World, name: str, method: str, path: str, **more: object) -> httpx.Response:
    """Asks as somebody; whatever is answered has the headers."""
    answer = made.browsers[name].request(method, path, **more)  # type: ignore[arg-type]
    headed(answer, path)
    return answer


def headed(answer: httpx.Response, path: str) -> None:
    """The headers that every answer has, errors too."""
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert "data:" not in policy, path
    assert "*" not in policy.replace("https://*.telegram.org", ""), path
    assert "sandbox" in policy or "frame-ancestors 'self' https://web.telegram.org" in policy, path
    assert answer.headers["x-content-type-options"] == "nosniff", path
    assert answer.headers["referrer-policy"] == "no-referrer", path
    assert answer.headers["cross-origin-opener-policy"] == "same-origin", path
    assert "camera=()" in answer.headers["permissions-policy"], path
    kept = answer.headers["cache-control"]
    assert kept == "no-store" or (BROWSER_KEEPS.search(path) and kept.startswith("private")), (path, kept)


# --- what is held ------------------------------------------------------------------------------------------------------


def test_every_route_of_the_house_stands_in_the_table(made: World) -> None:
    """And the table has none that is not there."""
    assert routes_of(made) == set(EXPECTED)


@pytest.mark.parametrize("route", [r for r, who in EXPECTED.items() if r.startswith("GET") and not who.open])
def test_who_may_look(made: World, route: str) -> None:
    """Each role, for its own place, for another of the site, for another site."""
    expected, path = EXPECTED[route], route.removeprefix("GET ")
    for name in EVERYBODY:
        own = AT.get(name, "dock")
        for place in PLACES if expected.at else (own,):
            answer = ask(made, name, "GET", address(made, path, expected, place))
            wanted = _answers(expected, path, name, own, place)
            assert answer.status_code in wanted, (name, place, answer.status_code, sorted(wanted))
            if answer.status_code in (302, 303):
                goes_to = answer.headers["location"]
                assert goes_to.startswith({"stranger": "/login", "owing": "/factor"}.get(name, "/desk")), (
                    name,
                    goes_to,
                )


def _answers(expected: Who, path: str, name: str, own: str, place: str) -> frozenset[int]:
    if name == "stranger":
        return frozenset({303})
    if name == "owing":  # an administrator: what others may not either is refused before it
        return frozenset({303}) if "admin" in expected.may else frozenset({403})
    if name not in expected.may:
        return frozenset({303} if path == "/desk" and name == "guest" else {403})
    if expected.at is not None:
        return expected.answers if place == own else frozenset({404})
    return frozenset({404}) if "{" in path else expected.answers


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("stranger", "worker")])
def test_no_page_shows_what_lies_elsewhere(made: World, name: str) -> None:
    """Nobody reads names or words of a place that they do not look after, on whatever page."""
    own = AT.get(name, "dock")
    elsewhere = [words for place in PLACES if place != own for words in made.words(place)]
    read = 0
    for route, expected in EXPECTED.items():
        if route.startswith("GET ") and not expected.open:
            answer = ask(made, name, "GET", address(made, route.removeprefix("GET "), expected, own))
            found = [words for words in elsewhere if words in answer.text]
            assert not found, (name, route, found)
            read += answer.status_code == 200
    if name not in ("owing", "trainer", "works_council"):
        assert read > 4, "the role opened hardly a page: the test shows nothing"


def test_whoever_leads_a_place_reads_its_words(made: World) -> None:
    """So the words are there to be found: also the firm's, by its own supervisor."""
    for name in ("supervisor", "manager", "contractor"):
        seen = ask(made, name, "GET", "/desk").text
        assert made.words(AT.get(name, "dock"))[1] in seen, name


@pytest.mark.parametrize("route", [r for r, who in EXPECTED.items() if r.startswith("POST") and not who.open])
def test_no_form_counts_without_its_word_or_without_the_right(made: World, route: str) -> None:
    """Refused for everybody without the word; with it for whoever may not. Whoever may is answered for what they sent: nothing."""
    expected, path = EXPECTED[route], address(made, route.removeprefix("POST "), EXPECTED[route], "dock")
    for name in EVERYBODY:
        bare = ask(made, name, "POST", path, data={"do": ""})
        assert bare.status_code == (303 if name == "stranger" else 403), (name, bare.status_code)
        wrong = ask(made, name, "POST", path, data={"csrf": "0" * 64})
        assert wrong.status_code == (303 if name == "stranger" else 403), (name, wrong.status_code)
        if name == "stranger":
            assert bare.headers["location"] == "/login"
            continue
        word = {"csrf": made.csrf[name]}
        foreign = ask(made, name, "POST", path, data=word, headers={"sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403, (name, foreign.status_code)
        sent = ask(made, name, "POST", path, data=word)
        if name == "owing":
            assert (sent.status_code, sent.headers.get("location", "")[:7]) in {(303, "/factor"), (403, "")}, (
                sent.headers
            )
        elif name in expected.may:
            assert sent.status_code in {303, 422}, (name, sent.status_code)
        else:
            assert sent.status_code == 403, (name, sent.status_code)


@pytest.mark.parametrize("route", [r for r, who in EXPECTED.items() if who.open])
def test_what_lies_before_the_door_answers_everybody_alike(made: World, route: str) -> None:
    """It proves by itself who asks; a cookie opens nothing there."""
    method, path = route.split(" ")
    for name in EVERYBODY:
        more = {"data": {"csrf": "0" * 64}} if method == "POST" else {}
        answer = ask(made, name, method, address(made, path, EXPECTED[route], "dock"), **more)
        assert answer.status_code in EXPECTED[route].answers, (name, answer.status_code)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/no/such/page"), ("PUT", "/desk"), ("DELETE", "/desk/guests/1"), ("PATCH", "/login"), ("OPTIONS", "/desk"),
     ("GET", "/desk/hazards/x"), ("GET", "/desk/hazards/99999999999999999999"), ("GET", "/static/../app.py"),
     ("GET", "/desk/" + "a" * 3000), ("TRACE", "/desk")],
)  # fmt: skip
def test_errors_have_the_headers_too(made: World, method: str, path: str) -> None:
    """Pages that are not there and ways of asking that we do not know."""
    for name in ("stranger", "manager"):
        assert ask(made, name, method, path).status_code in {404, 405}, name


@pytest.mark.parametrize("path", ["/static/style.css", "/static/miniapp.js", "/static/refresh.js", "/static/lamp.svg"])
def test_static_files_have_the_headers_too(made: World, path: str) -> None:
    """Without the mark of their content they are not kept; with it for ever, by everybody: they hold nobody's data."""
    answer = ask(made, "stranger", "GET", path)
    assert answer.status_code == 200
    kept = made.browsers["stranger"].get(f"{path}?v=1")
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_no_page_holds_a_script_or_a_style(made: World) -> None:
    """The policy would stop them; they shall not be there to be stopped."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.I)
    for route, expected in EXPECTED.items():
        if route.startswith("GET "):
            for name in ("admin", "hr", "guest", "stranger"):
                answer = ask(made, name, "GET", address(made, route.removeprefix("GET "), expected, "dock"))
                if "text/html" in answer.headers.get("content-type", ""):
                    found = inline.search(answer.text)
                    assert found is None, (route, name, found and answer.text[found.start() : found.start() + 80])
