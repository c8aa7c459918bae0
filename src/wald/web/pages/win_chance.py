"""Health of deals: their chance to win, how good chances are, one deal with every reason."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.brain.stats import Interval
from wald.kernel.problem import BadInput
from wald.queries.win_chance import ChanceLine, win_chance_page
from wald.web.door import actor_of, given, pager, paging_of, workspace_of
from wald.web.refusals import status_of

_ROWS = 50
_REASONS = 2  # of each deal in the list


@login_required
@require_safe
def win_chance(request: HttpRequest) -> HttpResponse:
    """Show open deals with their chance, or one of them with every reason."""
    paging, deal = paging_of(request, size=_ROWS), given(request, "deal")
    actor, page, problem = actor_of(request), None, None
    try:
        page = win_chance_page(
            actor=actor,
            workspace=workspace_of(request),
            deal=deal,
            limit=_ROWS,
            offset=paging.offset,
        )
    except BadInput as refusal:
        problem = refusal
    line = page.lines[0] if page and deal and page.lines else None
    context: dict[str, object] = {
        "page": page,
        "problem": problem,
        "may_run": actor.may("work.run"),
        "deal": line,
        "reasons": reasons_of(line) if line else (),
        "lines": [(one, reasons_of(one)[:_REASONS]) for one in page.lines] if page else (),
        "lean": _lean(page.judgement.lean) if page and page.judgement else "",
        "base": [(name or "All", rate) for name, rate in page.base.items()] if page else (),
        "pager": pager(request, paging, page.total) if page else None,
    }
    return render(request, "pages/win_chance.html", context, status=status_of(problem))


def reasons_of(line: ChanceLine) -> list[dict[str, str]]:
    """Return what each reason says, and by how many points it would move the chance, as text."""
    return [
        {
            "says": one.says,
            "otherwise": one.otherwise,
            "moves": f"{_points(one.moves)} points",
            "tone": "good" if one.moves > 0 else "bad",
        }
        for one in line.reasons
        if _points(one.moves) not in ("+0.0", "−0.0")
    ]


def _lean(lean: Interval) -> str:
    found = [_points(one) for one in (lean.estimate, lean.low, lean.high)]
    return "What was said was off by {} points on average (95 % interval {} to {})".format(*found)


def _points(share: float) -> str:
    return f"{share * 100:+.1f}".replace("-", "−")
