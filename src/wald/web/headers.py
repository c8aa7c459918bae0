"""What every answer tells the browser: take nothing from any other host, run nothing strange."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_PERMISSIONS = "camera=(), geolocation=(), microphone=()"

Answer = Callable[[HttpRequest], HttpResponse]


def strict_headers(answer: Answer) -> Answer:
    """Middleware: add the content security policy and its companions."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        # Pages hold a firm's numbers: no cache between may keep them.
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return respond
