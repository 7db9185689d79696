"""How far one company on one token and one database reaches, and how a group splits: `python -m bench.capacity`.

Prints the tables of docs/adr/0016. `--measure` measures the bytes a row takes, on a PostgreSQL of its own, in place of the
constants below. Every figure is computed here from what is named; a test holds the record to it.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

EMPLOYEES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
PUSHES, PRESSES, FACTS = 2, 4, 5
"""A person's working day: two messages nobody asked for (the budget), four presses that each change a message, five facts."""
CALLS = PUSHES + PRESSES
DAYS_A_MONTH, DAYS_KEPT = 22, 64
"""Working days of a month, and of the ninety days for which keys are kept."""
LIVE_DAYS = 10
"""Working days of the fourteen days for which a settled message stays in the outbox."""
FREE, PAID = 30, 1000
"""Calls a second that Telegram allows a token."""
SHIFT_SHARE, BUSY_SHARE, BUSY_S = 1 / 3, 0.3, 600
"""A third of the people are in a shift; three in ten of its presses fall in its busiest ten minutes."""
HANDLED = 1000
"""Presses a second that one process stores and answers with room to spare (docs/reference/performance.md has what was measured)."""
HOURS = 16
"""Hours of a day in which somebody is awake to be written to."""
BYTES = {"outbox": 1050, "key": 320, "history": 820, "fact": 360, "body": 210}
"""A row with its indexes on PostgreSQL, rounded up: a live message, the key that is left of it, its history, a fact, its body."""


@dataclass(frozen=True)
class Load:
    """What so many people on one token and one database come to."""

    people: int

    @property
    def round_free_s(self) -> float:
        """Seconds until everybody has had one message, at 30 a second."""
        return self.people / FREE

    @property
    def round_paid_s(self) -> float:
        """The same at 1000 a second."""
        return self.people / PAID

    @property
    def tokens(self) -> int:
        """Tokens at 1000 a second that the calls of a day need."""
        return math.ceil(self.people * CALLS / (PAID * HOURS * 3600))

    @property
    def free_enough(self) -> bool:
        """Whether 30 a second carry the calls of a day."""
        return self.people * CALLS <= FREE * HOURS * 3600

    @property
    def busiest(self) -> float:
        """Presses a second in the busiest ten minutes."""
        return self.people * SHIFT_SHARE * PRESSES * BUSY_SHARE / BUSY_S

    @property
    def processes(self) -> int:
        """Processes that handle them; one more is there to take over."""
        return math.ceil(self.busiest / HANDLED)

    @property
    def live_gb(self) -> float:
        """The unpartitioned tables of the engine: live outbox and the keys of ninety days."""
        live, keys = CALLS * LIVE_DAYS * BYTES["outbox"], PUSHES * DAYS_KEPT * BYTES["key"]
        return self.people * (live + keys) / 1e9

    @property
    def history_gb(self) -> float:
        """A month of history: settled messages and the bodies of facts."""
        return self.people * DAYS_A_MONTH * (CALLS * BYTES["history"] + FACTS * BYTES["body"]) / 1e9

    @property
    def facts_gb(self) -> float:
        """A year of facts without their bodies, which is what reports count in."""
        return self.people * 12 * DAYS_A_MONTH * FACTS * BYTES["fact"] / 1e9


def one_company() -> list[str]:
    """The table for one company on one token."""
    lines = [
        "| people | a message to all, 30/s | 1000/s | tokens | busiest presses/s | processes | live tables | history a month "
        "| facts a year |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for people in EMPLOYEES:
        load = Load(people)
        tokens = "1 (30/s)" if load.free_enough else f"{load.tokens} (1000/s)"
        lines.append(
            f"| {people:,} | {spell(load.round_free_s)} | {spell(load.round_paid_s)} | {tokens} | {load.busiest:,.0f} "
            f"| {load.processes} + 1 | {size(load.live_gb)} | {size(load.history_gb)} | {size(load.facts_gb)} |"
        )
    return lines


def group(people: int = 10_000_000) -> list[str]:
    """The table for a group: a token, a process pair and a database for each company."""
    lines = [
        "| companies | people in each | a message to all, 30/s | 1000/s | busiest presses/s | history a month, each "
        "| all companies |",
        "|---|---|---|---|---|---|---|",
    ]
    for companies in (10, 100, 1_000, 10_000):
        load, everybody = Load(people // companies), Load(people)
        lines.append(
            f"| {companies:,} | {load.people:,} | {spell(load.round_free_s)} | {spell(load.round_paid_s)} | {load.busiest:,.1f} "
            f"| {size(load.history_gb)} | {size(everybody.history_gb)} |"
        )
    return lines


def reach() -> dict[str, int]:
    """How many people the calls of a day allow on one token, and the presses of the busiest minutes in one process."""
    return {
        "30/s": FREE * HOURS * 3600 // CALLS,
        "1000/s": PAID * HOURS * 3600 // CALLS,
        "one process": int(HANDLED * BUSY_S / (SHIFT_SHARE * PRESSES * BUSY_SHARE)),
    }


def spell(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"


def size(gigabytes: float) -> str:
    """A size as people say it."""
    if gigabytes < 1:
        return f"{gigabytes * 1000:.0f} MB"
    return f"{gigabytes:,.0f} GB" if gigabytes < 1000 else f"{gigabytes / 1000:,.1f} TB"


def measured(url: str, rows: int = 2000) -> dict[str, float]:
    """Bytes a row with its indexes, on a migrated, empty PostgreSQL at an address."""
    from sqlalchemy import text, update
    from sqlalchemy.orm import Session

    from bot.db.engine import connect
    from bot.db.once import table_of
    from bot.delivery import bulk, pruning
    from bot.delivery.bulk import Parcel
    from bot.delivery.outbox import Lane
    from bot.delivery.tables import OutboxRow
    from bot.kit.replies import Button, Message
    from bot.kit.texts import text as words
    from bot.ledger import ageing, sealing
    from bot.ledger.actions import record
    from bot.ledger.model import Fact, FactKind

    then = datetime(2026, 1, 12, 8, tzinfo=UTC)
    answered = FactKind(
        "Measured", 1, ("question", "version", "mode", "first", "right"), "somebody answered a question"
    )
    buttons = tuple(
        (Button(words("delivery.just", text=f"Answer {n}"), data=f"ln:answer:123456:{n}"),) for n in range(3)
    )
    engine = connect(url)

    def size_of(session: Session, table: str) -> float:
        parts = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(CAST(:table AS regclass))"
        query = text(f"SELECT coalesce(nullif(({parts}), 0), pg_total_relation_size(CAST(:table AS regclass)))")
        return float(session.scalar(query, {"table": table}) or 0)

    def compacted() -> dict[str, float]:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL"))
        with Session(engine) as session:
            return {t: size_of(session, t) for t in ("outbox", "outbox_history", "fact", "fact_body", "block_member")}

    before = compacted()
    with Session(engine) as session, session.begin():
        parcels = []
        for n in range(rows):
            message = Message(
                words("learning.question", lesson="ladders", number=n, of=3), buttons=buttons, ref=f"day:{n}"
            )
            parcels.append(Parcel(n, message, f"push:2026-01-12:{n}", then, then + timedelta(hours=12)))
        bulk.send_all(session, parcels, Lane.LESSON, then, topic="push")
        for n in range(rows):
            body: dict[str, Any] = {"question": f"ladders-{n % 90}", "version": 3, "mode": "daily", "first": True}
            record(session, Fact(answered, f"attempt:{n}:123456:1", then, unit=12, post="operator", body=body), then)
        o = table_of(OutboxRow)
        session.execute(update(o).values(state="sent", settled_at=then, attempts=1, fence=3))
    full = compacted()
    later = then + timedelta(days=80)
    for tick in (sealing.seal_block, pruning.settle, ageing.age):
        more: Any = True
        while more:
            with Session(engine) as session, session.begin():
                more = tick(session, later)
    aged = compacted()
    engine.dispose()
    of = {name: (full[name] - before[name]) / rows for name in full}
    left = {name: (aged[name] - before[name]) / rows for name in aged}
    return {
        "outbox": of["outbox"],
        "key": left["outbox"],
        "history": left["outbox_history"],
        "fact": left["fact"] + left["block_member"],
        "body": left["fact_body"],
    }


def main() -> None:
    """Prints the tables, or what a row takes."""
    if "--measure" in sys.argv:
        from bot.db.migrate import upgrade
        from tests.postgres import running_postgres

        with running_postgres() as server:
            url = server.create_database("capacity")
            upgrade(url)
            for name, size_ in measured(url).items():
                print(f"{name}: {size_:.0f} bytes a row (reckoned with: {BYTES[name]})")
        return
    print("\n".join([*one_company(), "", *group(), ""]))
    print(", ".join(f"{what}: {people:,} people" for what, people in reach().items()))


if __name__ == "__main__":
    main()
