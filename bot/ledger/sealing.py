"""Sealing facts into a chain of blocks, so that nobody can change or take away one unseen.

A block hashes salted commitments, not facts: whoever erases a fact's salt and body erases the person and breaks no chain.
Members are listed in a table of their own, never by an id watermark, because ids of one moment commit in any order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.once import insert_many_once
from bot.ledger.tables import BlockMemberRow, BlockRow, FactRow

MOST = 500
"""Facts in one block, so that sealing stays a slice of work."""
GENESIS = bytes(32)


def commitment(fact: FactRow) -> bytes:
    """SHA-256 of a fact's salt and its canonical JSON: 32 bytes that say nothing without the salt."""
    said = {
        "key": fact.key,
        "kind": fact.kind,
        "version": fact.version,
        "at": fact.at.isoformat(),
        "pseudonym": fact.pseudonym,
        "unit": fact.unit_id,
        "post": fact.post,
        "body": fact.body,
    }
    return hashlib.sha256((fact.salt or b"") + json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).digest()


def digest(previous: bytes, commitments: Iterable[bytes]) -> bytes:
    """What a block is known by: its predecessor and its members in the order of their ids."""
    hashed = hashlib.sha256(previous)
    for each in commitments:
        hashed.update(each)
    return hashed.digest()


def seal_block(session: Session, now: datetime) -> bool:
    """Seals what is not sealed yet; True while more is left. Run by one sealer at a time (the last block is locked)."""
    last = session.scalar(select(BlockRow).order_by(BlockRow.id.desc()).limit(1).with_for_update())
    sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == FactRow.id)
    facts = session.scalars(select(FactRow).where(~sealed.exists()).order_by(FactRow.id).limit(MOST)).all()
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


def broken_blocks(session: Session) -> list[int]:
    """The blocks whose chain, members or facts are not as they were sealed. An erased fact (no salt) breaks nothing."""
    broken, previous = [], GENESIS
    for block in session.scalars(select(BlockRow).order_by(BlockRow.id)):
        members = session.execute(
            select(BlockMemberRow.commitment, FactRow)
            .outerjoin(FactRow, FactRow.id == BlockMemberRow.fact_id)
            .where(BlockMemberRow.block_id == block.id)
            .order_by(BlockMemberRow.fact_id)
        ).all()
        whole = block.previous == previous and len(members) == block.count
        whole = whole and digest(block.previous, (row.commitment for row in members)) == block.digest
        kept = all(fact is not None and (fact.salt is None or commitment(fact) == made) for made, fact in members)
        if not (whole and kept):
            broken.append(block.id)
        previous = block.digest
    return broken


def unsealed(session: Session) -> int:
    """How many facts no block holds yet."""
    sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == FactRow.id)
    return session.scalar(select(func.count()).select_from(FactRow).where(~sealed.exists())) or 0
