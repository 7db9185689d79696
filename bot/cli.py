"""The `davy` command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from bot import logs
from bot.assessment.issuing import command as auditing
from bot.assessment.issuing import exporting
from bot.backup import command as backing_up
from bot.backup.model import BadBackup
from bot.db.engine import BadDatabase
from bot.db.locking import AlreadyServing
from bot.delivery import command as scheduling
from bot.delivery.transport_errors import InvalidToken, TelegramError, redact
from bot.doctor import doctor, inside
from bot.inspections import command as inspecting
from bot.kit.endpoints import Event
from bot.onboarding import command as importing
from bot.privacy import command as keeping
from bot.resources import command as providing
from bot.rewards.shop import command as rewarding
from bot.risks import command as registering
from bot.sensors import command as sensing
from bot.serving import CannotListen
from bot.setting_up import invite, setup
from bot.settings import BadSettings, Settings, load
from bot.web import command as leaving
from bot.web.api import command as opening
from bot.web.webhooks import command as telling

app = typer.Typer(
    help="Davy, the safety bot of a company.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def settings_or_stop(**overrides: object) -> Settings:
    """The settings; a line for each bad one and exit 2 otherwise."""
    settings = load(**{k: v for k, v in overrides.items() if v is not None})
    logs.configure(settings.log_level, settings.log_format)
    return settings


@app.command()
def run() -> None:
    """Serve: take updates, send messages, show the dashboard. Settings come from the environment or .env."""
    from bot.db.migrate import upgrade
    from bot.library.loading import take_in
    from bot.serving import run as serve
    from bot.web.standing import pages as standing

    settings = settings_or_stop()
    standing.examines[:] = [partial(inside, settings)]
    if not settings.bot_token.get_secret_value():
        raise BadSettings("DAVY_BOT_TOKEN is not set: get one from @BotFather, or run: davy setup")
    upgrade(settings.database_url)
    take_in(settings.database_url)
    asyncio.run(serve(settings, clock_of(settings)))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page")] = 8080,
) -> None:
    """See it work: the bot, a local stand-in for Telegram and the phones of four people, on one page."""
    from bot.demo import run as serve

    logs.configure("WARNING", "console")
    asyncio.run(serve(port))


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="Port to listen on, loopback only")] = 8081,
    any_token: Annotated[bool, typer.Option(help="Make a bot for each token that calls")] = False,
    log: Annotated[Path | None, typer.Option(help="Append every call to this file as JSON lines")] = None,
) -> None:
    """A local Bot API with a phone-like page, for any bot in any language."""
    from bot.simulator.app import serve

    logs.configure("WARNING", "console")
    serve(port, any_token=any_token, log=log)


@app.command()
def migrate(
    back: Annotated[str, typer.Option(help="Go back to this older schema, for the version that needs it")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Bring the database to the newest schema, or back to an older one."""
    from bot.db.migrate import step_back, upgrade

    settings = settings_or_stop()
    if not back:
        upgrade(settings.database_url)
        typer.echo("the database is up to date")
        return
    if not yes:
        typer.confirm("What only newer versions know is lost. Is there a backup, and nobody serving?", abort=True)
    step_back(settings.database_url, back)
    typer.echo(f"the database is at {back}: start the version that needs it")


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Banks (.yaml .csv .xlsx .gift .xml .zip), lessons (.md) or folders")
    ],
    json: Annotated[bool, typer.Option("--json", help="For programs")] = False,
) -> None:
    """Check question banks and lessons: a line for each problem, exit 1 if there is an error."""
    from bot.library.command import check_files

    raise typer.Exit(check_files(files, as_json=json, out=sys.stdout))


export = typer.Typer(help="Write what is known into a file.", no_args_is_help=True)
app.add_typer(export, name="export")


@export.command("assessment")
def export_assessment(
    starts: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, like 2026-11-01")],
    ends: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, like 2026-11-30")],
    out: Annotated[Path, typer.Option(help="The file to write")],
    format: Annotated[str, typer.Option(help="xlsx, csv or json")] = "xlsx",
) -> None:
    """Participation from the ledger: what each person was offered and did. The same data gives the same bytes."""
    from bot.assessment.command import export_file

    settings = settings_or_stop()
    written = export_file(settings, starts.date(), ends.date(), format, out)
    typer.echo(f"{out}: {written} people")


@export.command("bank")
def export_bank(
    bank: Annotated[str, typer.Argument(help="The id of a live bank, or a file with one")],
    out: Annotated[Path, typer.Option(help="The file to write")],
    format: Annotated[str, typer.Option(help="xlsx, csv, yaml, gift, aiken, moodle (its XML) or zip")] = "xlsx",
) -> None:
    """A bank of questions for another program; what its format cannot say is told."""
    from bot.library.command import export_bank

    written = export_bank(settings_or_stop(), bank, format, out, sys.stderr)
    typer.echo(f"{out}: {written} questions")


@app.command()
def hook(
    source: Annotated[str, typer.Argument(help="The name of a gateway or another system, as it stands in its address")],
) -> None:
    """The secret with which a machine signs its calls (sensors), and where it calls."""
    from bot.app import secret_key
    from bot.web.hooks import secret_of

    settings = settings_or_stop()
    typer.echo(f"secret: {secret_of(secret_key(settings), source)}")
    typer.echo(f"address: {settings.address}/hooks/sensors/{source}")


def clock_of(settings: Settings):  # type: ignore[no-untyped-def]
    """The clock that the settings name."""
    from bot.kit.clock import SystemClock

    if settings.clock == "system":
        return SystemClock()
    from bot.following import SimulatorClock

    return SimulatorClock(settings.bot_api_url)


def main() -> None:
    """Runs a command; what an operator can mend is one clear line and a non-zero exit, never a traceback."""
    try:
        app()
    except BadSettings as error:
        _stop(*str(error).splitlines())
    except (BadDatabase, BadBackup, AlreadyServing, CannotListen) as error:
        _stop(str(error))
    except InvalidToken:
        _stop("Telegram does not know DAVY_BOT_TOKEN: copy it again from @BotFather (it looks like 123456:ABC...)")
    except TelegramError as error:
        _stop(
            f"the Bot API cannot be reached: {redact(str(error))}; check DAVY_BOT_API_URL, the network and DAVY_PROXY"
        )
    except OperationalError as error:
        _stop(
            f"the database does not work: {_cause(error)}; check DAVY_DATABASE_URL, its rights and the space on its disk"
        )
    except OSError as error:
        _stop(f"{error.filename or 'the disk'}: {error.strerror or error}")


def _composed() -> Settings:
    """The settings, the newest schema, and every room told: what is written is followed up by the rooms."""
    from bot.app import compose
    from bot.db.migrate import upgrade

    settings = settings_or_stop()
    upgrade(settings.database_url)
    compose(settings)
    return settings


def _told() -> Settings:
    """The settings, and every room told; the database stays as it is: whoever looks whether it was changed changes nothing."""
    from bot.app import compose

    settings = settings_or_stop()
    compose(settings)
    return settings


def _events() -> Mapping[str, Event]:
    """What other programs can be told of."""
    from bot.app import all_events

    return all_events()


auditing.begin = _told
app.add_typer(auditing.audit_app, name="audit")
importing.begin = _composed
backing_up.compose = _composed
scheduling.begin = _composed
sensing.begin = _composed
registering.begin = _composed
importing.import_app.command("sensors")(sensing.sensors_)
importing.import_app.command("risks")(registering.risks_)
rewarding.begin = _composed
importing.import_app.command("rewards")(rewarding.rewards_)
providing.begin = _composed
importing.import_app.command("equipment")(providing.equipment_)
importing.import_app.command("budget")(providing.budget_)
exporting.begin = _composed
export.command("scores")(exporting.export_scores)
inspecting.begin = _composed
importing.import_app.command("checklists")(inspecting.checklists_)
export.command("checklist")(inspecting.export_checklist)
app.command("verify-pack")(inspecting.verify_pack)
app.add_typer(importing.import_app, name="import")
app.add_typer(scheduling.schedule_app, name="schedule")
keeping.begin = _composed
export.command("person")(keeping.export_person)
app.add_typer(keeping.erase_app, name="erase")
app.command()(keeping.hold)
leaving.begin = _composed
app.command("sign-out")(leaving.sign_out)
app.add_typer(keeping.privacy_app, name="privacy")
opening.begin = _composed
app.add_typer(opening.token_app, name="token")
telling.begin = _composed
telling.events = _events
app.add_typer(telling.webhook_app, name="webhook")
app.command()(backing_up.backup)
app.command()(backing_up.restore)
app.command()(setup)
app.command()(invite)
app.command()(doctor)


def _cause(error: OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else str(error).splitlines()[0]


def _stop(*lines: str) -> None:
    for line in lines:
        typer.echo(f"davy: {line}", err=True)
    sys.exit(1)
