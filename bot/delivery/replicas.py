"""Which processes serve this database, and whether they are alike: one secret key, one folder of files for all of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.locking import AlreadyServing, made_once
from bot.db.once import changed, insert_once, table_of
from bot.delivery.leases import database_time
from bot.delivery.tables import ReplicaRow

EVERY_S, ALIVE_S = 10.0, 35.0
"""How often a replica says that it is there, and for how long it counts as there afterwards."""
MARK = ".folder"
"""A file whose content tells this data folder from every other."""

_r = table_of(ReplicaRow)


class Unlike(AlreadyServing):
    """Another replica has another secret key: what one seals the other could not open."""


@dataclass(frozen=True)
class Replica:
    """A serving process: its name, the fingerprint of its secret key, the mark of its folder of files."""

    name: str
    secret: str
    files: str


def this(name: str, secret_key: str, folder: Path) -> Replica:
    """This process. Makes the mark of its data folder where there is none. Raises OSError."""
    fingerprint = hmac.new(secret_key.encode(), b"davy replica", hashlib.sha256).hexdigest()[:16]
    return Replica(name, fingerprint, made_once(folder / MARK, secrets.token_hex(16))[:32])


def beat(session: Session, me: Replica) -> list[Replica]:
    """Says that this process is there; answers which others are."""
    now = database_time(session)
    row = {"secret": me.secret, "files": me.files, "seen": now}
    if changed(session, update(_r).where(_r.c.name == me.name).values(**row)) == 0:
        insert_once(session, ReplicaRow, row | {"name": me.name}, "name")
    return [other for other in alive(session) if other.name != me.name]


def alive(session: Session) -> list[Replica]:
    """The processes that serve this database."""
    since = database_time(session) - ALIVE_S
    query = select(_r.c.name, _r.c.secret, _r.c.files).where(_r.c.seen > since).order_by(_r.c.name)
    return [Replica(*row) for row in session.execute(query)]


def leave(session: Session, name: str) -> None:
    """This process ends."""
    session.execute(delete(_r).where(_r.c.name == name))


def differences(me: Replica, others: Sequence[Replica]) -> list[str]:
    """What is wrong between replicas, with what to do."""
    found = []
    if names := [other.name for other in others if other.secret != me.secret]:
        found.append(f"replica {', '.join(names)} has another secret key: give all the same DAVY_SECRET_KEY")
    if names := [other.name for other in others if other.files != me.files]:
        found.append(
            f"replica {', '.join(names)} keeps its files in another folder: mount one into all, and set DAVY_DATA_DIR to it"
        )
    return found


def join(session: Session, me: Replica) -> list[str]:
    """Begins to serve; answers what else is wrong. Raises Unlike where the secret key is another."""
    others = beat(session, me)
    if any(other.secret != me.secret for other in others):
        raise Unlike(differences(me, others)[0])
    return differences(me, others)
