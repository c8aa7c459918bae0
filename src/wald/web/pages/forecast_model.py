"""The model forecast, its track record, and asking for a back-test."""

from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from wald.actions.work.queue import queue
from wald.kernel.money import rounded
from wald.kernel.problem import BadInput, Refusal
from wald.queries.forecast_jobs import computing
from wald.queries.forecasts import GRAINS, Said, UnitForecast, forecast_page, read_grain
from wald.queries.track_record import track_record
from wald.web.charts import drawn
from wald.web.door import actor_of, given, posted, workspace_of
from wald.web.forecast_charts import errors, held, likely, side_by_side
from wald.web.refusals import status_of

_BACK = ("forecast_model", "forecast_track_record", "win_chance")


@login_required
@require_safe
def forecast_model(request: HttpRequest) -> HttpResponse:
    """Show what the period will book, by every method, and which of them is used and why."""
    actor, workspace = actor_of(request), workspace_of(request)
    page, problem = None, None
    try:
        page = forecast_page(
            actor=actor,
            workspace=workspace,
            grain=given(request, "grain"),
            unit=given(request, "unit"),
        )
    except BadInput as refusal:
        problem = refusal
    shown = page.shown if page else None
    context = {
        "page": page,
        "problem": problem,
        "grain": given(request, "grain") or "quarter",
        "grains": [one.value for one in GRAINS],
        "may_run": actor.may("work.run"),
        "computing": None if page else computing(actor=actor, workspace=workspace),
        "lines": [_line(one) for one in page.units] if page else (),
        "said": [_said(one) for one in shown.said] if shown else (),
        "used": _said(shown.used) if shown and shown.used else None,
        "shown": _line(shown) if shown else None,
        "parts": _parts(shown) if shown else None,
        "likely": drawn(likely(shown)) if shown and shown.draws else "",
        "side_by_side": drawn(side_by_side(shown)) if shown and shown.said else "",
    }
    return render(request, "pages/forecast_model.html", context, status=status_of(problem))


@login_required
@require_safe
def forecast_track_record(request: HttpRequest) -> HttpResponse:
    """Show how often forecasts were right, and how people lean."""
    actor, workspace = actor_of(request), workspace_of(request)
    found, problem = None, None
    try:
        found = track_record(
            actor=actor,
            workspace=workspace,
            grain=given(request, "grain"),
            level=given(request, "level"),
        )
    except BadInput as refusal:
        problem = refusal
    first = found.methods[0] if found and found.methods else None
    context = {
        "found": found,
        "first": first,
        "problem": problem,
        "grain": given(request, "grain") or "quarter",
        "grains": [one.value for one in GRAINS],
        "may_run": actor.may("work.run"),
        "computing": None if found else computing(actor=actor, workspace=workspace),
        "past": [(one, whole(one.actual), whole(one.said), whole(one.low), whole(one.high))
                 for one in found.past] if found else (),
        "errors": drawn(errors(found)) if found and found.methods else "",
        "held": drawn(held(first)) if first else "",
    }  # fmt: skip
    return render(request, "pages/forecast_track_record.html", context, status=status_of(problem))


@login_required
@require_POST
def forecast_backtest(request: HttpRequest) -> HttpResponse:
    """Queue a back-test, and go back to where it was asked for."""
    grain, page = posted(request, "grain"), posted(request, "page")
    back = page if page in _BACK else _BACK[0]
    try:
        read_grain(grain)
        job_id = queue(
            actor=actor_of(request),
            workspace=workspace_of(request),
            kind="forecast_backtest",
            at=now(),
            arguments={"grain": grain},
        )
    except BadInput as refusal:
        messages.error(request, " ".join([str(refusal), *map(str, refusal.problems)]))
        return redirect(back)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(request, f"Job {job_id} waits for a worker; this page then shows what came.")
    return redirect(f"{reverse(back)}?{urlencode({'grain': grain})}" if grain else reverse(back))


def whole(value: float | None) -> Decimal | None:
    """Return an amount that is a guess without its cents."""
    return None if value is None else rounded(Decimal(repr(value)), 0)


def share(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _said(one: Said) -> dict[str, object]:
    low, high = one.bounds[1]
    return {
        "title": one.title,
        "is_used": one.is_used,
        "is_simple": one.is_simple,
        "point": whole(one.point),
        "middle": whole(one.middle),
        "low": whole(low),
        "high": whole(high),
        "chance": share(one.chance),
        "wape": share(one.wape),
        "crps": share(one.crps),
        "share": share(one.share),
        "trials": one.trials,
    }


def _line(one: UnitForecast) -> dict[str, object]:
    used = one.used
    return {
        "key": one.key,
        "title": one.title,
        "level": one.level,
        "closed": whole(one.closed),
        "quota": whole(one.quota),
        "said": _said(used) if used else None,
    }


def _parts(one: UnitForecast) -> dict[str, object] | None:
    if one.parts is None:
        return None
    return {"of": one.parts_of, "open": whole(one.parts.open), "new": whole(one.parts.new)}
