"""Everything that can be tried in the chat by everybody who has no business there: nobody may more than was agreed.

`abuse_agreed.txt` is the agreement, one line for each thing that has effects: who | what | effects. It is written by

    DAVY_TEST_WRITE=1 python -m pytest -n 0 tests/flows/test_abuse_matrix.py

and read by a person before it is kept: each line says that somebody may do this. Strangers may nothing at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot import logs
from bot.people.model import Viewer
from tests.conftest import PROVING
from tests.flows import abuse_matrix as matrix
from tests.flows.abuse_company import Company, crawl, house_in, staff
from tests.flows.abuse_matrix import Attempt, Who
from tests.flows.abuse_openings import opened
from tests.proofs.counted import counted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
AGREED = Path(__file__).with_name("abuse_agreed.txt")
NOW = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
WRITING = bool(os.environ.get("DAVY_TEST_WRITE"))
ALWAYS = ("stranger", "elsewhere", "role taken away", "in a group")
"""Who tries everything in `make test`; those with one role each do in `make prove`."""
WITH_ONE_ROLE = ("supervisor", "safety_officer", "trainer", "hr", "works_council", "manager", "admin")


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company in the middle of everything, and people who have no business in it."""
    logs.configure("CRITICAL")
    folder = tmp_path_factory.mktemp("abuse")
    shutil.copyfile(sqlite_template, folder / "davy.sqlite3")
    house = house_in(folder, f"sqlite:///{folder}/davy.sqlite3")
    made = Company(house, NOW)
    house.writer.run(staff, NOW)
    crawl(made)
    opened(made)
    with Session(house.engine) as session, session.begin():
        made.cast = matrix.cast(session, made)
    yield made
    house.writer.stop()
    house.engine.dispose()


def agreed() -> dict[tuple[str, str], frozenset[str]]:
    """What somebody may do, by who and what."""
    found = {}
    for line in AGREED.read_text(encoding="utf-8").splitlines() if AGREED.exists() else ():
        if line and not line.startswith("#"):
            who, what, effects = (part.strip() for part in line.split("|"))
            found[who, what] = frozenset(each.strip() for each in effects.split(","))
    return found


def _all(company: Company, who: Who, some: list[Attempt]) -> tuple[dict[str, set[str]], list[str]]:
    found: dict[str, set[str]] = {}
    faults = []
    with company.house.engine.connect() as connection:
        with connection.begin():
            matrix.watch(connection)
        before = matrix.snapshot(connection)
        connection.rollback()
        for attempt in some:
            effects, fault = matrix.tried(connection, company, who, attempt)
            if effects:
                found.setdefault(attempt.kind, set()).update(effects)
            if fault:
                faults.append(fault)
        assert matrix.snapshot(connection) == before
        connection.rollback()
        connection.invalidate()  # with its triggers
    return found, faults


def test_the_company_is_in_the_middle_of_everything(company: Company) -> None:
    """Most kinds of buttons were shown to somebody, and no press or word of theirs was a fault of the program."""
    assert company.faults == []
    assert len(company.shown) > 250
    assert len(company.drafts) > 40


def test_no_route_is_left_out(company: Company) -> None:
    """Whoever adds a command, a button or a conversation has it tried here, or the build fails."""
    assert matrix.untried(company, matrix.attempts(company)) == set()


@pytest.mark.parametrize("name", [*ALWAYS, *(WITH_ONE_ROLE if PROVING or WRITING else ())])
def test_nobody_may_more_than_was_agreed(company: Company, name: str) -> None:
    """Wrong person, site, role and state: each attempt has the effects that were agreed, or none."""
    who = next(each for each in company.cast if each.name == name)
    some = matrix.attempts(company, 3 if PROVING or WRITING else 1)
    found, faults = _all(company, who, some)
    if WRITING:
        _write(name, found)
    if name == "stranger":
        assert set().union(*found.values()) <= {"+join_try"}, (
            "a stranger may try a link five times an hour, and nothing else"
        )
    may = agreed()
    more = {what: sorted(did - may.get((name, what), frozenset())) for what, did in found.items()}
    more = {what: did for what, did in more.items() if did}
    counted("a wrong person, role, site or state in the chat", len(some), len(some) - len(more) - len(faults))
    assert faults == []
    assert more == {}


@pytest.mark.parametrize("name", ["elsewhere", "admin"])
def test_buttons_that_nobody_was_ever_shown_do_nothing(company: Company, name: str) -> None:
    """Numbers of rows that are negative, huge or no numbers, and pieces that are missing: an answer, and no effects."""
    who = next(each for each in company.cast if each.name == name)
    some = matrix.forged(matrix.attempts(company))
    found, faults = _all(company, who, some)
    if WRITING:
        _write(f"forged {name}", found)
    may = agreed()
    more = {what: sorted(did - may.get((f"forged {name}", what), frozenset())) for what, did in found.items()}
    more = {what: did for what, did in more.items() if did}
    counted("a forged, replayed or foreign button", len(some), len(some) - len(more) - len(faults))
    assert faults == []
    assert more == {}


@pytest.mark.prove
@pytest.mark.sabotage
def test_rights_that_are_asked_of_nobody_are_noticed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: everybody holds every role everywhere."""
    monkeypatch.setattr(Viewer, "holds", lambda self, role, path: True)
    who = next(each for each in company.cast if each.name == "elsewhere")
    some = matrix.attempts(company)
    found, _ = _all(company, who, some)
    may = agreed()
    more = sum(bool(did - may.get(("elsewhere", what), frozenset())) for what, did in found.items())
    counted("a wrong person, role, site or state in the chat", len(some), len(some) - more, sabotaged=True)
    counted("a forged, replayed or foreign button", len(some), len(some) - more, sabotaged=True)
    assert more > 0


HEAD = """\
# Who may do what in the chat: who | what | effects. Written by tests/flows/test_abuse_matrix.py, read by a person.
# Read for this: whoever has no role (role taken away, works council) reports, learns, asks, votes and checks for themselves.
# Elsewhere has every role of another site: what it changes is of that site, or is said to the whole company (abnormal state 1).
# The register of those who were hurt opens to safety officers and those above them, never to supervisors, HR or a group.
"""


def _write(name: str, found: dict[str, set[str]]) -> None:
    kept = {key: did for key, did in agreed().items() if key[0] != name}
    kept |= {(name, what): frozenset(did) for what, did in found.items()}
    lines = [f"{who} | {what} | {', '.join(sorted(did))}" for (who, what), did in sorted(kept.items()) if did]
    AGREED.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
