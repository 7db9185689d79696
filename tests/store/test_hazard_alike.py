"""Reports that look like one danger, reports that go round somebody, work that is stopped, whether a danger comes back."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.hazards import actions, alike, correcting, listing, recurrence, repair, stopping, store, ticks
from bot.hazards.model import Report, State, Topic, Urgency
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.kit.gates import GateState
from bot.media import looks
from bot.media import store as media
from bot.people import store as people
from bot.people.tables import UnitRow
from tests.store.hazard_crew import NOON, Dock, dock, later

__all__ = ["dock"]


def drawing(step: int = 40, *, shift: int = 0, size: tuple[int, int] = (640, 480), quality: int = 90) -> bytes:
    """A picture of a scene; the same step is the same scene, wherever one stands."""
    image = Image.new("RGB", (640, 480), (70, 90, 110))
    pen = ImageDraw.Draw(image)
    for at in range(0, 640, step):
        shade = (at * 37 * step) % 255
        pen.rectangle((at + shift, (at * step) % 300, at + step + shift, 479), fill=(shade, 255 - shade, shade // 2))
    out = io.BytesIO()
    image.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_a_look_survives_size_and_compression_and_tells_scenes_apart() -> None:
    """The same scene smaller and coarser is alike; another is not; a black picture has none."""
    scene = looks.look(drawing())
    again = looks.look(drawing(size=(320, 240), quality=40, shift=3))
    other = looks.look(drawing(step=90))
    assert scene
    assert again
    assert other
    assert looks.alike(scene, again)
    assert not looks.alike(scene, other)
    black = io.BytesIO()
    Image.new("RGB", (64, 64)).save(black, "JPEG")
    assert looks.look(black.getvalue()) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Oil on the floor near dock 1", "oil on the floor by dock 1!", True),
        ("Oil on the floor", "The lamp is broken", False),
        ("月台上有油，很滑", "月台上有油，非常滑", True),
        ("Здесь на полу масло у дока", "на полу масло у дока", True),
        ("Oil", "Oil", False),
        (None, "Oil on the floor near dock 1", False),
    ],
)
def test_words_are_alike_in_any_language(one: str | None, other: str, expected: bool) -> None:
    """Half of all words, and at least three."""
    assert alike.words_alike(one, other) is expected


def pictured(dock: Dock, key: str, data: bytes, folder: Path) -> int:
    """A report whose photo is kept; its number."""
    media.use(folder)
    hazard, ref = dock.report(key), media.put(data, "a.jpg")

    def keep(session: Session) -> int:
        row = HazardMediaRow(hazard_id=hazard.id, role="before", kind="photo", file_id=key, media=ref)
        session.add(row)
        session.flush()
        return row.id

    do, payload = alike.Looked(), {"file": dock.run(keep)}
    dock.run(do, do.prepare(dock.run(do.look, payload, NOON)), NOON)
    return hazard.id


def test_a_look_alike_photo_is_proposed_once_to_who_leads_there(dock: Dock, tmp_path: Path) -> None:
    """The same scene at the same place: Sam and Marta are asked; another scene asks nobody."""
    pictured(dock, "k1", drawing(), tmp_path)
    pictured(dock, "k2", drawing(step=90), tmp_path)
    assert dock.told(text="hazards.alike") == []
    pictured(dock, "k3", drawing(shift=3), tmp_path)
    asked = dock.rows(text="hazards.alike")
    assert {row.person_id for row in asked} == {dock.sam, dock.marta}
    assert (asked[0].payload["text"]["p"]["number"], asked[0].payload["text"]["p"]["other"]) == (3, 1)


def joined(dock: Dock) -> tuple[int, int]:
    """Two reports in nearly the same words, the second one without a name; Sam joins them."""
    first = dock.report("k1", words="Oil on the floor near dock 1")
    second = dock.report("k2", named=False, words="oil on the floor near the dock 1")
    assert {row.person_id for row in dock.rows(text="hazards.alike")} == {dock.sam, dock.marta}
    dock.run(alike.settle, second.id, first.id, True, dock.sam, NOON)
    return first.id, second.id


def test_joined_reports_are_one_danger_and_keep_their_reporters_informed(dock: Dock) -> None:
    """Nobody is called for the second any more; both hear that it is gone; the second person to answer is told."""
    first, second = joined(dock)
    gone = dock.run(store.hazard, second)
    assert (gone.state, gone.joined_to) == (State.JOINED, first)
    key, _ = dock.refusal(alike.settle, second, first, False, dock.marta, NOON)
    assert key == "hazards.t_settled"
    dock.run(actions.fix, first, dock.sam, later(hours=1), words="wiped")
    dock.run(actions.verify, first, dock.marta, later(hours=2))
    sealed = [row for row in dock.rows(text="told_verified") if row.sealed is not None]
    assert len(sealed) == 1, "the reporter without a name hears it too"
    assert dock.told(dock.ana, "told_verified") == ["hazards.told_verified"]


def test_a_joined_reporter_may_say_that_it_is_still_there_and_stays_unnamed(dock: Dock) -> None:
    """Of the danger that their report was joined to; no fact names whoever had given no name."""

    def other(session: Session) -> None:  # the first report is Bao's
        session.execute(update(HazardRow).where(HazardRow.key == "k1").values(reporter_id=dock.bao))

    first, _ = joined(dock)
    dock.run(other)
    dock.run(actions.fix, first, dock.sam, later(hours=1), words="wiped")
    assert dock.run(actions.reopen, first, dock.ana, later(hours=2)).state is State.REOPENED
    assert [fact.pseudonym for fact in dock.facts("HazardReopened")] == [None]


def test_what_is_major_is_not_joined_into_what_is_not(dock: Dock) -> None:
    """It would lose its gates."""
    first = dock.report("k1", words="Oil on the floor near dock 1")
    second = dock.report("k2", words="Oil on the floor near dock 1")
    dock.run(correcting.judge, second.id, True, dock.sam, NOON)
    assert dock.refusal(alike.settle, second.id, first.id, True, dock.sam, NOON)[0] == "hazards.t_not_joined"


# --- round somebody -----------------------------------------------------------------------------------------------------


def test_a_report_goes_round_whom_it_is_not_for(dock: Dock) -> None:
    """Sam is neither called nor shown it on any list, handles it by no button, and is not told of what it looks like."""
    hazard = dock.report(hidden_from=(dock.sam, dock.marta), words="Sam drives without looking")
    assert dock.rows(dock.sam) == dock.rows(dock.marta) == []
    assert [row.person_id for row in dock.rows(text="card")] == [dock.grace], "the next rung is called at once"
    assert dock.run(store.hazard, hazard.id).owner == dock.grace
    assert dock.refusal(actions.acknowledge, hazard.id, dock.sam, NOON)[0] == "hazards.t_not_yours"

    def seen(session: Session, person: int) -> list[int]:
        return [h.id for h in listing.open_hazards(session, store.answers_for(session, person, NOON), person)]

    assert (dock.run(seen, dock.sam), dock.run(seen, dock.grace)) == ([], [hazard.id])
    assert dock.refusal(actions.assign, hazard.id, dock.sam, dock.grace, NOON)[0] == "hazards.t_again"
    dock.report("k2", words="Sam drives without looking")
    assert dock.told(text="hazards.alike") == []
    for minutes in (11, 22, 33, 44):
        dock.run(ticks.escalate_unacknowledged, later(minutes=minutes))
    mine = [row for row in dock.rows(dock.sam) if f"hazard:{hazard.id}:" in (row.key or "")]
    assert mine == []


# --- stop ---------------------------------------------------------------------------------------------------------------


def stopped(dock: Dock) -> int:
    """Ana stops the work at the dock; the number of the danger."""

    def stop(session: Session) -> int:
        who = people.person(session, dock.ana, NOON)
        assert who is not None
        report = stopping.report_of("s1", dock.unit, dock.path, None, "The sling is torn")
        return stopping.stop_work(session, who, report, NOON).id

    return dock.run(stop)  # type: ignore[no-any-return]


def test_stopped_work_is_known_to_the_area_at_once_without_the_name(dock: Dock) -> None:
    """Everybody of the dock but Ana, as an alert; the supervisors get the danger too. A second update changes nothing."""
    number = stopped(dock)
    assert stopped(dock) == number
    told = dock.rows(text="hazards.area")
    assert {row.person_id for row in told} == {dock.bao, dock.sam, dock.marta}
    assert {row.lane for row in told} == {0}
    assert all("Anastasia" not in str(row.payload) for row in told)
    assert {row.person_id for row in dock.rows(text="hazards.card")} == {dock.sam, dock.marta}
    assert len(dock.facts("WorkStopped")) == 1


def test_release_needs_the_gate_and_a_no_holds_it(dock: Dock) -> None:
    """Two of one level are not enough; one no holds it; then the area hears, and Ana with it."""
    number = stopped(dock)
    assert dock.refusal(stopping.vote, number, dock.bao, True, NOON)[0] == "hazards.t_not_yours"
    for person in (dock.sam, dock.marta):
        assert dock.run(stopping.vote, number, person, True, NOON).state is GateState.WAITING
    assert dock.run(stopping.vote, number, dock.yusuf, False, NOON).state is GateState.REFUSED
    assert dock.facts("WorkReleased") == []
    assert dock.run(stopping.vote, number, dock.yusuf, True, later(minutes=5)).state is GateState.OPEN
    released = [row for row in dock.rows(text="hazards.area") if row.payload["text"]["p"]["stopped"] is False]
    assert {row.person_id for row in released} == {dock.ana, dock.bao, dock.sam, dock.marta}
    assert [fact.body["minutes"] for fact in dock.facts("WorkReleased")] == [5]
    assert dock.refusal(stopping.vote, number, dock.yusuf, True, NOON)[0] == "hazards.t_not_stopped"


def stopped_by(dock: Dock, person: int, key: str) -> int:
    """Somebody stops the dock's work."""

    def stop(session: Session) -> int:
        who = people.person(session, person, NOON)
        assert who is not None
        return stopping.stop_work(session, who, stopping.report_of(key, dock.unit, dock.path, None, None), NOON).id

    return dock.run(stop)  # type: ignore[no-any-return]


def release(dock: Dock, **said: object) -> None:
    """What the company file says of releases at the dock."""

    def put(session: Session) -> None:
        session.execute(update(UnitRow).where(UnitRow.id == dock.unit).values(alerts={"release": said}))

    dock.run(put)


def test_whoever_stopped_it_is_never_enough_alone(dock: Dock) -> None:
    """One word opens this gate, but not Sam's, who stopped it; with Marta's it goes on."""
    release(dock, needed=1, kinds=["supervisor"])
    number = stopped_by(dock, dock.sam, "alone")
    seen = dock.run(stopping.vote, number, dock.sam, True, NOON)
    assert (seen.state, seen.missing) == (GateState.WAITING, 1)
    assert dock.facts("WorkReleased") == []
    assert dock.run(stopping.vote, number, dock.marta, True, NOON).state is GateState.OPEN


def test_whoever_did_the_job_says_no_but_not_yes_where_the_company_wants_it_so(dock: Dock) -> None:
    """Marta fixed it: her yes is refused; Sam and Yusuf, of two levels, release it."""
    release(dock, needed=2, kinds=["supervisor", "above"], bar=["stopper", "fixer"])
    number = stopped_by(dock, dock.ana, "job")
    dock.run(actions.acknowledge, number, dock.sam, NOON)
    dock.run(actions.fix, number, dock.marta, NOON, words="Sling changed")
    assert dock.refusal(stopping.vote, number, dock.marta, True, NOON)[0] == "hazards.t_not_your_release"
    assert dock.run(stopping.vote, number, dock.sam, True, NOON).state is GateState.WAITING
    assert dock.run(stopping.vote, number, dock.yusuf, True, NOON).state is GateState.OPEN


def test_a_no_of_who_may_not_say_yes_holds_it(dock: Dock) -> None:
    """Who did the job knows best what is not safe yet."""
    release(dock, needed=1, kinds=["above"], bar=["fixer"])
    number = stopped_by(dock, dock.ana, "no")
    dock.run(actions.acknowledge, number, dock.sam, NOON)
    dock.run(actions.fix, number, dock.marta, NOON, words="Sling changed")
    assert dock.run(stopping.vote, number, dock.marta, False, NOON).state is GateState.REFUSED
    assert dock.run(stopping.vote, number, dock.yusuf, True, NOON).state is GateState.REFUSED
    assert dock.facts("WorkReleased") == []


# --- again --------------------------------------------------------------------------------------------------------------


def test_whether_it_came_back_is_counted_before_and_after(dock: Dock) -> None:
    """Three before, one after in 30 days; the report itself, joined and rejected ones count on neither side."""

    def past(session: Session, key: str, days: int, state: str, topic: str) -> None:
        values = {"created_at": later(days=days), "topic": topic, "category": None, "state": state}
        session.execute(update(HazardRow).where(HazardRow.key == key).values(**values))

    for n, (days, state, topic) in enumerate(
        [(-80, "verified", "STF"), (-40, "verified", "STF"), (-1, "reported", "STF"), (-100, "verified", "STF"),
         (-3, "rejected", "STF"), (-3, "joined", "STF"), (-3, "verified", "ELE"), (20, "reported", "STF")]
    ):  # fmt: skip
        dock.report(f"k{n}")
        dock.run(past, f"k{n}", days, state, topic)
    hazard = dock.report("mine")
    dock.run(actions.set_topic, hazard.id, Topic.SLIP, dock.sam, NOON)
    dock.run(actions.fix, hazard.id, dock.sam, NOON, words="done")
    done = dock.run(repair.verify, hazard.id, dock.marta, NOON)
    assert dock.run(recurrence.measure, done, later(hours=3)) is None
    found = dock.run(recurrence.measure, done, later(days=30))
    assert (found.before, found.after, found.days_before, found.days_after) == (3, 1, 90, 30)
    assert found.ratio.estimate == pytest.approx(1.0)
    assert found.ratio.low < 0.1 < 1 < found.ratio.high
    for _ in range(2):
        dock.run(recurrence.measure_due, later(days=91))
    assert [
        (f.body["before"], f.body["after"]) for f in dock.facts("RecurrenceMeasured") if f.body["hazard"] == hazard.id
    ] == [(3, 1)]


def test_a_late_report_keeps_its_own_time_and_a_nameless_one_only_the_hour(dock: Dock) -> None:
    """What was sent while Davy was away says when."""
    sent = NOON - timedelta(hours=2, minutes=17)
    made = Report("late", dock.unit, dock.path, urgency=Urgency.SOON, happened_at=sent)
    assert dock.run(actions.report_hazard, made, dock.ana, NOON).happened_at == sent
    unnamed = dock.run(actions.report_hazard, replace(made, key="late2"), dock.ana, NOON, named=False)
    assert unnamed.happened_at == sent.replace(minute=0, second=0, microsecond=0)
