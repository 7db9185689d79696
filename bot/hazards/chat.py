"""Where events about hazards go: `reporting` and `following` for reporters, `responding` for who must act."""

from __future__ import annotations

from bot.hazards import drafting, repair, respond
from bot.hazards.correction_chat import (
    BUDGET,
    MEASURE,
    PLAN,
    on_alike,
    on_budget,
    on_group_press,
    on_measure,
    on_plan,
    on_tap,
)
from bot.hazards.following import on_answer, on_my_reports, on_place, on_reporter_press
from bot.hazards.located import on_press as on_spot
from bot.hazards.prompts import on_fix, on_milder, on_question, on_reason
from bot.hazards.reporting import (
    on_any_file,
    on_draft,
    on_draft_press,
    on_edited,
    on_file,
    on_located,
    on_report,
    on_words,
)
from bot.hazards.responding import on_hazards, on_press
from bot.hazards.revealing import on_look, on_reveal
from bot.hazards.stop_chat import KIND, on_more, on_stop
from bot.hazards.stop_chat import on_press as on_stop_press
from bot.kit.room import Route

ROUTES = (
    Route(on_report, command="report", menu="hazards.menu_report"),
    Route(on_my_reports, command="myreports", menu="hazards.menu_myreports"),
    Route(on_hazards, command="hazards", menu="hazards.menu_hazards", roles=("supervisor", "manager", "admin")),
    Route(on_stop, command="stop", menu="hazards.menu_stop"),
    Route(
        on_reveal,
        command="reveal",
        menu="hazards.menu_reveal",
        roles=("safety_officer", "manager", "admin"),
        guarded=True,
    ),
    Route(on_look, verb="hzi", guarded=True),
    Route(on_place, start="p"),
    Route(on_file, file="photo"),
    Route(on_file, file="voice"),
    Route(on_file, file="video"),
    Route(on_file, file="audio"),
    Route(on_any_file, event="Sent"),
    Route(on_words, event="Said"),
    Route(on_located, event="Located"),
    Route(on_edited, event="Edited"),
    Route(on_draft, draft=drafting.KIND),
    Route(on_answer, draft=respond.ANSWER),
    Route(on_question, draft=respond.ASK),
    Route(on_reason, draft=respond.REJECT),
    Route(on_milder, draft=respond.MILDER),
    Route(on_fix, draft=repair.FIX),
    Route(on_measure, draft=MEASURE),
    Route(on_plan, draft=PLAN),
    Route(on_budget, draft=BUDGET),
    Route(on_group_press, verb="hzg"),
    Route(on_tap, verb="hzt"),
    Route(on_alike, verb="hzj"),
    Route(on_more, draft=KIND),
    Route(on_stop_press, verb="hzs"),
    Route(on_draft_press, verb="hzd"),
    Route(on_reporter_press, verb="hzr"),
    Route(on_spot, verb="hzw"),
    Route(on_press, verb="hz"),
)
