"""Codes and PINs of a shared tablet are worth what their makers may, and where they are typed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people import actions as people_actions
from bot.people import store as people
from bot.web.tablet import actions, store
from bot.web.tablet.tables import PinRow
from tests.flows.hazards_company import company
from tests.flows.house import story
from tests.flows.tablet_hand import PIN, browser, enrolled, worker


def device_code(session: Session, now: datetime) -> str:
    """A code for a device of the dock, made by Sam."""
    sam = people.person_by_badge(session, "S-1", now)
    viewer = people.viewer(session, sam.id, now) if sam else None
    assert viewer is not None
    return store.code(actions.tablet_code(session, viewer, viewer.grants[0].unit, "Gate", now))


async def test_guesses_in_any_browser_lock_nobody_out_before_a_tablet(database_url: str, tmp_path: Path) -> None:
    """Where PINs are taken anywhere: whoever guesses far away waits there; the tablet in the canteen still opens."""
    async with story(database_url, tmp_path, prepare=company, pin_anywhere=True) as s:
        async with browser(s) as hand, browser(s) as other:
            await hand.opens("/tablet/enrol")
            await hand.sends(hand.form("/tablet/enrol"), code=await s.db(device_code, s.now))
            await worker(s, hand, "W-1")
            await hand.presses("I am done")
            await other.opens("/tablet")
            for n in range(6):
                said = await other.sends(other.form("/tablet/in"), badge="W-1", pin=f"{n}19203")
            assert "Too many wrong PINs" in said
            await hand.signs_in("W-1", PIN)
            assert "I am done" in hand.html


async def test_where_pins_are_taken_anywhere_a_browser_needs_no_enrolment_and_a_tablet_can_have_it(
    database_url: str, tmp_path: Path
) -> None:
    """Ana chooses a PIN in a browser that nobody enrolled and signs in; from its page a tablet is enrolled all the same."""
    async with story(database_url, tmp_path, prepare=company, pin_anywhere=True) as s:
        async with browser(s) as hand, browser(s) as tablet:
            await worker(s, hand, "W-1")
            await hand.presses("I am done")
            await hand.signs_in("W-1", PIN)
            assert "I am done" in hand.html
            await tablet.opens("/tablet")
            assert 'href="/tablet/enrol' in tablet.html
            await tablet.opens("/tablet/enrol")
            assert "does not work" in await tablet.sends(tablet.form("/tablet/enrol"), code="AAAAA-AAAAA")
            await tablet.sends(tablet.form("/tablet/enrol"), code=await s.db(device_code, s.now))
            assert "Gate" in await tablet.opens("/tablet")
            assert 'href="/tablet/enrol' not in tablet.html


@pytest.mark.parametrize("anywhere", [False, True])
async def test_a_tablet_of_another_unit_is_no_worse_than_any_browser(
    database_url: str, tmp_path: Path, anywhere: bool
) -> None:
    """The dock's tablet turns Marek of the storage team away, unless his PIN opens any browser anyway."""
    async with story(database_url, tmp_path, prepare=company, pin_anywhere=anywhere) as s, browser(s) as hand:
        await hand.opens("/tablet/enrol")
        await hand.sends(hand.form("/tablet/enrol"), code=await s.db(device_code, s.now))

        def code(session: Session) -> str:
            marek = people.person_by_badge(session, "W-3", s.now)
            assert marek is not None
            return store.code(actions.own_code(session, marek.id, s.now))

        typed = await s.db(code)
        await hand.opens("/tablet/code")
        said = await hand.sends(hand.form("/tablet/code"), badge="W-3", code=typed, pin=PIN, again=PIN)
        assert ("I am done" in hand.html) is anywhere
        assert ("does not work" in said) is not anywhere


async def test_a_code_is_worth_no_more_than_the_right_of_its_maker_when_it_is_used(
    database_url: str, tmp_path: Path
) -> None:
    """Sam makes a code for Ana and one for a device, and leads nobody any more: neither opens; a code of one's own does."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand, browser(s) as other:
        await enrolled(s, hand, by="O-1")

        def make(session: Session) -> tuple[str, str]:
            sam = people.person_by_badge(session, "S-1", s.now)
            viewer = people.viewer(session, sam.id, s.now) if sam else None
            assert viewer is not None
            _, pin, _ = actions.code_for(session, viewer, "W-1", s.now)
            device = actions.tablet_code(session, viewer, viewer.grants[0].unit, "Gate", s.now)
            for given in viewer.grants:
                people_actions.revoke(session, viewer.person, given.role, given.unit, s.now)
            return store.code(pin), store.code(device)

        pin, device = await s.db(make)
        await hand.opens("/tablet/code")
        assert "does not work" in await hand.sends(hand.form("/tablet/code"), badge="W-1", code=pin, pin=PIN, again=PIN)
        await other.opens("/tablet")
        assert "does not work" in await other.sends(other.form("/tablet/enrol"), code=device)
        assert not await s.ask(lambda session: session.scalars(select(PinRow)).all())
        await worker(s, hand, "W-1")
