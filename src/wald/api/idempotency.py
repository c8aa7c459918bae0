"""A writing call that carries a key is made once, however often it is sent (ADR 0027).

The header is `Idempotency-Key`. What the call writes and the answer it gets are kept in one
transaction: after a crash there are both or neither. Only an answer of 2xx is kept, for any
other left no effect, so its key is free again. A load is long, and no transaction may stay
open that long; repeated after a crash it finds what it did and changes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from threading import Lock

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError

from wald.api.door import SIGN_IN, moment, workspace
from wald.api.errors import problem_response, sign_in_first, stopped
from wald.kernel.problem import Problem
from wald.records.stores import idempotency as store
from wald.records.stores.idempotency import Call, Kept
from wald.records.stores.keys import Holder
from wald.records.stores.transaction import together

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(days=30)
_READING = ("GET", "HEAD", "OPTIONS", "TRACE")
_LONG = ("/api/v1/loads",)
# Write nothing, so they may be made again; what they are told and answer is kept nowhere.
_UNKEPT = ("/api/v1/plans/lint", "/api/v1/pay/plain", "/api/v1/pay/what-if")

Answer = Callable[[HttpRequest], HttpResponse]
Run = Callable[..., HttpResponse]  # of an operation, with the parts of its path


class _NoEffect(Exception):
    """Takes back what was written in the open transaction."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def once(run: Run) -> Run:
    """Wrap every operation: a call whose key was seen gets the answer that it got then."""

    @wraps(run)
    def answered(request: HttpRequest, **parts: object) -> HttpResponse:
        def get_response(request: HttpRequest) -> HttpResponse:
            return run(request, **parts)

        key = request.headers.get(HEADER)
        if key is None or request.method in _READING:
            return get_response(request)
        if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
            return _no_key()
        if request.path in _UNKEPT:
            return get_response(request)
        try:
            caller = _caller(request)
        except HttpError as error:  # a session without its token, or too many wrong passwords
            return stopped(error)  # asked once more they might be let in, and the key forgotten
        if caller is None:
            is_refused = "Authorization" in request.headers  # checking it once is slow enough
            return sign_in_first() if is_refused else get_response(request)
        name, scopes = caller
        return _made(Call(name, key, _digest(request, scopes)), request, get_response)

    return answered


def _made(call: Call, request: HttpRequest, get_response: Answer) -> HttpResponse:
    with _alone(call) as is_alone:
        if not is_alone:
            return _still_running()
        if request.path in _LONG:
            return _in_steps(call, request, get_response)
        return _together(call, request, get_response)


def _together(call: Call, request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Make the call and keep its answer in one transaction."""
    database = workspace().database
    try:
        with together(database=database):
            if not _begun(call):
                kept = store.find(call, database=database)
                return _still_running() if kept is None else _again(call, kept)
            response = get_response(request)
            if not 200 <= response.status_code < 300:
                raise _NoEffect(response)
            _keep(call, response)
            return response
    except _NoEffect as none:
        return none.response


def _in_steps(call: Call, request: HttpRequest, get_response: Answer) -> HttpResponse:
    """Make a long call: its beginning is kept first, its answer when it ended."""
    database = workspace().database
    if not _begun(call):
        kept = store.find(call, database=database)
        # Begun, not ended, and not running here: its process died, so it is made anew.
        if kept is not None and (kept.status is not None or kept.digest != call.digest):
            return _again(call, kept)
    response = get_response(request)
    if 200 <= response.status_code < 300:
        _keep(call, response)
    else:
        store.forget(call, database=database)
    return response


def _begun(call: Call) -> bool:
    at, database = moment(), workspace().database
    store.forget_before(at - KEPT, database=database)
    return store.begin(call, at=at, database=database)


def _keep(call: Call, response: HttpResponse) -> None:
    is_secret = "no-store" in response.headers.get("Cache-Control", "")
    store.end(
        call,
        status=response.status_code,
        answer="" if is_secret else response.content.decode(),
        content_type="" if is_secret else response.headers.get("Content-Type", ""),
        database=workspace().database,
    )


def _again(call: Call, kept: Kept) -> HttpResponse:
    """Answer a key that was seen before."""
    if kept.digest != call.digest:
        fix = "send another key with another request"
        problem = Problem(HEADER, "it came with another request before", fix)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem_response(status, "This key belongs to another request.", [problem])
    if kept.status is None:
        return _still_running()
    if not kept.content_type and not kept.answer:
        detail = "This call was made already; its answer held a secret and was not kept."
        return problem_response(HTTPStatus.CONFLICT, detail)
    response = HttpResponse(kept.answer, status=kept.status, content_type=kept.content_type)
    response["Idempotent-Replayed"] = "true"
    return response


def _no_key() -> HttpResponse:
    fix = f"give 1 to {LONGEST} printable characters, such as a random UUID"
    problem = Problem(HEADER, "it is no key", fix)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem_response(status, "This key cannot be used.", [problem])


def _still_running() -> HttpResponse:
    detail = "A call with this key is still being answered; ask again in a moment."
    response = problem_response(HTTPStatus.CONFLICT, detail)
    response["Retry-After"] = "1"
    return response


def _caller(request: HttpRequest) -> tuple[str, frozenset[str]] | None:
    """Return who calls, and what their key is cut down to; None where nobody signed in.

    Raises HttpError as signing in does.
    """
    for sign_in in SIGN_IN:
        found = sign_in(request)
        if isinstance(found, Holder):
            return found.user.get_username(), found.scopes
        if isinstance(found, AbstractUser):
            return found.get_username(), frozenset()
    return None


def _digest(request: HttpRequest, scopes: frozenset[str]) -> str:
    """Return a digest of what is asked; an answer is not for a key with other scopes."""
    asked = [request.method, request.get_full_path(), sorted(scopes)]
    told = json.dumps(asked).encode() + b"\n" + request.body
    return hashlib.sha256(told).hexdigest()


_running: set[tuple[str, str]] = set()
_lock = Lock()


@contextmanager
def _alone(call: Call) -> Iterator[bool]:
    """Hold the key in this process; False: another thread has it."""
    place = (call.name, call.key)
    with _lock:
        is_alone = place not in _running
        _running.add(place)
    try:
        yield is_alone
    finally:
        if is_alone:
            with _lock:
                _running.discard(place)
