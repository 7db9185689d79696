"""Sealing facts into a chain of blocks, so that nobody can change or take away one unseen.

A block hashes salted commitments, not facts: whoever erases a fact's salt and body erases the person and breaks no chain.
Members are listed in a table of their own, never by an id watermark, because ids of one moment commit in any order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.db.once import insert_many_once
from bot.ledger.tables import BlockMemberRow, BlockRow, FactBodyRow, FactRow

MOST = 500
"""Facts in one block, so that sealing stays a slice of work."""
LATE = 10_000
"""So many numbers back a fact is looked for that was committed after later ones were sealed; `unsealed` counts them all."""
SEALER = 72617
"""The advisory lock of the one sealer on PostgreSQL."""
GENESIS = bytes(32)


def commitment(fact: FactRow, body: dict[str, Any] | None = None, salt: bytes | None = None) -> bytes:
    """SHA-256 of a fact's salt and its canonical JSON: 32 bytes that say nothing without the salt.

    `body` and `salt` are those of an old fact, which has them no more.
    """
    said = {
        "key": fact.key,
        "kind": fact.kind,
        "version": fact.version,
        "at": fact.at.isoformat(),
        "pseudonym": fact.pseudonym,
        "unit": fact.unit_id,
        "post": fact.post,
        "body": body if salt else fact.body,
    }
    return hashlib.sha256(
        (salt or fact.salt or b"") + json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
    ).digest()


def digest(previous: bytes, commitments: Iterable[bytes]) -> bytes:
    """What a block is known by: its predecessor and its members in the order of their ids."""
    hashed = hashlib.sha256(previous)
    for each in commitments:
        hashed.update(each)
    return hashed.digest()


def seal_block(session: Session, now: datetime) -> bool:
    """Seals what is not sealed yet; True while more is left. Run by one sealer at a time."""
    if session.get_bind().dialect.name == "postgresql":
        # a lock on the last block would not do: whoever waited for it would still see the same block as the last
        session.execute(select(func.pg_advisory_xact_lock(SEALER)))
    last = session.scalar(select(BlockRow).order_by(BlockRow.id.desc()).limit(1))
    facts = _unsealed(session)
    if not facts:
        return False
    members = [(fact.id, commitment(fact)) for fact in facts]
    previous = last.digest if last else GENESIS
    block = BlockRow(at=now, previous=previous, digest=digest(previous, (c for _, c in members)), count=len(members))
    session.add(block)
    session.flush()
    rows = [{"fact_id": id, "block_id": block.id, "commitment": made} for id, made in members]
    insert_many_once(session, BlockMemberRow, rows)
    return len(facts) == MOST


def _unsealed(session: Session) -> Sequence[FactRow]:
    """The oldest facts of no block, among the newest: searching all that was ever recorded would take longer every day."""
    newest = session.scalar(select(func.max(BlockMemberRow.fact_id))) or 0
    sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == FactRow.id)
    query = select(FactRow).where(FactRow.id > newest - LATE, ~sealed.exists()).order_by(FactRow.id).limit(MOST)
    return session.scalars(query).all()


def broken_blocks(session: Session) -> list[int]:
    """The blocks whose chain, members or facts are not as they were sealed. An erased fact (no salt) breaks nothing."""
    broken, previous = [], GENESIS
    for block in session.scalars(select(BlockRow).order_by(BlockRow.id)):
        members = session.execute(
            select(BlockMemberRow.commitment, FactRow, FactBodyRow.body, FactBodyRow.salt)
            .outerjoin(FactRow, FactRow.id == BlockMemberRow.fact_id)
            .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
            .where(BlockMemberRow.block_id == block.id)
            .order_by(BlockMemberRow.fact_id)
        ).all()
        whole = block.previous == previous and len(members) == block.count
        whole = whole and digest(block.previous, (row.commitment for row in members)) == block.digest
        kept = all(
            fact is not None and ((fact.salt or salt) is None or commitment(fact, body, salt) == made)
            for made, fact, body, salt in members
        )
        if not (whole and kept):
            broken.append(block.id)
        previous = block.digest
    return broken


def unsealed(session: Session) -> int:
    """How many facts no block holds yet."""
    sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == FactRow.id)
    return session.scalar(select(func.count()).select_from(FactRow).where(~sealed.exists())) or 0
