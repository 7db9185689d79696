"""Nobody alone becomes somebody whose word is one of two (long because each door is a story of its own).

Not by a link, a poster, a PIN, an address, a factor taken away. Each is told on the phone they have, before and after; what is
made on the machine itself is the way out, and told as well.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.onboarding import joining
from bot.onboarding.nightly import Found, take_in
from bot.onboarding.staff import taking_in
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing import plan as planning
from bot.people.importing.files import table_of
from bot.people.importing.problems import Problems
from bot.people.model import Role, Viewer
from bot.people.tables import AccountRow, PersonRow, PlacementRow, RoleGrantRow
from bot.web import pages
from bot.web.factor.tables import SecondFactorRow
from bot.web.tablet import actions as tablet
from bot.web.tablet import store as tablets
from bot.web.tablet.tables import DoorCodeRow, PinRow
from tests.flows.hazards_company import company
from tests.flows.house import Story, story
from tests.flows.tablet_hand import PIN, browser, enrolled
from tests.flows.test_two_persons import also, ends, facts, forge, meet

NAMES = {"W-1": "Ana", "W-2": "Bao", "S-1": "Sam", "O-1": "Yusuf", "M-2": "Grace", "A-1": "Ada"}


@pytest.fixture
async def works(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """Ada and Yusuf are administrators, Bao is of the works council; all have phones, and Mallory stands outside."""
    async with story(database_url, tmp_path, prepare=company) as s:
        await meet(s)
        await also(s, "O-1", Role.ADMIN)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await s.stranger("Mallory")
        for name in NAMES.values():
            await s.news(name)
        yield s


async def holder(s: Story, badge: str) -> int | None:
    """Whose phone somebody's account is on."""

    def look(session: Session) -> int | None:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        mine = (AccountRow.person_id == who.id, AccountRow.closed_at.is_(None), AccountRow.channel == "telegram")
        return session.scalar(select(AccountRow.chat_id).where(*mine))

    found: int | None = await s.ask(look)
    return found


async def viewer(s: Story, badge: str) -> Viewer:
    """Somebody as a page sees them."""

    def look(session: Session) -> Viewer | None:
        who = people.person_by_badge(session, badge, s.now)
        return people.viewer(session, who.id, s.now) if who else None

    found = await s.ask(look)
    assert isinstance(found, Viewer)
    return found


async def closes(s: Story, badge: str) -> None:
    """Somebody has no phone any more."""

    def close(session: Session) -> None:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        session.execute(update(AccountRow).where(AccountRow.person_id == who.id).values(closed_at=s.now))

    await s.db(close)


async def link(s: Story, by: str, badge: str) -> str:
    """The token of the link that somebody is given for a badge."""
    await s.says(by, f"/invite {badge}")
    found = re.search(r"start=(\w+)", await s.sees(by))
    assert found is not None, await s.sees(by)
    return found[1]


async def test_a_link_for_the_works_council_opens_only_with_a_second_word(works: Story) -> None:
    """Ada makes a link for Bao and opens it herself: Bao reads it on his phone, Yusuf is asked; a no leaves all as it was."""
    s = works
    mine = s.chat("Bao")
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'W-2')}")
    assert await holder(s, "W-2") == mine
    assert "second person must agree" in await s.sees("Mallory")
    told = " ".join(await s.news("Bao"))
    assert "another phone" in told
    assert "Ada Byron" in told
    assert "Mallory" in told
    _, button = await s.button("Yusuf", "I agree")
    for somebody in ("Ada", "Bao", "Grace"):
        await forge(s, somebody, button["callback_data"])
    assert await holder(s, "W-2") == mine, "neither whoever asked nor whom it is about, nor a manager, is the second"
    assert "Bao Tran (W-2)" in await s.sees("Yusuf")
    await s.presses("Yusuf", "No, do not")
    assert "not let in" in await s.sees("Mallory")
    assert await holder(s, "W-2") == mine
    assert [b.get("outcome") for _, b in await facts(s, "SecondWordAsked", "SecondWordSaid")] == [None, "refused"]


async def test_with_a_second_word_the_new_phone_is_in_and_the_old_one_is_told(works: Story) -> None:
    """Bao really has a new phone."""
    s = works
    old = s.chat("Bao")
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'W-2')}")
    await s.presses("Yusuf", "I agree")
    assert await holder(s, "W-2") == s.chat("Mallory")
    assert "closed here" in await s.sees(old)
    assert "Welcome" in await s.sees("Mallory")


async def test_a_first_link_for_whoever_has_the_role_already_needs_the_second_word_too(works: Story) -> None:
    """Marek never had Davy when he came into the works council; a day of silence is a no."""
    s = works
    await also(s, "W-3", Role.WORKS_COUNCIL)
    await s.says("Mallory", f"/start {await link(s, 'Ada', 'W-3')}")
    assert await holder(s, "W-3") is None
    await s.forward(hours=25)
    assert await holder(s, "W-3") is None
    assert "not let in" in await s.sees("Mallory")


async def test_a_link_from_before_the_role_is_worth_no_more_than_one_from_after(works: Story) -> None:
    """Ada keeps a link for Ana until Ana is a manager; and whoever made one and lost the right opens nothing by it."""
    s = works
    early, late = await link(s, "Ada", "W-1"), await link(s, "Yusuf", "S-1")
    await also(s, "W-1", Role.MANAGER)
    await also(s, "S-1", Role.MANAGER)
    mine = s.chat("Ana")
    await s.says("Mallory", f"/start {early}")
    assert await holder(s, "W-1") == mine
    await s.stranger("Eve")
    await ends(s, "O-1")
    await s.says("Eve", f"/start {late}")
    assert "too old" in await s.sees("Eve")
    assert await holder(s, "S-1") == s.chat("Sam")


async def test_where_nobody_could_agree_the_machine_is_named_and_is_the_way_in(works: Story) -> None:
    """Ada alone has a phone: no link for the safety officer by her; one that is made on the machine opens, and he is told."""
    s = works
    for badge in ("M-2", "O-1"):
        await closes(s, badge)
    await s.says("Ada", "/invite O-1")
    assert "davy invite O-1" in await s.sees("Ada")

    def made(session: Session) -> str:
        bao = people.person_by_badge(session, "W-2", s.now)
        assert bao is not None
        return joining.make_invite(session, bao.id, s.now, by=None)

    old = s.chat("Bao")
    await s.says("Mallory", f"/start {await s.db(made)}")
    assert await holder(s, "W-2") == s.chat("Mallory")
    assert "closed here" in await s.sees(old)


async def test_a_scanned_poster_lets_an_officer_in_by_two(works: Story) -> None:
    """Mallory types Yusuf's number. Grace says that it is him; it takes Ada's word as well."""
    s = works
    await ends(s, "O-1")
    await also(s, "O-1", Role.SAFETY_OFFICER, 2)
    mine = s.chat("Yusuf")
    await s.says("Ada", "/poster")
    found = next(m for m in reversed(await s.screen("Ada")) if "start=" in str(m.get("caption")))
    token = re.search(r"start=(\w+)", found["caption"])
    assert token is not None
    await s.says("Mallory", f"/start {token[1]}")
    await s.says("Mallory", "O-1")
    await s.presses("Grace", "Confirm")
    assert await holder(s, "O-1") == mine
    assert "another phone" in " ".join(await s.news("Yusuf"))
    await s.presses("Ada", "I agree")
    assert await holder(s, "O-1") == s.chat("Mallory")


async def test_a_code_for_the_pin_of_one_of_two_is_nobodys_before_the_second_word(works: Story) -> None:
    """Ada asks for a code for Bao: it is shown to nobody, Bao is told; agreed to, Ada has it, and Bao reads each step."""
    s = works
    async with browser(s) as hand:
        await enrolled(s, hand, by="A-1")
        await s.says("Ada", "/pin W-2")
        assert "second person" in await s.sees("Ada")
        assert "asked for a code" in " ".join(await s.news("Bao"))

        def code(session: Session) -> str:
            return tablets.code(session.scalars(select(DoorCodeRow).order_by(DoorCodeRow.id.desc())).first())  # type: ignore[arg-type]

        typed = await s.ask(code)
        await hand.opens("/tablet/code")
        said = await hand.sends(hand.form("/tablet/code"), badge="W-2", code=typed, pin=PIN, again=PIN)
        assert "does not work" in said
        await s.presses("Yusuf", "I agree")
        assert typed in await s.sees("Ada")
        await hand.opens("/tablet/code")
        await hand.sends(hand.form("/tablet/code"), badge="W-2", code=typed, pin=PIN, again=PIN)
        assert "I am done" in hand.html
        told = " ".join(await s.news("Bao"))
        assert "has made a code" in told
        assert "was chosen" in told


async def test_a_code_that_was_refused_or_made_before_the_role_opens_nothing(works: Story) -> None:
    """Yusuf says no to the one; the other was made for Ana while she was nobody's second."""
    s = works

    def typed(session: Session, badge: str) -> bool:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        row = session.scalars(select(DoorCodeRow).where(DoorCodeRow.person_id == who.id)).one()
        return tablet.set_pin(session, who.id, tablets.code(row), tablet.Kept(b"s", b"h"), s.now)

    await s.says("Ada", "/pin W-2")
    await s.presses("Yusuf", "No, do not")
    assert not await s.db(typed, "W-2")
    await s.says("Ada", "/pin W-1")
    await also(s, "W-1", Role.MANAGER)
    assert not await s.db(typed, "W-1")
    assert await s.ask(lambda session: session.scalars(select(PinRow)).all()) == []


async def test_a_second_factor_of_one_of_two_is_taken_away_by_two(works: Story) -> None:
    """Ada presses it for Bao; it stays until Yusuf agrees, and Bao reads both."""
    s = works
    bao = (await viewer(s, "W-2")).person

    def has(session: Session) -> bool:
        return session.get(SecondFactorRow, bao, populate_existing=True) is not None

    row = {"person_id": bao, "secret": b"x", "begun_at": s.now, "confirmed_at": s.now}
    await s.db(lambda session: session.add(SecondFactorRow(**row)))
    await s.db(pages.end_theirs, await viewer(s, "A-1"), {"do": "factor", "badge": "W-2"}, s.now)
    await s.settle()
    assert await s.ask(has)
    assert "second factor" in " ".join(await s.news("Bao"))
    await s.presses("Yusuf", "I agree")
    assert not await s.ask(has)
    assert "was taken away" in " ".join(await s.news("Bao"))


def everybody(session: Session, now: datetime, **emails: str) -> bytes:
    """The personnel file as the company is, with other addresses for some."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["badge", "name", "site", "workshop", "team", "post", "roles", "joined_on", "shift", "email"])
    names = {unit.id: name for name, unit in named_units(session).items()}
    for row in session.scalars(select(PersonRow).order_by(PersonRow.id)):
        who = people.person(session, row.id, now)
        assert who is not None
        parts = [*names[who.unit].split("/"), "", ""][:3]
        mail = emails.get(row.badge.replace("-", "_"), "")
        rows.writerow([row.badge, row.name, *parts, who.post, "employee", row.joined_on, row.shift or "", mail])
    return out.getvalue().encode()


async def address(s: Story, badge: str) -> str | None:
    """The address that somebody signs in with."""
    found: str | None = await s.ask(
        lambda session: session.scalar(select(PersonRow.email).where(PersonRow.badge == badge))
    )
    return found


async def on_a_site(s: Story) -> None:
    """Ada's post is at the site: a personnel file has nobody above it."""

    def move(session: Session) -> None:
        (site,) = [unit for unit in people.units(session) if unit.name == "Harbour Works"]
        ada = people.person_by_badge(session, "A-1", s.now)
        assert ada is not None
        session.execute(update(PlacementRow).where(PlacementRow.person_id == ada.id).values(unit_id=site.id))
        # as if given in the chat, and not by Ada: what a file gave, a file takes
        grace = people.person_by_badge(session, "M-2", s.now)
        assert grace is not None
        session.execute(update(RoleGrantRow).where(RoleGrantRow.granted_by.is_(None)).values(granted_by=grace.id))

    await s.db(move)


async def test_a_personnel_file_in_the_browser_changes_nobodys_sign_in_who_is_one_of_two(works: Story) -> None:
    """Ada's file has an address of hers for Bao and a new one for Ana: Ana's is taken, Bao's waits, and Bao is told."""
    s = works
    await on_a_site(s)

    def sent(session: Session) -> None:
        by = people.viewer(session, people.person_by_badge(session, "A-1", s.now).id, s.now)  # type: ignore[union-attr]
        assert by is not None
        data = everybody(session, s.now, W_2="ada.second@works.example", W_1="ana@works.example")
        found = taking_in.read("people.csv", data)
        id = taking_in.keep(session, by, "people.csv", found, s.now)
        looked = taking_in.look(session, found, s.now)
        assert looked.wrong == ()
        taking_in.apply(session, by, id, looked.mark, True, s.now)

    await s.db(sent)
    await s.settle()
    assert await address(s, "W-1") == "ana@works.example"
    assert await address(s, "W-2") is None
    assert "ada.second@works.example" in " ".join(await s.news("Bao"))
    await s.presses("Yusuf", "I agree")
    assert await address(s, "W-2") == "ada.second@works.example"
    assert "From now on you sign in" in " ".join(await s.news("Bao"))


async def test_a_nightly_file_leaves_such_an_address_as_it_is_and_says_so_once(
    database_url: str, tmp_path: Path
) -> None:
    """Ana's address is taken, Bao's is not; both administrators read it, and not again the next night."""
    chosen = (_room("onboarding"), _room("delivery"))
    async with story(database_url, tmp_path, rooms=chosen, prepare=company) as s:
        await meet(s, "A-1", "W-2")
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await on_a_site(s)

        def night(session: Session, which: str) -> str:
            problems = Problems("people.csv")
            data = everybody(session, s.now, W_2="hr@works.example", W_1="ana@works.example")
            table = table_of("people.csv", data, planning.NEEDED, planning.MAY, problems)
            return take_in(session, Found("people.csv", which, table, problems), s.now)

        for which in ("one", "two"):
            assert await s.db(night, which) == "taken"
            await s.forward(hours=24)
        assert await address(s, "W-1") == "ana@works.example"
        assert await address(s, "W-2") is None
        assert len([said for said in await s.news("Ada") if "Bao Tran (W-2)" in said]) == 1
