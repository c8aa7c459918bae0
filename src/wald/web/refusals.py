"""A refusal that no page showed itself becomes a page: the sentence, as it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wald.kernel.problem import Conflict, NotAllowed, Refusal


class RefusalPage:
    """Middleware; Django wants a class where an exception is looked at."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a Refusal; anything else is a bug and flies on."""
        if not isinstance(error, Refusal):
            return None
        context = {"problem": error}
        return render(request, "pages/refused.html", context, status=status_of(error))


def status_of(refusal: Refusal | None) -> int:
    """Return the status of a page that shows a refusal, or none."""
    if refusal is None:
        return 200
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Conflict) else 400
