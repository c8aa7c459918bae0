"""Forecast: the roll-up with one's own number in place, a person's numbers, rows of a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.forecast import Made, NewOverride, NewSubmission, override, submit
from wald.actions.forecast_checks import title_of
from wald.brain.reconciled import TITLES
from wald.heart.cadence import Cadence, Gate, Standing
from wald.heart.rollup import OMITTED, OPEN_CATEGORIES, Call
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.unit import Unit
from wald.queries.forecast_jobs import computing
from wald.queries.rollup import Line, RollUpPage, roll_up
from wald.queries.rollup_person import forecast_history
from wald.queries.rollup_rows import NOBODY, NONE, forecast_rows
from wald.queries.rollup_stage import UNLOCK, AskedRollUp
from wald.web.door import (
    Dates,
    actor_of,
    address,
    dates_of,
    given,
    pager,
    paging_of,
    posted,
    workspace_of,
)
from wald.web.forecast_lines import levels_shown, shown_lines, ways, whole_chance
from wald.web.refusals import by_field, status_of

_ROWS = 100  # on one page
_LONGEST_NUMBER = 9
_TYPED = ("currency", "note", "category", "amount", "reason")


@dataclass(frozen=True, slots=True)
class Cell:
    """One category of one line. `below` is the sum of those directly below, for leads."""

    category: str
    title: str
    call: Call | None
    age: int | None
    below: Decimal | None
    silent: int
    former: str  # the name of another lead whose number it is
    is_stale: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def forecast(request: HttpRequest) -> HttpResponse:
    """Show the roll-up of a period; say one's own number."""
    if request.method != "POST":
        return _page(request)
    try:
        made = _submitted(request, "")
    except Refusal as refusal:
        return _page(request, refusal)
    _say(request, made)
    return redirect(f"{request.path}{address(request)}")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def forecast_person(request: HttpRequest, person_id: str) -> HttpResponse:
    """Show all that was said of somebody in a period; say or override their number."""
    if request.method != "POST":
        return _person(request, person_id)
    try:
        made = _done(request, person_id)
    except Refusal as refusal:
        return _person(request, person_id, refusal)
    _say(request, made)
    return redirect(f"{request.path}{address(request)}")


@login_required
@require_safe
def forecast_row_page(request: HttpRequest) -> HttpResponse:
    """Show the deals and bookings behind a number of the roll-up."""
    paging = paging_of(request, size=_ROWS)
    problem, found = None, None
    try:
        dates = dates_of(request)
        found = forecast_rows(
            actor=actor_of(request),
            workspace=workspace_of(request),
            person_id=given(request, "person"),
            what=given(request, "what") or "closed",
            ask=AskedRollUp(dates.period, "", dates.as_of, dates.known),
            at=now(),
            limit=_ROWS,
            offset=paging.offset,
        )
    except BadInput as refusal:
        problem = refusal
    if found is None and problem is None:
        raise Http404("There is nobody with this key whom you see.")
    context: dict[str, object] = {"problem": problem, "found": found}
    if found is not None:
        what = {"closed": "Closed", NONE: "In no category", OMITTED: "Omitted"}
        context |= {
            "title": what.get(found.what) or f"{title_of(found.what)} from deals",
            "whose": _whose(request, found.node.name if found.node else ""),
            "rows": [(row, found.names.get(row.owner_id, row.owner_id)) for row in found.rows],
            "parts": [title_of(one) if one else "No category" for one in found.categories],
            "pager": pager(request, paging, found.total),
        }
    return render(request, "pages/forecast_rows.html", context, status=status_of(problem))


def _whose(request: HttpRequest, name: str) -> str:
    if name:
        return f"{name} and everybody below"
    return "Nobody in the hierarchy" if given(request, "person") == NOBODY else "Everybody you see"


def _page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    dates, problem, page = Dates(), refused, None
    unit = given(request, "unit")
    try:
        dates = dates_of(request)
        ask = AskedRollUp(dates.period, unit, dates.as_of, dates.known)
        page = roll_up(actor=actor, workspace=workspace, ask=ask, at=at)
    except BadInput as refusal:
        problem = refused or refusal
    context: dict[str, object] = {
        "page": page,
        "dates": dates,
        "unit": unit,
        "problem": problem,
        "changed": getattr(problem, "changed", ()),
        "placeholder": "last",
        "may_write_calendar": actor.may("documents.draft"),
    }
    if page is not None:
        has_model = any(line.model for line in page.lines)
        mine = next((one for one in page.lines if one.node.person_id == actor.person_id), None)
        context |= {
            **_lines(request, page),
            "said": [one.title for one in page.categories],
            **_deal_columns(page),
            "has_model": has_model,
            "has_quota": any(line.total.quota is not None for line in page.lines),
            "computing": None if has_model else computing(actor=actor, workspace=workspace),
            "whole_chance": whole_chance(page),
            **_adding(page),
            "money": Unit.MONEY,
            "query": _query(page),
            "told": told_standing(page.standing),
            "earlier": address(request, period=page.earlier) if page.earlier else "",
            "later": address(request, period=page.later) if page.later else "",
            "total_cells": _total_cells(page),
        }
        if mine is not None and mine.is_asked and mine.may_submit:
            context |= {"mine": mine, **_form(request, page.cadence, mine.calls, problem)}
            context |= _locks(actor, page.standing)
    return render(request, "pages/forecast.html", context, status=status_of(problem))


def _lines(request: HttpRequest, page: RollUpPage) -> dict[str, object]:
    """Return the lines that are shown, a page of them, each with its cells."""
    is_whole = given(request, "levels") == "all"
    levels = levels_shown(page.lines)
    if is_whole:
        levels = max((line.node.depth for line in page.lines), default=0)
    every, paging = shown_lines(page.lines, levels), paging_of(request, size=_ROWS)
    part = every[paging.offset : paging.offset + _ROWS]
    return {
        "lines": [(one, one.line, list(_cells(one.line, page))) for one in part],
        "lines_left": 0 if is_whole else len(page.lines) - len(every),
        "is_whole": is_whole,
        "all_levels": address(request, levels="all", page=""),
        "own_levels": address(request, levels="", page=""),
        "opened": address(request, levels="", page="", unit=""),
        "above": [(one.name, address(request, levels="", page="", unit=one.person_id))
                  for one in page.above],
        "pager": pager(request, paging, len(every)) if len(every) > _ROWS else None,
    }  # fmt: skip


def _adding(page: RollUpPage) -> dict[str, object]:
    levels, found, periods = ways(page, dict(TITLES))
    names = {"all": "Everybody", "region": "Regions", "team": "Teams", "rep": "Reps"}
    return {
        "way_levels": [names[one] for one in levels],
        "ways": found,
        "way_periods": periods,
    }


def _person(request: HttpRequest, person_id: str, refused: Refusal | None = None) -> HttpResponse:
    actor, problem, dates, found = actor_of(request), refused, Dates(), None
    try:
        dates = dates_of(request)
        ask = AskedRollUp(dates.period, "", dates.as_of, dates.known)
        found = forecast_history(
            actor=actor, workspace=workspace_of(request), person_id=person_id, ask=ask, at=now()
        )
    except BadInput as refusal:
        problem = refused or refusal
    if found is None and problem is None:
        raise Http404("There is nobody with this key whom you see.")
    context: dict[str, object] = {
        "found": found,
        "problem": problem,
        "changed": getattr(problem, "changed", ()),
    }
    if found is not None:
        context |= {
            "told": told_standing(found.standing),
            "calls": [(one, found.calls.get(one.value)) for one in found.cadence.categories],
            "entries": [(one, title_of(one.said.category)) for one in found.entries],
            "is_own": found.node.person_id == actor.person_id,
            "can_submit": found.may_submit and found.is_asked,
            "pressed": posted(request, "do"),
            **_form(request, found.cadence, found.calls, problem),
            **_locks(actor, found.standing),
        }
    return render(request, "pages/forecast_person.html", context, status=status_of(problem))


def _form(
    request: HttpRequest, cadence: Cadence, calls: Mapping[str, Call], problem: Refusal | None
) -> dict[str, object]:
    """Return what a form shows: what was typed, or what stands, and what is wrong with it."""
    is_post = request.method == "POST"
    typed = {name: posted(request, name) for name in _TYPED}
    amounts = []
    for one in cadence.categories:
        call = calls.get(one.value)
        said = call.said.given if call is not None and call.said is not None else None
        stands = "" if said is None else f"{said.normalize():f}"
        amounts.append((one.value, one.title, posted(request, one.value) if is_post else stands))
    category = posted(request, "category")  # where an override names it, it has one amount
    wrong = by_field(problem, lambda where: "amount" if where == category else where)
    return {"typed": typed, "amounts": amounts, "wrong": wrong if is_post else {}}


def _locks(actor: Actor, standing: Standing) -> dict[str, object]:
    return {
        "is_locked": standing.is_locked,
        "is_early": standing.gate is Gate.EARLY,
        "may_unlock": actor.may(UNLOCK),
    }


def _cells(line: Line, page: RollUpPage) -> Iterator[Cell]:
    for one in page.categories:
        call, age = line.calls.get(one.value), line.ages.get(one.value)
        stale_after = page.calendars.of(line.node.unit).stale_after_days
        yield Cell(
            category=one.value,
            title=one.title,
            call=call,
            age=age,
            below=line.total.called.get(one.value) if line.node.is_lead else None,
            silent=line.total.silent.get(one.value, 0),
            former=page.names.get(call.former, call.former) if call and call.former else "",
            is_stale=age is not None and age > stale_after,
        )


def _deal_columns(page: RollUpPage) -> dict[str, object]:
    """Return the categories of deals; what is omitted, or in none, only where there is some."""
    names = list(OPEN_CATEGORIES)
    if any(line.deals.get(OMITTED) for line in page.lines):
        names.append(OMITTED)
    has_none = any(line.deals.get("") for line in page.lines)
    return {
        "rolled": [(one, title_of(one)) for one in names],
        "has_none": has_none,
        "deal_columns": len(names) + has_none,
    }


def _total_cells(page: RollUpPage) -> list[tuple[Decimal | None, int]]:
    if page.total is None:
        return []
    names = [one.value for one in page.categories]
    return [(page.total.called.get(one), page.total.silent.get(one, 0)) for one in names]


def _query(page: RollUpPage) -> str:
    """Return the end of addresses that stay with this period and day."""
    return Dates(page.period.label, page.as_of, page.known).query


def told_standing(standing: Standing) -> str:
    """Say in a sentence whether numbers may be said now."""
    when = "" if standing.until is None else f"{standing.until:%Y-%m-%d %H:%M} UTC"
    due = standing.deadline
    if standing.gate is Gate.OVER:
        return "The period is over: numbers are locked."
    if standing.gate is Gate.EARLY:
        return f"Numbers may be said from {when} on."
    if standing.gate is Gate.LOCKED:
        return f"Week {standing.week} is locked until {when}."
    if due is None:
        return f"No deadline is left; numbers lock on {when}."
    locks = ", then numbers lock" if due.is_lock else ""
    return f"Next deadline: week {due.week}, {due.at:%Y-%m-%d %H:%M} UTC{locks}."


def _done(request: HttpRequest, person_id: str) -> Made:
    """Do what the button says. Raises Refusal."""
    if request.POST.get("do") == "submit":
        return _submitted(request, person_id)
    if request.POST.get("do") not in ("override", "back"):
        raise BadInput("Nothing was done.", [Problem("do", "no button says so", "press one")])
    takes_back = request.POST.get("do") == "back"
    amount = posted(request, "amount")
    if not takes_back and not amount:
        problem = Problem("amount", "it is missing", "give one, or take the override back")
        raise BadInput("This number cannot be overridden.", [problem])
    new = NewOverride(
        person_id=person_id,
        period=posted(request, "period"),
        category=posted(request, "category"),
        amount="" if takes_back else amount,
        reason=posted(request, "reason"),
        currency=posted(request, "currency").upper(),
        seen=_seen(request),
    )
    return override(actor=actor_of(request), workspace=workspace_of(request), new=new, at=now())


def _submitted(request: HttpRequest, person_id: str) -> Made:
    actor, workspace = actor_of(request), workspace_of(request)
    names = [name for name in OPEN_CATEGORIES if name in request.POST]
    new = NewSubmission(
        period=posted(request, "period"),
        amounts={name: posted(request, name) for name in names},
        currency=posted(request, "currency").upper(),
        note=posted(request, "note"),
        person_id=person_id,
        seen=_seen(request),
    )
    return submit(actor=actor, workspace=workspace, new=new, at=now())


def _seen(request: HttpRequest) -> int | None:
    text = posted(request, "seen")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else None


def _say(request: HttpRequest, made: Made) -> None:
    if not made.is_new:
        messages.info(request, "That was said already; nothing is new.")
        return
    first = made.entries[0]
    which = " and ".join(title_of(one.category).lower() for one in made.entries)
    late = ", after the lock" if first.is_late else ""
    if first.amount is None:
        messages.success(request, f"The override of {which} for {first.period} is taken back.")
    else:
        deed = "Submitted" if first.kind.value == "submission" else "Overridden"
        messages.success(request, f"{deed}: {which} for {first.period}{late}.")
