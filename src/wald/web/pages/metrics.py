"""The list of metrics, one metric with its chart, breakdown and rows, and both as files."""

from dataclasses import replace

import pyarrow as pa
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.facts.measure import columns_for, dimensions_for
from wald.facts.metric import Metric, metrics
from wald.kernel.period import Grain
from wald.kernel.problem import BadInput
from wald.kernel.unit import Unit
from wald.queries.measure import Ask, measure, rows_behind
from wald.queries.metric_list import metric_list as all_metrics
from wald.queries.metric_page import ALL_TIME, GRAINS, MetricPage, asked_in, metric_page
from wald.queries.verdict import judgeable
from wald.web.cells import grid, title_of
from wald.web.charts import drawn, over_time
from wald.web.door import (
    Dates,
    Paging,
    actor_of,
    address,
    dates_of,
    given,
    marked,
    pager,
    paging_of,
    workspace_of,
)
from wald.web.export import FORMATS, download

FILES = ("rows", "groups")
ROWS = 50
GROUPS = 100  # of a breakdown, on the page; the file has them all


@login_required
@require_safe
def metric_list(request: HttpRequest) -> HttpResponse:
    page = all_metrics(actor=actor_of(request), workspace=workspace_of(request))
    return render(request, "pages/metrics.html", {"page": page})


@login_required
@require_safe
def metric(request: HttpRequest, key: str) -> HttpResponse:
    one = _metric(key)
    paging = paging_of(request, size=ROWS)
    page, problem, dates = None, None, Dates(given(request, "period"))
    try:
        dates = dates_of(request)
        page = metric_page(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=_ask(request, one, dates),
            grain=_grain(request),
            limit=paging.size,
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context = {
        "metric": one,
        "record": _record(request, one),
        "page": page,
        "problem": problem,
        "dates": dates,
        "where": given(request, "where"),
        "by": given(request, "by"),
        "is_level": not one.on,
        "grain": _grain(request),
        "grains": GRAINS,
        "dimensions": dimensions_for(one).values(),
        "columns": columns_for(one),
        "marked": marked(given(request, "where"), problem),
        **(_shown(request, page, paging) if page else {}),
    }
    return render(request, "pages/metric.html", context, status=400 if problem else 200)


@login_required
@require_safe
def metric_file(request: HttpRequest, key: str, what: str, format: str) -> HttpResponseBase:
    """Hand out the rows behind a number, or its breakdown, as a file."""
    one = _metric(key)
    if format not in FORMATS or what not in FILES:
        raise Http404("There are files of rows and of groups, as CSV and XLSX.")
    ask, place = _ask(request, one, dates_of(request)), workspace_of(request)
    ask = asked_in(actor=actor_of(request), workspace=place, ask=ask)
    if what == "rows":
        ask = replace(ask, by=())
        table = rows_behind(actor=actor_of(request), workspace=place, ask=ask).rows
    else:
        found = measure(actor=actor_of(request), workspace=place, ask=ask)
        keys = list(zip(*(row.key for row in found.rows), strict=True)) or [()] * len(found.by)
        columns = {
            name: pa.array(values, pa.string()) for name, values in zip(found.by, keys, strict=True)
        }
        table = pa.table({**columns, "value": pa.array([row.value for row in found.rows])})
    return download(table, f"wald-{key}-{what}", format)


def _metric(key: str) -> Metric:
    found = metrics().get(key)
    if found is None:
        raise Http404(f"There is no metric {key}.")
    return found


def _record(request: HttpRequest, one: Metric) -> str:
    """Return the end of the address where this view is recorded as an insight, "" for nobody."""
    may = actor_of(request).may("insights.record")
    return address(request, metric=one.key, page="") if may else ""


def _ask(request: HttpRequest, one: Metric, dates: Dates) -> Ask:
    by = tuple(name for name in request.GET.getlist("by") if name)
    return Ask(one.key, by, given(request, "where"), dates.period, dates.as_of, dates.known)


def _grain(request: HttpRequest) -> Grain:
    wanted = given(request, "grain")
    return next((grain for grain in GRAINS if grain.value == wanted), Grain.QUARTER)


def _shown(request: HttpRequest, page: MetricPage, paging: Paging) -> dict[str, object]:
    """Return what the template needs beside the page: the drawing, and addresses to go on to."""
    one = page.metric
    adds = one.unit in (Unit.COUNT, Unit.MONEY) and bool(one.on) and not one.is_ratio
    chart = over_time(page.over_time, one.unit, page.answer.currency, adds=adds)
    return {
        "chart": drawn(chart) if page.over_time else "",
        "earlier": address(request, period=page.earlier, page="") if page.earlier else "",
        "later": address(request, period=page.later, page="") if page.later else "",
        "pager": pager(request, paging, page.rows.total),
        "query": address(request, page=""),
        "grid": grid(page.rows.rows, titles=_titles(page)),
        "groups": page.groups[:GROUPS],
        "more_groups": len(page.groups[GROUPS:]),
        "by_titles": [title_of(name) for name in (page.breakdown or page.answer).by],
        "formats": FORMATS,
        "verdict_of": _verdict_of(request, page),
    }


def _verdict_of(request: HttpRequest, page: MetricPage) -> str:
    """Return the end of the address of the verdict on the same, "" where there is none."""
    if page.metric not in judgeable() or not page.leaders:
        return ""
    by = "person" if page.by == ("rep",) else page.by[0]
    period = page.period if page.period != ALL_TIME else ""
    return address(request, metric=page.metric.key, by=by, period=period, page="", grain="")


def _titles(page: MetricPage) -> dict[str, str]:
    """Return the names of the columns that only this metric can name."""
    adds = "Value" if page.is_median else "Adds"
    has_two = bool(page.metric.denominator)
    amounts = ("amount", "list_amount", "cost", "booked")
    return {
        "numerator": "Above the line" if has_two else adds,
        "denominator": "Below the line",
        **{name: f"{title_of(name)}, {page.currency}" for name in amounts if page.currency},
        "currency": "Made out in",
    }
