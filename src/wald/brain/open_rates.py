"""How much of what was open came to be won in time, by kind of deal: measured at the same distance.

For each period before: deals open on the same day of it, those won by its end, both in amounts.
A kind has the share that its deals had, mixed with that of all deals as much as five deals count.
Deals without an amount count as the average of those open with them.
Source: docs/forecast/README.md
"""

from dataclasses import dataclass, field
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
_FEW = 5.0  # deals


@dataclass(slots=True)
class _Rates:
    """Amounts open and won, by kind and whether the deal was due in the period."""

    open: dict[tuple[str, bool], float] = field(default_factory=dict)
    won: dict[tuple[str, bool], float] = field(default_factory=dict)
    deals: int = 0

    def add(self, kinds: list[str], due: list[bool], amounts: Floats, won: Floats) -> None:
        for kind, is_due, amount, gained in zip(kinds, due, amounts, won, strict=True):
            key = (kind, is_due)
            self.open[key] = self.open.get(key, 0.0) + float(amount)
            self.won[key] = self.won.get(key, 0.0) + float(gained)
        self.deals += len(kinds)

    def rate(self, kind: str, is_due: bool) -> float:
        """Return the share of a kind's amount that was won in time."""
        whole = {due: self._sum(self.open, due) for due in (True, False)}
        base = self._sum(self.won, is_due) / whole[is_due] if whole[is_due] else 0.0
        few = _FEW * sum(whole.values()) / max(1, self.deals)
        key = (kind, is_due)
        opened = self.open.get(key, 0.0)
        return (self.won.get(key, 0.0) + few * base) / (opened + few) if opened + few else base

    @staticmethod
    def _sum(amounts: dict[tuple[str, bool], float], is_due: bool) -> float:
        return sum(amount for (_, due), amount in amounts.items() if due is is_due)


def told_by(known: Known, kind: str) -> Told | Unable:
    """Return closed so far plus open deals at the measured rates of the column `kind` of OPEN.

    Where no period before can be measured, deals due in the period count at the probability that
    their source states.
    """
    if not known.open.num_rows and not known.past.num_rows:
        return Unable("There are no open deals, now or before.")
    if not pc.any(pc.is_valid(known.open[kind])).as_py() and known.open.num_rows:
        return Unable(f"No open deal has a {kind}.")
    rates = _measured(known, kind)
    if rates.deals:
        kinds, due, amounts = _cells(known.open, kind, known.period)
        share = np.array([rates.rate(*cell) for cell in zip(kinds, due, strict=True)])
    else:
        stated = known.open["probability"]
        if known.open.num_rows and not pc.any(pc.is_valid(stated)).as_py():
            return Unable("No period before can be measured, and no stage states a probability.")
        _, due, amounts = _cells(known.open, kind, known.period)
        share = np.nan_to_num(stated.to_numpy()) * np.array(due, float)
    names = known.open.column_names
    expected = known.open.set_column(names.index("amount"), "amount", pa.array(amounts * share))
    ahead = sums(expected, "on", [(known.day, known.day)])
    closed = so_far(known)
    return {
        unit.key: np.array([closed.of(unit.key)[0] + ahead.of(unit.key)[0]]) for unit in known.units
    }


def _measured(known: Known, kind: str) -> _Rates:
    rates = _Rates()
    for period in known.before:
        day = read_day(known, period)
        if day is None:
            continue
        rows = open_on(known, day)
        kinds, due, amounts = _cells(rows, kind, period)
        rates.add(kinds, due, amounts, _won(known, rows, amounts, day, period))
    return rates


def _cells(rows: pa.Table, kind: str, period: Period) -> tuple[list[str], list[bool], Floats]:
    kinds = [one or "" for one in rows[kind].to_pylist()]
    end = pa.scalar(period.end, pa.date32())
    due = pc.fill_null(pc.less(rows["close_on"], end), fill_value=False).to_pylist()
    amounts = rows["amount"].to_numpy().astype(float)
    has = ~np.isnan(amounts)
    average = float(amounts[has].mean()) if has.any() else 0.0
    return kinds, due, np.where(has, amounts, average)


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
