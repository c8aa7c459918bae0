"""openapi.json: every operation with every status it can answer, also those of the spine.

What each endpoint declares is what is its own. What stands before all of them adds the rest:
signing in, bodies, keys of idempotency, parameters that are not known.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from wald.api.errors import FORM

Part = dict[str, Any]

_FAULT: Part = {"$ref": "#/components/schemas/Fault"}
_WORDS: Mapping[int, str] = {
    400: "The body is no JSON",
    401: "Nobody signed in",
    403: "A right is missing",
    404: "It is not there, or not for you to see",
    409: "The state of things does not allow it, or somebody wrote in between: see `changed`",
    413: "The body is too large",
    415: "The body is no JSON by its type",
    422: "The input is wrong, with every fault",
    429: "Too many wrong passwords; wait",
    503: "Others are writing; ask again",
}
_KEY: Part = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same call with the same key, within 30 days, is made once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_REPLAYED: Part = {
    "description": "true: the answer that this key got before.",
    "schema": {"type": "string", "enum": ["true"]},
}


def complete(schema: Part) -> None:
    """Add to the document of the endpoints what stands before all of them."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            is_writing = method != "get"
            if is_writing:
                operation.setdefault("parameters", []).append(_KEY)
            for status in _statuses(path, is_writing):
                operation["responses"].setdefault(status, {})
            for status, response in operation["responses"].items():
                _tell(int(status), response, is_writing)


def _statuses(path: str, is_writing: bool) -> Iterator[int]:
    yield from (401, 403, 422, 429, 503)
    if "{" in path:
        yield 404
    if is_writing:
        yield from (400, 409, 413, 415)
    else:
        yield 304


def _tell(status: int, response: Part, is_writing: bool) -> None:
    if status >= 400:
        response["description"] = _WORDS.get(status, "An error")
        response["content"] = {FORM: {"schema": _FAULT}}
    elif status == 304:
        response["description"] = "It is still as If-None-Match says"
    elif is_writing:
        response.setdefault("headers", {})["Idempotent-Replayed"] = _REPLAYED
