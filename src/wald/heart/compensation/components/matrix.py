"""Matrix: a payout by two measures at once, such as sales by margin, looked up in a table.

Terms   columns, starts of the second measure's attainment; rows, each from an attainment of the
        component's own measure, with one payout per column; what it pays on; side
Inputs  attainment of both measures; credit, or target incentive
Pays    target: target incentive x payout. credit: credit x payout. To date, less what was
        earned before
Laws    a cell is chosen by both attainments, each half-open; nothing is interpolated
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/matrix.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import Figure
from wald.kernel.problem import Problem

_MOST = Decimal(10)


class PaysOn(Enum):
    TARGET = "target"  # payout is a share of the target incentive
    CREDIT = "credit"  # payout is pay per unit of credit


@dataclass(frozen=True, slots=True)
class Row:
    starts_at: Decimal  # attainment of the component's own measure
    payouts: tuple[Decimal, ...]  # one per column


@dataclass(frozen=True, slots=True)
class Matrix:
    column_measure: str
    columns: tuple[Decimal, ...]  # attainments of the second measure, first from 0
    rows: tuple[Row, ...]
    pays_on: PaysOn = PaysOn.TARGET
    side: Side = Side.UPPER


def check(terms: Matrix) -> Iterator[Problem]:
    yield from bands.check_starts(terms.columns, "columns", from_zero=True)
    yield from bands.check_starts([r.starts_at for r in terms.rows], "rows", from_zero=True)
    most = Decimal(1) if terms.pays_on is PaysOn.CREDIT else _MOST
    for i, row in enumerate(terms.rows):
        if len(row.payouts) != len(terms.columns):
            what = f"has {len(row.payouts)} payouts for {len(terms.columns)} columns"
            yield Problem(f"rows[{i}].payouts", what, "give one payout per column")
        for k, payout in enumerate(row.payouts):
            if not 0 <= payout <= most:
                fix = f"write a payout from 0 to {most}"
                yield Problem(f"rows[{i}].payouts[{k}]", f"{payout} is no payout", fix)


def pay(terms: Matrix, case: Given) -> Paid:
    down, across = bands.attained(case), bands.attained(case, terms.column_measure)
    if down is None or across is None:
        return Paid(tuple(bands.less_earned(case)))
    columns = [
        case.term(start, f"columns[{k}]", f"start of column {k + 1}")
        for k, start in enumerate(terms.columns)
    ]
    starts = [
        case.term(row.starts_at, f"rows[{i}].starts_at", f"start of row {i + 1}")
        for i, row in enumerate(terms.rows)
    ]
    chosen = [_of_row(terms, i, case, columns, across) for i in range(len(terms.rows))]
    payout = bands.reached(starts, chosen, down, terms.side).called("payout of the cell")
    reason = f"payout at {down.value:.2%} and {across.value:.2%}"
    if terms.pays_on is PaysOn.TARGET:
        base = case.due_target
    else:
        base = case.own.to_date if case.pays_to_date else case.own.period
    lines = [PayLine(reason, base, payout)] if base and payout else []
    return Paid((*lines, *bands.less_earned(case)))


def _of_row(terms: Matrix, i: int, case: Given, columns: list[Figure], across: Figure) -> Figure:
    payouts = [
        case.term(payout, f"rows[{i}].payouts[{k}]", f"payout in row {i + 1}, column {k + 1}")
        for k, payout in enumerate(terms.rows[i].payouts)
    ]
    return bands.reached(columns, payouts, across, terms.side)


def _pays_in_the_first_cell(terms: Matrix) -> bool:
    first = terms.rows[0].payouts[:1] if terms.rows else ()
    return terms.pays_on is PaysOn.TARGET and any(first)


def edges(terms: Matrix) -> Iterator[Decimal]:
    yield from (row.starts_at for row in terms.rows[1:])


COMPONENT = Component(
    key="matrix",
    title="Matrix",
    terms=Matrix,
    check=check,
    pay=pay,
    example=Matrix(
        "margin",
        (Decimal(0), Decimal(1)),
        (
            Row(Decimal(0), (Decimal(0), Decimal("0.5"))),
            Row(Decimal(1), (Decimal("0.8"), Decimal("1.2"))),
        ),
    ),
    source="docs/compensation/matrix.md",
    edges=edges,
    needs_quota=lambda terms: True,
    pays_on_nothing=_pays_in_the_first_cell,
    reads=lambda terms: (terms.column_measure,),
)
