"""The files of HubSpot: what each must have, and what it may have besides.

Columns bear HubSpot's internal names. A Fivetran table calls them `property_<name>`, and its
keys otherwise; an export from the screens bears labels.
"""

from wald.connectors.connector import Sheet
from wald.connectors.statements import names

_KEYS = {"Record ID": "hs_object_id", "property_hs_object_id": "hs_object_id"}
_TOUCH = "hubspot_owner_id hs_createdate fivetran_deleted"

_FILES = {
    "deal_row": (
        "hs_object_id dealname",
        "dealstage pipeline amount deal_currency_code closedate createdate hs_createdate "
        "hs_lastmodifieddate hubspot_owner_id hubspot_team_id dealtype hs_analytics_source "
        "hs_deal_stage_probability hs_manual_forecast_category hs_is_closed hs_is_closed_won "
        "hs_merged_object_ids associated_company associated_company_ids is_deleted "
        "fivetran_deleted",
    ),
    "deal_stage": ("deal_id value date_entered", ""),
    "deal_property_history": ("deal_id name value timestamp", ""),
    "deal_pipeline": ("pipeline_id label display_order", ""),
    "deal_pipeline_stage": (
        "stage_id pipeline_id label display_order",
        "probability closed_won is_closed fivetran_deleted",
    ),
    "deal_company": ("company_id deal_id", "type_id"),
    "merged_deal": ("deal_id merged_deal_id", ""),
    "owner": ("owner_id email first_name last_name", "active_user_id fivetran_deleted"),
    "team": ("id name", ""),
    "owner_team": ("owner_id team_id", "is_team_primary"),
    "account_user": ("id primary_team_id email", ""),
    "company": (
        "hs_object_id company_name createdate",
        "hs_parent_company_id hubspot_owner_id type industry country numberofemployees "
        "annualrevenue is_deleted fivetran_deleted",
    ),
    "contact": (
        "hs_object_id firstname lastname createdate",
        "email jobtitle phone mobilephone associatedcompanyid hs_merged_object_ids is_deleted "
        "fivetran_deleted",
    ),
    "contact_merge_audit": ("contact_id vid_to_merge", ""),
    "engagement": ("id type", "owner_id timestamp"),
    "engagement_call": ("engagement_id", "hs_timestamp " + _TOUCH),
    "engagement_email": ("engagement_id", "hs_timestamp " + _TOUCH),
    "engagement_meeting": ("engagement_id", "hs_timestamp start_time " + _TOUCH),
    "engagement_note": ("engagement_id", "hs_timestamp " + _TOUCH),
    "engagement_task": ("engagement_id", "hs_timestamp hs_task_status " + _TOUCH),
    "engagement_deal": ("deal_id engagement_id", ""),
    "engagement_company": ("company_id engagement_id", ""),
    "engagement_contact": ("contact_id engagement_id", ""),
    # Known and left alone.
    "company_property_history": ("company_id name value timestamp", ""),
    "contact_property_history": ("contact_id name value timestamp", ""),
    "deal_contact": ("contact_id deal_id", ""),
    "property": ("name label hubspot_object field_type", ""),
    "property_option": ("label property_id value", ""),
    "role": ("id name requires_billing_write", ""),
    "team_user": ("user_id team_id", ""),
}

_ALIASES = {
    "deal_row": {
        **_KEYS,
        "deal_id": "hs_object_id",
        "deal_pipeline_stage_id": "dealstage",
        "deal_pipeline_id": "pipeline",
        "owner_id": "hubspot_owner_id",
        "Deal owner": "hubspot_owner_id",
        "HubSpot Team": "hubspot_team_id",
        "Currency": "deal_currency_code",
        "Deal probability": "hs_deal_stage_probability",
        "Forecast category": "hs_manual_forecast_category",
        "Is Closed Won": "hs_is_closed_won",
        "Is Deal Closed?": "hs_is_closed",
        "Last Modified Date": "hs_lastmodifieddate",
        "Original Source Type": "hs_analytics_source",
        "Original Traffic Source": "hs_analytics_source",
    },
    "company": {
        **_KEYS,
        "id": "hs_object_id",
        "property_name": "company_name",
        "name": "company_name",
        "Company owner": "hubspot_owner_id",
        "Country/Region": "country",
        "Parent Company": "hs_parent_company_id",
        "Number of Employees": "numberofemployees",
    },
    "contact": {
        **_KEYS,
        "id": "hs_object_id",
        "Phone Number": "phone",
        "Mobile Phone Number": "mobilephone",
        "Primary Associated Company ID": "associatedcompanyid",
        "Merged Contact IDs": "hs_merged_object_ids",
    },
}
# Where the headers of several files are alike, the name tells.
_STEMS = {"engagement", "team", "role"} | {key for key in _FILES if key.startswith("engagement_")}


def _aliases(key: str, columns: tuple[str, ...]) -> dict[str, str]:
    fivetran = {f"property_{column}": column for column in columns}
    return {**_ALIASES.get(key, {}), **fivetran}


SHEETS = tuple(
    Sheet(
        key,
        names(marks),
        names(columns),
        stems=(key,) if key in _STEMS else (),
        aliases=_aliases(key, names(f"{marks} {columns}")),
    )
    for key, (marks, columns) in _FILES.items()
)
