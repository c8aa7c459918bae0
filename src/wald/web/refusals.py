"""A refusal that no page showed itself becomes a page: the sentence, as it is."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wald.kernel.problem import BadInput, Conflict, NotAllowed, Problem, Refusal


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


def by_field(
    refusal: Refusal | None, field_of: Callable[[str], str] = str
) -> dict[str, list[Problem]]:
    """Return the Problems of a form by its fields; `field_of` says where a place is shown."""
    found: dict[str, list[Problem]] = {}
    for one in refusal.problems if isinstance(refusal, BadInput) else ():
        found.setdefault(field_of(one.where), []).append(one)
    return found


def first_word(where: str) -> str:
    """Return the field of a place such as "where, character 7"."""
    return where.partition(",")[0].split(" ")[0]


def status_of(refusal: Refusal | None) -> int:
    """Return the status of a page that shows a refusal, or none."""
    if refusal is None:
        return 200
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Conflict) else 400
