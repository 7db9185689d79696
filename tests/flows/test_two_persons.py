"""What nobody does alone: roles that take the company over, messages to very many, opening who reported without a name."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import BroadcastRow, OutboxRow
from bot.features import _room
from bot.hazards.tables import HazardRow
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story

ROOMS = (_room("onboarding"), _room("hazards"), _room("compliance"), _room("delivery"))
STAFF = ("W-1", "W-2", "S-1", "O-1", "M-2", "A-1")


async def facts(s: Story, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    """What the trail holds of some kinds, oldest first."""
    query = select(FactRow.kind, FactRow.body).where(FactRow.kind.in_(kinds)).order_by(FactRow.id)
    return [(row.kind, dict(row.body)) for row in await s.ask(lambda session: session.execute(query).all())]


async def holds(s: Story, badge: str, role: Role) -> bool:
    """Whether somebody holds a role anywhere."""

    def look(session: Session) -> bool:
        who = people.person_by_badge(session, badge, s.now)
        viewer = people.viewer(session, who.id, s.now) if who else None
        return any(grant.role is role for grant in (viewer.grants if viewer else ()))

    return bool(await s.db(look))


async def also(s: Story, badge: str, role: Role, unit: int = 1) -> None:
    """Somebody holds a role too."""

    def give(session: Session) -> None:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        people_actions.grant(session, who.id, role, unit, s.now)

    await s.db(give)


async def ends(s: Story, badge: str) -> None:
    """Somebody holds no role any more."""

    def end(session: Session) -> None:
        who = people.person_by_badge(session, badge, s.now)
        viewer = people.viewer(session, who.id, s.now) if who else None
        assert viewer is not None
        for given in viewer.grants:
            people_actions.revoke(session, viewer.person, given.role, given.unit, s.now)

    await s.db(end)


async def forge(s: Story, who: str, data: str) -> None:
    """Somebody presses, under a message of their own, a button that they were never shown."""
    message = (await s.screen(who))[-1]["message_id"]
    await s.post(
        "/sim/presses", {"from": s.chat(who), "chat": s.chat(who), "message_id": message, "data": data, "forge": True}
    )
    await s.settle()


async def meet(s: Story, *badges: str) -> None:
    """These have a phone."""
    for badge in badges or STAFF:
        await s.employee(badge)


async def test_an_administrator_is_made_by_two(database_url: str, tmp_path: Path) -> None:
    """Ada asks, Yusuf says yes; before that Bao may nothing, and neither Ada's own press nor Bao's is the second."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "O-1", Role.ADMIN)
        await s.says("Ada", "/grant W-2 admin")
        assert "second person" in await s.sees("Ada")
        assert not await holds(s, "W-2", Role.ADMIN)
        _, button = await s.button("Yusuf", "I agree")
        for somebody in ("Ada", "Bao", "Grace"):
            await forge(s, somebody, button["callback_data"])
            assert not await holds(s, "W-2", Role.ADMIN)
        assert "Ada Byron wants to make Bao Tran" in await s.sees("Yusuf")
        assert "beside it" in await s.presses("Yusuf", "I agree")
        assert await holds(s, "W-2", Role.ADMIN)
        assert "agreed by Yusuf Demir" in await s.sees("Ada")
        outcomes = [body.get("outcome") for _, body in await facts(s, "SecondWordAsked", "SecondWordSaid")]
        assert outcomes == [None, "agreed"]
        tried = await facts(s, "AttemptRefused")
        assert [body["by"] for _, body in tried] == ["dl.yes"] * 3, "whoever pressed without a right is on the trail"


async def test_nobody_puts_a_voice_of_their_own_into_the_works_council(database_url: str, tmp_path: Path) -> None:
    """The council's word opens a reporter, so who speaks for it, and who no longer does, is not one administrator's choice."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "O-1", Role.ADMIN)
        await s.says("Ada", "/grant W-2 works_council")
        assert not await holds(s, "W-2", Role.WORKS_COUNCIL)
        await s.presses("Yusuf", "I agree")
        assert await holds(s, "W-2", Role.WORKS_COUNCIL)
        await s.says("Ada", "/revoke W-2 works_council")
        assert await holds(s, "W-2", Role.WORKS_COUNCIL)
        assert [body["what"] for _, body in await facts(s, "SecondWordAsked")] == ["role_given", "role_taken"]


async def test_a_no_or_a_day_of_silence_leaves_all_as_it_was(database_url: str, tmp_path: Path) -> None:
    """Yusuf says no; asked again he says nothing for a day; a yes after that is too late."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "O-1", Role.ADMIN)
        await s.says("Ada", "/grant W-2 manager")
        await s.presses("Yusuf", "No, do not")
        assert "said no" in await s.sees("Ada")
        await s.says("Ada", "/grant W-2 manager")
        _, button = await s.button("Yusuf", "I agree")
        await s.forward(hours=25)
        assert "in time" in await s.sees("Ada")
        await forge(s, "Yusuf", button["callback_data"])
        assert not await holds(s, "W-2", Role.MANAGER)


async def test_whoever_asked_and_lost_the_role_meanwhile_gives_none(database_url: str, tmp_path: Path) -> None:
    """Ada's account was taken over; her role ends before Yusuf, who knows nothing of it, agrees."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "O-1", Role.ADMIN)
        await s.says("Ada", "/grant W-2 admin")

        def end(session: Session) -> None:
            ada = people.person_by_badge(session, "A-1", s.now)
            assert ada is not None
            people_actions.revoke(session, ada.id, Role.ADMIN, 1, s.now)

        await s.db(end)
        await s.presses("Yusuf", "I agree")
        assert not await holds(s, "W-2", Role.ADMIN)


async def test_the_only_administrator_of_a_small_company_acts_alone_and_it_is_on_record(
    database_url: str, tmp_path: Path
) -> None:
    """Nobody else could agree: it is done at once. But nobody makes themselves the only one by taking the other's role."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-2", "A-1", "S-1")
        await s.says("Ada", "/grant W-2 admin")
        assert await holds(s, "W-2", Role.ADMIN)
        assert [body["what"] for _, body in await facts(s, "DoneAlone")] == ["role_given"]
        await s.says("Ada", "/grant S-1 trainer")
        assert await holds(s, "S-1", Role.TRAINER), "a trainer takes nothing over"
        await s.says("Ada", "/revoke W-2 admin Harbour Works/Warehouse/Dock Team")
        assert await holds(s, "W-2", Role.ADMIN)


async def test_a_message_to_very_many_waits_for_a_second_person(database_url: str, tmp_path: Path) -> None:
    """Four people are very many here: Yusuf's words wait until Grace agrees, and go to nobody before."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company, second_person_over=3) as s:
        await meet(s)
        await s.says("Yusuf", "/announce")
        await s.says("Yusuf", "The yard is closed today.")
        await s.presses("Yusuf", "Harbour Works")
        await s.presses("Yusuf", "Send to")
        await s.forward(minutes=1)
        assert "second person is asked" in await s.sees("Yusuf")
        assert not any("yard is closed" in said for said in await s.news("Bao"))
        assert "The yard is closed today." in await s.sees("Grace")
        await s.presses("Grace", "I agree")
        await s.forward(minutes=1)
        assert any("yard is closed" in said for said in await s.news("Bao"))
        state = await s.ask(lambda session: session.scalar(select(BroadcastRow.state)))
        assert state in ("running", "done")


async def sealed_report(s: Story) -> None:
    """Ana reports without her name."""
    await s.sends_photo("Ana", photo(), caption="The guard is taken off every night")
    await s.presses("Ana", "Without my name")
    await s.presses("Ana", "Send without my name")


async def test_two_named_people_together_open_who_reported_and_she_is_told(database_url: str, tmp_path: Path) -> None:
    """Yusuf asks with a reason and sees nothing; Grace of the works council agrees; both may look, Ana reads who and why."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await sealed_report(s)
        number = await s.ask(
            lambda session: session.scalar(select(HazardRow.id).where(HazardRow.reporter_seal.is_not(None)))
        )
        assert number is not None
        await s.news("Ana")
        await s.says("Sam", f"/reveal {number} I want to know who it was")
        assert (
            await s.ask(lambda session: session.scalar(select(FactRow.id).where(FactRow.kind == "SecondWordAsked")))
            is None
        )
        await s.says("Yusuf", f"/reveal {number}")
        assert "with a reason" in await s.sees("Yusuf")
        await s.says("Yusuf", f"/reveal {number} The police ask for a witness")
        assert "you see nothing" in await s.sees("Yusuf")
        assert await s.buttons("Grace") == [] or "I agree" not in await s.buttons("Grace"), "there is a works council"
        await forge(s, "Yusuf", "hzi:1")
        assert await facts(s, "ReporterLookedAt") == []
        assert await s.news("Ana") == []
        await s.presses("Bao", "I agree")
        assert "Ana Morales, W-1" in await s.presses("Yusuf", "Show who it was")
        assert "Ana Morales, W-1" in await s.presses("Bao", "Show who it was")
        told = " ".join(await s.news("Ana"))
        assert "Yusuf Demir and Bao Tran" in told
        assert "The police ask for a witness" in told
        kept = await s.ask(lambda session: [str(row) for row in session.scalars(select(OutboxRow.payload))])
        opened = [row for row in kept if "reveal" in row]
        assert opened
        assert not any("Ana Morales" in row for row in opened), "the name stands in no message"
        trail = [kind for kind, _ in await facts(s, "ReporterOpened", "ReporterLookedAt")]
        assert trail == ["ReporterOpened", "ReporterLookedAt", "ReporterLookedAt"]
        await s.forward(hours=25)
        assert "is over" in await s.presses("Yusuf", "Show who it was")


async def test_whoever_lost_the_right_meanwhile_no_longer_looks(database_url: str, tmp_path: Path) -> None:
    """Both have agreed; Yusuf watches over safety no more, and Bao is in the works council no more: neither sees a name."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await sealed_report(s)
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        await s.says("Yusuf", f"/reveal {number} The police ask for a witness")
        await s.presses("Bao", "I agree")
        await ends(s, "O-1")
        await ends(s, "W-2")
        for somebody in ("Yusuf", "Bao"):
            assert "Ana" not in await s.presses(somebody, "Show who it was")
        assert await facts(s, "ReporterLookedAt") == []


async def test_nothing_is_opened_for_whoever_lost_the_right_before_the_second_word(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf asked; before Bao agrees he watches over safety no more: Ana is not told, and nobody may look."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await sealed_report(s)
        await s.news("Ana")
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        await s.says("Yusuf", f"/reveal {number} The police ask for a witness")
        await ends(s, "O-1")
        await s.presses("Bao", "I agree")
        assert await facts(s, "ReporterOpened") == []
        assert await s.news("Ana") == []


async def test_one_alone_opens_nothing(database_url: str, tmp_path: Path) -> None:
    """Bao says no: nobody learns anything, Ana included, and both words are on the trail."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s)
        await also(s, "W-2", Role.WORKS_COUNCIL)
        await sealed_report(s)
        await s.news("Ana")
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        await s.says("Yusuf", f"/reveal {number} The police ask for a witness")
        await s.presses("Bao", "No, do not")
        assert await facts(s, "ReporterOpened") == []
        assert await s.news("Ana") == []
        assert [body["outcome"] for _, body in await facts(s, "SecondWordSaid")] == ["refused"]
