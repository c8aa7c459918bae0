"""Every error as application/problem+json (RFC 9457), with each Problem of the input listed."""

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale

FORM = "application/problem+json"
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing here; /api/v1/openapi.json tells what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method; Allow says which.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Wald broke, which is a bug in it; its log says where.",
}

log = logging.getLogger("wald.api")


def problem_response(
    status: HTTPStatus,
    detail: str,
    problems: Iterable[Problem] = (),
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Return an error; `more` has members beside those that every error has."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "problems": [{"where": p.where, "what": p.what, "fix": p.fix} for p in problems],
        **(more or {}),
    }
    response = HttpResponse(json.dumps(body), status=int(status), content_type=FORM)
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="Wald", charset="UTF-8", Bearer realm="Wald"'
    return response


def sign_in_first() -> HttpResponse:
    detail = "Sign in: send an API key (Bearer), or a name and a password (HTTP basic)."
    return problem_response(HTTPStatus.UNAUTHORIZED, detail)


def problems_in_one_form(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give what Django itself answers below /api/ this form: no such address, or method."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_ours = response.headers.get("Content-Type") == FORM
        if response.status_code < 400 or is_ours or not request.path.startswith("/api/"):
            return response
        status = HTTPStatus(response.status_code)
        answer = problem_response(status, _SENTENCES.get(status, f"{status.description}."))
        if "Allow" in response.headers:
            answer["Allow"] = response.headers["Allow"]
        return answer

    return answered


def add_error_answers(api: NinjaAPI) -> None:
    """Let `api` answer every refusal and every fault in this one form."""
    for kind in (Refusal, ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, _answer)


def _answer(request: HttpRequest, error: object) -> HttpResponse:
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, ValidationError):
        return _misshapen(error)
    if isinstance(error, HttpError):
        return stopped(error)
    if isinstance(error, Http404):
        return problem_response(HTTPStatus.NOT_FOUND, str(error))
    if isinstance(error, OperationalError) and _is_busy(error):
        return _busy()
    return _broken(request)


def _is_busy(error: OperationalError) -> bool:
    """Did another writer hold the records for too long? SQLite and PostgreSQL say it so."""
    return any(word in str(error) for word in ("locked", "deadlock", "lock timeout"))


def _busy() -> HttpResponse:
    detail = "Others are writing at this moment and nothing was written; ask again."
    response = problem_response(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    response["Retry-After"] = "1"
    return response


def _broken(request: HttpRequest) -> HttpResponse:
    """Log a bug once, under an id that the answer tells."""
    name = secrets.token_hex(6)
    log.error("%s %s broke (%s)", request.method, request.path, name, exc_info=True)
    detail = f"Wald broke, which is a bug in it; its log says where, under {name}."
    response = problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR, detail, more={"instance": f"urn:wald:fault:{name}"}
    )
    # Django logs every answer of 500 that does not say it has been.
    response._has_been_logged = True  # type: ignore[attr-defined]  # its own mark
    return response


def _refused(refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, BadInput):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem_response(status, str(refusal), refusal.problems)
    if isinstance(refusal, NotAllowed):
        return problem_response(HTTPStatus.FORBIDDEN, str(refusal))
    if isinstance(refusal, Stale):
        more = {"changed": list(refusal.changed)}
        return problem_response(HTTPStatus.CONFLICT, str(refusal), more=more)
    # Any other refusal is about the state things are in, not about the request.
    return problem_response(HTTPStatus.CONFLICT, str(refusal))


def _misshapen(error: ValidationError) -> HttpResponse:
    problems = [
        Problem(
            ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]),
            str(one["msg"]),
            "see openapi.json for what is taken here",
        )
        for one in error.errors
    ]
    detail = "The request cannot be read as it is."
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, detail, problems)


def stopped(error: HttpError) -> HttpResponse:
    """Answer what signing in, or the API itself, stopped."""
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.UNAUTHORIZED:
        return sign_in_first()
    return problem_response(status, f"{error.message}.")
