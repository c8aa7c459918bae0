"""What the type accounting_policy finds wrong with what it says, and what the books get from it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wald.agreements import accounting_policy
from wald.agreements.accounting_policy import (
    AccountingPolicy,
    Accounts,
    account_of,
    check,
    terms_of,
)
from wald.documents.document import document_types
from wald.documents.proposal import as_version, override_problems
from wald.documents.reading import read
from wald.documents.version import Bound, State
from wald.heart.compensation.capitalising import Account

SOUND = AccountingPolicy(benefit_months=60)


def test_a_sound_policy_has_no_problem() -> None:
    assert list(check(SOUND)) == []
    assert accounting_policy.DOCUMENT.summary(SOUND) == (
        "benefit over 60 months; a year or less at once; in EUR"
    )


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        ({"benefit_months": 0}, "benefit_months", "0 is no time of benefit"),
        ({"benefit_months": 241}, "benefit_months", "241 is no time"),
        ({"commensurate_from": Decimal(90)}, "commensurate_from", "90 is no share"),
        ({"commensurate_from": Decimal(0)}, "commensurate_from", "0 is no share"),
        ({"least_commensurate": 0}, "least_commensurate", "0 tells nothing"),
        (
            {"accounts": Accounts(write_off="6510")},
            "accounts.write_off",
            "account of amortisation too",
        ),
    ],
)
def test_what_makes_no_sense_is_told(change: dict[str, object], place: str, what: str) -> None:
    found = list(check(SOUND.model_copy(update=change)))
    assert [(one.where, what in one.what) for one in found] == [(place, True)]


def test_limits_themselves_are_allowed() -> None:
    for change in ({"benefit_months": 240}, {"commensurate_from": Decimal(1)}):
        assert list(check(SOUND.model_copy(update=change))) == []


def test_the_books_get_its_terms_and_its_numbers() -> None:
    terms = terms_of(SOUND)
    assert (terms.currency, terms.benefit_months, terms.expedient) == ("EUR", 60, True)
    assert (terms.commensurate_from, terms.least_commensurate) == (Decimal("0.9"), 10)
    numbers = {"1650", "6510", "6500", "6520", "2150", "2155"}
    assert {account_of(SOUND, one) for one in Account} == numbers


def test_a_change_is_told_in_words() -> None:
    tell = accounting_policy.DOCUMENT.tell
    assert tell("commensurate_from", Decimal("0.9")) == (
        "renewals are commensurate from",
        "90 %",
    )
    assert tell("accounts.asset", "1650") == ("account of asset:", "1650")


CENTRAL = """\
document: accounting_policy
name: commissions
starts_on: 2026-01-01
content:
  benefit_months: 60
"""


def test_no_unit_is_let_change_it() -> None:
    text = CENTRAL.replace("content:", "local:\n  benefit_months: {lowest: 12}\ncontent:")
    (found,) = read(text, document_types()).problems
    assert str(found) == (
        "line 5, column 3, local.benefit_months: the books are kept for the whole company, by one "
        "policy; take it out; it holds for all"
    )


def test_an_override_is_refused_where_it_is_written() -> None:
    """Also where an organization's version from before this was checked opened the value."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    written = read(CENTRAL, document_types()).written
    assert written is not None
    central = replace(
        as_version(written, "ana", moment, 1),
        state=State.APPROVED,
        approved_at=moment,
        local=(Bound("benefit_months"),),
    )
    text = CENTRAL.replace(
        "starts_on: 2026-01-01",
        "unit: EMEA\nstarts_on: 2026-01-01\nexpires_on: 2027-01-01\nowner: lou\nreason: Ours",
    )
    reading = read(text, document_types())
    assert reading.written is not None
    override = as_version(reading.written, "lou", moment)
    (found,) = override_problems(accounting_policy.DOCUMENT, override, [central], reading.findings)
    assert found.what == "the books are kept for the whole company, by one policy"
    assert found.where.startswith("line 9, ")
