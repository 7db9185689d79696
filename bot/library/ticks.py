"""What the library does after a file has been fetched."""

from __future__ import annotations

from bot.library import uploads

JOBS = {uploads.JOB: uploads.uploaded}
