"""Every setting, from `DAVY_` variables or a `.env` file (long because it is one table of all that can be set).

Frozen; every bad variable is reported at once.
"""

from __future__ import annotations

import os
import re
import socket
from datetime import time
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.kit.privacy import DAYS, Kind


class BadSettings(Exception):
    """One line a bad variable; shown to the operator as it is."""


class Settings(BaseSettings):
    """What an operator may set. Each field is `DAVY_` and its name in capitals; `.env.example` explains each."""

    model_config = SettingsConfigDict(
        env_prefix="DAVY_", env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    bot_token: SecretStr = Field(default=SecretStr(""), description="The token that BotFather gave, like 123456:ABC...")
    bot_api_url: str = Field(default="https://api.telegram.org", description="Where the Bot API is, without /bot")
    database_url: str = Field(
        default="sqlite:///data/davy.sqlite3",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (HOST1:PORT,HOST2:PORT where a standby may take over)",
    )
    updates: Literal["polling", "webhook"] = Field(
        default="polling", description="How updates come: Davy asks, or Telegram calls"
    )
    webhook_url: str | None = Field(
        default=None, description="Public https address that Telegram calls, needed with webhook"
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="1-256 of A-Z a-z 0-9 _ -; made from the token when left out"
    )
    proxy: str | None = Field(default=None, description="http://HOST:PORT through which the Bot API is reached")
    host: str = Field(default="127.0.0.1", description="Address that the dashboard and the webhook listen on")
    port: int = Field(default=8080, ge=1, le=65535, description="Port of the dashboard and the webhook")
    public_url: str | None = Field(
        default=None, description="Address under which people reach the dashboard; http://HOST:PORT when left out"
    )
    replica: str = Field(
        default="",
        max_length=34,
        pattern=r"^[\w.-]*$",
        description="Name of this process among several on one PostgreSQL, the same after a restart; HOSTNAME-PORT when left out",
    )
    data_dir: Path = Field(default=Path("data"), description="Where pictures, locks and exports lie")
    backup_dir: Path | None = Field(
        default=None,
        description="Where `davy backup` writes, on another disk or machine; doctor looks how old the newest one is",
    )
    backup_keep_days: int = Field(
        default=30, ge=1, le=3650, description="Older backups are taken away by `davy backup`, but never the newest"
    )
    hr_folder: Path | None = Field(
        default=None,
        description="Folder into which HR puts its file of people; the newest is taken in, once (docs/howto/people-every-night.md)",
    )
    anchor_file: Path | None = Field(
        default=None,
        description="File on another machine or on storage that is only added to: once a day the ledger's digest goes there",
    )
    anchor_webhook: str | None = Field(
        default=None, pattern=r"^https?://", description="Address that gets the ledger's digest once a day, signed"
    )
    anchor_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="What these calls are signed with; needed with ANCHOR_WEBHOOK"
    )
    anchor_timestamp_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Service (RFC 3161) that signs the ledger's digest once a day",
    )
    anchor_timestamp_roots: Path | None = Field(
        default=None, description="Certificates (PEM) that its stamps are checked by; needed with ANCHOR_TIMESTAMP_URL"
    )
    miniapp_key: str = Field(
        default="",
        pattern=r"^([0-9a-fA-F]{64})?$",
        description="Ed25519 key (hexadecimal) that signs what Mini Apps are told; Telegram's own when left out, a stand-in's else",
    )
    second_factor: bool = Field(
        default=False,
        description="Whether people with the roles of SECOND_FACTOR_ROLES need a second factor on the dashboard",
    )
    second_factor_roles: str = Field(
        default="admin", description="Roles, with commas between, that need a second factor where SECOND_FACTOR is on"
    )
    second_factor_minutes: int = Field(
        default=15,
        ge=1,
        le=480,
        description="Minutes for which one proof of a second factor is enough where rights or people's data are given away",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)?$",
        description="Address of the company's own sign-in (OpenID Connect), as it calls itself; none when left out",
    )
    oidc_client_id: str = Field(default="", description="Under which name Davy is known there; needed with OIDC_ISSUER")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="What Davy proves itself with there; PKCE alone when left out"
    )
    oidc_claim: str = Field(
        default="employee_number", description="The claim of the ID token that says who somebody is, like email"
    )
    oidc_match: Literal["badge", "email"] = Field(
        default="badge", description="Whether that claim is a badge number or an e-mail address of the personnel file"
    )
    heartbeat_url: SecretStr | None = Field(
        default=None,
        description="Address of a monitor outside that is called once a minute while all is well, and rings when no call comes",
    )
    keep_days: str = Field(
        default="",
        pattern=r"^\s*([a-z]+=\d+\s*(,\s*[a-z]+=\d+\s*)*)?$",
        description="Days for which kinds of personal data are kept, like learning=1095,messages=60 (davy privacy register)",
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="What a collector elsewhere must send to read /metrics (Authorization: Bearer ...)"
    )
    tablet_idle_seconds: int = Field(
        default=75, ge=30, le=900, description="Seconds without a touch until a shared tablet signs somebody out"
    )
    pin_anywhere: bool = Field(
        default=False, description="Whether badge and PIN open any browser, and not only tablets that were enrolled"
    )
    web_reports: Literal["off", "places", "open"] = Field(
        default="places",
        description="Reports without a name by a page: not at all, by a place's QR code alone, or by anybody who has the address",
    )
    place_rules: bool = Field(
        default=False, description="Whether a place's public page shows what its rules say; else their titles alone"
    )
    place_links: Literal["telegram", "web"] = Field(
        default="telegram", description="Where a place's QR code leads: to the bot, or to a page for every phone"
    )
    zone: str = Field(default="UTC", description="IANA time zone of units that have none of their own")
    language: str = Field(default="en", description="Language of people whose own is not in the catalogue")
    secret_key: SecretStr | None = Field(
        default=None,
        description="Seals identities and signs sessions; at least 32 characters; made at first start into DATA_DIR/secret.key",
    )
    rate_per_second: float = Field(
        default=30, gt=0, le=1000, description="Messages a second that Telegram allows this token"
    )
    rate_per_chat: float = Field(default=1, gt=0, le=30, description="Messages a second to one chat")
    unasked_per_day: int = Field(
        default=2, ge=0, le=20, description="Messages a day that a person gets without having asked; alerts are exempt"
    )
    second_person_over: int = Field(
        default=500, ge=1, description="A message to more people than this needs the word of a second person first"
    )
    second_person_hours: int = Field(
        default=24, ge=1, le=168, description="Hours in which a second person must agree, else it is not done"
    )
    push_at: time = Field(default=time(9, 0), description="Local time of the daily lesson for people without a shift")
    lesson_pictures: bool = Field(
        default=True, description="Whether lessons come with a drawn card; off saves data, and the words say it all"
    )
    quiet_start: time = Field(
        default=time(21, 0), description="When quiet hours begin for people without a shift, local time"
    )
    quiet_end: time = Field(default=time(7, 0), description="When quiet hours end, local time")
    ladder_minutes: int = Field(
        default=10, ge=1, le=1440, description="Minutes until an alert climbs to the next person"
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="smtp://USER:PASSWORD@HOST:587 (smtps:// for TLS from the start): alerts also leave by e-mail",
    )
    smtp_from: str = Field(default="", description="The address that these e-mails come from")
    alert_emails: str = Field(
        default="",
        description="Addresses, with commas between, that are written to last of all, where no ladder names others",
    )
    alert_webhook: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Address that is called last of all, signed (see docs/howto/alert-outside-telegram.md)",
    )
    alert_webhook_secret: SecretStr = Field(
        default=SecretStr(""), description="What these calls are signed with; needed with ALERT_WEBHOOK"
    )
    api_per_minute: int = Field(
        default=600, ge=1, le=100_000, description="How often a minute another program may call with one token"
    )
    webhook_days: int = Field(
        default=3, ge=1, le=30, description="For how many days a call to another program is tried before it is given up"
    )
    webhook_inside: bool = Field(
        default=False,
        description="Whether webhooks may go to addresses inside (10.0.0.0/8, 192.168.0.0/16, localhost); else they are refused",
    )
    mqtt_url: SecretStr | None = Field(
        default=None,
        description="mqtt://USER:PASSWORD@HOST:1883 of the broker that sensors speak to (mqtts:// with TLS); needs davy[mqtt]",
    )
    mqtt_topic: str = Field(
        default="davy/sensors/#", description="The topic that is listened to; its last part is the sensor's code"
    )
    hooks_refused: str = Field(
        default="", description="Names of sources, with commas between, whose signed calls are not taken any more"
    )
    risks_dir: Path | None = Field(
        default=None,
        description="Folder of the company's own register.yaml and weights.yaml, as in content/risks; else the shipped ones",
    )
    rewards_dir: Path | None = Field(
        default=None, description="Folder of the company's own policy.yaml, as in content/rewards; else the shipped one"
    )
    incidents_dir: Path | None = Field(
        default=None,
        description="Folder of the company's own clocks.yaml and first-aid.yaml, as in content/incidents; else the shipped ones",
    )
    scoring_file: Path | None = Field(
        default=None,
        description="The company's own policy of scores, as content/scoring/policy.yaml; else the shipped one",
    )
    watch_hosts: str = Field(
        default="",
        description="Hosts, with commas between, where pages of the legal register are watched once a day; none when left out",
    )
    clock: Literal["system", "simulator"] = Field(
        default="system", description="simulator: follow the clock of the simulator at BOT_API_URL"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged")
    log_format: Literal["console", "json"] = Field(
        default="console", description="Log lines for people or for machines"
    )

    @field_validator("smtp_url")
    @classmethod
    def _mail_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"smtps?://[^/]+$", value.get_secret_value()):
            raise ValueError("write it like smtp://USER:PASSWORD@HOST:587")
        return value

    @model_validator(mode="after")
    def _webhook_signs(self) -> Settings:
        if self.alert_webhook and len(self.alert_webhook_secret.get_secret_value()) < 16:
            raise ValueError("ALERT_WEBHOOK needs ALERT_WEBHOOK_SECRET of at least 16 characters")
        return self

    @model_validator(mode="after")
    def _anchor_signs(self) -> Settings:
        if self.anchor_webhook and len(self.anchor_webhook_secret.get_secret_value()) < 16:
            raise ValueError("ANCHOR_WEBHOOK needs ANCHOR_WEBHOOK_SECRET of at least 16 characters")
        return self

    @model_validator(mode="after")
    def _stamps_are_checked(self) -> Settings:
        if self.anchor_timestamp_url and self.anchor_timestamp_roots is None:
            raise ValueError(
                "ANCHOR_TIMESTAMP_URL needs ANCHOR_TIMESTAMP_ROOTS, or nobody could tell whose stamp it is"
            )
        return self

    @model_validator(mode="after")
    def _oidc_has_a_client(self) -> Settings:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("OIDC_ISSUER needs OIDC_CLIENT_ID")
        return self

    @field_validator("keep_days")
    @classmethod
    def _known_kinds(cls, value: str) -> str:
        for each in filter(None, value.split(",")):
            name, _, days = each.partition("=")
            if name.strip() not in set(Kind) - {Kind.LEDGER} or int(days) < 1:
                raise ValueError(
                    f"{each.strip()!r}: kinds are {', '.join(sorted(set(Kind) - {Kind.LEDGER}))}, days at least 1"
                )
        return value

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone is called {value!r}; write it like Europe/Madrid") from error
        return value

    @property
    def name(self) -> str:
        """What this process is called among several; the same after a restart."""
        return self.replica or f"{re.sub(r'[^0-9A-Za-z.-]', '-', socket.gethostname())[-28:]}-{self.port}"

    @property
    def refused_sources(self) -> frozenset[str]:
        """The sources whose signed calls are not taken any more."""
        return frozenset(name.strip() for name in self.hooks_refused.split(",") if name.strip())

    @property
    def watched_hosts(self) -> frozenset[str]:
        """The hosts at which pages may be fetched."""
        return frozenset(host.strip().lower() for host in self.watch_hosts.split(",") if host.strip())

    @property
    def retention(self) -> dict[Kind, int | None]:
        """Days for which each kind of personal data is kept; None: until somebody is erased."""
        said = (each.split("=") for each in self.keep_days.split(",") if each.strip())
        return DAYS | {Kind(name.strip()): int(days) for name, days in said}

    @property
    def outside(self) -> tuple[str, ...]:
        """The last rungs of a ladder that names none of its own outside the chat."""
        mails = tuple(f"email:{each.strip()}" for each in self.alert_emails.split(",") if each.strip())
        return (*mails, *(("webhook",) if self.alert_webhook else ()))

    @property
    def address(self) -> str:
        """Where people reach the dashboard, without a closing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def file_variables() -> dict[str, str]:
    """The variables that name a file with a secret in it, as containers are given them: DAVY_BOT_TOKEN_FILE for bot_token."""
    secret = [name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    return {f"DAVY_{name.upper()}_FILE": name for name in (*secret, "database_url")}


def load(**overrides: object) -> Settings:
    """Settings from the environment. Raises BadSettings with a line for every variable that is wrong."""
    given, lines = _from_files()
    try:
        found = Settings(**(given | overrides))  # type: ignore[arg-type]
    except ValidationError as error:
        lines += [
            f"DAVY_{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
    if lines:
        raise BadSettings("\n".join(lines)) from None
    return found


def _from_files() -> tuple[dict[str, object], list[str]]:
    """What the named files say, without the end of their last line; and a line for each that cannot be read."""
    found: dict[str, object] = {}
    wrong = []
    said = {**dotenv_values(".env"), **os.environ}
    for variable, name in file_variables().items():
        path = said.get(variable)
        if not path:
            continue
        if said.get(variable.removesuffix("_FILE")):
            wrong.append(f"{variable}: {variable.removesuffix('_FILE')} is set as well; keep one of the two")
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            wrong.append(f"{variable}: {path} cannot be read ({getattr(error, 'strerror', None) or 'no text'})")
    return found, wrong
