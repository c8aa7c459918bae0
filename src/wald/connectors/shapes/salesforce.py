"""The objects of Salesforce: what a file of each must have, and what it may have besides.

Headers are API names; compared by letters and digits alone they are the same in snake case.
"""

from wald.connectors.connector import Sheet
from wald.connectors.statements import names

_DEAL = "is_closed is_won amount probability account_id owner_id type lead_source created_date "
_DEAL += "forecast_category forecast_category_name currency_iso_code last_stage_change_date "
_DEAL += "last_modified_date is_deleted fivetran_active"
_FIVETRAN = " fivetran_deleted fivetran_active"
_SNAPSHOT = "fivetran_start fivetran_end "
_TOUCH = "owner_id account_id type created_date activity_date is_deleted" + _FIVETRAN

_SHEETS = {
    "opportunity": ("id name stage_name close_date", _DEAL + " fivetran_deleted"),
    "opportunity_snapshot": (_SNAPSHOT + "id name stage_name close_date", _DEAL),
    "opportunity_history": (
        "id opportunity_id stage_name created_date",
        "amount close_date probability forecast_category created_by_id is_deleted",
    ),
    "opportunity_field_history": (
        "id opportunity_id field old_value new_value created_date",
        "created_by_id is_deleted",
    ),
    "opportunity_stage": (
        "master_label sort_order is_closed is_won",
        "api_name default_probability forecast_category forecast_category_name",
    ),
    "opportunity_line_item": (
        "id opportunity_id quantity unit_price",
        "product2_id pricebook_entry_id list_price total_price discount is_deleted",
    ),
    "opportunity_split": (
        "id opportunity_id split_owner_id split_percentage",
        "split_type_id is_deleted fivetran_deleted",
    ),
    "opportunity_split_type": ("id master_label is_total_validated", ""),
    "account": (
        "id name parent_id billing_country",
        "owner_id type industry shipping_country billing_country_code number_of_employees "
        "annual_revenue currency_iso_code created_date is_deleted" + _FIVETRAN,
    ),
    "account_snapshot": (_SNAPSHOT + "id name parent_id billing_country", ""),
    "contact": (
        "id last_name account_id reports_to_id",
        "name first_name email title phone created_date is_deleted fivetran_deleted",
    ),
    "contact_snapshot": (_SNAPSHOT + "id last_name account_id reports_to_id", ""),
    "lead": (
        "id company status is_converted",
        "name first_name last_name email owner_id lead_source country created_date converted_date "
        "converted_opportunity_id converted_account_id first_call_date_time "
        "first_email_date_time is_deleted fivetran_deleted",
    ),
    "product": ("id name product_code family", "is_active is_deleted"),
    "pricebook": ("id name is_standard", ""),
    "pricebook_entry": (
        "id pricebook2_id product2_id unit_price",
        "is_active currency_iso_code is_deleted",
    ),
    "member": (
        "id last_name manager_id user_role_id",
        "name first_name username email department division is_active last_login_date"
        " fivetran_deleted",
    ),
    "user_role": ("id name parent_role_id", ""),
    "task": (
        "id who_id what_id status activity_date",
        "task_subtype is_closed completed_date_time " + _TOUCH,
    ),
    "event": ("id who_id what_id start_date_time", "activity_date_time " + _TOUCH),
    "forecasting_quota": (
        "id quota_owner_id quota_amount start_date",
        "period_id forecasting_type_id currency_iso_code",
    ),
    "period": ("id start_date end_date is_forecast_period", ""),
    "currency_type": ("iso_code conversion_rate is_corporate", ""),
    "dated_conversion_rate": ("iso_code conversion_rate start_date", ""),
    "sales_order": ("id account_id effective_date total_amount", ""),  # an order repeats its deal
}
_ALIASES = {"forecasting_quota": {"OwnerId": "quota_owner_id"}}
SHEETS = tuple(
    Sheet(key, names(marks), names(columns), aliases=_ALIASES.get(key, {}))
    for key, (marks, columns) in _SHEETS.items()
)

# Columns that hold a key of a record, by sheet.
KEYS = {
    "opportunity": "id account_id owner_id",
    "opportunity_snapshot": "id account_id owner_id",
    "opportunity_history": "id opportunity_id created_by_id",
    "opportunity_field_history": "id opportunity_id created_by_id",
    "opportunity_line_item": "id opportunity_id product2_id pricebook_entry_id",
    "opportunity_split": "id opportunity_id split_owner_id split_type_id",
    "opportunity_split_type": "id",
    "account": "id parent_id owner_id",
    "contact": "id account_id",
    "lead": "id owner_id converted_opportunity_id converted_account_id",
    "product": "id",
    "pricebook": "id",
    "pricebook_entry": "id pricebook2_id product2_id",
    "member": "id manager_id user_role_id",
    "user_role": "id",
    "task": "id owner_id account_id who_id what_id",
    "event": "id owner_id account_id who_id what_id",
    "forecasting_quota": "id quota_owner_id period_id",
    "period": "id",
}
