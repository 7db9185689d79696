"""Looking whether anything was changed: the ledger, the heads that were noted of it, and every period that was issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.issuing import anchors, signing, snapshot, store
from bot.assessment.issuing.model import Snapshot
from bot.assessment.scores.store import COUNTED
from bot.ledger import anchoring, verifying
from bot.media import store as media

AT_ONCE = 500


@dataclass(frozen=True)
class Audit:
    """What was looked at, and all that is wrong. For operators, so in English."""

    ledger: verifying.Found
    heads: int
    snapshots: int
    problems: tuple[str, ...]
    stamps: str = ""
    """What time-stamping services have signed, where certificates to check it by are given."""


def audit(session: Session, files: Sequence[Path], roots: Path | None = None) -> Audit:
    """Looks through everything. `files`: where heads of the ledger were noted; `roots`: by which time stamps are checked."""
    heads, wrong, stamps = [], [], ""
    if roots is not None:
        good, bad, without = anchoring.stamped(session, roots)
        heads += [verifying.Head(anchor.block, anchor.digest, anchor.facts) for anchor, _ in good]
        wrong += bad
        first = f", the first at {good[0][1]:%Y-%m-%d %H:%M} UTC" if good else ""
        stamps = f"{len(good)} days stamped by a service{first}; {without} days without a stamp"
    for file in files:
        found, bad = anchors.read(file.read_text(encoding="utf-8").splitlines(), str(file))
        heads += found
        wrong += bad
    ledger = verifying.verify(session, heads)
    issued = store.all_snapshots(session)
    for each in issued:
        wrong += [f"issued No. {each.id}: {problem}" for problem in _problems(session, each)]
    return Audit(ledger, len(heads), len(issued), (*ledger.problems, *wrong), stamps)


def _problems(session: Session, issued: Snapshot) -> list[str]:
    """What is wrong with a period that was issued: its file, its signature, its sums, and its facts in the ledger."""
    try:
        data = media.open_ref(issued.media)
    except media.NoSuchFile:
        return ["its file is not there"]
    if signing.sha256(data) != issued.sha256:
        return ["its file was changed"]
    try:
        said = signing.opened(data, signing.public_key())
    except signing.NotSigned as error:
        return [str(error)]
    return [*snapshot.problems_of(said), *_not_in_ledger(session, said)]


def _not_in_ledger(session: Session, said: Any) -> list[str]:
    """Facts of a signed file that the ledger no longer has as they were; those of erased people are gone by right."""
    wanted = {fact["key"]: fact for each in said["people"] for fact in each["facts"]}
    wrong, keys = [], sorted(wanted)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        there = {key: (kind, body, erased) for key, kind, body, erased in verifying.kept(session, some)}
        for key in some:
            kind, body, erased = there.get(key, ("", {}, False))
            now = {name: body[name] for name in COUNTED if name in body}
            if not kind:
                wrong.append(f"{key} is no longer in the ledger")
            elif not erased and (kind, now) != (wanted[key]["kind"], wanted[key]["body"]):
                wrong.append(f"{key} is another in the ledger")
    return wrong
