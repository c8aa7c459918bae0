"""Fixes of deals: values filled in, looked at, written, taken back; files for the source; cases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wald.actions.hygiene_cases import OPEN_CASES, Opened, open_cases
from wald.actions.hygiene_fixes import fix_deals, undo_fix
from wald.heart.deal_fix import MOST, TITLES, Became, Line, Wanted, value_of
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.fix_files import update_file
from wald.queries.fix_form import FixForm, fix_form
from wald.queries.hygiene import HygieneAsk
from wald.queries.hygiene_fixes import FIX, FixedLine, Preview, fixes, one_fix, preview
from wald.web.door import (
    actor_of,
    given,
    is_number,
    pager,
    paging_of,
    posted,
    workspace_of,
)
from wald.web.export import download
from wald.web.refusals import status_of

FILTERS = ("rule", "severity", "owner", "team", "deal")
_ROWS = 25
_TAGS = {
    Became.WAITING: "info",
    Became.TAKEN_OVER: "good",
    Became.NOT_TAKEN_OVER: "bad",
    Became.OVERTAKEN: "warn",
    Became.UNDONE: "",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A row of the form as it was sent; the number keeps its place."""

    number: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Doors:
    """What may be done about findings: how many the filters leave, and the filters themselves."""

    may_fix: bool
    may_open: bool
    findings: int
    filters: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        return f"?{urlencode(self.filters)}" if self.filters else ""


def doors_of(request: HttpRequest, findings: int) -> Doors:
    """Return what may be done about the findings of a page. Only of now: of the past, nothing."""
    actor = actor_of(request)
    is_now = not given(request, "as_of") and not given(request, "known")
    chosen = tuple((name, given(request, name)) for name in FILTERS if given(request, name))
    return Doors(is_now and actor.may(FIX), is_now and actor.may(OPEN_CASES), findings, chosen)


@login_required
@require_safe
def hygiene_fixes(request: HttpRequest) -> HttpResponse:
    """Show what was written into deals here, and whether the source has it."""
    paging = paging_of(request, size=_ROWS)
    actor, workspace = actor_of(request), workspace_of(request)
    found = fixes(actor=actor, workspace=workspace)
    shown = found[paging.offset : paging.offset + paging.size]
    context = {
        "fixes": [(one, _states(one.lines)) for one in shown],
        "pager": pager(request, paging, len(found)),
        "may_fix": actor.may(FIX),
        "waits": any(state in _OPEN for one in found for state, _, _ in _states(one.lines)),
    }
    return render(request, "pages/hygiene_fixes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hygiene_fix_new(request: HttpRequest) -> HttpResponse:
    """Ask for values, show what they would change, and write them."""
    actor, workspace = actor_of(request), workspace_of(request)
    actor.must(FIX)
    if request.method != "POST":
        return _filled(request)
    typed = list(_typed(request))
    if posted(request, "do") == "edit":
        return _filled(request, typed=typed)
    wanted = [one.wanted for one in typed if one.wanted.value]
    try:
        if posted(request, "do") != "write":
            found = preview(actor=actor, workspace=workspace, wanted=wanted)
            return _looked_at(request, found, wanted)
        made = fix_deals(
            actor=actor,
            workspace=workspace,
            wanted=wanted,
            why=posted(request, "why"),
            at=now(),
            only_free=bool(posted(request, "only_free")),
        )
    except Refusal as refusal:
        return _refused(request, refusal, wanted, typed)
    deals = "1 deal" if len(made.plans) == 1 else f"{len(made.plans):,} deals"
    messages.success(request, f"Fix {made.fix_id} is written: {deals}.")
    for one in made.left_out[:5]:
        messages.warning(request, f"Left out: {one}")
    return redirect("hygiene_fix", made.fix_id)


@login_required
@require_safe
def hygiene_fix(request: HttpRequest, fix_id: int) -> HttpResponse:
    """Show one fix, line by line, with what became of it."""
    return _one(request, fix_id, None)


@login_required
@require_POST
def hygiene_fix_undo(request: HttpRequest, fix_id: int) -> HttpResponse:
    """Take a fix back, of all its deals or of those chosen."""
    deals = [one.replace("\0", "") for one in request.POST.getlist("deal")[:MOST]]
    try:
        if not deals:
            problem = Problem("deal", "none is chosen", "choose those to take back")
            raise BadInput("Nothing was undone.", [problem])
        undo_fix(
            actor=actor_of(request),
            workspace=workspace_of(request),
            fix_id=fix_id,
            at=now(),
            why=posted(request, "why"),
            deals=deals,
        )
    except Refusal as refusal:
        return _one(request, fix_id, refusal)
    messages.success(request, f"Fix {fix_id} is undone.")
    return redirect("hygiene_fix", fix_id)


@login_required
@require_safe
def hygiene_fix_file(request: HttpRequest) -> HttpResponseBase:
    """Hand out the file that tells the source of one fix, or of all that wait."""
    number = given(request, "fix")
    found = update_file(
        actor=actor_of(request),
        workspace=workspace_of(request),
        fix_id=int(number) if is_number(number) else None,
        connector=given(request, "connector"),
    )
    if found is None:
        raise Http404("There is no such fix, or none of deals that you see.")
    return download(found.rows, f"update-{found.connector or 'deals'}", "csv")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hygiene_cases(request: HttpRequest) -> HttpResponse:
    """Say for how many findings the filters leave cases would be opened, and open them."""
    is_asked = request.method != "POST"
    read = given if is_asked else posted
    filters = [(name, read(request, name)) for name in FILTERS if read(request, name)]
    found, problem = None, None
    try:
        found = open_cases(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=_ask(dict(filters)),
            at=now(),
            dry_run=is_asked,
        )
    except BadInput as refusal:
        problem = refusal
    if found is not None and not is_asked:
        messages.success(request, _said(found))
        return redirect("cases")
    context = {
        "found": found,
        "others": [(one.value, count) for one, count in found.others.items()] if found else [],
        "filters": filters,
        "query": f"?{urlencode(filters)}" if filters else "",
        "problem": problem,
    }
    return render(request, "pages/hygiene_cases.html", context, status=status_of(problem))


def _said(found: Opened) -> str:
    told = [f"{found.new:,} case{'' if found.new == 1 else 's'} opened"]
    told += [f"{found.again:,} opened again"] if found.again else []
    return "; ".join(told) + "."


def _filled(
    request: HttpRequest, problem: Refusal | None = None, typed: Sequence[Typed] = ()
) -> HttpResponse:
    """Show the form, with what was typed where something was."""
    form: FixForm | None = None
    try:
        form = fix_form(
            actor=actor_of(request), workspace=workspace_of(request), ask=_asked(request)
        )
    except BadInput as refusal:
        problem = problem or refusal
    values = {(one.wanted.opportunity_id, one.wanted.field): one.wanted.value for one in typed}
    rows = [
        (
            row,
            values.get((row.deal.opportunity_id, row.field), row.proposed),
            _kind(row.field, form),
        )
        for row in (form.rows if form else ())
    ]
    context = {
        "form": form,
        "rows": rows,
        "problem": problem,
        "query": urlencode(
            {name: given(request, name) for name in FILTERS if given(request, name)}
        ),
    }
    return render(request, "pages/hygiene_fix_new.html", context, status=status_of(problem))


def _looked_at(
    request: HttpRequest,
    found: Preview,
    wanted: list[Wanted],
    problem: Refusal | None = None,
) -> HttpResponse:
    """Show what would change, with a button that writes it."""
    context = {
        "found": found,
        "plans": [(plan, [_told(line) for line in plan.lines]) for plan in found.plans],
        "wanted": [Typed(number, one) for number, one in enumerate(wanted)],
        "has_others": bool(found.free) and not found.is_clean,
        "why": posted(request, "why"),
        "problem": problem,
        "query": urlencode(
            {name: given(request, name) for name in FILTERS if given(request, name)}
        ),
    }
    status = status_of(problem) if problem or found.is_clean else 409
    return render(request, "pages/hygiene_fix_look.html", context, status=status)


def _refused(
    request: HttpRequest, refusal: Refusal, wanted: list[Wanted], typed: list[Typed]
) -> HttpResponse:
    """Show where somebody stands who was refused: at what they looked at, or at the form."""
    if posted(request, "do") != "write" or not 1 <= len(wanted) <= MOST:
        return _filled(request, refusal, typed)
    found = preview(actor=actor_of(request), workspace=workspace_of(request), wanted=wanted)
    return _looked_at(request, found, wanted, refusal)


def _one(request: HttpRequest, fix_id: int, problem: Refusal | None) -> HttpResponse:
    found = one_fix(actor=actor_of(request), workspace=workspace_of(request), fix_id=fix_id)
    if found is None:
        raise Http404("There is no such fix, or none of deals that you see.")
    lines = [(one, _told(one.kept.line), _TAGS[one.fate.became]) for one in found.lines]
    context = {
        "found": found,
        "lines": lines,
        "deals": list(
            {
                one.kept.line.opportunity_id: one.title
                for one in found.lines
                if one.fate.became is Became.WAITING
            }.items()
        ),
        "waits": any(one.fate.became in _OPEN for one in found.lines),
        "problem": problem,
        "why": posted(request, "why"),
    }
    return render(request, "pages/hygiene_fix.html", context, status=status_of(problem))


_OPEN = (Became.WAITING, Became.NOT_TAKEN_OVER)


def _states(lines: Iterable[FixedLine]) -> list[tuple[Became, str, int]]:
    counts: dict[Became, int] = {}
    for one in lines:
        counts[one.fate.became] = counts.get(one.fate.became, 0) + 1
    return [(state, _TAGS[state], count) for state, count in counts.items()]


def _typed(request: HttpRequest) -> Iterator[Typed]:
    """Yield the rows of the form, numbered from 0 as they were sent."""
    for number in range(MOST + 1):
        deal = posted(request, f"deal.{number}")
        if not deal:
            return
        wanted = Wanted(
            deal,
            posted(request, f"field.{number}"),
            posted(request, f"value.{number}"),
            posted(request, f"seen.{number}"),
            posted(request, f"rule.{number}"),
        )
        yield Typed(number, wanted)


def _asked(request: HttpRequest) -> HygieneAsk:
    return _ask({name: given(request, name) for name in FILTERS})


def _ask(chosen: Mapping[str, str]) -> HygieneAsk:
    rule, severity, owner, team, deal = (chosen.get(name, "") for name in FILTERS)
    return HygieneAsk(rule=rule, severity=severity, owner=owner, team=team, deal=deal)


def _kind(field: str, form: FixForm | None) -> str:
    if form is not None and field in form.choices:
        return "choice"
    return {"close_on": "date", "amount": "number"}.get(field, "text")


def _told(line: Line) -> tuple[str, str, str]:
    """Return the title of a line, and its values as people read them."""
    return TITLES[line.field], _shown(line.field, line.old), _shown(line.field, line.new)


def _shown(field: str, text: str | None) -> str:
    value = value_of(field, text)
    if value is None:
        return "–"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, Decimal):
        return f"{value * 100:.0f} %" if field == "probability" else f"{value:,f}"
    return value.replace("_", " ") if field == "forecast_category" else value
