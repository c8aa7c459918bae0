"""The five layers that a pay run stores, each made of the one before: what their columns are.

    credit -> measure -> component -> payout -> payment

A layer is kept in one order and hashed over its rows, so equal hashes mean equal pay, whichever
engine computed it. Figures with up to 50 digits are text: no engine rounds them.
Source: docs/compensation/runs.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Layer:
    """`columns` with DuckDB's names of their types; `order` tells rows apart and sorts them."""

    name: str
    columns: Mapping[str, str]
    order: tuple[str, ...]


def _layer(name: str, order: str, **columns: str) -> Layer:
    return Layer(name, MappingProxyType(columns), tuple(order.split()))


CREDIT = _layer(
    "credit",
    "person_id plan credited_on credit_id rule kind event",
    person_id="TEXT",
    plan="TEXT",
    credit_id="TEXT",
    deal_id="TEXT",
    rule="TEXT",
    kind="TEXT",
    event="TEXT",
    credited_on="DATE",
    deal_amount="DECIMAL(18,4)",
    share="DECIMAL(9,6)",
    amount="DECIMAL(27,10)",
    is_held="BOOLEAN",
)
MEASURE = _layer(
    "measure",
    "person_id plan measure counted_on",
    person_id="TEXT",
    plan="TEXT",
    measure="TEXT",
    counted_on="DATE",  # first day of the days that were added up
    amount="DECIMAL(38,10)",
)
COMPONENT = _layer(
    "component",
    "person_id starts_on plan place",
    person_id="TEXT",
    plan="TEXT",
    period="TEXT",
    starts_on="DATE",
    ends_on="DATE",
    place="INTEGER",
    component="TEXT",
    kind="TEXT",
    credit="TEXT",
    to_date="TEXT",
    quota="TEXT",
    earned="TEXT",
    balance="TEXT",
)
PAYOUT = _layer(
    "payout",
    "person_id starts_on plan place line",
    person_id="TEXT",
    plan="TEXT",
    starts_on="DATE",
    ends_on="DATE",
    place="INTEGER",
    component="TEXT",
    line="INTEGER",
    kind="TEXT",
    reason="TEXT",
    base="TEXT",
    rate="TEXT",
    amount="TEXT",
)
PAYMENT = _layer(
    "payment",
    "person_id place",
    person_id="TEXT",
    place="INTEGER",
    entry="TEXT",  # pay, delta, adjustment, withheld, carried
    currency="TEXT",
    period="TEXT",
    starts_on="DATE",
    ends_on="DATE",
    plan="TEXT",
    component="TEXT",
    cause="TEXT",
    old="TEXT",
    new="TEXT",
    amount="TEXT",
    why="TEXT",
)
LAYERS: Mapping[str, Layer] = MappingProxyType(
    {one.name: one for one in (CREDIT, MEASURE, COMPONENT, PAYOUT, PAYMENT)}
)


def plain(value: Decimal) -> str:
    """Write a decimal in its one way: no exponent, no zeros at the end, no minus before zero."""
    text = str(value)
    if "E" in text:
        text = f"{value:f}"
    if text[-1] == "0" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
