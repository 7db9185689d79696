"""What cannot be answered, as RFC 9457 has it: a status, a code that stays the same, English words for a log."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse

from bot.kit.endpoints import Problem
from bot.kit.errors import Refused

TYPE = "application/problem+json"
MOST_TOLD = 20
DOCUMENT = {
    "type": "object",
    "description": "Why a call was not answered (RFC 9457). `code` stays the same; `detail` is for people.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "reason": {"type": "string", "description": "Of a refusal: which one."},
        "scope": {"type": "string", "description": "The scope that is missing."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "says": {"type": "string"}},
                "required": ["where", "says"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail"],
}
SAYS: Mapping[int, str] = {
    401: "The token is missing, unknown, over or revoked, or nobody answers for it any more",
    403: "The token lacks the scope",
    404: "There is no such thing within the token's units",
    409: "What stands there already does not allow it",
    413: "The body is too large",
    415: "The body is no JSON",
    422: "A parameter or the body is not as this document has it",
    429: "Too many calls; Retry-After says in how many seconds to come again",
    503: "The database cannot be asked now; come again",
}


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response."""
    said: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(problem.status).phrase, "status": problem.status, "code": problem.code,
        "detail": problem.detail,
    }  # fmt: skip
    return JSONResponse(said | problem.more, problem.status, dict(headers or {}), media_type=TYPE)


def invalid(where: str, error: ValidationError) -> Problem:
    """Parameters or a body that are not as the document has them. What was sent is not repeated: it may be personal."""
    told = [
        {
            "where": ".".join((where, *(str(part) for part in each["loc"]))),
            "says": each["msg"].removeprefix("Value error, "),
        }
        for each in error.errors(include_url=False, include_context=False, include_input=False)[:MOST_TOLD]
    ]
    return Problem(422, "invalid_request", "the call is not as the document has it", errors=told)


def refused(refusal: Refused) -> Problem:
    """A room said no. Which no is in `reason`; the words that a person would have read may name somebody, so they are not told."""
    return Problem(409, "refused", "what stands there does not allow it; `reason` says what", reason=refusal.text.key)
