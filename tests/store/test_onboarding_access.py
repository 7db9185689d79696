"""Doors: who may open which, checked against the rows; links, requests, roles."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.kit.events import Said
from bot.media import store as media
from bot.onboarding import access, joining, store, ticks
from bot.onboarding.rules import Door, door, may_admit, may_try, seconds_for, takes_two
from bot.onboarding.sample import load_sample
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Grant, Role, Viewer
from bot.people.tables import InviteRow, PersonRow, RoleGrantRow
from bot.voice.questions import actions as questions
from bot.voice.questions import ticks as question_ticks
from tests.kept import furnished
from tests.store.conftest import NOON

SAM, ANA, GRACE, YUSUF = "L-1011", "L-1042", "L-1001", "L-1003"


@pytest.fixture
def works(database_url: str, writer: Writer, tmp_path: Path) -> Writer:
    """The sample company; Grace is its administrator."""
    media.use(tmp_path / "media")
    furnished(database_url, lambda session: load_sample(session, NOON), "sample")
    writer.run(lambda s: people_actions.grant(s, id_of(s, GRACE), Role.ADMIN, 1, NOON))
    return writer


def id_of(session: Session, badge: str) -> int:
    """The id of a badge."""
    return session.scalars(select(PersonRow.id).where(PersonRow.badge == badge)).one()


def said(user: int, words: str = "", **more: Any) -> Said:
    """A text of a stranger with that user id."""
    return Said(update_id=user, at=NOON, user=user, chat=user, text=words, name=f"User {user}", **more)


def refusal(works: Writer, fn: Any, *args: Any) -> str:
    """The key of the sentence with which something is refused."""
    with pytest.raises(Refused) as stopped:
        works.run(fn, *args)
    return str(stopped.value.text.key)


TEAM = Viewer(2, "/1/2/4/")
LEADER = Viewer(1, "/1/2/4/", (Grant(Role.SUPERVISOR, 4, "/1/2/4/"),))
BOSS = Viewer(3, "/1/2/", (Grant(Role.MANAGER, 2, "/1/2/"),))
ADMIN = Viewer(4, "/1/2/", (Grant(Role.ADMIN, 1, "/1/"),))


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        (LEADER, TEAM, True),
        (LEADER, Viewer(5, "/1/2/5/"), False),
        (LEADER, LEADER, False),
        (LEADER, Viewer(5, "/1/2/4/", (Grant(Role.TRAINER, 1, "/1/"),)), False),
        (LEADER, BOSS, False),
        (BOSS, LEADER, True),
        (BOSS, ADMIN, False),
        (ADMIN, BOSS, True),
        (ADMIN, Viewer(5, "/1/2/4/", (Grant(Role.TRAINER, 1, "/1/"),)), True),
        (TEAM, Viewer(5, "/1/2/4/"), False),
    ],
)
def test_whoever_lets_somebody_in_must_hold_all_that_the_other_holds(who: Viewer, whom: Viewer, may: bool) -> None:
    """Otherwise a link for an administrator would make one."""
    assert may_admit(who, whom) is may


COUNCIL = Viewer(6, "/1/2/4/", (Grant(Role.WORKS_COUNCIL, 2, "/1/2/"), Grant(Role.SUPERVISOR, 4, "/1/2/4/")))


@pytest.mark.parametrize(
    ("whom", "roles", "path"),
    [
        (COUNCIL, (Role.WORKS_COUNCIL, Role.ADMIN), "/1/2/"),
        (BOSS, (Role.MANAGER, Role.ADMIN), "/1/2/"),
        (ADMIN, (Role.ADMIN,), "/1/"),
        (Viewer(7, "/1/2/4/", (Grant(Role.SAFETY_OFFICER, 4, "/1/2/4/"),)),
         (Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN), "/1/2/4/"),
    ],
)  # fmt: skip
def test_who_may_be_the_second_where_somebody_is_let_in(whom: Viewer, roles: tuple[Role, ...], path: str) -> None:
    """Over all that they hold; and no manager for the works council, since one administrator may have made them one."""
    assert takes_two(whom)
    assert (set(seconds_for(whom)[0]), seconds_for(whom)[1]) == (set(roles), path)


def test_for_everybody_else_one_word_is_enough() -> None:
    """Workers, supervisors, trainers, human resources."""
    assert not takes_two(TEAM)
    assert not takes_two(LEADER)
    assert not takes_two(Viewer(5, "/1/2/4/", (Grant(Role.TRAINER, 1, "/1/"), Grant(Role.HR, 1, "/1/"))))


def test_five_tries_an_hour_and_then_again() -> None:
    """The window moves on with time."""
    tries = [NOON - timedelta(minutes=m) for m in (0, 10, 20, 30, 59)]
    assert not may_try(tries, NOON)
    assert may_try(tries, NOON + timedelta(minutes=2))


def test_a_door_is_open_once_and_for_its_time() -> None:
    """Unknown, used, too old, open."""
    assert door(None, None, NOON) is Door.UNKNOWN
    assert door(NOON + timedelta(1), NOON, NOON) is Door.USED
    assert door(NOON, None, NOON) is Door.EXPIRED
    assert door(NOON + timedelta(1), None, NOON) is Door.OPEN


def test_only_the_hash_of_a_token_is_kept_and_a_new_link_voids_the_old(works: Writer) -> None:
    """A copy of the database opens no door; a link that was shown to the wrong one can be made worthless."""

    def make(session: Session) -> tuple[str, str]:
        ana = id_of(session, ANA)
        first = joining.make_invite(session, ana, NOON, by=None)
        return first, joining.make_invite(session, ana, NOON, by=None)

    first, second = works.run(make)
    assert len(first) == len(second) == 33

    def kept(session: Session) -> list[Any]:
        return [(row.token_hash, row.expires_at > NOON) for row in session.scalars(select(InviteRow).order_by("id"))]

    assert works.run(kept) == [(store.hashed(first), False), (store.hashed(second), True)]
    assert works.run(joining.use_invite, said(7), first, NOON).messages[0].text.key == "onboarding.link_expired"  # type: ignore[union-attr]


def test_of_two_who_open_one_link_one_is_let_in(works: Writer) -> None:
    """The link is used up by a conditional update."""
    token = works.run(lambda s: joining.make_invite(s, id_of(s, ANA), NOON, by=None))
    works.run(joining.use_invite, said(7), token, NOON)
    reply = works.run(joining.use_invite, said(8), token, NOON)
    assert reply.messages[0].text.key == "onboarding.link_used"  # type: ignore[union-attr]
    assert works.run(lambda s: people.person_of_account(s, "telegram", 7, NOON)) is not None
    assert works.run(lambda s: people.person_of_account(s, "telegram", 8, NOON)) is None


def test_a_phone_that_is_somebodys_does_not_use_up_a_link_for_somebody_else(works: Writer) -> None:
    """It is told whose phone it is; the link stays good."""
    works.run(lambda s: people_actions.open_account(s, id_of(s, SAM), 7, 7, NOON))
    token = works.run(lambda s: joining.make_invite(s, id_of(s, ANA), NOON, by=None))
    event = said(7, person=works.run(id_of, SAM))
    assert works.run(joining.use_invite, event, token, NOON).messages[0].text.key == "onboarding.link_for_other"  # type: ignore[union-attr]
    works.run(joining.use_invite, said(8), token, NOON)
    assert works.run(lambda s: people.person_of_account(s, "telegram", 8, NOON)) is not None


def test_somebody_who_begins_later_is_asked_to_come_back_and_keeps_the_link(works: Writer) -> None:
    """The link is not used up before the first day."""

    def hire(session: Session) -> str:
        unit = people.units(session)[-1]
        first_day = NOON.date() + timedelta(days=2)
        return joining.make_invite(
            session, people_actions.add_person(session, "L-3000", "Eva", "en", unit, "worker", first_day), NOON, by=None
        )

    token = works.run(hire)
    assert works.run(joining.use_invite, said(7), token, NOON).messages[0].text.key == "onboarding.too_early"  # type: ignore[union-attr]
    works.run(joining.use_invite, said(7), token, NOON + timedelta(days=2))
    found = works.run(lambda s: people.person_of_account(s, "telegram", 7, NOON + timedelta(days=2)))
    assert found is not None
    assert found.badge == "L-3000"


def test_a_request_is_decided_by_whoever_leads_and_by_nobody_else(works: Writer) -> None:
    """Another team's leader, the worker's colleague, and the one who asks are refused."""

    def ask(session: Session) -> None:
        people_actions.open_account(session, id_of(session, SAM), 8, 8, NOON)
        token = joining.make_poster(session, 1, NOON)
        joining.scan_poster(session, said(7), token, NOON)
        joining.give_badge(session, said(7), ANA.lower(), NOON)

    works.run(ask)
    for badge in ("L-1013", "L-1021", ANA):
        key = refusal(works, joining.decide, works.run(id_of, badge), 1, True, NOON)
        assert key == "onboarding.not_yours_to_decide"
    late = NOON + timedelta(hours=73)
    assert refusal(works, joining.decide, works.run(id_of, SAM), 1, True, late) == "onboarding.request_gone"
    assert refusal(works, joining.decide, works.run(id_of, SAM), 99, True, NOON) == "onboarding.request_gone"
    reply = works.run(joining.decide, works.run(id_of, SAM), 1, True, NOON)
    assert reply.toast is not None
    assert reply.toast.key == "onboarding.let_in"
    asked = works.run(
        lambda s: list(s.scalars(select(OutboxRow.person_id).where(OutboxRow.key == f"join:1:{id_of(s, SAM)}")))
    )
    assert asked == [works.run(id_of, SAM)]


def test_roles_are_given_by_administrators_only_and_stay_at_an_import(works: Writer) -> None:
    """By badge, role and unit; every wrong word is told."""
    grace, sam = works.run(id_of, GRACE), works.run(id_of, SAM)
    assert refusal(works, access.grant, sam, ANA, "supervisor", "", NOON) == "onboarding.not_allowed"
    assert refusal(works, access.grant, grace, "L-9", "supervisor", "", NOON) == "onboarding.no_such_badge"
    assert refusal(works, access.grant, grace, ANA, "king", "", NOON) == "onboarding.no_such_role"
    assert refusal(works, access.grant, grace, ANA, "trainer", "Moon", NOON) == "onboarding.no_such_unit"
    given = works.run(access.grant, grace, ANA, "safety-officer", "Harbour Works/Warehouse", NOON)
    who = given.who
    assert (who.badge, given.role, given.unit.name) == (ANA, Role.SAFETY_OFFICER, "Warehouse")
    assert not given.waits, "nothing is taken over with it"
    again = refusal(works, access.grant, grace, ANA, "safety-officer", "Harbour Works/Warehouse", NOON)
    assert again == "onboarding.has_role_already"
    by = works.run(lambda s: s.scalar(select(RoleGrantRow.granted_by).where(RoleGrantRow.person_id == who.id)))
    assert by == grace
    works.run(access.revoke, grace, ANA, "safety-officer", "Harbour Works/Warehouse", NOON + timedelta(hours=1))
    assert (
        refusal(works, access.revoke, grace, GRACE, "admin", "Lamplight Works", NOON) == "onboarding.not_your_own_admin"
    )


def test_the_picture_of_a_link_is_erased_when_it_opens_nothing_more(works: Writer) -> None:
    """A QR in a backup should not be a key."""
    sam = works.run(id_of, SAM)
    _, made = works.run(access.invite_by_badge, sam, ANA, NOON, "seed")
    assert media.open_ref(made.picture).startswith(b"\x89PNG")
    works.run(ticks.forget, NOON + timedelta(hours=71))
    assert media.open_ref(made.picture)
    works.run(ticks.forget, NOON + timedelta(hours=73))
    with pytest.raises(media.NoSuchFile):
        media.open_ref(made.picture)


def test_a_transaction_that_runs_twice_makes_the_same_link(works: Writer) -> None:
    """A group may be rolled back and run again: the picture on the disk must fit the row that is kept."""
    first, again, other = (works.run(lambda _, s=seed: access.token_of("invite", 1, NOON, s)) for seed in "112")
    assert first == again != other


def test_what_lay_before_a_leaver_finds_those_who_decide_by_now(works: Writer) -> None:
    """A request at the door and a question: the next ones above are asked, each of them once."""
    ids = {badge: works.run(id_of, badge) for badge in (SAM, ANA, GRACE, YUSUF)}
    for badge in (SAM, GRACE, YUSUF):
        works.run(people_actions.open_account, ids[badge], 900 + ids[badge], 900 + ids[badge], NOON)
    poster = works.run(joining.make_poster, 1, NOON)
    works.run(joining.scan_poster, said(71), poster, NOON)
    works.run(joining.give_badge, said(71), ANA, NOON)
    works.run(questions.begin_question, ids[ANA], NOON)
    works.run(questions.ask, ids[ANA], "May I?", NOON)

    def asked(session: Session) -> set[tuple[str, int]]:
        rows = session.execute(select(OutboxRow.key, OutboxRow.person_id).where(OutboxRow.key.is_not(None)))
        return {(key.partition(":")[0], person) for key, person in rows if key.startswith(("join:", "asked:"))}

    assert works.run(asked) == {("join", ids[SAM]), ("asked", ids[YUSUF])}
    for gone in (SAM, YUSUF):
        works.run(people_actions.leave_company, [ids[gone]], NOON.date(), NOON)
        for _ in range(2):
            works.run(ticks.on_left, {"person": ids[gone]}, NOON)
            works.run(question_ticks.on_left, {"person": ids[gone]}, NOON)
    assert works.run(asked) == {("join", ids[SAM]), ("join", ids[YUSUF]), ("join", ids[GRACE])} | {
        ("asked", ids[YUSUF]),
        ("asked", ids[GRACE]),
    }
