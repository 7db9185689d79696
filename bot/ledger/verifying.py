"""Whether the ledger is as it was sealed: what was edited, deleted, put in, put in another order or cut off, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.ledger.sealing import GENESIS, LATE, commitment, digest
from bot.ledger.tables import BlockMemberRow, BlockRow, FactBodyRow, FactRow, PseudonymRow


@dataclass(frozen=True)
class Head:
    """The newest block at some time: its number, its digest in hexadecimal, and how many facts were sealed up to it."""

    block: int
    digest: str
    facts: int


@dataclass
class Found:
    """What looking through the ledger came to. Problems are for operators, so in English."""

    problems: list[str]
    blocks: int = 0
    facts: int = 0
    erased: int = 0
    unsealed: int = 0


def head(session: Session) -> Head | None:
    """The newest block; None before there is one."""
    row = session.scalar(select(BlockRow).order_by(BlockRow.id.desc()).limit(1))
    if row is None:
        return None
    facts = session.scalar(select(func.coalesce(func.sum(BlockRow.count), 0))) or 0
    return Head(row.id, row.digest.hex(), int(facts))


def verify(session: Session, heads: Sequence[Head] = ()) -> Found:
    """Looks through all blocks, their members and facts, and whether the heads that were noted are still in the chain."""
    found, previous = Found([]), GENESIS
    digests: dict[int, tuple[str, int]] = {}
    for block in session.scalars(select(BlockRow).order_by(BlockRow.id)):
        members = _members(session, block.id)
        if block.previous != previous:
            found.problems.append(
                f"block {block.id}: does not follow the block before it (one is gone, or out of order)"
            )
        if len(members) != block.count:
            found.problems.append(f"block {block.id}: has {len(members)} members, and was sealed with {block.count}")
        if digest(block.previous, (row.commitment for row in members)) != block.digest:
            found.problems.append(f"block {block.id}: its members are not those that were sealed, or in another order")
        for made, id, fact, body, salt, person in members:
            _look(found, block.id, id, made, fact, body, salt, person)
        previous, found.blocks = block.digest, found.blocks + 1
        found.facts += len(members)
        digests[block.id] = block.digest.hex(), found.facts
        session.expunge_all()  # a ledger is larger than the memory
    for noted in heads:
        if digests.get(noted.block) != (noted.digest, noted.facts):
            found.problems.append(
                f"block {noted.block}: was noted as {noted.digest[:16]} with {noted.facts} facts up to it, "
                "and is not there as such (the ledger was cut off or written anew)"
            )
    _unsealed(session, found)
    return found


def _members(session: Session, block: int) -> Sequence[Any]:
    return session.execute(
        select(
            BlockMemberRow.commitment, BlockMemberRow.fact_id, FactRow, FactBodyRow.body, FactBodyRow.salt,
            PseudonymRow.person_id,
        )
        .outerjoin(FactRow, FactRow.id == BlockMemberRow.fact_id)
        .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
        .outerjoin(PseudonymRow, PseudonymRow.pseudonym == FactRow.pseudonym)
        .where(BlockMemberRow.block_id == block)
        .order_by(BlockMemberRow.fact_id)
    ).all()  # fmt: skip


def _look(
    found: Found,
    block: int,
    id: int,
    made: bytes,
    fact: FactRow | None,
    body: Any,
    salt: bytes | None,
    person: int | None,
) -> None:
    where = f"fact {id} (block {block})"
    if fact is None:
        found.problems.append(f"{where}: was deleted")
    elif (fact.salt or salt) is None:
        found.erased += 1
        if fact.body or body or person is not None:
            found.problems.append(f"{where}: has no salt, and was not erased: nobody can say what it was")
    elif commitment(fact, body, salt) != made:
        found.problems.append(f"{where}: was edited ({fact.kind} {fact.key})")


def _unsealed(session: Session, found: Found) -> None:
    """Facts that no block holds: the newest wait for the sealer; older ones were put in, or their members taken out."""
    sealed = select(BlockMemberRow.fact_id).where(BlockMemberRow.fact_id == FactRow.id)
    found.unsealed = session.scalar(select(func.count()).select_from(FactRow).where(~sealed.exists())) or 0
    newest = session.scalar(select(func.max(BlockMemberRow.fact_id))) or 0
    left = select(FactRow.id).where(FactRow.id < newest - LATE, ~sealed.exists()).order_by(FactRow.id).limit(100)
    found.problems += [f"fact {id}: no block holds it, although later ones are sealed" for id in session.scalars(left)]


def kept(session: Session, keys: Sequence[str]) -> Iterator[tuple[str, str, dict[str, Any], bool]]:
    """Facts by their keys: key, kind, body, and whether they were erased since."""
    query = (
        select(FactRow.key, FactRow.kind, FactRow.body, FactRow.salt, FactBodyRow.body, FactBodyRow.salt)
        .outerjoin(FactBodyRow, and_(FactBodyRow.fact_id == FactRow.id, FactBodyRow.at == FactRow.at))
        .where(FactRow.key.in_(keys))
    )
    for key, kind, body, salt, old, old_salt in session.execute(query):
        yield key, kind, dict(old if old_salt else body), (salt or old_salt) is None
