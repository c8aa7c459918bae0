"""How much of what was open came to be won in time, by kind of deal: measured at the same distance.

For each period before: deals open on the same day of it, those won by its end, both in amounts.
A kind has the share that its deals had, mixed with that of all deals as much as five deals count.
Deals without an amount count as the average of those open with them.
Source: docs/forecast/README.md
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.brain.forecast import Known, Told, Unable
from wald.brain.history import open_on, read_day, so_far, sums
from wald.kernel.period import Period

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
_FEW = 5.0  # deals


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The kinds there are, "" for none; a cell is a kind and whether the deal is due in time."""

    names: pa.Array
    kind: str

    @property
    def size(self) -> int:
        return 2 * len(self.names)

    def cells(self, rows: pa.Table, period: Period) -> tuple[Ints, Floats]:
        """Return the cell of each row, odd where it is due by the end, and its amount."""
        place = pc.index_in(pc.fill_null(rows[self.kind], ""), self.names).to_numpy()
        end = pa.scalar(period.end, pa.date32())
        due = pc.fill_null(pc.less(rows["close_on"], end), fill_value=False).to_numpy()
        amounts = rows["amount"].to_numpy().astype(float)
        has = ~np.isnan(amounts)
        average = float(amounts[has].mean()) if has.any() else 0.0
        return 2 * place.astype(np.int64) + due, np.where(has, amounts, average)


@dataclass(frozen=True, slots=True)
class _Rates:
    """Amounts open and won, by cell, and of how many deals."""

    open: Floats
    won: Floats
    deals: int

    def by_cell(self) -> Floats:
        """Return the share of each cell's amount that was won in time."""
        due = np.arange(len(self.open)) % 2
        whole, gained = np.bincount(due, self.open, 2), np.bincount(due, self.won, 2)
        bases = np.divide(gained, whole, out=np.zeros(2), where=whole != 0)[due]
        few = _FEW * float(whole.sum()) / max(1, self.deals)
        below = self.open + few
        return np.divide(self.won + few * bases, below, out=bases.copy(), where=below != 0)


def told_by(known: Known, kind: str) -> Told | Unable:
    """Return closed so far plus open deals at the measured rates of the column `kind` of OPEN.

    Where no period before can be measured, deals due in the period count at the probability that
    their source states.
    """
    if not known.open.num_rows and not known.past.num_rows:
        return Unable("There are no open deals, now or before.")
    if not pc.any(pc.is_valid(known.open[kind])).as_py() and known.open.num_rows:
        return Unable(f"No open deal has a {kind}.")
    kinds = _kinds(known, kind)
    rates = _measured(known, kinds)
    cells, amounts = kinds.cells(known.open, known.period)
    if rates.deals:
        share = rates.by_cell()[cells]
    else:
        stated = known.open["probability"]
        if known.open.num_rows and not pc.any(pc.is_valid(stated)).as_py():
            return Unable("No period before can be measured, and no stage states a probability.")
        share = np.nan_to_num(stated.to_numpy()) * (cells % 2)
    names = known.open.column_names
    expected = known.open.set_column(names.index("amount"), "amount", pa.array(amounts * share))
    ahead = sums(expected, "on", [(known.day, known.day)])
    closed = so_far(known)
    return {
        unit.key: np.array([closed.of(unit.key)[0] + ahead.of(unit.key)[0]]) for unit in known.units
    }


def _kinds(known: Known, kind: str) -> _Kinds:
    found = {
        name for rows in (known.past, known.open) for name in pc.unique(rows[kind]).to_pylist()
    }
    return _Kinds(pa.array(sorted({"", *(one for one in found if one)}), pa.string()), kind)


def _measured(known: Known, kinds: _Kinds) -> _Rates:
    opened, gained, deals = np.zeros(kinds.size), np.zeros(kinds.size), 0
    for period in known.before:
        day = read_day(known, period)
        if day is None:
            continue
        rows = open_on(known, day)
        cells, amounts = kinds.cells(rows, period)
        opened += np.bincount(cells, amounts, kinds.size)
        gained += np.bincount(cells, _won(known, rows, amounts, day, period), kinds.size)
        deals += rows.num_rows
    return _Rates(opened, gained, deals)


def _won(known: Known, rows: pa.Table, amounts: Floats, day: date, period: Period) -> Floats:
    """Return what each deal brought by the end of the period, 0 if it was not won in it."""
    closed = known.closed
    end = pc.less(closed["closed_on"], pa.scalar(period.end, pa.date32()))
    after = pc.greater(closed["closed_on"], pa.scalar(day, pa.date32()))
    won = closed.filter(pc.and_(pc.equal(closed["outcome"], "won"), pc.and_(end, after)))
    at = pc.index_in(rows["opportunity_id"], value_set=won["opportunity_id"].combine_chunks())
    gained = won["amount"].take(at).to_numpy().astype(float)
    is_won = pc.is_valid(at).to_numpy()
    return np.where(is_won, np.where(np.isnan(gained), amounts, gained), 0.0)
