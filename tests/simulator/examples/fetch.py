"""Gets example bots out of source distributions and points them at the simulator; nothing else is changed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "davy-examples"
VERSIONS = {"pyTelegramBotAPI": "4.37.1", "grammy": "1.46.0"}  # the others: the version that is installed
PIP_SECONDS = 180

AIOGRAM_SESSION = '''"""Where the example's bot finds its Bot API."""
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer


def session():
    return AiohttpSession(api=TelegramAPIServer.from_base("{base}"))
'''


class NoRegistry(Exception):
    """There is no package registry to fetch from."""


def source(library: str) -> Path:
    """The unpacked source distribution of a library, fetched by pip once."""
    wanted = VERSIONS.get(library) or version(library)
    stem = f"{library.lower().replace('-', '_')}-{wanted}"
    CACHE.mkdir(parents=True, exist_ok=True)
    found = _unpacked(stem)
    if found is not None:
        return found
    archive = next(
        (f for f in CACHE.glob("*.tar.gz") if f.name.lower().replace("-", "_").startswith(stem.replace("-", "_"))), None
    )
    if archive is None:
        _pip(
            "download",
            "--no-deps",
            "--no-binary=:all:",
            "--no-build-isolation",
            f"{library}=={wanted}",
            "-d",
            str(CACHE),
        )
        archive = next(
            f for f in CACHE.glob("*.tar.gz") if f.name.lower().replace("-", "_").startswith(stem.replace("-", "_"))
        )
    with tarfile.open(archive) as tar:
        tar.extractall(CACHE, filter="data")
    unpacked = _unpacked(stem)
    assert unpacked is not None
    return unpacked


def _unpacked(stem: str) -> Path | None:
    return next(
        (d for d in CACHE.iterdir() if d.is_dir() and d.name.lower().replace("-", "_") == stem.replace("-", "_")), None
    )


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NoRegistry("pip did not answer in time") from None
    if done.returncode:
        raise NoRegistry(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "pip failed")


def beside(package: str) -> list[str]:
    """The path of a package that an example needs and nothing of ours does; it is put beside the cache."""
    if importlib.util.find_spec(package) is not None:
        return []
    place = CACHE / "beside" / package
    if not (place / package).is_dir():
        _pip("install", "--target", str(place), package)
    return [str(place)]


def npm_source(library: str) -> Path:
    """The folder with an installed npm package, fetched once."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NoRegistry("node and npm are not installed")
    place = CACHE / f"{library}-{VERSIONS[library]}"
    if not (place / "node_modules" / library).is_dir():
        place.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-audit", "--no-fund", "--silent", f"{library}@{VERSIONS[library]}"]
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise NoRegistry("npm did not answer in time") from None
        if done.returncode:
            raise NoRegistry(done.stderr.strip()[-200:] or "npm failed")
    return place


def prepare_grammy(file: str, base: str, token: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """A grammY bot: the JavaScript of its README, or ours, with address and token set."""
    place = npm_source("grammy")
    if file.endswith(".md"):
        readme = (place / "node_modules" / "grammy" / file).read_text("utf-8")
        text = next(b for b in re.findall(r"```ts\n(.*?)```", readme, re.S) if "new Bot(" in b)
    else:
        text = (Path(__file__).parent / file).read_text("utf-8")
    patched = text.replace('new Bot("")', f'new Bot("{token}", {{ client: {{ apiRoot: "{base}" }} }})')
    assert patched != text, "the example was not patched"
    path = folder / "bot.js"
    path.write_text(patched, "utf-8")
    return path, {"NODE_PATH": str(place / "node_modules"), "NO_PROXY": "127.0.0.1"}


def prepare(library: str, file: str, base: str, token: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """Write the patched example into a folder; the file to run and what its environment needs."""
    if library == "grammy":
        return prepare_grammy(file, base, token, folder)
    root = source(library)
    text = (root / file).read_text("utf-8")
    environment = {"BOT_TOKEN": token, "PYTHONUNBUFFERED": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    if library == "python-telegram-bot":
        urls = f'"{base}/bot"', f'"{base}/file/bot"'
        text = text.replace('.token("TOKEN")', f'.token("{token}").base_url({urls[0]}).base_file_url({urls[1]})')
        text = text.replace('Bot("TOKEN")', f'Bot("{token}", base_url={urls[0]}, base_file_url={urls[1]})')
        if ".arbitrary_callback_data(True)" in text:
            environment["PYTHONPATH"] = os.pathsep.join(beside("cachetools"))
    elif library == "aiogram":
        text = re.sub(r"\bBot\(\s*token=", "Bot(session=__import__('simulated').session(), token=", text)
        (folder / "simulated.py").write_text(AIOGRAM_SESSION.replace("{base}", base))
    else:
        text = re.sub(r"""(['"])(<api_token>|<TOKEN>|TOKEN)\1""", f"'{token}'", text)
        address = f'telebot.apihelper.API_URL = "{base}/bot{{0}}/{{1}}"\n'
        address += f'telebot.apihelper.FILE_URL = "{base}/file/bot{{0}}/{{1}}"\n'
        text = text.replace("import telebot\n", f"import telebot\n{address}", 1)
        environment["PYTHONPATH"] = os.pathsep.join([str(root), *beside("requests")])
    assert base in text or library == "aiogram", "the example was not patched"
    path = folder / Path(file).name
    path.write_text(text, "utf-8")
    return path, environment
