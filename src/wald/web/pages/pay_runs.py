"""Pay: every run, one run with its people and deltas, releasing it, holds, adjustments, export."""

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wald.actions import pay as action
from wald.actions import pay_entries
from wald.actions.work.queue import queue
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.pay import NoSuchPay
from wald.queries.pay_export import payroll_table
from wald.queries.pay_page import run_page, runs
from wald.web.door import actor_of, given, pager, paging_of, posted, workspace_of
from wald.web.export import FORMATS, download
from wald.web.refusals import by_field, status_of

_PEOPLE = 50  # on one page
_MOST_DELTAS = 200
_TYPED = (
    "period", "kind", "subject", "from_on", "until_on", "reason", "person_id", "amount",
    "currency", "counts_on",
)  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest) -> HttpResponse:
    """Show every run and what stands beside pay; the button pressed says what is asked."""
    if request.method != "POST":
        return _list(request)
    try:
        done = _done(request)
    except Refusal as refusal:
        return _list(request, refusal)
    messages.success(request, done)
    return redirect("pay")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show one run; release or withdraw it."""
    if request.method != "POST":
        return _run(request, run_id)
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    try:
        if request.POST.get("do") == "release":
            action.release(actor=actor, workspace=workspace, run_id=run_id, at=at)
            done = "It is released and closed."
        elif request.POST.get("do") == "withdraw":
            why = posted(request, "why")
            action.withdraw(actor=actor, workspace=workspace, run_id=run_id, why=why, at=at)
            done = "The draft is withdrawn."
        else:
            raise BadInput("Nothing was done.", [Problem("do", "no button says so", "press one")])
    except Refusal as refusal:
        return _run(request, run_id, refusal)
    messages.success(request, done)
    return redirect("pay_run", run_id)


@login_required
@require_safe
def payroll_file(request: HttpRequest, run_id: int, format: str) -> HttpResponseBase:
    """Hand out a run for payroll."""
    if format not in FORMATS:
        raise Http404("There are files as CSV and XLSX.")
    try:
        found = payroll_table(
            actor=actor_of(request), workspace=workspace_of(request), run_id=run_id
        )
    except NoSuchPay as refusal:
        raise Http404(str(refusal)) from refusal
    return download(found, f"wald-payroll-{run_id}", format)


@login_required
@require_POST
def pay_lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Lift a hold."""
    try:
        pay_entries.lift(
            actor=actor_of(request), workspace=workspace_of(request), hold_id=hold_id,
            why=posted(request, "why"), at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, _told(refusal))
    else:
        messages.success(request, "The hold is lifted; the next run pays what it held back.")
    return redirect("pay")


@login_required
@require_POST
def pay_decide(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """Approve or refuse an adjustment."""
    is_approved = request.POST.get("do") == "approve"
    try:
        pay_entries.decide(
            actor=actor_of(request), workspace=workspace_of(request),
            adjustment_id=adjustment_id, is_approved=is_approved, why=posted(request, "why"),
            at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, _told(refusal))
    else:
        messages.success(request, "It is approved." if is_approved else "It is refused.")
    return redirect("pay")


@login_required
@require_POST
def pay_retract(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """Take an approved adjustment back that is not paid yet."""
    try:
        pay_entries.retract(
            actor=actor_of(request), workspace=workspace_of(request),
            adjustment_id=adjustment_id, why=posted(request, "why"), at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, _told(refusal))
    else:
        messages.success(request, "It is retracted; no run pays it.")
    return redirect("pay")


def _done(request: HttpRequest) -> str:
    """Do what the button says; return what was done."""
    deeds: Mapping[str, Callable[[HttpRequest], str]] = {
        "run": _begin,
        "hold": _hold,
        "adjust": _adjust,
    }
    deed = deeds.get(request.POST.get("do", ""))
    if deed is None:
        raise BadInput("Nothing was done.", [Problem("do", "no button says so", "press one")])
    return deed(request)


def _begin(request: HttpRequest) -> str:
    period = posted(request, "period")
    actor, workspace = actor_of(request), workspace_of(request)
    action.check_period(actor=actor, workspace=workspace, period=period)
    job_id = queue(
        actor=actor, workspace=workspace, kind="pay_run", at=now(), arguments={"period": period}
    )
    return f"Pay of {period} is being computed (job {job_id}); a notice tells when it is done."


def _hold(request: HttpRequest) -> str:
    at = now()
    new = pay_entries.NewHold(
        posted(request, "kind"),
        posted(request, "subject"),
        _day(request, "from_on") or at.date(),
        _day(request, "until_on"),
        posted(request, "reason"),
    )
    pay_entries.hold(actor=actor_of(request), workspace=workspace_of(request), new=new, at=at)
    return f"{new.kind.capitalize()} {new.subject} is held back from pay."


def _adjust(request: HttpRequest) -> str:
    at = now()
    new = pay_entries.NewAdjustment(
        posted(request, "person_id"),
        posted(request, "amount"),
        posted(request, "currency"),
        posted(request, "reason"),
        _day(request, "counts_on") or at.date(),
    )
    number = pay_entries.adjust(
        actor=actor_of(request), workspace=workspace_of(request), new=new, at=at
    )
    return f"Adjustment {number} waits for somebody else to approve it."


def _list(request: HttpRequest, problem: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    found = runs(actor=actor, workspace=workspace_of(request))
    today = now().date()
    context = {
        "found": found,
        "holds": [one for one in found.holds if one.lifted_at is None],
        "waiting": [one for one in found.adjustments if one.is_open],
        "decided": [one for one in found.adjustments if not one.is_open][:20],
        "me": actor.name,
        "today": today,
        "may_run": actor.may("pay.run"),
        "may_hold": actor.may("pay.hold"),
        "may_adjust": actor.may("pay.adjust"),
        "sees_everybody": actor.may("pay.read_all"),
        "problem": problem,
        "pressed": request.POST.get("do", "") if problem else "",
        "wrong": by_field(problem),
        "typed": {name: posted(request, name) for name in _TYPED} if problem else {},
    }
    return render(request, "pages/pay.html", context, status=status_of(problem))


def _run(request: HttpRequest, run_id: int, problem: Refusal | None = None) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    paging = paging_of(request, size=_PEOPLE)
    try:
        page = run_page(
            actor=actor,
            workspace=workspace,
            run_id=run_id,
            at=now(),
            search=given(request, "search"),
            limit=paging.size,
            offset=paging.offset,
        )
    except NoSuchPay as refusal:
        raise Http404(str(refusal)) from refusal
    is_draft = page.run.state.value == "draft"
    context = {
        "page": page,
        "deltas": page.deltas[:_MOST_DELTAS],
        "search": given(request, "search"),
        "pager": pager(request, paging, page.total),
        "is_draft": is_draft,
        "may_release": is_draft and actor.may("pay.release"),
        "is_mine": page.run.made_by == actor.name,
        "may_withdraw": is_draft and actor.may("pay.run"),
        "formats": FORMATS if actor.may("pay.read_all") else (),
        "problem": problem,
        "wrong": by_field(problem),
        "typed": {"why": posted(request, "why")} if problem else {},
    }
    return render(request, "pages/pay_run.html", context, status=status_of(problem))


def _day(request: HttpRequest, name: str) -> date | None:
    text = posted(request, name)
    found = read_day(text, name) if text else None
    if isinstance(found, Problem):
        raise BadInput("This day cannot be read.", [found])
    return found


def _told(refusal: Refusal) -> str:
    problems = refusal.problems if isinstance(refusal, BadInput) else ()
    return " ".join([str(refusal), *(f"{one.what}; {one.fix}." for one in problems)])
