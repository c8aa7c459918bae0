"""The sales process as deals went through it: time in stage, funnel by cohort, time to close."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.heart.pipeline.needed_coverage import USUAL
from wald.heart.pipeline.standing import ORGS
from wald.kernel.problem import BadInput
from wald.queries.needed_coverage import NeededAsk, needed_coverage
from wald.queries.pipeline_ground import NOBODY
from wald.queries.stage_history import StageHistoryAsk, StageHistoryPage, stage_history
from wald.web.charts import drawn
from wald.web.door import Dates, actor_of, dates_of, marked, workspace_of
from wald.web.pages.pipeline import filters_of, which_of
from wald.web.stage_charts import lasting

_COHORTS = 8  # the last quarters in which deals were opened


@login_required
@require_safe
def stage_history_page(request: HttpRequest) -> HttpResponse:
    dates, page, problem = Dates(), None, None
    ask, coverage = StageHistoryAsk(which=replace(which_of(request), period="")), None
    try:
        dates = dates_of(request)
        ask = replace(ask, as_of=dates.as_of, known=dates.known)
        page = stage_history(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
        coverage = needed_coverage(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=NeededAsk(dates.as_of, dates.known),
        )
    except BadInput as error:
        problem = error
    context: dict[str, object] = {
        "ask": ask,
        "page": page,
        "problem": problem,
        "dates": dates,
        "marked": marked(ask.which.where, problem),
        "filters": filters_of(ask.which, page.choices if page else {}),
        "orgs": ORGS,
        "nobody": NOBODY,
        "coverage": coverage,
        "usual": USUAL,
        **(_shown(page) if page else {}),
    }
    return render(request, "pages/stage_history.html", context, status=400 if problem else 200)


def _shown(page: StageHistoryPage) -> dict[str, object]:
    found = page.history
    steps = [one for one in found.steps if one.is_open]
    curves = [(one.step.title, one.curve) for one in found.stages]
    return {
        "found": found,
        "ends": [
            (one, [one.shares[end] for end in ("on", "won", "back", "lost")])
            for one in found.stages
        ],
        "to_close": drawn(lasting([("not closed yet", found.to_close)])),
        "in_stage": drawn(lasting(curves)) if curves else "",
        "close_shares": (found.close_shares.get("won", 0.0), found.close_shares.get("lost", 0.0)),
        "steps": steps,
        "cohorts": [
            (
                one,
                [(step.title, _of(one.reached[step.position], one.deals)) for step in steps],
                _of(one.won, one.deals),
            )
            for one in reversed(found.cohorts[-_COHORTS:])
        ],
        "hidden": max(0, len(found.cohorts) - _COHORTS),
    }


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None
