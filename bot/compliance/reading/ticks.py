"""Asking, reminding, the proof, and what follows when a document has a new version."""

from __future__ import annotations

from bot.compliance.reading import actions, proof
from bot.kit.room import Tick
from bot.ledger.model import Subscription

TICKS = (Tick("compliance.reading.ask_people", actions.ask_people, 30),)
JOBS = {proof.WRITE: proof.Proof()}
SUBSCRIPTIONS = (Subscription("DocumentPublished", "compliance.reading", actions.document_changed),)
