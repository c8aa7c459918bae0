"""The night: what the detectors looked at, what they found, and what was not told, with why."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.kernel.problem import BadInput
from wald.queries.nights import night_page
from wald.web.door import actor_of, dates_of, workspace_of


@login_required
@require_safe
def night(request: HttpRequest) -> HttpResponse:
    """Show the night of a day, by default the last."""
    actor_of(request).must("insights.read")
    page, problem = None, None
    try:
        day = dates_of(request).as_of
        page = night_page(actor=actor_of(request), workspace=workspace_of(request), day=day)
    except BadInput as error:
        problem = error
    context: dict[str, object] = {"page": page, "problem": problem}
    if page is not None:
        body: Mapping[str, Any] = page.night.body
        context |= {
            "body": body,
            "booked": Decimal(body["booked_in_a_quarter"]),
            "findings": [_line(one) for one in body["findings"]],
            "suppressed": [_line(one) for one in body["suppressed"]],
            "looked": [one for one in body["detectors"] if not one["silent"]],
            "silent": [one for one in body["detectors"] if one["silent"]],
        }
    return render(request, "pages/night.html", context)


def _line(told: Mapping[str, Any]) -> dict[str, object]:
    money = told["money"]
    return {
        **told,
        "money": {name: Decimal(round(value)) for name, value in money.items()} if money else None,
        "chance": _chance(told["p_value"]),
        "stands": Decimal(str(round(told["stands"], 3))),
    }


def _chance(p_value: float) -> str:
    """Return a chance as people say it: one in so many."""
    if p_value <= 0:
        return "less than 1 in a billion"
    many = round(1 / p_value)
    return f"1 in {many:,}" if many < 10**9 else "less than 1 in a billion"
