"""Exit criteria and chances of stages, velocity, and pushes: how the sales process goes."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.heart.pipeline.standing import ORGS
from wald.kernel.period import Period
from wald.kernel.problem import BadInput
from wald.queries.criteria_ground import CriteriaAsk
from wald.queries.criterion_deals import DealsOf, criterion_deals
from wald.queries.exit_criteria import StageChance, exit_criteria
from wald.queries.pipeline_ground import NOBODY, Which
from wald.queries.pushes import KINDS, PushesAsk, pipeline_pushes, pushed_deals
from wald.queries.velocity import (
    GROUPS,
    VelocityAsk,
    VelocityLine,
    VelocityPage,
    behind,
    pipeline_velocity,
)
from wald.web.door import (
    Dates,
    actor_of,
    address,
    dates_of,
    given,
    marked,
    pager,
    paging_of,
    workspace_of,
)
from wald.web.pages.pipeline import filters_of, which_of
from wald.web.pipeline_charts import signed

ROWS = 50
_TITLES = {
    "pushed": "Pushed",
    "round_trip": "Pushed and pulled back",
    "gone_back": "Back to an earlier stage",
    "back_and_forth": "Back and forth between stages",
    "serial": "Open deals pushed three times or more",
    "never": "Never pushed",
    "once": "Pushed once",
    "twice": "Pushed twice",
    "three_times": "Pushed three times",
    "more_often": "Pushed four times or more",
}


@login_required
@require_safe
def criteria_page(request: HttpRequest) -> HttpResponse:
    dates, page, problem = Dates(), None, None
    ask = CriteriaAsk(which=_which(request))
    try:
        dates = dates_of(request)
        ask = replace(ask, as_of=dates.as_of, known=dates.known)
        page = exit_criteria(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
    except BadInput as error:
        problem = error
    context = {
        **_asked(ask.which, page.choices if page else {}, problem),
        "ask": ask,
        "page": page,
        "dates": dates,
        "chances": _chances(request, page.chances if page else ()),
        "criteria": [
            (
                one,
                address(
                    request,
                    of=one.stage.key,
                    criterion=one.criterion.key,
                    of_segment="".join(one.segments[:1]),
                ),
            )
            for one in (page.criteria if page else ())
        ],
    }
    return render(request, "pages/exit_criteria.html", context, status=400 if problem else 200)


@login_required
@require_safe
def criterion_page(request: HttpRequest) -> HttpResponse:
    """Show the deals of a stage: all, or by a criterion."""
    paging, page, problem = paging_of(request, size=ROWS), None, None
    ask = CriteriaAsk(which=_which(request))
    wanted = DealsOf(
        given(request, "of"),
        given(request, "criterion"),
        given(request, "side") or "all",
        given(request, "of_segment"),
    )
    try:
        dates = dates_of(request)
        page = criterion_deals(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=replace(ask, as_of=dates.as_of, known=dates.known),
            wanted=wanted,
            limit=paging.size,
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context = {
        "page": page,
        "problem": problem,
        "marked": marked(ask.which.where, problem),
        "back": address(request, page="", of="", criterion="", side="", of_segment=""),
        "pager": pager(request, paging, page.total) if page else None,
    }
    return render(request, "pages/criterion_deals.html", context, status=400 if problem else 200)


@login_required
@require_safe
def velocity_page(request: HttpRequest) -> HttpResponse:
    dates, page, problem = Dates(), None, None
    ask = VelocityAsk(
        period=given(request, "period"),
        beside=given(request, "beside"),
        by=given(request, "by") or "team",
        which=_which(request),
    )
    try:
        dates = dates_of(request)
        ask = replace(ask, known=dates.known)
        page = pipeline_velocity(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
    except BadInput as error:
        problem = error
    context = {
        **_asked(ask.which, page.choices if page else {}, problem),
        "ask": ask,
        "page": page,
        "dates": dates,
        "groups": GROUPS,
        "lines": [_line(page, one, ask.which) for one in page.lines] if page else [],
    }
    return render(request, "pages/velocity.html", context, status=400 if problem else 200)


@login_required
@require_safe
def pushes_page(request: HttpRequest) -> HttpResponse:
    dates, page, problem = Dates(), None, None
    ask = PushesAsk(period=given(request, "period"), which=_which(request))
    try:
        dates = dates_of(request)
        ask = replace(ask, known=dates.known)
        page = pipeline_pushes(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
    except BadInput as error:
        problem = error
    context = {
        **_asked(ask.which, page.choices if page else {}, problem),
        "ask": ask,
        "page": page,
        "dates": dates,
        "query": address(request, page=""),
        "people": [
            (one, address(request, page="", rep=one.pushed.name or NOBODY))
            for one in (page.habits if page else ())
        ],
    }
    return render(request, "pages/pushes.html", context, status=400 if problem else 200)


@login_required
@require_safe
def pushed_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the deals of one kind: pushed, round trips, gone back."""
    if kind not in KINDS:
        raise Http404("There is no such list.")
    paging = paging_of(request, size=ROWS)
    page, problem = None, None
    ask = PushesAsk(period=given(request, "period"), which=_which(request))
    try:
        ask = replace(ask, known=dates_of(request).known)
        page = pushed_deals(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=ask,
            kind=kind,
            limit=paging.size,
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context = {
        "title": _TITLES[kind],
        "page": page,
        "problem": problem,
        "marked": marked(ask.which.where, problem),
        "query": address(request, page=""),
        "pager": pager(request, paging, page.total) if page else None,
    }
    return render(request, "pages/pushed_deals.html", context, status=400 if problem else 200)


def _chances(
    request: HttpRequest, chances: tuple[StageChance, ...]
) -> list[tuple[StageChance, str]]:
    """Return each chance with the end of the address of its deals, "" where no list tells them."""
    divided = {one.stage.key for one in chances if one.segments}
    found = []
    for one in chances:
        link = "" if one.stage.key in divided else address(request, of=one.stage.key)
        if len(one.segments) == 1:
            link = address(request, of=one.stage.key, segment=one.segments[0])
        found.append((one, link))
    return found


def _which(request: HttpRequest) -> Which:
    return replace(which_of(request), period="")


def _asked(
    which: Which, choices: Mapping[str, tuple[str, ...]], problem: BadInput | None
) -> dict[str, object]:
    return {
        "problem": problem,
        "marked": marked(which.where, problem),
        "filters": filters_of(which, choices),
        "orgs": ORGS,
        "nobody": NOBODY,
    }


def _line(page: VelocityPage, one: VelocityLine, which: Which) -> dict[str, object]:
    """Return a line with what moved, signed, and the addresses of the deals behind its parts."""
    parts = one.moved.parts if one.moved else {}
    return {
        "line": one,
        "name": "Everybody" if one.group == "" else one.group or "not known",
        "moved": [signed(parts[key], page.currency)[1] for key in parts],
        "difference": signed(one.moved.difference, page.currency)[1] if one.moved else "",
        "now": _links(page, one, which, page.period),
        "then": _links(page, one, which, page.beside),
    }


def _links(page: VelocityPage, one: VelocityLine, which: Which, period: Period) -> dict[str, str]:
    found = behind(page, which, one.group, period)
    day = period.last_day.isoformat()
    return {key: urlencode({"as_of": day, "where": text}) for key, text in found.items()}
