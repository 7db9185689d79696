"""Nobody prepares the second word for themselves: by a role that is given, lent or taken, by an old yes, by a newer wish.

Each story is an attempt by somebody who holds one account and has more phones than one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.delivery import approvals
from bot.delivery.tables import ApprovalRow
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.onboarding import takeovers
from bot.onboarding.rules import STAYS_GUARDED
from bot.onboarding.staff import taking_in
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.tables import PlacementRow
from bot.web import pages
from bot.web.factor.tables import SecondFactorRow
from bot.web.tablet import seconding
from bot.web.tablet import store as tablets
from bot.web.tablet.tables import DoorCodeRow
from tests.flows.hazards_company import company
from tests.flows.house import Story, story
from tests.flows.test_takeovers import NAMES, address, everybody, holder, link, on_a_site, viewer
from tests.flows.test_two_persons import also, forge, meet

SITE = 2


@pytest.fixture
async def works(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """Ada is the administrator, Grace the manager, Yusuf watches over safety, Bao is of the works council."""
    async with story(database_url, tmp_path, prepare=company) as s:
        await meet(s)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await s.stranger("Mallory")
        for name in NAMES.values():
            await s.news(name)
        yield s


def known(session: Session, s: Story, badge: str) -> Person:
    """Somebody of the company."""
    found = people.person_by_badge(session, badge, s.now)
    assert found is not None
    return found


async def lends(s: Story, badge: str, deputy: str) -> None:
    """Somebody is away for a day, and somebody else stands in for them."""

    def away(session: Session) -> None:
        who, other, until = known(session, s, badge).id, known(session, s, deputy).id, s.now + timedelta(days=1)
        leave = people_actions.go_away(session, who, s.now, until, other)
        people_actions.lend_roles(session, leave, who, other, until, s.now)

    await s.db(away)


async def states(s: Story) -> list[str]:
    """How all that was asked for stands, oldest first."""
    return list(await s.ask(lambda session: session.scalars(select(ApprovalRow.state).order_by(ApprovalRow.id)).all()))


async def code(s: Story) -> DoorCodeRow:
    """The newest code for a PIN."""
    found = await s.ask(lambda session: session.scalars(select(DoorCodeRow).order_by(DoorCodeRow.id.desc())).first())
    assert isinstance(found, DoorCodeRow)
    return found


async def test_whoever_has_the_role_from_the_asker_is_no_second_nor_is_their_deputy(works: Story) -> None:
    """Ada makes Ana a safety officer, Ana names Sam; after she has asked, Ada gives Bao the role as well. Only Grace counts."""
    s = works
    mine = s.chat("Yusuf")
    await s.says("Ada", "/grant W-1 safety_officer Harbour Works")
    await lends(s, "W-1", "S-1")
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'O-1')}")
    await s.forward(minutes=1)
    await s.says("Ada", "/grant W-2 safety_officer Harbour Works")
    for somebody in ("Ana", "Sam", "Bao"):
        assert "I agree" not in await s.buttons(somebody)
    _, button = await s.button("Grace", "I agree")
    for somebody in ("Ana", "Sam", "Bao"):
        await forge(s, somebody, button["callback_data"])
        assert await holder(s, "O-1") == mine, somebody
    await s.presses("Grace", "I agree")
    assert await holder(s, "O-1") == s.chat("Mallory")


async def test_whoever_stands_in_for_the_asker_is_no_second(works: Story) -> None:
    """Grace lends to Sam and lets Mallory in as Yusuf; so it is with the works council's voice, which Bao lends to Ana."""
    s = works
    mine = s.chat("Yusuf")
    await lends(s, "M-2", "S-1")
    await s.says("Mallory", f"/start {await link(s, 'Grace', 'O-1')}")
    _, button = await s.button("Ada", "I agree")
    await forge(s, "Sam", button["callback_data"])
    assert await holder(s, "O-1") == mine
    await also(s, "W-3", Role.WORKS_COUNCIL, SITE)
    await lends(s, "W-2", "W-1")

    def able(session: Session) -> set[str]:
        marek, bao = known(session, s, "W-3"), known(session, s, "W-2")
        matter = takeovers.door_of(session, marek, bao.id, {}, "", s.now)
        return {person.badge for person in approvals.able(session, matter, bao.id, s.now)}

    assert await s.ask(able) == {"A-1"}


async def test_a_role_that_was_taken_still_counts_for_a_while_and_one_that_was_lent_does_not(works: Story) -> None:
    """Ada takes Yusuf's role, lets Mallory in, and would give it back: Grace is asked all the same. After ninety days not."""
    s = works
    mine = s.chat("Yusuf")
    await s.says("Ada", "/revoke O-1 safety_officer Harbour Works")
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'O-1')}")
    assert await holder(s, "O-1") == mine
    assert "another phone" in " ".join(await s.news("Yusuf"))
    await s.presses("Grace", "No, do not")
    assert await holder(s, "O-1") == mine
    await lends(s, "M-2", "W-1")

    def guarded(session: Session, badge: str, after: timedelta) -> bool:
        who, then = known(session, s, badge).id, s.now + after
        found = takeovers.two_for(session, who, then)
        assert (who in takeovers.all_of_them(session, then)) is found
        return found

    assert await s.db(guarded, "O-1", STAYS_GUARDED - timedelta(hours=1))
    assert not await s.db(guarded, "O-1", STAYS_GUARDED + timedelta(hours=1))
    assert await s.db(guarded, "W-1", timedelta(0))
    assert not await s.db(guarded, "W-1", timedelta(days=2))


async def test_to_an_administrator_only_another_one_opens(works: Story) -> None:
    """With Ada and Yusuf alone it is the machine; with a third one it is their word, and not the manager's."""
    s = works
    await also(s, "O-1", Role.ADMIN)
    await also(s, "M-2", Role.MANAGER)
    await s.says("Ada", "/invite O-1")
    assert "davy invite O-1" in await s.sees("Ada")
    await also(s, "W-1", Role.ADMIN)
    mine = s.chat("Yusuf")
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'O-1')}")
    _, button = await s.button("Ana", "I agree")
    await forge(s, "Grace", button["callback_data"])
    assert await holder(s, "O-1") == mine
    await s.presses("Ana", "I agree")
    assert await holder(s, "O-1") == s.chat("Mallory")


async def test_a_newer_code_takes_the_older_ones_question_back_and_an_old_yes_opens_no_new_code(works: Story) -> None:
    """Ada asks twice for Bao. The row that Yusuf agreed to goes, and its number comes again."""
    s = works
    await also(s, "O-1", Role.ADMIN)
    for _ in range(2):
        await s.says("Ada", "/pin W-2")
    assert await states(s) == ["withdrawn", "waiting"]
    await s.presses("Yusuf", "I agree")
    agreed = await code(s)
    assert tablets.code(agreed) in await s.sees("Ada")
    assert await s.db(seconding.holds_alone, agreed, s.now)
    await s.db(lambda session: session.execute(delete(DoorCodeRow).where(DoorCodeRow.id == agreed.id)))
    await s.forward(hours=1)
    await s.says("Ada", "/pin W-2")
    assert "second person" in await s.sees("Ada")
    assert (await states(s))[-1] == "waiting"
    assert not await s.db(seconding.holds_alone, await code(s), s.now)


async def test_the_way_out_that_is_named_is_the_one_for_what_was_wanted(works: Story) -> None:
    """Nobody else could agree to anything of Bao's: a link for a PIN, the machine's own commands for the others."""
    s = works
    await s.says("Ada", "/pin W-2")
    assert "davy invite W-2" in await s.sees("Ada")
    assert "/pin" in await s.sees("Ada")
    bao = (await viewer(s, "W-2")).person
    row = {"person_id": bao, "secret": b"x", "begun_at": s.now, "confirmed_at": s.now}
    await s.db(lambda session: session.add(SecondFactorRow(**row)))
    with pytest.raises(Refused) as refused:
        await s.db(pages.end_theirs, await viewer(s, "A-1"), {"do": "factor", "badge": "W-2"}, s.now)
    assert (refused.value.text.key, refused.value.text.params["way"]) == ("onboarding.nobody_seconds", "factor")
    for lang in LANGUAGES:
        said = {way: str(say("onboarding.nobody_seconds", lang, badge="W-2", way=way)) for way in ("factor", "address")}
        assert "davy sign-out W-2 --second-factor" in said["factor"]
        assert "davy import people" in said["address"]


async def taken(s: Story, data: bytes) -> None:
    """Ada's personnel file is applied at the desk."""

    def sent(session: Session) -> None:
        by = people.viewer(session, known(session, s, "A-1").id, s.now)
        assert by is not None
        found = taking_in.read("people.csv", data)
        id = taking_in.keep(session, by, "people.csv", found, s.now)
        looked = taking_in.look(session, found, s.now)
        assert looked.wrong == ()
        taking_in.apply(session, by, id, looked.mark, True, s.now)

    await s.db(sent)
    await s.settle()


async def test_of_two_addresses_the_newer_one_alone_waits(works: Story) -> None:
    """Ada's first file had a wrong address for Bao: Yusuf can agree to the second one only."""
    s = works
    await also(s, "O-1", Role.ADMIN)
    await on_a_site(s)
    for mail in ("wrong@works.example", "bao@works.example"):
        await taken(s, await s.db(everybody, s.now, W_2=mail))
        await s.forward(hours=1)
    assert await states(s) == ["withdrawn", "waiting"]
    await s.presses("Yusuf", "I agree")
    assert await address(s, "W-2") == "bao@works.example"


async def test_the_address_of_one_who_has_not_begun_is_left_as_it_is_and_that_is_said(works: Story) -> None:
    """Marek comes into the works council, and begins next week; Ana's address in the same file is taken."""
    s = works
    await also(s, "W-3", Role.WORKS_COUNCIL)
    await on_a_site(s)
    data = await s.db(everybody, s.now, W_3="marek@works.example", W_1="ana@works.example")

    def later(session: Session) -> None:
        mine = PlacementRow.person_id == known(session, s, "W-3").id
        session.execute(update(PlacementRow).where(mine).values(starts_on=s.now.date() + timedelta(days=5)))

    await s.db(later)
    await taken(s, data)
    assert await address(s, "W-3") is None
    assert await address(s, "W-1") == "ana@works.example"
    assert "Marek Zielinski (W-3)" in " ".join(await s.news("Ada"))
    assert await states(s) == []


async def test_who_comes_back_comes_back_with_the_address_they_had(works: Story) -> None:
    """Bao left the works council and the company three weeks ago: the file that takes Bao on again has Ada's second address."""
    s = works
    await also(s, "O-1", Role.ADMIN)
    await on_a_site(s)
    here = (await s.db(everybody, s.now)).splitlines(keepends=True)
    await taken(s, b"".join(line for line in here if not line.startswith(b"W-2,")))
    assert (await s.ask(lambda session: known(session, s, "W-2"))).left_on is not None
    await s.forward(days=21)
    mine = [line.rstrip() + b"ada.second@works.example\r\n" if line.startswith(b"W-2,") else line for line in here]
    await taken(s, b"".join(mine))
    assert (await s.ask(lambda session: known(session, s, "W-2"))).left_on is None
    assert await address(s, "W-2") is None
    await s.presses("Yusuf", "I agree")
    assert await address(s, "W-2") == "ada.second@works.example"
