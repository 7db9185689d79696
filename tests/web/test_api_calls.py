"""What calls do: people put, dangers reported once, looks on record, feeds that no spreadsheet runs, limits that hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot.hazards.tables import HazardRow
from bot.kit.endpoints import Scope
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import AgreementRow, PersonRow
from bot.web.api import actions, feeds
from bot.web.api.tables import ApiTokenRow
from tests.web.api_house import Programs, opened


@pytest.fixture
def programs(database_url: str, tmp_path: Path) -> Iterator[Programs]:
    """A house of its own for each test: these change it."""
    with opened(database_url, tmp_path, api_per_minute=40) as made:
        yield made


@pytest.fixture
def client(programs: Programs) -> Iterator[httpx.Client]:
    """A program that may all, over Harbour Works."""
    with programs.client(programs.token("all", "harbour")) as made:
        yield made


def rows(programs: Programs, query: Any) -> list[Any]:
    """What stands in the database."""
    return programs.house.writer.run(lambda session: list(session.execute(query).all()))


def facts(programs: Programs, kind: str) -> list[tuple[int | None, dict[str, Any]]]:
    """The facts of a kind: about whom, and what they say."""
    query = select(PseudonymRow.person_id, FactRow.body).select_from(FactRow)
    query = query.outerjoin(PseudonymRow, PseudonymRow.pseudonym == FactRow.pseudonym).where(FactRow.kind == kind)
    return [(row[0], row[1]) for row in rows(programs, query.order_by(FactRow.id))]


def nova(programs: Programs, **changed: Any) -> dict[str, Any]:
    """Somebody new, as a personnel system has her."""
    said = {"name": "Nova Bright", "unit": programs.works.units["dock"].id, "post": "worker", "joined_on": "2026-01-05"}
    return said | changed


def test_somebody_is_put_by_number_and_the_second_time_changes_nothing(
    programs: Programs, client: httpx.Client
) -> None:
    """She joins, with the fact that the rooms follow; the same call again records nothing; another unit moves her."""
    for _ in range(2):
        answer = client.put("/people/H-1", json=nova(programs))
        assert answer.status_code == 200, answer.text
    assert answer.json()["unit"]["id"] == programs.works.units["dock"].id
    assert len(facts(programs, "PersonAdded")) == 1
    moved = client.put("/people/h-1", json=nova(programs, unit=programs.works.units["press"].id, name="Nova Brighter"))
    assert (moved.json()["badge"], moved.json()["name"]) == ("H-1", "Nova Brighter")
    assert len(facts(programs, "PersonMoved")) == 1
    assert {each["badge"] for each in client.get("/people").json()["items"]} >= {"H-1", "W-0"}


def test_a_program_gives_no_role_and_takes_none_away(programs: Programs, client: httpx.Client) -> None:
    """A supervisor whose row is put again stays one; a field for roles is refused."""
    sam = programs.works.people["Sam Okafor"]
    said = nova(programs, name="Sam Okafor", unit=programs.works.units["harbour"].id, post="supervisor")
    assert client.put("/people/S-0", json=said).status_code == 200
    viewer = programs.house.writer.run(people.viewer, sam, programs.clock.now())
    assert viewer is not None
    assert viewer.anywhere(Role.SUPERVISOR)
    assert client.put("/people/S-0", json=said | {"roles": ["admin"]}).status_code == 422


def test_somebody_leaves_at_once_or_on_the_announced_day(programs: Programs, client: httpx.Client) -> None:
    """Ahead it is announced; today they are gone, with the fact; who has left is still found by number."""
    assert client.post("/people/W-0/leave", json={"on": "2026-12-31"}).json()["leaves_on"] == "2026-12-31"
    assert client.post("/people/W-1/leave", json={"on": "2026-11-18"}).json()["left_on"] == "2026-11-18"
    assert [person for person, _ in facts(programs, "PersonLeft")] == [programs.works.people["Ben Cole"]]
    assert client.get("/people/W-1").json()["left_on"] == "2026-11-18"
    assert "W-1" not in {each["badge"] for each in client.get("/people").json()["items"]}


def test_what_is_not_said_stays_and_null_takes_it_away(programs: Programs, client: httpx.Client) -> None:
    """An announced last day is not taken back by a call that does not speak of it."""
    client.put("/people/H-1", json=nova(programs, left_on="2026-12-31"))
    assert client.put("/people/H-1", json=nova(programs)).json()["leaves_on"] == "2026-12-31"
    assert client.put("/people/H-1", json=nova(programs, left_on=None)).json()["leaves_on"] is None


def test_an_administrator_does_not_leave_by_a_program(programs: Programs, client: httpx.Client) -> None:
    """Whoever has stolen a token must not lock the house from outside."""
    here, now = programs.works.units["harbour"], programs.clock.now()
    programs.house.writer.run(people_actions.grant, programs.works.people["Sam Okafor"], Role.ADMIN, here.id, now)
    answer = client.post("/people/S-0/leave", json={"on": "2026-11-18"})
    assert (answer.status_code, answer.json()["code"]) == (409, "is_administrator")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"left_on": "2025-12-31"}, 409, "impossible_days"),
        ({"shift": "night-9"}, 409, "unknown_shift"),
        ({"unit": 999_999}, 404, "not_found"),
        ({"unit": "2"}, 422, "invalid_request"),
        ({"name": " "}, 422, "invalid_request"),
        ({"name": "a\x00b"}, 422, "invalid_request"),
        ({"joined_on": "2026-02-30"}, 422, "invalid_request"),
        ({"language": "tlh"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(
    programs: Programs, client: httpx.Client, changed: dict[str, Any], status: int, code: str
) -> None:
    """And nobody is made of it."""
    answer = client.put("/people/H-1", json=nova(programs, **changed))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert rows(programs, select(PersonRow.id).where(PersonRow.badge == "H-1")) == []


def test_a_report_is_made_once_a_key(programs: Programs, client: httpx.Client) -> None:
    """The same call again is answered alike; the key with other words is refused; another program's key is another."""
    said = {"reporter": "W-0", "words": "The rail is loose"}
    first = client.post("/hazards", json=said, headers={"idempotency-key": "k1"})
    again = client.post("/hazards", json=said, headers={"idempotency-key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = client.post("/hazards", json=said | {"words": "Another"}, headers={"idempotency-key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert client.post("/hazards", json=said).status_code == 422
    with programs.client(programs.token("second", "harbour")) as second:
        assert second.post("/hazards", json=said, headers={"idempotency-key": "k1"}).json()["id"] != first.json()["id"]
    assert len(rows(programs, select(HazardRow.id).where(HazardRow.words == "The rail is loose"))) == 2


def test_only_who_may_takes_a_danger_on(programs: Programs, client: httpx.Client) -> None:
    """The token opens the door, the person named in `by` needs the right; the second one is told no, and no name."""
    fresh = f"/hazards/{programs.numbers['fresh', 'harbour']}/acknowledge"
    assert client.post(fresh, json={"by": "W-1"}).json()["reason"] == "hazards.t_not_yours"
    assert client.post(fresh, json={"by": "S-0"}).json()["acknowledged_by"]["badge"] == "S-0"
    refused = client.post(fresh, json={"by": "S-0"})
    assert refused.json()["reason"] == "hazards.t_was_acknowledged"
    assert "Sam" not in refused.text


def test_a_comment_is_asked_once_a_key(programs: Programs, client: httpx.Client) -> None:
    """Whoever reported is not asked the same twice because a network failed."""
    path = f"/hazards/{programs.numbers['fresh', 'harbour']}/comments"
    for _ in range(2):
        said = {"by": "S-0", "words": "On which side?"}
        assert client.post(path, json=said, headers={"idempotency-key": "c1"}).status_code == 201
    [asked] = client.get(path).json()["items"]
    assert (asked["words"], asked["by"]["name"]) == ("On which side?", "Sam Okafor")


def test_each_look_at_somebody_is_on_their_record_and_each_change(programs: Programs, client: httpx.Client) -> None:
    """A person once a day, program and endpoint; a list as a whole; what is not there is nobody's record."""
    ben = programs.works.people["Ben Cole"]
    for _ in range(2):
        client.get("/people/W-1/clearance")
    client.get("/people/W-1/training")
    client.get("/people")
    client.get("/people/nobody")
    client.get("/units")
    read = [(person, body["what"]) for person, body in facts(programs, "PersonalDataRead")]
    assert read == [(ben, "clearance"), (ben, "training_file"), (None, "people")]
    client.post("/people/W-1/leave", json={"on": "2026-12-31"})
    assert [(p, b["what"]) for p, b in facts(programs, "ChangedByProgram")] == [(ben, "leave_person")]


def test_a_score_is_told_to_whom_it_is_about_and_is_nowhere_without_agreement(
    programs: Programs, client: httpx.Client
) -> None:
    """Whoever answers for the token has looked; where it was not agreed there is no score."""
    assert client.get("/people/W-1/score").status_code == 200
    [(person, body)] = facts(programs, "ScoreLookedAt")
    assert person == programs.works.people["Ben Cole"]
    assert body == {"by": programs.works.people["Grace Lind"], "how": "program"}

    programs.house.writer.run(lambda session: session.execute(update(AgreementRow).values(state="ended")))
    assert client.get("/people/W-1/score").status_code == 404


def test_a_token_opens_nothing_when_it_is_over_revoked_or_nobody_answers_for_it(programs: Programs) -> None:
    """And what is kept of it is no token."""
    word, now = programs.token("short", "harbour", days=1), programs.clock.now()
    kept = rows(programs, select(ApiTokenRow.token_hash))
    assert word.encode() not in kept[0][0]
    with programs.client(word) as client:
        assert client.get("/me").json()["scopes"] == sorted(Scope)
        programs.clock.advance(timedelta(days=2))
        assert client.get("/me").status_code == 401
    with programs.client(programs.token("revoked", "harbour")) as client:
        assert programs.house.writer.run(actions.revoke_token, "revoked", programs.clock.now())
        assert client.get("/me").status_code == 401
    with programs.client(programs.token("owned", "harbour")) as client:
        assert client.get("/me").status_code == 200
        company, grace = programs.works.units["harbour"].parent, programs.works.people["Grace Lind"]
        assert company is not None
        programs.house.writer.run(people_actions.revoke, grace, Role.ADMIN, company, now)
        assert client.get("/me").status_code == 401


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(programs: Programs, client: httpx.Client) -> None:
    """What people wrote comes as text; a line has a cursor with which a program goes on."""
    said = {"reporter": "W-0", "words": '=HYPERLINK("http://evil")'}
    client.post("/hazards", json=said, headers={"idempotency-key": "k1"})
    feed = client.get("/feeds/hazards.csv").text
    assert "'=HYPERLINK" in feed
    lines = feed.strip().split("\r\n")
    cursor = lines[1].rsplit(",", 1)[1]
    assert client.get("/feeds/hazards.csv", params={"cursor": cursor}).text.strip().split("\r\n") == [
        lines[0],
        *lines[2:],
    ]


def test_a_feed_is_read_slice_by_slice_to_its_end(
    programs: Programs, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices of three give the same lines as all at once."""
    whole = client.get("/feeds/clearance.csv").text
    monkeypatch.setattr(feeds, "MOST_LIMIT", 3)
    assert client.get("/feeds/clearance.csv").text == whole


def test_facts_go_on_from_the_last_one_and_hold_no_person(programs: Programs, client: httpx.Client) -> None:
    """What was sealed later comes later; keys and numbers of people are in none."""
    first = client.get("/facts", params={"limit": 500}).json()["items"]
    assert first
    assert not any("by" in each["body"] for each in first)
    with programs.client(programs.token("page", "harbour")) as other:
        page = other.get("/facts", params={"limit": len(first)}).json()
        client.post("/people/W-1/leave", json={"on": "2026-11-18"})
        programs.seal()
        after = other.get("/facts", params={"cursor": page["next"]}).json()["items"]
    assert "PersonLeft" in {each["kind"] for each in after}
    assert not {each["id"] for each in after} & {each["id"] for each in first}


def test_what_has_not_changed_is_not_sent_again(programs: Programs, client: httpx.Client) -> None:
    """By the mark of its content."""
    first = client.get("/units")
    again = client.get("/units", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_token_calls_only_so_often_and_a_guesser_even_less(programs: Programs, client: httpx.Client) -> None:
    """With a word on when to come again; another token is not held up by it."""
    answers = [client.get("/me").status_code for _ in range(41)]
    assert answers == [200] * 40 + [429]
    assert client.get("/me").headers["retry-after"] == "60"
    with programs.client(programs.token("patient", "harbour")) as other:
        assert other.get("/me").status_code == 200
    with programs.client("davy_guess") as guesser:
        assert [guesser.get("/me").status_code for _ in range(31)] == [401] * 30 + [429]


def test_a_body_that_is_none_or_too_long_is_refused(programs: Programs, client: httpx.Client) -> None:
    """Each with a status of its own, and before anything of it is kept."""
    long = client.put("/people/H-1", json=nova(programs, name="x" * 70_000))
    form = client.put("/people/H-1", data={"name": "x"})
    torn = client.put("/people/H-1", content=b"{", headers={"content-type": "application/json"})
    twice = client.get("/units?limit=1&limit=2")
    assert [each.status_code for each in (long, form, torn, twice)] == [413, 415, 422, 422]
    assert {each.headers["content-type"] for each in (long, form, torn, twice)} == {"application/problem+json"}
    wrong = client.delete("/units")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    assert client.get("/nothing/of/the/kind").json()["code"] == "no_such_address"
