"""Whether duties are done: drawn by lot on Mondays, looked at a level above, with a photo, an outcome and the right to answer."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.duties.checks.tables import DutyCheckRow
from tests.flows.duties_company import MONDAY, facts, forge, ready
from tests.flows.hazards_company import photo
from tests.flows.house import Story


async def _rows(s: Story) -> list[DutyCheckRow]:
    found: list[DutyCheckRow] = await s.ask(
        lambda session: session.scalars(select(DutyCheckRow).order_by(DutyCheckRow.id)).all()
    )
    return found


async def test_sam_looks_at_whom_the_lot_has_drawn_with_a_photo_and_the_person_answers_in_their_own_words(
    database_url: str, tmp_path: Path
) -> None:
    """One in five of a unit, at least one; whoever leads is looked at by Grace and never by themselves."""
    async with ready(database_url, tmp_path) as s:
        for who in ("Sam", "Lucia", "Ana", "Pedro", "Grace"):
            await s.news(who)
        await s.until(MONDAY)
        rows = await _rows(s)
        people = {row.person_id: row.checker_id for row in rows}
        assert all(person != checker for person, checker in people.items())
        press = [row for row in rows if row.path.count("/") == 5]
        assert len(press) == 1, "four people of the press team: one of them"
        again = await s.ask(_drawn_again)
        assert again == 0, "the same round draws nobody else"

        names = {"W-1": "Ana", "W-2": "Lucia", "E-1": "Pedro", "S-1": "Sam"}
        drawn = await s.ask(lambda session: _badge(session, press[0].person_id))
        looked, looks = names[drawn], "Grace" if drawn == "S-1" else "Sam"
        await s.says(looks, "/dutychecks")
        seen = await s.sees(looks)
        assert "Look at these duties this week" in seen
        await s.presses(looks, f"👁 {looked}")
        assert "How it is checked" in await s.sees(looks)
        other = "Grace" if looks == "Sam" else "Sam"
        assert "not yours" in await forge(s, other, f"dck:found:{press[0].id}:done")
        await s.presses(looks, "Is done in part")
        await s.sends_photo(looks, photo(), "guard was half open")
        assert "already" in await forge(s, looks, f"dck:found:{press[0].id}:done")
        await s.forward(minutes=5)
        [row] = [each for each in await _rows(s) if each.id == press[0].id]
        assert (row.state, row.outcome, row.note) == ("answered", "partly", "guard was half open")
        assert row.media, "the photo is kept"

        await s.forward(hours=20)
        await forge(s, looked, f"dck:reply:{row.id}")
        await s.says(looked, "The part was too long for it")
        [row] = [each for each in await _rows(s) if each.id == press[0].id]
        assert row.reply == "The part was too long for it"
        kinds = [kind for kind, _ in await facts(s, "DutyChecked", "DutyCheckPhotographed", "DutyCheckReplied")]
        assert kinds == ["DutyChecked", "DutyCheckPhotographed", "DutyCheckReplied"]
        assert not await s.violations()


def _drawn_again(session):  # type: ignore[no-untyped-def]
    from bot.duties.checks import actions
    from bot.people import store as people

    row = session.scalars(select(DutyCheckRow)).first()
    return sum(actions.draw(session, unit, row.round, MONDAY) for unit in people.units(session))


def _badge(session, id):  # type: ignore[no-untyped-def]
    from bot.people.tables import PersonRow

    return session.get(PersonRow, id).badge


async def test_what_nobody_looks_at_in_time_is_a_fact_and_is_seen_a_level_above_the_one_who_was_to_look(
    database_url: str, tmp_path: Path
) -> None:
    """Six days; then Grace reads how many Sam has missed, and next week others are drawn."""
    async with ready(database_url, tmp_path) as s:
        await s.until(MONDAY)
        first = await _rows(s)
        await s.forward(days=6, hours=2)
        missed = await facts(s, "DutyCheckMissed")
        assert len(missed) == len(first)
        assert {row.state for row in await _rows(s)} == {"missed"}
        await s.forward(days=2)
        assert [m for m in await s.screen("Grace") if "Sam Okafor has not looked at one duty" in str(m.get("text"))]
        later = [row for row in await _rows(s) if row.round != first[0].round]
        assert later, "the next week has its own draw"
        assert not {row.person_id for row in later} & {row.person_id for row in first}, "nobody twice before the others"
