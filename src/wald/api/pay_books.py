"""What another plan would have paid, accruals, and what the ledger gets."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.pay_books_shapes import AccrualsShape, AskedBooks, BooksShape, TrialShape, WhatIfShape
from wald.api.shapes import FAULTS
from wald.queries.accounting import NoPolicy
from wald.queries.pay_accruals import accruals
from wald.queries.pay_books import books
from wald.queries.pay_what_if import what_if
from wald.queries.pay_what_if_plans import Tried
from wald.queries.plain import Json
from wald.queries.plain_pay_books import accruals_json, books_json
from wald.queries.plain_pay_what_if import what_if_json

router = Router(tags=["pay"])


@router.post("/pay/what-if", response={200: WhatIfShape, **FAULTS})
def try_plan(request: HttpRequest, given: TrialShape) -> Json:
    """Pay a past period by another plan, beside what was in force. Nothing is kept."""
    refuse_unknown(request)
    tried = Tried(given.over, given.plan, "plan", given.version, given.instead_of)
    found = what_if(actor=asking(request), workspace=workspace(), tried=tried, at=moment())
    return what_if_json(found)


@router.get("/pay/accruals", response={200: AccrualsShape, **FAULTS})
def list_accruals(request: HttpRequest, asked: Query[AskedBooks]) -> Json:
    """What is owed for work done and not earned yet, and how far off it was before."""
    refuse_unknown(request, AskedBooks.model_fields)
    found = accruals(actor=asking(request), workspace=workspace(), period=asked.period, at=moment())
    return accruals_json(found)


@router.get("/pay/books", response={200: BooksShape, **FAULTS})
def pay_journal(request: HttpRequest, asked: Query[AskedBooks]) -> Json:
    """What the ledger gets for a period: lines, accounts, roll-forward, the test, the ties."""
    refuse_unknown(request, AskedBooks.model_fields)
    actor = asking(request)
    try:
        found = books(actor=actor, workspace=workspace(), period=asked.period, at=moment())
    except NoPolicy as refusal:
        raise Http404(str(refusal)) from refusal
    return books_json(found)
