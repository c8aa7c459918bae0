"""Plain files of a pay run as typed rows: credits, quotas, people, payments, scores, rates.

What cannot be read is a Problem that names the file, the row, the column and the cure; the other
rows are read all the same. Source: docs/compensation/plain-files.md
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from wald.heart.compensation.measuring import COLUMNS
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem

E = TypeVar("E", bound=Enum)

_MOST = Decimal(10) ** 14  # of an amount; beyond it nothing is stored anywhere
_MONEY = Decimal("0.0001")
_SHARE = Decimal("0.000001")

# Columns of each sheet: those it must have, and those it may.
CREDITS = (
    ("payee", "credited_on", "amount"),
    ("credit_id", "deal", "share", "kind", "event", "rule", "booked_on", "is_held",
     *(name for name in COLUMNS if name not in ("person_id", "deal_id", "deal_amount"))),
)  # fmt: skip
QUOTAS = (("payee", "starts_on", "ends_on", "amount"), ("quota_id", "measure"))
PEOPLE = (
    ("payee",),
    ("name", "role", "manager", "starts_on", "ends_on", "target_incentive", "currency", "region",
     "team", "territory", "rates", "valid_from"),
)  # fmt: skip
PAYMENTS = (("deal", "paid_on", "amount"), ("payment_id", "currency"))
SCORES = (("payee", "objective", "starts_on", "ends_on", "reached"), ())
RATES = (("from_currency", "to_currency", "starts_on", "rate"), ())
KINDS = {
    "credits": CREDITS,
    "quotas": QUOTAS,
    "people": PEOPLE,
    "payments": PAYMENTS,
    "scores": SCORES,
    "rates": RATES,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one file; `first` is the number that its first row has for people who open it."""

    name: str
    rows: Sequence[Mapping[str, object]]
    first: int = 1
    columns: tuple[str, ...] = ()  # of a file without rows


EMPTY = Sheet("", ())


@dataclass(frozen=True, slots=True)
class Fault:
    """A Problem, and whom it keeps from being paid; nobody where the pay of all is right."""

    problem: Problem
    payees: tuple[str, ...] = ()


@dataclass(slots=True)
class Faults:
    found: list[Fault] = field(default_factory=list)

    def add(self, where: str, what: str, fix: str, *payees: str) -> None:
        self.found.append(Fault(Problem(where, what, fix), payees))


class Row:
    """One row of a sheet, read column by column; what is wrong goes to the faults."""

    def __init__(self, sheet: Sheet, number: int, cells: Mapping[str, object], faults: Faults):
        self.at = f"{sheet.name} row {sheet.first + number}"
        self.cells = cells
        self.payee = _text(cells.get("payee")) or ""
        self.is_sound = True
        self._faults = faults

    def wrong(self, column: str, what: str, fix: str) -> None:
        self.is_sound = False
        whose = f" of {self.payee}" if self.payee else ""
        payees = (self.payee,) if self.payee else ()
        self._faults.add(f"{self.at}{whose}, {column}", what, fix, *payees)

    def text(self, column: str) -> str:
        return _text(self.cells.get(column)) or ""

    def wanted(self, column: str, example: str) -> str:
        found = self.text(column)
        if not found:
            self.wrong(column, "nothing stands here", f"write {example}")
        return found

    def day(self, column: str, *, must: bool = False) -> date | None:
        value = self.cells.get(column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        told = _text(value)
        if not told:
            if must:
                self.wrong(column, "nothing stands here", "write a day such as 2026-01-31")
            return None
        found = read_day(told[:10], column)
        if isinstance(found, Problem) or len(told.rstrip("T0:. Z")) > 10:
            self.wrong(column, f"{told!r} is not a day", "write it like 2026-01-31")
            return None
        return found

    def number(self, column: str, *, must: bool = False) -> Decimal | None:
        value = self.cells.get(column)
        told = _text(value)
        if not told:
            if must:
                self.wrong(column, "nothing stands here", "write a number such as 1250.00")
            return None
        try:
            found = Decimal(told)
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or abs(found) >= _MOST or isinstance(value, bool):
            fix = "write a number such as 1250.00: a point, no thousands, no sign of a currency"
            self.wrong(column, f"{told!r} is not a number", fix)
            return None
        return found

    def money(self, column: str, *, must: bool = False) -> Decimal | None:
        """Read an amount; more than four digits after the point are rounded, as facts are."""
        found = self.number(column, must=must)
        return None if found is None else found.quantize(_MONEY, ROUND_HALF_UP)

    def share(self, column: str) -> Decimal:
        found = self.number(column)
        if found is None:
            return Decimal(1)
        if not 0 < abs(found) <= 1:
            fix = "write a share above 0, up to 1: 0.5 for half"
            if 1 < found <= 100:
                fix = f"write {(found / 100).normalize():f} for {found.normalize():f} %"
            self.wrong(column, f"{found} is no share of a deal", fix)
            return Decimal(1)
        return found.quantize(_SHARE, ROUND_HALF_UP)

    def flag(self, column: str) -> bool:
        told = self.text(column).lower()
        if told not in ("", "true", "false", "1", "0", "yes", "no"):
            self.wrong(column, f"{told!r} is neither yes nor no", "write true or false")
        return told in ("true", "1", "yes")

    def choice(self, column: str, kind: type[E], default: E) -> E:
        told = self.text(column).lower()
        found = next((one for one in kind if one.value == told), None)
        if told and found is None:
            near = get_close_matches(told, [one.value for one in kind], n=1)
            names = ", ".join(one.value for one in kind)
            fix = f"did you mean {near[0]}?" if near else f"choose among {names}"
            self.wrong(column, f"{told!r} is not one", fix)
        return found or default


R = TypeVar("R")


def read_sheet(
    sheet: Sheet, kind: str, faults: Faults, make: Callable[[Row], R | None]
) -> Iterator[tuple[Row, R]]:
    """Yield what `make` makes of each sound row. Raises BadInput where a column is missing."""
    _columns(sheet, kind, faults)
    for number, cells in enumerate(sheet.rows):
        row = Row(sheet, number, cells, faults)
        made = make(row)
        if made is not None and row.is_sound:
            yield row, made


def _columns(sheet: Sheet, kind: str, faults: Faults) -> None:
    """Find columns that are missing; one that is nearly a known one is likely misspelt."""
    must, may = KINDS[kind]
    there = tuple(dict.fromkeys(name for row in sheet.rows for name in row)) or sheet.columns
    if not sheet.name:
        return
    lacking = [name for name in must if name not in there]
    if lacking:
        known = ", ".join(there) or "none"
        problems = [
            Problem(f"{sheet.name}, {name}", f"the column is missing; there are {known}",
                    f"add it, or rename the one that holds it to {name}")
            for name in lacking
        ]  # fmt: skip
        raise BadInput(f"{sheet.name} cannot be read as {kind}.", problems)
    for name in there:
        near = get_close_matches(name, (*must, *may), n=1, cutoff=0.8)
        if name not in (*must, *may) and near:
            fix = f"did you mean {near[0]}? if not, rename it"
            faults.add(f"{sheet.name}, {name}", "no column is called so and it is not read", fix)


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value != value:
        return None
    return str(value).strip()
