"""The example plans: their worked cases, what the linter says, AdventureWorks computed twice."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from wald.heart.compensation.plain_pay import PlainPay
from wald.kernel.actor import everything
from wald.queries.plain_pay import pay_of_files
from wald.queries.plan_texts import findings_in, tried_cases

PLANS = ROOT / "examples" / "plans"
AW = ROOT / "examples" / "adventureworks"
ANA = everything("ana")
WITH_CASES = sorted(path.name for path in PLANS.glob("*.cases.yaml"))


@pytest.mark.parametrize("name", WITH_CASES)
def test_worked_cases_come_out_as_they_say(name: str) -> None:
    found = tried_cases(actor=ANA, path=PLANS / name.replace(".cases", ""))
    assert len(found) >= 2
    assert [(one.case.name, one.differences) for one in found if one.differences] == []


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("account_executives", set()),
        ("managers", set()),
        ("adventureworks", set()),
        ("margin_given_away", {"price"}),
    ],
)
def test_the_linter_finds_the_one_that_gives_margin_away(name: str, rules: set[str]) -> None:
    found = findings_in(actor=ANA, path=PLANS / f"{name}.yaml")
    assert {one.rule for one in found if one.is_warning} == rules


def orders() -> list[dict[str, str]]:
    with gzip.open(AW / "sales_order_header.csv.gz", "rt", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["SalesPersonID"]]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def quotas() -> Iterator[tuple[str, date, date, Decimal]]:
    """Yield whose, from, up to, how much: each until the next one, the last for 92 days."""
    rows = table(AW / "sales_person_quota_history.csv")
    by_person: dict[str, list[tuple[date, Decimal]]] = {}
    for row in rows:
        day = date.fromisoformat(row["QuotaDate"])
        by_person.setdefault(row["BusinessEntityID"], []).append((day, Decimal(row["SalesQuota"])))
    for person, found in by_person.items():
        ends = [day for day, _ in found[1:]] + [found[-1][0] + timedelta(days=92)]
        for (day, amount), end in zip(found, ends, strict=True):
            yield person, day, end, amount


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> PlainPay:
    folder = tmp_path_factory.mktemp("aw")
    credits, targets = folder / "credits.csv", folder / "quotas.csv"
    with credits.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["payee", "credited_on", "amount", "deal"])
        writer.writerows(
            (row["SalesPersonID"], row["OrderDate"][:10], row["SubTotal"], row["SalesOrderNumber"])
            for row in orders()
        )
    with targets.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["payee", "starts_on", "ends_on", "amount"])
        # An end on the last day of a month would be taken for that day: see plain-files.md.
        writer.writerows((p, start, written(end), amount) for p, start, end, amount in quotas())
    files = {"credits": credits, "quotas": targets, "people": PLANS / "adventureworks.people.csv"}
    return pay_of_files(actor=ANA, plans=[PLANS / "adventureworks.yaml"], files=files)


def written(end: date) -> date:
    """Return how an end is written so that it is read as the first day after."""
    return end - timedelta(days=1) if end.day == 1 else end


def as_read(end: date) -> date:
    return end + timedelta(days=1) if (end + timedelta(days=1)).day == 1 else end


def test_adventureworks_is_paid_as_a_plain_loop_pays_it(paid: PlainPay) -> None:
    """Orders x own rate for each calendar quarter, and the bonus where they reach the quota; the
    quota of a quarter by the days that its windows share with it."""
    assert paid.left_out == ()
    assert paid.problems == ()
    people = {row["payee"]: row for row in table(PLANS / "adventureworks.people.csv")}
    assert {one.payee for one in paid.payees} == set(people)
    for payee in paid.payees:
        rates = dict(part.strip().split("=") for part in people[payee.payee]["rates"].split(";"))
        expected = sum(
            (_quarter(payee.payee, one.stretch.paid_in.start, one.stretch.paid_in.end, rates)
             for one in payee.pays), Decimal(0)
        )  # fmt: skip
        assert payee.total == expected, payee.payee
    assert sum(one.total for one in paid.payees) > 1_000_000


def _quarter(person: str, start: date, end: date, rates: dict[str, str]) -> Decimal:
    sold = sum(
        (cents(Decimal(row["SubTotal"]), "0.0001") for row in orders_of(person)
         if start <= date.fromisoformat(row["OrderDate"][:10]) < end), Decimal(0)
    )  # fmt: skip
    quota = sum(
        (Fraction(amount) * _shared(first, as_read(written(last)), start, end)
         for who, first, last, amount in quotas() if who == person), Fraction(0)
    )  # fmt: skip
    bonus = Decimal(rates["bonus"]) if quota and sold >= quota else Decimal(0)
    return cents(sold * Decimal(rates["commission"]), "0.01") + bonus


def _shared(first: date, last: date, start: date, end: date) -> Fraction:
    days = (min(last, end) - max(first, start)).days
    return Fraction(max(days, 0), (last - first).days)


def cents(amount: Decimal, step: str) -> Decimal:
    return amount.quantize(Decimal(step), ROUND_HALF_UP)


_BY_PERSON: dict[str, list[dict[str, str]]] = {}


def orders_of(person: str) -> list[dict[str, str]]:
    if not _BY_PERSON:
        for row in orders():
            _BY_PERSON.setdefault(row["SalesPersonID"], []).append(row)
    return _BY_PERSON.get(person, [])
