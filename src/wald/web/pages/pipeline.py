"""The pipeline as of any day, what changed between two, and the deals of each bar."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.facts.dimension import DIMENSIONS
from wald.facts.table import Type
from wald.facts.tables import TABLES
from wald.heart.pipeline.parts import BARS
from wald.heart.pipeline.standing import DIMENSIONS_OF_PIPELINE, ORGS
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem
from wald.queries.deal import Change
from wald.queries.pipeline import USUAL, PipelineAsk, pipeline
from wald.queries.pipeline_changes import (
    ENDS,
    ChangedDeal,
    ChangesAsk,
    changed_deals,
    pipeline_changes,
)
from wald.queries.pipeline_ground import FILTERS, NOBODY, Which, titles
from wald.web.cells import text_of, title_of
from wald.web.charts import drawn
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
from wald.web.pipeline_charts import flow_chart, signed, waterfall
from wald.web.pipeline_links import deals_behind

ROWS = 50
_HIDDEN = ("day",)  # too many groups to read on a page


@login_required
@require_safe
def pipeline_page(request: HttpRequest) -> HttpResponse:
    dates, page, problem = Dates(), None, None
    by = tuple(dict.fromkeys(one for one in request.GET.getlist("by") if one)) or USUAL
    ask = PipelineAsk(by=by, which=which_of(request))
    try:
        dates = dates_of(request)
        ask = replace(ask, as_of=dates.as_of, known=dates.known)
        page = pipeline(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
    except BadInput as error:
        problem = error
    chosen = [*by, "", ""][:2]
    context: dict[str, object] = {
        "ask": ask,
        "page": page,
        "problem": problem,
        "dates": dates,
        "marked": marked(ask.which.where, problem),
        "by": [("by", "Break down by", chosen[0]), ("and_by", "and by", chosen[1])],
        "titles": [DIMENSIONS[name].title for name in by if name in DIMENSIONS],
        "dimensions": [d for d in DIMENSIONS_OF_PIPELINE.values() if d.key not in _HIDDEN],
        "filters": filters_of(ask.which, page.choices if page else {}),
        "orgs": ORGS,
        "nobody": NOBODY,
        "changes_query": address(request, by="", as_of="", to=given(request, "as_of")),
    }
    if page is not None:
        most = max((group.amount for group in page.groups), default=None)
        context["rows"] = [
            (
                group,
                group.amount / most if most and most > 0 else None,
                deals_behind(page, ask.which, group),
                page.shown(group),
            )
            for group in page.groups
        ]
    return render(request, "pages/pipeline.html", context, status=400 if problem else 200)


@login_required
@require_safe
def changes_page(request: HttpRequest) -> HttpResponse:
    ask, page, problem = ChangesAsk(which=which_of(request)), None, None
    try:
        ask = _changes_ask(request)
        page = pipeline_changes(actor=actor_of(request), workspace=workspace_of(request), ask=ask)
    except BadInput as error:
        problem = error
    context: dict[str, object] = {**_asked(request, ask, problem), "page": page}
    context["filters"] = filters_of(ask.which, page.choices if page else {})
    if page is not None:
        fall = page.waterfall
        ends = (f"{page.first:%d %b %y}", f"{page.second:%d %b %y}")
        context |= {
            "chart": drawn(waterfall(fall, page.currency, ends)),
            "flow": flow_chart(page.flows, page.currency),
            "steps": [
                (step, signed(step.amount, page.currency)[1]) for step in fall.steps if step.deals
            ],
            "difference": signed(fall.difference, page.currency)[1],
        }
    return render(request, "pages/pipeline_changes.html", context, status=400 if problem else 200)


@login_required
@require_safe
def bar_page(request: HttpRequest, bar: str) -> HttpResponse:
    """Show the deals of one bar: what each was and is, and what happened between."""
    found = {one.key: one for one in BARS}
    if bar not in (*found, *ENDS):
        raise Http404("There is no such bar.")
    paging = paging_of(request, size=ROWS)
    ask, page, problem = ChangesAsk(which=which_of(request)), None, None
    try:
        ask = _changes_ask(request)
        page = changed_deals(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=ask,
            bar=bar,
            limit=paging.size,
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context: dict[str, object] = {
        **_asked(request, ask, problem),
        "page": page,
        "bar": found.get(bar),
        "title": found[bar].title if bar in found else f"Pipeline at the {bar}",
        "as_of": ask.second,
    }
    if page is not None:
        context |= {
            "deals": [(deal, _line(deal)) for deal in page.deals],
            "pager": pager(request, paging, page.total),
        }
    return render(request, "pages/pipeline_bar.html", context, status=400 if problem else 200)


def which_of(request: HttpRequest) -> Which:
    filters = tuple((name, given(request, name)) for name in FILTERS if given(request, name))
    org = given(request, "org") or "then"
    return Which(filters, given(request, "where"), given(request, "period"), org)


def _changes_ask(request: HttpRequest) -> ChangesAsk:
    """Read what the address asks for. Raises BadInput with every Problem."""
    problems: list[Problem] = []

    def day(name: str) -> date | None:
        found = read_day(given(request, name), name) if given(request, name) else None
        if isinstance(found, Problem):
            problems.append(found)
            return None
        return found

    def instant(name: str, title: str) -> datetime | None:
        found = read_instant(given(request, name), title) if given(request, name) else None
        if isinstance(found, Problem):
            problems.append(found)
            return None
        return found

    ask = ChangesAsk(
        first=day("from"),
        second=day("to"),
        known_from=instant("known_from", "first day known at"),
        known=instant("known", "known at"),
        which=which_of(request),
        closed_in=given(request, "closed_in") or "planned",
    )
    if problems:
        raise BadInput("These dates cannot be read.", problems)
    return ask


def _asked(request: HttpRequest, ask: ChangesAsk, problem: BadInput | None) -> dict[str, object]:
    return {
        "ask": ask,
        "problem": problem,
        "marked": marked(ask.which.where, problem),
        "orgs": ORGS,
        "nobody": NOBODY,
        "query": address(request, page=""),
    }


def filters_of(
    which: Which, choices: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str, str, tuple[str, ...]]]:
    known = dict(which.filters)
    return [
        (name, title, known.get(name, ""), choices.get(name, ()))
        for name, title in titles().items()
    ]


def _line(deal: ChangedDeal) -> list[tuple[Change, str]]:
    """Return what happened to a deal between the two days, each change with its field's title."""
    return [(_readable(change), title_of(change.field)) for change in deal.changes]


def _readable(change: Change) -> Change:
    return replace(change, old=_value(change, change.old), new=_value(change, change.new))


def _value(change: Change, text: str | None) -> str | None:
    column = TABLES["opportunity"].column(change.field)
    if text is None or column is None or column.type not in (Type.MONEY, Type.SHARE):
        return text
    return text_of(Decimal(text), change.field)
