"""What was read before need not be sent again: an ETag on every answer below /api/ (RFC 9110).

It is a digest of the answer. Writing calls do not take it back: they take `version` of the
record, so that the command and the pages say the same (ADR 0027).
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag

Answer = Callable[[HttpRequest], HttpResponse]


def told(get_response: Answer) -> Answer:
    """Middleware: answer 304 to who has it already."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_reading = request.method == "GET" and request.path.startswith("/api/")
        if not is_reading or response.status_code != 200 or response.streaming:
            return response
        set_response_etag(response)
        etag = response.headers["ETag"]
        found = get_conditional_response(request, etag=etag, response=response)
        return found if isinstance(found, HttpResponse) else response

    return answered
