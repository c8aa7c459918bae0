"""Decisions: the list; one with what was expected and what came; making one; the deciders."""

from dataclasses import fields

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.decisions import check, decide
from wald.facts.dimension import DIMENSIONS
from wald.facts.metric import metrics
from wald.kernel.problem import Refusal
from wald.memory.decision import KINDS, Decision, Snapshot
from wald.memory.design import DESIGNS, PROPOSED
from wald.memory.draft import Draft
from wald.queries.decisions import (
    deciders,
    decision_list,
    decision_page,
    find_decision,
    similar_to,
)
from wald.queries.effect_panels import UNITS
from wald.queries.remedies import proposed_for
from wald.records.stores.decisions import STATES, Wanted
from wald.web.charts import drawn
from wald.web.design_charts import months_chart
from wald.web.door import actor_of, given, pager, paging_of, posted, workspace_of
from wald.web.outcomes import before_and_after
from wald.web.refusals import by_field, first_word, status_of

ROWS = 50
_TEXTS = tuple(
    field.name for field in fields(Draft) if field.name not in ("options", "links", "insight_id")
)
_MOST_DIGITS = 15
_STATES = {
    "waiting": "to be measured",
    "measured": "measured",
    "came": "the effect came",
    "did_not_come": "the effect did not come",
    "cannot_tell": "cannot tell",
    "superseded": "superseded",
}


@login_required
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    state, metric = given(request, "state"), given(request, "metric")
    wanted = Wanted(
        metric=metric,
        decided_by=given(request, "by"),
        state=state if state in STATES else "",
    )
    paging, actor = paging_of(request, size=ROWS), actor_of(request)
    found = decision_list(
        actor=actor,
        workspace=workspace_of(request),
        wanted=wanted,
        limit=paging.size,
        offset=paging.offset,
    )
    context = {
        "found": found,
        "pager": pager(request, paging, found.total),
        "states": _STATES.items(),
        "state": state,
        "metrics": _metrics(),
        "metric": metric,
        "by": wanted.decided_by,
        "is_filtered": bool(state or metric or wanted.decided_by),
        "may_make": actor.may("decisions.make"),
    }
    return render(request, "pages/decisions.html", context)


@login_required
@require_safe
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    actor = actor_of(request)
    page = decision_page(
        actor=actor,
        workspace=workspace_of(request),
        decision_id=decision_id,
        on=now().date(),
    )
    if page is None:
        raise Http404("There is no such decision.")
    chart = before_and_after(page.kept)
    month_chart = months_chart(page.kept)
    context = {
        "page": page,
        "kind": KINDS.get(page.kept.decision.kind, page.kept.decision.kind),
        "chart": drawn(chart) if chart else "",
        "design": page.kept.decision.design,
        "effect_chart": drawn(month_chart) if month_chart else "",
        "may_make": actor.may("decisions.make"),
    }
    return render(request, "pages/decision.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def decision_new(request: HttpRequest) -> HttpResponse:
    """Ask for a decision, beside what was decided before; check it, or keep it."""
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    actor.must("decisions.make")
    draft = _written(request) if request.method == "POST" else _begun(request)
    problem: Refusal | None = None
    checked: tuple[Decision, Snapshot] | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "decide":
                number = decide(actor=actor, workspace=workspace, draft=draft, at=at)
                messages.success(request, "Kept. Wald measures what follows on the review date.")
                return redirect("decision", number)
            checked = check(actor=actor, workspace=workspace, draft=draft, at=at)
        except Refusal as refusal:
            problem = refusal
    similar = similar_to(actor=actor, workspace=workspace, draft=draft)
    context = {
        "draft": draft,
        "options": "\n".join(draft.options),
        "links": "\n".join(draft.links),
        "problem": problem,
        "wrong": by_field(problem, first_word),
        "checked": checked,
        "similar": similar,
        "kinds": KINDS.items(),
        "metrics": _metrics(),
        "designs": DESIGNS.items(),
        "units": [(key, one.title) for key, one in DIMENSIONS.items() if key in UNITS],
    }
    return render(request, "pages/decision_new.html", context, status=status_of(problem))


@login_required
@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    found = deciders(actor=actor_of(request), workspace=workspace_of(request))
    kinds = {KINDS.get(key, key): one for key, one in found.by_kind.items()}
    tables = (("By decider", found.by_decider), ("By kind", kinds))
    context = {"found": found, "tables": [(title, rows.items()) for title, rows in tables]}
    return render(request, "pages/calibration.html", context)


def _begun(request: HttpRequest) -> Draft:
    """Return an empty form, with what is known from the insight or the decision it is about."""
    actor, workspace = actor_of(request), workspace_of(request)
    insight_id, supersedes = _id(given(request, "insight")), _id(given(request, "supersedes"))
    begun = Draft(
        metric=given(request, "metric"),
        population=given(request, "where"),
        design=PROPOSED,
    )
    if insight_id is not None:
        found = proposed_for(
            actor=actor, workspace=workspace, insight_id=insight_id, on=now().date()
        )
        if found is None:
            raise Http404("There is no such insight.")
        return found.draft
    if supersedes is not None:
        old = find_decision(actor=actor, workspace=workspace, decision_id=supersedes)
        if old is None:
            raise Http404("There is no such decision.")
        one = old.decision
        return Draft(
            question=one.question,
            options=one.options,
            kind=one.kind,
            metric=one.metric,
            population=one.population,
            insight_id=one.insight_id,
            supersedes=supersedes,
            links=one.links,
            design=PROPOSED,
        )
    return begun


def _written(request: HttpRequest) -> Draft:
    texts = {name: posted(request, name) for name in _TEXTS if name != "supersedes"}
    return Draft(
        **{**texts, "kind": texts["kind"] or "other"},
        options=_lines(posted(request, "options")),
        links=_lines(posted(request, "links")),
        insight_id=_id(posted(request, "insight_id")),
        supersedes=_id(posted(request, "supersedes")),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _metrics() -> list[tuple[str, str]]:
    """Return the metrics that are one number, by title."""
    found = [(one.title, key) for key, one in metrics().items() if not one.inherent]
    return [(key, title) for title, key in sorted(found)]
