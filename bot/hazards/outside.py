"""Calls outside the chat: an e-mail or a signed webhook, where nobody has acknowledged in it.

A call is a row and a job, written in the transaction of the climb; it is made by the job, outside any transaction, and tried again
for about an hour. The job looks first whether somebody has acknowledged meanwhile: then nobody is called.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot import outward
from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import store
from bot.hazards.facts import CALLED_OUTSIDE, OUTSIDE_FAILED
from bot.hazards.model import Hazard
from bot.hazards.rules import UNSEEN
from bot.hazards.tables import HazardOutsideRow
from bot.hazards.unasked import LADDER
from bot.i18n.say import render, say
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Role

JOB = "hazards.outside"
TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
"""Before the second try; each later wait is twice as long."""
LIMIT_S = 10


@dataclass(frozen=True)
class Ways:
    """How calls leave: `smtp` like smtp://USER:PASSWORD@HOST:587 (smtps:// with TLS from the start), a webhook and its secret."""

    smtp: str | None = None
    sender: str = ""
    webhook: str | None = None
    secret: str = ""


_ways: list[Ways] = [Ways()]


def configure(ways: Ways) -> None:
    """Sets how calls leave from this process."""
    _ways[:] = [ways]


def missing(target: str) -> bool:
    """Whether a rung names a way that is not set up."""
    ways, way = _ways[0], target.partition(":")[0]
    return not (ways.smtp and ways.sender) if way == "email" else not ways.webhook


def call(session: Session, hazard: Hazard, run: int, target: str, at: datetime, now: datetime) -> None:
    """Asks for a call, once a climb and target. `at` is what may stand beside the hazard, `now` when the job runs."""
    way, _, to = target.partition(":")
    key = f"hazard:{hazard.id}:outside:{run}:{target}"
    values = {"key": key, "hazard_id": hazard.id, "way": way, "target": to, "state": "waiting", "tries": 0, "at": at}
    id = insert_once(session, HazardOutsideRow, values, "key")
    if id is not None:
        jobs.enqueue(session, JOB, {"id": id}, key=key, now=at, run_at=now)


class CallOutside:
    """The job: looks whether it is still wanted, makes the call, keeps what became of it."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What is to be sent, as {way, to, subject, body}; without `way` nothing is."""
        row = session.get(HazardOutsideRow, payload["id"])
        hazard = store.hazard(session, row.hazard_id) if row is not None else None
        if row is None or hazard is None or row.state != "waiting" or hazard.state not in UNSEEN:
            return {"id": payload["id"]}
        unit = people.unit(session, hazard.unit)
        lang = unit.language if unit else "en"
        place = store.where(session, hazard)
        said = {
            "hazard": hazard.id, "kind": hazard.kind.value, "place": str(render(place, lang)), "key": row.key,
            "severity": int(hazard.severity) if hazard.severity else None,
        }  # fmt: skip
        return {
            "id": row.id, "way": row.way, "to": row.target, "key": row.key,
            "subject": str(say("hazards.mail_subject", lang, number=hazard.id, place=place)),
            "body": str(say("hazards.mail_body", lang, number=hazard.id, place=place)),
            "said": said,
        }  # fmt: skip

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Makes the call; `error` says why it failed."""
        if "way" not in payload:
            return payload
        try:
            if payload["way"] == "email":
                send_mail(payload["to"], payload["subject"], payload["body"], payload["key"])
            else:
                post({"event": "alert", "text": payload["body"]} | payload["said"], payload["key"])
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return payload | {"error": f"{type(error).__name__}: {error}"[:300]}
        return payload

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps it; what failed is tried again, and in the end the admins are told."""
        row = session.get(HazardOutsideRow, payload["id"], populate_existing=True)
        hazard = store.hazard(session, row.hazard_id) if row is not None else None
        if row is None or hazard is None:
            return
        if "way" not in payload:
            _settle(session, row, "not wanted", now)
        elif "error" not in payload:
            if _settle(session, row, "sent", now):
                _note(session, CALLED_OUTSIDE, hazard, row, now)
        else:
            _failed(session, row, hazard, str(payload["error"]), now)


def _failed(session: Session, row: HazardOutsideRow, hazard: Hazard, error: str, now: datetime) -> None:
    row.tries, row.error = row.tries + 1, error
    session.flush()
    if row.tries < TRIES:
        again = now + FIRST_WAIT * 2 ** (row.tries - 1)
        jobs.enqueue(session, JOB, {"id": row.id}, key=f"{row.key}:{row.tries}", now=now, run_at=again)
    elif _settle(session, row, "failed", now):
        _note(session, OUTSIDE_FAILED, hazard, row, now)
        words = text("hazards.outside_failed", number=hazard.id, way=row.way, target=row.target, error=error)
        tell_admins(session, hazard.path, words, f"{row.key}:failed", now)


def _settle(session: Session, row: HazardOutsideRow, state: str, now: datetime) -> bool:
    mine = (HazardOutsideRow.id == row.id, HazardOutsideRow.state == "waiting")
    return changed(session, update(HazardOutsideRow).where(*mine).values(state=state, done_at=now)) == 1


def _note(session: Session, what: Any, hazard: Hazard, row: HazardOutsideRow, now: datetime) -> None:
    body = {"hazard": hazard.id, "unit": hazard.unit, "way": row.way}
    record(session, Fact(what, f"{row.key}:{what.name}", now, unit=hazard.unit, body=body), now)


def tell_admins(session: Session, path: str, words: Any, key: str, now: datetime) -> None:
    """Something of the ladder does not work: those who can mend it hear of it, once a key."""
    for admin, _ in oncall.holders(session, [Role.ADMIN], path, now)[Role.ADMIN]:
        outbox.send(
            session,
            outbox.to_person(admin.id),
            Message(words),
            Lane.REPLY,
            now,
            key=f"{key}:{admin.id}",
            unasked=LADDER,
        )


# --- the wire ---------------------------------------------------------------------------------------------------------


def send_mail(to: str, subject: str, body: str, key: str) -> None:
    """Sends one e-mail. The same key gives the same Message-ID, so that a repeat is seen as one. Raises OSError, SMTPException."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = _ways[0].sender, to, " ".join(subject.split())
    message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@davy>"
    message["X-Priority"] = "1"
    message.set_content(body)
    with _smtp() as server:
        server.send_message(message)


def _smtp() -> smtplib.SMTP:
    """Connected and signed in."""
    ways = _ways[0]
    if not ways.smtp or not ways.sender:
        raise ValueError("DAVY_SMTP_URL or DAVY_SMTP_FROM is not set")
    at = urlsplit(ways.smtp)
    host, context = at.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if at.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, at.port or 465, timeout=LIMIT_S, context=context)
    else:
        server = smtplib.SMTP(host, at.port or 587, timeout=LIMIT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif at.username:
            server.close()
            raise ValueError("the mail server offers no TLS, so no password is sent to it")
    if at.username:
        server.login(unquote(at.username), unquote(at.password or ""))
    return server


def signature(secret: str, at: int, body: bytes) -> str:
    """What stands in `Davy-Signature` of a call that we make: HMAC-SHA256 over `{time}.davy.{body}`, in hex."""
    return hmac.new(secret.encode(), f"{at}.davy.".encode() + body, hashlib.sha256).hexdigest()


def post(said: Mapping[str, Any], key: str) -> None:
    """Posts JSON to the webhook, signed. `Idempotency-Key` is the same when it comes again. Raises OSError."""
    ways = _ways[0]
    if not ways.webhook:
        raise ValueError("DAVY_ALERT_WEBHOOK is not set")
    body, at = json.dumps(said, ensure_ascii=False).encode(), _seconds()
    headers = {
        "Content-Type": "application/json", "Davy-Time": str(at), "Davy-Signature": signature(ways.secret, at, body),
        "Idempotency-Key": hashlib.sha256(key.encode()).hexdigest()[:32],
    }  # fmt: skip
    outward.post(ways.webhook, body, headers, LIMIT_S)


def _seconds() -> int:
    """The clock on the wall and not the one that people see: a signature is between machines."""
    from bot.kit.clock import SystemClock

    return int(SystemClock().now().timestamp())


def probe(target: str) -> str | None:
    """Tries a way without ringing anybody: signs in at the mail server, or posts a `test`. Answers what is wrong."""
    try:
        if target.partition(":")[0] == "email":
            with _smtp() as server:
                server.noop()
        else:
            post({"event": "test"}, f"test:{_seconds()}")
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None
