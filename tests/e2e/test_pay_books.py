"""Commissions in the books at every door, on a company whose figures are computed by eye.

January: Max is paid 1,000 for B1 (term of three years from its day), February 2,000 for B2, which
is cancelled in March, and March 3,000 for B3, of which no term is known. Moe is paid 500 a month
for B4 to B6, terms of a year, which are expensed at once. Mia is paid 1 % of each.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.ingesting import write
from tests.paying_runs import ANA, FILES, MANAGERS, REPS, Payroll
from tests.serving import WORDS, served, signed, workspace
from tests.terminal import wald
from tests.two_teams import add_people
from wald.heart.compensation.capitalising import Account
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Refusal
from wald.queries import kept, pay_books
from wald.queries.pay_accruals import accruals
from wald.queries.pay_books import Books, books
from wald.records.stores.users import create_user

POLICY = """\
document: accounting_policy
name: commissions
starts_on: 2026-01-01
owner: ana
reason: As agreed with the auditors
content:
  currency: EUR
  benefit_months: 48
  commensurate_from: 0.9
"""
TERMS = """\
subscription_id,account_id,booking_id,renews_id,starts_on,ends_on,amount,currency
S1,A1,B1,,2026-01-15,2029-01-15,3333,EUR
S2,A1,B2,,2026-02-15,2029-02-15,6666,EUR
S4,A1,B4,,2026-01-20,2027-01-20,5000,EUR
S5,A1,B5,,2026-02-20,2027-02-20,5000,EUR
S6,A1,B6,,2026-03-20,2027-03-20,5000,EUR
"""
GONE = "cancellation_id,booking_id,cancelled_on,amount,currency\nC1,B2,2026-04-10,20000,EUR\n"


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Payroll]:
    root = tmp_path_factory.mktemp("books")
    files = FILES | {"subscription__csv": TERMS, "cancellation__csv": GONE}
    with served(write(root / "first", **files), django_db_blocker):
        add_people()
        create_user("fin", WORDS, Role.FINANCE, database="default")
        made = Payroll(root, workspace(), at=datetime.now(UTC) - timedelta(hours=1))
        made.agree(REPS)
        made.agree(MANAGERS)
        with pytest.raises(Refusal, match="No accounting policy is in force"):
            _books(made, "2026-Q1")
        made.agree(POLICY)
        with pytest.raises(Refusal, match="No pay run was released"):
            _books(made, "2026-Q1")
        made.at = datetime.now(UTC)
        made.paid("2026-Q1")
        yield made


def _books(company: Payroll, period: str) -> Books:
    return books(actor=ANA, workspace=company.workspace, period=period, at=datetime.now(UTC))


def test_what_a_run_paid_is_added_or_expensed_to_the_cent(company: Payroll) -> None:
    """Paid 8,250. Terms of 12 months without proof that renewals are commensurate take the 48
    months of the policy, so everything is capitalised."""
    found = _books(company, "2026-Q1")
    (run,) = found.runs
    assert (run.paid, run.added, run.expensed, run.difference) == (8250, 8250, 0, 0)
    for month in ("2026-01", "2026-02", "2026-03"):
        sums = [row for row in found.by_account if f"{row[0]:%Y-%m}" == month]
        assert sum(row[2] for row in sums) == sum(row[3] for row in sums) > 0


def test_the_schedule_of_each_month_by_hand(company: Payroll) -> None:
    """All terms are below 48 months. January: 1,000 + 500 + 150 of Mia's share: 100 on B1 and 50
    on B4 = 1,650 / 48. February: 2,000 + 500 + 200 + 50 beside it; March 3,000 + 500 + 300 + 50."""
    months = _books(company, "2026-Q1").months
    assert [one.added for one in months] == [1650, 2750, 3850]
    january = sum(_first(Decimal(paid)) for paid in (1000, 100, 500, 50))
    assert months[0].amortised == january
    assert [one.opening for one in months[1:]] == [one.closing for one in months[:-1]]


def _first(paid: Decimal) -> Decimal:
    return (paid / 48).quantize(Decimal("0.01"))


def test_a_cancelled_contract_is_written_off_in_its_month(company: Payroll) -> None:
    """B2 ended on 10 April: 2,200 less two months of 48, of both who were paid for it."""
    april = _books(company, "2026-04").months[-1]
    left = sum(
        paid - (paid / 24).quantize(Decimal("0.01")) for paid in (Decimal(2000), Decimal(200))
    )
    assert april.written_off == left
    found = _books(company, "2026-04").lines
    gone = [one for one in found if one.line.debit is Account.WRITE_OFF]
    assert {(one.line.contract_id, one.line.person_id, one.run_id) for one in gone} == {
        ("B2", "R1", 1),
        ("B2", "M1", 1),
    }


def test_a_contract_without_a_term_is_a_doubt(company: Payroll) -> None:
    found = _books(company, "2026-Q1")
    assert [key for key, one in found.contracts.items() if one.doubt] == ["B3"]
    assert found.doubts[0].startswith("1 of 6 contracts have no term")


def test_accruals_know_how_far_off_they_were(company: Payroll) -> None:
    """Everybody is paid at one rate, so what is earned is what is owed: nothing is accrued where
    credit comes as expected, and the window's pay is expected from the months before."""
    found = accruals(actor=ANA, workspace=company.workspace, period="2026-03", at=datetime.now(UTC))
    assert [one.period.label for one in found.earlier] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
    moe = next(one for one in found.people if one.person_id == "R2")
    # 5,000 a month for twelve months is exactly the quota: 60,000 at 10 %.
    assert (moe.expected, moe.earned, moe.accrued) == (6000, 1500, 0)
    max_ = next(one for one in found.people if one.person_id == "R1")
    # 60,000 so far and 20,000 in each of nine months: 240,000; 120,000 x 10 % + 120,000 x 20 %.
    assert (max_.expected, max_.earned) == (36000, 6000)
    # A quarter of the credit is in: 9,000 of the 36,000.
    assert (max_.recognised, max_.accrued) == (9000, 3000)
    assert max_.low <= max_.accrued <= max_.high


def test_an_accrual_is_booked_and_reversed(company: Payroll) -> None:
    march, april = _books(company, "2026-03"), _books(company, "2026-04")
    accrued = sum(one.line.amount for one in march.lines if one.line.credit is Account.ACCRUED)
    assert accrued == march.accruals.accrued == 3000
    turned = [one for one in april.lines if "reversed" in one.line.why]
    assert sum(one.line.amount for one in turned) == 3000
    assert {one.line.debit for one in turned} == {Account.ACCRUED}


@pytest.mark.parametrize("period", ["soon", "2026-01-05..2026-01-20", "2026-W03", ""])
def test_what_is_no_period_is_refused(company: Payroll, period: str) -> None:
    with pytest.raises(BadInput) as refused:
        _books(company, period)
    assert [one.where for one in refused.value.problems] == ["period"]


def test_the_page_shows_it_to_those_who_see_all_pay() -> None:
    page = text_of(visitor("fay").get("/pay/books/?period=2026-Q1"))
    for words in ("8,250.00", "1650", "commissions, version 1", "tell nothing yet", "B1", "Max"):
        assert words in page
    assert re.search(r"1–(\d+) of \1 lines", page)
    assert "No line" in text_of(visitor("fay").get("/pay/books/?period=2026-Q1&page=2"))
    only = text_of(visitor("fay").get("/pay/books/?period=2026-Q1&search=B1"))
    assert not re.search(r"\bB4\b", only)  # a token of a form may have it among its letters
    assert visitor("fay").get("/pay/books/?period=soon").status_code == 400
    for name in ("max", "mia", "adam", "rae"):
        assert visitor(name).get("/pay/books/?period=2026-Q1").status_code == 403
        assert signed(name).get("/api/v1/pay/books?period=2026-Q1").status_code == 403
        assert signed(name).get("/api/v1/pay/accruals?period=2026-Q1").status_code == 403


def test_the_api_and_the_command_say_the_same(company: Payroll) -> None:
    api = signed("fay").get("/api/v1/pay/books?period=2026-Q1").json()
    assert api["runs"][0]["added"] == "8250"
    home = ("--home", str(company.workspace.home))
    told = wald("pay", "books", "--period", "2026-Q1", *home, "--json")
    assert told.code == 0, told.err
    assert told.json["lines"] == api["lines"]
    rows = wald("pay", "books", "--period", "2026-Q1", *home, "--csv").out.splitlines()
    assert len(rows) == len(api["lines"]) + 1
    assert "commensurate" not in wald("pay", "accrue", "--period", "2026-02", *home).out
    assert "8,250.00" in wald("pay", "books", "--period", "2026-Q1", *home).out
    assert signed("fay").get("/api/v1/pay/accruals?period=2026-03").json()["accrued"] == "3000"
    assert signed("fay").get("/api/v1/pay/books?period=x").status_code == 422
    assert wald("pay", "accrue", "--period", "x", *home).code == 2


def test_what_is_kept_gives_the_same_books_and_what_is_damaged_is_made_again(
    company: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = company.workspace.cache / "runs"
    assert list(folder.glob("[0-9]*.json")), "a release keeps what its run paid"

    def fresh() -> Books:
        monkeypatch.setattr(kept, "_values", OrderedDict())  # as in a new process
        return _books(company, "2026-Q1")

    for old in folder.glob("accruals-*"):
        old.unlink()
    first = fresh()
    (file,) = folder.glob("accruals-*.json")
    text = file.read_text()
    assert not any(name in text for name in ("Max", "Moe", "Mia"))
    with monkeypatch.context() as closed:
        closed.setattr(pay_books, "accruals", None)  # is not asked
        assert fresh() == first
    for damaged in (text[: len(text) // 2], "{}", text.replace('"window"', '"windows"'), "[]"):
        file.write_text(damaged)
        assert fresh() == first
        assert file.read_text() == text
