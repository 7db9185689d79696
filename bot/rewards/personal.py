"""What is kept of points, rewards, penalties and honours."""

from __future__ import annotations

from bot.kit.privacy import NAMED, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "point",
        "points given and taken, each with its reason",
        sees=SELF,
        of="person_id",
        by="by_id",
        erase=Erase.BLANK,
        texts="reason",
        plain="rule fact fact_key",
    ),
    Held(
        "point_appeal",
        "an objection to points and how it was decided",
        sees=NAMED,
        kind=Kind.CASES,
        erase=Erase.BLANK,
        of="person_id",
        by="decider_id decided_by",
        texts="words reason",
        plain="tried",
    ),
    Held(
        "point_penalty",
        "points to be taken, the answer to it, the decision",
        sees=NAMED,
        kind=Kind.CASES,
        erase=Erase.BLANK,
        of="person_id",
        by="by_id decided_by",
        texts="words reply reason",
    ),
    Held(
        "point_policy",
        "what points are given for",
        sees=UNIT,
        plain="rules",
    ),
    Held(
        "point_switch",
        "what of points is shown in a unit, as two people decided",
        sees=UNIT,
        by="asked_by confirmed_by",
        plain="open_item",
    ),
    Held(
        "point_bulletin",
        "figures of a month, of at least five people each",
        sees=UNIT,
        by="by_id",
        plain="month figures",
    ),
    Held(
        "honour",
        "somebody was named for what they did",
        sees=UNIT,
        erase=Erase.DELETE,
        of="person_id",
        by="by_id",
        texts="words",
        plain="month consent",
    ),
    Held(
        "reward",
        "what points may be given for in the catalogue",
        sees=UNIT,
        by="put_by",
        plain="names",
    ),
    Held(
        "reward_redemption",
        "who asked for which reward",
        sees=SELF,
        erase=Erase.BLANK,
        of="person_id",
        by="decided_by",
        texts="reason",
    ),
)
