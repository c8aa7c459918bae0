"""Who stands in for whom: letting somebody do so, and ending it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from wald.actions.delegations import delegate, end_delegation
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.cases import workers
from wald.queries.delegations import delegations as kept
from wald.web.door import actor_of, workspace_of
from wald.web.refusals import by_field, status_of

_TYPED = ("to", "starts_on", "ends_on", "why")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Show one's delegations; make one."""
    actor, workspace = actor_of(request), workspace_of(request)
    found = kept(actor=actor, workspace=workspace)
    typed = {name: request.POST.get(name, "").replace("\0", "").strip() for name in _TYPED}
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _delegate(request, typed)
        except Refusal as error:
            refusal = error
        else:
            messages.success(
                request, f"{typed['to']} stands in for you from {typed['starts_on']} on."
            )
            return redirect("delegations")
    today = now().date()
    context = {
        "lasting": [
            (one, one.lasts(today)) for one in found if one.ended_at is None and one.ends_on > today
        ],
        "me": actor.name,
        "may_keep": actor.may("delegations.keep"),
        "workers": workers(actor=actor, workspace=workspace)
        if actor.may("delegations.keep")
        else (),
        "typed": typed,
        "wrong": by_field(refusal),
        "problem": refusal,
        "today": today,
    }
    return render(request, "pages/delegations.html", context, status=status_of(refusal))


@login_required
@require_POST
def delegation_end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    try:
        end_delegation(
            actor=actor_of(request), workspace=workspace_of(request),
            delegation_id=delegation_id, at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It has ended.")
    return redirect("delegations")


def _delegate(request: HttpRequest, typed: dict[str, str]) -> None:
    actor = actor_of(request)
    actor.must("delegations.keep")
    starts, ends = (read_day(typed[name], name) for name in ("starts_on", "ends_on"))
    if isinstance(starts, Problem) or isinstance(ends, Problem):
        problems = [one for one in (starts, ends) if isinstance(one, Problem)]
        raise BadInput("These days cannot be read.", problems)
    delegate(
        actor=actor, workspace=workspace_of(request), to=typed["to"],
        starts_on=starts, ends_on=ends, why=typed["why"], at=now(),
    )  # fmt: skip
