"""`davy setup`: from a token to a first administrator, each answer checked; writes `.env` and says what comes next."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.app import compose
from bot.db.engine import BadDatabase, connect
from bot.db.migrate import upgrade
from bot.delivery.transport import AiohttpRequest
from bot.delivery.transport_errors import NotSent, Uncertain, redact
from bot.i18n.languages import LANGUAGES
from bot.kit.clock import SystemClock
from bot.onboarding.joining import make_invite
from bot.people import actions, store
from bot.people.importing.company import JURISDICTION
from bot.people.model import Role, Unit, UnitKind
from bot.people.tables import PersonRow
from bot.settings import Settings, load

STEPS = """
Now in Telegram, with @BotFather:
  1. /setname         a name people recognise, like "{company} safety"
  2. /setdescription  "The safety bot of {company}. For our people only; ask your supervisor for a link."
  3. /setuserpic      your lamp, or your logo
  4. /setprivacy      Enable (so that it does not read groups)
  5. /setjoingroups   Enable for toolbox talks in crews' groups, otherwise Disable
Commands need not be set: Davy gives everybody the menu of their role, in their language.
"""


@dataclass
class Answers:
    """What was asked for."""

    token: str
    database_url: str
    proxy: str | None
    api_url: str
    company: str
    site: str
    zone: str
    jurisdiction: str
    language: str
    admin: str
    badge: str


def setup(
    token: Annotated[str | None, typer.Option(help="What @BotFather gave, like 123456:ABC...")] = None,
    database_url: Annotated[str | None, typer.Option(help="sqlite:///FILE or postgresql://...")] = None,
    proxy: Annotated[str | None, typer.Option(help="http://HOST:PORT to reach Telegram through")] = None,
    api_url: Annotated[str | None, typer.Option(help="Where the Bot API is, if it is your own server")] = None,
    company: Annotated[str | None, typer.Option(help="The company's name")] = None,
    site: Annotated[str | None, typer.Option(help="The first site's name")] = None,
    zone: Annotated[str | None, typer.Option(help="Its time zone, like Europe/Madrid")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Whose law holds there: CN, US, GB, ES ...")] = None,
    language: Annotated[str | None, typer.Option(help=f"Its language: {', '.join(LANGUAGES)}")] = None,
    admin: Annotated[str | None, typer.Option(help="The first administrator's name")] = None,
    badge: Annotated[str | None, typer.Option(help="Their badge number")] = None,
    env: Annotated[Path, typer.Option(help="Where the settings are written")] = Path(".env"),
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the usual where nothing is given")] = False,
) -> None:
    """Set Davy up: token, database, site, first administrator. Run again, it makes a new link for the administrator."""
    ask = _Asking(yes)
    usual = load(_env_file=env)
    api = api_url or usual.bot_api_url
    through = proxy or usual.proxy or (None if yes else ask("Proxy to reach Telegram (empty: none)", None, "") or None)
    given = token or usual.bot_token.get_secret_value() or None
    me, good_token = ask.until("Token from @BotFather", given, lambda word: _bot(word, api, through))
    url = ask.until("Database", database_url, _writable, usual.database_url)[1]
    answers = Answers(
        token=good_token, database_url=url, proxy=through, api_url=api,
        company=ask("Company", company, "My company"),
        site=ask("First site", site, "Main site"),
        zone=ask.until("Time zone of the site", zone, _zone, usual.zone)[1],
        jurisdiction=ask.until("Country whose law holds there (two letters)", jurisdiction, _jurisdiction, "any")[1],
        language=ask.until(f"Its language ({', '.join(LANGUAGES)})", language, _language, usual.language)[1],
        admin=ask("Your name (the first administrator)", admin, None),
        badge=ask("Your badge number", badge, None),
    )  # fmt: skip
    if not yes and not typer.confirm(f"Write {env} and set up @{me['username']}?", default=True):
        _stop("nothing was changed")
    _write_env(env, answers)
    link = furnish(load(_env_file=env), answers, str(me["username"]))
    typer.echo(STEPS.format(company=answers.company))
    typer.echo(
        f"Start it:  davy run\n\nThen open this link on {answers.admin}'s phone (once, within 72 hours):\n  {link}"
    )
    typer.echo("\nNext: davy import people FILE --company FILE   (templates: content/sample)")


def furnish(settings: Settings, answers: Answers, username: str) -> str:
    """Schema, company, site and administrator, as far as they are not there; answers a fresh one-time link."""
    upgrade(settings.database_url)
    compose(settings)
    engine = connect(settings.database_url)
    now = SystemClock().now()
    try:
        with Session(engine) as session, session.begin():
            site = _site(session, answers)
            row = session.scalar(select(PersonRow).where(PersonRow.badge == answers.badge))
            if row is not None and row.left_on is not None:
                _stop(f"{answers.badge} belonged to somebody who has left; take another number")
            post = "administrator"
            person = row.id if row else actions.add_person(
                session, answers.badge, answers.admin, answers.language, site, post, now.date()
            )  # fmt: skip
            top = store.unit(session, store.ancestors(site.path)[-1]) or site
            actions.grant(session, person, Role.ADMIN, top.id, now)
            token = make_invite(session, person, now, by=None)
    finally:
        engine.dispose()
    return f"https://t.me/{username}?start={token}"


def invite(badge: Annotated[str, typer.Argument(help="Whom the link lets in, or onto a new phone")]) -> None:
    """Makes a link that lets somebody in without a second person, where nobody could agree. Their old phone is told, and closed."""
    settings, now = load(), SystemClock().now()
    try:
        me = _bot(settings.bot_token.get_secret_value(), settings.bot_api_url, settings.proxy)
    except _NotGood as error:
        _stop(str(error))
    compose(settings)
    engine = connect(settings.database_url)
    try:
        with Session(engine) as session, session.begin():
            who = store.person_by_badge(session, badge, now)
            if who is None or who.left_on is not None:
                _stop(f"nobody who works here has the badge {badge!r}")
            token = make_invite(session, who.id, now, by=None)
    finally:
        engine.dispose()
    typer.echo(
        f"Open this link on {who.name}'s phone (once, within 72 hours):\n  https://t.me/{me['username']}?start={token}"
    )


def _site(session: Session, answers: Answers) -> Unit:
    units, today = store.units(session), SystemClock().now().date()
    top = next((unit for unit in units if unit.kind is UnitKind.COMPANY), None) or actions.add_unit(
        session, UnitKind.COMPANY, answers.company, None, today, zone=answers.zone, language=answers.language
    )
    sites = [unit for unit in units if unit.kind is UnitKind.SITE]
    same = next((unit for unit in sites if unit.name == answers.site), None)
    return same or actions.add_unit(
        session, UnitKind.SITE, answers.site, top, today, zone=answers.zone, jurisdiction=answers.jurisdiction,
        language=answers.language,
    )  # fmt: skip


class _Asking:
    """Asks a person, or takes what was given on the command line."""

    def __init__(self, never: bool) -> None:
        self._never = never

    def __call__(self, what: str, given: str | None, usual: str | None) -> str:
        if given is not None:
            return given
        if not self._never:
            return str(typer.prompt(what, default=usual)).strip()
        if usual is None:
            _stop(f"{what}: nothing was given, and --yes asks nothing")
        return usual

    def until(
        self, what: str, given: str | None, check: Callable[[str], Any], usual: str | None = None
    ) -> tuple[Any, str]:
        """Asks until the answer is good: what the check found, and the answer. What was given must be good at once."""
        while True:
            word = self(what, given, usual).strip()
            try:
                return check(word), word
            except _NotGood as error:
                if given is not None or self._never:
                    _stop(f"{what}: {error}")
                typer.echo(f"  {error}", err=True)


class _NotGood(Exception):
    """An answer that cannot be taken; says why."""


def _bot(token: str, api_url: str, proxy: str | None) -> dict[str, Any]:
    """What Telegram says of a token."""

    async def ask() -> dict[str, Any]:
        transport = AiohttpRequest(token, api_url=api_url, proxy=proxy)
        await transport.initialize()
        try:
            return dict(await transport.call("getMe"))
        finally:
            await transport.shutdown()

    if ":" not in token:
        raise _NotGood("that is no token: it looks like 123456:ABC-DEF...")
    try:
        me = asyncio.run(ask())
    except (NotSent, Uncertain) as error:
        raise _NotGood(f"{api_url} cannot be reached ({redact(str(error))}); is a proxy needed?") from None
    except Exception as error:
        raise _NotGood(f"Telegram refuses it ({redact(str(error))}): copy it again from @BotFather") from None
    typer.echo(f"  it is @{me['username']}")
    return me


def _writable(url: str) -> str:
    """Whether a database can be opened and written."""
    try:
        engine = connect(url)
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE davy_setup (id INTEGER)"))
            connection.rollback()
        engine.dispose()
    except BadDatabase as error:
        raise _NotGood(str(error)) from None
    except DBAPIError as error:
        raise _NotGood(str(error.orig).strip().splitlines()[0]) from None
    return url


def _zone(word: str) -> None:
    try:
        ZoneInfo(word)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _NotGood(f"no time zone is called {word!r}; write it like Europe/Madrid") from None


def _jurisdiction(word: str) -> None:
    if not JURISDICTION.fullmatch(word):
        raise _NotGood(f"{word!r} is no country: two capital letters, like CN, US, GB, or any")


def _language(word: str) -> None:
    if word not in LANGUAGES:
        raise _NotGood(f"{word!r} is none of {', '.join(LANGUAGES)}")


def _write_env(path: Path, answers: Answers) -> None:
    """Writes what was answered and keeps all other lines. Only its owner may read the file: it holds the token."""
    values = {
        "DAVY_BOT_TOKEN": answers.token,
        "DAVY_DATABASE_URL": answers.database_url,
        "DAVY_BOT_API_URL": answers.api_url if answers.api_url != Settings.model_fields["bot_api_url"].default else "",
        "DAVY_PROXY": answers.proxy or "",
        "DAVY_ZONE": answers.zone,
        "DAVY_LANGUAGE": answers.language,
    }
    old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in old if line.split("=", 1)[0].strip() not in values]
    new = [f"{name}={_quoted(value)}" for name, value in values.items() if value]
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([*kept, *new]) + "\n")
    unfinished.replace(path)


def _quoted(value: str) -> str:
    """A value as a .env file takes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" if set(value) & set(" #'\"$\\") else value


def _stop(line: str) -> NoReturn:
    typer.echo(f"davy: {line}", err=True)
    raise typer.Exit(1)
