"""Pipeline hygiene: what is wrong with open deals, by rule and by owner, and how rules fared."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from wald.kernel.problem import BadInput
from wald.queries.hygiene import BY_VALUE, PAGE, FindingLine, HygieneAsk, HygienePage, Part, hygiene
from wald.queries.hygiene_record import RuleFared, hygiene_record
from wald.web.door import Dates, actor_of, address, dates_of, given, pager, paging_of, workspace_of
from wald.web.pages.forecast_model import whole
from wald.web.pages.hygiene_fixes import doors_of
from wald.web.templatetags.fmt import money

FILTERS = (("rule", "Rule"), ("severity", "Severity"), ("owner", "Owner"), ("team", "Team"))
_OWNERS = 12  # of the table by owner; further ones are in the filter


@login_required
@require_safe
def hygiene_page(request: HttpRequest) -> HttpResponse:
    """Show the findings at the open deals one sees."""
    paging, dates, page, problem = paging_of(request, size=PAGE), Dates(), None, None
    try:
        dates = dates_of(request)
        page = hygiene(
            actor=actor_of(request),
            workspace=workspace_of(request),
            ask=_ask(request, dates),
            offset=paging.offset,
        )
    except BadInput as error:
        problem = error
    context: dict[str, object] = {"page": page, "problem": problem, "dates": dates}
    if page is not None:
        context |= {
            "filters": _filters(request, page),
            "pager": pager(request, paging, page.total.findings),
            "rules": [
                (
                    one,
                    _length(one.part, page),
                    _to(request, rule=one.rule.key),
                    whole(one.part.narrows),
                )
                for one in page.rules
            ],
            "owners": [(one, _to(request, owner=one.key)) for one in page.owners[:_OWNERS]],
            "more_owners": max(0, len(page.owners) - _OWNERS),
            "teams": [(one, _to(request, team=one.key)) for one in page.teams],
            "lines": [
                (one, _proposed(one, page.currency), whole(one.value.width) if one.value else None)
                for one in page.lines
            ],
            "narrows": whole(page.total.narrows),
            "by_value": _to(request, order="" if given(request, "order") else BY_VALUE),
            "is_by_value": given(request, "order") == BY_VALUE,
            "is_filtered": any(given(request, name) for name, _ in FILTERS),
            "doors": doors_of(request, page.total.findings),
        }
    return render(request, "pages/hygiene.html", context, status=400 if problem else 200)


@login_required
@require_safe
def hygiene_rules_page(request: HttpRequest) -> HttpResponse:
    """Show what each rule measures, and how often the deals it found were won."""
    dates, record, problem = Dates(), None, None
    try:
        dates = dates_of(request)
        record = hygiene_record(
            actor=actor_of(request), workspace=workspace_of(request), on=dates.as_of
        )
    except BadInput as error:
        problem = error
    context = {
        "record": record,
        "problem": problem,
        "dates": dates,
        "rules": [(one, _points(one)) for one in record.rules] if record else (),
    }
    return render(request, "pages/hygiene_rules.html", context, status=400 if problem else 200)


def _ask(request: HttpRequest, dates: Dates) -> HygieneAsk:
    chosen = {name: given(request, name) for name, _ in FILTERS}
    return HygieneAsk(dates.as_of, dates.known, **chosen, order=given(request, "order"))


def _to(request: HttpRequest, **chosen: str) -> str:
    return address(request, page="", **chosen)


def _filters(
    request: HttpRequest, page: HygienePage
) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    return [(name, title, given(request, name), page.choices[name]) for name, title in FILTERS]


def _proposed(line: FindingLine, currency: str) -> str:
    """Return the value that is proposed as people read it, "" for none."""
    proposal = line.finding.proposal
    if proposal is None:
        return ""
    if isinstance(proposal.value, Decimal):
        return money(proposal.value, line.deal.currency or currency)
    if isinstance(proposal.value, date):
        return f"{proposal.value.day} {proposal.value:%b %Y}"
    return proposal.value


def _length(part: Part, page: HygienePage) -> Decimal | None:
    """Return the length of a bar: what is at risk of all that is open."""
    return part.amount / page.open_amount if page.open_amount > 0 and part.amount > 0 else None


def _points(one: RuleFared) -> tuple[str, str, str] | None:
    """Return a difference of shares and its interval in points."""
    told = one.record.difference
    if told is None:
        return None
    low, middle, high = (_signed(value) for value in (told.low, told.estimate, told.high))
    return middle, low, high


def _signed(share: float) -> str:
    return f"{share * 100:+.0f}".replace("-", "\N{MINUS SIGN}")
