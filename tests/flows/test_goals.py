"""Goals from the site to a person: one accountable owner, a second order refused or handed over, a digest that adds up."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.duties.goals.tables import GoalHandoverRow, SafetyGoalRow
from tests.flows.duties_company import MONDAY, facts, forge, site
from tests.flows.house import Story


async def _set(s: Story, who: str, unit: str, words: str, target: str, owner: str, parent: str = "From none") -> None:
    await s.says(who, "/goals")
    await s.presses(who, "New goal")
    await s.presses(who, unit)
    await s.presses(who, parent)
    await s.says(who, words)
    await s.says(who, target)
    await s.presses(who, "In 30 days")
    await s.presses(who, owner)


async def test_a_goal_goes_from_the_site_to_a_team_to_a_person_and_the_weeks_figures_are_the_sum_of_the_steps(
    database_url: str, tmp_path: Path
) -> None:
    """Grace sets one for the site, Sam one for his team that comes from it; what Lucia does counts in both."""
    async with site(database_url, tmp_path) as s:
        await _set(s, "Grace", "Harbour Works", "Dangers put right", "10", "Grace")
        assert "Accountable: Grace Lindqvist" in await s.sees("Grace")
        await _set(s, "Sam", "Press Team", "Dangers put right at the presses", "4", "Lucia", "Dangers put right")
        assert "Accountable: Lucia Herrera" in await s.sees("Sam")
        assert "You alone are accountable" in "".join(await s.news("Lucia"))
        assert "Only whoever is accountable" in await forge(s, "Sam", "dg:one:2")
        assert "Only whoever leads" in await forge(s, "Nora", "dg:open:2")
        await s.says("Lucia", "/goals")
        await s.presses("Lucia", "№ 2")
        await s.presses("Lucia", "+1")
        await s.presses("Lucia", "Another number")
        await s.says("Lucia", "2")
        assert "Done: 3 of 4" in await s.sees("Lucia")
        await s.news("Grace")
        await s.until(MONDAY)
        await s.forward(hours=26)
        await s.says("Grace", "/goals")
        week = await s.sees("Grace")
        assert "Open 2 · reached 0 · given up 0 · overdue 0" in week
        assert "Steps in the last seven days: 3" in week
        assert "3/10 (+0)" in week, "what was done below counts above"
        assert "3/4 (+3)" in week
        await s.says("Lucia", "/goals")
        await s.presses("Lucia", "№ 2")
        await s.presses("Lucia", "+1")
        assert "✅ № 2" in await s.sees("Lucia")
        assert [kind for kind, _ in await facts(s, "GoalReached")] == ["GoalReached"]
        assert "cannot be done" in await forge(s, "Lucia", "dg:one:2")
        assert not await s.violations()


async def test_a_second_order_on_the_same_item_is_refused_and_only_both_sides_hand_it_over(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf orders from Pedro what Lucia has: refused, whatever the capitals. Then it is handed over, and both say yes."""
    async with site(database_url, tmp_path) as s:
        await _set(s, "Sam", "Press Team", "Mark the walkway at press 3", "1", "Lucia")
        await _set(s, "Yusuf", "Press Team", "mark the WALKWAY, at press 3!", "1", "Pedro")
        assert "a second order is refused" in await s.sees("Yusuf")
        assert "Lucia Herrera is accountable" in await s.sees("Yusuf")
        assert len(await s.ask(lambda session: session.scalars(select(SafetyGoalRow)).all())) == 1
        assert len(await facts(s, "SecondOrderRefused")) == 1

        await s.presses("Yusuf", "Hand over")
        await s.presses("Yusuf", "Pedro")
        assert "nothing changes" in await s.sees("Yusuf")
        assert "Both sides are asked" in await s.sees("Yusuf")
        assert await _owner(s) == "Lucia Herrera"
        await forge(s, "Sam", "dg:hand:1")
        assert "being handed over already" in await _pressed(s, "Sam", "Ana")

        assert "not yours" in await forge(s, "Yusuf", "dgh:yes:1")
        await s.says("Pedro", "/today")
        await s.presses("Pedro", "Look at it")
        await s.presses("Pedro", "✅ Yes")
        assert "The other side has to say it too" in await s.sees("Pedro")
        assert await _owner(s) == "Lucia Herrera"
        await s.says("Lucia", "/today")
        await s.presses("Lucia", "Look at it")
        await s.presses("Lucia", "✅ Yes")
        assert "Pedro Quispe is accountable from now on" in await s.sees("Lucia")
        assert await _owner(s) == "Pedro Quispe"
        assert "already" in await forge(s, "Lucia", "dgh:yes:1")
        assert [body["goal"] for _, body in await facts(s, "GoalHandedOver")] == [1]


async def _pressed(s: Story, who: str, label: str) -> str:
    toast = await s.presses(who, label)
    return toast or await s.sees(who)


async def test_a_no_leaves_everything_as_it_is(database_url: str, tmp_path: Path) -> None:
    """Lucia asks Pedro, who says no; afterwards another can be asked."""
    async with site(database_url, tmp_path) as s:
        await _set(s, "Sam", "Press Team", "Mark the walkway", "1", "Lucia")
        await s.says("Lucia", "/goals")
        await s.presses("Lucia", "№ 1")
        await s.presses("Lucia", "Hand over")
        await s.says("Lucia", "E-1")
        await s.says("Pedro", "/today")
        await s.presses("Pedro", "Look at it")
        await s.presses("Pedro", "✋ No")
        assert "Not handed over" in await s.sees("Pedro")
        assert await _owner(s) == "Lucia Herrera"
        await forge(s, "Lucia", "dg:hand:1")
        await s.says("Lucia", "W-1")
        states = await s.ask(
            lambda session: list(session.scalars(select(GoalHandoverRow.state).order_by(GoalHandoverRow.id)))
        )
        assert states == ["refused", "asked"]


async def _owner(s: Story) -> str:
    def read(session):  # type: ignore[no-untyped-def]
        from bot.people.tables import PersonRow

        return session.get(PersonRow, session.scalar(select(SafetyGoalRow.owner_id))).name

    return str(await s.ask(read))
