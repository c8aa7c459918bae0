"""The opportunity tables: rows as of a day, every change up to it, and the lines of offers."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.facts.tables import TRACKED
from wald.simulator.accounts import Accounts
from wald.simulator.columns import (
    NOTHING,
    blank,
    dates,
    decimals,
    instants,
    keys,
    money,
    table,
    taken,
    words,
)
from wald.simulator.company import (
    CATEGORIES,
    INDUSTRIES,
    OUTCOMES,
    PRODUCTS,
    REGIONS,
    SOURCES,
    STAGES,
    TYPES,
)
from wald.simulator.courses import Courses, quoted_at
from wald.simulator.deals import Openings
from wald.simulator.histories import History
from wald.simulator.persons import person_keys
from wald.simulator.progress import Progress
from wald.simulator.quotes import Lines, Quotes
from wald.simulator.streams import Flags, Ints, Streams

_NO_ACCOUNT_SHARE = 0.008  # of the deals are kept without their account
PROBABILITIES = tuple(stage.probability for stage in STAGES)


def opportunity_keys(deals: Openings, which: Ints) -> pa.Array:
    numbers = deals.number[np.where(which == NOTHING, 0, which)]
    return blank(keys("O", (numbers, 9)), which == NOTHING)


def opportunity_table(
    deals: Openings,
    shown: Progress,
    offered: Quotes,
    known: Accounts,
    streams: Streams,
    which: Ints,
    cut_at: int,
) -> pa.Table:
    """Return the rows of the chosen deals as they stood at an instant."""
    at = np.full(len(which), cut_at)
    codes = {field: getattr(shown, field).value(which, at) for field in TRACKED}
    lost_account = streams.uniform("no account", len(deals.number))[which] < _NO_ACCOUNT_SHARE
    account = np.where(lost_account, NOTHING, deals.account[which])
    product = words([product.name for product in PRODUCTS], offered.product[which, 0])
    industry = words(INDUSTRIES, deals.industry[which])
    return table(
        "opportunity",
        {
            "opportunity_id": opportunity_keys(deals, which),
            "name": pc.binary_join_element_wise(product, industry, " for "),
            "account_id": known.keys(account),
            "product_id": product_keys(offered.product[which, 0]),
            "type": words([kind.name for kind in TYPES], deals.type[which]),
            "lead_source": words([source.name for source in SOURCES], deals.source[which]),
            "currency": currencies(deals, which),
            "created_at": instants(deals.created_at[which]),
            **{field: values(field, code) for field, code in codes.items()},
        },
    )


def currencies(deals: Openings, which: Ints) -> pa.Array:
    return words([region.currency for region in REGIONS], deals.region[which])


def product_keys(products: Ints) -> pa.Array:
    return keys("K", (products + 1, 3))


def values(field: str, codes: Ints) -> pa.Array:
    """Return a tracked field's values, typed as its column is."""
    if field == "amount":
        return money(codes)
    if field in ("close_on", "closed_on"):
        return dates(codes)
    if field == "owner_id":
        return person_keys(codes)
    if field == "probability":
        return words(PROBABILITIES, codes).cast(pa.decimal128(9, 6))
    return words(_WORDS[field], codes)


_WORDS: Mapping[str, tuple[str, ...]] = {
    "stage": tuple(stage.name for stage in STAGES),
    "outcome": OUTCOMES,
    "forecast_category": CATEGORIES,
}


def change_table(deals: Openings, shown: Progress, kept: Flags, cut_at: int) -> pa.Table:
    """Return every change of the kept deals up to an instant, by deal and time."""
    parts = [getattr(shown, field) for field in TRACKED]
    parts = [part.only(kept[part.deal] & (part.at <= cut_at)) for part in parts]
    deal = np.concatenate([part.deal for part in parts])
    at = np.concatenate([part.at for part in parts])
    field = np.repeat(np.arange(len(TRACKED)), [len(part.deal) for part in parts])
    order = np.lexsort((field, at, deal))
    deal, at, field = deal[order], at[order], field[order]
    starts = np.searchsorted(deal, deal, side="left")
    place = np.arange(len(deal)) - starts + 1
    return table(
        "opportunity_change",
        {
            "change_id": keys("C", (deals.number[deal], 9), (place, 4)),
            "opportunity_id": opportunity_keys(deals, deal),
            "field": words(TRACKED, field),
            "old": taken(_texts(parts, "old"), order),
            "new": taken(_texts(parts, "new"), order),
            "changed_at": instants(at),
            "changed_by": person_keys(shown.owner_id.value(deal, at)),
        },
    )


def _texts(parts: list[History], side: str) -> pa.Array:
    """Return old or new values as text, one field after the other."""
    return pa.concat_arrays(
        [_text(field, getattr(part, side)) for field, part in zip(TRACKED, parts, strict=True)]
    )


def _text(field: str, codes: Ints) -> pa.Array:
    if field == "amount":
        return decimals(codes, 2, codes == NOTHING).cast(pa.string())
    if field == "probability":
        return words(PROBABILITIES, codes)
    return values(field, codes).cast(pa.string())


def line_table(
    deals: Openings, runs: Courses, shown: Progress, offered: Quotes, which: Ints, cut_at: int
) -> pa.Table:
    """Return the lines of deals that had an offer; they sum exactly to the deal's amount."""
    amount = shown.amount.value(which, np.full(len(which), cut_at))
    first_offer = quoted_at(runs)[which]
    has = (amount != NOTHING) & (first_offer != NOTHING) & (first_offer <= cut_at)
    quoted, amount = which[has], amount[has]
    won = shown.outcome.value(quoted, np.full(len(quoted), cut_at)) == OUTCOMES.index("won")
    lines = offered.lines(quoted, amount, won)
    deal = lines.deal
    return table(
        "opportunity_line",
        {
            "opportunity_line_id": keys("L", (deals.number[deal], 9), (lines.place + 1, 1)),
            "opportunity_id": opportunity_keys(deals, deal),
            "product_id": product_keys(offered.product[deal, lines.place]),
            "quantity": decimals(lines.quantity * 10_000, 4),
            "list_price": decimals(offered.list_price[deal, lines.place] * 10_000, 6),
            "net_price": decimals(net_prices(lines), 6),
            "amount": money(lines.cents),
            "currency": currencies(deals, deal),
        },
    )


def net_prices(lines: Lines) -> Ints:
    """Return the price of one unit in millionths, rounded; the line's amount is exact."""
    return np.asarray(np.round(lines.cents * 10_000 / lines.quantity).astype(np.int64))


def opened_by(deals: Openings, kept: Flags, cut_at: int) -> Ints:
    """Return the kept deals that were open or closed by an instant, by creation."""
    return np.flatnonzero(kept & (deals.created_at <= cut_at)).astype(np.int64)
