"""Proof that no call gets past the schema: what breaks it is generated from the schema itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from bot.simulator.answering import answer
from bot.simulator.app import build
from bot.simulator.errors import Refusal
from bot.simulator.flood import Rates
from bot.simulator.methods.registry import PLAYED
from bot.simulator.schema import API, METHODS, check_call
from tests.simulator.conftest import TOKEN, Api
from tests.simulator.violations import base_params, samples, violations


def passes(method: str, params: dict[str, Any]) -> bool:
    """Whether the schema lets a call through."""
    try:
        check_call(method, params, {})
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("method", sorted(PLAYED))
def test_every_generated_violation_of_a_played_method_is_refused(method: str) -> None:
    """One violating call for each constraint of the method and of the types it takes; without it the call passes."""
    check_call(method, base_params(method), {})
    simulator = build(rates=Rates.unlimited())
    bot = simulator.add_bot(TOKEN)
    let_through = []

    async def try_all() -> None:
        for what, params in violations(method):
            result = await answer(simulator.world, bot, method, params, {})
            if result is None or result.status != 400 or passes(method, params):
                let_through.append(what)

    asyncio.run(try_all())
    assert let_through == []
    assert not any(call["took_effect"] for call in simulator.log.items)


@pytest.mark.parametrize("method", sorted(PLAYED))
def test_what_the_generator_starts_from_is_allowed(method: str) -> None:
    """A violation proves something only if the same call without it passes."""
    refused = []
    for what, params in samples(method):
        try:
            check_call(method, params, {})
        except Refusal as refusal:
            refused.append((what, refusal.description))
    assert refused == []


def test_the_generator_reaches_every_constraint_of_the_schema() -> None:
    """A generator that yields nothing would prove nothing: the number of violations is in the thousands."""
    total = sum(1 for method in PLAYED for _ in violations(method))
    assert total > 10_000


def test_a_method_that_is_known_but_not_played_is_answered_501_with_its_name(api: Api) -> None:
    """Never a made-up success."""
    not_played = set(API["methods"]) - set(PLAYED)
    assert not_played
    for method in sorted(not_played):
        answered = api.call(method)
        assert (answered["ok"], answered["error_code"]) == (False, 501)
        assert method in answered["description"]


def test_payments_are_not_played(api: Api) -> None:
    """Money is the last thing to pretend about."""
    assert api.call("createInvoiceLink")["error_code"] == 501
    assert api.call("sendInvoice")["error_code"] == 501


def test_an_unknown_method_is_404(api: Api) -> None:
    """As the real server words it."""
    assert api.call("sendNonsense") == {"ok": False, "error_code": 404, "description": "Not Found"}


def test_method_names_are_read_in_any_case(api: Api) -> None:
    """Telegram does not care about the case of a method's name."""
    assert api.ok("GETME") == api.ok("getme") == api.ok("getMe")
    assert METHODS["sendmessage"] == "sendMessage"


def test_the_schema_says_which_version_it_is() -> None:
    """So that it is seen when it grows old."""
    assert API["version"].startswith("Bot API ")


def test_the_documentation_lists_the_methods_that_are_played() -> None:
    """No more and no fewer."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "simulator.md").read_text("utf-8")
    section = page.split("### The methods it plays\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"`(\w+)`", section)) == sorted(PLAYED)


def test_the_documentation_names_every_call_of_the_control_side() -> None:
    """A route that is not documented is not part of the product."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "simulator.md").read_text("utf-8")
    paths = {route.path for route in build().routes if isinstance(route, Route) and route.path.startswith("/sim/")}
    assert [path for path in sorted(paths) if re.sub(r"\{\w+\}", "{", path).split("{")[0].rstrip("/") not in page] == []
