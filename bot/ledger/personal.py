"""What the ledger keeps: facts by pseudonym. Erasing somebody destroys the row that says who stands behind theirs."""

from __future__ import annotations

from bot.kit.privacy import OPERATOR, Erase, Held, Kind

HELD = (
    Held(
        "fact",
        "that something happened, for figures that can be explained",
        sees=OPERATOR,
        kind=Kind.LEDGER,
        texts="pseudonym",
        plain="body salt",
    ),
    Held(
        "fact_body",
        "the details of old facts: codes and numbers",
        kind=Kind.LEDGER,
        plain="body salt",
    ),
    Held(
        "pseudonym",
        "who stands behind a pseudonym",
        kind=Kind.LEDGER,
        erase=Erase.DELETE,
        of="person_id",
        texts="pseudonym",
    ),
    Held(
        "block",
        "the sealed chain",
        kind=Kind.LEDGER,
        plain="previous",
    ),
    Held(
        "block_member",
        "which facts a block seals",
        kind=Kind.LEDGER,
        plain="commitment",
    ),
    Held("closed_month", "which months are counted up", kind=Kind.LEDGER, plain="after"),
    Held(
        "person_month",
        "how much of what somebody was offered in a month, and did, by pseudonym",
        kind=Kind.LEDGER,
        texts="pseudonym",
        plain="missed",
    ),
    Held(
        "person_carried",
        "what was done in another month than it was offered in, by pseudonym",
        kind=Kind.LEDGER,
        texts="pseudonym",
    ),
    Held("anchor", "what was said outside of the chain", kind=Kind.LEDGER, plain="ways stamp"),
)
