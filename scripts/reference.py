"""Write docs/reference/*.md and .env.example from the code: `make reference` (long because each page has its writer).

With --check nothing is written; pages that differ are named and the exit code is 1 (the house tests do the same).
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.review import review  # noqa: E402
from scripts.signs import page_of_signs  # noqa: E402

BOT = ROOT / "bot"
MADE = "<!-- Made by `make reference` from the code: change the code, not this page. -->"
METRICS = {"Counter", "Gauge", "Histogram", "Summary"}


def there(module: str) -> bool:
    """Whether a module exists, and for the list of rooms, whether every room on it does."""
    if find_spec(module) is None:
        return False
    return module != "bot.features" or all(find_spec(f"bot.{room}") for room in import_module(module).ROOMS)


def cell(text: object) -> str:
    """A value as a cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(heads: list[str], rows: list[list[object]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows])


def page(title: str, intro: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MADE, intro, *parts]) + "\n"


# --- settings ---


def shown_default(field: Any) -> str:
    """A default as it is written in the environment; secrets and None are empty."""
    value = field.default
    if value is None or hasattr(value, "get_secret_value"):
        return ""
    return value.strftime("%H:%M") if hasattr(value, "strftime") else str(value)


def allowed(field: Any) -> str:
    choices = getattr(field.annotation, "__args__", ()) if "Literal" in str(field.annotation) else ()
    if choices:
        return " or ".join(f"`{choice}`" for choice in choices)
    limits = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    found = []
    for limit in field.metadata:
        for name, words in limits.items():
            if hasattr(limit, name):
                found.append(f"{words} {getattr(limit, name)}")
    return ", ".join(found)


def settings_page() -> str:
    from bot.settings import Settings, file_variables

    rows: list[list[object]] = []
    for name, field in Settings.model_fields.items():
        default = shown_default(field)
        rows.append(
            [f"`DAVY_{name.upper()}`", f"`{default}`" if default else "", allowed(field), field.description or ""]
        )
    intro = (
        "From the environment or a file `.env` beside the program. Every wrong one is reported at once, before "
        "anything starts. Only `DAVY_BOT_TOKEN` has no useful default."
    )
    files = (
        "## Secrets in files\n\nA secret may lie in a file instead, as containers are given them: then the variable with `_FILE` "
        "names the file. One of the two, not both.\n\n" + "\n".join(f"- `{name}`" for name in file_variables())
    )
    return page("Settings", intro, table(["variable", "default", "may be", "what it does"], rows), files)


def env_example() -> str:
    from bot.settings import Settings

    lines = [
        "# Copy to .env and fill in. What is commented out shows its default. All of it: docs/reference/settings.md"
    ]
    for name, field in Settings.model_fields.items():
        mark = "" if name == "bot_token" else "#"
        lines += ["", f"# {field.description}", f"{mark}DAVY_{name.upper()}={shown_default(field)}"]
    return "\n".join(lines) + "\n"


def privacy_page() -> str:
    from bot.kit.privacy import DAYS
    from bot.privacy import register

    intro = (
        "What is kept of people: what for, who sees it, for how long, and what becomes of it when somebody is erased. Made "
        "from what each room declares beside its tables; a test fails at a column that is not declared. `davy privacy "
        "register` prints it with the company's own days (`DAVY_KEEP_DAYS`)."
    )
    kinds: list[list[object]] = [list(row) for row in register.schedule(DAYS)]
    rows: list[list[object]] = [list(row) for row in register.rows(DAYS)]
    heads = ["kind", "what it is", "kept, as shipped"]
    return page("What is kept of people", intro, table(heads, kinds), table(list(register.HEADS), rows))


# --- the command line ---


def cli_page() -> str:
    import typer

    command = typer.main.get_command(import_module("bot.cli").app)
    rows: list[list[object]] = []
    for name, each in _commands(command, "davy"):
        rows.append([f"`{name}`", " ".join(map(_parameter, each.params)), (each.help or "").split("\n\n")[0]])
    intro = (
        "One command, `davy`. It ends with 0 when it did its job; a refusal is one line on standard error and "
        "another code."
    )
    return page("Command line", intro, table(["command", "arguments", "what it does"], rows))


def _parameter(parameter: Any) -> str:
    return f"`{'/'.join(parameter.opts)}`" if parameter.param_type_name == "option" else f"`{parameter.name.upper()}`"


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if not below:
        yield name, command
        return
    for child, each in below.items():
        yield from _commands(each, f"{name} {child}")


# --- what the rooms offer ---


def rooms() -> tuple[Any, ...]:
    """The rooms of the house, in the order of `features.ROOMS`."""
    return tuple(import_module("bot.features").rooms())


def chat_page() -> str:
    from bot.i18n.say import say

    rows: list[list[object]] = []
    for room in rooms():
        for route in room.routes:
            if route.command:
                menu = say(route.menu, "en") if route.menu else (inspect.getdoc(route.do) or "").split("\n")[0]
                rows.append([f"`/{route.command}`", room.name, ", ".join(route.roles) or "everybody", menu])
    intro = (
        "What may be typed in the chat. A role says in whose menu a command stands; whether it may do its work is "
        "checked where the work is done."
    )
    ticks: list[list[object]] = [
        [f"`{t.name}`", room.name, f"{t.seconds:g}", (inspect.getdoc(t.do) or "").split("\n")[0]]
        for room in rooms()
        for t in room.ticks
    ]
    return page(
        "Chat commands and ticks",
        intro,
        table(["command", "room", "in the menu of", "what it does"], sorted(rows, key=str)),
        "## Ticks\n\nWork that falls due; each runs at most once at a time, in slices.",
        table(["tick", "room", "every … s", "what it does"], ticks),
        "## Messages that nobody asked for\n\nA person gets at most `DAVY_UNASKED_PER_DAY` a day, over all rooms; a lower "
        "rank goes first. Late is counted from when it was to be sent until the person is told of it. Alerts are exempt.",
        table(["kind", "rank", "on a full day", "late after", "what it is"], unasked()),
    )


def unasked() -> list[list[object]]:
    """The one table of what nobody asked for."""
    kinds = sorted((kind for room in rooms() for kind in room.unasked), key=lambda kind: (kind.rank, kind.name))
    meaning = {"join": "joined with what else waits", "defer": "a later day", "leave": "waits under Today"}
    return [
        [f"`{k.name}`", k.rank, meaning[k.overflow], f"{k.late_after / timedelta(hours=1):g} h", k.says] for k in kinds
    ]


def facts_page() -> str:
    followers: dict[str, list[str]] = {}
    for room in rooms():
        for subscription in room.subscriptions:
            followers.setdefault(subscription.fact, []).append(subscription.room)
        for event in room.events:
            followers.setdefault(event.fact, []).append("web.webhooks")
    rows: list[list[object]] = [
        [
            f"`{fact.name}`",
            fact.version,
            room.name,
            ", ".join(f"`{f}`" for f in fact.fields),
            ", ".join(followers.get(fact.name, [])),
            fact.says,
        ]
        for room in rooms()
        for fact in room.facts
    ]
    intro = (
        "What the ledger keeps: that something happened, by pseudonym, with the unit and post of that time; codes and "
        "numbers, no names and no free text. A room that follows up is given a job in the same transaction."
    )
    return page(
        "Ledger facts", intro, table(["fact", "version", "room", "fields", "followed up by", "what it states"], rows)
    )


def events_page() -> str:
    events = import_module("bot.kit.events")
    rows: list[list[object]] = []
    for name, kind in vars(events).items():
        if inspect.isclass(kind) and kind.__module__ == events.__name__ and name not in {"Event", "FileRef"}:
            own = [field for field in getattr(kind, "__annotations__", {}) if field not in events.Event.__annotations__]
            rows.append(
                [f"`{name}`", ", ".join(f"`{field}`" for field in own), (inspect.getdoc(kind) or "").split("\n")[0]]
            )
    common = ", ".join(f"`{field}`" for field in events.Event.__annotations__)
    intro = f"What a channel's adapter makes of an update, and all that a room sees of it. Every event has {common}."
    return page("Events", intro, table(["event", "its own fields", "when"], rows))


def metrics_page() -> str:
    rows: list[list[object]] = []
    for path in sorted(BOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in METRICS:
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if len(texts) == 2 and texts[0].startswith("davy_"):
                    labels = [
                        v.value for a in node.args[2:3] for v in getattr(a, "elts", []) if isinstance(v, ast.Constant)
                    ]
                    kind = getattr(node.func, "id", getattr(node.func, "attr", "")).lower()
                    rows.append([f"`{texts[0]}`", kind, ", ".join(f"`{label}`" for label in labels), texts[1]])
    intro = "At `/metrics`, in the text format of Prometheus."
    return page("Metrics", intro, table(["metric", "kind", "labels", "what it counts"], sorted(rows, key=str)))


def openapi() -> str:
    from bot.web.api.openapi import written

    return written(rooms())


def api_page() -> str:
    from bot.kit.endpoints import SAYS

    offered = sorted((e for room in rooms() for e in room.endpoints), key=lambda e: (e.path, e.method))
    calls: list[list[object]] = [
        [
            f"`{e.method} {e.path}`",
            f"`{e.scope.value}`" if e.scope else "any token",
            " ".join(filter(None, (e.says, e.more))),
        ]
        for e in offered
    ]
    feeds: list[list[object]] = [[f"`/feeds/{e.feed}.csv`", f"`{e.scope}`", e.says] for e in offered if e.feed]
    told = sorted((e for room in rooms() for e in room.events), key=lambda e: e.name)
    events: list[list[object]] = [[f"`{e.name}`", f"`{e.scope.value}`", e.says] for e in told]
    intro = (
        "The rooms for other programs, under `/api/v1`: [how to connect one](../howto/connect-hr-systems.md). What each "
        "call takes and answers stands in [openapi.json](openapi.json), which a running Davy serves at `/api/v1/openapi.json`."
    )
    scopes: list[list[object]] = [[f"`{scope.value}`", says] for scope, says in SAYS.items()]
    return page(
        "Interface for other programs", intro, "## Scopes", table(["scope", "opens"], scopes),
        "## Calls", table(["call", "scope", "what it does"], calls),
        "## Feeds\n\nThe same rows as their lists, as CSV, however many there are.", table(["feed", "scope", "rows"], feeds),
        "## Events\n\nWhat webhooks are told of.", table(["event", "scope", "when"], events),
    )  # fmt: skip


REFERENCE = "docs/reference"
PAGES: dict[str, tuple[Callable[[], str], str]] = {
    ".env.example": (env_example, "bot.settings"),
    f"{REFERENCE}/settings.md": (settings_page, "bot.settings"),
    f"{REFERENCE}/cli.md": (cli_page, "bot.cli"),
    f"{REFERENCE}/chat.md": (chat_page, "bot.features"),
    f"{REFERENCE}/facts.md": (facts_page, "bot.features"),
    f"{REFERENCE}/events.md": (events_page, "bot.kit.events"),
    f"{REFERENCE}/metrics.md": (metrics_page, "bot.kit"),
    f"{REFERENCE}/openapi.json": (openapi, "bot.web.api.openapi"),
    f"{REFERENCE}/api.md": (api_page, "bot.web.api.openapi"),
    f"{REFERENCE}/privacy.md": (privacy_page, "bot.privacy.register"),
    f"{REFERENCE}/review.md": (lambda: review(page, table), "bot.library.shipped"),
    f"{REFERENCE}/signs.md": (lambda: page_of_signs(page, table), "bot.library.cards.signs"),
}
"""Each page, who writes it, and the module without which there is nothing to write yet."""


def out_of_date(root: Path = ROOT) -> list[str]:
    """The pages that say something else than the code."""
    found = []
    for name, (write, needs) in PAGES.items():
        path = root / name
        if there(needs) and (not path.exists() or path.read_text(encoding="utf-8") != write()):
            found.append(name)
    return found


def main() -> int:
    if "--check" in sys.argv:
        stale = out_of_date()
        for name in stale:
            print(f"{name} is not what the code says: run `make reference`", file=sys.stderr)
        return 1 if stale else 0
    for name in out_of_date():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGES[name][0](), encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
