"""HubSpot: Fivetran tables, and exports from the screens with labels or internal names.

Reads     deals, companies and contacts of either form; pipelines, owners, teams, histories,
          merges and engagements of Fivetran's
History   the property history of deals, or else their stays in stages; without any, the closing
Money     in the deal's currency, where it names one
Source    docs/connectors/hubspot.md
"""

from string import Template

from wald.connectors.connector import Connector, Feed, Repair
from wald.connectors.shapes.hubspot import SHEETS
from wald.connectors.statements import statement


def _feed(table: str, sheet: str, name: str, *given: str, derived: bool = False) -> Feed:
    """Make a feed whose SELECT, and what it is given, stand in `sql/hubspot` (or `sql/crm`)."""
    parts = (one if "/" in one else f"hubspot/{one}" for one in given)
    return Feed(table, sheet, statement(f"hubspot/{name}", *parts), derived)


_DEAL = ("known_stage", "category", "survivor", "deal")
_CHANGE = (*_DEAL, "change")
_CLOSING = (*_CHANGE, "stage_outcome", "history_begins", "crm/closing")
_ENGAGED = ("survivor", "engaged")
_HISTORIES = {
    "deal_stage": "change_from_stage",
    "deal_property_history": "change_from_property_history",
}

# Rows of a history that tell no change of a tracked property are many; so these feeds are derived.
FEEDS = (
    _feed("opportunity", "deal_row", "opportunity", *_DEAL),
    *(
        _feed("opportunity_change", sheet, name, *_CHANGE, derived=True)
        for sheet, name in _HISTORIES.items()
    ),
    _feed("opportunity_change", "deal_row", "closing_of_deal", *_CLOSING, derived=True),
    _feed("booking", "deal_row", "booking", *_DEAL, derived=True),
    _feed("stage", "deal_pipeline_stage", "stage", "known_stage"),
    _feed("stage", "deal_row", "stage_seen", *_DEAL, "stage_outcome", derived=True),
    _feed("person", "owner", "person"),
    _feed("person", "deal_row", "person_on_deal", *_DEAL, derived=True),
    _feed("account", "company", "account"),
    _feed("contact", "contact", "contact"),
    *(
        _feed("activity", f"engagement_{kind}", kind, *_ENGAGED)
        for kind in ("call", "email", "meeting", "note", "task")
    ),
)

# Key, what it does, the expression in `sql/hubspot`, and the columns it cures, by sheet.
_CURES = (
    (
        "empty_text_digest",
        "a text that is the digest of an empty text is missing",
        "text_that_is",
        {
            "deal_row": "dealname",
            "owner": "first_name last_name email",
            "company": "company_name industry country",
            "contact": "firstname lastname jobtitle",
        },
    ),
    (
        "probability_not_0_to_1",
        "a probability that is not from 0 to 1, nor from 0 to 100 with a percent sign, is unknown",
        "share",
        {"deal_row": "hs_deal_stage_probability", "deal_pipeline_stage": "probability"},
    ),
    (
        "seconds_read_as_milliseconds",
        "a meeting of January 1970 took place when its milliseconds are read as seconds",
        "instant_of_seconds",
        {"engagement_meeting": "start_time"},
    ),
)
REPAIRS = tuple(
    Repair(key, title, sheet, column, cure.substitute(column=column))
    for key, title, name, columns in _CURES
    for cure in [Template(statement(f"hubspot/{name}"))]
    for sheet, line in columns.items()
    for column in line.split()
)

CONNECTOR = Connector(
    key="hubspot",
    title="HubSpot export",
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
    source="docs/connectors/hubspot.md",
)
