"""What is kept of who wrote documents."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "system_document",
        "documents, and who looks after each",
        sees=UNIT,
        by="owner_id",
        texts="search",
        plain="title places",
    ),
    Held(
        "system_document_clause",
        "which clause a document serves",
        plain="law",
    ),
    Held(
        "system_document_version",
        "what a document says",
        sees=UNIT,
        by="by_id",
        texts="words files",
    ),
)
