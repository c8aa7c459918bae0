"""Files that bring fixes of deals back to their source: which columns each system reads.

Salesforce: an update by Data Loader, matched by record id; HubSpot: an import that updates deals,
matched by Record ID. Any other source gets the columns of canonical files. An empty cell says that
a value stays as it is. Source: docs/hygiene/fixes.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class UpdateForm:
    """`columns`: the header of each field, in order; fields without one follow by themselves
    there. `categories`: words for forecast categories. `has_emails`: owners are named by e-mail."""

    title: str
    key: str
    columns: Mapping[str, str]
    categories: Mapping[str, str]
    has_emails: bool = False


_CANONICAL = UpdateForm(
    title="Canonical columns",
    key="opportunity_id",
    columns=MappingProxyType(
        {
            name: name
            for name in (
                "close_on",
                "stage",
                "amount",
                "forecast_category",
                "owner_id",
                "probability",
            )
        }
    ),
    categories=MappingProxyType({}),
)
_WORDS = {"best_case": "Best Case", "most_likely": "Most Likely", "commit": "Commit"}
_FORMS = MappingProxyType(
    {
        "salesforce": UpdateForm(
            title="Salesforce Data Loader, Update of Opportunity",
            key="Id",
            columns=MappingProxyType(
                {
                    "close_on": "CloseDate",
                    "stage": "StageName",
                    "amount": "Amount",
                    "forecast_category": "ForecastCategoryName",
                    "owner_id": "OwnerId",
                }
            ),
            categories=MappingProxyType({**_WORDS, "omitted": "Omitted", "pipeline": "Pipeline"}),
        ),
        "hubspot": UpdateForm(
            title="HubSpot import of Deals",
            key="Record ID",
            columns=MappingProxyType(
                {
                    "close_on": "Close Date",
                    "stage": "Deal Stage",
                    "amount": "Amount",
                    "forecast_category": "Forecast category",
                    "owner_id": "Deal owner",
                }
            ),
            categories=MappingProxyType(
                {
                    "omitted": "Not forecasted",
                    "pipeline": "Pipeline",
                    "best_case": "Best case",
                    "most_likely": "Most likely",
                    "commit": "Commit",
                }
            ),
            has_emails=True,
        ),
    }
)


def update_form(connector: str) -> UpdateForm:
    """Return how the source that a connector reads takes updates."""
    return _FORMS.get(connector, _CANONICAL)
