"""Bodies of requests, looked at before anything is done: their size, their form, their JSON.

JSON as RFC 8259 has it and as every reader reads it alike (RFC 7493): UTF-8, no name twice in
one object, no NaN, no half of a surrogate pair. NUL is refused too, since a text in PostgreSQL
holds none.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from wald.api.errors import problem_response
from wald.kernel.problem import BadInput, Problem

_DEEPEST = 40
_MOST_DIGITS = 400  # of one number; money has 38 at most
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_JSON = re.compile(r"application/(?:[\w.-]+\+)?json", re.ASCII)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")

Answer = Callable[[HttpRequest], HttpResponse]


def sound(get_response: Answer) -> Answer:
    """Middleware: refuse below /api/ what could not be read, or would break what reads it."""

    def answered(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return get_response(request)
        if "\0" in request.path:
            return problem_response(HTTPStatus.NOT_FOUND, "No address holds a NUL.")
        problems = list(_text_problems(request))
        if problems:
            status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, "The address cannot be read."
            return problem_response(status, detail, problems)
        refused = _refused_body(request) if request.method in _WRITING else None
        return refused or get_response(request)

    return answered


def _text_problems(request: HttpRequest) -> Iterator[Problem]:
    for name, texts in request.GET.lists():
        if any(_NO_TEXT.search(text) for text in (name, *texts)):
            fix = "leave it out"
            yield Problem(name.replace("\0", ""), "it holds a character that no text has", fix)


def _refused_body(request: HttpRequest) -> HttpResponse | None:
    try:
        body = request.body
    except RequestDataTooBig:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        detail = f"The body is too large; {most:,} bytes are the most."
        return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    except UnreadablePostError:
        return problem_response(HTTPStatus.BAD_REQUEST, "The body ended before its end.")
    if not body or _is_form_without_fields(request):
        return None
    if not _JSON.fullmatch(request.content_type or ""):
        came = f"came as {request.content_type}" if request.content_type else "did not say its type"
        detail = f"The body {came}; send JSON, with the header Content-Type: application/json."
        return problem_response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    try:
        _must_be_fit(_parsed(body))
    except BadInput as refusal:
        unread = "No JSON" in str(refusal)
        status = HTTPStatus.BAD_REQUEST if unread else HTTPStatus.UNPROCESSABLE_ENTITY
        return problem_response(status, str(refusal), refusal.problems)
    return None


def _is_form_without_fields(request: HttpRequest) -> bool:
    """Some clients send the frame of a form where there is nothing to send."""
    is_form = request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded")
    try:
        return is_form and not request.POST and not request.FILES
    except MultiPartParserError:
        return False


def _parsed(body: bytes) -> object:
    """Return what the body says. Raises BadInput with the place where it cannot be read."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _no_json(f"byte {error.start + 1}", "it is not UTF-8", "send UTF-8") from error
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _no_json(where, error.msg[0].lower() + error.msg[1:], "mend it there") from error
    except RecursionError as error:
        raise _too_deep() from error


def _must_be_fit(value: object, path: str = "", depth: int = 1) -> None:
    """Walk through all of it. Raises BadInput at the first thing that nobody could keep."""
    if depth > _DEEPEST:
        raise _too_deep()
    if isinstance(value, str) and (found := _NO_TEXT.search(value)):
        what = "it holds NUL" if found[0] == "\0" else "it holds half a character"
        raise _unfit(path or "the body", what, "leave that character out")
    if isinstance(value, float) and not math.isfinite(value):
        raise _unfit(path or "the body", "it is too large for any reader", "send a smaller number")
    for name, child in _children(value):
        _must_be_fit(name, "a name", depth + 1)
        _must_be_fit(child, f"{path}.{name}" if path else str(name), depth + 1)


def _children(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _unfit(_start(twice), "it stands twice in one object", "give it once")
    return found


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _unfit("a number", f"it has {len(text):,} digits", f"{_MOST_DIGITS} are the most")
    return int(text)


def _no_constant(word: str) -> float:
    raise _no_json(word, "it is no number of JSON", "send null, or a text")


def _start(text: str) -> str:
    """Return the beginning of a text, as any reader can show it."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text[:40])


def _too_deep() -> BadInput:
    return _unfit("the body", f"it is deeper than {_DEEPEST} levels", "make it flatter")


def _no_json(where: str, what: str, fix: str) -> BadInput:
    return BadInput("No JSON can be read from the body.", [Problem(where, what, fix)])


def _unfit(where: str, what: str, fix: str) -> BadInput:
    return BadInput("The body holds what nobody could keep.", [Problem(where, what, fix)])
