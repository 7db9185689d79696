"""The facts of triage, correction, ladders, stopped work and look-alikes. Those of a report are in `model`."""

from __future__ import annotations

from bot.ledger.model import FactKind

_OF = ("hazard", "unit")
JUDGED_MAJOR = FactKind(
    "HazardJudgedMajor",
    1,
    (*_OF, "severity", "category", "topic"),
    "Somebody judged a danger to be a major hidden danger",
)
JUDGED_GENERAL = FactKind("HazardJudgedGeneral", 1, (*_OF, "was_major"), "Somebody judged a danger to be a general one")
PLANNED = FactKind(
    "ContingencyPlanned", 1, _OF, "What is done if a major danger happens before it is gone was written down"
)
MEASURE = FactKind(
    "MeasureNamed", 1, (*_OF, "control", "interim"), "What is done about a danger was named, by its kind of control"
)
DUE_SET = FactKind("HazardDueSet", 1, (*_OF, "hours"), "Somebody set by when a danger must be gone")
BUDGETED = FactKind("HazardBudgeted", 1, (*_OF, "amount"), "Somebody said what putting a danger right may cost")
MAJOR_CONFIRMED = FactKind(
    "MajorFixConfirmed",
    1,
    (*_OF, "missing"),
    "One of several people saw that a major danger is gone; so many are missing",
)
MAJOR_SIGNED = FactKind("MajorSignedOff", 1, _OF, "A leader signed that a major danger is gone")
STEP_REFUSED = FactKind(
    "MajorStepRefused",
    1,
    (*_OF, "step", "lacks"),
    "Somebody tried a step of a major danger before what it needs was there",
)
RESOLVED_TOLD = FactKind(
    "CalledWereTold", 1, (*_OF, "people"), "Whoever was called about a danger was told that it is over"
)
CALLED_OUTSIDE = FactKind(
    "CalledOutside", 1, (*_OF, "way"), "A danger that nobody acknowledged was told outside the chat"
)
OUTSIDE_FAILED = FactKind(
    "OutsideCallFailed", 1, (*_OF, "way"), "An e-mail or a webhook failed for good; the admins were told"
)
LADDERS_WALKED = FactKind(
    "LaddersWalked", 1, ("units", "gaps"), "All ladders were walked without ringing anybody; so many have a gap"
)
LADDER_TAPPED = FactKind(
    "LadderTapped", 1, ("unit", "minutes"), "Somebody who would be called first answered the monthly test"
)
TAP_MISSED = FactKind("LadderTapMissed", 1, ("unit",), "Nobody answered the monthly test in time; the admins were told")
STOPPED = FactKind("WorkStopped", 1, _OF, "Somebody stopped work; person only where named")
RELEASE_VOTED = FactKind("ReleaseVoted", 1, (*_OF, "yes", "missing"), "Somebody said whether stopped work may go on")
RELEASED = FactKind("WorkReleased", 1, (*_OF, "minutes"), "Stopped work may go on: its gate is open")
JOINED = FactKind("HazardJoined", 1, (*_OF, "to"), "Two reports are of one danger and are one from now on")
KEPT_APART = FactKind("HazardKeptApart", 1, (*_OF, "other"), "Two reports that look alike are of two dangers")
RECURRENCE = FactKind(
    "RecurrenceMeasured",
    1,
    (*_OF, "before", "after", "days"),
    "Reports of the same kind at the same place, in as many days before a danger and after it was proved gone",
)
SPOT_DECIDED = FactKind(
    "PictureSpotDecided",
    1,
    (*_OF, "kept"),
    "Whoever reported said whether the place where a picture was taken may be kept",
)
PLAN_DRAWN = FactKind("SitePlanDrawn", 1, ("unit",), "Somebody uploaded the plan of a site")
MORE = (
    JUDGED_MAJOR, JUDGED_GENERAL, PLANNED, MEASURE, DUE_SET, BUDGETED, MAJOR_CONFIRMED, MAJOR_SIGNED, STEP_REFUSED,
    RESOLVED_TOLD, CALLED_OUTSIDE, OUTSIDE_FAILED, LADDERS_WALKED, LADDER_TAPPED, TAP_MISSED, STOPPED, RELEASE_VOTED,
    RELEASED, JOINED, KEPT_APART, RECURRENCE, SPOT_DECIDED, PLAN_DRAWN,
)  # fmt: skip
