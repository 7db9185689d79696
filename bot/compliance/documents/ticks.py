"""What follows when a document's file was fetched."""

from __future__ import annotations

from bot.compliance.documents import actions

JOBS = {actions.KEPT: actions.FileKept()}
