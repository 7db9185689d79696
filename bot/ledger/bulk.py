"""Recording many facts at once, for planning: the same rows as `record`, a few statements for all of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, FromClause, bindparam, exists, select
from sqlalchemy.orm import Session

from bot.db import jobs, sets
from bot.db.among import among
from bot.db.once import insert_many_once, table_of
from bot.ledger import actions
from bot.ledger.closing import LATE, reopen
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import FactRow, PseudonymRow


def record_all(session: Session, facts: Sequence[Fact], now: datetime) -> None:
    """Writes facts once each, and the jobs of those who follow up on the new ones. Their unit and post must be given."""
    if not facts:
        return
    for fact in facts:
        actions._check(fact.kind, fact)
    heard = {kind: actions.followers(session, kind) for kind in {fact.kind.name for fact in facts}}
    names = _pseudonyms(session, sorted({fact.person for fact in facts if fact.person is not None}))
    rows = [
        actions.row_of(fact, fact.unit, fact.post, names[fact.person] if fact.person is not None else None)
        for fact in facts
    ]
    made = insert_many_once(session, FactRow, rows, "key")
    for at in {fact.at for fact in facts if now - fact.at > LATE}:
        reopen(session, at)
    if any(heard.values()):
        new = set(session.scalars(_keys, {"ids": list(made)}))
        once: dict[str, Fact] = {}
        for fact in facts:
            if fact.key in new:
                once.setdefault(fact.key, fact)  # of two with one key the first was written
        wanted = [
            job
            for fact in once.values()
            for job in actions.following(fact, fact.unit, fact.post, heard[fact.kind.name], now)
        ]
        jobs.enqueue_all(session, wanted)


_fact, _pseudonym = table_of(FactRow), table_of(PseudonymRow)
_keys = select(_fact.c.key).where(among(_fact.c.id, "ids"))
_names = select(_pseudonym).where(among(_pseudonym.c.person_id, "persons"))


def record_from(session: Session, kind: FactKind, source: FromClause, now: datetime) -> None:
    """Writes facts of one kind from a table or subquery with `key`, `person_id`, `unit_id`, `post` and `body`, by sets.

    The body's fields must be declared ones. A kind that somebody listens to is written one by one.
    """
    if actions.followers(session, kind.name):
        for row in session.execute(select(source)).all():
            fact = Fact(kind, row.key, now, row.person_id, row.unit_id, row.post, row.body)
            actions.record(session, fact, now)
        return
    new, write = _from(source, session.get_bind().dialect.name)
    session.execute(new)
    session.execute(write, {"kind": kind.name, "version": kind.version, "at": now})


@cache
def _from(source: FromClause, engine: str) -> tuple[Executable, Executable]:
    named = exists().where(_pseudonym.c.person_id == source.c.person_id)
    missing = select(source).where(~named)
    names = {"person_id": source.c.person_id, "pseudonym": sets.random_name()}
    facts = {
        "key": source.c.key,
        "kind": bindparam("kind", type_=_fact.c.kind.type),
        "version": bindparam("version", type_=_fact.c.version.type),
        "at": bindparam("at", type_=_fact.c.at.type),
        "pseudonym": _pseudonym.c.pseudonym,
        "unit_id": source.c.unit_id,
        "post": source.c.post,
        "body": source.c.body,
        "salt": sets.random_salt(),
    }
    theirs = select(source).where(_pseudonym.c.person_id == source.c.person_id)
    return (
        sets.insert_from(engine, PseudonymRow, names, missing),
        sets.insert_from(engine, FactRow, facts, theirs),
    )


def _pseudonyms(session: Session, persons: list[int]) -> dict[int, str]:
    """The pseudonyms of many persons; makes those that are missing."""
    names = {row.person_id: row.pseudonym for row in session.execute(_names, {"persons": persons})}
    if missing := [{"person_id": id, "pseudonym": secrets.token_hex(8)} for id in persons if id not in names]:
        insert_many_once(session, PseudonymRow, missing)
        names = {row.person_id: row.pseudonym for row in session.execute(_names, {"persons": persons})}
    return names
