"""The deals table, one deal with its history, and the table as a file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from wald.facts.table import Type
from wald.facts.tables import TABLES
from wald.kernel.problem import BadInput
from wald.queries.deal import Change, DealPage, deal_page
from wald.queries.deal_health import DealHealth, deal_health
from wald.queries.deals import COLUMNS, FILTERS, NOBODY, USUAL, DealsAsk, DealsPage, deals_page
from wald.web.cells import Column, grid, text_of, title_of
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
from wald.web.pages.win_chance import reasons_of

ROWS = 50
_REASONS = 6


@login_required
@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    paging, dates = paging_of(request, size=ROWS), Dates()
    ask, page, problem = _ask(request, dates), None, None
    try:
        dates = dates_of(request)
        ask = _ask(request, dates)
        page = deals_page(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=ask,
            limit=paging.size,
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context = {
        "ask": ask,
        "record": address(request, page="") if actor_of(request).may("insights.record") else "",
        "page": page,
        "problem": problem,
        "dates": dates,
        "marked": marked(ask.where, problem),
        **(_shown(request, ask, page, paging) if page else {}),
    }
    return render(request, "pages/deals.html", context, status=400 if problem else 200)


@login_required
@require_safe
def deals_file(request: HttpRequest, format: str) -> HttpResponseBase:
    """Hand out all deals that the table's address asks for."""
    if format not in FORMATS:
        raise Http404("Files are CSV or XLSX.")
    ask = _ask(request, dates_of(request))
    page = deals_page(actor=actor_of(request), workspace=workspace_of(request), ask=ask, limit=None)
    if page is None:
        raise Http404("No deals are loaded.")
    return download(page.rows, "wald-deals", format)


@login_required
@require_safe
def deal(request: HttpRequest, opportunity_id: str) -> HttpResponse:
    dates = dates_of(request)
    page = deal_page(
        actor=actor_of(request),
        workspace=workspace_of(request),
        opportunity_id=opportunity_id,
        as_of=dates.as_of,
        known=dates.known,
    )
    if page is None:
        raise Http404("There is no such deal as of this day.")
    health = _health(request, page, dates)
    line = health.line if health else None
    context = {
        "page": page,
        "dates": dates,
        "health": health,
        "reasons": reasons_of(line)[:_REASONS] if line else (),
        "more": f"{reverse('win_chance')}?{urlencode({'deal': opportunity_id})}" if line else "",
        "fields": [(COLUMNS[name], text_of(value, name)) for name, value in page.fields.items()],
        "changes": _by_day(page),
    }
    return render(request, "pages/deal.html", context)


def _health(request: HttpRequest, page: DealPage, dates: Dates) -> DealHealth | None:
    """Return the health of a deal that is looked at as of the day of what is kept, and open."""
    if page.fields["outcome"] != "open" or dates.known is not None:
        return None
    found = deal_health(
        actor=actor_of(request),
        workspace=workspace_of(request),
        opportunity_id=page.opportunity_id,
    )
    return found if found and dates.as_of in (None, found.day) else None


def _by_day(page: DealPage) -> list[tuple[date, list[tuple[str, Change]]]]:
    """Return the changes of each day, each with the title of its field and values to read."""
    days = groupby(page.changes, key=lambda change: change.changed_at.date())
    return [
        (
            day,
            [(COLUMNS.get(one.field) or title_of(one.field), _readable(page, one)) for one in ones],
        )
        for day, ones in days
    ]


def _readable(page: DealPage, change: Change) -> Change:
    return replace(
        change, old=_value(page, change, change.old), new=_value(page, change, change.new)
    )


def _value(page: DealPage, change: Change, text: str | None) -> str | None:
    """Return a number as the rest of the page writes it; amounts are in the deal's own currency."""
    column = TABLES["opportunity"].column(change.field)
    if text is None or column is None or column.type not in (Type.MONEY, Type.SHARE):
        return text
    shown = text_of(Decimal(text), change.field)
    currency = page.fields["currency"] if column.type is Type.MONEY else None
    return f"{shown} {currency}" if currency else shown


def _ask(request: HttpRequest, dates: Dates) -> DealsAsk:
    usual = DealsAsk()
    chosen = tuple(dict.fromkeys(request.GET.getlist("column")))
    return DealsAsk(
        as_of=dates.as_of,
        known=dates.known,
        search=given(request, "search"),
        filters=tuple((name, given(request, name)) for name in FILTERS if given(request, name)),
        where=given(request, "where"),
        sort=given(request, "sort") or usual.sort,
        columns=chosen or usual.columns,
    )


def _shown(
    request: HttpRequest, ask: DealsAsk, page: DealsPage, paging: Paging
) -> dict[str, object]:
    """Return what the template needs beside the page: its cells, and addresses to go on to."""
    chosen = dict(ask.filters)
    cells = grid(
        page.rows.select(list(page.columns)),
        titles=COLUMNS,
        deals=page.rows.column("opportunity_id").to_pylist(),
        opens="name" if "name" in page.columns else "opportunity_id",
    )
    return {
        "grid": replace(cells, columns=tuple(_sortable(request, ask, c) for c in cells.columns)),
        "filters": [
            (name, COLUMNS[name], chosen.get(name, ""), page.choices[name]) for name in FILTERS
        ],
        "nobody": NOBODY,
        "columns": [(name, title, name in ask.columns) for name, title in COLUMNS.items()],
        "is_usual": ask.columns == USUAL,
        "is_usual_order": ask.sort == DealsAsk().sort,
        "pager": pager(request, paging, page.total),
        "query": address(request, page=""),
        "formats": FORMATS,
    }


def _sortable(request: HttpRequest, ask: DealsAsk, column: Column) -> Column:
    """Return the column with the address that sorts by it, or the other way round."""
    is_it = ask.sorted_by == column.name
    turned = column.name if is_it and ask.is_falling else f"-{column.name}"
    order = ("descending" if ask.is_falling else "ascending") if is_it else ""
    return replace(column, href=address(request, sort=turned, page=""), order=order)
