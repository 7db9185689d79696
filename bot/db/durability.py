"""What a PostgreSQL keeps when its machine is lost: whether commits wait for a standby, and whether Davy would find it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.db.engine import hosts

STRICT = frozenset({"on", "remote_write", "remote_apply"})


@dataclass(frozen=True)
class Standbys:
    """What the primary says: its settings, and the state of each standby (None: this user may not see it)."""

    settings: dict[str, str]
    states: dict[str, str | None]
    hosts: int = 1


def ask(connection: Connection) -> Standbys:
    """Asks a PostgreSQL."""
    names = ("fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names")
    settings = {name: str(connection.scalar(text(f"SHOW {name}"))) for name in names}
    rows = connection.execute(text("SELECT application_name, sync_state FROM pg_stat_replication"))
    states = {row.application_name: row.sync_state for row in rows}
    return Standbys(settings, states, len(hosts(connection.engine.url)))


def judge(found: Standbys) -> list[tuple[bool | None, str]]:
    """Each finding: good, bad, or None for what an operator should know, with what to do."""
    said: list[tuple[bool | None, str]] = []
    for name in ("fsync", "full_page_writes"):
        if found.settings[name] == "off":
            said.append((False, f"{name} is off: a power cut loses what people were told is safe; switch it on"))
    said.append(_standby(found))
    if found.states and found.hosts < 2:
        words = "names one host: after the standby is promoted Davy would not find it; name both, HOST1:PORT,HOST2:PORT"
        said.append((None, f"DAVY_DATABASE_URL {words}"))
    return said


def _standby(found: Standbys) -> tuple[bool | None, str]:
    wanted = found.settings["synchronous_standby_names"]
    if not found.states and wanted:
        return False, f"commits wait for the standby {wanted}, which is not there: start it, or empty that setting"
    if not found.states:
        return None, "no standby: with its machine everything since the last backup is lost (docs/howto/run-several.md)"
    names = ", ".join(sorted(found.states))
    if None in found.states.values():
        return None, f"whether {names} is synchronous this user may not see: GRANT pg_monitor TO it"
    if not {"sync", "quorum"} & set(found.states.values()):
        lost = "what was acknowledged in the last moments is lost with the primary"
        return None, f"{names} follows asynchronously: {lost}; set synchronous_standby_names"
    if found.settings["synchronous_commit"] not in STRICT:
        how = found.settings["synchronous_commit"]
        return None, f"synchronous_commit is {how}, so commits do not wait for {names}: set it to on"
    return True, f"commits wait for {names}"
