"""The evidence pack of a visit: a zip of all files with a manifest of their hashes, a table and an index as PDF.

The same data give the same bytes, so that two packs can be held against one another. Made outside transactions.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import localized, say
from bot.inspections import store as inspections
from bot.inspections.visits import actions, store
from bot.inspections.visits.model import PACKED
from bot.inspections.visits.tables import VisitNoteRow, VisitPackRow
from bot.kit.replies import Media, Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import drawing
from bot.media import store as media

PACK = "inspections.visits.pack"
TEMPLATE = Path(__file__).parent / "pack.typ"
FORMAT = 1
EPOCH = (1980, 1, 1, 0, 0, 0)
"""A zip must give each file a time; this is the first that it can give."""
MANIFEST, INDEX, TABLE = "manifest.json", "index.pdf", "findings.csv"
MOST_UNPACKED = 2_000_000_000


def want(session: Session, by: int, visit: int, lang: str, key: str, now: datetime) -> None:
    """Has a pack made and sent. Refused: to others than who answers for safety there."""
    actions.mine(session, by, visit, now)
    payload = {"visit": visit, "person": by, "lang": lang, "key": key}
    jobs.enqueue(session, PACK, payload, key=key, now=now)


class Packed:
    """The job: what the visit holds is read, the files hashed and put together, the zip sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """All that goes in; nothing where whoever asked may no more."""
        on = store.visit(session, payload["visit"], store.paths(session, payload["person"], now))
        return payload | {"data": None if on is None else contents(session, on.id, payload["lang"], now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Makes the zip."""
        if payload["data"] is None:
            return payload
        made, files = build(payload["data"], payload["lang"])
        return payload | {"ref": media.put(made, "evidence.zip"), "files": files}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps and sends it."""
        if payload["data"] is None:
            return
        id, ref = payload["visit"], payload["ref"]
        values = {"visit_id": id, "media": ref, "person_id": payload["person"], "at": now}
        if insert_once(session, VisitPackRow, values) is not None:
            body = {"visit": id, "files": payload["files"]}
            record(session, Fact(PACKED, f"visit:{id}:pack:{ref[-70:]}", now, payload["person"], body=body), now)
        digest = ref.removeprefix(media.PREFIX)[:64]
        said = text(
            "inspections.visits.packed", files=payload["files"], digest=digest, missing=payload["data"]["missing"]
        )
        shown = Message(said, media=(Media("document", ref, f"evidence-{id}.zip"),))
        outbox.send(session, outbox.to_person(payload["person"]), shown, Lane.REPLY, now, key=payload["key"])


def contents(session: Session, visit: int, lang: str, now: datetime) -> dict[str, Any]:
    """What a pack tells of a visit: plain values, times in UTC. Names of the company's people are left out."""
    on = next(each for each in store.visits(session, ("/",), 10_000) if each.id == visit)
    unit = inspections.where(session, on.unit, None)
    made: dict[str, Any] = {
        "number": on.id, "unit": _word(unit, lang), "authority": on.authority, "jurisdiction": on.jurisdiction, "scope": on.scope,
        "date": on.on.isoformat(), "closed": on.closed_at.isoformat() if on.closed_at else "", "findings": [], "missing": 0,
    }  # fmt: skip
    for each in store.findings(session, visit):
        files = [
            {"id": row.id, "kind": row.kind, "name": row.name, "media": row.media, "at": row.at.isoformat()}
            for row in store.evidence(session, visit, each.id)
        ]
        made["missing"] += sum(file["media"] is None for file in files)
        made["findings"].append(
            {
                "nth": each.nth, "words": each.words, "clause": each.clause, "severity": int(each.severity),
                "place": _word(inspections.where(session, on.unit, each.place), lang) if each.place else "",
                "due": each.due_at.isoformat(), "state": each.state.value,
                "files": [file for file in files if file["media"] is not None],
                "notes": [_note(row) for row in store.notes(session, each.id)],
            }
        )  # fmt: skip
    return made


def _note(row: VisitNoteRow) -> dict[str, str]:
    due = row.due_at.isoformat() if row.due_at else ""
    return {"kind": row.kind, "words": row.words, "at": row.at.isoformat(), "due": due}


def _word(said: Any, lang: str) -> str:
    return localized(said, lang) if isinstance(said, dict) else str(said)


def build(data: Mapping[str, Any], lang: str) -> tuple[bytes, int]:
    """The zip, and how many pieces of evidence it holds. A file that is not there any more is named and left out."""
    files: dict[str, bytes] = {}
    listed: list[dict[str, Any]] = []
    for found in data["findings"]:
        for at, file in enumerate(found["files"], 1):
            path = f"evidence/{found['nth']:02}-{at:02}-{file['kind']}{_ending(file)}"
            try:
                files[path] = media.open_ref(file["media"])
            except media.NoSuchFile:
                continue
            listed.append(
                {"path": path, "finding": found["nth"], "shows": file["kind"], "name": file["name"], "at": file["at"]}
            )
    evidence = [entry | _hashed(files[entry["path"]]) for entry in listed]
    files[TABLE] = table(data)
    files[INDEX] = drawing.draw(TEMPLATE.read_bytes(), values(data, evidence, lang))
    others = [{"path": name} | _hashed(files[name]) for name in (INDEX, TABLE)]
    visit = {key: data[key] for key in ("number", "unit", "authority", "jurisdiction", "scope", "date", "closed")}
    manifest = {
        "format": FORMAT,
        "visit": visit,
        "files": sorted([*evidence, *others], key=lambda each: str(each["path"])),
    }
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return zipped(files), len(evidence)


def _ending(file: Mapping[str, Any]) -> str:
    """A name from outside is never a path: only its ending is taken over."""
    ending = PurePosixPath(str(file["media"])).suffix or PurePosixPath(str(file["name"])).suffix.lower()
    return ending if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else ".bin"


def _hashed(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip in which nothing depends on the clock, the machine or the order: stored, and not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def table(data: Mapping[str, Any]) -> bytes:
    """The findings as CSV. A cell that begins like a formula would be one to a spreadsheet: it gets a space."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(("number", "finding", "clause", "place", "severity", "due", "state", "files", "objected"))
    for each in data["findings"]:
        objected = any(note["kind"] == "objected" for note in each["notes"])
        cells = (
            each["nth"], each["words"], each["clause"], each["place"], each["severity"], each["due"], each["state"],
            len(each["files"]), "yes" if objected else "no",
        )  # fmt: skip
        rows.writerow([f" {cell}" if str(cell)[:1] in "=+-@" and cell else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def values(data: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]], lang: str) -> dict[str, Any]:
    """What the index shows, in a language."""

    def word(name: str, **params: Any) -> str:
        return str(say(f"inspections.visits.{name}", lang, **params))

    findings = [
        {
            "head": f"{each['nth']}. {each['words']}",
            "facts": [
                part
                for part in (
                    each["clause"], each["place"], word("severity_name", severity=each["severity"]),
                    word("state_name", state=each["state"]), word("due_by", on=each["due"]),
                )
                if part
            ],
            "notes": [
                f"{note['at'][:10]} · {word('note_name', kind=note['kind'])}{': ' + note['words'] if note['words'] else ''}"
                for note in each["notes"]
            ],
            "files": [
                {"path": file["path"], "sha256": file["sha256"], "size": f"{file['size']:,}".replace(",", " ")}
                for file in evidence
                if file["finding"] == each["nth"]
            ],
        }
        for each in data["findings"]
    ]  # fmt: skip
    return {
        "lang": lang, "rtl": lang in RIGHT_TO_LEFT, "title": word("index_title", number=data["number"]),
        "lines": [data["authority"], data["unit"], data["jurisdiction"], word("visit_on", on=data["date"]), data["scope"]],
        "findings": findings, "check": word("index_check"),
    }  # fmt: skip


# --- checking a pack --------------------------------------------------------------------------------------------------


def problems_of(made: bytes) -> list[str]:
    """What is wrong with a pack: files that are missing, changed, or not in its manifest. For operators, so in English."""
    try:
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                return ["the pack is too large when unpacked"]
            files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        manifest = json.loads(files.pop(MANIFEST))
        named = {str(each["path"]): each for each in manifest["files"]}
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, RuntimeError) as error:
        return [f"this is no evidence pack: {error}"]
    found = [f"{name}: is missing" for name in sorted(named.keys() - files.keys())]
    found += [f"{name}: is not in the manifest" for name in sorted(files.keys() - named.keys())]
    for name in sorted(named.keys() & files.keys()):
        said, real = named[name], _hashed(files[name])
        if (said.get("size"), said.get("sha256")) != (real["size"], real["sha256"]):
            found.append(f"{name}: was changed (its SHA-256 is {real['sha256']})")
    return found
