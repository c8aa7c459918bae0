"""One's own plan in words, to read and accept; who has not; and what a deal would pay."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.pay_statements import accept_plan
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.deals import DealsAsk, deals_page
from wald.queries.pay_estimates import Asked, estimate
from wald.queries.pay_plans import PlanRead, missing_acceptances, plans_of
from wald.web.door import actor_of, given, workspace_of
from wald.web.refusals import status_of

_OFFERED = 12  # open deals on the page that asks for one


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay_plan(request: HttpRequest) -> HttpResponse:
    """The plans that somebody is paid by, with every switch; accept one as it is read."""
    actor, workspace = actor_of(request), workspace_of(request)
    actor.must("pay.read")
    problem = None
    if request.method == "POST":
        text = request.POST.get("version", "")
        number = int(text) if text.isdecimal() and len(text) < 10 else 0
        try:
            accept_plan(actor=actor, workspace=workspace, version_id=number, at=now())
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, "You have accepted this version of your plan.")
            return redirect("pay_plan")
    plans: tuple[PlanRead, ...] = ()
    if actor.person_id:
        plans = plans_of(actor=actor, workspace=workspace, person_id=actor.person_id, at=now())
    context = {
        "plans": plans,
        "is_somebody": bool(actor.person_id),
        "may_accept": actor.may("pay.accept"),
        "may_see_all": actor.may("pay.read_all"),
        "problem": problem,
    }
    return render(request, "pages/pay_plan.html", context, status=status_of(problem))


@login_required
@require_safe
def pay_acceptances(request: HttpRequest) -> HttpResponse:
    """Who is paid by a version of a plan that they have not accepted."""
    missing = missing_acceptances(
        actor=actor_of(request), workspace=workspace_of(request), at=now()
    )
    return render(request, "pages/pay_acceptances.html", {"missing": missing})


@login_required
@require_safe
def pay_estimate(request: HttpRequest) -> HttpResponse:
    """What an open deal, or an amount, would pay: on its day, and a quarter later."""
    actor = actor_of(request)
    actor.must("pay.read")
    found, problem = None, None
    asked = {name: given(request, name) for name in ("deal", "amount", "on", "person")}
    if asked["deal"] or asked["amount"]:
        try:
            found = estimate(
                actor=actor, workspace=workspace_of(request), asked=_asked(asked), at=now()
            )
        except Refusal as refusal:
            problem = refusal
    problems = problem.problems if isinstance(problem, BadInput) else ()
    context = {
        "found": found,
        "typed": asked,
        "problem": problem,
        "wrong": {name: [one for one in problems if one.where == name] for name in asked},
        "open": _open_deals(request) if found is None else None,
        "may_ask_for_others": actor.may("pay.read_all") or actor.reach.value == "below",
    }
    return render(request, "pages/pay_estimate.html", context, status=status_of(problem))


def _open_deals(request: HttpRequest) -> dict[str, object] | None:
    """Return the largest open deals that the person sees, to choose one of; None without any."""
    actor = actor_of(request)
    if not actor.may("facts.read"):
        return None
    columns = ("name", "account", "rep", "amount", "close_on")
    ask = DealsAsk(filters=(("outcome", "open"),), sort="-amount", columns=columns)
    page = deals_page(actor=actor, workspace=workspace_of(request), ask=ask, limit=_OFFERED)
    if page is None or not page.total:
        return None
    return {"rows": page.rows.to_pylist(), "total": page.total, "currency": page.currency}


def _asked(typed: dict[str, str]) -> Asked:
    problems = []
    amount, on = None, None
    if typed["amount"]:
        try:
            amount = Decimal(typed["amount"].replace(",", ""))
        except InvalidOperation:
            what = f"{typed['amount'][:40]!r} is no number"
            problems.append(Problem("amount", what, "write it like 25000 or 25000.50"))
    if typed["on"]:
        day = read_day(typed["on"], "on")
        if isinstance(day, Problem):
            problems.append(day)
        else:
            on = day
    if problems:
        raise BadInput("This cannot be estimated.", problems)
    return Asked(typed["deal"][:200], amount, "", typed["person"][:200], on)
