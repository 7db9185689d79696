"""Counting scores slice by slice, making the file, forgetting it later; and noting the ledger's head outside the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.issuing import actions, anchors, files, signing, snapshot, store
from bot.assessment.issuing.actions import MAKE, PART, SLICE
from bot.assessment.issuing.model import Export, Format
from bot.assessment.issuing.records import record_of
from bot.assessment.model import Period
from bot.assessment.scores import store as scores
from bot.assessment.scores.policy import policy
from bot.db import jobs
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.ledger import verifying
from bot.media import store as media
from bot.people import store as people
from bot.people.company import post_label

ANCHOR = "assessment.issuing.anchor"
KEPT = timedelta(days=7)
FORGOTTEN = 20


class Counted:
    """The job of a slice: some people's scores, read on a connection of its own."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Who it is about, and what they have."""
        found = store.export(session, payload["export"])
        if found is None or not actions.may_go_on(session, found, now):
            return payload | {"body": None}
        period = Period(found.starts, found.ends)
        whole = list(found.people) or self._whole(session, found, period)
        some = whole[payload["number"] * SLICE : (payload["number"] + 1) * SLICE]
        made = scores.scored(session, period, some, policy())
        having = [one.subject for one in made if one.score is not None]
        facts = scores.evidence(session, period, having) if found.format is Format.ISSUE else {}
        body = [record_of(one, facts.get(one.subject.person, ())) for one in made]
        return payload | {"body": body, "whole": whole}

    def _whole(self, session: Session, found: Export, period: Period) -> list[int]:
        if found.person is not None:
            return [found.person]
        return scores.people_under(session, found.path, period)

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Keeps the slice."""
        id = payload["export"]
        if payload["body"] is None:
            actions.stop(session, id, text("assessment.issuing.stopped"), now)
            return
        actions.counted(session, id, payload["number"], payload["whole"], payload["body"], now)


class Made:
    """The job of the file."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """All that was counted, and what posts are called."""
        found = store.export(session, payload["export"])
        if found is None or not actions.may_go_on(session, found, now):
            return payload | {"made": None}
        records = store.records(session, found.id)
        unit = people.unit(session, found.unit) if found.unit else None
        signer = people.person(session, found.by, now)
        return payload | {
            "made": found, "records": records, "unit": unit.label if unit else "",
            "posts": {
                post: post_label(session, post) for post in {*policy().posts, *(each["post"] for each in records)}
            },
            "signer": signer.badge if signer else "",
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the file."""
        found = payload["made"]
        if found is None:
            return payload
        period = Period(found.starts, found.ends)
        if found.format is Format.ISSUE:
            data = snapshot.bytes_of(found.unit, period, payload["records"], policy(), payload["signer"])
            many = len(snapshot.in_it(payload["records"]))
            return payload | {"data": data, "file": media.put(data, "scores.json"), "people_in": many}
        data = files.bytes_of(
            found.format, found.lang, period, payload["records"], payload["unit"], payload["posts"], policy()
        )
        return payload | {"data": data, "file": media.put(data, f"scores.{found.format.value}")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it; an issued one is kept for ever."""
        found = payload["made"]
        if found is None:
            actions.stop(session, payload["export"], text("assessment.issuing.stopped"), now)
        elif found.format is not Format.ISSUE:
            actions.made(session, found.id, payload["file"], len(payload["records"]), now)
        elif not actions.keeps_its_word(session, now):
            actions.stop(session, found.id, text("assessment.issuing.other_policy", version=policy().version), now)
        else:
            actions.issued(session, found.id, payload["data"], payload["file"], payload["people_in"], now)


class Anchored:
    """The job by which the ledger's head is noted in a file beside the database, signed: what is cut off later is missed."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The newest block."""
        return payload | {"head": verifying.head(session)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the line."""
        if payload["head"] is not None:
            anchors.note(payload["head"], signing.signed)
        return payload

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Nothing is left to be done in the database."""


def anchor(session: Session, now: datetime) -> bool:
    """Once an hour the ledger's head is noted outside the database."""
    hour = now.replace(minute=0, second=0, microsecond=0).isoformat()
    jobs.enqueue(session, ANCHOR, {}, key=f"{ANCHOR}:{hour}", now=now)
    return False


def forget(session: Session, now: datetime) -> bool:
    """Files that were sent a week ago are erased; what was issued is kept."""
    return actions.forget_files(session, now - KEPT, FORGOTTEN) == FORGOTTEN


JOBS = {PART: Counted(), MAKE: Made(), ANCHOR: Anchored()}
TICKS = (Tick("assessment.anchor", anchor, seconds=600), Tick("assessment.forget_files", forget, seconds=3600))
