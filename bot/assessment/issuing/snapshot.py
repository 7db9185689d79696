"""What is signed when a period is issued: inputs, policy, result, signer. It names people by pseudonym only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.assessment.issuing import signing
from bot.assessment.issuing.model import SCHEMA
from bot.assessment.issuing.records import Record
from bot.assessment.model import Period
from bot.assessment.scores import policy as policies
from bot.assessment.scores import rules
from bot.assessment.scores.model import Evidence, Measure, Policy, Weight


def body(unit: int, period: Period, records: Sequence[Record], policy: Policy, signer: str) -> dict[str, Any]:
    """All of it as plain values; no time of making, so that the same data gives the same bytes. `signer` is a badge."""
    people = [_person(record) for record in in_it(records)]
    return {
        "schema": SCHEMA,
        "unit": unit,
        "period": {"from": period.starts.isoformat(), "to": period.ends.isoformat()},
        "policy": {
            "version": policy.version, "sha256": hashlib.sha256(policy.text.encode()).hexdigest(), "text": policy.text,
            "least": policy.least, "grace_days": policy.grace_days, "usual": _weights(policy.usual),
            "posts": {post: _weights(found) for post, found in policy.posts.items()},
        },
        "people": sorted(people, key=lambda each: str(each["pseudonym"])),
        "signer": signer,
    }  # fmt: skip


def in_it(records: Sequence[Record]) -> list[Record]:
    """Who stands in what is issued: of whom there is no fact in the period, there is nothing to sign, nor a pseudonym yet."""
    return [record for record in records if record["agreed"] and record["facts"]]


def _weights(found: Mapping[Measure, Weight]) -> dict[str, dict[str, int]]:
    return {
        measure.value: {"weight": each.weight, "full": each.full, "floor": each.floor, "least": each.least}
        for measure, each in found.items()
    }


def _person(record: Record) -> dict[str, Any]:
    kept = ("pseudonym", "unit_id", "post", "excused", "total", "opportunities", "lines", "facts")
    return {name: record[name] for name in kept}


def problems_of(said: Mapping[str, Any]) -> list[str]:
    """What in an issued body does not follow from its own facts and its own policy."""
    try:
        policy = policies.read(said["policy"]["text"])
        period = Period(date.fromisoformat(said["period"]["from"]), date.fromisoformat(said["period"]["to"]))
        wrong = [] if said["policy"]["usual"] == _weights(policy.usual) else ["the weights are not those of its policy"]
        for each in said["people"]:
            facts = [Evidence(f["key"], f["kind"], date.fromisoformat(f["on"]), f["body"]) for f in each["facts"]]
            excused = frozenset(date.fromisoformat(on) for on in each["excused"])
            again = rules.score(period, facts, excused, policy, each["post"])
            points = [line.points for line in again.lines]
            if again.total != each["total"] or points != [line["points"] for line in each["lines"]]:
                wrong.append(f"{each['pseudonym']}: the score does not follow from its facts")
    except (KeyError, TypeError, ValueError) as error:
        return [f"it cannot be read: {error}"]
    return wrong


def bytes_of(unit: int, period: Period, records: Sequence[Record], policy: Policy, signer: str) -> bytes:
    """The signed file."""
    return signing.signed(body(unit, period, records, policy, signer))
