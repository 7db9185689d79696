"""All routes of authoring: writing, its buttons, the desk, translations and voices."""

from __future__ import annotations

from bot.library.authoring import desk, pressing, recording, taking_back, translating, writing

ROUTES = (*writing.ROUTES, *pressing.ROUTES, *desk.ROUTES, *taking_back.ROUTES, *translating.ROUTES, *recording.ROUTES)
