"""What the ledger keeps of campaigns, and what is sent of them unasked."""

from __future__ import annotations

from datetime import timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

PLANNED = FactKind(
    "CampaignPlanned",
    1,
    ("campaign", "kind", "unit", "languages", "questions", "contest", "staggered"),
    "Somebody planned a campaign",
)
AGREED = FactKind("StaggerAgreed", 1, ("campaign", "yes"), "A manager said whether teams may begin one after another")
DRAWN = FactKind(
    "StaggerDrawn",
    1,
    ("campaign", "seed", "order", "starts"),
    "The order in which teams begin was drawn: seed, units in their order, days; before the first begins",
)
BEGUN = FactKind("CampaignBegun", 1, ("campaign", "unit", "step"), "A campaign was announced to the people of a unit")
ASKED = FactKind("CampaignAsked", 1, ("campaign", "wave"), "Somebody was asked a campaign's questions")
ANSWERED = FactKind(
    "CampaignAnswered", 1, ("campaign", "wave"), "Somebody answered a campaign's questions; what, is in no fact"
)
ENTERED = FactKind("ContestEntered", 1, ("campaign", "photo"), "Somebody entered a contest")
VOTED = FactKind("ContestVoted", 1, ("campaign",), "Somebody voted in a contest")
JUDGED = FactKind("ContestJudged", 1, ("campaign", "entry", "yes"), "Somebody of the jury said yes or no")
WON = FactKind("ContestWon", 1, ("campaign", "place", "votes"), "An entry got a place of a contest's prize list")
CALLED_OFF = FactKind("CampaignCalledOff", 1, ("campaign", "begun"), "A campaign was called off")
TAMPERED = FactKind(
    "StaggerChanged",
    1,
    ("campaign",),
    "The order of a staggered start is no longer what was drawn: it is not announced",
)
MEASURED = FactKind(
    "CampaignMeasured",
    1,
    ("campaign", "reading", "reports", "found", "reports_before", "reports_after", "found_before", "found_after"),
    "Whether a campaign did anything, as far as its figures tell, on the day that was set for it",
)
FACTS = (
    PLANNED, AGREED, DRAWN, BEGUN, ASKED, ANSWERED, ENTERED, VOTED, JUDGED, WON, CALLED_OFF, TAMPERED, MEASURED,
)  # fmt: skip

ANNOUNCED = UnaskedKind(
    "activities.announced", 4, Overflow.JOIN, timedelta(days=2), "activities.announced_title",
    "A campaign begins, or its contest has come to the votes.",
)  # fmt: skip
QUESTIONS = UnaskedKind(
    "activities.questions", 5, Overflow.JOIN, timedelta(days=3), "activities.questions_title",
    "A campaign's few questions, before it, after it and some weeks later.",
)  # fmt: skip
YOURS = UnaskedKind(
    "activities.yours", 3, Overflow.JOIN, timedelta(days=2), "activities.yours_title",
    "To whoever plans, agrees or judges: something of a campaign waits for a word, or its result is there.",
)  # fmt: skip
UNASKED = (ANNOUNCED, QUESTIONS, YOURS)
