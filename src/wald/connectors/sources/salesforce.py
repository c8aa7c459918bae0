"""Salesforce: data export, Bulk API files and Fivetran tables, one file per object.

Reads     any of the objects below; headers are API names, also in snake case
History   OpportunityFieldHistory, OpportunityHistory and snapshots with a validity window,
          reconciled so that no change counts twice; without any, the closing alone
Money     in the row's currency, or the organization's where it exports its currencies
Source    docs/connectors/salesforce.md
"""

from string import Template

from wald.connectors.connector import Connector, Feed, Repair
from wald.connectors.shapes.salesforce import KEYS, SHEETS
from wald.connectors.statements import statement


def _feed(table: str, sheet: str, name: str, *given: str, derived: bool = False) -> Feed:
    """Make a feed whose SELECT, and what it is given, stand in `sql/salesforce` (or `sql/crm`)."""
    parts = (one if "/" in one else f"salesforce/{one}" for one in given)
    return Feed(table, sheet, statement(f"salesforce/{name}", *parts), derived)


_DEAL = ("category", "house", "deal")
_CHANGE = (*_DEAL, "change")
_CLOSING = (*_CHANGE, "stage_outcome", "history_begins", "crm/closing")

# Rows of a history that tell no change of a tracked field are many; so these feeds are derived.
FEEDS = (
    _feed("opportunity", "opportunity", "opportunity", *_DEAL),
    _feed("opportunity", "opportunity_snapshot", "opportunity_from_snapshot", *_DEAL, derived=True),
    *(
        _feed(
            "opportunity_change", f"opportunity_{one}", f"change_from_{one}", *_CHANGE, derived=True
        )
        for one in ("field_history", "history", "snapshot")
    ),
    _feed("opportunity_change", "opportunity", "closing_from_opportunity", *_CLOSING, derived=True),
    _feed(
        "opportunity_change",
        "opportunity_snapshot",
        "closing_from_snapshot",
        *_CLOSING,
        derived=True,
    ),
    _feed("stage", "opportunity_stage", "stage", "category"),
    _feed("stage", "opportunity", "stage_seen", *_DEAL, "stage_outcome", derived=True),
    _feed("opportunity_line", "opportunity_line_item", "opportunity_line", *_DEAL, "line"),
    _feed("booking", "opportunity", "booking", *_DEAL, derived=True),
    _feed("booking", "opportunity_snapshot", "booking_from_snapshot", *_DEAL, derived=True),
    _feed("booking_line", "opportunity_line_item", "booking_line", *_DEAL, "line", derived=True),
    _feed("booking_split", "opportunity_split", "booking_split", *_DEAL),
    _feed("person", "member", "person"),
    _feed("account", "account", "account", "house"),
    _feed("contact", "contact", "contact"),
    _feed("lead", "lead", "lead"),
    _feed("product", "product", "product", "house"),
    _feed("activity", "task", "task"),
    _feed("activity", "event", "event"),
    _feed("quota", "forecasting_quota", "quota", "house"),
    _feed("exchange_rate", "dated_conversion_rate", "dated_rate", "house"),
    _feed("exchange_rate", "currency_type", "fixed_rate", "house"),
)


# Key, what it does, the expression in `sql/salesforce`, where it holds, and the columns it cures.
_CURES = (
    (
        "id_of_15_letters",
        "a key of 15 letters gets the three that Salesforce derives from them",
        "id_of_18",
        "TRUE",
        KEYS,
    ),
    (
        "id_of_15_letters",
        "a key of 15 letters gets the three that Salesforce derives from them",
        "id_of_18",
        "LOWER(field) = 'owner'",
        {"opportunity_field_history": "old_value new_value"},
    ),
    (
        "probability_not_0_to_100",
        "a probability that is not from 0 to 100 percent is unknown",
        "chance",
        "TRUE",
        {
            "opportunity": "probability",
            "opportunity_history": "probability",
            "opportunity_snapshot": "probability",
            "opportunity_stage": "default_probability",
        },
    ),
    (
        "forecast_category_not_known",
        "a forecast category that is none of Salesforce's is unknown",
        "known_category",
        "TRUE",
        {"opportunity": "forecast_category forecast_category_name"},
    ),
    (
        "closed_as_its_stage",
        "a deal that does not say whether it is closed or won is what its stage is",
        "flag_of_stage",
        "TRUE",
        {"opportunity": "is_closed is_won"},
    ),
)
REPAIRS = tuple(
    Repair(key, title, sheet, column, cure.substitute(column=column, only=only))
    for key, title, name, only, columns in _CURES
    for cure in [Template(statement(f"salesforce/{name}"))]
    for sheet, line in columns.items()
    for column in line.split()
)

CONNECTOR = Connector(
    key="salesforce",
    title="Salesforce export",
    sheets=SHEETS,
    feeds=FEEDS,
    repairs=REPAIRS,
    currency=None,
    promises={
        "recognised by its headers": "done",
        "keys survive a second export": "done",
        "history becomes changes": "done",
        "as-of in the past needs no hindsight": "done",
        "deleted rows are taken back": "done",
        "money keeps its currency": "done",
        "faults are repaired by name only": "done",
    },
    source="docs/connectors/salesforce.md",
)
