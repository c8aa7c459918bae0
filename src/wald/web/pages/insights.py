"""Insights: the list; one with its doubt, rows, history and like; recording what one noticed."""

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.insights import move_insight, record_insight
from wald.actions.remedies import open_insight_case
from wald.facts.metric import Metric, metrics
from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.unit import Unit
from wald.memory.draft import read_change
from wald.queries.deals import FILTERS
from wald.queries.insights import InsightPage, insight_list, insight_page, noticed
from wald.queries.metric_page import ALL_TIME
from wald.records.stores.insights import Wanted
from wald.web.cells import grid
from wald.web.charts import drawn
from wald.web.door import actor_of, dates_of, given, pager, paging_of, posted, workspace_of
from wald.web.insight_charts import insight_chart
from wald.web.refusals import by_field, first_word, status_of
from wald.web.templatetags.fmt import exact

ROWS = 50
BEHIND = 25
_MOST_MONEY = 12  # digits
_MOVES = {"look": Status.LOOKING, "dismiss": Status.DISMISSED, "reopen": Status.NEW}
# Of evidence: the chart is drawn, and the effect told beside the size.
_TOLD_ELSEWHERE = ("chart", "effect", "effect_low", "effect_high", "effect_unit")
_TYPED = ("claim", "subject", "estimate", "low", "high", "unit")


@login_required
@require_safe
def insights(request: HttpRequest) -> HttpResponse:
    status, least = given(request, "status"), given(request, "least")
    is_money = least.isdecimal() and len(least) <= _MOST_MONEY
    wanted = Wanted(
        status=next((one for one in Status if one.value == status), None),
        metric=given(request, "metric"),
        least=int(least) * 100 if is_money else None,
        is_open=status == "open",
    )
    paging, actor = paging_of(request, size=ROWS), actor_of(request)
    found = insight_list(
        actor=actor,
        workspace=workspace_of(request),
        wanted=wanted,
        limit=paging.size,
        offset=paging.offset,
    )
    context = {
        "found": found,
        "pager": pager(request, paging, found.total),
        "statuses": [(one.value, one.title) for one in Status],
        "status": status,
        "metric": wanted.metric,
        "least": least,
        "is_filtered": bool(status or wanted.metric or least),
        "may_record": actor.may("insights.record"),
    }
    return render(request, "pages/insights.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def insight(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Show one; look at it, dismiss it, open a case: the button pressed says which."""
    actor_of(request).must("insights.read")
    if request.method != "POST":
        return _page(request, insight_id)
    try:
        done, target = _done(request, insight_id)
    except Refusal as refusal:
        return _page(request, insight_id, refusal)
    messages.success(request, done)
    return redirect(target)


@login_required
@require_http_methods(["GET", "POST"])
def insight_new(request: HttpRequest) -> HttpResponse:
    """Ask what somebody noticed on the page they came from, and keep it."""
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    actor.must("insights.record")
    problem: Refusal | None = None
    seen: Insight | None = None
    try:
        seen = noticed(actor=actor, workspace=workspace, query=_query(request), at=at)
        if request.method == "POST":
            number = record_insight(
                actor=actor, workspace=workspace, insight=_written(request, seen), at=at
            )
            messages.success(request, f"Kept as insight {number}.")
            return redirect("insight", number)
    except Refusal as refusal:
        problem = refusal
    typed = {name: posted(request, name) for name in _TYPED}
    metric = metrics().get(seen.metric) if seen else None
    context = {
        "seen": seen,
        "metric": metric,
        "evidence": _evidence(seen, metric, seen.effect.currency) if seen else [],
        "pinned": _pinned(seen.question) if seen else "",
        "problem": problem,
        "wrong": by_field(problem, first_word),
        "typed": typed if request.method == "POST" else {"subject": seen.subject if seen else ""},
        "units": [unit for unit in Unit if seen is None or unit is not seen.effect.unit],
    }
    return render(request, "pages/insight_new.html", context, status=status_of(problem))


def _page(request: HttpRequest, insight_id: int, problem: Refusal | None = None) -> HttpResponse:
    actor, paging = actor_of(request), paging_of(request, size=BEHIND)
    page = insight_page(
        actor=actor,
        workspace=workspace_of(request),
        insight_id=insight_id,
        limit=paging.size,
        offset=paging.offset,
    )
    if page is None:
        raise Http404("There is no such insight.")
    status = page.kept.status
    context = {
        "page": page,
        "problem": problem,
        "changed": getattr(problem, "changed", ()),
        "wrong": by_field(problem, first_word),
        "why": posted(request, "why"),
        "grid": grid(page.rows.table) if page.rows.total else None,
        "pager": pager(request, paging, page.rows.total),
        "effect": _effect_seen(page.kept.insight),
        "chart": drawn(chart) if (chart := insight_chart(page.kept.insight)) else "",
        "evidence": _evidence(
            page.kept.insight, page.metric, page.rows.answer.currency if page.rows.answer else None
        ),
        "may_record": actor.may("insights.record"),
        "may_decide": actor.may("decisions.make"),
        "may_open": actor.may("cases.open") and actor.may("insights.record"),
        "is_open": status in (Status.NEW, Status.LOOKING),
        "rows_address": _rows_address(page),
    }
    return render(request, "pages/insight.html", context, status=status_of(problem))


def _evidence(
    insight: Insight, metric: Metric | None, currency: str | None
) -> list[tuple[str, object]]:
    """Return the evidence as it reads: words for names, the metric's value with its unit."""
    found: list[tuple[str, object]] = []
    for name, value in insight.evidence.items():
        if name in _TOLD_ELSEWHERE:
            continue
        shown: object = value
        if name == "value" and metric is not None and isinstance(value, str):
            number = read_change(name, value, Unit.MONEY, [])  # any number will do
            shown = value if number is None else exact(number, metric.unit, currency)
        found.append((name.replace("_", " ").capitalize(), shown))
    return found


def _effect_seen(insight: Insight) -> Effect | None:
    """Return what a detector saw in its own unit, where the size is told in money."""
    told = insight.evidence
    unit = next((one for one in Unit if one.value == told.get("effect_unit")), None)
    ends = [told.get(name) for name in ("effect_low", "effect", "effect_high")]
    if unit is None or unit is insight.effect.unit:
        return None
    low, estimate, high = (
        Decimal(str(one)) if isinstance(one, int | float) else None for one in ends
    )
    return Effect(low, estimate, high, unit)


def _pinned(query: StoredQuery) -> str:
    """Return the query as an address with its dates: what was looked at is what is kept."""
    asked = {
        "metric": query.metric,
        "where": query.where,
        "period": query.period,
        "as_of": query.as_of.isoformat() if query.as_of else "",
        "known": query.known.isoformat() if query.known else "",
        "search": query.search,
        **dict(query.filters),
    }
    return urlencode({name: text for name, text in asked.items() if text})


def _rows_address(page: InsightPage) -> str:
    """Return the page on which its number stands, with the dates of the query; "" for deals."""
    query = page.kept.insight.question
    if not query.metric or query.metric not in metrics():
        return ""
    asked = {
        "where": query.where,
        "period": query.period or ALL_TIME,
        "as_of": query.as_of.isoformat() if query.as_of else "",
        "known": f"{query.known:%Y-%m-%dT%H:%M:%S}" if query.known else "",
    }
    told = urlencode({name: text for name, text in asked.items() if text})
    return f"/metrics/{query.metric}/?{told}"


def _done(request: HttpRequest, insight_id: int) -> tuple[str, str]:
    """Do what the button says; return what was done, and the page to go on to."""
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    here, button = f"/insights/{insight_id}/", request.POST.get("do", "")
    if button == "case":
        acted = open_insight_case(actor=actor, workspace=workspace, insight_id=insight_id, at=at)
        words = f"Case {acted.case_id} is about this insight."
        if acted.version_id is not None:
            words += " A draft of the document that would change is ready."
        if acted.reviews:
            words += f" {len(acted.reviews)} deals are to be looked at before they go on."
        return words, here
    status = _MOVES.get(button)
    if status is None:
        raise BadInput("Nothing was done.", [Problem("do", "no button says so", "press one")])
    version = posted(request, "version")
    move_insight(
        actor=actor,
        workspace=workspace,
        insight_id=insight_id,
        status=status,
        why=posted(request, "why"),
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        at=at,
    )
    return f"Insight {insight_id} is {status.title}.", here


def _query(request: HttpRequest) -> StoredQuery:
    """Read what somebody looked at from the address: a metric page's, or the deals table's."""
    dates = dates_of(request)
    return StoredQuery(
        metric=given(request, "metric"),
        where=given(request, "where"),
        period="" if dates.period == ALL_TIME else dates.period,
        as_of=dates.as_of,
        known=dates.known,
        search=given(request, "search"),
        filters=tuple((name, given(request, name)) for name in FILTERS if given(request, name)),
    )


def _written(request: HttpRequest, seen: Insight) -> Insight:
    """Return the insight with what was written in the form. Raises BadInput."""
    problems: list[Problem] = []
    wanted = posted(request, "unit")
    unit = next((one for one in Unit if one.value == wanted), seen.effect.unit)
    low, estimate, high = (
        read_change(name, posted(request, name), unit, problems) if posted(request, name) else None
        for name in ("low", "estimate", "high")
    )
    if problems:
        raise BadInput("This insight cannot be kept as it is.", problems)
    currency = seen.effect.currency
    return replace(
        seen,
        claim=posted(request, "claim"),
        subject=posted(request, "subject") or seen.subject[:300],
        effect=Effect(low, estimate, high, unit, currency=currency),
    )
