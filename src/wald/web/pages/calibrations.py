"""Calibration: what was agreed and said beside what came, and the draft that would fit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.calibration import NOTHING, draft_stage_chances
from wald.brain.agreed_chances import Record
from wald.kernel.problem import BadInput, Refusal
from wald.queries.category_calibration import CategoryCalibration, category_calibration
from wald.queries.documents import may_write, must_write
from wald.queries.incentives import ClauseLook, incentives
from wald.queries.quota_calibration import QuotaCalibration, QuotaLine, quota_calibration
from wald.queries.stage_calibration import (
    StageCalibration,
    StageLine,
    proposed_process,
    stage_calibration,
)
from wald.queries.win_chance import win_chance_page
from wald.web.calibration_charts import Held, bunched, said_and_came
from wald.web.charts import drawn
from wald.web.door import Dates, actor_of, dates_of, workspace_of
from wald.web.refusals import status_of

_LOOKS = {
    "bunching": "Bunching at the threshold",
    "timing": "Timing before the end",
    "pull_forward": "Spike and trough",
}
_TAGS = {"found": "bad", "hint": "warn", "nothing": "good"}


@login_required
@require_safe
def calibrations(request: HttpRequest) -> HttpResponse:
    """Show chances of stages, categories, scores and quotas beside what came."""
    actor, workspace = actor_of(request), workspace_of(request)
    dates, stages, categories, quotas, scores, problem = Dates(), None, None, None, None, None
    try:
        dates = dates_of(request)
        stages = stage_calibration(actor=actor, workspace=workspace, as_of=dates.as_of)
        categories = category_calibration(actor=actor, workspace=workspace, as_of=dates.as_of)
        quotas = quota_calibration(actor=actor, workspace=workspace, as_of=dates.as_of)
        scores = win_chance_page(actor=actor, workspace=workspace, limit=0)
    except BadInput as error:
        problem = error
    context = {
        "stages": stages,
        "categories": categories,
        "quotas": quotas,
        "quota_lines": _quota_lines(quotas) if quotas else (),
        "scores": scores,
        "problem": problem,
        "dates": dates,
        "chart": _chart(stages) if stages else "",
        "missed": _missed(stages.record) if stages and stages.record else (),
        "category_chart": _category_chart(categories) if categories else "",
        "may_draft": may_write(actor, "") and not dates.as_of,
    }
    return render(request, "pages/calibrations.html", context, status=status_of(problem))


@login_required
@require_safe
def incentives_page(request: HttpRequest) -> HttpResponse:
    """Show what people do around each clause of their plans."""
    actor, workspace = actor_of(request), workspace_of(request)
    dates, found, categories, problem = Dates(), None, None, None
    try:
        dates = dates_of(request)
        found = incentives(actor=actor, workspace=workspace, as_of=dates.as_of)
        categories = category_calibration(actor=actor, workspace=workspace, as_of=dates.as_of)
    except BadInput as error:
        problem = error
    context = {
        "found": found,
        "clauses": [_shown(one) for one in found.clauses] if found else (),
        "categories": categories,
        "problem": problem,
        "dates": dates,
    }
    return render(request, "pages/incentives.html", context, status=status_of(problem))


def _shown(one: ClauseLook) -> dict[str, object]:
    """Return a clause with its looks, how each is marked, and the drawing of its bunching."""
    found = one.bunching
    is_told = found is not None and found.p_value is not None
    return {
        "one": one,
        "looks": [(look, _LOOKS[look.key], _TAGS.get(look.verdict, "")) for look in one.looks],
        "chart": drawn(bunched(found)) if found is not None and is_told else "",
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calibration_draft(request: HttpRequest) -> HttpResponse:
    """Show the sales process with measured chances, and draft it."""
    actor, workspace = actor_of(request), workspace_of(request)
    must_write(actor, "")
    problem: Refusal | None = None
    if request.method == "POST":
        try:
            done = draft_stage_chances(actor=actor, workspace=workspace, at=now())
        except BadInput as refusal:
            problem = refusal
        else:
            if done is None:
                return redirect("calibrations")
            if done.is_new:
                messages.success(request, "Drafted. It holds once somebody else has approved it.")
            return redirect("document_version", done.version.version_id)
    found = proposed_process(actor=actor, workspace=workspace, starts_on=now().date())
    context = {
        "found": found,
        "nothing": NOTHING,
        "problem": problem,
        "lines": [(line, _mark(line)) for line in found.difference] if found else (),
    }
    return render(request, "pages/calibration_draft.html", context, status=status_of(problem))


def _chart(found: StageCalibration) -> str:
    lines = [
        Held(name_of(one), _agreed(one), one.judged.measured.share)
        for one in found.lines
        if one.judged.measured is not None
    ]
    return drawn(said_and_came(lines)) if lines else ""


def _category_chart(found: CategoryCalibration) -> str:
    lines = [Held(one.title, None, one.won.value) for one in found.lines if one.won is not None]
    return drawn(said_and_came(lines)) if lines else ""


def _quota_lines(found: QuotaCalibration) -> tuple[QuotaLine, ...]:
    """Return everybody first, then teams."""
    return (*((found.everybody,) if found.everybody else ()), *found.teams)


def _missed(record: Record) -> tuple[str, str]:
    """Return in points by how much agreed and measured chances missed what came."""
    return f"{record.agreed * 100:.1f}", f"{record.measured * 100:.1f}"


def name_of(line: StageLine) -> str:
    return f"{line.stage.title} ({', '.join(line.segments)})" if line.segments else line.stage.title


def _agreed(line: StageLine) -> float | None:
    return None if line.judged.expected is None else float(line.judged.expected)


def _mark(line: str) -> str:
    """Return what a line of a unified diff is: ins, del, or nothing of both."""
    if line.startswith(("+++", "---")):
        return ""
    return {"+": "ins", "-": "del"}.get(line[:1], "")
