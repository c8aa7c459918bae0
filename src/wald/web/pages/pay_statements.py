"""Statements of pay: what somebody is paid and why, each line unfolded, and doubts about one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateformat import format as day_of
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.pay_statements import dispute
from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.derivation import tree
from wald.heart.compensation.fold import ComponentPay, Line, PeriodPay
from wald.heart.compensation.plan_words import Said, switches
from wald.heart.compensation.statement import (
    NextTier,
    Statement,
    credits_named,
    version_of,
)
from wald.heart.compensation.statement_json import line_nodes
from wald.kernel.problem import Refusal
from wald.queries.pay import NoSuchPay
from wald.queries.pay_deeds import deals_of
from wald.queries.pay_statements import (
    Dispute,
    NoSuchLine,
    StatementRun,
    disputes_of,
    line_page,
    statement,
    statements_of,
)
from wald.queries.statement_files import FORMATS, file_of, name_of
from wald.web.door import actor_of, given, workspace_of
from wald.web.refusals import status_of
from wald.web.templatetags.pay import rounded, share


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with the node that names it, and the newest dispute about it, if there is one."""

    line: Line
    node: str
    dispute: Dispute | None


@dataclass(frozen=True, slots=True)
class ShownComponent:
    """What one component paid in one stretch."""

    period: PeriodPay
    pay: ComponentPay
    title: str
    plan: str
    lines: tuple[ShownLine, ...]

    @property
    def goal(self) -> tuple[str, object] | None:
        """The measure that is paid on, and what was measured."""
        return next(iter(self.pay.measures.items()), None)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Lead somebody to their newest statement, or say that there is none yet."""
    actor = actor_of(request)
    actor.must("pay.read")
    found: tuple[StatementRun, ...] = ()
    if actor.person_id:
        found = statements_of(
            actor=actor,
            workspace=workspace_of(request),
            person_id=actor.person_id,
            on=now().date(),
        )
    if found:
        return redirect("pay_statement", found[0].run_id, actor.person_id)
    return render(request, "pages/pay_mine.html", {"is_somebody": bool(actor.person_id)})


@login_required
@require_safe
def pay_statement(request: HttpRequest, run_id: int, person_id: str) -> HttpResponse:
    return render(request, "pages/pay_statement.html", _context(request, run_id, person_id))


def _context(request: HttpRequest, run_id: int, person_id: str) -> dict[str, object]:
    actor, workspace = actor_of(request), workspace_of(request)
    found = _statement(request, run_id, person_id)
    disputes = disputes_of(
        actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, at=now()
    )
    credits = credits_named(found)
    deals = found.pay.opportunities
    if deals is None:
        deals = deals_of(workspace, {one.deal_id for one in credits.values()})
    return {
        "statement": found,
        "pay": found.pay,
        "components": _components(found, disputes),
        "credits": _credits(credits.values(), deals, found.pay.currency),
        "next": [(one, _kind(found, one)) for one in found.next_tiers],
        "disputes": disputes,
        "open_disputes": [one for one in disputes if one.is_open],
        "others": statements_of(
            actor=actor, workspace=workspace, person_id=person_id, on=now().date()
        ),
        "switches": _switches(found),
        "is_own": person_id == actor.person_id,
        "formats": list(FORMATS),
    }


def _statement(request: HttpRequest, run_id: int, person_id: str) -> Statement:
    try:
        return statement(
            actor=actor_of(request),
            workspace=workspace_of(request),
            run_id=run_id,
            person_id=person_id,
            currency=given(request, "currency"),
        )
    except NoSuchPay as refusal:
        raise Http404(str(refusal)) from refusal


def _components(found: Statement, disputes: tuple[Dispute, ...]) -> tuple[ShownComponent, ...]:
    nodes = {id(line): node for node, line in line_nodes(found).items()}
    doubted = {one.node: one for one in reversed(disputes)}
    return tuple(
        ShownComponent(
            period,
            one,
            components()[one.component].title,
            version_of(period.stretch.plan),
            tuple(
                ShownLine(line, nodes.get(id(line), ""), doubted.get(nodes.get(id(line), "")))
                for line in one.lines
            ),
        )
        for period in found.pay.pays
        for one in period.components
    )


def _credits(
    credits: Iterable[Credit], deals: Mapping[str, str], currency: str
) -> list[tuple[str, ...]]:
    """Return the cells of each credit as texts, the deal's opportunity behind its name: there may
    be a thousand, and a template looks for each part of a value in several ways."""
    return [
        (
            one.deal_id,
            deals.get(one.deal_id, ""),
            day_of(one.credited_on, "j M Y"),
            one.event.value,
            one.rule,
            one.kind.value,
            rounded(one.deal_amount, currency),
            share(one.share),
            rounded(one.amount, currency),
        )
        for one in credits
    ]


def _kind(found: Statement, tier: NextTier) -> str:
    """Return what the component of a next tier is called."""
    entries = found.pay.pays[-1].stretch.plan.components if found.pay.pays else ()
    names = (components()[one.component].title for one in entries if one.key == tier.component)
    return next(names, "")


def _switches(found: Statement) -> list[tuple[str, tuple[Said, ...]]]:
    """Return what each plan of the period says, in words."""
    plans = {version_of(one.stretch.plan): one.stretch.plan for one in found.pay.pays}
    return [(version, switches(plan)) for version, plan in plans.items()]


@login_required
@require_safe
def pay_statement_file(
    request: HttpRequest, run_id: int, person_id: str, format: str
) -> HttpResponse:
    """Hand the statement out as JSON, CSV or PDF."""
    if format not in FORMATS:
        raise Http404("A statement has no such form.")
    found = _statement(request, run_id, person_id)
    answer = HttpResponse(file_of(found, format), content_type=FORMATS[format])
    answer["Content-Disposition"] = f'attachment; filename="{name_of(found, format)}"'
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay_line(request: HttpRequest, run_id: int, person_id: str, node: str) -> HttpResponse:
    """One line: how it was computed, down to the credits; what may be wrong; dispute it."""
    actor, workspace = actor_of(request), workspace_of(request)
    try:
        page = line_page(
            actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, node=node
        )
    except (NoSuchPay, NoSuchLine) as refusal:
        raise Http404(str(refusal)) from refusal
    text, problem = "", None
    if request.method == "POST":
        text = request.POST.get("text", "").replace("\0", "")
        try:
            case_id = dispute(
                actor=actor,
                workspace=workspace,
                run_id=run_id,
                person_id=person_id,
                node=node,
                text=text,
                at=now(),
            )
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, f"Your dispute is case {case_id}; you hear what comes of it.")
            return redirect("case", case_id)
    disputes = disputes_of(
        actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, at=now()
    )
    context = {
        "page": page,
        "pay": page.statement.pay,
        "node": node,
        "tree": tree(page.line.amount),
        "disputes": [one for one in disputes if one.node == node],
        "may_dispute": actor.may("cases.open"),
        "may_adjust": actor.may("pay.adjust"),
        "text": text,
        "problem": problem,
    }
    return render(request, "pages/pay_line.html", context, status=status_of(problem))
