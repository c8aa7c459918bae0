"""The bookings of a period in three parts: closed so far, from open deals, not yet created.

Open deals: each is won by its chance of the hazard model, under a shock that all deals of a
future share; a won deal books its amount times a ratio drawn from those of earlier wins. All
units are told from the same futures, so that parts and teams add up draw by draw.
Source: docs/forecast/deal_hazards.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_weeks import WON, Ends, Floats, Ints, days, ends, number
from wald.brain.forecast import DRAWS, Draws, Known, Parts, Unable
from wald.brain.hazards import Hazards, chances, fit_hazards
from wald.brain.history import places_on, read_day, so_far
from wald.brain.new_deals import Flow, draw_flow, loose_flow, new_deal_flow
from wald.brain.open_deals import Amounts, Standing, amounts_of, draw_open
from wald.brain.shock import Past, Shock, fit_shock

_MOST_SHOCKS = 125  # futures differ in their deals within a shock, too
_MOST_PAST = 6_000  # deals of one earlier period that its residual is measured on
_LINKED = 0.1  # share of won deals with a booking; below, bookings tell nothing of deals
_RECENT = 182  # days over which a rep's share of new deals is counted


@dataclass(frozen=True, slots=True)
class Ahead:
    """Each by key of unit. `closed` is no guess: what is booked in the period so far."""

    closed: Mapping[str, float]
    open: Mapping[str, Draws]
    new: Mapping[str, Draws]  # deals not yet created, and bookings without a deal
    shock: Shock
    new_deals: Flow
    loose: Flow
    says: tuple[str, ...]

    def told(self) -> Mapping[str, Draws]:
        """Return the whole of each unit, draw by draw."""
        return {key: self.closed[key] + self.open[key] + self.new[key] for key in self.closed}

    def parts(self) -> Mapping[str, Parts]:
        """Return the means of what is not booked yet."""
        return {
            key: Parts(float(self.open[key].mean()), float(self.new[key].mean()))
            for key in self.closed
        }


@dataclass(frozen=True, slots=True)
class Learned:
    """What open deals are told from."""

    hazards: Hazards
    amounts: Amounts
    shock: Shock


def learn_ahead(known: Known, rng: np.random.Generator) -> Learned | Unable:
    """Learn how deals end within a period, what they book, and how whole periods stray."""
    if not known.before:
        return Unable("No earlier period is there to learn from.")
    if _linked(known) < _LINKED:
        return Unable("Bookings do not name the deals they come from.")
    became = ends(known.past, known)
    model = fit_hazards(known, rng, became)
    if isinstance(model, Unable):
        return model
    amounts = amounts_of(known, became)
    return Learned(model, amounts, fit_shock(_pasts(known, model, amounts, became)))


def bookings_ahead(known: Known, rng: np.random.Generator, *, draws: int = DRAWS) -> Ahead | Unable:
    """Return the parts of every unit, `draws` futures each, the same for all units."""
    learned = learn_ahead(known, rng)
    if isinstance(learned, Unable):
        return learned
    model, amounts, shock = learned.hazards, learned.amounts, learned.shock
    owners, booked = _owners(known), so_far(known)
    chance = chances(model, known.open, known.period.last_day).won
    standing = Standing(
        chance,
        amounts.filled(known.open),
        _codes(known.open["owner_id"], owners),
        _team_codes(known.open),
    )
    from_open = draw_open(
        standing, amounts, shock, (len(owners), draws, min(_MOST_SHOCKS, draws)), rng
    )
    shares = _shares(known, owners)
    new_deals, loose = new_deal_flow(known), loose_flow(known)
    from_new = draw_flow(new_deals, shares, draws, rng) + draw_flow(loose, shares, draws, rng)
    return Ahead(
        {unit.key: float(booked.of(unit.key)[0]) for unit in known.units},
        _by_unit(known, owners, from_open),
        _by_unit(known, owners, from_new),
        shock,
        new_deals,
        loose,
        (model.says,) if model.says else (),
    )


def _linked(known: Known) -> float:
    """Return the share of won deals that a booking names."""
    won = known.closed.filter(pc.field("outcome") == "won")
    if not won.num_rows:
        return 0.0
    names = pc.unique(known.booked["opportunity_id"])
    return float(pc.mean(pc.is_in(won["opportunity_id"], names).cast(pa.float64())).as_py())


def _pasts(known: Known, model: Hazards, amounts: Amounts, became: Ends) -> list[Past]:
    """Return earlier periods as they stood as many days before their end.

    `became` tells of all rows of the past.
    """
    found = []
    for period in known.before if known.days_left else ():
        on = read_day(known, period)
        first, end = (0, 0) if on is None else places_on(known, on)
        if first == end:
            continue
        end = min(end, first + _MOST_PAST)
        rows, then = known.past.slice(first, end - first), became.slice(first, end)
        won = (then.outcome == WON) & (then.closed_on <= number(period.last_day))
        chance = chances(model, rows, period.last_day).won
        found.append(Past(chance, amounts.filled(rows), _team_codes(rows), won.astype(np.float64)))
    return found


def _owners(known: Known) -> tuple[str, ...]:
    """Return everybody who is of a unit or owns an open deal; "" stands for nobody."""
    named = {name for unit in known.units for name in unit.owners}
    held = pc.unique(known.open["owner_id"]).to_pylist()
    return tuple(sorted({"", *named, *(name for name in held if name)}))


def _codes(column: pa.ChunkedArray, names: tuple[str, ...]) -> Ints:
    place = pc.index_in(pc.fill_null(column, ""), pa.array(names, pa.string()))
    return np.asarray(pc.fill_null(place, 0).to_numpy(), dtype=np.int64)


def _team_codes(rows: pa.Table) -> Ints:
    names = pc.fill_null(rows["team"], "").combine_chunks().dictionary_encode()
    return np.asarray(names.indices.to_numpy(), dtype=np.int64)


def _shares(known: Known, owners: tuple[str, ...]) -> Floats:
    """Return each owner's share of the deals opened lately, drawn a little to equal shares."""
    since = number(known.day) - _RECENT
    counts = np.zeros(len(owners))
    for rows in (known.open, known.closed):
        opened = days(rows["opened_on"])
        recent = rows.filter(pa.array(opened > since))
        counts += np.bincount(_codes(recent["owner_id"], owners), minlength=len(owners))
    reps = {name for unit in known.units if unit.level == "rep" for name in unit.owners}
    counts += np.array([float(name in reps or not reps) for name in owners])
    return np.asarray(counts / counts.sum())


def _by_unit(known: Known, owners: tuple[str, ...], drawn: Floats) -> Mapping[str, Draws]:
    place = {name: index for index, name in enumerate(owners)}
    found = {}
    for unit in known.units:
        if unit.level == "all":
            found[unit.key] = drawn.sum(axis=1)
        else:
            found[unit.key] = drawn[:, sorted(place[name] for name in unit.owners)].sum(axis=1)
    return found
