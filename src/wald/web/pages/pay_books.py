"""Commissions in the books: accounts, the asset month by month, the test, every line, accruals."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from wald.kernel.problem import BadInput, Refusal
from wald.queries.pay_books import Books, books
from wald.queries.plain_pay_books import of_came, rate_in_words
from wald.web.door import actor_of, given, pager, paging_of, workspace_of
from wald.web.refusals import status_of

_LINES = 50  # of the journal on one page


@login_required
@require_safe
def pay_books(request: HttpRequest) -> HttpResponse:
    """Show what the ledger gets for a period; without one, ask for it."""
    actor = actor_of(request)
    actor.must("pay.read_all")
    period = given(request, "period")
    problem: Refusal | None = None
    found: Books | None = None
    if period:
        try:
            found = books(actor=actor, workspace=workspace_of(request), period=period, at=now())
        except Refusal as refusal:
            problem = refusal
    context: dict[str, object] = {
        "period": period,
        "problem": problem,
        "wrong": problem.problems if isinstance(problem, BadInput) else (),
    }
    if found is not None:
        context |= _shown(request, found, given(request, "search"))
    return render(request, "pages/pay_books.html", context, status=status_of(problem))


def _shown(request: HttpRequest, found: Books, search: str) -> dict[str, object]:
    """Return the page's values; `search` keeps the lines of one contract or person."""
    lines = [
        (one, found.names.get(one.line.person_id, one.line.person_id))
        for one in found.lines
        if not search or search in (one.line.contract_id, one.line.person_id)
    ]
    paging = paging_of(request, size=_LINES)
    return {
        "found": found,
        "currency": found.currency,
        "accounts": [
            (month, account, found.policy.account(account), debit, credit)
            for month, account, debit, credit in found.by_account
        ],
        "months": [one for one in found.months if one.month in found.period],
        "test": rate_in_words(found.test) if found.test is not None else "",
        "lines": lines[paging.offset : paging.offset + paging.size],
        "pager": pager(request, paging, len(lines)),
        "search": search,
        "earlier": [(one, of_came(one)) for one in found.accruals.earlier],
    }
