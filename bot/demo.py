"""`davy demo`: the bot of `davy run`, a local stand-in for Telegram and the dashboard, in one process on one port.

Nothing here speaks for the bot: what stands on the phones comes from logged Bot API calls. The demo only makes the people,
hands each an invitation link, and lets them open it.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app import House
from bot.compliance.sample import load_sample as load_compliance
from bot.db.locking import lock
from bot.db.migrate import upgrade
from bot.duties.sample import load_sample as load_duties
from bot.emergencies.sample import load_sample as load_emergencies
from bot.inspections.sample import load_sample as load_inspections
from bot.kit.clock import SystemClock, instant, local_date
from bot.learning.courses.publishing import decided, load_courses, put_in_force
from bot.library import signing
from bot.library.loading import load_shipped
from bot.library.shipped import content_path
from bot.onboarding.joining import make_invite
from bot.onboarding.sample import load_sample
from bot.people import store as people
from bot.people.importing.problems import Problems
from bot.resources.sample import load_sample as load_resources
from bot.rewards.sample import load_sample as load_rewards
from bot.risks.sample import load_sample as load_risks
from bot.sensors.importing import import_sensors
from bot.serving import listen, serve, stop_on_signals
from bot.settings import Settings
from bot.simulator.app import Simulator, build
from bot.simulator.clock import Clock
from bot.simulator.webapp import public_key
from bot.web import app as web
from bot.web.tablet import actions as doors
from bot.web.tablet import store as tablets
from bot.web.tablet.hashing import hashed

TOKEN = "1815:davy-demo-token-that-opens-nothing-anywhere"
FOLDER = Path("data/demo")
LOOKED_AT = ("Harbour Works/Warehouse/Dock Team",)
"""Where somebody of the cast works: the sample's controls are looked at there."""
MANAGER = "L-1001"
"""Who put the sample risks into the register, and signed the duties."""
SIGNER = "L-1005"
"""Whose name stands under the lessons of the sample company: its trainer."""
ZONE = "America/Chicago"
SIMULATOR_PATHS = ("/bot", "/file/", "/sim", "/page")


@dataclass(frozen=True)
class Part:
    """Whom of the sample company we see on a phone."""

    badge: str
    label: str


BADGE, PIN = "L-1043", "481902"
"""Who has no Telegram in the demo, and signs in at the tablet."""
CAST = (Part("L-1042", "worker"), Part("L-1011", "supervisor"), Part("L-1005", "trainer"), Part("L-1001", "manager"))


async def run(port: int, folder: Path = FOLDER) -> None:
    """Serves the demo until it is interrupted; says `ready: ADDRESS` once it can be used. Each begins anew."""
    sock = listen("127.0.0.1", port)
    address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    clear(folder)
    simulator = build(base_url=address, clock=Clock(morning(SystemClock().now())))
    simulator.add_bot(TOKEN, "davy_demo_bot", "Davy")
    simulator.zone, simulator.strides = ZONE, strides
    house = furnish(address, folder, simulator)
    server, serving = await serve(Switch(simulator.app, web.build(house)), sock)
    simulator.start_ticking()
    stopping = stop_on_signals()
    try:
        await house.start()
        simulator.on_clock_moved.append(house.settle)
        await invite_all(simulator, house)
        await welcomed(simulator, house)
        sys.stdout.write(
            f"without Telegram: {address}/tablet (badge {BADGE}, PIN {PIN}); without a name: {address}/report\n"
        )
        sys.stdout.write(f"ready: {address}\n")
        sys.stdout.flush()
        failing = asyncio.create_task(house.wait())
        done, _ = await asyncio.wait([stopping, failing], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.should_exit = True
        await simulator.close()
        await house.stop()
        await serving


def clear(folder: Path) -> None:
    """An empty folder, unless another demo lives in it: then AlreadyServing, and nothing of that one is touched."""
    folder.mkdir(parents=True, exist_ok=True)
    if (held := lock(database_in(folder))) is not None:
        held.close()
    shutil.rmtree(folder)
    folder.mkdir()


def database_in(folder: Path) -> str:
    """The address of the demo's database."""
    return f"sqlite:///{folder}/davy.sqlite3"


def furnish(address: str, folder: Path, simulator: Simulator) -> House:
    """The house of the demo, with the sample company and the shipped content in its database."""
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr(TOKEN), bot_api_url=address, database_url=database_in(folder), data_dir=folder,
        public_url=address, miniapp_key=public_key(simulator.world), pin_anywhere=True, web_reports="open",
        tablet_idle_seconds=300,
    )  # type: ignore[call-arg]  # fmt: skip
    upgrade(settings.database_url)
    house = House(settings, simulator.clock)
    house.writer.run(fill, simulator.clock.now())
    house.writer.run(without_phone, simulator.clock.now())
    return house


def fill(session: Session, now: datetime) -> None:
    """The sample company with risks, checklists, laws, plans, duties, money and equipment, and the shipped content."""
    load_sample(session, now)
    import_sensors(session, content_path() / "sample" / "sensors.csv", now, Problems("sensors.csv"))
    load_shipped(session, now)
    load_courses(session, now)
    signer = people.person_by_badge(session, SIGNER, now)
    assert signer is not None, "the sample company has a trainer"
    signing.sign_all(session, signer.id, now)
    viewer = people.viewer(session, signer.id, now)
    for course, force in decided(session, viewer, now.date()):
        if not force:
            put_in_force(session, course.id, viewer, now.date(), now)
    manager = people.person_by_badge(session, MANAGER, now)
    assert manager is not None, "the sample company has a manager"
    load_risks(session, manager.id, now, LOOKED_AT)
    load_inspections(session, manager.id, now)
    load_emergencies(session, now)
    load_duties(session, manager.id, now)
    load_compliance(session, manager.id, now)
    load_rewards(session, manager.id, now)
    load_resources(session, manager.id, now)


def without_phone(session: Session, now: datetime) -> None:
    """Somebody of the sample company has no Telegram, and has chosen a PIN."""
    who = people.person_by_badge(session, BADGE, now)
    assert who is not None, "the sample company has a newcomer"
    code = tablets.code(doors.own_code(session, who.id, now))
    doors.set_pin(session, who.id, code, hashed(PIN), now)


async def invite_all(simulator: Simulator, house: House) -> None:
    """Each of the cast gets a phone and opens the link that a new colleague would get."""
    bot = simulator.people.bot()
    for part in CAST:
        now = house.clock.now()
        who = await house.writer.in_transaction(people.person_by_badge, part.badge, now)
        if who is None:
            continue
        link = await house.writer.in_transaction(make_invite, who.id, now, by=None)
        first, _, last = who.name.partition(" ")
        user = simulator.add_user(first, last_name=last or None, language_code=who.lang, label=part.label)
        user.zone = who.zone
        simulator.people.say(user, simulator.world.private_chat(bot, user), {"text": f"/start {link}"})


async def welcomed(simulator: Simulator, house: House) -> None:
    """Waits until everybody is in and what is due has reached them: the lesson is there when the page opens."""
    queue = simulator.people.bot().queue
    for _ in range(500):
        if not queue.waiting:
            break
        await asyncio.sleep(0.01)
    await house.settle()


def morning(real: datetime) -> datetime:
    """Five past nine on the next working day at the worker's site: when the day's lesson is due and people are at work."""
    day = local_date(real, ZONE)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return instant(day, time(9, 5), ZONE)


def strides(seconds: float) -> Iterator[float]:
    """Time passes, it does not leap: ten minutes at a time in the first hour, then hour by hour.

    So what falls due on the way is done on its way, as it would be: calls climb one by one, the lesson comes in the morning.
    """
    gone = 0.0
    while True:
        stride = min(seconds - gone, 600.0 if gone < 3600 else 3600.0)
        yield stride
        gone += stride
        if gone >= seconds or stride <= 0:
            return


class Switch:
    """Sends the simulator's paths to the simulator and all others to the dashboard."""

    def __init__(self, simulator: ASGIApp, dashboard: ASGIApp) -> None:
        self._simulator, self._dashboard = simulator, dashboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        path = scope.get("path", "")
        simulated = path == "/" or path.startswith(SIMULATOR_PATHS)
        await (self._simulator if simulated else self._dashboard)(scope, receive, send)
