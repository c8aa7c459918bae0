"""The home page: the state of the sales organization on one screen."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.kernel.problem import BadInput
from wald.kernel.unit import Unit
from wald.queries.attention import READ, Attention, attention
from wald.queries.home import Home
from wald.queries.home import home as home_page
from wald.web.door import Dates, actor_of, dates_of, given, workspace_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    page, problem, dates = None, None, Dates(given(request, "period"))
    try:
        dates = dates_of(request)
        page = home_page(
            actor=actor_of(request),
            workspace=workspace_of(request),
            period=dates.period,
            as_of=dates.as_of,
            known=dates.known,
        )
    except BadInput as error:
        problem = error
    context = {
        "page": page,
        # What is open now stands beside today's figures, not beside those of another day.
        "attention": _attention(request) if page and not dates.query else None,
        "problem": problem,
        "dates": dates,
        "query": _as_shown(dates, page).query if page else "",
        "earlier": dates.of(page.earlier) if page else "",
        "later": dates.of(page.later) if page else "",
        "money_unit": Unit.MONEY,
        "ratio_unit": Unit.RATIO,
    }
    return render(request, "pages/home.html", context, status=400 if problem else 200)


def _attention(request: HttpRequest) -> Attention | None:
    actor = actor_of(request)
    return attention(actor=actor, workspace=workspace_of(request)) if actor.may(READ) else None


def _as_shown(dates: Dates, page: Home) -> Dates:
    """Return the dates under which a metric page shows the same numbers as this one.

    The pulse of a period is as of its last day, where a metric is as of the last of the data.
    """
    if not dates.period and dates.as_of is None:
        return dates
    return replace(dates, as_of=page.pulse.as_of)
