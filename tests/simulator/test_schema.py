"""Proof that no call gets past the schema: what breaks it is generated from the schema itself."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from bot.simulator import answering
from bot.simulator.answering import answer
from bot.simulator.app import build
from bot.simulator.errors import Refusal
from bot.simulator.flood import Rates
from bot.simulator.methods.registry import PLAYED
from bot.simulator.schema import API, METHODS, check_call
from tests.proofs.counted import counted
from tests.simulator.conftest import TOKEN, Api
from tests.simulator.violations import base_params, samples, violations


def passes(method: str, params: dict[str, Any]) -> bool:
    """Whether the schema lets a call through."""
    try:
        check_call(method, params, {})
    except Refusal:
        return False
    return True


def let_through(method: str, *, everywhere: bool) -> list[str]:
    """The violating calls of a method that are not refused by the schema with 400, or that took effect."""
    simulator = build(rates=Rates.unlimited())
    bot = simulator.add_bot(TOKEN)
    found = []

    async def try_all() -> None:
        for what, params in violations(method, everywhere=everywhere):
            result = await answer(simulator.world, bot, method, params, {})
            if result is None or result.status != 400 or passes(method, params):
                found.append(what)

    asyncio.run(try_all())
    return found + [f"{call['n']} took effect" for call in simulator.log.items if call["took_effect"]]


def rules_broken(method: str, *, everywhere: bool) -> set[str]:
    """The constraints that the violating calls of a method break: `Type.field: what is wrong` at the innermost place."""
    innermost = (what.split(".")[-2:] for what, _ in violations(method, everywhere=everywhere))
    return {parts[-1] if parts[-1].endswith(": unknown field") else ".".join(parts) for parts in innermost}


@pytest.mark.parametrize("method", sorted(PLAYED))
def test_every_constraint_of_a_played_method_refuses_the_call_that_breaks_it(method: str) -> None:
    """One violating call for each constraint of the method and of the types it takes; without it the call passes."""
    check_call(method, base_params(method), {})
    through = let_through(method, everywhere=False)
    tried = sum(1 for _ in violations(method, everywhere=False))
    counted("a call that the Bot API's schema forbids, to the simulator", tried, tried - len(through))
    assert through == []


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_simulator_that_takes_anything_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: the schema is not asked."""
    monkeypatch.setattr(answering, "check_call", lambda *_: None)
    through = let_through("sendMessage", everywhere=False)
    tried = sum(1 for _ in violations("sendMessage", everywhere=False))
    counted(
        "a call that the Bot API's schema forbids, to the simulator",
        tried,
        max(0, tried - len(through)),
        sabotaged=True,
    )
    assert through


@pytest.mark.prove
@pytest.mark.parametrize("method", sorted(PLAYED))
def test_every_constraint_holds_at_every_place_that_leads_to_it(method: str) -> None:
    """The long form: also where the same type is reached through others, four levels deep."""
    assert let_through(method, everywhere=True) == []


@pytest.mark.prove
def test_the_short_form_breaks_every_rule_that_the_long_form_breaks() -> None:
    """What `make test` leaves out are other ways to the same rules."""
    left_out = {m: rules_broken(m, everywhere=True) - rules_broken(m, everywhere=False) for m in PLAYED}
    assert {method: rules for method, rules in left_out.items() if rules} == {}


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
    """A generator that yields nothing would prove nothing: every method and every kind of constraint is there."""
    whats = {method: [what for what, _ in violations(method)] for method in PLAYED}
    assert all(whats.values())
    assert sum(map(len, whats.values())) > 8_000
    kinds = {what.rpartition(": ")[2].rpartition(" ")[2] for found in whats.values() for what in found}
    assert kinds >= {"missing", "field", "text", "boolean", "object", "number", "bits", "array", "things", "false"}
    assert kinds >= {"short", "long", "UTF-16", "bytes", "items", "small", "large", "file", "value"}


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
