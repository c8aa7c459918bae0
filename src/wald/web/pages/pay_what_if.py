"""What another plan would have paid on what happened: both sides, who wins and loses, and why."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from wald.heart.compensation.derivation import tree
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.pay_trials import beginnings, text_to_start_from
from wald.queries.pay_what_if import BothSides, WhatIf, both_sides, what_if
from wald.queries.pay_what_if_plans import Tried
from wald.queries.plain_pay_what_if import DOUBT, because, share_of, sides
from wald.web.charts import drawn
from wald.web.door import actor_of, given, is_number, workspace_of
from wald.web.pay_charts import old_against_new
from wald.web.refusals import status_of

_FIELDS = ("over", "plan", "version", "instead_of", "person")
_MOST = 500  # people on one page; the command's CSV has everybody


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay_what_if(request: HttpRequest) -> HttpResponse:
    """Ask for a plan and a period; show both sides, or both computations of one person.

    Nothing is written, so the answer to the form is the page itself.
    """
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    actor.must("pay.read")
    typed = _typed(request)
    known = beginnings(actor=actor, workspace=workspace, on=at.date())
    if request.method != "POST" and not typed["version"]:
        typed["over"] = typed["over"] or known.over
        typed["plan"] = _begun(request)
    problem: Refusal | None = None
    found: WhatIf | None = None
    if typed["version"] or request.method == "POST":
        try:
            tried = _tried(typed)
            if typed["person"]:
                person = both_sides(
                    actor=actor,
                    workspace=workspace,
                    tried=tried,
                    person_id=typed["person"],
                    at=at,
                )
                return render(request, "pages/pay_what_if_person.html", _of_person(person, typed))
            found = what_if(actor=actor, workspace=workspace, tried=tried, at=at)
        except Refusal as refusal:
            problem = refusal
    problems = problem.problems if isinstance(problem, BadInput) else ()
    context: dict[str, object] = {
        "typed": typed,
        "known": known,
        "problem": problem,
        "wrong": {name: [one for one in problems if one.where == name] for name in _FIELDS},
        "doubt": DOUBT,
    }
    if found is not None:
        context |= _shown(found)
    return render(request, "pages/pay_what_if.html", context, status=status_of(problem))


def _typed(request: HttpRequest) -> dict[str, str]:
    sent = request.POST if request.method == "POST" else request.GET
    return {name: sent.get(name, "").replace("\0", "").strip() for name in _FIELDS}


def _begun(request: HttpRequest) -> str:
    """Return the text of the plan that the trial starts from; it is shown and not tried yet."""
    number = given(request, "from")
    if not is_number(number):
        return ""
    actor, workspace = actor_of(request), workspace_of(request)
    return text_to_start_from(actor=actor, workspace=workspace, version_id=int(number))


def _tried(typed: dict[str, str]) -> Tried:
    text, version = typed["plan"], typed["version"]
    problems = []
    if bool(text) == bool(version):
        what = "a text or a draft is wanted" if not text else "a text and a draft are given"
        problems.append(Problem("plan", what, "paste a plan, or choose a draft"))
    if version and not is_number(version):
        problems.append(Problem("version", f"{version[:20]!r} is no draft", "choose one"))
    if not typed["over"]:
        problems.append(Problem("over", "no period is given", "write 2025, 2025-Q1 or 2025-03"))
    if problems:
        raise BadInput("This cannot be tried.", problems)
    number = int(version) if version else None
    return Tried(typed["over"], text, "the plan", number, typed["instead_of"][:200])


def _shown(found: WhatIf) -> dict[str, object]:
    whole, currency = found.comparison, found.plan.currency
    pairs = [(found.name(one.person_id), one.old, one.new) for one in whole.people]
    return {
        "found": found,
        "whole": whole,
        "currency": currency,
        "sides": sides(found),
        "share": (share_of(whole.old_cost, whole.credit), share_of(whole.new_cost, whole.credit)),
        "chart": drawn(old_against_new(pairs)),
        "people": [
            (one, found.name(one.person_id), because(one, currency)) for one in whole.people[:_MOST]
        ],
        "hidden": max(0, len(whole.people) - _MOST),
        "close": [
            (found.name(person), person, one)
            for person, ones in found.bends.items()
            for one in ones
        ],
        "warnings": [one for one in found.findings if one.is_warning],
        "noted": [one for one in found.findings if not one.is_warning],
    }


def _of_person(found: BothSides, typed: dict[str, str]) -> dict[str, object]:
    return {
        "found": found,
        "typed": typed,
        "why": because(found.change, found.currency),
        "sides": [
            (
                title,
                amount,
                [(pay, tree(pay.total, depth=10, most=60)) for pay in pays],
            )
            for title, amount, pays in (
                ("By the plan in force", found.change.old, found.old),
                ("By the plan tried", found.change.new, found.new),
            )
        ],
    }
