"""The tables every block shares: stages, products at list price, exchange rates."""

import numpy as np
import pyarrow as pa

from wald.simulator.columns import dates, decimals, table, whole, words
from wald.simulator.company import PRODUCTS, REGIONS, STAGES
from wald.simulator.days import month_starts, months
from wald.simulator.opportunities import PROBABILITIES, product_keys
from wald.simulator.streams import Floats, Streams

_LEVELS = {"USD": 1.09, "GBP": 0.857}  # for one euro, in the long run
_MONTHLY = 0.009  # standard deviation of the logarithm of a month's move
_PULL = 0.12  # of the distance to the long run goes back each month


def stage_table() -> pa.Table:
    return table(
        "stage",
        {
            "stage": pa.array([stage.name for stage in STAGES]),
            "label": pa.array([stage.name for stage in STAGES]),
            "position": whole(np.arange(1, len(STAGES) + 1)),
            "outcome": pa.array([stage.outcome for stage in STAGES]),
            "probability": words(PROBABILITIES, np.arange(len(STAGES))),
            "forecast_category": pa.array([stage.category for stage in STAGES]),
        },
    )


def product_table() -> pa.Table:
    prices = np.array([product.list_price for product in PRODUCTS], dtype=np.int64)
    costs = np.array([product.cost for product in PRODUCTS])
    return table(
        "product",
        {
            "product_id": product_keys(np.arange(len(PRODUCTS))),
            "name": pa.array([product.name for product in PRODUCTS]),
            "family": pa.array([product.family for product in PRODUCTS]),
            "list_price": decimals(prices * 10_000, 6),
            "unit_cost": decimals(np.round(prices * costs).astype(np.int64) * 10_000, 6),
            "currency": pa.array([REGIONS[0].currency] * len(PRODUCTS)),
            "is_active": pa.array([True] * len(PRODUCTS)),
        },
    )


def exchange_rate_table(streams: Streams, dawn: int, last: int, cut: int) -> pa.Table:
    """Return a rate from the first of each month on, both ways between the euro and the others."""
    calendar = np.arange(*(months(np.array([dawn, last])) + np.array([0, 1])))
    starts = month_starts(calendar)
    pairs, rates = [], []
    for currency, level in _LEVELS.items():
        walk = _walk(streams.normal(f"rate {currency}", len(calendar)), level)
        there = np.round(walk, 4)
        pairs += [("EUR", currency), (currency, "EUR")]
        rates += [there, np.round(1 / there, 8)]
    kept = np.tile(starts <= cut, len(pairs))
    full = table(
        "exchange_rate",
        {
            "from_currency": pa.array([pair[0] for pair in pairs for _ in starts]),
            "to_currency": pa.array([pair[1] for pair in pairs for _ in starts]),
            "valid_from": dates(np.tile(starts, len(pairs))),
            "rate": decimals(np.round(np.concatenate(rates) * 1e8).astype(np.int64), 8),
        },
    )
    return full.filter(pa.array(kept))


def _walk(bells: Floats, level: float) -> Floats:
    """Return a random walk that is pulled back to its level."""
    distance, path = 0.0, []
    for bell in bells:
        distance = (1 - _PULL) * distance + _MONTHLY * float(bell)
        path.append(level * np.exp(distance))
    return np.array(path)
