"""Chances to win: how good they are, open deals with theirs, and one deal with every reason."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.kernel.problem import BadInput
from wald.queries.win_chance import ChanceLine, win_chance_page
from wald.web.door import actor_of, given, pager, paging_of, workspace_of
from wald.web.refusals import status_of

_ROWS = 50
_REASONS = 3  # of each deal in the list


@login_required
@require_safe
def win_chance(request: HttpRequest) -> HttpResponse:
    """Show open deals with their chance, or one of them with every reason."""
    paging, deal = paging_of(request, size=_ROWS), given(request, "deal")
    page, problem = None, None
    try:
        page = win_chance_page(
            actor=actor_of(request),
            workspace=workspace_of(request),
            deal=deal,
            limit=_ROWS,
            offset=paging.offset,
        )
    except BadInput as refusal:
        problem = refusal
    context: dict[str, object] = {
        "page": page,
        "problem": problem,
        "deal": page.lines[0] if page and deal and page.lines else None,
        "lines": [(one, _reasons(one, _REASONS)) for one in page.lines] if page else (),
        "base": [(name or "All", rate) for name, rate in page.base.items()] if page else (),
        "pager": pager(request, paging, page.total) if page else None,
    }
    if page and deal and page.lines:
        context["reasons"] = _reasons(page.lines[0], None)
    return render(request, "pages/win_chance.html", context, status=status_of(problem))


def _reasons(line: ChanceLine, most: int | None) -> list[tuple[str, str]]:
    """Return reasons as their name and points to add, as text."""
    shown = [(one.name, f"{one.adds * 100:+.0f}") for one in line.reasons[:most]]
    return [(name, f"{text} points") for name, text in shown if text not in ("+0", "-0")]
