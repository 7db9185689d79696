"""`davy doctor`: looks at everything that must be right, one line each, with what to do where it is not."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import typer
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.app import configure_ladders, secret_key
from bot.db import durability
from bot.db.engine import BadDatabase, connect
from bot.db.migrate import newest, revision_of
from bot.delivery import drawings, replicas
from bot.delivery.transport import AiohttpRequest
from bot.delivery.transport_errors import NotSent, Uncertain, redact
from bot.hazards import company as hazards
from bot.hazards import outside, walking
from bot.kit.clock import SystemClock
from bot.looking import MOST_NAMED, Finding, anchors, backups, fonts, people_file, programs, unreachable
from bot.media import faces
from bot.people import oncall
from bot.people import store as people
from bot.people.company import emergency, named_units
from bot.people.model import Role, UnitKind
from bot.people.tables import AccountRow
from bot.settings import BadSettings, Settings, load

LITTLE_SPACE = 500 * 1024 * 1024
MOST_DRIFT_S = 30
_GRANT = "give the role in the personnel file, or with /grant in the chat"
MEND = {
    "nobody is safety officer of": f"questions and unanswered alerts go to managers; {_GRANT}",
    "no emergency number is known for": "Emergency shows none; write emergency: {number: ...} into the company file",
    "nobody is supervisor of": f"reports there start with the managers above; {_GRANT}",
}
"""What follows from it, and what to do."""
GAPS = {
    "nobody": "an alert would reach nobody: give somebody a role there, or let them join with /start",
    "rung": "the rung {who} reaches nobody: change alerts: {{ladder: ...}} in the company file, or who is there",
    "way": "the rung {who} is not set up: DAVY_SMTP_URL and DAVY_SMTP_FROM, or DAVY_ALERT_WEBHOOK",
    "gate": "a major danger could never be closed: nobody of the kinds that its gate needs holds a role there",
}


def doctor() -> None:
    """Check settings, token, API, database, files, clock and disk; exit 1 where something must be mended."""
    try:
        settings = load()
    except BadSettings as error:
        for line in str(error).splitlines():
            typer.echo(str(Finding("settings", False, line)))
        raise typer.Exit(1) from None
    findings = [Finding("settings", True, "each can be read"), *examine(settings)]
    for finding in findings:
        typer.echo(str(finding))
    if any(finding.good is False for finding in findings):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything but the settings themselves, in the order in which it should be mended."""
    yield from asyncio.run(_telegram(settings))
    yield from _database(settings)
    yield _files(settings)
    yield _space(settings)
    yield fonts(settings)
    yield _faces()
    yield backups(settings, _now())


def inside(settings: Settings, session: Session, now: datetime) -> Iterator[Finding]:
    """What can be looked at while it serves, quickly and without asking Telegram: for the dashboard."""
    yield backups(settings, _now())
    yield anchors(session, settings, _now())
    yield _files(settings)
    yield _space(settings)
    yield _faces()
    if session.get_bind().dialect.name == "postgresql":
        yield from _several(session, settings)


def _faces() -> Finding:
    """Without the detector no picture of a danger is proposed as a question; nothing else breaks by it."""
    if faces.available():
        return Finding("faces", True, "can be found and covered in pictures")
    return Finding(
        "faces", None, "no detector: pictures of dangers are not proposed as questions; pip install 'davy[faces]'"
    )


async def _telegram(settings: Settings) -> list[Finding]:
    token = settings.bot_token.get_secret_value()
    if not token:
        return [Finding("token", False, "DAVY_BOT_TOKEN is not set: get one from @BotFather, or run: davy setup")]
    transport = AiohttpRequest(token, api_url=settings.bot_api_url, proxy=settings.proxy)
    await transport.initialize()
    try:
        me: dict[str, Any] = await transport.call("getMe")
        hook: dict[str, Any] = await transport.call("getWebhookInfo")
    except (NotSent, Uncertain) as error:
        how = "check DAVY_BOT_API_URL, the network and DAVY_PROXY"
        return [Finding("Bot API", False, f"{settings.bot_api_url} cannot be reached ({redact(str(error))}); {how}")]
    except Exception as error:
        return [Finding("token", False, f"Telegram refuses it ({redact(str(error))}): copy it again from @BotFather")]
    finally:
        await transport.shutdown()
    found = [Finding("token", True, f"@{me.get('username')} at {settings.bot_api_url}"), _webhook(settings, hook)]
    if me.get("can_read_all_group_messages"):
        said = "privacy mode is off, so I would read whole groups: BotFather, /setprivacy, Enable"
        found.append(Finding("privacy", False, said))
    return [*found, await _clock(settings)]


def _webhook(settings: Settings, hook: dict[str, Any]) -> Finding:
    url = str(hook.get("url") or "")
    waiting = hook.get("pending_update_count", 0)
    if settings.updates == "webhook":
        want = f"{(settings.webhook_url or '').rstrip('/')}/webhook"
        if url and url != want:
            return Finding("webhook", False, f"it points to {url}, not to {want}: does another program use this token?")
        if hook.get("last_error_message"):
            return Finding("webhook", False, f"Telegram says: {hook['last_error_message']}")
        return Finding("webhook", True, f"{url or 'is set at the next start'}; {waiting} updates wait")
    if url:
        said = f"it is set to {url}: another program may use this token. davy run takes it away when it starts"
        return Finding("webhook", None, said)
    return Finding("updates", True, f"by polling; {waiting} wait")


async def _clock(settings: Settings) -> Finding:
    """Compares with the date that the Bot API's server says."""
    try:
        async with aiohttp.ClientSession() as http:
            limit = aiohttp.ClientTimeout(total=5)
            async with http.head(settings.bot_api_url, proxy=settings.proxy, timeout=limit) as answer:
                said = answer.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError):
        said = ""
    try:
        there = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return Finding("clock", None, "the server did not tell the time")
    drift = abs((_now() - there).total_seconds())
    if drift > MOST_DRIFT_S:
        return Finding("clock", False, f"{drift:.0f} s off: links and quiet hours would be wrong; switch NTP on")
    return Finding("clock", True, f"within {max(1, round(drift))} s")


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        engine = connect(settings.database_url)
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE davy_doctor (id INTEGER)"))
            connection.rollback()
            have, want = revision_of(connection), newest()
    except BadDatabase as error:
        yield Finding("database", False, str(error))
        return
    except DBAPIError as error:
        words = str(error.orig).strip().splitlines()[0]
        yield Finding("database", False, f"{words}; check DAVY_DATABASE_URL, its rights and its disk")
        return
    yield Finding("database", True, f"{engine.dialect.name}, can be written")
    if have == want:
        yield Finding("schema", True, f"newest ({have})")
        with Session(engine) as session:
            yield from company(session, _now())
            configure_ladders(settings)
            yield from ladders(session, _now())
            yield from unreachable(session, _now())
            yield from _cards(session, _now())
            yield anchors(session, settings, _now())
            yield from programs(session, _now())
            yield from people_file(session, settings, _now())
            if engine.dialect.name == "postgresql":
                yield from _several(session, settings)
    elif have is None:
        yield Finding("schema", False, "empty: run davy setup, or davy migrate")
    else:
        yield Finding("schema", False, f"at {have}, this program needs {want}: run davy migrate")
    engine.dispose()


def _cards(session: Session, now: datetime) -> Iterator[Finding]:
    """Lesson cards that could not be drawn: their plain pictures go out, so nothing breaks by it."""
    found = drawings.troubles(session, now)
    for which, error in found[:MOST_NAMED]:
        what = which.name.rpartition("/")[0].replace("/", " version ")
        yield Finding("cards", None, f"{what} in {which.lang} is not drawn ({error}): its plain picture goes out")
    if len(found) > MOST_NAMED:
        yield Finding("cards", None, f"and {len(found) - MOST_NAMED} more are not drawn")


def _several(session: Session, settings: Settings) -> Iterator[Finding]:
    """What is kept when a machine is lost, and whether the replicas that run are like one that would start here."""
    for good, said in durability.judge(durability.ask(session.connection())):
        yield Finding("standby", good, said)
    running = replicas.alive(session)
    if not running:
        return
    try:
        me = replicas.this(settings.name, secret_key(settings), settings.data_dir)
    except OSError as error:
        yield Finding("replicas", None, f"cannot be compared ({error.strerror}): check DAVY_DATA_DIR")
        return
    for wrong in replicas.differences(me, running):
        yield Finding("replicas", False, wrong)
    yield Finding("replicas", True, f"running: {', '.join(replica.name for replica in running)}")


def company(session: Session, now: datetime) -> Iterator[Finding]:
    """What the company has not told Davy and will miss on a bad day. Nothing breaks by it, so these are no mistakes."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    units = [unit for unit in people.units(session) if people.everyone(session, now, (unit.path,))]
    sites = [unit for unit in units if unit.kind is UnitKind.SITE]
    quiet = {
        "nobody is safety officer of": [
            u for u in sites if not oncall.holders(session, [Role.SAFETY_OFFICER], u.path, now)[Role.SAFETY_OFFICER]
        ],
        "no emergency number is known for": [u for u in sites if not emergency(session, u.path).number],
        "nobody is supervisor of": [
            unit
            for unit in units
            if unit.kind is UnitKind.TEAM
            and not oncall.holders(session, [Role.SUPERVISOR], unit.path, now)[Role.SUPERVISOR]
        ],
    }
    for what, found in quiet.items():
        if found:
            listed = ", ".join(names[unit.id] for unit in found[:MOST_NAMED])
            more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
            yield Finding("company", None, f"{what} {listed}{more}: {MEND[what]}")
    yield from _alone(session, now)
    if sites and not any(quiet.values()):
        yield Finding("company", True, "each site has a safety officer and an emergency number, each team a supervisor")


def _alone(session: Session, now: datetime) -> Iterator[Finding]:
    """Where one administrator can do alone what needs two: allowed to a small company, and said."""
    tops = [unit for unit in people.units(session) if unit.kind is UnitKind.COMPANY]
    for top in tops:
        if len(oncall.holders(session, [Role.ADMIN], top.path, now)[Role.ADMIN]) == 1:
            how = "who takes over that one account has the company; give a second person the role (/grant)"
            yield Finding("admin", None, f"only one person is administrator of {top.name}: {how}")


def ladders(session: Session, now: datetime) -> Iterator[Finding]:
    """Every ladder walked without ringing anybody, and the ways outside the chat tried."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    found = list(walking.gaps(session, now))
    # before the first people have joined there is nobody to reach, and a gate may wait for the first major danger
    begun = session.scalar(select(AccountRow.person_id).limit(1)) is not None
    for gap in found:
        level = f" ({gap.level})" if gap.level else ""
        good = False if begun and gap.what != "gate" else None
        yield Finding("ladder", good, f"{names[gap.unit.id]}{level}: {GAPS[gap.what].format(who=gap.who)}")
    for way in sorted({rung.who.partition(":")[0]: rung.who for rung in hazards.company().rungs()[4:]}.values()):
        wrong = outside.probe(way)
        yield Finding(way.partition(":")[0], wrong is None, wrong or "answers; nobody was rung")
    if not found:
        yield Finding("ladder", True, "each would reach somebody")


def _files(settings: Settings) -> Finding:
    folder = settings.data_dir / "media"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"davy")
            file.flush()
    except OSError as error:
        return Finding("files", False, f"{folder} cannot be written ({error.strerror}): check DAVY_DATA_DIR")
    return Finding("files", True, f"{folder} can be written")


def _space(settings: Settings) -> Finding:
    try:
        free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else ".").free
    except OSError as error:
        return Finding("disk", None, f"cannot be asked ({error.strerror})")
    if free < LITTLE_SPACE:
        return Finding("disk", False, f"only {free // 2**20} MB are free: make room, or set DAVY_DATA_DIR elsewhere")
    return Finding("disk", True, f"{free / 2**30:.1f} GB free")


def _now() -> datetime:
    return SystemClock().now()
