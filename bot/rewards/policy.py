"""The policy in force: the company's file, put here once by the composition root, and each version as it was first used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.once import insert_once
from bot.library.shipped import content_path
from bot.people.importing.problems import Place, Problems
from bot.rewards import rules
from bot.rewards.model import EARNABLE, Policy, Rule
from bot.rewards.reading import policies_of
from bot.rewards.tables import PointPolicyRow
from bot.settings import BadSettings

FILE = "policy.yaml"
_policies: list[Policy] = []


class BadPolicy(BadSettings):
    """The policy file holds mistakes; a line for each, with its place. Shown to the operator as it is."""


def load(folder: Path | None, facts: Collection[str]) -> tuple[Policy, ...]:
    """The policy file of a folder, else the shipped one. Raises BadPolicy with all its mistakes."""
    own = folder / FILE if folder is not None else None
    path = own if own is not None and own.exists() else content_path() / "rewards" / FILE
    problems = Problems(str(path))
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        problems.note(Place(), "the file cannot be read as UTF-8 text")
    found = policies_of(text, facts, problems) if not problems else ()
    if problems or not found:
        raise BadPolicy("\n".join(str(each) for each in problems.found) or f"{path}: the file is empty")
    return found


def configure(folder: Path | None, facts: Collection[str]) -> None:
    """Sets the versions of this process; `facts` are those that some room records. Raises BadPolicy."""
    _policies[:] = load(folder, facts)


def policies() -> list[Policy]:
    """All versions that the file has."""
    if not _policies:
        configure(None, EARNABLE)
    return _policies


def in_force(session: Session, on: date, now: datetime) -> Policy | None:
    """The version in force on a day, as it was when it was first used: what was promised holds, whatever the file says now."""
    found = rules.policy_on(policies(), on)
    if found is None:
        return None
    values = {"version": found.version, "since": found.since, "rules": to_json(found.rules), "taken_at": now}
    insert_once(session, PointPolicyRow, values, "version")
    return kept(session, found.version)


def kept(session: Session, version: int) -> Policy | None:
    """A version that points were given by."""
    row = session.get(PointPolicyRow, version)
    return Policy(row.version, row.since, from_json(row.rules)) if row is not None else None


def changed_versions(session: Session) -> list[int]:
    """Versions whose file says something else than what points were given by: they need a number of their own."""
    rows = session.scalars(select(PointPolicyRow)).all()
    said = {each.version: each for each in policies()}
    return sorted(
        row.version for row in rows
        if row.version in said and (said[row.version].since, to_json(said[row.version].rules)) != (row.since, row.rules)
    )  # fmt: skip


def rule_of(session: Session, version: int | None, code: str | None) -> Rule | None:
    """The rule that gave a row its points, in the words of its version."""
    policy = kept(session, version) if version is not None else None
    return next((rule for rule in policy.rules if rule.code == code), None) if policy else None


def to_json(found: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Rules as they are kept."""
    return [
        {"code": r.code, "facts": list(r.facts), "where": dict(r.where), "points": r.points, "per_day": r.per_day,
         "per_month": r.per_month, "words": dict(r.words)}
        for r in found
    ]  # fmt: skip


def from_json(kept: list[dict[str, Any]]) -> tuple[Rule, ...]:
    """What `to_json` wrote."""
    return tuple(Rule(**{**each, "facts": tuple(each["facts"])}) for each in kept)
